"""A person decides that the patient is asked for what a payer refused to pay and left to them (group PR or OA)."""

from gateway.errors import UsageError
from gateway.event import Event
from gateway.ledger import Transaction, events, visits
from gateway.ledger import remittances as money
from gateway.ledger.claims import StoredClaim
from gateway.ledger.remittances import LinePosting
from gateway.money import from_cents, shown
from gateway.payer import Program
from gateway.remit.ladder import Step
from gateway.remit.posting import Bucket
from gateway.remit.standing import Fate
from gateway.remittance import QMB, GroupCode
from gateway.service.claims.named import named
from gateway.service.decisions import require_authority
from gateway.service.desk.told_again import settle_anew
from gateway.service.money.claims_answered import ClaimsAnswered, Ours, read_claims
from gateway.service.money.find_claims import Found
from gateway.service.office import Office

_MAY_BE_ASKED = frozenset({GroupCode.PATIENT, GroupCode.OTHER})
"""CO and PI forbid asking the patient, with or without notice."""


def bill_patient(office: Office, name: str, *, reason: str) -> tuple[StoredClaim, int]:
    """Move what is denied of a claim to the patient; its denials of that are settled. Gives the claim as it was, and the cents.

    name  its patient control number, or the key of its visit

    Raises UsageError if the patient may not be asked for it, saying why: then nothing was changed.
    """
    practice = office.practice.key
    with office.ledger.writing() as tx:
        claim = named(tx, office, name)
        answered, ours = _read(tx, office, claim)
        visits.lock(tx, practice, list(answered.visit_ids))
        moved = [
            one
            for answer in ours.answers
            if answer.fate in {Fate.STANDS, Fate.ENDED}
            for one in answer.posted
            if one.bucket == Bucket.DENIED and one.group_code in _MAY_BE_ASKED
        ]
        _require_may_be_asked(office, ours, moved)
        cents = sum(one.cents for one in moved)
        require_authority(office, from_cents(cents), f"what claim {claim.pcn} leaves to the patient")
        stored = money.find(tx, practice, max(one.remittance_id for one in ours.answers))
        assert stored is not None, "an answer is of a remittance"
        ours.asks_patient = True
        settle_anew(tx, office, stored, ours)
        said = Event(
            kind="claim.patient_asked",
            about=claim.pcn,
            claim=claim.pcn,
            partner=claim.partner,
            said=f"claim {claim.pcn}: {shown(from_cents(cents))} that the payer refused are the patient's now",
            artefact="person",
            actor=office.actor,
            reason=reason,
        )
        events.write(tx, practice, said, at=office.clock.now())
    return claim, cents


def _read(tx: Transaction, office: Office, claim: StoredClaim) -> tuple[ClaimsAnswered, Ours]:
    found = {0: Found(claim.pcn, Step.PERSON)}
    answered = read_claims(tx, office.practice.key, found, partners={*office.settings.partners, claim.partner})
    if claim.pcn not in answered.by_pcn:
        raise UsageError(f"claim {claim.pcn} is {claim.state}; no payer has answered it; nothing was changed")
    return answered, answered.by_pcn[claim.pcn]


def _require_may_be_asked(office: Office, ours: Ours, moved: list[LinePosting]) -> None:
    pcn, payer = ours.claim.pcn, office.settings.payer(ours.claim.payer)
    if not moved:
        raise UsageError(
            f"nothing that was denied of claim {pcn} was left to the patient (group PR): the payer forbids asking them for the "
            f"rest; see: gateway denials show {pcn}; nothing was changed"
        )
    if ours.billed.other_payers:
        raise UsageError(
            f"the patient of claim {pcn} has another coverage: bill that one first, by hand; nothing was changed"
        )
    if payer.program is Program.MEDICAID:
        raise UsageError(
            f"claim {pcn} is Medicaid's: its patients are asked for the state's copay and nothing else (42 CFR 447.15); "
            "nothing was changed"
        )
    if any(QMB.intersection(one.rarcs) for one in moved):
        raise UsageError(
            f"a remark on claim {pcn} says that the patient is a Qualified Medicare Beneficiary, who is never asked; "
            "nothing was changed"
        )
