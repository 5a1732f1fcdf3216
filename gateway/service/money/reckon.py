"""What a remittance comes to: which amount goes to which line of ours, what goes to the desk, how each claim stands afterwards.

Nothing is read or written here. What stands of a claim is worked out from all answers to it, those of this remittance and
those known before (gateway/remit/standing.py); what is written is the difference from what is posted now.
"""

from collections.abc import Mapping

from gateway.desk import ItemKind, ItemState
from gateway.ledger.desk import NewItem
from gateway.ledger.inbound import InboundFile
from gateway.money import cents, shown
from gateway.remit.accounts import account_of, is_booked
from gateway.remittance import PRICED, ClaimPayment, ProviderAdjustment, Remittance
from gateway.service.money.claims_answered import Ours
from gateway.service.money.reckoned import Reckoned, said_of_claim
from gateway.service.money.settle_claim import settle_claim
from gateway.service.office import Office


def reckon(
    office: Office,
    file: InboundFile,
    remittance: Remittance,
    ours: Mapping[int, Ours],
    named: Mapping[str, str],
) -> Reckoned:
    """Work out a remittance on the claims that it answers, which are changed. Raises ArithmeticError if it does not come out.

    ours   the claim that each answer is about, by the place of its CLP
    named  patient control numbers of ours by what provider adjustments refer to (PLB03-2)
    """
    done = Reckoned()
    by_claim: dict[str, list[ClaimPayment]] = {}
    for payment in sorted(remittance.claims, key=lambda one: (one.patient_control_number, one.ordinal)):
        claim = ours.get(payment.ordinal)
        if claim is None:
            _put_stranger(done, payment)
        else:
            by_claim.setdefault(claim.claim.pcn, []).append(payment)
    for some in by_claim.values():
        claim = ours[some[0].ordinal]
        answers = [payment for payment in some if payment.is_answer]
        for payment in some:
            if not payment.is_answer:
                _note(done, office, file, payment, claim)
        if answers:
            settle_claim(done, office, file, remittance, claim, answers)
    for one in remittance.provider_adjustments:
        _put_provider_adjustment(done, one, named.get(one.reference, ""))
    if done.posted + done.parked != cents(remittance.payment):
        raise ArithmeticError("posted and parked money do not add up to BPR02")
    return done


def _put_stranger(done: Reckoned, payment: ClaimPayment) -> None:
    done.put(
        NewItem(
            kind=ItemKind.STRANGER,
            reference=payment.patient_control_number,
            cents=cents(payment.paid),
            why="no claim that was sent to this partner is meant with certainty",
            ordinal=payment.ordinal,
            document=payment,
        )
    )


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
        done.put(
            NewItem(
                kind=ItemKind.MISFIT,
                reference=payment.patient_control_number,
                claim=ours.claim.pcn,
                cents=cents(payment.paid),
                why=f"claim {ours.claim.pcn}: money came with CLP02 {payment.status}, which says that none is owed",
                ordinal=payment.ordinal,
                document=payment,
            )
        )


def _put_provider_adjustment(done: Reckoned, one: ProviderAdjustment, pcn: str) -> None:
    """Put on the desk, or on its account, what is taken from the practice as a whole, or given to it (PLB)."""
    if not one.amount:
        return
    account = account_of(one.reason)
    done.put(
        NewItem(
            kind=ItemKind.PROVIDER,
            reference=one.reference,
            claim=pcn,
            cents=-cents(one.amount),
            why=f"provider adjustment {one.reason}: {account}",
            account=account,
            code=one.reason,
            ordinal=one.ordinal,
            state=ItemState.BOOKED if is_booked(account) else ItemState.OPEN,
        )
    )
