"""What a remittance comes to: which amount goes to which line of ours, what is parked, how each claim stands afterwards.

Nothing is read or written here. What stands of a claim is worked out from all answers to it, those of this remittance and
those known before (gateway/remit/standing.py); what is written is the difference from what is posted now.
"""

from itertools import groupby

from gateway.ledger import remittances as money
from gateway.ledger.inbound import InboundFile
from gateway.ledger.remittances import Parked
from gateway.money import cents, shown
from gateway.remittance import PRICED, ClaimPayment, Remittance
from gateway.service.money.claims_answered import Ours
from gateway.service.money.reckoned import Reckoned, said_of_claim
from gateway.service.money.settle_claim import settle_claim
from gateway.service.office import Office


def reckon(office: Office, file: InboundFile, remittance: Remittance, ours: dict[str, Ours]) -> Reckoned:
    """Work out a remittance on the claims that it answers, which are changed. Raises ArithmeticError if it does not come out."""
    done = Reckoned(looks=bool(remittance.provider_adjustments))
    by_claim = sorted(remittance.claims, key=lambda one: one.patient_control_number)
    for pcn, some in groupby(by_claim, key=lambda one: one.patient_control_number):
        claim = ours.get(pcn)
        if claim is None:
            for payment in some:
                _park_stranger(done, payment)
            continue
        answers = []
        for payment in some:
            if payment.is_answer:
                answers.append(payment)
            else:
                _note(done, office, file, payment, claim)
        if answers:
            settle_claim(done, office, file, remittance, claim, answers)
    _park_provider_adjustments(done, remittance)
    if done.posted + done.parked != cents(remittance.payment):
        raise ArithmeticError("posted and parked money do not add up to BPR02")
    return done


def _park_stranger(done: Reckoned, payment: ClaimPayment) -> None:
    said = "we did not send this claim to this partner"
    reference = payment.patient_control_number
    done.park(Parked(reason="claim not ours", reference=reference, cents=cents(payment.paid), said=said))
    done.looks = True


def _note(done: Reckoned, office: Office, file: InboundFile, payment: ClaimPayment, ours: Ours) -> None:
    """Keep in the timeline what is no answer: the claim waits on. Money beside it is not for this claim."""
    if payment.status == PRICED:
        said = f"{shown(payment.paid)} priced, which is no answer: it waits on"
        done.told.append(said_of_claim(office, file, ours, "claim.priced", said))
    else:
        to = f"to {payment.next_payer}" if payment.next_payer else "and the payer does not say to whom"
        said = f"not this payer's: passed on {to}; it waits for that one"
        done.told.append(said_of_claim(office, file, ours, "claim.forwarded", said, looks=not payment.next_payer))
        done.looks |= not payment.next_payer
    if payment.paid:
        said = f"claim {ours.claim.pcn}: money came with CLP02 {payment.status}, which says that none is owed"
        done.park(Parked(reason=money.DOES_NOT_FIT, reference=ours.claim.pcn, cents=cents(payment.paid), said=said))
        done.looks = True


def _park_provider_adjustments(done: Reckoned, remittance: Remittance) -> None:
    """Park what is taken from the practice as a whole, or given to it (PLB)."""
    for one in remittance.provider_adjustments:
        if one.amount:
            reason, said = "provider adjustment", f"provider adjustment {one.reason}"
            done.park(Parked(reason=reason, reference=one.reference, cents=-cents(one.amount), said=said))
