"""Answer what was checked: a TA1 for an interchange, a 999 (005010X231A1) for each functional group.

Nothing is accepted that was not read to its end. An interchange that is rejected is answered by its TA1 alone: a 999
names a group by a number that, in a repeated interchange, is also that of the group that was taken before. An answer
is never answered: no 999 for a 999 or 997, no TA1 for a TA1 that is alone and sound.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, NamedTuple

from gateway.acknowledgment import Verdict
from gateway.edi.answer.functional_group import group_answer, wants_answer
from gateway.edi.answer.transaction_set import LETTERS, carried
from gateway.edi.checking.envelope_elements import is_qualifier
from gateway.edi.checking.envelope_verdicts import JudgedGroup, JudgedInterchange
from gateway.edi.follow.element_faults import is_day, is_time
from gateway.edi.follow.loop import at as element
from gateway.edi.wire.figures import is_whole
from gateway.edi.wire.segment import STANDARD, Delimiters, Segment, fault_in
from gateway.edi.write.envelope import CONTROL_MAX, OutboundGroup, OutboundSet, interchange
from gateway.partner import Envelope, Usage

_VERSION: Final = "005010X231A1"
_APPLICATION_WIDTHS: Final = range(2, 16)
_ID_WIDTHS: Final = (2, 15)
_ISA10_LENGTH: Final = 4
_ISA13_LENGTH: Final = 9
_CONTENT: Final = "024"
_MUTUAL: Final = "ZZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgment:
    """One answer, as a file of its own.

    kind         TA1 or 999
    control      our own number: ISA13, and GS06 of a 999
    interchange  what is answered: its ISA13
    group        of a 999, the group's GS06; empty of a TA1
    verdict      what it says
    untold       faults that it leaves out, for it tells a hundred of each set
    body         the bytes
    """

    kind: str
    control: int
    interchange: str
    group: str
    verdict: Verdict
    untold: int
    body: bytes = field(repr=False)


def acknowledge(interchanges: Iterable[JudgedInterchange], *, at: datetime, control: int) -> tuple[Acknowledgment, ...]:
    """Answer interchanges as `check(...).interchanges` gives them: for each its TA1, if any, then its 999s.

    A TA1 is written where ISA14 asks for one, where the interchange is at fault, and where a group cannot be named by a
    999 (its GS06 is no number, or it is of no kind that 005010X231A1 answers). An interchange whose ISA names nobody
    that an answer can be addressed to, or come from, has none.

    at       wall-clock time for ISA and GS
    control  the first of our own control numbers, 1 to 999,999,999; each file takes one, and after the last comes 1

    Raises OutboundWireError if `control` is none.
    """
    answers: list[Acknowledgment] = []
    for one in interchanges:
        envelope = _back(one)
        if envelope is None:
            continue
        for draft in _drafts(one, at):
            number = _after(control, len(answers))
            answers.append(
                Acknowledgment(
                    kind=draft.kind,
                    control=number,
                    interchange=one.control,
                    group=draft.group.control if draft.group is not None else "",
                    verdict=draft.verdict,
                    untold=draft.untold,
                    body=_written(draft, one, envelope, at, number),
                )
            )
    return tuple(answers)


class _Draft(NamedTuple):
    """An answer without its envelope. `group` is what a 999 answers."""

    kind: str
    verdict: Verdict
    segments: tuple[Segment, ...]
    group: JudgedGroup | None = None
    untold: int = 0


def _drafts(one: JudgedInterchange, at: datetime) -> Iterator[_Draft]:
    """Give the TA1, if there is to be one, then the 999s."""
    groups = [group for group in one.groups if wants_answer(group)]
    answers = [(group, group_answer(group, _marks(one))) for group in groups]
    drafts = [
        _Draft("999", group.verdict, answer.segments, group, answer.untold)
        for group, answer in answers
        if answer is not None
    ]
    verdict, note = one.verdict, one.note
    if verdict is Verdict.ACCEPTED and len(drafts) < len(groups):
        # What no 999 can name is told of here, for silence would tell its sender nothing.
        verdict = Verdict.ACCEPTED_WITH_ERRORS if drafts else Verdict.REJECTED
        note = _CONTENT
    is_lone_ta1 = one.has_ta1 and not one.groups
    if verdict is not Verdict.ACCEPTED or (one.wants_ta1 and not is_lone_ta1):
        yield _Draft("TA1", verdict, (_ta1(one, verdict, note, at),))
    if verdict is not Verdict.REJECTED:
        yield from drafts


def _ta1(one: JudgedInterchange, verdict: Verdict, note: str, at: datetime) -> Segment:
    """TA1. What its ISA has instead of number, date and time is left out of it."""
    number = one.control.zfill(_ISA13_LENGTH) if is_whole(one.control) else "0" * _ISA13_LENGTH
    day, time = one.isa[8], one.isa[9]
    day = day if is_day(f"20{day}") else at.strftime("%y%m%d")
    time = time if len(time) == _ISA10_LENGTH and is_time(time) else at.strftime("%H%M")
    return Segment("TA1", (number, day, time, LETTERS[verdict], note))


def _written(draft: _Draft, one: JudgedInterchange, envelope: Envelope, at: datetime, number: int) -> bytes:
    marks = _marks(one)
    if draft.group is None:
        return interchange(envelope, control=number, at=at, ta1=draft.segments, marks=marks)
    addressed = replace(
        envelope,
        group_sender=_application(draft.group, 3, envelope.sender_id, marks),
        group_receiver=_application(draft.group, 2, envelope.receiver_id, marks),
    )
    answer = OutboundSet(code="999", control="0001", guide=_VERSION, segments=draft.segments)
    group = OutboundGroup(function="FA", control=number, version=_VERSION, sets=(answer,))
    return interchange(addressed, control=number, at=at, groups=(group,), marks=marks)


def _after(control: int, written: int) -> int:
    """Give the number of the next answer. One that is out of range is left for the writer to refuse."""
    return (control - 1 + written) % CONTROL_MAX + 1 if 1 <= control <= CONTROL_MAX else control


def _marks(one: JudgedInterchange) -> Delimiters:
    """Give the delimiters of an answer: those that came, so that all that is copied fits; ours if those are odd."""
    plain = all("!" <= mark <= "~" for mark in one.marks.all)
    return one.marks if plain else STANDARD


def _back(one: JudgedInterchange) -> Envelope | None:
    """Turn the envelope round; None if an id cannot be written back."""
    sender, receiver = ((one.isa[at].strip(), one.isa[at + 1].strip()) for at in (6, 4))
    wide = any(len(text) > width for who in (sender, receiver) for text, width in zip(who, _ID_WIDTHS, strict=True))
    nobody = not sender[1] or not receiver[1]
    if wide or nobody or any(fault_in(text, _marks(one)) for text in (*sender, *receiver)):
        return None
    is_production = one.isa[14] == Usage.PRODUCTION
    return Envelope(
        sender_qualifier=_qualifier(sender[0]),
        sender_id=sender[1],
        receiver_qualifier=_qualifier(receiver[0]),
        receiver_id=receiver[1],
        group_sender="",
        group_receiver="",
        submitter_name="",
        submitter_id="",
        receiver_name="",
        receiver_number="",
        usage=Usage.PRODUCTION if is_production else Usage.TEST,
        wants_ta1=False,
    )


def _qualifier(text: str) -> str:
    """What is no qualifier cannot be given back: then both sides have to know the id."""
    return text if is_qualifier(text) else _MUTUAL


def _application(group: JudgedGroup, position: int, otherwise: str, marks: Delimiters) -> str:
    """GS02 or GS03 of the answer, from its counterpart; the interchange's id if that is none."""
    text = carried(element(group.gs, position).strip(), marks, _APPLICATION_WIDTHS.stop)
    return text if len(text) in _APPLICATION_WIDTHS else otherwise.rjust(_APPLICATION_WIDTHS.start, "0")
