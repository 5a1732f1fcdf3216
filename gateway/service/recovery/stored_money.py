"""Money, compared with what it was made from: a claim's charge with its body and lines, payments with the stored 835.

The laws compare what the ledger holds with itself, and would not see an amount that was altered everywhere alike. The
bytes of what a payer sent are kept, so they are read again. One page of claims, or one file, is held at a time.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from gateway.ledger import Transaction, claims
from gateway.ledger import remittances as money
from gateway.ledger.claims import StoredClaim, StoredLine
from gateway.ledger.remittances import Parked, RemittanceState, StoredPayment, StoredRemittance
from gateway.money import cents, from_cents, shown
from gateway.remittance import Remittance
from gateway.service.money.read_again import is_same, said_by
from gateway.service.office import Office

_PAGE = 500
_PROVIDER = "provider adjustment"
_OTHERWISE = "under another number"


@dataclass(slots=True)
class Compared:
    """How much was compared, and what could not be: of those files the bytes cannot be read now."""

    claims: int = 0
    remittances: int = 0
    unread: int = 0


def altered_claims(office: Office, tx: Transaction, done: Compared, tell: Callable[[int], None]) -> Iterator[str]:
    """Name each claim version whose charge, stored body and lines do not say the same amounts."""
    practice, after = office.practice.key, 0
    while page := claims.versions(tx, practice, after=after, limit=_PAGE):
        for one in page:
            yield from _claim_faults(tx, practice, one)
            done.claims += 1
            tell(done.claims)
        after = page[-1].id


def _claim_faults(tx: Transaction, practice: str, one: StoredClaim) -> Iterator[str]:
    try:
        body = claims.body_of(tx, practice, one.id)
    except ValueError:
        # What it says is not quoted: it holds the patient's data.
        yield f"claim {one.pcn}: its stored body cannot be read"
        return
    lines = claims.lines_of(tx, practice, one.id)
    in_all = sum(line.charge_cents for line in lines)
    if not one.charge_cents == cents(body.charge) == in_all:
        yield (
            f"claim {one.pcn}: its charge is {_dollars(one.charge_cents)}, its body says {shown(body.charge)}, "
            f"its lines {_dollars(in_all)}"
        )
    elif [_amount(line) for line in lines] != [(one.control, one.procedure, cents(one.charge)) for one in body.lines]:
        yield f"claim {one.pcn}: its lines are not those of its body, though both come to {shown(body.charge)}"


def _amount(line: StoredLine) -> tuple[str, str, int]:
    return line.control, line.procedure, line.charge_cents


def altered_payments(office: Office, tx: Transaction, done: Compared, tell: Callable[[int], None]) -> Iterator[str]:
    """Name each posted remittance that is not what its 835 says: by claim and amounts, as it was sent and as it stands."""
    for inbound_id, several in groupby(_posted(office, tx), key=lambda one: one.inbound_id):
        said = said_by(office, tx, inbound_id)
        for one in several:
            done.remittances += 1
            tell(done.remittances)
            if said is None:
                done.unread += 1
                continue
            came = next((remittance for remittance in said if is_same(one, remittance)), None)
            where = f"remittance {one.id} (inbound file {inbound_id})"
            if came is None:
                yield f"{where}: its file holds no such payment of {_dollars(one.payment_cents)}"
            else:
                yield from (f"{where}: {fault}" for fault in _payment_faults(office, tx, one, came))


def _posted(office: Office, tx: Transaction) -> Iterator[StoredRemittance]:
    """Give every posted remittance, those of a file together as far as they were posted together."""
    after = 0
    states = (RemittanceState.POSTED,)
    while page := money.listed(tx, office.practice.key, states=states, after=after, limit=_PAGE):
        yield from page
        after = page[-1].id


def _payment_faults(office: Office, tx: Transaction, stored: StoredRemittance, came: Remittance) -> Iterator[str]:
    """Say where what was posted of a remittance and parked of it, claim by claim, is not what the 835 says."""
    posted = money.payments_of(tx, office.practice.key, remittance_id=stored.id)
    parked = money.parked_of(tx, office.practice.key, stored.id)
    yield from _paid_otherwise(posted, parked, came)
    yield from _charged_otherwise(posted, came)
    theirs = sum((one.amount for one in came.provider_adjustments), Decimal(0))
    ours = sum(one.cents for one in parked if one.reason == _PROVIDER)
    if ours != -cents(theirs):
        yield f"provider adjustments: the 835 says {shown(-theirs)}, {_dollars(ours)} stands in the ledger"


def _paid_otherwise(posted: Sequence[StoredPayment], parked: Sequence[Parked], came: Remittance) -> Iterator[str]:
    # An answer that names its claim otherwise than by our number was matched by something else, or placed by a person.
    ours_by_number = {payment.pcn for payment in posted} | {one.reference for one in parked}
    theirs_by_number = {each.patient_control_number for each in came.claims}
    paid: Counter[str] = Counter()
    for payment in posted:
        paid[payment.pcn if payment.pcn in theirs_by_number else _OTHERWISE] += payment.paid_cents
    for one in parked:
        if one.reason != _PROVIDER:
            paid[one.reference if one.reference in theirs_by_number else _OTHERWISE] += one.cents
    said: Counter[str] = Counter()
    for each in came.claims:
        number = each.patient_control_number
        said[number if number in ours_by_number else _OTHERWISE] += cents(each.paid)
    for pcn in sorted({*paid, *said}):
        if paid[pcn] != said[pcn]:
            yield f"claim {pcn}: the 835 says {_dollars(said[pcn])} paid, {_dollars(paid[pcn])} stands in the ledger"


def _charged_otherwise(posted: Sequence[StoredPayment], came: Remittance) -> Iterator[str]:
    charged: defaultdict[str, set[int]] = defaultdict(lambda: {0})
    for each in came.claims:
        charged[each.patient_control_number].add(cents(each.charge))
    for payment in posted:
        # What was taken out of a posting again has the same charge with the other sign.
        if payment.pcn in charged and not {payment.charge_cents, -payment.charge_cents} & charged[payment.pcn]:
            yield f"claim {payment.pcn}: a charge of {_dollars(payment.charge_cents)} stands in the ledger, which the 835 does not say"


def _dollars(amount: int) -> str:
    return shown(from_cents(amount))
