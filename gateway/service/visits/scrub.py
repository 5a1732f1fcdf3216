"""Scrub visits: those with a holding finding go to the worklist, the others become claims."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from gateway.billing import finish
from gateway.claim import Claim, Frequency
from gateway.errors import UsageError
from gateway.event import Event, EventSeverity
from gateway.finding import Finding, Severity
from gateway.ledger import Transaction, claims, denials, numbers, visits
from gateway.ledger.claims import StoredClaim
from gateway.ledger.visits import StoredVisit
from gateway.lifecycle import MOVES, ClaimState, VisitState
from gateway.scrub import OUR_FAULT, Case, scrub
from gateway.service.claims.answered import adjudicated
from gateway.service.office import Office
from gateway.service.visits.judged_by import Grounds, look_again_on, waivers_for
from gateway.service.visits.waiting import judged, waiting

_WAITING = (VisitState.NEW, VisitState.HELD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrubbed:
    """What became of one visit; `before` is where it stood. `pcn` is its new claim's number, empty when it is held."""

    visit: str
    version: int
    before: VisitState
    state: VisitState
    findings: tuple[Finding, ...]
    pcn: str = ""

    @property
    def holds(self) -> tuple[Finding, ...]:
        """What holds it."""
        return tuple(one for one in self.findings if one.severity is Severity.HOLD)

    @property
    def broken(self) -> tuple[str, ...]:
        """The rules whose code broke on it: it was not judged by them."""
        return tuple(one.rule for one in self.findings if one.where == OUR_FAULT)


def scrub_visits(
    office: Office,
    *,
    payer: str = "",
    key: str = "",
    dry_run: bool = False,
    again: bool = False,
    reason: str = "",
    progress: Callable[[int], None] = lambda _: None,
) -> tuple[Scrubbed, ...]:
    """Scrub every visit that is new, and those held ones for which something has changed; or the one of that key.

    again   look at every held visit, also where nothing that it was judged by has changed
    reason  why a person has it scrubbed, in their own words; it stands with what becomes of the visit's claims

    Each is a transaction of its own. Raises UsageError if the one asked for does not exist or does not wait to be scrubbed.
    """
    done = []
    grounds = Grounds(office)
    for visit in _asked_for(office, key) if key else waiting(office, grounds, payer=payer, again=again):
        case, by = judged(office, grounds, visit)
        found = _waived(office, case, scrub(case))
        outcome = _outcome(visit, found)
        settled = outcome if dry_run else _settle(office, visit, case, outcome, by=by, reason=reason)
        done += [settled] if settled is not None else []
        progress(len(done))
    return tuple(done)


def _outcome(visit: StoredVisit, found: tuple[Finding, ...]) -> Scrubbed:
    """Say what becomes of a visit by what was found in it."""
    state = VisitState.HELD if any(one.severity is Severity.HOLD for one in found) else VisitState.CLAIMED
    return Scrubbed(visit=visit.key, version=visit.version, before=visit.state, state=state, findings=found)


def _asked_for(office: Office, key: str) -> tuple[StoredVisit, ...]:
    with office.ledger.reading() as tx:
        one = visits.find(tx, office.practice.key, key)
    if one is None or one.state not in _WAITING:
        raise UsageError(f"visit {key} is {one.state if one else 'not known'}; only new and held visits are scrubbed")
    return (one,)


