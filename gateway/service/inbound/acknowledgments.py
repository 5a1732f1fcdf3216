"""TA1, 999 and 277CA move files and claims: each is evidence, and only about what that partner was sent."""

from collections.abc import Iterable

from gateway.acknowledgment import (
    CAME_BEFORE,
    ClaimAcknowledgment,
    ClaimStatus,
    GroupAnswer,
    SegmentFault,
    SetAnswer,
    Status,
    Ta1,
    Verdict,
)
from gateway.codes import claim_status
from gateway.delivery import Delivery
from gateway.event import Event, EventSeverity
from gateway.ledger import Transaction, claims, events, inbound, outbox
from gateway.ledger.claims import StoredClaim
from gateway.ledger.inbound import InboundFile
from gateway.ledger.outbox import SealedFile, Step
from gateway.lifecycle import MOVES, ClaimState
from gateway.service.claims.answered import sent_claim
from gateway.service.inbound.report_layouts import Layout, ReportRow
from gateway.service.office import Office
from gateway.service.outbound.sealed_files import claims_sent

_GOOD = (Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_ERRORS)
_FURTHER = (ClaimState.ACCEPTED, ClaimState.PAID, ClaimState.PARTIAL, ClaimState.DENIED)


class Acknowledging:
    """The acknowledgments of one inbound file, inside its transaction. Each verb tells whether a person has to look."""

    def __init__(self, office: Office, tx: Transaction, file: InboundFile) -> None:
        self.office = office
        self.tx = tx
        self.file = file
        self.practice = office.practice.key
        self.at = office.clock.now()

    def apply(self, answer: Ta1 | GroupAnswer | ClaimAcknowledgment) -> bool:
        """Act on one acknowledgment."""
        if isinstance(answer, Ta1):
            return self._interchange(answer)
        if isinstance(answer, GroupAnswer):
            return self._group(answer)
        return self._claims(answer)

    def _interchange(self, answer: Ta1) -> bool:
        sent = outbox.by_interchange(self.tx, self.practice, self.file.partner, answer.interchange)
        what = f"TA1 for interchange {answer.interchange}: {answer.verdict}, note {answer.note}"
        # Numbers begin anew after a migration or a restore: the date tells an answer to an older file of that number.
        if sent is None or not sent.may_have_left or answer.date != self._sealed_date(sent):
            return self._unmatched(what)
        if answer.verdict is Verdict.REJECTED and answer.note == CAME_BEFORE:
            return self._came_before(sent, answer, what)
        contradicted = self._contradicted(sent, "TA1", answer.verdict, what)
        self._keep(sent, None, "TA1", answer.verdict, answer.note, what)
        self._arrived(sent)
        if contradicted:
            return True
        if answer.verdict is Verdict.REJECTED:
            return self._refuse(sent, what)
        return False

    def _came_before(self, sent: SealedFile, answer: Ta1, what: str) -> bool:
        """Take the refusal of a second copy as proof of the first: claims sent again after it would be doubled."""
        self._keep(sent, None, "TA1", answer.verdict, answer.note, what)
        self._arrived(sent)
        said = Event(
            kind="file.came_before",
            about=sent.name,
            partner=sent.partner,
            said=f"file {sent.name}: {what}; an interchange with this number had come before, so its claims are not rejected: "
            "wait for the answers to the first one; if that was no copy of this file, ask the partner",
            severity=EventSeverity.WAKE,
            artefact=f"inbound {self.file.id}",
            actor=self.office.actor,
            next_command=f"gateway deliveries show {sent.name}",
        )
        events.write(self.tx, self.practice, said, at=self.at)
        return True

    def _group(self, answer: GroupAnswer) -> bool:
        sent = outbox.by_group(self.tx, self.practice, self.file.partner, answer.group)
        what = f"999 for group {answer.group}: {answer.verdict}"
        if sent is None or not sent.may_have_left:
            return self._unmatched(what)
        # Our interchanges hold one transaction set; a 999 that names none, or refuses the group, speaks for the group.
        refused = answer.verdict is Verdict.REJECTED
        named = answer.sets[0] if answer.sets and not refused else _whole_group(answer)
        what += "".join(f"; {_fault(one)}" for one in named.faults[:5])
        contradicted = self._contradicted(sent, "999", named.verdict, what)
        self._keep(sent, None, "999", named.verdict, " ".join(named.codes), what)
        self._arrived(sent)
        if contradicted:
            return True
        if named.verdict in _GOOD:
            self._advance_all(claims.in_interchange(self.tx, self.practice, sent.id), ClaimState.RECEIVED, what)
            return False
        return self._refuse(sent, what)

    def _claims(self, answer: ClaimAcknowledgment) -> bool:
        sent = outbox.by_reference(self.tx, self.practice, self.file.partner, answer.reference)
        codes = _codes(answer.statuses)
        if sent is not None and sent.may_have_left:
            what = f"277CA from {answer.source} for batch {answer.reference}: {answer.verdict} ({codes})"
            self._keep(sent, None, "277CA", answer.verdict, codes, what)
            self._arrived(sent)
            if answer.verdict is Verdict.REJECTED and not answer.claims:
                return self._reject_all(sent, what)
        looks = [self._claim(one) for one in answer.claims]
        if (sent is None or not sent.may_have_left) and not answer.claims:
            return self._unmatched(f"277CA for batch {answer.reference}")
        return any(looks)

    def _claim(self, status: ClaimStatus) -> bool:
        pcn = status.patient_control_number
        claim = sent_claim(self.tx, self.practice, pcn, partner=self.file.partner)
        if claim is None:
            return self._unmatched("277CA for a claim that we did not send to this partner")
        codes = _codes(status.statuses)
        what = f"277CA: {status.verdict} ({codes}): {_meaning(status.statuses)}"
        # A clearinghouse gives numbers of its own here: a correction names only what an answer that was posted gave.
        what += f"; number {status.payer_claim_number}" if status.payer_claim_number else ""
        self._keep(None, claim, "277CA", status.verdict, codes, what)
        if status.verdict in _GOOD:
            self._advance_all((claim,), ClaimState.ACCEPTED, what)
            return False
        if status.verdict is Verdict.REJECTED:
            return self._reject(claim, what)
        self._say_handed_over(claim, what)
        return False

    def row_of_report(self, claim: StoredClaim, row: ReportRow, layout: Layout) -> bool:
        """Act on what a report for people says of a claim of ours, once; it also proves that the claim's file arrived.

        Of two rows about one claim each is acted on, the one that refuses it as well.
        """
        told = inbound.answers_about(self.tx, self.practice, claim_version_id=claim.id)
        if any((one.inbound_id, one.verdict) == (self.file.id, row.verdict) for one in told):
            return False
        what = f"{layout}, line {row.line}: {row.said}"
        self._keep(None, claim, "report", row.verdict, "", what)
        carrier = outbox.carrying(self.tx, self.practice, claim.id)
        if carrier is not None:
            self._arrived(carrier)
        if row.verdict is Verdict.REJECTED:
            return self._reject(
                claims.by_id(self.tx, self.practice, claim.id),
                f"{what}; to read why: gateway inbox export {self.file.id}",
            )
        self._say_handed_over(claim, what)
        return False

    def _say_handed_over(self, claim: StoredClaim, what: str) -> None:
        """Keep in the timeline what moves nothing: a receipt (A0, A1) proves that the claim was handed over, and no more."""
        said = Event(
            kind="claim.handed_over",
            about=claim.pcn,
            claim=claim.pcn,
            partner=self.file.partner,
            said=f"claim {claim.pcn}: {what}; it was handed over, which proves no timely filing: the payer's acceptance does",
            artefact=f"inbound {self.file.id}",
            actor=self.office.actor,
        )
        events.write(self.tx, self.practice, said, at=self.at)

    def _arrived(self, sent: SealedFile) -> None:
        """Take an answer about exactly this file as proof that it arrived, whatever we were able to see."""
        if sent.state is Delivery.SENT:
            return
        why = f"acknowledged by {self.file.name}"
        said = Event(
            kind="file.sent",
            about=sent.name,
            partner=sent.partner,
            said=f"file {sent.name}: {why}",
            before=sent.state,
            after=Delivery.SENT,
            artefact=f"inbound {self.file.id}",
            actor=self.office.actor,
        )
        step = Step(after=Delivery.SENT, why=why, sent_at=self.at)
        moved = outbox.move(self.tx, self.practice, sent, step, event=said, at=self.at)
        claims_sent(self.office, self.tx, moved, artefact=f"inbound {self.file.id}")

    def _sealed_date(self, sent: SealedFile) -> str:
        """ISA09 of a file, from its bytes: the ISA segment has fixed places (70 to 76)."""
        return outbox.bytes_of(self.tx, self.practice, sent.id)[70:76].decode("ascii")

    def _contradicted(self, sent: SealedFile, kind: str, verdict: Verdict, what: str) -> bool:
        """Tell whether the partner has said the opposite of this very file before; then the first word stands.

        A 999 contradicts a TA1 only if it accepts what the TA1 refused: a whole envelope may hold a bad group.
        """
        good = verdict in _GOOD
        for one in inbound.answers_about(self.tx, self.practice, interchange_id=sent.id):
            if one.kind == "TA1" and one.codes == CAME_BEFORE:
                continue  # it speaks of a second copy
            was_good = one.verdict in _GOOD
            same = one.kind == kind or (one.kind, kind, good) in {("TA1", "999", True), ("999", "TA1", False)}
            if same and was_good is not good:
                self._say_disagrees(
                    sent.name, "", f"file {sent.name}: {what}, and before: {one.what}", f"deliveries show {sent.name}"
                )
                return True
        return False

    def _refuse(self, sent: SealedFile, what: str) -> bool:
        """Reject the claims of a file that a TA1 or 999 refuses, but for those that a 277CA or 835 shows to be inside."""
        for claim in claims.in_interchange(self.tx, self.practice, sent.id):
            if claim.state in _FURTHER:
                self._disagrees(claim, what)
            else:
                self._reject(claim, what, file=sent.name)
        return True

    def _reject_all(self, sent: SealedFile, what: str) -> bool:
        for claim in claims.in_interchange(self.tx, self.practice, sent.id):
            self._reject(claim, what, file=sent.name)
        return True

    def _advance_all(self, some: Iterable[StoredClaim], after: ClaimState, what: str) -> None:
        """Move claims forward. One that is further along already stays where it is: answers overtake each other."""
        moves = []
        for claim in some:
            if after in MOVES[claim.state]:
                moves.append((claim, self._event(claim, after, what, EventSeverity.ROUTINE, "")))
            elif after is ClaimState.ACCEPTED and self._was_rejected(claim):
                self._disagrees(claim, what)
        claims.move_all(self.tx, self.practice, moves, after, at=self.at)

    def _was_rejected(self, claim: StoredClaim) -> bool:
        """Tell whether a claim is rejected, or was and another version stands for it: both could be paid then."""
        if claim.state is not ClaimState.REPLACED:
            return claim.state is ClaimState.REJECTED
        told = events.read(self.tx, self.practice, claim=claim.pcn, limit=100)
        return any(one.event.after == ClaimState.REJECTED for one in told)

    def _reject(self, claim: StoredClaim, what: str, *, file: str = "") -> bool:
        """Reject a claim; `file` is the one that was refused whole."""
        if ClaimState.REJECTED not in MOVES[claim.state]:
            if claim.state is not ClaimState.REJECTED:
                self._disagrees(claim, what)
            return True
        severity = EventSeverity.WAKE if claim.state in _FURTHER else EventSeverity.CAN_WAIT
        said = self._event(claim, ClaimState.REJECTED, what, severity, _two_ways(claim, file))
        claims.move(self.tx, self.practice, claim, ClaimState.REJECTED, event=said, at=self.at)
        return True

    def _disagrees(self, claim: StoredClaim, what: str) -> None:
        said = f"claim {claim.pcn} is {claim.state}, and now {what}"
        self._say_disagrees(claim.pcn, claim.pcn, said, f"claims show {claim.pcn}")

    def _say_disagrees(self, about: str, claim: str, seen: str, look_at: str) -> None:
        said = Event(
            kind="answer.disagrees",
            about=about,
            claim=claim,
            partner=self.file.partner,
            said=f"{seen}; the two do not agree, and the first one stands; ask the partner",
            severity=EventSeverity.WAKE,
            artefact=f"inbound {self.file.id}",
            next_command=f"gateway {look_at}",
        )
        events.write(self.tx, self.practice, said, at=self.at)

    def _event(
        self, claim: StoredClaim, after: ClaimState, what: str, severity: EventSeverity, next_command: str
    ) -> Event:
        return Event(
            kind=f"claim.{after}",
            about=claim.pcn,
            claim=claim.pcn,
            partner=self.file.partner,
            said=f"claim {claim.pcn}: {what}",
            severity=severity,
            before=claim.state,
            after=after,
            artefact=f"inbound {self.file.id}",
            actor=self.office.actor,
            next_command=next_command,
        )

    def _unmatched(self, what: str) -> bool:
        said = Event(
            kind="answer.unmatched",
            about=self.file.name,
            partner=self.file.partner,
            said=f"{self.file.name}: {what} answers nothing that has left for {self.file.partner}",
            severity=EventSeverity.WAKE,
            artefact=f"inbound {self.file.id}",
            next_command="gateway inbox list --unmatched",
        )
        events.write(self.tx, self.practice, said, at=self.at)
        inbound.add_unmatched(self.tx, self.practice, self.file.id)
        return True

    def _keep(
        self, sent: SealedFile | None, claim: StoredClaim | None, kind: str, verdict: Verdict, codes: str, what: str
    ) -> None:
        inbound.acknowledge(
            self.tx,
            self.practice,
            inbound_id=self.file.id,
            interchange_id=sent.id if sent else None,
            claim_version_id=claim.id if claim else None,
            kind=kind,
            verdict=verdict,
            codes=codes,
            what=what,
            at=self.at,
        )


