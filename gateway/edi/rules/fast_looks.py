"""Quick looks at segments that nearly always are as they should be; `fast_accept.py` says which rules each stands for.

Each is given a segment and the unit of its guide, and tells whether the segment is plain.
"""

# ruff: noqa: PLR2004 the length of a segment is the place of its last element
# ruff: noqa: D103 the name says what is plain

from functools import lru_cache
from typing import Final

from gateway.codes.npi import is_npi
from gateway.codes.postal import is_zip
from gateway.edi.follow.loop import Parts, at
from gateway.edi.rules import shapes
from gateway.edi.rules.claim import diagnoses, lines
from gateway.edi.rules.context.claim_unit import MEDICARE, ClaimUnit
from gateway.edi.rules.context.lists import Lists
from gateway.edi.rules.context.payment_unit import PaymentUnit
from gateway.edi.rules.context.unit import Unit
from gateway.edi.wire.figures import as_cents


def address(n4: Parts, unit: Unit) -> bool:
    return len(n4) == 4 and n4[2] in unit.lists.states and is_zip(n4[3])


def name(nm1: Parts, _unit: Unit) -> bool:
    """A person with a first name, or an organisation without one; an NPI that can be one."""
    length = len(nm1)
    if length < 5 or nm1[2] != "1":
        if length < 4 or nm1[2] == "1" or any(nm1[4:8]):
            return False
    elif not nm1[4]:
        return False
    return length < 9 or nm1[8] != "XX" or (length > 9 and is_npi(nm1[9]))


def specialty(prv: Parts, unit: Unit) -> bool:
    return len(prv) > 3 and not unit.lists.has_taxonomies and shapes.is_taxonomy(prv[3]) is not None


def subscriber(_nm1: Parts, unit: ClaimUnit) -> bool:
    loop = unit.piece.one("2010BA")
    here = [parts[0] for _, parts, _ in loop.segments] if loop is not None else []
    return "N3" in here and "N4" in here and "DMG" in here


def born(dmg: Parts, unit: Unit) -> bool:
    """Not in the future, and in the memory of the living, by the day of the functional group, which is a level's own."""
    return len(dmg) > 2 and _LIVING < dmg[2] <= unit.today and at(unit.origin.gs, 4) < _STILL_LIVING


_LIVING: Final = "1930"
_STILL_LIVING: Final = "2050"
"""Years less apart than anybody has lived."""


def level(hl: Parts, unit: ClaimUnit) -> bool:
    """Once it was read: it has a claim and no level below, as HL04 says."""
    seen, piece = unit.seen, unit.piece
    return hl[4:] == ["0"] and seen.has_claim(piece) and not seen.is_parent(piece)


def own_coverage(sbr: Parts, _unit: Unit) -> bool:
    """Of the patient, or whatever he is to the subscriber."""
    return len(sbr) > 2 and bool(sbr[2])


def coverage(sbr: Parts, _unit: Unit) -> bool:
    return len(sbr) > 9 and not sbr[4] and not sbr[5] and bool(sbr[9]) and sbr[9] not in MEDICARE


def claim(clm: Parts, claim: ClaimUnit) -> bool:
    """An original to a primary payer, of an office and due to no accident."""
    return (
        len(clm) > 5
        and (len(clm) < 12 or not clm[11])
        and clm[5] in _offices(claim.lists, claim.component)
        and clm[2][:1] != "-"
        and claim.sequence == "P"
        and claim.sbr[9:10] not in _PROPERTY
        and _is_even_claim(claim)
    )


_PROPERTY: Final = (["WC"], ["AM"])


@lru_cache(maxsize=8)
def _offices(lists: Lists, component: str) -> frozenset[str]:
    """Give CLM05 of originals at places that ask for nothing."""
    return frozenset(f"{place}{component}B{component}1" for place in lists.places - {"21", "41", "42"})


def diagnosed(hi: Parts, claim: ClaimUnit) -> bool:
    """ICD-10-CM throughout, each code known and there once, the first no external cause."""
    codes = {one.code for one in claim.diagnoses if one.qualifier[0] == "A"}
    return (
        0 < len(codes) == len(claim.diagnoses) == len(hi) - 1
        and hi[1][:3] == "ABK"
        and hi[1][4:5] not in "VWXY"
        and codes <= claim.lists.diagnoses
        and claim.first_day >= diagnoses.ICD10_SINCE
    )


