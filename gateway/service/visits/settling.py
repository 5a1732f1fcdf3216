"""What was judged, written: a visit is held, or its claim is made, with its events."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from gateway.billing import finish
from gateway.claim import Claim, Frequency
from gateway.event import Event, EventSeverity
from gateway.ledger import Transaction, claims, events, numbers, visits
from gateway.ledger.claims import NewClaim
from gateway.ledger.visits import StoredVisit
from gateway.lifecycle import MOVES, ClaimState, VisitState
from gateway.scrub import Case
from gateway.service.claims.answered import Earlier, earlier_of
from gateway.service.claims.replacing import PAST, let_stand
from gateway.service.office import Office
from gateway.service.visits.judged_by import look_again_on
from gateway.service.visits.judging import Judged


@dataclass(frozen=True, slots=True)
class Settled:
    """A visit that was judged, and the patient control number of its new claim; empty if it has none."""

    judged: Judged
    pcn: str = ""


def settle(tx: Transaction, office: Office, page: Sequence[Judged], *, reason: str) -> tuple[Settled, ...]:
    """Hold the visits that something holds, and make the claims of the others. The visits are locked.

    Left out is what changed since the rules looked: the next run looks again. Raises LedgerConflict if somebody else was
    quicker after all, LedgerRefusal if the database refuses a value; then the transaction has to go.
    """
    practice, at = office.practice.key, office.clock.now()
    stand = visits.states_of(tx, practice, [one.visit.id for one in page])
    earlier = earlier_of(tx, office, [one.visit.visit_id for one in page])
    still = [one for one in page if _is_still_so(one, stand, earlier)]
    visits.replace_findings(tx, practice, {one.visit.id: one.found for one in still})
    held = [one for one in still if one.holds]
    clean = {one.visit.id: one.case for one in still if not one.holds and one.case is not None}
    pcns = dict(zip(clean, numbers.patient_control_numbers(tx, len(clean)), strict=True))
    settled = tuple(Settled(one, pcns.get(one.visit.id, "")) for one in still)
    visits.move_all(tx, [one.visit for one in held], VisitState.HELD)
    visits.keep_judged_by(tx, practice, ((one.visit, one.by, _look_again_on(office, one)) for one in held))
    visits.move_all(tx, [one.visit for one in still if one.visit.id in clean], VisitState.CLAIMED)
    made = [
        _new_claim(office, one.judged.visit, clean[one.judged.visit.id], one.pcn, reason) for one in settled if one.pcn
    ]
    for one in made:
        proof = f"visit {one.visit.key} version {one.visit.version}"
        let_stand(tx, office, one, earlier[one.visit.visit_id].versions, artefact=proof, reason=reason)
    claims.add_all(tx, practice, made, at=at)
    events.write_all(tx, practice, _held(held, office.actor), at=at)
    return settled


def _is_still_so(one: Judged, stand: Mapping[int, VisitState], earlier: Mapping[int, Earlier]) -> bool:
    """Tell whether a visit is as the rules saw it: an answer may have come since, and a claim on its way is not replaced."""
    if stand.get(one.visit.id) is not one.visit.state:
        return False
    claim, case, payer = earlier[one.visit.visit_id], one.case, one.visit.payer
    if case is not None and (
        claim.adjudicated_by(payer) is not case.adjudicated
        or claim.number_of(payer) != case.payer_claim_number
        or claim.paid_by_another(payer) != case.paid_by_another
    ):
        return False
    return all(each.state in PAST or ClaimState.REPLACED in MOVES[each.state] for each in claim.versions)


def _look_again_on(office: Office, one: Judged) -> date | None:
    return None if one.case is None else look_again_on(office, one.case, one.found)


def _new_claim(office: Office, visit: StoredVisit, case: Case, pcn: str, reason: str) -> NewClaim:
    claim = finish(
        case.visit,
        case.draft,
        payer=case.payer,
        other_policies=case.other_policies,
        practice=office.practice,
        patient_control_number=pcn,
        frequency=Frequency.REPLACEMENT if case.adjudicated else Frequency.ORIGINAL,
        payer_claim_number=case.payer_claim_number if case.adjudicated else "",
    )
    event = _claimed(visit, claim, case, office.actor, reason)
    return NewClaim(visit=visit, claim=claim, partner=case.payer.partner, event=event)


def _held(held: Sequence[Judged], actor: str) -> Iterator[Event]:
    """Tell of the visits that were not held before."""
    for one in held:
        if one.visit.state is not VisitState.HELD:
            rules = ", ".join(dict.fromkeys(each.rule for each in one.holds))
            yield Event(
                kind="visit.held",
                about=one.visit.key,
                said=f"visit {one.visit.key} is held by {rules}",
                severity=EventSeverity.CAN_WAIT,
                before=one.visit.state,
                after=VisitState.HELD,
                artefact=f"finding {one.holds[0].rule}",
                actor=actor,
                next_command=f"gateway visits show {one.visit.key}",
            )


def _claimed(visit: StoredVisit, claim: Claim, case: Case, actor: str, reason: str) -> Event:
    lines = "1 line" if len(claim.lines) == 1 else f"{len(claim.lines)} lines"
    kind = "replacement claim" if claim.frequency is Frequency.REPLACEMENT else "claim"
    return Event(
        kind="claim.ready",
        about=claim.patient_control_number,
        claim=claim.patient_control_number,
        partner=case.payer.partner,
        said=f"{kind} {claim.patient_control_number} made from visit {visit.key}, {lines}",
        after=ClaimState.READY,
        artefact=f"visit {visit.key} version {visit.version}",
        actor=actor,
        reason=reason,
    )
