"""The one entry for inbound files: what a partner sent, told by its content and never by its name.

A file is read in one pass by the engine that judges files, and all of it is used or nothing. What is wrong with it is not
all the same to somebody who posts:

- **Refused**, as damage: whatever says that something is missing, was cut or stands outside of everything (no trailer, a
  count that is wrong, control numbers that differ, an ISA of another shape, characters between interchanges, a segment
  without a proper id: a delimiter has gone astray); a number or mark of the envelope that we need and cannot read (ISA13,
  ISA15, GS06, ST02); two sets of a group with one number; a set that is no answer, or of a guide that is not known.
- **Refused**, as unreadable: a verdict that is missing or not known, a figure, date or key that cannot be read, money
  or remarks of which it cannot be told whose they are.
- **Taken all the same**: what the guide says of everything else (SNIP 2: segments that are missing, too many, out of order
  or unknown, wrong codes and lengths), when and how a sender dates and versions an envelope, an edition's other name, GS01,
  numbers that are equal but written with or without zeros, and numbers used before, which posting looks into by itself.
  Payers send such files every day, and what is read of them is what they say. `check` tells of it.

Whether an 835 adds up is for gateway.remit.balance.
"""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from gateway.acknowledgment import ClaimAcknowledgment, GroupAnswer, Ta1
from gateway.edi.checking.damage import is_damage
from gateway.edi.follow.loop import Loop, Parts, Placed, at
from gateway.edi.follow.origin import Origin
from gateway.edi.guide.compiled import UNITS, transaction_of
from gateway.edi.read.one_pass import Passage
from gateway.edi.read.remittance import RemittanceReading
from gateway.edi.read.remittance_for_posting import remittance
from gateway.edi.values.acknowledgments import claim_acknowledgments, group_answer, ta1
from gateway.edi.wire.finding import WireFinding
from gateway.errors import InboundWireError
from gateway.partner import Usage
from gateway.remittance import Remittance

# They are quoted in messages, so nothing but a code may be in them.
_GUIDE: Final = re.compile(r"[0-9]{6}[0-9A-Z]{0,6}").fullmatch
_SET_CODE: Final = re.compile(r"[0-9]{3}").fullmatch
_SET_CONTROL: Final = re.compile(r"[0-9A-Za-z]{1,9}").fullmatch

What: TypeAlias = Ta1 | GroupAnswer | ClaimAcknowledgment | Remittance


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One thing that the partner says, and the envelope it came in.

    sender_id, receiver_id  ISA06 and ISA08 without padding
    interchange             ISA13 of the file that holds it (not of the file it answers)
    date, time              ISA09 (YYMMDD) and ISA10 (HHMM)
    place                   which segment of the file its ISA is
    ordinal                 which segment of the file its ST is; of a TA1, which one it is itself
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
    ordinal: int
    group: int | None
    set_control: str
    what: What


def read_answers(raw: bytes) -> tuple[Answer, ...]:
    """Read every TA1, 999, 277CA and 835 of a file, in its order.

    Raises InboundWireError if the file is not X12, is cut or damaged, holds nothing to read, or holds a transaction
    set that is not one of these; then none of it may be used.
    """
    return tuple(each_answer(raw))


def read_through(raw: bytes) -> None:
    """Read a file to its end and keep nothing of it. Raises what `read_answers` raises."""
    for _ in each_answer(raw):
        pass


def each_answer(raw: bytes) -> Iterator[Answer]:
    """Give the answers of a file one after the other; only one transaction set is held at a time.

    Raises what `read_answers` raises, at the place where it is seen: use nothing of a file for good that was not read to
    its end before.
    """
    alone: list[Answer] = []

    def took(origin: Origin, ordinal: int, parts: Parts) -> None:
        alone.append(_answer(origin, ordinal, ta1(ordinal, parts)))

    count = 0
    # It is closed, for a passage lets go of its file only when the collector comes by.
    with io.BytesIO(raw) as file:
        passage = Passage(file, _ASKED, tell=_refuse_damage, opens=_refuse_others, ta1=took)
        pieces = passage.pieces()
        for opening in pieces:
            read = _READERS[passage.origin.version]
            found = [_answer(passage.origin, passage.origin.starts, what) for what in read(passage, pieces, opening)]
            found[:0], alone[:] = alone, []
            count += len(found)
            while found:
                yield found.pop(0)
    yield from alone
    if not count and not alone:
        raise InboundWireError(ordinal=1, said="the file holds neither a TA1 nor a transaction set")


def _answer(origin: Origin, ordinal: int, what: What) -> Answer:
    return Answer(
        sender_id=origin.sender,
        receiver_id=origin.receiver,
        interchange=int(origin.interchange),
        usage=Usage(at(origin.isa, 14)),
        date=at(origin.isa, 8),
        time=at(origin.isa, 9),
        place=origin.isa_at,
        ordinal=ordinal,
        group=int(origin.group) if origin.gs else None,
        set_control=origin.control,
        what=what,
    )


def _refuse_damage(finding: WireFinding) -> None:
    if is_damage(finding):
        raise InboundWireError(ordinal=finding.file_ordinal, said=finding.said)


def _refuse_others(origin: Origin) -> None:
    """Refuse a set that cannot be named, is no answer, or is of a guide that is not known."""
    code, version = at(origin.st, 1), origin.version
    if not _SET_CODE(code) or not _SET_CONTROL(origin.control):
        raise InboundWireError(ordinal=origin.starts, said="ST names no transaction set or no control number")
    if version not in _READERS or transaction_of(version) != code:
        named = version if _GUIDE(version) else "an unknown guide"
        said = f"{code} of {named} is not read here; a TA1, 999, 277CA (005010X214) or 835 (005010X221) is"
        raise InboundWireError(ordinal=origin.starts, said=f"{code} {origin.control}: {said}")


def _remittance(passage: Passage, pieces: Iterator[Loop], opening: Loop) -> tuple[What, ...]:
    return (remittance(RemittanceReading(passage, pieces, opening)),)


def _group_answer(passage: Passage, pieces: Iterator[Loop], opening: Loop) -> tuple[What, ...]:
    return (group_answer(passage.origin, _segments(passage, pieces, opening)),)


def _claim_acknowledgments(passage: Passage, pieces: Iterator[Loop], opening: Loop) -> tuple[What, ...]:
    return claim_acknowledgments(passage.origin, _segments(passage, pieces, opening))


def _segments(passage: Passage, pieces: Iterator[Loop], opening: Loop) -> list[Placed]:
    """Give all segments of a set, in the order of the file."""
    found = list(opening.every())
    while not passage.is_last and (piece := next(pieces, None)) is not None:
        found += piece.every()
    return sorted(found, key=lambda one: one[0])


_READERS: Final[dict[str, Callable[[Passage, Iterator[Loop], Loop], tuple[What, ...]]]] = {
    "005010X231A1": _group_answer,
    "005010X214": _claim_acknowledgments,
    "005010X221A1": _remittance,
}
"""What reads the sets of each guide."""
_ASKED: Final = {version: UNITS[version] for version in _READERS}
