"""Deliver sealed files: the durable steps by which no claim is lost and none is sent twice.

```
SEALED -> UPLOADING   durable; names a temporary file of its own
          upload      exclusive create under the temporary name, size verified (hash too where the partner allows)
       -> COMMITTING  durable; pins exactly this temporary file. The uncertain window opens here and only here
          rename      to the final name, never over another file
          probe       of both names: what they show is the evidence
       -> SENT | PRESUMED | HELD
```
(a) Nothing happens to the final name before COMMITTING is durable. (b) In COMMITTING nothing is uploaded again. (c) Each
step is a compare-and-set on state and fence, so that a worker that was paused can at worst write its own temporary file.
Whoever dies anywhere is taken up by the next call, which looks before it acts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from gateway.delivery import Delivery
from gateway.errors import (
    ConfigError,
    GatewayError,
    LedgerBusy,
    LedgerConflict,
    LineLost,
    NameTaken,
    NotReached,
    PartnerRefusal,
)
from gateway.event import Event, EventSeverity
from gateway.ledger import Transaction, claims, events, outbox
from gateway.ledger.outbox import SealedFile, Step
from gateway.lifecycle import ClaimState
from gateway.partner import TradingPartner
from gateway.service.office import Office
from gateway.transport.mailbox import Mailbox

OpenMailbox = Callable[[TradingPartner], Mailbox]
_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What became of one file."""

    file: str
    partner: str
    state: Delivery
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One partner's round. `problem` says why it ended early; the files it did not reach are as they were."""

    partner: str
    files: tuple[Delivered, ...]
    problem: GatewayError | None = None


def waiting(office: Office, *, partner: str = "") -> tuple[SealedFile, ...]:
    """List the files that a round would take up. Raises ConfigError if there is no partner of that name."""
    if partner:
        office.settings.partner(partner)
    found: list[SealedFile] = []
    with office.ledger.reading() as tx:
        while True:
            after = found[-1].id if found else 0
            page = outbox.files(
                tx, office.practice.key, states=outbox.WAITING, partner=partner, after=after, limit=_PAGE
            )
            if not page:
                return tuple(found)
            found += page


def deliver(office: Office, open_mailbox: OpenMailbox, *, partner: str = "") -> tuple[Round, ...]:
    """Take up every waiting file, partner by partner; one partner's trouble does not keep another's files back."""
    names = [office.settings.partner(partner).name] if partner else sorted(office.settings.partners)
    rounds = []
    for name in names:
        files = waiting(office, partner=name)
        if files:
            rounds.append(_round(office, open_mailbox, office.settings.partner(name), files))
    return tuple(rounds)


def _round(office: Office, open_mailbox: OpenMailbox, partner: TradingPartner, files: tuple[SealedFile, ...]) -> Round:
    done: list[Delivered] = []
    try:
        with open_mailbox(partner) as mailbox:
            worker = _Worker(office, partner, mailbox)
            for file in files:
                now = _brought_on(worker, file)
                if now is not None:
                    done.append(Delivered(file=now.name, partner=partner.name, state=now.state, why=now.why))
    except (PartnerRefusal, NotReached, LineLost, ConfigError) as problem:
        report_problem(office, partner, problem)
        return Round(partner=partner.name, files=tuple(done), problem=problem)
    return Round(partner=partner.name, files=tuple(done))


def _brought_on(worker: "_Worker", file: SealedFile) -> SealedFile | None:
    """Take a file up and bring it on; None if another worker has it, or has brought it to its end meanwhile."""
    office = worker.office
    try:
        with office.ledger.writing() as tx:
            taken = outbox.take_up(tx, office.practice.key, file.id)
        return None if taken is None else worker.advance(taken)
    except LedgerBusy:
        raise
    except LedgerConflict:
        return None


