"""A file read set by set, twice: to its end, to see whether it can be used at all and what is in it; then to post it.

Only one transaction set is held at a time. A TA1 stands in no set: it is posted as one by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import NamedTuple

from gateway.edi.read.inbound_file import Answer, each_answer
from gateway.ledger.inbound import InterchangeKey, SetPlace
from gateway.partner import Usage
from gateway.remittance import Remittance


class SetRead(NamedTuple):
    """One transaction set: where it stands, and what it says."""

    at: SetPlace
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOutlined:
    """A transaction set of a file that was read to its end.

    control     ST02; empty for a TA1
    remittance  an 835 without its payments; None for all others
    """

    at: SetPlace
    control: str
    remittance: Remittance | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InterchangeOutlined:
    """An interchange of a file that was read to its end. `place` is that of its ISA."""

    key: InterchangeKey
    place: int
    usage: Usage
    sets: tuple[SetOutlined, ...]


def each_set(raw: bytes) -> Iterator[SetRead]:
    """Give the transaction sets of a file in its order. Raises InboundWireError where the file is damaged."""
    for at, answers in groupby(each_answer(raw), key=lambda one: SetPlace(one.place, one.ordinal)):
        yield SetRead(at, tuple(answers))


def outline(raw: bytes) -> tuple[InterchangeOutlined, ...]:
    """Read a file to its end, and tell what is in it. Raises InboundWireError if none of it may be used."""
    known: dict[int, tuple[Answer, list[SetOutlined]]] = {}
    for one in each_set(raw):
        first = _without_payments(one.answers[0])
        _, sets = known.setdefault(one.at.place, (first, []))
        remittance = first.what if isinstance(first.what, Remittance) else None
        sets.append(SetOutlined(at=one.at, control=first.set_control, remittance=remittance))
    return tuple(_interchange(first, sets) for first, sets in known.values())


def _without_payments(answer: Answer) -> Answer:
    what = answer.what
    return replace(answer, what=replace(what, claims=())) if isinstance(what, Remittance) else answer


def _interchange(first: Answer, sets: list[SetOutlined]) -> InterchangeOutlined:
    key = InterchangeKey(sender=first.sender_id, interchange=first.interchange, date=first.date, time=first.time)
    return InterchangeOutlined(key=key, place=first.place, usage=first.usage, sets=tuple(sets))