def _two_ways(claim: StoredClaim, file: str) -> str:
    """Say what may be typed after a rejection: what was wrong decides, and a person knows."""
    return (
        f"gateway visits fix {claim.visit_key} --set FIELD=VALUE --by NAME --reason TEXT; or, if the cause lies outside "
        f"the claim: gateway claims resubmit {f'--file {file}' if file else claim.pcn} --by NAME --reason TEXT"
    )


def _whole_group(answer: GroupAnswer) -> SetAnswer:
    named = answer.sets[0] if answer.sets else None
    return SetAnswer(
        control="",
        verdict=answer.verdict,
        codes=named.codes if named else (),
        faults=named.faults if named else (),
    )


def _codes(statuses: Iterable[Status]) -> str:
    return " ".join(":".join(part for part in (one.category, one.status, one.entity) if part) for one in statuses)


def _meaning(statuses: Iterable[Status]) -> str:
    """Say in our own words what the status codes mean, and what to do about them."""
    said = []
    for one in statuses:
        known = claim_status.status(one.status)
        if known is not None:
            said.append(f"{known.meaning}; {known.fix}" if known.fix not in {"", "none", "nothing"} else known.meaning)
    return "; ".join(dict.fromkeys(said)) or "no status that our list explains"


def _fault(fault: SegmentFault) -> str:
    element = f" element {fault.element}" if fault.element else ""
    return f"{fault.segment} (segment {fault.ordinal}){element}: code {fault.code}"
