"""Claims that were rejected for a cause outside the claim are sent again as they are.

The submitter was not enrolled, the file went to the wrong receiver, the envelope was refused: there is nothing to mend in
the visit. Each becomes the next version of its claim, of the same visit, with the same content and frequency; only our own
numbers are new, for a number that was refused is never used again. The next batch takes it, under new control numbers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.claim import Claim, Frequency
from gateway.errors import UsageError
from gateway.event import Event
from gateway.ledger import Transaction, claims, numbers, outbox, remittances, visits
from gateway.ledger.claims import NewClaim, StoredClaim
from gateway.ledger.visits import StoredVisit
from gateway.lifecycle import IN_FLIGHT, ClaimState, VisitState
from gateway.service.claims.accepted_after_all import accepted_after_all
from gateway.service.claims.answered import earlier_of
from gateway.service.claims.named import named
from gateway.service.claims.replacing import let_stand
from gateway.service.office import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """A rejected claim, and the one that is sent in its place; `pcn` is empty in a dry run, for no number is taken."""

    visit: str
    rejected: str
    pcn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAgain:
    """A claim that cannot be sent again as it is: why, and what to do instead."""

    visit: str
    claim: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resubmitted:
    """What was made ready, or would be, and what cannot be."""

    made: tuple[Again, ...]
    refused: tuple[NotAgain, ...]


@dataclass(frozen=True, slots=True)
class _Fit:
    claim: StoredClaim
    visit: StoredVisit


def resubmit_claim(office: Office, name: str, *, reason: str, dry_run: bool = False) -> Resubmitted:
    """Send a rejected claim again as it is.

    name  its patient control number, or the key of its visit
    Raises UsageError, with what to do instead, if it was not rejected, was ever answered by a remittance, or its visit has
    changed since.
    """
    with office.ledger.writing() as tx:
        done = _resubmit(tx, office, (named(tx, office, name),), reason, dry_run=dry_run)
    if done.refused:
        raise UsageError(f"{done.refused[0].why}; nothing was changed")
    return done


def resubmit_file(office: Office, name: str, *, partner: str = "", reason: str, dry_run: bool = False) -> Resubmitted:
    """Send again as they are the claims of a sealed file that can be; the others are listed with why. One transaction.

    Raises UsageError if there is no such file, or several partners have one.
    """
    practice = office.practice.key
    with office.ledger.writing() as tx:
        file = outbox.by_name(tx, practice, name, partner=partner)
        if file is None:
            raise UsageError(f"there is no file {name}; `gateway deliveries list` shows what there is")
        return _resubmit(tx, office, claims.in_interchange(tx, practice, file.id), reason, dry_run=dry_run)


def _resubmit(
    tx: Transaction, office: Office, some: tuple[StoredClaim, ...], reason: str, *, dry_run: bool
) -> Resubmitted:
    judged = tuple(_judged(tx, office, some))
    fit = [one for one in judged if isinstance(one, _Fit)]
    if dry_run:
        made = [Again(visit=one.claim.visit_key, rejected=one.claim.pcn, pcn="") for one in fit]
    else:
        pcns = numbers.patient_control_numbers(tx, len(fit))
        made = [_made(tx, office, one, pcn, reason) for one, pcn in zip(fit, pcns, strict=True)]
    return Resubmitted(made=tuple(made), refused=tuple(one for one in judged if isinstance(one, NotAgain)))


def _judged(tx: Transaction, office: Office, some: tuple[StoredClaim, ...]) -> Iterator[_Fit | NotAgain]:
    practice = office.practice.key
    found = visits.find_all(tx, practice, [one.visit_key for one in some])
    answered = remittances.adjudicated_among(tx, practice, {one.id: one.pcn for one in some})
    bodies = claims.bodies_of(tx, practice, [one.id for one in some])
    earlier = earlier_of(tx, office, [one.visit_id for one in some])
    accepted = accepted_after_all(tx, office, {visit_id: each.versions for visit_id, each in earlier.items()})
    for one in some:
        visit, before = found[one.visit_key], earlier[one.visit_id]
        why = _why_not_as_it_stands(one, is_answered=one.id in answered) or _why_not_of_this_visit(
            tx, office, one, visit
        )
        if not why and one.visit_id in accepted:
            why = (
                f"claim {accepted[one.visit_id].pcn} was rejected, and accepted after all: sent again it could be paid twice; "
                f"wait for its answer (gateway collect), or ask the payer; see: gateway claims show {one.visit_key}"
            )
        elif not why and bodies[one.id].frequency is Frequency.ORIGINAL and before.adjudicated_by(one.payer):
            why = (
                f"an earlier version of claim {one.pcn} has been answered by the payer meanwhile, and this one names none: "
                f"{_fix(one)} makes the replacement"
            )
        elif not why and bodies[one.id].frequency is Frequency.ORIGINAL and before.paid_by_another(one.payer):
            why = before.why_not_before(one.payer)
        elif not why and bodies[one.id].payer_claim_number != before.number_of(one.payer):
            why = f"claim {one.pcn} does not name the payer's newest number of the claim: {_fix(one)}"
        yield NotAgain(visit=one.visit_key, claim=one.pcn, why=why) if why else _Fit(one, visit)


def _why_not_as_it_stands(one: StoredClaim, *, is_answered: bool) -> str:
    """Say why a claim cannot be sent again because of where it stands; empty if it can."""
    said = f"claim {one.pcn} is {one.state}"
    if one.state is ClaimState.READY:
        return f"{said}: it goes with the next batch anyway (gateway batch seal)"
    if one.state in IN_FLIGHT:
        return f"{said}, and not rejected: sending it again would double it; wait for its answer (gateway collect)"
    if one.state is ClaimState.REPLACED:
        return f"{said}: a later version stands for it (gateway claims show {one.visit_key})"
    if is_answered or one.state is not ClaimState.REJECTED:
        return f"{said}, and was answered by the payer: sending it again would double it; {_fix(one)} makes what corrects it"
    return ""


def _why_not_of_this_visit(tx: Transaction, office: Office, one: StoredClaim, visit: StoredVisit) -> str:
    """Say why the visit stands in the way of sending the same content again; empty if it does not."""
    if visit.state is not VisitState.CLAIMED:
        return (
            f"visit {visit.key} has changed since claim {one.pcn} was made, and is {visit.state}: "
            f"gateway visits show {visit.key}"
        )
    if visit.id == one.visit_version_id:
        return ""
    # After a change was declined, the same content stands as a later version.
    then = next(each for each in visits.versions(tx, office.practice.key, visit.key) if each.id == one.visit_version_id)
    if then.sha256 == visit.sha256:
        return ""
    return f"visit {visit.key} has changed since claim {one.pcn} was made: {_fix(one)}"


def _fix(one: StoredClaim) -> str:
    return f"gateway visits fix {one.visit_key} --set FIELD=VALUE --by NAME --reason TEXT"


def _made(tx: Transaction, office: Office, one: _Fit, pcn: str, reason: str) -> Again:
    practice, at, old = office.practice.key, office.clock.now(), one.claim
    # As it is configured now: the cause may have been that the payer was reached by the wrong one.
    partner = office.settings.payer(old.payer).partner
    body = same_content(claims.body_of(tx, practice, old.id), pcn)
    said = Event(
        kind="claim.ready",
        about=pcn,
        claim=pcn,
        partner=partner,
        said=f"claim {pcn} is sent in place of claim {old.pcn}, which was rejected, with the same content",
        after=ClaimState.READY,
        artefact=f"claim {old.pcn}",
        actor=office.actor,
        reason=reason,
    )
    new = NewClaim(visit=one.visit, claim=body, partner=partner, event=said)
    let_stand(tx, office, new, (old,), artefact="person", reason=reason)
    claims.add_all(tx, practice, [new], at=at)
    return Again(visit=old.visit_key, rejected=old.pcn, pcn=pcn)


def same_content(claim: Claim, pcn: str) -> Claim:
    """Give a claim under another patient control number; its lines' own numbers follow that one."""
    old = claim.patient_control_number
    lines = tuple(replace(line, control=pcn + line.control.removeprefix(old)) for line in claim.lines)
    return replace(claim, patient_control_number=pcn, lines=lines)
