"""How fast X12 is checked and read, and in how much memory: `./run bench x12 [CLAIMS]`.

The peer is pyx12's validator on the same bytes in the same run; the floor is what Python's own `split` on segments and
elements costs. CPU seconds, the best of five rounds in which all take turns. Memory is the peak of a process of its own above its start.
"""

import gc
import io
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import BinaryIO

from gateway.edi import check, read_claims, read_remittances, write_claims, write_remittances
from gateway.edi.checking.second_opinion import opinion
from tests.bench.x12_files import professional_file, remittance_file
from tests.bench.x12_readings import claims_read, payments_read
from tests.compiled import compiled_tree, lacking, run_in

_RUNS = 5
_PEER_CLAIMS = 1_000
_FILES = 16
MAKE: dict[str, Callable[[int], bytes]] = {"837P": professional_file, "835": remittance_file}

TODAY = date(2026, 11, 26)

WRITE: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "837P": lambda raw: write_claims(read_claims(raw)),
    "835": lambda raw: write_remittances(read_remittances(raw)),
}

READ: dict[str, Callable[[BinaryIO], int]] = {"837P": claims_read, "835": payments_read}


def say(what: str) -> None:
    print(what, flush=True)  # noqa: T201 a benchmark prints


def seconds(work: Callable[[], object]) -> float:
    gc.collect()
    begin = time.process_time()
    work()
    return time.process_time() - begin


def floor(raw: bytes) -> int:
    return sum(len(text.split("*")) for text in raw.decode("latin-1").split("~"))


def compared(kind: str, claims: int, how: str = "as Python") -> None:
    """Print rates, and the ratio to pyx12, which is measured on fewer claims: it is linear."""
    small, large = MAKE[kind](_PEER_CLAIMS), MAKE[kind](claims)
    assert not opinion(small), "the peer refuses the file"
    assert check(large, today=TODAY).findings == (), "the file is not clean"
    works: dict[str, Callable[[], object]] = {
        "pyx12": lambda: opinion(small),
        "floor: split": lambda: floor(large),
        "SNIP 1 and 2": lambda: check(io.BytesIO(large), snip=2),
        "SNIP 1 to 5": lambda: check(io.BytesIO(large), today=TODAY),
        "typed reading": lambda: READ[kind](io.BytesIO(large)),
        "read, written": lambda: sum(map(len, WRITE[kind](large))),
    }
    # In turns, for what else the machine does may slow it down for minutes.
    rounds = [{what: seconds(work) for what, work in works.items()} for _ in range(_RUNS)]
    best = {what: min(one[what] for one in rounds) for what in works}
    peer = len(small) / best.pop("pyx12")
    say(f"{kind} {how}: {claims:,} claims, {len(large) / 1e6:.1f} MB; pyx12 {peer / 1e6:.3f} MB/s")
    for what, taken in best.items():
        rate = len(large) / taken
        say(
            f"  {what:14} {rate / 1e6:7.2f} MB/s {large.count(b'~') / taken:12,.0f} segments/s {claims / taken:10,.0f} claims/s"
            f"  {rate / peer:6.1f} times pyx12"
        )


def compiled(kind: str, claims: int, tree: Path) -> None:
    """Print the same of the engine compiled, by a process in which nothing else is reached."""
    script = (
        "from gateway.edi.checking.hot import is_compiled; from tests.bench.x12 import compared;"
        f" assert is_compiled(); compared({kind!r}, {claims}, 'compiled')"
    )
    done = run_in(tree, "-c", script)
    say(done.stdout.rstrip() or f"  compiled: broke off ({done.stderr.strip()[-200:]})")


def peers(kind: str, claims: int) -> None:
    """Print what other engines do with the same bytes, each in a process of its own; those that are installed."""
    for name, script in PEERS[kind].items():
        made = f"from tests.bench.x12 import MAKE; raw = MAKE[{kind!r}]({claims}).decode()"
        done = subprocess.run(
            [sys.executable, "-c", f"{made}\n{script}"], check=False, capture_output=True, text=True, timeout=600
        )
        if "ModuleNotFoundError" in done.stderr:
            say(f"  {name}: not installed; pip install x12sdk oxedi")
        elif done.returncode:
            say(f"  {name}: broke off ({done.stderr.strip().splitlines()[-1][:80]})")
        else:
            say(f"  {name:14} {claims / float(done.stdout):38,.0f} claims/s")


_X12SDK = """
import time
from x12sdk.io import X12ModelReader
begin = time.process_time()
with X12ModelReader(raw) as reader:
    assert sum(1 for _ in reader.models()) == 1
print(time.process_time() - begin)
"""
_OXEDI = """
import time, oxedi
begin = time.process_time()
oxedi.parse(raw.encode())
print(time.process_time() - begin)
"""
PEERS: dict[str, dict[str, str]] = {"837P": {"x12sdk": _X12SDK}, "835": {"x12sdk": _X12SDK, "oxedi": _OXEDI}}
"""Engines that read typed values; they check little or nothing. oxedi, of Rust, knows 835s only."""


def jobs(claims: int) -> None:
    """Print how much faster many files are checked by two processes than by one."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{number}.837" for number in range(_FILES)]
        for number, file in enumerate(files):
            file.write_bytes(professional_file(claims, seed=number))
        taken = []
        for count in ("1", "2"):
            begin = time.perf_counter()
            command = [sys.executable, "-m", "gateway", "x12", "check", "--jobs", count, *map(str, files)]
            subprocess.run(command, check=True, capture_output=True)
            taken.append(time.perf_counter() - begin)
    say(
        f"x12 check of {_FILES} files of {claims:,} claims: {taken[0]:.1f} s, --jobs 2 {taken[1]:.1f} s: {taken[0] / taken[1]:.2f} times"
    )


def one_claim() -> None:
    """Print how long the command takes for a file of one claim, as a process."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "one.837"
        file.write_bytes(professional_file(1))
        taken = []
        for _ in range(_RUNS):
            begin = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "gateway", "x12", "check", str(file)], check=True, capture_output=True
            )
            taken.append(time.perf_counter() - begin)
    say(f"x12 check of a file of one claim: {statistics.median(taken):.2f} s as a process")


def memory(kind: str, claims: int) -> None:
    for what in ("checked", "read"):
        script = f"from tests.bench.x12 import grown; grown({kind!r}, {claims}, {what!r})"
        subprocess.run([sys.executable, "-c", script], check=True)


def grown(kind: str, claims: int, what: str) -> None:
    """In a process of its own: check or read a file from the disk, and say by how much the process has grown."""
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
    with tempfile.TemporaryDirectory() as folder:
        tree = None if lacking() else compiled_tree(Path(folder))
        for kind in MAKE:
            for count in (claims, claims * 10):
                compared(kind, count)
                if tree is not None:
                    compiled(kind, count, tree)
            peers(kind, _PEER_CLAIMS)
            memory(kind, claims * 10)
    if tree is None:
        say(f"not measured compiled: {lacking()}")
    jobs(claims)
    one_claim()
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