@dataclass(frozen=True, slots=True)
class _Worker:
    """One worker in one partner's mailbox. Each step takes the file as it stands and gives it back as it then stands."""

    office: Office
    partner: TradingPartner
    mailbox: Mailbox

    def advance(self, file: SealedFile) -> SealedFile:
        """Bring a file as far as the evidence allows."""
        if file.state is Delivery.COMMITTING:
            return self._settle(file)
        uploaded = self._upload(file)
        return self._commit(uploaded) if uploaded.state is Delivery.COMMITTING else uploaded

    def _path(self, name: str) -> str:
        return f"{self.partner.mailbox.outbound}/{name}"

    def _upload(self, file: SealedFile) -> SealedFile:
        """SEALED or UPLOADING to COMMITTING: a temporary file of this worker's own, verified."""
        with self.office.ledger.reading() as tx:
            body = outbox.bytes_of(tx, self.office.practice.key, file.id)
        if sha256(body).hexdigest() != file.sha256:
            return self._held(file, "the stored bytes no longer have their hash")
        if self.mailbox.stat(self._path(file.name)) is not None:
            return self._held(file, "the partner already has a file of that name")
        # The fence is in the name: a paused worker that wakes up writes to its own file, not to this one.
        name = f"{file.name}.{file.fence}{self.partner.mailbox.temporary}"
        file = self._move(file, Step(after=Delivery.UPLOADING, why="uploading", temporary_name=name))
        try:
            self.mailbox.create_exclusive(self._path(name), body)
        except NameTaken:
            return self._held(file, "the temporary name was already there")
        fault = self._fault_of(name, body)
        if fault:
            raise PartnerRefusal(
                f"partner {self.partner.name}: the upload of {file.name} {fault}; it is not sent; ask the partner "
                "about space and quota, then run: gateway deliver"
            )
        return self._move(file, Step(after=Delivery.COMMITTING, why="uploaded and verified; about to rename"))

    def _fault_of(self, name: str, body: bytes) -> str:
        seen = self.mailbox.stat(self._path(name))
        if seen is None:
            return "cannot be seen afterwards"
        if seen.size is not None and seen.size != len(body):
            return f"arrived with {seen.size} of {len(body)} bytes"
        if self.partner.reads_back and self.mailbox.read(self._path(name), len(body)) != body:
            return "arrived with other bytes than were sent"
        return ""

    def _commit(self, file: SealedFile) -> SealedFile:
        """COMMITTING: rename, then look. A lost line leaves the looking to the next round."""
        try:
            self.mailbox.rename_no_clobber(self._path(file.temporary_name), self._path(file.name))
        except (NameTaken, PartnerRefusal):
            return self._settle(file, tried=True)
        return self._settle(file, tried=True, renamed=True)

    def _settle(self, file: SealedFile, *, tried: bool = False, renamed: bool = False) -> SealedFile:
        """Decide by what both names show. Only if the rename has certainly not happened is it done again, once."""
        final, temporary = self.mailbox.stat(self._path(file.name)), self.mailbox.stat(self._path(file.temporary_name))
        if temporary is None and final is not None and final.size in {None, file.size}:
            return self._sent(file, "seen under its final name")
        if final is None and temporary is not None and temporary.size in {None, file.size}:
            if not tried:
                return self._commit(file)
            raise PartnerRefusal(
                f"partner {self.partner.name}: {file.name} was uploaded but not renamed; it is not sent; ask the "
                "partner whether renaming is allowed, then run: gateway deliver"
            )
        if final is None and temporary is None:
            if renamed:
                return self._sent(file, "renamed, and already taken by the partner")
            if self.partner.purges_temporary:
                return self._held(file, "neither name is there, and this partner deletes temporary files")
            why = "neither name is there: the partner took it; its TA1 or 999 will close this"
            return self._move(file, Step(after=Delivery.PRESUMED, why=why, answer_due_at=self._answer_due()))
        sizes = f"final {final.size if final else 'absent'}, temporary {temporary.size if temporary else 'absent'}"
        return self._held(file, f"the names do not show what was done ({sizes})")

    def _sent(self, file: SealedFile, why: str) -> SealedFile:
        now = self.office.clock.now()
        evidence = f"{why}; {self.mailbox.evidence()}"
        step = Step(after=Delivery.SENT, why=evidence, sent_at=now, answer_due_at=self._answer_due())
        return self._move(file, step)

    def _held(self, file: SealedFile, why: str) -> SealedFile:
        return self._move(file, Step(after=Delivery.HELD, why=why))

    def _answer_due(self) -> datetime:
        return self.office.clock.now() + timedelta(minutes=self.partner.acknowledged_minutes)

    def _move(self, file: SealedFile, step: Step) -> SealedFile:
        """Make a step durable with its event; once the file is sent, so are its claims, in the same transaction."""
        practice, at = self.office.practice.key, self.office.clock.now()
        event = _moved(file, step, self.office.actor)
        with self.office.ledger.writing() as tx:
            now = outbox.move(tx, practice, file, step, event=event, at=at)
            if step.after is Delivery.SENT:
                claims_sent(self.office, tx, now, artefact=f"probe of {now.name}")
        return now


def claims_sent(office: Office, tx: Transaction, file: SealedFile, *, artefact: str) -> None:
    """Move the claims of a file that is known to have arrived. Those already answered are further along."""
    practice = office.practice.key
    for claim in claims.in_interchange(tx, practice, file.id):
        if claim.state is ClaimState.SEALED:
            said = Event(
                kind="claim.sent",
                about=claim.pcn,
                claim=claim.pcn,
                partner=file.partner,
                said=f"claim {claim.pcn} is at {file.partner} in file {file.name}",
                before=claim.state,
                after=ClaimState.SENT,
                artefact=artefact,
                actor=office.actor,
            )
            claims.move(tx, practice, claim, ClaimState.SENT, event=said, at=office.clock.now())


def _moved(file: SealedFile, step: Step, actor: str) -> Event:
    held = step.after is Delivery.HELD
    return Event(
        kind=f"file.{step.after}",
        about=file.name,
        partner=file.partner,
        said=f"file {file.name}: {step.why}",
        severity=EventSeverity.WAKE if held else EventSeverity.ROUTINE,
        before=file.state,
        after=step.after,
        artefact=f"probe of {file.name}" if file.state is Delivery.COMMITTING else f"file {file.name}",
        actor=actor,
        next_command=f"gateway deliveries show {file.name}" if held else "",
    )


def report_problem(office: Office, partner: TradingPartner, problem: GatewayError) -> None:
    """Write into the log why a partner's round ended early."""
    refused = isinstance(problem, PartnerRefusal | ConfigError)
    said = Event(
        kind="partner.refused" if refused else "partner.not_reached",
        about=partner.name,
        partner=partner.name,
        said=str(problem),
        severity=EventSeverity.WAKE if refused else EventSeverity.CAN_WAIT,
        artefact="mailbox",
        actor=office.actor,
        next_command=f"gateway partners check {partner.name}",
    )
    with office.ledger.writing() as tx:
        events.write(tx, office.practice.key, said, at=office.clock.now())
