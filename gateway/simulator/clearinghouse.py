"""The core: the answers to one file, from its bytes, the world and the files before it, and from nothing else.

A TA1 if the sender asks for one (ISA14 = 1) or the interchange is rejected; a 999 for each functional group; a 277CA
for each transaction set that was taken; an 835 for each payer that adjudicated a claim of it. Each is a file of its own.
The answers carry the date of the file (ISA09), use its delimiters, and are numbered after the files before it.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Final, TypeAlias

from gateway.edi.envelope import CONTROL_MAX, OutboundGroup, OutboundSet, interchange
from gateway.edi.reader import segments as read_segments
from gateway.edi.received import Group, Interchange
from gateway.edi.segment import Segment
from gateway.errors import OutboundWireError
from gateway.partner import Envelope, Usage
from gateway.simulator.acknowledging import (
    ClaimVerdict,
    SetVerdict,
    claim_acknowledgment,
    group_acknowledgment,
    interchange_acknowledgment,
)
from gateway.simulator.advice import segments
from gateway.simulator.envelopes import CONTENT, DUPLICATE, TAKEN, Opening, group_note, opening, received, verdicts
from gateway.simulator.incoming import Submission, submission
from gateway.simulator.memory import AnsweredClaim, Counts, FileMemory, History, Sender
from gateway.simulator.payer import Office, remembered
from gateway.simulator.world import World

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9]+")

_Decided: TypeAlias = tuple[Sequence[ClaimVerdict], Sequence[AnsweredClaim]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFile:
    """One file for the sender: SENDER_ISA13_HASH_NN[_PAYER].ta1, .999, .277 or .835, in the order NN."""

    name: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The answers to one file, in order, and what later files need to know of it."""

    files: tuple[AnswerFile, ...]
    memory: FileMemory


def answers_to(raw: bytes, *, world: World, history: History, partner: str) -> Answers:
    """Answer one file that came in through `partner`. `history` is left as it is.

    Bytes that hold no readable ISA get no answer: nobody knows whom to send it to.
    """
    start = opening(raw)
    if start is None:
        return Answers(files=(), memory=FileMemory(counts=Counts(files=1, unreadable=1)))
    try:
        return _Desk(raw, start, world, history, partner).answers()
    except OutboundWireError:
        # Something in it cannot be given back, such as a control character in a name: X12 could not have carried it.
        return _Desk(raw, start, world, history, partner).refusal(CONTENT)