def _waived(office: Office, case: Case, found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Let a finding pass as a warning where a named person said so, for this payer or partner, until a day."""
    shown = []
    for one in found:
        for waiver in waivers_for(office, case.payer.id):
            if waiver.rule == one.rule and case.today <= waiver.until and one.severity is Severity.HOLD:
                said = f"{one.what} (waived by {waiver.by} until {waiver.until}: {waiver.why})"
                shown.append(replace(one, severity=Severity.WARN, what=said))
                break
        else:
            shown.append(one)
    return tuple(shown)


def _settle(
    office: Office, visit: StoredVisit, case: Case, outcome: Scrubbed, *, by: str, reason: str
) -> Scrubbed | None:
    """Hold the visit, or make its claim: one transaction with its event. None if somebody else settled it meanwhile."""
    practice, at = office.practice.key, office.clock.now()
    with office.ledger.writing() as tx:
        current = visits.find(tx, practice, visit.key)
        if current is None or current.id != visit.id or current.state not in _WAITING:
            return None
        # An answer may have come since the rules looked; and a claim on its way is not replaced. The next run looks again.
        earlier = claims.of_visit(tx, practice, current.visit_id)
        if adjudicated(tx, practice, current.visit_id) != (case.adjudicated, case.payer_claim_number) or any(
            one.state is not ClaimState.REPLACED and ClaimState.REPLACED not in MOVES[one.state] for one in earlier
        ):
            return None
        visits.replace_findings(tx, practice, current, outcome.findings)
        if outcome.state is VisitState.HELD:
            again = current.state is VisitState.HELD
            event = None if again else _held(current, outcome.holds, office.actor)
            visits.move(tx, practice, current, VisitState.HELD, event=event, at=at)
            # What a fault of ours holds is tried again each time: it may be gone.
            grounds, day = "" if outcome.broken else by, look_again_on(office, case, outcome.findings)
            visits.keep_judged_by(tx, practice, current, grounds, day)
            return outcome
        claim = _make_claim(tx, office, current, case, earlier, reason)
        visits.move(tx, practice, current, VisitState.CLAIMED, event=None, at=at)
    return replace(outcome, pcn=claim.pcn)


def _make_claim(
    tx: Transaction, office: Office, visit: StoredVisit, case: Case, versions: tuple[StoredClaim, ...], reason: str
) -> StoredClaim:
    practice, at = office.practice.key, office.clock.now()
    claim = finish(
        case.visit,
        case.draft,
        payer=case.payer,
        practice=office.practice,
        patient_control_number=numbers.patient_control_number(tx, practice),
        frequency=Frequency.REPLACEMENT if case.adjudicated else Frequency.ORIGINAL,
        payer_claim_number=case.payer_claim_number if case.adjudicated else "",
    )
    for earlier in versions:
        if earlier.state is not ClaimState.REPLACED:
            _replace(tx, office, earlier, claim.patient_control_number, visit, reason)
    event = replace(_claimed(visit, claim, case, office.actor), reason=reason)
    return claims.add(tx, practice, visit, claim, partner=case.payer.partner, event=event, at=at)


def _replace(tx: Transaction, office: Office, earlier: StoredClaim, pcn: str, visit: StoredVisit, reason: str) -> None:
    practice, at = office.practice.key, office.clock.now()
    said = Event(
        kind="claim.replaced",
        about=earlier.pcn,
        claim=earlier.pcn,
        said=f"claim {pcn} stands for claim {earlier.pcn} from now on",
        before=earlier.state,
        after=ClaimState.REPLACED,
        artefact=f"visit {visit.key} version {visit.version}",
        actor=office.actor,
        reason=reason,
    )
    claims.move(tx, practice, earlier, ClaimState.REPLACED, event=said, at=at)
    denials.close_of_claim(tx, practice, earlier.id)


def _held(visit: StoredVisit, holds: tuple[Finding, ...], actor: str) -> Event:
    rules = ", ".join(dict.fromkeys(one.rule for one in holds))
    return Event(
        kind="visit.held",
        about=visit.key,
        said=f"visit {visit.key} is held by {rules}",
        severity=EventSeverity.CAN_WAIT,
        before=visit.state,
        after=VisitState.HELD,
        artefact=f"finding {holds[0].rule}",
        actor=actor,
        next_command=f"gateway visits show {visit.key}",
    )


def _claimed(visit: StoredVisit, claim: Claim, case: Case, actor: str) -> Event:
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
    )
