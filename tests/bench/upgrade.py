"""Whether a full ledger of revision 17a8ad5 upgrades, killed at ten places and resumed, to what an undisturbed one gives.

`./run bench upgrade [--visits N] [--folder DIR] [--only sqlite|postgresql]`. The old revision takes two thousand visits
through its own steps; their rows are copied. Each upgrade is a process of its own; the places are spread evenly over what
the undisturbed one wrote, from its first write to its last, and the kill comes halfway through the write. The five longest
writes are killed as well. Every second time PostgreSQL breaks off too what it was doing for the killed process; the other
times it brings that to its end while the next process is at work already.

The figures of before are what the old revision's own `reconcile` says of the two thousand, times the copies: it is
quadratic, and would not come to an end on the full ledger. Exit status 1 if anything is not the same.
"""

import argparse
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from gateway.cli.face import show
from gateway.cli.reconcile.line import summary
from gateway.ledger import migrate, open_ledger
from gateway.service.money.reconcile import Reconciled, reconcile
from tests.bench import filled, ledger
from tests.bench.ledger import OLD, TODAY, say
from tests.bench.mortal_upgrade import BUSY, Write
from tests.bench.old_ledgers import (
    OldLedgers,
    SqliteLedgers,
    on_postgresql,
    rows_of,
    schema_of,
    unusable_indexes,
)

KILLS: Final = 10
LONGEST: Final = 5
"""Beside the ten: a few writes take most of the time, and ten places may miss them all."""
_UNDISTURBED: Final = "undisturbed"
_KILLED: Final = "killed"
_TRIES: Final = 60
"""How often whoever is told that the ledger is busy tries again: PostgreSQL ends what a killed process had begun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Old:
    """The old revision's full ledger: its home, its checkout, how often the rows of the first visits are in it."""

    home: Path
    gateway: Path
    copies: int
    figures: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgraded:
    """One ledger after its upgrade, and the wall seconds that it took."""

    url: str
    seconds: float
    outcome: Reconciled


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run bench upgrade", description=__doc__)
    parser.add_argument("--visits", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "gateway-bench-ledger")
    parser.add_argument("--only", choices=("sqlite", "postgresql"), help="one of the two databases")
    asked = parser.parse_args(words)
    old = old_ledger(asked.folder, asked.visits)
    same = True
    for kind in (asked.only,) if asked.only else ("sqlite", "postgresql"):
        with _opened(old, kind, asked.folder) as ledgers:
            same = upgrades(old, ledgers) and same
    return 0 if same else 1


@contextmanager
def _opened(old: Old, kind: str, folder: Path) -> Iterator[OldLedgers]:
    rows = filled.ledger_of(old.home)
    if kind == "sqlite":
        yield SqliteLedgers(rows, folder / "upgraded")
        return
    begin = time.monotonic()
    with _bare(old.home) as home, on_postgresql(rows, home, old.gateway) as ledgers:
        say(f"loaded into PostgreSQL in {time.monotonic() - begin:.0f} s")
        yield ledgers


@contextmanager
def _bare(home: Path) -> Iterator[Path]:
    """Give a home with the same settings that knows of no ledger yet."""
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "clinic"
        shutil.copytree(home, bare, ignore=shutil.ignore_patterns("*.db*", "instance.toml"))
        yield bare