class _Desk:
    """Answers one file: numbers what it writes, and remembers as it goes, on a history of its own."""

    def __init__(self, raw: bytes, start: Opening, world: World, history: History, partner: str) -> None:
        self._raw = raw
        self._start = start
        self._partner = partner
        self._history = history.copy()
        self._written = history.written
        self._claims = 0
        self._files: list[AnswerFile] = []
        self._memory = FileMemory(counts=Counts(files=1))
        self._digest = hashlib.sha256(partner.encode() + b"\0" + raw).hexdigest()[:10].upper()
        self._office = Office(world=world, partner=partner, digest=self._digest, at=start.at)

    def answers(self) -> Answers:
        note, read = received(self._raw, self._start)
        if note != TAKEN:
            return self.refusal(note)
        for one in read:
            self._interchange(one)
        return self._done()

    def refusal(self, note: str) -> Answers:
        """Reject the file as a whole, whether or not a TA1 was asked for: silence would tell the sender nothing."""
        isa = self._start.isa
        self._write("ta1", _back(isa), ta1=(interchange_acknowledgment(isa, note),))
        self._memory = self._memory.plus(FileMemory(counts=Counts(interchanges_rejected=1)))
        return self._done()

    def _done(self) -> Answers:
        return Answers(files=tuple(self._files), memory=replace(self._memory, written=len(self._files)))

    def _interchange(self, one: Interchange) -> None:
        isa, wants_ta1 = _isa_of(self._raw, one)
        sender = Sender(self._partner, one.sender_qualifier, one.sender_id, one.control)
        note, judged = (DUPLICATE, ()) if self._history.has_seen(sender) else verdicts(self._raw, one)
        if wants_ta1 or note != TAKEN:
            self._write("ta1", _back(isa), ta1=(interchange_acknowledgment(isa, note),))
        if note != TAKEN:
            self._memory = self._memory.plus(FileMemory(counts=Counts(interchanges_rejected=1)))
            return
        self._remember(FileMemory(senders=(sender,)))
        decided = [self._group(isa, group, sets) for group, sets in zip(one.groups, judged, strict=True)]
        found = [verdict for told, _ in decided for verdict in told]
        self._pay(
            _back(isa, one.groups[-1] if one.groups else None), found, [claim for _, some in decided for claim in some]
        )

    def _group(self, isa: Segment, group: Group, sets: Sequence[SetVerdict]) -> _Decided:
        """Write the 999 and each 277CA of a group; give what was decided of its claims."""
        told = group_acknowledgment(group, sets, group_note(group))
        self._write("999", _back(isa, group), ("FA", "005010X231A1", "999"), told)
        refused = sum(1 for one in sets if one.faults) if sets else len(group.sets)
        self._memory = self._memory.plus(FileMemory(counts=Counts(sets_rejected=refused)))
        decided = [self._claims_of(isa, group, submission(one.one)) for one in sets if not one.faults]
        return [one for told, _ in decided for one in told], [one for _, some in decided for one in some]

    def _claims_of(self, isa: Segment, group: Group, sent: Submission) -> _Decided:
        found, answered = self._office.decide(sent.claims, self._history, self._claims + 1)
        self._claims += len(found)
        told = claim_acknowledgment(
            sent,
            found,
            source=(isa.at(8), isa.at(8)),
            trace=f"{self._digest}{self._next:09}",
            at=self._start.at,
            time=self._start.time,
        )
        self._write("277", _back(isa, group), ("HN", "005010X214", "277"), told)
        return found, answered

    def _pay(self, envelope: Envelope, found: Sequence[ClaimVerdict], answered: Sequence[AnsweredClaim]) -> None:
        names = {one.claim.payer: one.claim.payer_name for one in found}
        payments = self._office.payments(answered, names, self._history, first=self._next)
        for payer in dict.fromkeys(one.plan.payer for one in payments):
            sets = [segments(one) for one in payments if one.plan.payer == payer]
            self._write("835", envelope, ("HP", "005010X221A1", "835"), *sets, about=payer)
        memory = remembered(found, payments)
        # The office has taught the history each claim already; what is left are the debts.
        self._history.add(FileMemory(debts=memory.debts))
        self._memory = self._memory.plus(memory)

    @property
    def _next(self) -> int:
        """The next interchange's control number before it wraps."""
        return self._written + len(self._files) + 1

    def _remember(self, one: FileMemory) -> None:
        self._history.add(one)
        self._memory = self._memory.plus(one)

    def _write(
        self,
        kind: str,
        envelope: Envelope,
        guide: tuple[str, str, str] = ("", "", ""),
        *sets: Iterable[Segment],
        ta1: Sequence[Segment] = (),
        about: str = "",
    ) -> None:
        """Write one interchange into one file. `guide` is GS01, GS08 and ST01."""
        control = (self._next - 1) % CONTROL_MAX + 1
        function, version, code = guide
        told = "" if code == "835" else version
        numbered = tuple(
            OutboundSet(code=code, control=f"{place:04}", guide=told, segments=one)
            for place, one in enumerate(sets, start=1)
        )
        groups = (OutboundGroup(function=function, control=control, version=version, sets=numbered),) if sets else ()
        at = datetime.combine(self._start.at, time.fromisoformat(self._start.time))
        body = interchange(envelope, control=control, at=at, groups=groups, ta1=ta1, marks=self._start.marks)
        isa = self._start.isa
        parts = (isa.at(6)[:15], isa.at(13)[:9], self._digest, f"{len(self._files) + 1:02}", about[:20])
        name = "_".join(_UNSAFE.sub("-", part).strip("-") or "X" for part in parts if part)
        self._files.append(AnswerFile(name=f"{name}.{kind}", body=body))


def _isa_of(raw: bytes, one: Interchange) -> tuple[Segment, bool]:
    """Give an interchange's own ISA without padding, and whether it asks for a TA1."""
    isa = next(segment for place, segment in read_segments(raw) if place == one.starts)
    bare = Segment("ISA", tuple(isa.at(position).strip() for position in range(1, 17)))
    return bare, bare.at(14) == "1"


def _back(isa: Segment, group: Group | None = None) -> Envelope:
    """Give the envelope of an answer: the sender's, turned round."""
    return Envelope(
        sender_qualifier=isa.at(7),
        sender_id=isa.at(8),
        receiver_qualifier=isa.at(5),
        receiver_id=isa.at(6),
        group_sender=group.receiver if group else "",
        group_receiver=group.sender if group else "",
        submitter_name="",
        submitter_id="",
        receiver_name="",
        receiver_number="",
        usage=Usage(isa.at(15)) if isa.at(15) in tuple(Usage) else Usage.TEST,
        wants_ta1=False,
    )
