"""What an answer says otherwise than the claim did, though it fits: a person looks, the money is posted as it came."""

from collections.abc import Iterator

from gateway.claim import ServiceLine
from gateway.money import ZERO, shown
from gateway.remit.as_billed import plain
from gateway.remit.balance import share_doubt
from gateway.remit.match import Match
from gateway.remittance import INTEREST, ClaimPayment, LinePayment


def doubts(payment: ClaimPayment, match: Match) -> Iterator[str]:
    """Say, for an answer that was placed on the lines that `match` found, each thing that is not as it was billed. Of a reversal, nothing."""
    if payment.is_reversal:
        return
    for line, answer in match.matched:
        yield from _of_procedure(line, answer)
        yield from _of_modifiers(line, answer, by_control=line.control not in match.by_content)
        yield from _of_units(line, answer)
        # Interest adds to what is paid, and is nothing of the charge.
        paid = answer.paid + sum((one.amount for one in answer.adjustments if one.carc == INTEREST), ZERO)
        if paid > line.charge:
            yield f"{shown(paid)} are paid for {line.procedure}, which was charged {shown(line.charge)}"
        pieces = match.split.get(line.control, ())
        if pieces and answer.units != line.units:
            yield f"{line.procedure} is answered in {len(pieces)} pieces, which were added up by their charges"
    yield from _of_joined(match)
    if payment.paid > payment.charge and not payment.lines:
        yield f"{shown(payment.paid)} are paid, and {shown(payment.charge)} were charged"
    doubt = share_doubt(payment)
    if doubt is not None:
        yield f"the patient's share is {shown(doubt.stated)} by CLP05, and {shown(doubt.adjusted)} by its adjustments"


def _of_procedure(line: ServiceLine, answer: LinePayment) -> Iterator[str]:
    named = plain(answer.billed_procedure)
    if named and named != line.procedure:
        yield f"{line.procedure} was billed, and the payer says that {named} was"
    if plain(answer.procedure) != line.procedure:
        yield f"{line.procedure} was billed, and {answer.procedure or 'nothing'} is answered"


def _of_modifiers(line: ServiceLine, answer: LinePayment, *, by_control: bool) -> Iterator[str]:
    """Payers leave modifiers out every day: that is told only where the line was not found by our control."""
    billed, answered = sorted(line.modifiers), sorted(answer.modifiers)
    if answered != billed and not (by_control and set(answered) <= set(billed)):
        yield f"{line.procedure} was billed with {_listed(line.modifiers)}, and is answered with {_listed(answer.modifiers)}"


def _listed(modifiers: tuple[str, ...]) -> str:
    return " ".join(modifiers) or "no modifier"


def _of_units(line: ServiceLine, answer: LinePayment) -> Iterator[str]:
    named, answered = answer.billed_units, answer.units
    if named is not None and named != line.units:
        yield f"{line.units} units of {line.procedure} were billed, and the payer says that {named} were"
    if answered is not None and answered < line.units:
        yield f"of {line.units} units of {line.procedure}, {answered} are answered"
    elif answered is not None and answered > line.units:
        yield f"{line.units} units of {line.procedure} were billed, and {answered} are answered"


def _of_joined(match: Match) -> Iterator[str]:
    for one in dict.fromkeys(match.joined.values()):
        lines = [line for line, _ in match.matched if match.joined.get(line.control) == one]
        units = sum(line.units for line in lines)
        yield (
            f"{len(lines)} lines of {lines[0].procedure} are answered as one over {shown(one.charge)}: "
            "its amounts are shared over them by their charges"
        )
        if one.units is not None and one.units != units:
            yield f"of their {units} units together, {one.units} are answered"
