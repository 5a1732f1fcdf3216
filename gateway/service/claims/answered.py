"""Which claim of ours an answer is about, and what each payer holds of a claim that it has answered."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from gateway.denials.anew import Refusal, starts_anew
from gateway.ledger import Transaction, claims, outbox, remittances, standing_amounts
from gateway.ledger.claims import StoredClaim
from gateway.ledger.record import Billed
from gateway.ledger.standing_amounts import StandingAmount
from gateway.lifecycle import ClaimState
from gateway.money import from_cents, shown
from gateway.payer import Payer
from gateway.remit.posting import Bucket
from gateway.remittance import GroupCode
from gateway.service.office import Office


def sent_claim(tx: Transaction, practice: str, pcn: str, *, partner: str) -> StoredClaim | None:
    """Give the claim version of that patient control number if its file may have left for that partner, else None.

    An answer counts only for a claim that has left, and only from the partner that it left for.
    """
    claim = claims.by_pcn(tx, practice, pcn)
    carrier = outbox.carrying(tx, practice, claim.id) if claim else None
    if carrier is None or carrier.partner != partner or not carrier.may_have_left:
        return None
    return claim


def sent_claims(
    tx: Transaction, practice: str, pcns: Collection[str], *, partners: Collection[str]
) -> dict[str, tuple[StoredClaim, Billed]]:
    """Give, by patient control number, what `sent_claim` gives of each, with what it billed; the others are left out.

    partners  whose claims may be answered: the one that the answer came from, and those that are listed with it
    """
    known = claims.by_pcns(tx, practice, pcns)
    carriers = outbox.carriers_of(tx, practice, [claim.id for claim, _ in known.values()])
    left = {one for one, carrier in carriers.items() if carrier.partner in partners and carrier.may_have_left}
    return {pcn: found for pcn, found in known.items() if found[0].id in left}


@dataclass(frozen=True, slots=True)
class Earlier:
    """The versions of a visit's claim, oldest first, and what each payer holds of them.

    held     those that their payer has adjudicated and that stand with it, so that a correction for that payer replaces
             them: a second original would be a duplicate, or be paid twice. What was taken back by us, or never adjudicated
             (MA130), is not among them, nor is a void: a payer that refuses one holds what it was to take back
    paid_by  the payers whose money stands on one, with its cents
    """

    versions: tuple[StoredClaim, ...] = ()
    held: tuple[StoredClaim, ...] = ()
    paid_by: Mapping[str, int] = field(default_factory=dict)

    def adjudicated_by(self, payer: str) -> bool:
        """Tell whether a correction for that payer is a replacement."""
        return any(one.payer == payer for one in self.held)

    def number_of(self, payer: str) -> str:
        """Give that payer's own number of the newest version that it holds and gave one to; empty if there is none."""
        numbers = (one.payer_claim_number for one in reversed(self.held) if one.payer == payer)
        return next(filter(None, numbers), "")

    def why_not_before(self, payer: str) -> str:
        """Say what has to be taken back before that payer is asked, for it would be paid twice; empty if nothing has."""
        paid = self.paid_by_another(payer)
        if not paid:
            return ""
        claim = next(one for one in reversed(self.versions) if one.payer == paid and not one.is_void)
        return (
            f"payer {paid} has paid {shown(from_cents(self.paid_by[paid]))} of visit {claim.visit_key}: that has to be taken "
            f"back before {payer} is asked, by a void (gateway claims void {claim.pcn} --by NAME --reason TEXT) or, where it "
            "takes none, by a refund whose reversal is posted"
        )

    def paid_by_another(self, payer: str) -> str:
        """Name a payer other than that one whose money stands: it would be paid twice. Empty if there is none."""
        return next((one for one, its_cents in self.paid_by.items() if its_cents > 0 and one != payer), "")


def earlier_of(tx: Transaction, office: Office, visit_ids: Collection[int]) -> Mapping[int, Earlier]:
    """Give, for each of some visits, the versions of its claim and what payers hold of them."""
    practice = office.practice.key
    found = claims.of_visits(tx, practice, visit_ids)
    pcns = {one.id: one.pcn for versions in found.values() for one in versions}
    answered = remittances.adjudicated_among(tx, practice, pcns)
    amounts = standing_amounts.of_versions(tx, practice, answered) if answered else {}
    return {visit_id: _earlier(office, found.get(visit_id, ()), answered, amounts) for visit_id in visit_ids}


def _earlier(
    office: Office,
    versions: tuple[StoredClaim, ...],
    answered: frozenset[int],
    amounts: Mapping[int, tuple[StandingAmount, ...]],
) -> Earlier:
    held, paid_by = [], Counter[str]()
    for one in versions:
        stands = amounts.get(one.id, ())
        # What was taken back by us counts no more, unless the payer has answered it again since.
        if one.id in answered and (stands or not is_taken_back(one, versions)):
            paid_by[one.payer] += sum(each.cents for each in stands if each.bucket == Bucket.PAID)
            if not one.is_void and not _holds_nothing(stands, office.settings.payer(one.payer)):
                held.append(one)
    return Earlier(versions, tuple(held), paid_by)


def is_taken_back(claim: StoredClaim, versions: tuple[StoredClaim, ...]) -> bool:
    """Tell whether a claim of which nothing stands was voided, or what has replaced it with its payer."""
    later = (one for one in versions if one.version >= claim.version and one.payer == claim.payer and not one.is_void)
    return any(one.state is ClaimState.VOIDED for one in later)


def _holds_nothing(stands: tuple[StandingAmount, ...], payer: Payer) -> bool:
    """Tell whether the payer has nothing of a claim that it answered: it paid and left nothing, and asks for a new one."""
    if any(each.bucket not in _NOTHING_PAID for each in stands):
        return False
    refused = (each for each in stands if each.bucket == Bucket.DENIED and each.group_code)
    refusals = (
        Refusal(group=GroupCode(each.group_code), carc=each.carc, rarcs=each.rarcs, procedure=each.procedure)
        for each in refused
    )
    return starts_anew(refusals, payer)


_NOTHING_PAID: Final = (Bucket.DENIED, Bucket.CONTRACTUAL)