def old_ledger(folder: Path, visits: int) -> Old:
    """Give the full ledger of the old revision; it is made once and kept in the folder."""
    gateway = ledger.checkout(folder)
    small = filled.base(folder / f"base-{OLD}", gateway)
    copies = -(-visits // filled.BASE)
    home = folder / f"{copies * filled.BASE}-visits-{OLD}"
    if not (home / "grown").exists():
        begin = time.monotonic()
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(small, home)
        filled.grow(filled.ledger_of(home), copies * filled.BASE, counted="visits")
        (home / "grown").touch()
        say(f"grown in {time.monotonic() - begin:.0f} s")
    figures = old_figures(small, gateway)
    # What the old revision did not take in was not copied either.
    taken = sum(figures["visits"].values())
    copies = -(-copies * filled.BASE // taken)
    return Old(home=home, gateway=gateway, copies=copies, figures=figures)


def old_figures(home: Path, gateway: Path) -> dict[str, Any]:
    """Ask the old revision how its two thousand visits stand."""
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "clinic"
        shutil.copytree(home, asked)
        command = [sys.executable, "-m", "gateway", "--home", str(asked), "--today", TODAY.isoformat()]
        done = subprocess.run(
            [*command, "reconcile", "--json"],
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(gateway)},
            cwd=gateway,
            capture_output=True,
            check=False,
        )
    # 1: a copy is held, which is for a person to see to, and changes no figure.
    assert done.returncode in {0, 1}, done.stderr.decode()
    said = json.loads(done.stdout)
    assert said["holds"], "a law is broken before anything was upgraded"
    figures: dict[str, Any] = said["reconciled"]
    return figures


def scaled(figure: Any, copies: int) -> Any:
    """Give what so many copies of the rows must come to."""
    if isinstance(figure, dict):
        return {name: scaled(one, copies) for name, one in figure.items()}
    if isinstance(figure, int):
        return figure * copies
    return str(Decimal(figure) * copies) if isinstance(figure, str) else figure


def told_by_both(figure: Any, of: Any) -> Any:
    """Leave out what only the newer revision tells, or calls otherwise."""
    if isinstance(figure, dict) and isinstance(of, dict):
        return {name: told_by_both(one, of[name]) for name, one in figure.items() if name in of}
    return figure


def upgrades(old: Old, ledgers: OldLedgers) -> bool:
    """Upgrade one copy undisturbed and another one killed on the way; print both, and whether they came to the same."""
    say(f"{ledgers.kind}: {old.copies * filled.BASE} visits, {ledgers.size() >> 20} MB, of revision {OLD}")
    undisturbed, writes = _undisturbed(old, ledgers)
    say(f"  undisturbed: {undisturbed.seconds:.1f} s, {len(writes)} writes")
    killed = _killed(old, ledgers, _places(writes))
    say(f"  {summary(killed.outcome)}")
    figures = show.plain(killed.outcome)
    # The laws have names, and no figures.
    of_old = {name: one for name, one in old.figures.items() if name != "laws"}
    before = told_by_both(scaled(of_old, old.copies), figures)
    assert {"claims", "charged"} <= before.keys(), f"too few figures in common: {sorted(before)}"
    checks = {
        "every law holds": undisturbed.outcome.holds and killed.outcome.holds,
        "figures: those of the undisturbed upgrade": figures == show.plain(undisturbed.outcome),
        f"figures: those of {OLD} before it, times {old.copies}": told_by_both(figures, before) == before,
        "tables, columns, indexes, triggers: the same": schema_of(killed.url) == schema_of(undisturbed.url),
        "no index that cannot be used": not unusable_indexes(killed.url),
        "every row of every table: the same": rows_of(killed.url) == rows_of(undisturbed.url),
    }
    for what, holds in checks.items():
        say(f"  {what:58} {'yes' if holds else 'NO'}")
    for name, one in before.items():
        if figures[name] != one:
            say(f"    {name}: {figures[name]} and before it {one}")
    for name in (_UNDISTURBED, _KILLED):
        ledgers.dropped(name)
    return all(checks.values())


def _undisturbed(old: Old, ledgers: OldLedgers) -> tuple[Upgraded, tuple[Write, ...]]:
    url, begin = ledgers.copied(_UNDISTURBED), time.monotonic()
    done = _child(url)
    seconds = time.monotonic() - begin
    assert done.returncode == 0, done.stderr
    writes = tuple(Write(**one) for one in json.loads(done.stdout))
    return Upgraded(url=url, seconds=seconds, outcome=_reconciled(old, url)), writes


def _killed(old: Old, ledgers: OldLedgers, places: Sequence[Write]) -> Upgraded:
    url, begin, busy = ledgers.copied(_KILLED), time.monotonic(), 0
    for number, place in enumerate(places):
        done, waited = _until_not_busy(url, place)
        busy += waited
        assert done.returncode == -signal.SIGKILL, f"{place}: ended with {done.returncode}: {done.stderr}"
        if number % 2:
            ledgers.cut_off(_KILLED)
        left = "; an index cannot be used yet" if unusable_indexes(url) else ""
        where = f"{place.seconds / 2:.3f} s into write {place.number} of revision {place.revision}"
        say(f"  killed {where}: {place.words}{left}")
    done, waited = _until_not_busy(url)
    assert done.returncode == 0, done.stderr
    say(
        f"  killed at {len(places)} places and resumed: {time.monotonic() - begin:.1f} s; "
        f"told {busy + waited} times that the ledger is busy"
    )
    return Upgraded(url=url, seconds=time.monotonic() - begin, outcome=_reconciled(old, url))


def _places(writes: Sequence[Write]) -> tuple[Write, ...]:
    """Choose where to kill, in the order of the work: evenly over the writes, first and last among them, and the longest."""
    evenly = {round(kill * (len(writes) - 1) / (KILLS - 1)) for kill in range(KILLS)}
    others = sorted(set(range(len(writes))) - evenly, key=lambda place: writes[place].seconds)
    return tuple(writes[place] for place in sorted({*evenly, *others[-LONGEST:]}))


def _until_not_busy(url: str, place: Write | None = None) -> tuple[subprocess.CompletedProcess[str], int]:
    """Upgrade, again while the ledger says that it is busy; gives how often it said so."""
    for busy in range(_TRIES):
        done = _child(url, place)
        if done.returncode != BUSY:
            return done, busy
        say(f"  busy at {done.stderr.partition(chr(10))[0]}")
        time.sleep(1)
    raise TimeoutError(f"the ledger was still busy after {_TRIES} tries")


def _child(url: str, place: Write | None = None) -> subprocess.CompletedProcess[str]:
    """Upgrade in a process of its own, which dies at the place."""
    where = () if place is None else (place.revision, str(place.number), f"{place.seconds / 2:.6f}")
    return subprocess.run(
        [sys.executable, "-m", "tests.bench.mortal_upgrade", url, *where],
        cwd=filled.ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(filled.ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def _reconciled(old: Old, url: str) -> Reconciled:
    opened = open_ledger(url)
    migrate.require_newest(opened)
    outcome = reconcile(ledger.office_on(old.home, opened))
    opened.close()
    return outcome
