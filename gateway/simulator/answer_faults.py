"""What the faults make of the answers before they are put out. Without any, they are put out as they are."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Final

from gateway.simulator.answer_files import AnswerFile
from gateway.simulator.faults import Fault, Planned
from gateway.simulator.strikes import Strikes

_PAGE: Final = b"<!DOCTYPE html>\n<html><title>Scheduled maintenance</title><p>We will be back shortly.</html>\n"


class AnswerFaults:
    """How answers go wrong. What has gone wrong with one stays so as long as the simulator runs."""

    def __init__(self, strikes: Strikes) -> None:
        self._strikes = strikes

    def put_out(self, box: Path, files: Iterable[AnswerFile]) -> Iterator[AnswerFile]:
        """Give what is put out in place of these. `box` is the partner's folder."""
        withheld = self._strikes.planned.get(Fault.WITHHOLDS)
        for one in files:
            if withheld and one.kind in withheld.kinds and self._strike(Fault.WITHHOLDS, box, one):
                continue
            spoilt = self._strike(Fault.SPOILS_ANSWERS, box, one)
            shown = replace(one, body=_PAGE) if spoilt else one
            if self._strike(Fault.RECYCLES_NAMES, box, one):
                shown = replace(shown, name=_used_before(box, shown))
            yield shown
            if self._strike(Fault.ANSWERS_TWICE, box, one):
                yield replace(shown, name=f"again_{shown.name}")

    def _strike(self, fault: Fault, box: Path, one: AnswerFile) -> Planned | None:
        return self._strikes.strike(fault, f"{box.name} {one.name}", same=True)


def is_out(box: Path, one: AnswerFile) -> bool:
    """Whether an answer is in the outbox, or archived, perhaps under a name made longer because its own was taken."""
    for folder in ("outbound", "archive"):
        path = box / folder / one.name
        if _holds(path, one.body):
            return True
        if path.exists() and any(_holds(longer, one.body) for longer in path.parent.glob(f"{one.name}.*")):
            return True
    return False


def _used_before(box: Path, one: AnswerFile) -> str:
    """Give the first name that nothing in the outbox has, or the one under which these very bytes are out."""
    for number in count(1):
        name = f"answer-{number}.{one.kind}"
        if is_out(box, replace(one, name=name)) or not (box / "outbound" / name).exists():
            return name
    raise AssertionError("there is no end of numbers")


def _holds(path: Path, body: bytes) -> bool:
    try:
        return path.stat().st_size == len(body) and path.read_bytes() == body
    except FileNotFoundError:
        return False