def line(sv1: Parts, claim: ClaimUnit) -> bool:
    """Whole units, up to 99, of a listed procedure, at the claim's place, pointing to diagnoses that there are."""
    return (
        len(sv1) == 8
        and sv1[3] == "UN"
        and not sv1[5]
        and sv1[4] in _UNITS
        and sv1[2][:1] != "-"
        and _is_plain_procedure(sv1[1], claim.component)
        and _are_plain_pointers(sv1[7], len(claim.diagnoses), claim.component)
    )


_UNITS: Final = frozenset(map(str, range(1, 100)))


@lru_cache(maxsize=8192)
def _is_plain_procedure(text: str, component: str) -> bool:
    """Tell whether this is HC, a code that says what it is, and up to four different modifiers without a gap."""
    qualifier, _, rest = text.partition(component)
    code, *modifiers = rest.split(component)
    return (
        qualifier == "HC"
        and shapes.is_hcpcs(code) is not None
        and code not in lines.UNLISTED
        and len(modifiers) <= 4
        and len(set(modifiers)) == len(modifiers)
        and all(map(shapes.is_modifier, modifiers))
    )


@lru_cache(maxsize=8192)
def _are_plain_pointers(text: str, known: int, component: str) -> bool:
    pointers = text.split(component)
    return len(set(pointers)) == len(pointers) and {*map(str, range(1, known + 1))}.issuperset(pointers)


def _is_even_claim(claim: ClaimUnit) -> bool:
    """Its lines add up to it, each has a number of its own and a single day on which the patient can have been treated."""
    if claim.is_plain is None:
        numbers, days, lines_count = claim.numbers, claim.days, len(claim.lines)
        first, last = claim.open_days
        claim.is_plain = (
            lines_count > 0
            and len(days) == lines_count
            and first <= min(days)
            and max(days) <= last
            and len(set(numbers)) == len(numbers)
            and claim.charge is not None
            and claim.charges is not None
            and sum(claim.charges) == claim.charge
        )
    return claim.is_plain


def of_even_claim(ref: Parts, claim: ClaimUnit) -> bool:
    return len(ref) > 2 and len(ref[2]) <= shapes.LINE_NUMBER_MAX and _is_even_claim(claim)


def served(dtp: Parts, claim: ClaimUnit) -> bool:
    return len(dtp) == 4 and len(dtp[3]) == 8 and "-" not in dtp[3] and _is_even_claim(claim)


def _is_even_payment(unit: PaymentUnit) -> bool:
    """It has lines, it and they add up, each is dated and has a number of its own."""
    if unit.is_plain is None:
        unit.is_plain = _adds_up(unit) and _share(unit) == unit.patient and len(set(unit.numbers)) == len(unit.numbers)
    return unit.is_plain


def _adds_up(unit: PaymentUnit) -> bool:
    charges = 0
    for line, (charge, paid, taken) in unit.lines.items():
        if charge is None or paid is None or taken is None or charge - taken != paid or line not in unit.dated:
            return False
        charges += charge
    known = unit.lines and unit.charge is not None and unit.paid is not None and unit.taken is not None
    return bool(known) and charges == unit.charge and charges - (unit.taken or 0) == unit.paid


def _share(unit: PaymentUnit) -> int | None:
    return as_cents(unit.clp[5]) if len(unit.clp) > 5 and unit.clp[5] else 0


def of_even_payment(_parts: Parts, unit: PaymentUnit) -> bool:
    return _is_even_payment(unit)


def adjusted(cas: Parts, unit: Unit) -> bool:
    return len(cas) == 4 and cas[3] not in _ZEROS and cas[2] in unit.lists.reasons


_ZEROS: Final = frozenset({"0", "0.00"})


def dated(dtm: Parts, unit: Unit) -> bool:
    return len(dtm) > 2 and dtm[1] in _ALONE and dtm[2] <= unit.today


_ALONE: Final = frozenset({"472", "232", "050"})
"""DTM01 that asks for no other date."""


def paid(clp: Parts, unit: PaymentUnit) -> bool:
    """Of a primary payer, and no reversal."""
    return len(clp) > 3 and clp[2] == "1" and clp[3][:1] >= "0" and _is_even_payment(unit)


def paid_line(svc: Parts, unit: PaymentUnit) -> bool:
    return (
        len(svc) > 1
        and (len(svc) < 7 or not svc[6])
        and _is_even_payment(unit)
        and _is_plain_procedure(svc[1], unit.component)
    )
