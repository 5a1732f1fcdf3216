"""Entries of one payer that come to the same with opposite signs meet each other, the oldest first.

A reversal that was larger than its payment is carried forward (PLB FB, or WO with a minus sign), and recovered from later
payments, at once or in parts; what they name in PLB03-2 is a claim, or the trace of the remittance that carried it forward
(005010X221A1 sec. 1.10.2.12 and 1.10.2.17). One remittance may do both: recover what an earlier one carried forward, and carry
forward anew under its own trace. The two are no counterparts of each other.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Entry(NamedTuple):
    """An open entry: which, the cents of it that are open, with what it may meet, and what it names."""

    number: int
    cents: int
    family: str
    claim: str
    reference: str
    trace: str


def meet(entries: Sequence[Entry]) -> dict[int, int]:
    """Give what is left of each entry that changes, once all have met. The oldest stand first."""
    left = {one.number: one.cents for one in entries}
    of = {one.number: one for one in entries}
    known: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for one in entries:
        for key in _names(one):
            for earlier in known[key]:
                if of[earlier].trace != one.trace or key in _names(of[earlier]):
                    _meet(left, earlier, one.number)
                if not left[one.number]:
                    break
            known[key] = [earlier for earlier in known[key] if left[earlier]]
        if left[one.number]:
            for key in {*_names(one), (one.family, "reference", one.trace)}:
                known[key].append(one.number)
    return {one.number: left[one.number] for one in entries if left[one.number] != one.cents}


def _meet(left: dict[int, int], one: int, other: int) -> None:
    if left[one] * left[other] < 0:
        met = min(abs(left[one]), abs(left[other]))
        for number in (one, other):
            left[number] -= met if left[number] > 0 else -met


def _names(one: Entry) -> Iterator[tuple[str, str, str]]:
    """Give what it may be known by; a claim that it names goes first. Who names nothing is known by nothing."""
    if one.claim:
        yield one.family, "claim", one.claim
    if one.reference:
        yield one.family, "reference", one.reference
