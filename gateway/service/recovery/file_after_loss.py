"""What becomes of each file and claim at one partner, when the ledger may not know whether it was sent.

Evidence is the partner's copy of the very bytes under the final name, or an answer to exactly this interchange. Without
it a file is held as one that may have been renamed: it is never uploaded again by itself, and an answer still closes it.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256

from gateway.delivery import UNCERTAIN, Delivery
from gateway.edi.read.own_claims import OwnFile, read_own
from gateway.errors import InboundWireError, PartnerRefusal
from gateway.event import Event, EventSeverity
from gateway.ledger import Transaction, claims, doubts, events, outbox
from gateway.ledger.claims import StoredClaim
from gateway.ledger.outbox import NewFile, SealedFile, Step
from gateway.lifecycle import ClaimState
from gateway.money import cents
from gateway.partner import TradingPartner
from gateway.service.inbound.collect import LIMITS
from gateway.service.office import Office
from gateway.service.outbound.sealed_files import claims_sent
from gateway.service.recovery.partner_evidence import Seen, number_in
from gateway.transport.mailbox import Entry, Mailbox

_PAGE = 200
_SHOWN = 10
_FEARED = "files may have been sent that this ledger lacks"
_IN_DOUBT = (
    Delivery.SEALED,
    Delivery.UPLOADING,
    Delivery.COMMITTING,
    Delivery.PRESUMED,
    Delivery.HELD,
    # Since the backup a person may have said that it was not uploaded, and the courier have sent it.
    Delivery.EXPORTED,
)


@dataclass(frozen=True, slots=True)
class Recovering:
    """One partner's files and claims.

    mailbox  None where the partner cannot be reached
    names    what its outbound folder shows
    seen     what its answers say
    read     numbers of unknown files of ours that could be read at the partner
    """

    office: Office
    partner: TradingPartner
    mailbox: Mailbox | None
    names: dict[str, Entry]
    seen: Seen
    read: set[int] = field(default_factory=set)

    def files(self) -> str:
        """Match every file that was not known to be sent, and take back the files that the ledger does not know."""
        sent = held = 0
        for file in self._in_doubt():
            evidence = self._evidence(file)
            if evidence:
                self._sent(file, evidence)
            else:
                self._held(file)
            sent, held = sent + bool(evidence), held + (not evidence)
        taken_back = unread = 0
        for name in sorted(self.names):
            outcome = self._lost_file(name)
            taken_back, unread = taken_back + (outcome == "taken back"), unread + (outcome == "unread")
        said = f"{sent} files proved sent, {held} held, {taken_back} unknown ones taken back from the partner's copy"
        return said + (f", {unread} unknown ones that cannot be read" if unread else "")

    def ready_claims(self) -> str:
        """Keep back every ready claim: it may be in a file that was sent after the moment the ledger remembers."""
        practice, at, count = self.office.practice.key, self.office.clock.now(), 0
        with self.office.ledger.writing() as tx:
            after = 0
            while page := claims.current(
                tx, practice, states=(ClaimState.READY,), partner=self.partner.name, after=after, limit=_PAGE
            ):
                for claim in page:
                    artefact = self.seen.pcns.get(claim.pcn, "")
                    why = f"it was answered ({artefact})" if artefact else "it may have been sent before the restore"
                    doubts.add(
                        tx,
                        practice,
                        partner=self.partner.name,
                        pcn=claim.pcn,
                        like="",
                        was_seen=bool(artefact),
                        why=why,
                        at=at,
                    )
                count += len(page)
                after = page[-1].id
            known = {one.pcn for one in doubts.every(tx, practice)}
            strangers = sum(pcn not in known and claims.by_pcn(tx, practice, pcn) is None for pcn in self.seen.pcns)
            lost = self._numbers_lost(tx)
            doubts.add(
                tx,
                practice,
                partner=self.partner.name,
                pcn="",
                like="",
                was_seen=bool(lost or strangers),
                why=f"files were sent that this ledger lacks (interchanges {lost})" if lost else _FEARED,
                at=at,
            )
        said = f"{count} ready claims kept back"
        if lost:
            said += f"; interchanges were answered that the ledger does not have: {lost}"
        return said + (f"; {strangers} claims were answered that the ledger does not have" if strangers else "")

    def _numbers_lost(self, tx: Transaction) -> str:
        """Name the interchanges that the partner has answered and that this ledger does not have."""
        practice, partner = self.office.practice.key, self.partner.name
        answered = {*(number for number, _ in self.seen.interchanges), *self.seen.groups} - self.read
        lost = [one for one in sorted(answered) if outbox.by_interchange(tx, practice, partner, one) is None]
        more = f" and {len(lost) - _SHOWN} more" if len(lost) > _SHOWN else ""
        return ", ".join(f"{one:09d}" for one in lost[:_SHOWN]) + more

    def _in_doubt(self) -> tuple[SealedFile, ...]:
        practice, found = self.office.practice.key, list[SealedFile]()
        with self.office.ledger.reading() as tx:
            while page := outbox.files(
                tx,
                practice,
                states=_IN_DOUBT,
                partner=self.partner.name,
                after=found[-1].id if found else 0,
                limit=_PAGE,
            ):
                found += page
        return tuple(found)

    def _evidence(self, file: SealedFile) -> str:
        """Say what proves that a file was sent; empty if nothing does. The lost ledger's numbers up to now are ours too."""
        with self.office.ledger.reading() as tx:
            date = outbox.bytes_of(tx, self.office.practice.key, file.id)[70:76].decode("ascii", "replace")
        answer = (
            self.seen.interchanges.get((file.interchange, date))
            or self.seen.groups.get(file.group_control)
            or self.seen.references.get(file.reference)
        )
        if answer:
            return answer
        entry = self.names.get(file.name)
        if entry is None:
            return ""
        body = self._copy_of(file.name)
        # A partner who lists a file and does not let us read it is believed by its size, as in a delivery.
        same = entry.size == file.wire_size if body is None else sha256(body).hexdigest() == file.wire_sha256
        return f"probe of {file.name}" if same else ""

    def _copy_of(self, name: str) -> bytes | None:
        """Read the partner's copy; None if they do not let us."""
        if self.mailbox is None:
            return None
        try:
            return self.mailbox.read(f"{self.partner.mailbox.outbound}/{name}", LIMITS.bytes_max)
        except PartnerRefusal:
            return None

    def _sent(self, file: SealedFile, artefact: str) -> None:
        with self.office.ledger.writing() as tx:
            if file.state not in {Delivery.PRESUMED, Delivery.COMMITTING, Delivery.HELD, Delivery.EXPORTED}:
                file = self._doubted(tx, file)
            self._proved(tx, file, artefact)

    def _proved(self, tx: Transaction, file: SealedFile, artefact: str) -> None:
        at = self.office.clock.now()
        why = f"it was sent before the restore ({artefact})"
        due = at + timedelta(minutes=self.partner.acknowledged_minutes)
        step = Step(after=Delivery.SENT, why=why, sent_at=at, answer_due_at=due)
        said = self._event(file, Delivery.SENT, f"file {file.name}: {why}", artefact)
        moved = outbox.move(tx, self.office.practice.key, file, step, event=said, at=at)
        claims_sent(self.office, tx, moved, artefact=artefact)

    def _held(self, file: SealedFile) -> None:
        """Hold a file as one that may have been renamed; one that is known as such already stays where it is."""
        if file.state is Delivery.PRESUMED or (file.state is Delivery.HELD and file.held_from in UNCERTAIN):
            return
        with self.office.ledger.writing() as tx:
            if file.state is Delivery.HELD:
                # A person may have released it between the backup and the loss; only a decision leads there.
                step = Step(after=Delivery.COMMITTING, why="it may have been released before the restore")
                said = self._event(file, step.after, f"file {file.name}: {step.why}", "recovery")
                decided = replace(said, reason="recovery")
                at = self.office.clock.now()
                file = outbox.decide(tx, self.office.practice.key, file, step, event=decided, at=at)
            self._doubted(tx, file)

    def _doubted(self, tx: Transaction, file: SealedFile) -> SealedFile:
        why = "the ledger was restored: whether it was sent is not known, and the partner does not show it"
        step = Step(
            after=Delivery.HELD,
            why=why,
            held_from=Delivery.COMMITTING,
            temporary_name=file.temporary_name or f"{file.name}.0{self.partner.mailbox.temporary}",
        )
        said = self._event(file, Delivery.HELD, f"file {file.name}: {why}", "recovery")
        return outbox.move(tx, self.office.practice.key, file, step, event=said, at=self.office.clock.now())

    def _event(self, file: SealedFile, after: Delivery, said: str, artefact: str) -> Event:
        held = after is Delivery.HELD
        return Event(
            kind=f"file.{after}",
            about=file.name,
            partner=file.partner,
            said=said,
            severity=EventSeverity.WAKE if held else EventSeverity.ROUTINE,
            before=file.state,
            after=after,
            artefact=artefact,
            actor=self.office.actor,
            next_command=f"gateway deliveries show {file.name}" if held else "",
        )

    def _lost_file(self, name: str) -> str:
        """Take a file at the partner back into the ledger, if it is ours and unknown; says what became of it."""
        number = number_in(self.partner, self.office.practice.key, name)
        if number is None or name.endswith(self.partner.mailbox.temporary):
            return ""
        with self.office.ledger.reading() as tx:
            if outbox.by_name(tx, self.office.practice.key, name, partner=self.partner.name) is not None:
                return ""
        body = self._copy_of(name)
        own = _ours(self.partner, body) if body is not None else None
        if body is None or own is None or own.interchange != number.number:
            with self.office.ledger.writing() as tx:
                said = (
                    f"file {name} is at {self.partner.name}, and this ledger does not know it; it cannot be read there"
                )
                self._log_lost(tx, name, said)
            return "unread"
        new = NewFile(
            partner=self.partner.name,
            cycle=number.cycle,
            interchange=number.number,
            group_control=own.group,
            reference=own.reference,
            name=name,
            size=len(body),
            sha256=sha256(body).hexdigest(),
            body=body,
            # It was found there.
            mailbox=self.partner.mailbox.destination,
        )
        self.read.add(number.number)
        return self._take_back(new, own)

    def _take_back(self, new: NewFile, own: OwnFile) -> str:
        """Tie the partner's copy to the claims that it carries; those that the ledger lacks are known again when they come."""
        practice, at = self.office.practice.key, self.office.clock.now()
        with self.office.ledger.writing() as tx:
            found = [claims.by_pcn(tx, practice, one.pcn) for one in own.claims]
            carried = [claim for claim in found if claim is not None and claim.state is ClaimState.READY]
            for one, claim in zip(own.claims, found, strict=True):
                if claim is None:
                    like = doubts.likeness(tx, practice, member=one.member, day=one.day, cents=cents(one.charge))
                    why = f"it was sent in file {new.name} before the restore"
                    doubts.add(
                        tx,
                        practice,
                        partner=new.partner,
                        pcn=one.pcn,
                        like=like,
                        was_seen=True,
                        why=why,
                        at=at,
                    )
            said = (
                f"file {new.name} is at {new.partner} with {len(found)} claims, of which the ledger has {len(carried)}"
            )
            self._log_lost(tx, new.name, said)
            if not carried:
                return "taken back"
            sealed = Event(
                kind="file.sealed",
                about=new.name,
                partner=new.partner,
                said=f"file {new.name} taken back from the partner's copy, {new.size} bytes, sha256 {new.sha256[:12]}",
                after=Delivery.SEALED,
                artefact=f"probe of {new.name}",
                actor=self.office.actor,
            )
            file = outbox.seal(tx, practice, new, tuple(one.id for one in carried), event=sealed, at=at)
            for claim in carried:
                claims.move(tx, practice, claim, ClaimState.SEALED, event=self._in_file(claim, new.name), at=at)
            self._proved(tx, self._doubted(tx, file), f"probe of {new.name}")
        return "taken back"

    def _in_file(self, claim: StoredClaim, name: str) -> Event:
        return Event(
            kind="claim.sealed",
            about=claim.pcn,
            claim=claim.pcn,
            partner=self.partner.name,
            said=f"claim {claim.pcn} is in file {name}, which was sent before the restore",
            before=claim.state,
            after=ClaimState.SEALED,
            artefact=f"probe of {name}",
            actor=self.office.actor,
        )

    def _log_lost(self, tx: Transaction, name: str, said: str) -> None:
        event = Event(
            kind="recovery_file.found",
            about=name,
            partner=self.partner.name,
            said=said,
            severity=EventSeverity.CAN_WAIT,
            artefact=f"probe of {name}",
            actor=self.office.actor,
            next_command="gateway reconcile",
        )
        events.write(tx, self.office.practice.key, event, at=self.office.clock.now())


def _ours(partner: TradingPartner, body: bytes) -> OwnFile | None:
    """Read a file as ours; None if it is not, or is damaged."""
    try:
        own = read_own(body)
    except InboundWireError:
        return None
    ours = (partner.envelope.sender_id.strip(), partner.envelope.receiver_id.strip())
    return own if (own.sender, own.receiver) == ours else None
