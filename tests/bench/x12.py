"""How fast X12 is checked and read, and in how much memory: `./run bench x12 [CLAIMS]`.

The peer is pyx12's validator on the same bytes in the same run; the floor is what Python's own `split` on segments and
elements costs. CPU seconds, the median of three (pyx12: once). Memory is the peak of a process of its own above its start.
"""

import gc
import io
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from gateway.edi.check import check
from gateway.edi.second_opinion import opinion
from tests.bench.x12_files import professional_file, remittance_file
from tests.bench.x12_readings import claims_read, payments_read

_RUNS = 3
_PEER_CLAIMS = 1_000
MAKE: dict[str, Callable[[int], bytes]] = {"837P": professional_file, "835": remittance_file}

READ: dict[str, Callable[[BinaryIO], int]] = {"837P": claims_read, "835": payments_read}


def say(what: str) -> None:
    print(what, flush=True)  # noqa: T201 a benchmark prints


def seconds(work: Callable[[], object], runs: int = _RUNS) -> float:
    taken = []
    for _ in range(runs):
        gc.collect()
        begin = time.process_time()
        work()
        taken.append(time.process_time() - begin)
    return statistics.median(taken)


def floor(raw: bytes) -> int:
    return sum(len(text.split("*")) for text in raw.decode("latin-1").split("~"))


def compared(kind: str, claims: int) -> None:
    """Print rates, and the ratio to pyx12, which is measured on fewer claims: it is linear."""
    small, large = MAKE[kind](_PEER_CLAIMS), MAKE[kind](claims)
    assert not opinion(small), "the peer refuses the file"
    peer = len(small) / seconds(lambda: opinion(small), 1)
    say(f"{kind}: {claims:,} claims, {len(large) / 1e6:.1f} MB; pyx12 {peer / 1e6:.3f} MB/s")
    assert check(large).findings == (), "the file is not clean"
    works: tuple[tuple[str, Callable[[], object]], ...] = (
        ("floor: split", lambda: floor(large)),
        ("SNIP 1 and 2", lambda: check(io.BytesIO(large))),
        ("typed reading", lambda: READ[kind](io.BytesIO(large))),
    )
    for what, work in works:
        taken = seconds(work)
        rate = len(large) / taken
        say(
            f"  {what:14} {rate / 1e6:7.2f} MB/s {large.count(b'~') / taken:12,.0f} segments/s {claims / taken:10,.0f} claims/s"
            f"  {rate / peer:6.1f} times pyx12"
        )


def memory(kind: str, claims: int) -> None:
    for what in ("checked", "read"):
        script = f"from tests.bench.x12 import grown; grown({kind!r}, {claims}, {what!r})"
        subprocess.run([sys.executable, "-c", script], check=True)


def grown(kind: str, claims: int, what: str) -> None:
    """In a process of its own: check or read a file from the disk, and say by how much the process has grown."""
    import tempfile  # noqa: PLC0415

    with tempfile.TemporaryFile() as file:
        # Made by another process: what making it took must not count.
        maker = f"import sys; from tests.bench.x12 import MAKE; sys.stdout.buffer.write(MAKE[{kind!r}]({claims}))"
        subprocess.run([sys.executable, "-c", maker], check=True, stdout=file)
        file.seek(0)
        work: Callable[[BinaryIO], object] = READ[kind] if what == "read" else check
        work(io.BytesIO(MAKE[kind](10)))
        before = peak()
        work(file)
        after = peak()
    say(f"  {kind}: {claims:,} claims {what} in {(after - before) / 1024:.1f} MB above the start")


def peak() -> int:
    """The most memory that this process has had, in KiB: getrusage would give that of the process that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0])


def main(claims: int = 5_000) -> int:
    for kind in MAKE:
        for count in (claims, claims * 10):
            compared(kind, count)
        memory(kind, claims * 10)
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
