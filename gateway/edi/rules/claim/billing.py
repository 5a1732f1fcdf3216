"""Who bills (SNIP 4): levels 2000A and loops 2010AA to 2010AC of an 837P (005010X222A1), and where services were given."""

import re
from typing import Final

from gateway.codes.postal import is_zip, is_zip_plus_4
from gateway.edi.follow.loop import Loop, Parts, at
from gateway.edi.rules.context.claim_unit import ClaimUnit
from gateway.edi.rules.parties import AT_HOME
from gateway.edi.rules.rule import Fault, Spot, rule
from gateway.edi.wire.finding import WireSeverity

_BOX: Final = re.compile(r"\b(?:P\.?\s*O\.?\s*BOX|POST\s+OFFICE\s+BOX|LOCK\s*BOX)\b", re.IGNORECASE).search
_NINE_DIGITS: Final = re.compile(r"[0-9]{9}").fullmatch
_STREET = "005010X222A1, loop 2010AA, N301: a street address; a box stands in the pay-to address (2010AB)"


@rule(
    id="BILLING_ADDRESS_IS_A_BOX",
    on="2010AA N3",
    cites=_STREET,
    fix="Enter the street; put the box into the pay-to address.",
)
def billing_address_is_a_box(n3: Parts, _loop: Loop, _unit: ClaimUnit) -> list[Spot]:
    """The billing provider's address is a post office box."""
    return [Spot(position) for position in (1, 2) if _BOX(at(n3, position))]


@rule(
    id="ZIP_WITHOUT_FOUR",
    on=("2010AA N4", "2310C N4", "2420C N4"),
    element=3,
    fault=Fault.SHAPE,
    cites="005010X222A1, N403 of 2010AA, 2310C and 2420C: the whole nine digits of the ZIP code",
    fix="Enter ZIP+4, nine digits without a hyphen.",
)
def zip_without_four(n4: Parts, _loop: Loop, _unit: ClaimUnit) -> bool:
    """The ZIP code of a billing provider or service location has not all nine digits."""
    return at(n4, 4) in AT_HOME and is_zip(at(n4, 3)) and not is_zip_plus_4(at(n4, 3))


@rule(
    id="TAX_ID_SHAPE",
    on=("2010AA REF*EI", "2010AA REF*SY", "2010AC REF*EI"),
    element=2,
    fault=Fault.SHAPE,
    cites="005010X222A1, loop 2010AA, REF*EI and REF*SY: nine digits without marks between",
    fix="Write the nine digits alone.",
)
def tax_id_shape(ref: Parts, _loop: Loop, _unit: ClaimUnit) -> bool:
    """A tax id or social security number is not nine digits."""
    return not _NINE_DIGITS(at(ref, 2))


@rule(
    id="BILLING_PROVIDER_WITHOUT_NPI",
    on="2010AA NM1",
    fault=Fault.ELEMENT_MISSING,
    element=9,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2010AA, NM109: required of every provider who can have an NPI",
    fix="Enter the NPI; only who cannot have one is named by the payer's own number (2010BB REF*G2).",
)
def billing_provider_without_npi(nm1: Parts, _loop: Loop, _unit: ClaimUnit) -> bool:
    """The billing provider has no NPI."""
    return not at(nm1, 9)


@rule(
    id="PAY_TO_SAME_ADDRESS",
    on="2010AB N3",
    fault=Fault.SEGMENT_NOT_USED,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2010AB: required where it is another address than the billing provider's",
    fix="Leave the pay-to address out.",
)
def pay_to_same_address(n3: Parts, loop: Loop, unit: ClaimUnit) -> bool:
    """The pay-to address is the billing provider's own."""
    return n3 == unit.billing.first("N3") and loop.first("N4") == unit.billing.first("N4")


@rule(
    id="CURRENCY_AT_HOME",
    on="2000A CUR",
    fault=Fault.SEGMENT_NOT_USED,
    element=2,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2000A, CUR: required where amounts are not in US dollars",
    fix="Leave CUR out.",
)
def currency_at_home(cur: Parts, _loop: Loop, _unit: ClaimUnit) -> bool:
    """US dollars need no currency."""
    return at(cur, 2) == "USD"


RULES = (
    billing_address_is_a_box,
    zip_without_four,
    tax_id_shape,
    billing_provider_without_npi,
    pay_to_same_address,
    currency_at_home,
)
