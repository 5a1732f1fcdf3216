"""`./run bench month [VISITS] [SEED ...]`: a month of a clinic, played by the real gateway against the simulator, and audited.

Five partners over SFTP, ten payers, a clock that goes on by the day, every word of a scenario, every fault of the line, processes
killed in the midst of their work, and persons who follow a part of what the gateway advises. At the end an independent
bookkeeper says whether every cent and every claim is where the payers' own bytes put it. Seconds are of the wall.
"""

import shutil
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from tests.bench.month.audit import audit
from tests.bench.month.books import Books, Found
from tests.bench.month.play import Month, play

VISITS: Final = 5000
SEEDS: Final = (1, 2)
DAYS: Final = 30
KILLS: Final = 54
_SHOWN_MAX: Final = 20
_ROOM_KB: Final = 2 << 20


def say(*lines: str) -> None:
    for line in lines:
        print(line, flush=True)  # noqa: T201 a benchmark prints


def main(arguments: list[str]) -> int:
    count, *seeds = map(int, arguments or [str(VISITS)])
    faults = 0
    for seed in seeds or SEEDS:
        since = time.monotonic()
        with tempfile.TemporaryDirectory(dir=_roomy()) as folder:
            month, found = played(Path(folder), count=count, seed=seed)
            faults += page(month, found, seed=seed, seconds=time.monotonic() - since)
    return 1 if faults else 0


def played(folder: Path, *, count: int, seed: int, days: int = DAYS, kills: int = KILLS) -> tuple[Month, Found]:
    """Play a month in a folder and audit it."""
    month = play(folder, count=count, seed=seed, days=days, kills=kills, tell=lambda _: None)
    with closing(Books(folder, month.biller.meant, month.biller.papers)) as books:
        return month, audit(books, month.clinic, moved=month.biller.moved)


def page(month: Month, found: Found, *, seed: int, seconds: float) -> int:
    """Print the figures; give how many faults there are."""
    figures, reconciled = found.figures, found.figures["reconciled"]
    say("", f"A MONTH, SEED {seed}: {len(month.export.planned)} visits, {month.days} working days, {seconds:.0f} s")
    say("claims at their end: " + _counted(figures["claims"]), "visits: " + _counted(figures["visits"]))
    say(
        f"at the partners: {figures['claims that left']} claim versions; {figures['sets']} remittances, of which "
        f"{figures['sets that are off']} are a cent off"
    )
    say("money by place, in cents:")
    places: Counter[str] = Counter()
    for each in figures["money by partner and payer"].values():
        places.update(each)
    say(*(f"  {name:28} {amount:>14,}" for name, amount in places.most_common() if amount))
    say("money by partner and payer (paid by the payer, on claims, elsewhere):")
    for (partner, payer), each in figures["money by partner and payer"].items():
        paid, on_claims = each["paid by the payer"], each.get("on claims", 0)
        say(f"  {partner:10} {payer:12} {paid:>12,} {on_claims:>12,} {paid - on_claims:>12,}")
    say("on the desk: " + _counted(figures["open on the desk"]))
    say(f"killed: {sum(month.clinic.kills.values())} ({_counted(month.clinic.kills)})")
    say("faults of the line that struck: " + _counted(month.partners.faults))
    say("what persons did:", *(f"  {number:5}  {what}" for what, number in month.biller.did.most_common()))
    say("what they found:", *(f"  {number:5}  {what}" for what, number in month.biller.told.most_common()))
    say("seconds by command: " + ", ".join(f"{word} {took:.0f}" for word, took in month.clinic.seconds.items()))
    for what, some in month.biller.refused.items():
        say(f"advice refused, {what}: {len(some)}", *(f"  {one[:300]}" for one in some[:3]))
    say(f"with the payer for more than 45 days: {figures['with the payer for more than 45 days']}")
    checked = figures["claims checked reason by reason, by number of answers"]
    say("checked reason by reason: " + ", ".join(f"{n} claims of {answers} answers" for answers, n in checked.items()))
    for what, said in found.wrong.items():
        say(f"{'holds ' if not said else 'BROKEN'} {what}" + (f": {len(said)}" if said else ""))
        say(*(f"         {one[:400]}" for one in said[:_SHOWN_MAX]))
    say(*(f"BUG {one}" for one in month.clinic.bugs))
    broken = sum(1 for law in reconciled["laws"] if law["broken"])
    say(f"the gateway's own laws: {len(reconciled['laws']) - broken} hold, {broken} are broken")
    return found.faults + len(month.clinic.bugs)


def _counted(some: dict[str, Any]) -> str:
    return ", ".join(f"{number} {what}" for what, number in sorted(some.items(), key=lambda pair: -pair[1])) or "none"


def _roomy() -> str | None:
    """In memory, where there is room: a month syncs thousands of times."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > _ROOM_KB << 10 else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
