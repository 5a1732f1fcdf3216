"""What is as it nearly always is needs no questions: one look at a segment stands for all the rules that it covers.

This is for speed alone: the usual claim is accepted by looks (`fast_looks.py`), everything else by the rules themselves.
What keeps the fast way equal to the slow one:

- a look may be stricter than the rules that it covers, never laxer: what it calls plain, none of them finds anything in;
- a look is entered here together with the rules that it stands for, and a rule that no look covers is always asked;
- `tests/edi/rules/test_fast_accept.py` judges every file both ways and compares all findings: sound files and samples,
  third-party files, each single fault that the rules' tests know, and (a property test) segments of claims and payments
  with any values put into them. A new look needs a line in that file's list of what is nearly plain.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeAlias

from gateway.edi.follow.loop import Parts
from gateway.edi.rules import code_sets, levels, shapes
from gateway.edi.rules import fast_looks as looks
from gateway.edi.rules import parties as party
from gateway.edi.rules.claim import balance as claim_balance
from gateway.edi.rules.claim import claim, coverage, days, diagnoses, lines, other_payers
from gateway.edi.rules.payment import balance as payment_balance
from gateway.edi.rules.payment import payment
from gateway.edi.rules.rule import Rule

Look: TypeAlias = Callable[[Parts, Any], bool]
"""Told a segment and the unit of the guide; True if the segment is plain."""


class Plain(NamedTuple):
    """A look, and the rules that need not be asked about what it calls plain. `guide` is empty if it knows any unit.

    A look that is asked once a level was read, as its rules are, stands for such rules alone.
    """

    guide: str
    on: tuple[str, ...]
    look: Look
    covers: tuple[Rule[Any], ...]


_CLAIMS: Final = "005010X222A1"
_PAYMENTS: Final = "005010X221A1"

PLAIN: Final = (
    Plain(
        "",
        ("* N4",),
        looks.address,
        (
            party.state_missing,
            party.postal_code_missing,
            party.postal_code_abroad,
            party.country_at_home,
            shapes.zip_shape,
            *(one for one in code_sets.RULES if one.on == ("* N4",)),
        ),
    ),
    Plain(
        "",
        ("* NM1",),
        looks.name,
        (party.organisation_with_first_name, party.person_without_first_name, shapes.npi_check_digit),
    ),
    Plain(
        "",
        ("* PRV",),
        looks.specialty,
        (shapes.taxonomy_shape, *(one for one in code_sets.RULES if one.on == ("* PRV",))),
    ),
    Plain(
        _CLAIMS,
        ("2010BA NM1",),
        looks.subscriber,
        (
            coverage.subscriber_without_street,
            coverage.subscriber_without_city,
            coverage.subscriber_without_birth_date,
        ),
    ),
    Plain(
        _CLAIMS,
        ("2000B SBR", "2320 SBR"),
        looks.coverage,
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
        looks.claim,
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
            coverage.patient_property_number_missing,
            other_payers.earlier_payer_missing,
            *(one for one in code_sets.RULES if one.on == ("2300 CLM",)),
        ),
    ),
    Plain(
        _CLAIMS,
        ("2300 HI*ABK",),
        looks.diagnosed,
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
        looks.line,
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
        looks.served,
        (days.service_in_future, days.service_before_birth, days.service_after_death, days.period_backwards),
    ),
    Plain(_CLAIMS, ("2400 REF*6R",), looks.of_even_claim, (lines.line_number_repeated, shapes.line_number_too_long)),
    Plain(_CLAIMS, ("2010BA DMG", "2010CA DMG"), looks.born, (days.birth_in_future, days.born_too_long_ago)),
    Plain(_CLAIMS, ("2000B HL", "2000C HL"), looks.level, (levels.hl_children, levels.level_without_claim)),
    Plain(_CLAIMS, ("2000B SBR",), looks.own_coverage, (levels.neither_subscriber_nor_patient,)),
    Plain(
        _PAYMENTS,
        ("2100 CAS", "2110 CAS"),
        looks.adjusted,
        (payment.adjustment_of_nothing, *(one for one in code_sets.RULES if "2110 CAS" in one.on)),
    ),
    Plain(
        _PAYMENTS,
        ("2100 DTM", "2110 DTM"),
        looks.dated,
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
        looks.paid,
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
        looks.paid_line,
        (
            payment.submitted_procedure_is_the_same,
            payment.service_without_date,
            payment_balance.line_out_of_balance,
            shapes.procedure_shape,
            shapes.modifier_shape,
        ),
    ),
    Plain(_PAYMENTS, ("2110 REF*6R",), looks.of_even_payment, (payment.paid_line_number_repeated,)),
)
