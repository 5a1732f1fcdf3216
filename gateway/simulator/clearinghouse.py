"""The core: the answers to one file, from its bytes, the world and the files before it, and from nothing else.

A TA1 if the sender asks for one (ISA14 = 1) or the interchange is rejected; a 999 for each functional group; a 277CA
for each transaction set that was taken; an 835 for each payer that adjudicated a claim of it. Each is a file of its own.
The answers carry the date of the file (ISA09), use its delimiters, and are numbered after the files before it.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeAlias

from gateway.acknowledgment import Verdict
from gateway.edi.answer.acknowledging import acknowledge
from gateway.edi.checking.check import check
from gateway.edi.checking.envelope_verdicts import JudgedGroup, JudgedInterchange
from gateway.edi.wire.figures import is_whole
from gateway.edi.wire.segment import Segment
from gateway.edi.write.envelope import CONTROL_MAX, interchange
from gateway.errors import OutboundWireError
from gateway.simulator.acknowledging import ClaimVerdict, claim_acknowledgment, refusal
from gateway.simulator.advice import segments
from gateway.simulator.answer_files import AnswerFile, Answers, envelope_of, file_name, group_of
from gateway.simulator.answered import Back, Later, Spoken
from gateway.simulator.envelopes import duplicate, refused, screened, sent_at
from gateway.simulator.incoming import Submission, submissions
from gateway.simulator.memory import Counts, FileMemory, History, Sender
from gateway.simulator.payer import Office, remembered
from gateway.simulator.scenario import Scenario
from gateway.simulator.world import World

_CLAIMS = ("HN", "005010X214", "277")
_REMITTANCES = ("HP", "005010X221A1", "835")

_Decided: TypeAlias = tuple[Sequence[ClaimVerdict], Sequence[Spoken]]


def answers_to(
    raw: bytes, *, world: World, history: History, partner: str, scenario: Scenario | None = None, number: int = 1
) -> Answers:
    """Answer one file that came in through `partner`, as its file of that number. `history` is left as it is.

    Bytes that hold no readable ISA get no answer: nobody knows whom to send it to.
    """
    # What a claim says of itself is answered claim by claim, in the 277CA.
    judged = check(raw, snip=2).interchanges
    if not judged:
        return Answers(files=(), memory=FileMemory(counts=Counts(files=1, unreadable=1)))
    play = scenario or Scenario()
    refuses = play.refuses(partner, number)
    try:
        return _Desk(raw, judged, world, history, partner, play, refuses=refuses).answers()
    except OutboundWireError:
        # Something in it cannot be given back, such as a delimiter of another interchange in a name.
        again = tuple(map(refused, judged))
        return _Desk(raw, again, world, history, partner, play, refuses=refuses).answers()


class _Desk:
    """Answers one file: numbers what it writes, and remembers as it goes, on a history of its own."""

    def __init__(
        self,
        raw: bytes,
        judged: Sequence[JudgedInterchange],
        world: World,
        history: History,
        partner: str,
        scenario: Scenario,
        *,
        refuses: bool,
    ) -> None:
        self._judged = judged
        self._refuses = refuses
        self._sets = submissions(raw)
        self._at = sent_at(judged[0])
        self._partner = partner
        self._history = history.copy()
        self._written = history.written
        self._claims = 0
        self._files: list[AnswerFile] = []
        self._memory = FileMemory(counts=Counts(files=1))
        self._digest = hashlib.sha256(partner.encode() + b"\0" + raw).hexdigest()[:10].upper()
        day = self._at.date()
        self._office = Office(world=world, partner=partner, digest=self._digest, at=day, scenario=scenario)

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
            self._pay(one, found, [spoken for _, some in decided for spoken in some])

    def _group(self, one: JudgedInterchange, group: JudgedGroup) -> _Decided:
        """Write each 277CA of a group; give what was decided of its claims."""
        sets = group.sets if group.verdict is not Verdict.REJECTED else ()
        taken = [each for each in sets if each.verdict is not Verdict.REJECTED]
        self._memory = self._memory.plus(FileMemory(counts=Counts(sets_rejected=group.received - len(taken))))
        decided = [self._claims_of(one, group, self._sets[each.starts]) for each in taken]
        return [each for told, _ in decided for each in told], [each for _, some in decided for each in some]

    def _claims_of(self, one: JudgedInterchange, group: JudgedGroup, sent: Submission) -> _Decided:
        clearinghouse = one.isa[7].strip()
        source, trace = (clearinghouse, clearinghouse), f"{self._digest}{self._next:09}"
        day, hour = self._at.date(), self._at.strftime("%H%M")
        if self._refuses:
            self._memory = self._memory.plus(FileMemory(counts=Counts(claims_rejected=len(sent.claims))))
            self._write("277", one, group, _CLAIMS, refusal(sent, source=source, trace=trace, at=day, time=hour))
            return (), ()
        found, spoken, memory = self._office.decide(sent.claims, self._history, self._claims + 1)
        self._claims += len(found)
        self._memory = self._memory.plus(memory)
        told = claim_acknowledgment(sent, found, source=source, trace=trace, at=day, time=hour)
        self._write("277", one, group, _CLAIMS, told)
        return found, spoken

    def _pay(self, one: JudgedInterchange, found: Sequence[ClaimVerdict], spoken: Sequence[Spoken]) -> None:
        names = {each.claim.payer: each.claim.payer_name for each in found}
        now = [each.told for each in spoken if each.round == 1]
        payments = self._office.payments(now, names, self._history, first=self._next)
        for payer in dict.fromkeys(each.payer for each in payments):
            sets = [segments(each) for each in payments if each.payer == payer]
            self._write("835", one, one.groups[-1], _REMITTANCES, *sets, about=payer)
        later = tuple(self._later(one, each, names) for each in spoken if each.round > 1)
        memory = remembered(found, payments).plus(FileMemory(later=later))
        # The office has taught the history each claim already; what is left are the debts, and what comes later.
        self._history.add(FileMemory(debts=memory.debts, recovers=memory.recovers, later=later))
        self._memory = self._memory.plus(memory)

    def _later(self, one: JudgedInterchange, spoken: Spoken, names: dict[str, str]) -> Later:
        claim = spoken.told.claim
        return Later(
            partner=self._partner,
            due=self._history.round(self._partner) + spoken.round - 1,
            of=claim.replaces or claim.number,
            payer_name=names.get(claim.payer, ""),
            # A payer's payments are of different days: by them one knows which came first.
            at=self._at + timedelta(days=spoken.round - 1),
            back=_back(one, one.groups[-1]),
            told=spoken.told,
        )

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
        control = self._control
        written = group_of(function, version, code, control, sets)
        envelope = envelope_of(_back(one, group))
        body = interchange(envelope, control=control, at=self._at, groups=(written,), marks=one.marks)
        self._put(kind, body, about)

    def _put(self, kind: str, body: bytes, about: str = "") -> None:
        first = self._judged[0]
        name = file_name(
            kind, first.isa[5].strip(), first.control[:9], self._digest, f"{len(self._files) + 1:02}", about[:20]
        )
        self._files.append(AnswerFile(name=name, body=body))


def _back(one: JudgedInterchange, group: JudgedGroup) -> Back:
    """Give the way back: the sender's envelope, turned round."""
    isa, marks = [text.strip() for text in one.isa], one.marks
    return Back(
        sender_qualifier=isa[6],
        sender=isa[7],
        receiver_qualifier=isa[4],
        receiver=isa[5],
        usage=isa[14],
        group_sender=group.gs[3],
        group_receiver=group.gs[2],
        marks=f"{marks.element}{marks.component}{marks.segment}{marks.repetition}",
    )
