"""How an 835 (005010X221A1) pays whom (SNIP 4): its header, BPR and TRN, and loop 1000B."""

import re
from typing import Final

from gateway.edi.follow.loop import Loop, Parts, at
from gateway.edi.rules.context.payment_unit import PaymentUnit
from gateway.edi.rules.context.unit import Unit
from gateway.edi.rules.rule import Fault, Spot, rule
from gateway.edi.wire.figures import as_cents
from gateway.edi.wire.finding import WireSeverity

_TRANSFERS: Final = frozenset({"ACH", "BOP", "FWT"})
"""BPR04 of payments to an account."""
_ACCOUNTS: Final = (6, 7, 8, 9, 10, 12, 13, 14, 15)
"""Of BPR: the accounts, and who pays."""
_PAYER: Final = re.compile(r"1[0-9]{9}").fullmatch


@rule(
    id="NO_PAYMENT_WITH_AMOUNT",
    on="HEADER BPR",
    element=2,
    cites="005010X221A1, BPR01 and BPR04: H and NON are for information only, and no money moves",
    fix="Ask the payer whether money was sent, and how.",
)
def no_payment_with_amount(bpr: Parts, _loop: Loop, _unit: PaymentUnit) -> bool:
    """Money is paid (BPR02) in a notification that moves none (BPR01 of H, BPR04 of NON)."""
    return (at(bpr, 1) == "H" or at(bpr, 4) == "NON") and (as_cents(at(bpr, 2)) or 0) != 0


@rule(
    id="NOTIFICATION_BY_PAYMENT",
    on="HEADER BPR",
    element=4,
    cites="005010X221A1, BPR04: NON where BPR01 is H, and only there",
    fix="Ask the payer whether money was sent, and how.",
)
def notification_by_payment(bpr: Parts, _loop: Loop, _unit: PaymentUnit) -> bool:
    """A notification (BPR01 of H) is not said to be without payment (BPR04 of NON)."""
    return at(bpr, 1) == "H" and at(bpr, 4) != "NON"


@rule(
    id="PAYMENT_OF_NOTHING",
    on="HEADER BPR",
    element=4,
    severity=WireSeverity.WARNING,
    cites="005010X221A1, BPR04: NON where no money moves",
    fix="Look for no money under this number.",
)
def payment_of_nothing(bpr: Parts, _loop: Loop, _unit: PaymentUnit) -> bool:
    """A payment of 0.00 names a way of payment (BPR04)."""
    return as_cents(at(bpr, 2)) == 0 and at(bpr, 4) not in {"NON", ""}


@rule(
    id="TRANSFER_WITHOUT_ACCOUNTS",
    on="HEADER BPR",
    fault=Fault.ELEMENT_MISSING,
    cites="005010X221A1, BPR06 to BPR15: required where BPR04 is ACH, BOP or FWT",
    fix="Ask the payer for the accounts: without them the payment cannot be matched with the bank's.",
)
def transfer_without_accounts(bpr: Parts, _loop: Loop, _unit: PaymentUnit) -> list[Spot]:
    """A transfer does not name its accounts."""
    if at(bpr, 4) not in _TRANSFERS:
        return []
    return [Spot(position) for position in _ACCOUNTS if not at(bpr, position)]


@rule(
    id="TRANSFER_WITHOUT_FORMAT",
    on="HEADER BPR",
    fault=Fault.ELEMENT_MISSING,
    element=5,
    cites="005010X221A1, BPR05: required where BPR04 is ACH",
    fix="Ask the payer for the format of the transfer (CCP or CTX).",
)
def transfer_without_format(bpr: Parts, _loop: Loop, _unit: PaymentUnit) -> bool:
    """A transfer by ACH does not name its format (BPR05)."""
    return at(bpr, 4) == "ACH" and not at(bpr, 5)


