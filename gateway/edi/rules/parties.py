"""Names, addresses and contacts, wherever they stand (SNIP 4): the same of an 837P, an 837I and an 835."""

import re
from typing import Final

from gateway.edi.follow.loop import Loop, Parts, at
from gateway.edi.rules.context.unit import Unit
from gateway.edi.rules.rule import Fault, Spot, rule
from gateway.edi.wire.finding import WireSeverity

_ORGANISATION: Final = "2"
AT_HOME: Final = frozenset({"", "US"})
"""N404 of addresses in the United States, where it is left out."""
HAVE_STATES: Final = AT_HOME | {"CA"}
"""N404 of addresses that have a listed state or province, and a postal code."""
_TEN_DIGITS: Final = re.compile(r"[0-9]{10}").fullmatch
_PHONES: Final = frozenset({"TE", "FX"})


@rule(
    id="ORGANISATION_WITH_FIRST_NAME",
    on="* NM1",
    fault=Fault.ELEMENT_NOT_USED,
    severity=WireSeverity.WARNING,
    cites="005010X222A1 and X221A1, every NM104 and NM105: of a person only (NM102 = 1)",
    fix="Leave first and middle name out, or make NM102 a person's (1).",
)
def organisation_with_first_name(nm1: Parts, _loop: Loop, _unit: Unit) -> list[Spot] | bool:
    """An organisation has no first or middle name."""
    if at(nm1, 2) != _ORGANISATION:
        return False
    return [Spot(position) for position in (4, 5, 7) if at(nm1, position)]


@rule(
    id="PERSON_WITHOUT_FIRST_NAME",
    on=("2010BA NM1", "2010CA NM1", "2310B NM1", "2100 NM1*QC"),
    fault=Fault.ELEMENT_MISSING,
    element=4,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, NM104: required of a person who has one",
    fix="Enter the first name, unless the person has none.",
)
def person_without_first_name(nm1: Parts, _loop: Loop, _unit: Unit) -> bool:
    """A person has no first name."""
    return at(nm1, 2) == "1" and bool(at(nm1, 3)) and not at(nm1, 4)


@rule(
    id="STATE_MISSING",
    on="* N4",
    fault=Fault.ELEMENT_MISSING,
    element=2,
    cites="005010X222A1 and X221A1, every N402: required in the United States and Canada",
    fix="Enter the state or province, or the country (N404) if the address is abroad.",
)
def state_missing(n4: Parts, _loop: Loop, _unit: Unit) -> bool:
    """An address in the United States or Canada has no state or province."""
    return not at(n4, 2) and at(n4, 4) in HAVE_STATES


@rule(
    id="POSTAL_CODE_MISSING",
    on="* N4",
    fault=Fault.ELEMENT_MISSING,
    element=3,
    cites="005010X222A1 and X221A1, every N403: required in the United States and Canada",
    fix="Enter the ZIP or postal code, or the country (N404) if the address is abroad.",
)
def postal_code_missing(n4: Parts, _loop: Loop, _unit: Unit) -> bool:
    """An address in the United States or Canada has no ZIP or postal code."""
    return not at(n4, 3) and at(n4, 4) in HAVE_STATES


@rule(
    id="POSTAL_CODE_ABROAD",
    on="* N4",
    fault=Fault.ELEMENT_NOT_USED,
    element=3,
    severity=WireSeverity.WARNING,
    cites="005010X222A1 and X221A1, every N403 beside N404: many receivers know postal codes of the United States and Canada "
    "alone, and refuse others",
    fix="Make sure of the country (N404); if it is right, leave the postal code out unless the receiver takes it.",
)
def postal_code_abroad(n4: Parts, _loop: Loop, _unit: Unit) -> bool:
    """A postal code stands in an address outside of the United States and Canada."""
    return bool(at(n4, 3)) and at(n4, 4) not in HAVE_STATES


@rule(
    id="COUNTRY_AT_HOME",
    on="* N4",
    fault=Fault.ELEMENT_NOT_USED,
    element=4,
    severity=WireSeverity.WARNING,
    cites="005010X222A1 and X221A1, every N404: required outside of the United States only",
    fix="Leave the country out.",
)
def country_at_home(n4: Parts, _loop: Loop, _unit: Unit) -> bool:
    """An address in the United States needs no country."""
    return at(n4, 4) == "US"


@rule(
    id="PHONE_IS_NOT_TEN_DIGITS",
    on="* PER",
    severity=WireSeverity.WARNING,
    fault=Fault.SHAPE,
    cites="005010X222A1 and X221A1, every PER04: area code and number, without marks between",
    fix="Write the ten digits alone; an extension stands by itself, under EX.",
)
def phone_is_not_ten_digits(per: Parts, _loop: Loop, _unit: Unit) -> list[Spot]:
    """A telephone or fax number is not ten digits."""
    return [
        Spot(position + 1)
        for position in (3, 5, 7)
        if at(per, position) in _PHONES and at(per, position + 1) and not _TEN_DIGITS(per[position + 1])
    ]


@rule(
    id="EXTENSION_WITHOUT_PHONE",
    on="* PER",
    element=5,
    severity=WireSeverity.WARNING,
    cites="005010X222A1 and X221A1, every PER05 and PER07: an extension belongs to the telephone number before it",
    fix="Put the telephone number (TE) right before its extension (EX).",
)
def extension_without_phone(per: Parts, _loop: Loop, _unit: Unit) -> list[Spot]:
    """An extension stands behind no telephone number."""
    return [Spot(position) for position in (5, 7) if at(per, position) == "EX" and at(per, position - 2) != "TE"]


RULES = (
    organisation_with_first_name,
    person_without_first_name,
    state_missing,
    postal_code_missing,
    postal_code_abroad,
    country_at_home,
    phone_is_not_ten_digits,
    extension_without_phone,
)
