"""The one entry for inbound files: what a partner sent, told by its content and never by its name."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from gateway.acknowledgment import ClaimAcknowledgment, GroupAnswer, Ta1
from gateway.edi.acknowledgments import claim_acknowledgments, group_answer, ta1
from gateway.edi.envelope import interchanges
from gateway.edi.received import Group, Interchange, TransactionSet
from gateway.edi.remittance_advice import remittance
from gateway.errors import InboundWireError
from gateway.partner import Usage
from gateway.remittance import Remittance

_GUIDE: Final = re.compile(r"[0-9]{6}[0-9A-Z]{0,6}").fullmatch

What: TypeAlias = Ta1 | GroupAnswer | ClaimAcknowledgment | Remittance


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One thing that the partner says, and the envelope it came in.

    sender_id, receiver_id  ISA06 and ISA08 without padding
    interchange             ISA13 of the file that holds it (not of the file it answers)
    date, time              ISA09 (YYMMDD) and ISA10 (HHMM)
    place                   which segment of the file its ISA is
    group                   GS06, None for a TA1
    set_control             ST02, empty for a TA1
    """

    sender_id: str
    receiver_id: str
    interchange: int
    usage: Usage
    date: str
    time: str
    place: int
    group: int | None
    set_control: str
    what: What


def read_answers(raw: bytes) -> tuple[Answer, ...]:
    """Read every TA1, 999, 277CA and 835 of a file, in its order.

    Raises InboundWireError if the file is not X12, is cut or damaged, holds nothing to read, or holds a transaction
    set that is not one of these; then none of it may be used.
    """
    found = tuple(answer for one in interchanges(raw) for answer in _answers(one))
    if not found:
        raise InboundWireError(ordinal=1, said="the file holds neither a TA1 nor a transaction set")
    return found


def _answers(one: Interchange) -> Iterator[Answer]:
    for ordinal, segment in one.ta1:
        yield _answer(one, None, "", ta1(ordinal, segment))
    for group in one.groups:
        for each in group.sets:
            for what in _reader(group, each)(each):
                yield _answer(one, group.control, each.control, what)


def _answer(one: Interchange, group: int | None, set_control: str, what: What) -> Answer:
    return Answer(
        sender_id=one.sender_id,
        receiver_id=one.receiver_id,
        interchange=one.control,
        usage=one.usage,
        date=one.date,
        time=one.time,
        place=one.starts,
        group=group,
        set_control=set_control,
        what=what,
    )


_READERS: Final[tuple[tuple[str, str, Callable[[TransactionSet], tuple[What, ...]]], ...]] = (
    ("999", "005010X231", lambda one: (group_answer(one),)),
    ("277", "005010X214", claim_acknowledgments),
    ("835", "005010X221", lambda one: (remittance(one),)),
)
"""ST01, the guide without its amendment (GS08), and what reads it."""


def _reader(group: Group, one: TransactionSet) -> Callable[[TransactionSet], tuple[What, ...]]:
    for code, guide, reader in _READERS:
        amendment = group.version.removeprefix(guide)
        if one.code == code and amendment != group.version and not amendment[:1].isdecimal():
            return reader
    version = group.version if _GUIDE(group.version) else "an unknown guide"
    return one.refuse(
        1, f"{one.code} of {version} is not read here; a TA1, 999, 277CA (005010X214) or 835 (005010X221) is"
    )
