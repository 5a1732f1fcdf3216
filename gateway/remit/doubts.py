"""What an answer says otherwise than the claim did, though it fits: a person looks, the money is posted as it came."""

from collections.abc import Iterator

from gateway.money import shown
from gateway.remit.balance import share_doubt
from gateway.remit.match import Match
from gateway.remittance import ClaimPayment


def doubts(payment: ClaimPayment, match: Match) -> Iterator[str]:
    """Say, for an answer that was placed on the lines that `match` found, each thing that is not as it was billed. Of a reversal, nothing."""
    if payment.is_reversal:
        return
    for line, answer in match.matched:
        if answer.procedure != line.procedure:
            yield f"{line.procedure} was billed, and {answer.procedure or 'nothing'} is answered"
        if answer.units is not None and answer.units < line.units:
            yield f"of {line.units} units of {line.procedure}, {answer.units} are answered"
        if answer.paid > line.charge:
            yield f"{shown(answer.paid)} are paid for {line.procedure}, which was charged {shown(line.charge)}"
    if payment.paid > payment.charge and not payment.lines:
        yield f"{shown(payment.paid)} are paid, and {shown(payment.charge)} were charged"
    doubt = share_doubt(payment)
    if doubt is not None:
        yield f"the patient's share is {shown(doubt.stated)} by CLP05, and {shown(doubt.adjusted)} by its adjustments"
