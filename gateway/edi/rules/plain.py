"""What is as it nearly always is needs no questions: one look at a segment stands for all the rules that it covers.

This is for speed alone. A look may be stricter than the rules, never laxer: what it calls plain, none of them finds
anything in (`tests/edi/test_plain.py` asks both).
"""

# ruff: noqa: PLR2004 the length of a segment is the place of its last element

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeAlias

from gateway.codes.npi import is_npi
from gateway.codes.postal import is_zip
from gateway.edi.figures import as_cents
from gateway.edi.loop import Parts
from gateway.edi.rules import (
    claim,
    claim_balance,
    code_sets,
    coverage,
    days,
    diagnoses,
    lines,
    other_payers,
    party,
    payment,
    payment_balance,
    shapes,
)
from gateway.edi.rules.claim_unit import MEDICARE, ClaimUnit
from gateway.edi.rules.payment_unit import PaymentUnit
from gateway.edi.rules.rule import Rule
from gateway.edi.rules.unit import Lists, Unit

Look: TypeAlias = Callable[[Parts, Any], bool]
"""Told a segment and the unit of the guide; True if the segment is plain."""


class Plain(NamedTuple):
    """A look, and the rules that need not be asked about what it calls plain. `guide` is empty if it knows any unit."""

    guide: str
    on: tuple[str, ...]
    look: Look
    covers: tuple[Rule[Any], ...]


def _address(n4: Parts, unit: Unit) -> bool:
    return len(n4) == 4 and n4[2] in unit.lists.states and is_zip(n4[3])


def _name(nm1: Parts, _unit: Unit) -> bool:
    """A person with a first name, or an organisation without one; an NPI that can be one."""
    if len(nm1) < 4 or bool(nm1[2] == "1") is not bool(len(nm1) > 4 and nm1[4]):
        return False
    if nm1[2] == "2" and any(nm1[4:8]):
        return False
    return len(nm1) < 9 or nm1[8] != "XX" or (len(nm1) > 9 and is_npi(nm1[9]))


def _specialty(prv: Parts, unit: Unit) -> bool:
    return len(prv) > 3 and not unit.lists.has_taxonomies and shapes.is_taxonomy(prv[3]) is not None


def _subscriber(_nm1: Parts, unit: ClaimUnit) -> bool:
    loop = unit.piece.one("2010BA")
    here = [parts[0] for _, parts, _ in loop.segments] if loop is not None else []
    return "N3" in here and "N4" in here and "DMG" in here


def _coverage(sbr: Parts, _unit: Unit) -> bool:
    return len(sbr) > 9 and not sbr[4] and not sbr[5] and bool(sbr[9]) and sbr[9] not in MEDICARE


def _claim(clm: Parts, claim: ClaimUnit) -> bool:
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


def _diagnosed(hi: Parts, claim: ClaimUnit) -> bool:
    """ICD-10-CM throughout, each code known and there once, the first no external cause."""
    codes = {one.code for one in claim.diagnoses if one.qualifier[0] == "A"}
    return (
        0 < len(codes) == len(claim.diagnoses) == len(hi) - 1
        and hi[1][:3] == "ABK"
        and hi[1][4:5] not in "VWXY"
        and codes <= claim.lists.diagnoses
        and claim.first_day >= diagnoses.ICD10_SINCE
    )


def _line(sv1: Parts, claim: ClaimUnit) -> bool:
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


def _of_even_claim(_parts: Parts, claim: ClaimUnit) -> bool:
    return _is_even_claim(claim)


def _served(dtp: Parts, claim: ClaimUnit) -> bool:
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


def _of_even_payment(_parts: Parts, unit: PaymentUnit) -> bool:
    return _is_even_payment(unit)


def _adjusted(cas: Parts, unit: Unit) -> bool:
    return len(cas) == 4 and cas[3] not in _ZEROS and cas[2] in unit.lists.reasons


_ZEROS: Final = frozenset({"0", "0.00"})


def _dated(dtm: Parts, unit: Unit) -> bool:
    return len(dtm) > 2 and dtm[1] in _ALONE and dtm[2] <= unit.today


_ALONE: Final = frozenset({"472", "232", "050"})
"""DTM01 that asks for no other date."""


def _paid(clp: Parts, unit: PaymentUnit) -> bool:
    """Of a primary payer, and no reversal."""
    return len(clp) > 3 and clp[2] == "1" and clp[3][:1] >= "0" and _is_even_payment(unit)


def _paid_line(svc: Parts, unit: PaymentUnit) -> bool:
    return (
        len(svc) > 1
        and (len(svc) < 7 or not svc[6])
        and _is_even_payment(unit)
        and _is_plain_procedure(svc[1], unit.component)
    )


_CLAIMS: Final = "005010X222A1"
_PAYMENTS: Final = "005010X221A1"