@rule(
    id="ACCOUNTS_NOT_USED",
    on="HEADER BPR",
    fault=Fault.ELEMENT_NOT_USED,
    severity=WireSeverity.WARNING,
    cites="005010X221A1, BPR06 to BPR15: only where BPR04 is ACH, BOP or FWT",
    fix="Pass over them.",
)
def accounts_not_used(bpr: Parts, _loop: Loop, _unit: PaymentUnit) -> list[Spot]:
    """Accounts are named of a payment that is no transfer."""
    if at(bpr, 4) not in {"CHK", "NON"}:
        return []
    return [Spot(position) for position in (6, 7, 8, 9, 12, 13, 14, 15) if at(bpr, position)]


@rule(
    id="TRACE_OF_ANOTHER_PAYER",
    on="HEADER TRN",
    element=3,
    severity=WireSeverity.WARNING,
    cites="005010X221A1, TRN03: BPR10, where that stands",
    fix="Match the payment with the bank's by TRN02, and ask the payer.",
)
def trace_of_another_payer(trn: Parts, loop: Loop, _unit: PaymentUnit) -> bool:
    """Who gave the trace number (TRN03) is not who pays (BPR10)."""
    return _differ(at(trn, 3), loop.element("BPR", 10))


@rule(
    id="TRACE_OF_ANOTHER_BRANCH",
    on="HEADER TRN",
    element=4,
    severity=WireSeverity.WARNING,
    cites="005010X221A1, TRN04: BPR11, where both stand",
    fix="Match the payment with the bank's by TRN02, and ask the payer.",
)
def trace_of_another_branch(trn: Parts, loop: Loop, _unit: PaymentUnit) -> bool:
    """The branch that gave the trace number (TRN04) is not the one that pays (BPR11)."""
    return _differ(at(trn, 4), loop.element("BPR", 11))


def _differ(one: str, other: str) -> bool:
    return bool(one) and bool(other) and one != other


@rule(
    id="PAYER_ID_SHAPE",
    on="HEADER TRN",
    fault=Fault.SHAPE,
    element=3,
    severity=WireSeverity.WARNING,
    cites="005010X221A1, TRN03: 1 and the payer's nine digits of tax id",
    fix="Match the payment with the bank's by TRN02, and ask the payer.",
)
def payer_id_shape(trn: Parts, _loop: Loop, _unit: PaymentUnit) -> bool:
    """Who gave the trace number (TRN03) is not named by 1 and a tax id."""
    return bool(at(trn, 3)) and not _PAYER(at(trn, 3))


@rule(
    id="PAYEE_WITHOUT_TAX_ID",
    on="1000B N1",
    fault=Fault.SEGMENT_MISSING,
    lacks="REF",
    severity=WireSeverity.WARNING,
    cites="005010X221A1, loop 1000B, REF*TJ: where the payee is named by an NPI",
    fix="Ask the payer for it if payments cannot be told apart.",
)
def payee_without_tax_id(n1: Parts, loop: Loop, _unit: PaymentUnit) -> bool:
    """A payee who is named by an NPI has no tax id (REF*TJ)."""
    return at(n1, 3) == "XX" and not loop.first("REF", "TJ")


@rule(
    id="PRODUCED_IN_FUTURE",
    on="HEADER DTM*405",
    fault=Fault.DATE,
    element=2,
    severity=WireSeverity.WARNING,
    cites="005010X221A1, DTM*405: when the payer's books were closed for this payment",
    fix="Ask the payer.",
)
def produced_in_future(dtm: Parts, _loop: Loop, unit: Unit) -> bool:
    """The payment says that it was made in the future."""
    return at(dtm, 2) > unit.today


RULES = (
    no_payment_with_amount,
    notification_by_payment,
    payment_of_nothing,
    transfer_without_accounts,
    transfer_without_format,
    accounts_not_used,
    trace_of_another_payer,
    trace_of_another_branch,
    payer_id_shape,
    payee_without_tax_id,
    produced_in_future,
)
