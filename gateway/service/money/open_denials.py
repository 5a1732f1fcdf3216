"""The denials that an answer opens, with what the table advises."""

from collections.abc import Iterator, Sequence

from gateway.denials.due import due_on
from gateway.denials.kind import is_denial
from gateway.denials.table import advise
from gateway.ledger.claims import StoredLine
from gateway.ledger.denials import NewDenial
from gateway.ledger.remittances import LinePosting
from gateway.money import from_cents
from gateway.payer import Payer
from gateway.remit.posting import Bucket
from gateway.remittance import Adjustment, GroupCode, Remittance, Said
from gateway.service.money.claims_answered import Ours
from gateway.service.money.reckoned import Opened


def denials_of(
    number: int, amounts: Sequence[LinePosting], ours: Ours, payer: Payer, remittance: Remittance
) -> Iterator[Opened]:
    """Give the denials in what stands of an answer on some lines. `number` tells its payment, as in `Opened`."""
    lines = {line.id: line for line in ours.lines}
    for one in amounts:
        is_open = one.bucket == Bucket.DENIED or (not ours.asks_patient and _has_a_denial(one, amounts))
        if one.cents > 0 and is_open:
            new = _new(lines[one.line_id], one, ours, payer, remittance)
            yield Opened(number, new, ours.claim.payer)


def _new(line: StoredLine, amount: LinePosting, ours: Ours, payer: Payer, remittance: Remittance) -> NewDenial:
    advice = advise(
        carc=amount.carc,
        rarcs=amount.rarcs,
        group=GroupCode(amount.group_code),
        procedure=line.procedure,
        payer=payer,
        has_another_payer=bool(ours.billed.other_payers),
    )
    return NewDenial(
        payment_id=0,
        line_id=line.id,
        claim_version_id=ours.claim.id,
        group_code=amount.group_code,
        carc=amount.carc,
        rarcs=" ".join(amount.rarcs),
        procedure=line.procedure,
        cents=amount.cents,
        category=advice.category,
        owner=advice.owner,
        note_section=advice.note_section,
        cause=advice.cause,
        missing=advice.missing,
        fix=advice.fix + (f" ({advice.route_because})" if advice.route_because else ""),
        route=advice.route,
        decided_by=advice.decided_by,
        due_on=due_on(advice, payer=payer, day_of_service=ours.claim.day, decided_on=remittance.paid_on),
    )


def _adjustment(posting: LinePosting) -> Adjustment:
    return Adjustment(group=GroupCode(posting.group_code), carc=posting.carc, amount=from_cents(posting.cents))


def _has_a_denial(one: LinePosting, amounts: Sequence[LinePosting]) -> bool:
    """Tell whether there is a denial to look into, though the money of it is the patient's."""
    if not one.group_code:
        return False
    line = [each for each in amounts if each.line_id == one.line_id and each.cents > 0]
    said = Said(
        paid=from_cents(sum(each.cents for each in line if each.bucket == Bucket.PAID)),
        charge=from_cents(sum(each.cents for each in line)),
        adjustments=tuple(_adjustment(each) for each in line if each.group_code),
        remarks=one.rarcs,
        earlier_payer=True,
    )
    return is_denial(_adjustment(one), said)