PLAIN: Final = (
    Plain(
        "",
        ("* N4",),
        _address,
        (
            party.state_missing,
            party.postal_code_missing,
            party.country_at_home,
            shapes.zip_shape,
            *(one for one in code_sets.RULES if one.on == ("* N4",)),
        ),
    ),
    Plain(
        "",
        ("* NM1",),
        _name,
        (party.organisation_with_first_name, party.person_without_first_name, shapes.npi_check_digit),
    ),
    Plain(
        "",
        ("* PRV",),
        _specialty,
        (shapes.taxonomy_shape, *(one for one in code_sets.RULES if one.on == ("* PRV",))),
    ),
    Plain(
        _CLAIMS,
        ("2010BA NM1",),
        _subscriber,
        (
            coverage.subscriber_without_street,
            coverage.subscriber_without_city,
            coverage.subscriber_without_birth_date,
        ),
    ),
    Plain(
        _CLAIMS,
        ("2000B SBR", "2320 SBR"),
        _coverage,
        (
            coverage.group_number_and_name,
            coverage.filing_code_missing,
            coverage.medicare_second_without_reason,
            coverage.medicare_reason_not_used,
        ),
    ),
    Plain(
        _CLAIMS,
        ("2300 CLM",),
        _claim,
        (
            claim.replacement_without_original,
            claim.accident_without_date,
            claim.work_accident_without_date,
            claim.auto_accident_without_state,
            claim.cause_repeated,
            claim.admission_date_missing,
            claim.ambulance_without_transport,
            claim_balance.charge_below_zero,
            claim_balance.charge_is_not_its_lines,
            coverage.property_claim_number_missing,
            other_payers.earlier_payer_missing,
            *(one for one in code_sets.RULES if one.on == ("2300 CLM",)),
        ),
    ),
    Plain(
        _CLAIMS,
        ("2300 HI*ABK",),
        _diagnosed,
        (
            diagnoses.diagnosis_with_point,
            diagnoses.diagnoses_mixed,
            diagnoses.diagnosis_code_set_of_another_day,
            diagnoses.diagnosis_repeated,
            diagnoses.cause_as_principal_diagnosis,
            *(one for one in code_sets.RULES if one.on == ("2300 HI*ABK",)),
        ),
    ),
    Plain(
        _CLAIMS,
        ("2400 SV1",),
        _line,
        (
            claim_balance.charge_below_zero,
            diagnoses.pointer_to_nothing,
            diagnoses.pointer_repeated,
            lines.units_not_above_zero,
            lines.units_with_four_decimals,
            lines.minutes_of_other_than_anaesthesia,
            lines.line_place_is_claims,
            lines.modifier_repeated,
            lines.modifier_gap,
            lines.unlisted_without_description,
            shapes.procedure_shape,
            shapes.modifier_shape,
            *(one for one in code_sets.RULES if one.on == ("2400 SV1",)),
        ),
    ),
    Plain(
        _CLAIMS,
        ("2400 DTP*472",),
        _served,
        (days.service_in_future, days.service_before_birth, days.service_after_death, days.period_backwards),
    ),
    Plain(_CLAIMS, ("2400 REF*6R",), _of_even_claim, (lines.line_number_repeated,)),
    Plain(
        _PAYMENTS,
        ("2100 CAS", "2110 CAS"),
        _adjusted,
        (payment.adjustment_of_nothing, *(one for one in code_sets.RULES if "2110 CAS" in one.on)),
    ),
    Plain(
        _PAYMENTS,
        ("2100 DTM", "2110 DTM"),
        _dated,
        (
            payment.paid_service_in_future,
            payment.end_without_begin,
            payment.end_before_begin,
            payment.service_dated_twice,
        ),
    ),
    Plain(
        _PAYMENTS,
        ("2100 CLP",),
        _paid,
        (
            payment.forwarded_to_nobody,
            payment.denied_yet_paid,
            payment.second_without_first,
            payment_balance.reversal_with_charge,
            payment_balance.reversal_with_payment,
            payment_balance.reversal_with_patient_share,
            payment_balance.charge_below_zero_without_reversal,
            payment_balance.claim_out_of_balance,
            payment_balance.claim_charge_is_not_its_lines,
            payment_balance.patient_share_is_not_its_adjustments,
            payment.claim_without_date,
        ),
    ),
    Plain(
        _PAYMENTS,
        ("2110 SVC",),
        _paid_line,
        (
            payment.submitted_procedure_is_the_same,
            payment.service_without_date,
            payment_balance.line_out_of_balance,
            shapes.procedure_shape,
            shapes.modifier_shape,
        ),
    ),
    Plain(_PAYMENTS, ("2110 REF*6R",), _of_even_payment, (payment.paid_line_number_repeated,)),
)
