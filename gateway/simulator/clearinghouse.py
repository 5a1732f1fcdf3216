"""The core: the answers to one file, from its bytes, the world and the files before it, and from nothing else.

A TA1 if the sender asks for one (ISA14 = 1) or the interchange is rejected; a 999 for each functional group; a 277CA
for each transaction set that was taken; an 835 for each payer that adjudicated a claim of it. Each is a file of its own.
The answers carry the date of the file (ISA09), use its delimiters, and are numbered after the files before it.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from gateway.acknowledgment import Verdict
from gateway.edi.answer.acknowledging import acknowledge
from gateway.edi.checking.check import check
from gateway.edi.checking.envelope_verdicts import JudgedGroup, JudgedInterchange
from gateway.edi.wire.figures import is_whole
from gateway.edi.wire.segment import Segment
from gateway.edi.write.envelope import CONTROL_MAX, OutboundGroup, OutboundSet, interchange
from gateway.errors import OutboundWireError
from gateway.partner import Envelope, Usage
from gateway.simulator.acknowledging import ClaimVerdict, claim_acknowledgment
from gateway.simulator.advice import segments
from gateway.simulator.envelopes import duplicate, refused, screened, sent_at
from gateway.simulator.incoming import Submission, submissions
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
    # What a claim says of itself is answered claim by claim, in the 277CA.
    judged = check(raw, snip=2).interchanges
    if not judged:
        return Answers(files=(), memory=FileMemory(counts=Counts(files=1, unreadable=1)))
    try:
        return _Desk(raw, judged, world, history, partner).answers()
    except OutboundWireError:
        # Something in it cannot be given back, such as a delimiter of another interchange in a name.
        return _Desk(raw, tuple(map(refused, judged)), world, history, partner).answers()


class _Desk:
    """Answers one file: numbers what it writes, and remembers as it goes, on a history of its own."""

    def __init__(
        self, raw: bytes, judged: Sequence[JudgedInterchange], world: World, history: History, partner: str
    ) -> None:
        self._judged = judged
        self._sets = submissions(raw)
        self._at = sent_at(judged[0])
        self._partner = partner
        self._history = history.copy()
        self._written = history.written
        self._claims = 0
        self._files: list[AnswerFile] = []
        self._memory = FileMemory(counts=Counts(files=1))
        self._digest = hashlib.sha256(partner.encode() + b"\0" + raw).hexdigest()[:10].upper()
        self._office = Office(world=world, partner=partner, digest=self._digest, at=self._at.date())

    def answers(self) -> Answers:
        for one in self._judged:
            self._interchange(one)
        return Answers(files=tuple(self._files), memory=replace(self._memory, written=len(self._files)))

    def _interchange(self, sent: JudgedInterchange) -> None:
        number = int(sent.control) if is_whole(sent.control) else 0
        sender = Sender(self._partner, sent.isa[4].strip(), sent.isa[5].strip(), number)
        one = screened(duplicate(sent) if self._history.has_seen(sender) else sent)
        for answer in acknowledge([one], at=self._at, control=self._control):
            self._put(answer.kind.lower(), answer.body)
        if one.verdict is Verdict.REJECTED:
            self._memory = self._memory.plus(FileMemory(counts=Counts(interchanges_rejected=1)))
            return
        self._remember(FileMemory(senders=(sender,)))
        decided = [self._group(one, group) for group in one.groups]
        found = [verdict for told, _ in decided for verdict in told]
        if found:
            self._pay(one, found, [claim for _, some in decided for claim in some])

    def _group(self, one: JudgedInterchange, group: JudgedGroup) -> _Decided:
        """Write each 277CA of a group; give what was decided of its claims."""
        sets = group.sets if group.verdict is not Verdict.REJECTED else ()
        taken = [each for each in sets if each.verdict is not Verdict.REJECTED]
        self._memory = self._memory.plus(FileMemory(counts=Counts(sets_rejected=group.received - len(taken))))
        decided = [self._claims_of(one, group, self._sets[each.starts]) for each in taken]
        return [each for told, _ in decided for each in told], [each for _, some in decided for each in some]

    def _claims_of(self, one: JudgedInterchange, group: JudgedGroup, sent: Submission) -> _Decided:
        found, answered = self._office.decide(sent.claims, self._history, self._claims + 1)
        self._claims += len(found)
        clearinghouse = one.isa[7].strip()
        told = claim_acknowledgment(
            sent,
            found,
            source=(clearinghouse, clearinghouse),
            trace=f"{self._digest}{self._next:09}",
            at=self._at.date(),
            time=self._at.strftime("%H%M"),
        )
        self._write("277", one, group, ("HN", "005010X214", "277"), told)
        return found, answered

    def _pay(self, one: JudgedInterchange, found: Sequence[ClaimVerdict], answered: Sequence[AnsweredClaim]) -> None:
        names = {each.claim.payer: each.claim.payer_name for each in found}
        payments = self._office.payments(answered, names, self._history, first=self._next)
        for payer in dict.fromkeys(each.plan.payer for each in payments):
            sets = [segments(each) for each in payments if each.plan.payer == payer]
            self._write("835", one, one.groups[-1], ("HP", "005010X221A1", "835"), *sets, about=payer)
        memory = remembered(found, payments)
        # The office has taught the history each claim already; what is left are the debts.
        self._history.add(FileMemory(debts=memory.debts))
        self._memory = self._memory.plus(memory)

    @property
    def _next(self) -> int:
        """The next interchange's control number before it wraps."""
        return self._written + len(self._files) + 1

    @property
    def _control(self) -> int:
        """The next interchange's control number."""
        return (self._next - 1) % CONTROL_MAX + 1

    def _remember(self, one: FileMemory) -> None:
        self._history.add(one)
        self._memory = self._memory.plus(one)

    def _write(
        self,
        kind: str,
        one: JudgedInterchange,
        group: JudgedGroup,
        guide: tuple[str, str, str],
        *sets: Iterable[Segment],
        about: str = "",
    ) -> None:
        """Write one interchange into one file. `guide` is GS01, GS08 and ST01."""
        function, version, code = guide
        told = "" if code == "835" else version
        numbered = tuple(
            OutboundSet(code=code, control=f"{place:04}", guide=told, segments=each)
            for place, each in enumerate(sets, start=1)
        )
        control = self._control
        written = OutboundGroup(function=function, control=control, version=version, sets=numbered)
        body = interchange(_back(one, group), control=control, at=self._at, groups=(written,), marks=one.marks)
        self._put(kind, body, about)

    def _put(self, kind: str, body: bytes, about: str = "") -> None:
        first = self._judged[0]
        parts = (first.isa[5].strip(), first.control[:9], self._digest, f"{len(self._files) + 1:02}", about[:20])
        name = "_".join(_UNSAFE.sub("-", part).strip("-") or "X" for part in parts if part)
        self._files.append(AnswerFile(name=f"{name}.{kind}", body=body))


def _back(one: JudgedInterchange, group: JudgedGroup) -> Envelope:
    """Give the envelope of an answer: the sender's, turned round."""
    isa = [text.strip() for text in one.isa]
    return Envelope(
        sender_qualifier=isa[6],
        sender_id=isa[7],
        receiver_qualifier=isa[4],
        receiver_id=isa[5],
        group_sender=group.gs[3],
        group_receiver=group.gs[2],
        submitter_name="",
        submitter_id="",
        receiver_name="",
        receiver_number="",
        usage=Usage(isa[14]),
        wants_ta1=False,
    )
