"""The long form: `python -m tests.faults RUNS [--kind KIND] [--publish MANNER] [--database ...] [--seed N] [--total FILE]`.

Lets something befall the gateway in so many runs (tests/faults/kinds.py says what each kind is), every other one with a
greedy partner, and adds what was counted to a total that is kept in a file, for each kind by itself; the file is part of
the repository, so that the totals grow from one developer to the next. It works in batches, each with a seed of its own
that follows from the first; a batch that is broken off is not counted, and the next call goes on behind the last one that
was. Progress goes to stderr, the total to stdout. Exit status: 0; 1 if a claim was lost, arrived twice, or anything else
was wrong.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from gateway.partner import Publish
from tests import totals
from tests.contract.openssh import SSHD, OpenSsh, SshKeys
from tests.faults import traced
from tests.faults.count import Result
from tests.faults.crash import Campaign, run_apart
from tests.faults.kinds import KINDS
from tests.faults.stage import MANNERS
from tests.servers import postgres

BATCH_RUNS = 100
_ONLY_ON = {"syscalls": "sqlite", "disk": "sqlite", "postgres": "postgresql"}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Strike the gateway and count.")
    parser.add_argument("runs", type=int, help="how many runs to make now")
    parser.add_argument("--kind", choices=sorted(KINDS), default="kills", help="what befalls it; kills unless given")
    parser.add_argument(
        "--publish",
        choices=[str(one) for one in MANNERS],
        default=str(Publish.AUTO),
        help="the manner of delivery; by rename unless given",
    )
    parser.add_argument(
        "--seed", type=int, default=1, help="of the first batch; the total of another seed is not added to"
    )
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument(
        "--total", type=Path, default=Path(__file__).with_name("totals.json"), help="where the totals are kept"
    )
    asked = parser.parse_args()
    if SSHD is None or (asked.database == "postgresql" and postgres.installed() is None):
        parser.error("install openssh-server (and postgresql, if that is asked for) to run this")
    key = _key(asked)
    until = total_of(asked.total, key, asked.seed).runs + asked.runs
    if asked.kind in _ONLY_ON and asked.database != _ONLY_ON[asked.kind]:
        parser.error(f"--kind {asked.kind} is for --database {_ONLY_ON[asked.kind]}")
    if asked.kind in {"syscalls", "disk"} and traced.missing():
        parser.error(traced.missing())
    with server() as openssh, database(asked.database, openssh.folder) as (url, apart):
        while (total := total_of(asked.total, key, asked.seed)).runs < until:
            runs = min(BATCH_RUNS, until - total.runs)
            counted = batch(openssh, replace(_campaign(openssh, url, asked, total.runs, runs), postgres=apart))
            totals.keep(asked.total, key, asdict(total.plus(counted)))
    print(total)  # noqa: T201 what it was run for
    for fault in total.faults:
        print(fault, file=sys.stderr)  # noqa: T201
    return 0 if total.good else 1


def _key(asked: argparse.Namespace) -> str:
    """Under which a total is kept: what is usual is left out."""
    unusual = [*([asked.kind] if asked.kind != "kills" else []), *([asked.publish] if asked.publish != "auto" else [])]
    return " ".join([*unusual, asked.database, str(asked.seed)])


def _campaign(openssh: OpenSsh, url: str, asked: argparse.Namespace, first: int, runs: int) -> Campaign:
    """The runs that come next. A batch's seed is the first one's followed by how many runs were before it."""
    assert openssh.process is not None
    publish = Publish(asked.publish)
    return Campaign(
        kind=asked.kind,
        seed=asked.seed * 1_000_000_000 + first,
        first=first,
        runs=runs,
        database_url=url,
        mailbox=openssh.address(),
        root=openssh.root,
        server=openssh.process.pid,
        publish=publish,
        partners=MANNERS[publish],
        progress=True,
    )


def batch(openssh: OpenSsh, campaign: Campaign) -> Result:
    since = time.monotonic()
    counted = run_apart(campaign)
    for place in openssh.root.iterdir():
        shutil.rmtree(place)
    each = (time.monotonic() - since) / campaign.runs
    print(f"{counted} ({each * 1000:.0f} ms a run)", file=sys.stderr)  # noqa: T201 progress
    return counted


def total_of(file: Path, key: str, seed: int) -> Result:
    """Read what earlier calls have counted; nothing if there were none."""
    figures = totals.kept(file, key)
    return Result(seed=seed) if figures is None else Result(**{**figures, "faults": tuple(figures["faults"])})


@contextmanager
def server() -> Iterator[OpenSsh]:
    """Run an SFTP server in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="gateway-faults-"))
    keys = SshKeys(folder / "keys")
    keys.folder.mkdir()
    for name in ("host_ed25519", "host_rsa", "client"):
        kind = name.rpartition("_")[2] if name.startswith("host") else "ed25519"
        subprocess.run(["ssh-keygen", "-q", "-N", "", "-t", kind, "-f", str(keys.path(name))], check=True)
    openssh = OpenSsh(folder=folder / "sshd", keys=keys)
    try:
        openssh.start()
        yield openssh
    finally:
        openssh.stop()
        shutil.rmtree(folder)


@contextmanager
def database(kind: str, folder: Path) -> Iterator[tuple[str, postgres.Server | None]]:
    """Give the address of an SQLite file or of a PostgreSQL database, beside which ledgers are made, and its server."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'ledger.db'}", None
        return
    with postgres.running_server() as server:
        yield server.url, server


if __name__ == "__main__":
    sys.exit(main())
