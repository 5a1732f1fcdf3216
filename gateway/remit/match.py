"""Which of our lines each line of an answer is about.

By our line control (REF*6R) where the payer gives it back; else by procedure, modifiers, charge and units, in order.
Each stored line is used once. A line that the payer bundled or made up of others is nobody's: the match says so, and
what cannot be placed is parked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gateway.claim import ServiceLine
from gateway.remittance import ClaimPayment, LinePayment


class MatchedLine(NamedTuple):
    """One of our lines and its answer."""

    line: ServiceLine
    answer: LinePayment


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An answer laid over a stored claim.

    lines       all lines of the stored claim, in its order
    matched     our lines with their answers, in the stored claim's order
    unmatched   answers that are about no line of ours
    unanswered  lines of ours that the answer does not speak of
    """

    lines: tuple[ServiceLine, ...]
    matched: tuple[MatchedLine, ...]
    unmatched: tuple[LinePayment, ...]
    unanswered: tuple[ServiceLine, ...]

    @property
    def is_whole(self) -> bool:
        """Tell whether every line has its answer and every answer its line."""
        return not self.unmatched and not self.unanswered


def match(payment: ClaimPayment, lines: Sequence[ServiceLine]) -> Match:
    """Lay the lines of an answer over those of the stored claim. An answer without lines leaves all unanswered."""
    found = dict(_by_control(payment.lines, lines))
    for place, answer in enumerate(payment.lines):
        if place not in found:
            rest = (at for at, line in enumerate(lines) if at not in found.values() and _alike(answer, line))
            at = next(rest, None)
            if at is not None:
                found[place] = at
    answered = {at: payment.lines[place] for place, at in found.items()}
    return Match(
        lines=tuple(lines),
        matched=tuple(MatchedLine(line, answered[at]) for at, line in enumerate(lines) if at in answered),
        unmatched=tuple(answer for place, answer in enumerate(payment.lines) if place not in found),
        unanswered=tuple(line for at, line in enumerate(lines) if at not in answered),
    )


def _by_control(answers: Sequence[LinePayment], lines: Sequence[ServiceLine]) -> Iterator[tuple[int, int]]:
    """Places of answers and of the lines they name; of two answers that name one line the first has it."""
    places = {line.control: at for at, line in enumerate(lines)}
    for place, answer in enumerate(answers):
        at = places.pop(answer.control, None)
        if at is not None:
            yield place, at


def _alike(answer: LinePayment, line: ServiceLine) -> bool:
    # A reversal negates the charge and often the units; modifiers come back in any order.
    return (
        answer.procedure == line.procedure
        and sorted(answer.modifiers) == sorted(line.modifiers)
        and abs(answer.charge) == line.charge
        and (answer.units is None or abs(answer.units) == line.units)
        and (answer.day is None or answer.day == line.day)
    )
