"""Numbers and codes that carry their own proof (SNIP 5): check digits and shapes, the same of every guide."""

import re
from typing import Final

from gateway.codes.npi import is_npi
from gateway.codes.postal import is_zip
from gateway.codes.routing_number import is_routing_number
from gateway.edi.follow.loop import Loop, Parts, at
from gateway.edi.rules.context.unit import Unit
from gateway.edi.rules.parties import AT_HOME
from gateway.edi.rules.rule import Fault, Spot, rule
from gateway.edi.wire.finding import WireSeverity

_NDC: Final = "N4"
"""LIN02."""
_NDC_LENGTH: Final = 11
_NPI: Final = "XX"
_ROUTING: Final = "01"
is_taxonomy: Final = re.compile(r"[0-9A-Z]{9}X").fullmatch
is_hcpcs: Final = re.compile(r"[A-Z][0-9]{4}|[0-9]{4}[0-9AFMTU]").fullmatch
is_modifier: Final = re.compile(r"[0-9A-Z]{2}").fullmatch
_PROCEDURES: Final = frozenset({"HC"})
LINE_NUMBER_MAX: Final = 30
_CLAIM_NUMBER_MAX: Final = 20
"""What every receiver keeps and gives back; the elements themselves take more."""


@rule(
    id="NPI_CHECK_DIGIT",
    snip=5,
    on="* NM1",
    element=9,
    cites="45 CFR 162.406: ten digits, the last a check digit",
    fix="Look the NPI up (NPPES): a digit is wrong.",
)
def npi_check_digit(nm1: Parts, _loop: Loop, _unit: Unit) -> bool:
    """This is no NPI: not ten digits, or the check digit is wrong."""
    return at(nm1, 8) == _NPI and bool(at(nm1, 9)) and not is_npi(at(nm1, 9))


@rule(
    id="PAYEE_NPI_CHECK_DIGIT",
    snip=5,
    on="1000B N1",
    element=4,
    cites="45 CFR 162.406: ten digits, the last a check digit",
    fix="Ask the payer: a digit is wrong.",
)
def payee_npi_check_digit(n1: Parts, _loop: Loop, _unit: Unit) -> bool:
    """The payee's number is no NPI: not ten digits, or the check digit is wrong."""
    return at(n1, 3) == _NPI and bool(at(n1, 4)) and not is_npi(at(n1, 4))


@rule(
    id="ZIP_SHAPE",
    snip=5,
    on="* N4",
    element=3,
    cites="every guide, N403: code source 51 (ZIP code)",
    fix="Enter five digits, or nine without a hyphen.",
)
def zip_shape(n4: Parts, _loop: Loop, _unit: Unit) -> bool:
    """This is no ZIP code."""
    return at(n4, 4) in AT_HOME and bool(at(n4, 3)) and not is_zip(at(n4, 3))


@rule(
    id="ROUTING_NUMBER_CHECK_DIGIT",
    snip=5,
    on="HEADER BPR",
    cites="005010X221A1, BPR07 and BPR13 with the qualifier 01: ABA routing numbers have a check digit",
    fix="Ask the payer: a digit of the bank's number is wrong.",
)
def routing_number_check_digit(bpr: Parts, _loop: Loop, _unit: Unit) -> list[Spot]:
    """This is no ABA routing number: the check digit is wrong."""
    return [
        Spot(position + 1)
        for position in (6, 12)
        if at(bpr, position) == _ROUTING and not is_routing_number(at(bpr, position + 1))
    ]


@rule(
    id="TAXONOMY_SHAPE",
    snip=5,
    on="* PRV",
    element=3,
    cites="every guide, PRV03 with the qualifier PXC: code source 682 (provider taxonomy)",
    fix="Enter the ten characters of the taxonomy code; the last is an X.",
)
def taxonomy_shape(prv: Parts, _loop: Loop, _unit: Unit) -> bool:
    """This is no taxonomy code: not ten characters, the last an X."""
    return at(prv, 2) == "PXC" and not is_taxonomy(at(prv, 3))


@rule(
    id="PROCEDURE_SHAPE",
    snip=5,
    on=("2400 SV1", "2110 SVC", "2430 SVD"),
    component=2,
    cites="code source 130 (HCPCS): five characters",
    fix="Enter the procedure's five characters.",
)
def procedure_shape(parts: Parts, _loop: Loop, unit: Unit) -> list[Spot]:
    """This is no procedure code of HCPCS or CPT."""
    position = _procedure_at(parts)
    found = unit.split(at(parts, position))
    code = at(found, 1)
    return [Spot(position, 2)] if at(found, 0) in _PROCEDURES and code and not is_hcpcs(code) else []


@rule(
    id="MODIFIER_SHAPE",
    snip=5,
    on=("2400 SV1", "2110 SVC", "2430 SVD"),
    cites="code source 130 (HCPCS): two capitals or digits",
    fix="Enter the modifier's two characters.",
)
def modifier_shape(parts: Parts, _loop: Loop, unit: Unit) -> list[Spot]:
    """This is no modifier."""
    position = _procedure_at(parts)
    modifiers = unit.split(at(parts, position))[2:6]
    return [Spot(position, place) for place, one in enumerate(modifiers, start=3) if one and not is_modifier(one)]


@rule(
    id="LINE_NUMBER_TOO_LONG",
    snip=5,
    on="2400 REF*6R",
    fault=Fault.LENGTH,
    element=2,
    cites="005010X222A1 and X223A2, loop 2400, REF*6R: 30 characters; what is longer may come back cut",
    fix="Shorten the line's number: answers are matched to lines by it.",
)
def line_number_too_long(ref: Parts, _loop: Loop, _unit: Unit) -> bool:
    """A line's number is longer than thirty characters (REF*6R)."""
    return len(at(ref, 2)) > LINE_NUMBER_MAX


@rule(
    id="CLAIM_NUMBER_TOO_LONG",
    snip=5,
    on="2300 CLM",
    fault=Fault.LENGTH,
    element=1,
    severity=WireSeverity.WARNING,
    cites="005010X222A1 and X223A2, loop 2300, CLM01: 20 characters; what is longer may come back cut",
    fix="Shorten the claim's number: answers are matched to claims by it.",
)
def claim_number_too_long(clm: Parts, _loop: Loop, _unit: Unit) -> bool:
    """A claim's number is longer than twenty characters (CLM01)."""
    return len(at(clm, 1)) > _CLAIM_NUMBER_MAX


@rule(
    id="NDC_SHAPE",
    snip=5,
    on="2410 LIN",
    element=3,
    cites="005010X222A1, loop 2410, LIN03; code source 240 (NDC): eleven digits, 5-4-2 without hyphens",
    fix="Enter the drug's eleven digits; fill a shorter part up with a zero in front.",
)
def ndc_shape(lin: Parts, _loop: Loop, _unit: Unit) -> bool:
    """This is no national drug code of eleven digits."""
    code = at(lin, 3)
    return at(lin, 2) == _NDC and bool(code) and not (code.isdecimal() and len(code) == _NDC_LENGTH)


def _procedure_at(parts: Parts) -> int:
    return 3 if parts[0] == "SVD" else 1


RULES = (
    npi_check_digit,
    payee_npi_check_digit,
    zip_shape,
    routing_number_check_digit,
    taxonomy_shape,
    procedure_shape,
    modifier_shape,
    line_number_too_long,
    claim_number_too_long,
    ndc_shape,
)
