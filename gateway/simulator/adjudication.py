"""What a payer pays for a claim that was accepted: each line denied for a reason, or priced by the plan.

A priced line: the contract's reduction (CO 45), what an earlier payer paid (OA 23), then of the rest the deductible
(PR 1), the copay of the day (PR 3) and the coinsurance (PR 2). Charge less adjustments is the payment, by construction.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from gateway.money import CENT, ZERO, exact
from gateway.remittance import Adjustment, GroupCode
from gateway.simulator.answered import DENIED, AnsweredClaim, AnsweredLine
from gateway.simulator.incoming import ReceivedClaim, ReceivedLine
from gateway.simulator.reasons import Case, Denial, Reason, denial
from gateway.simulator.world import Plan

_BY_SEQUENCE: Final = {"P": "1", "S": "2", "T": "3"}
"""CLP02 by SBR01."""

_FILING_CODES: Final = frozenset(
    ["12", "13", "14", "15", "16", "17", "AM", "CH", "DS", "HM", "LM", "MA", "MB", "MC", "OF", "TV", "VA", "WC", "ZZ"]
)
"""CLP06; the 835's list is shorter than the 837's."""
_FILED_AS: Final = {"CI": "15", "BL": "12"}


def adjudicate(case: Case, number: str, why: Reason = denial) -> AnsweredClaim:
    """Decide every line of an accepted claim; `number` becomes the payer's claim number (CLP07).

    why  tells why a line is denied, if it is
    """
    claim = case.claim
    counter = _Counter(case)
    answered = tuple(_answer(case, line, counter, why) for line in claim.lines)
    is_denied = all(refused for _, refused in answered)
    return AnsweredClaim(
        number=number,
        control=claim.control,
        status=DENIED if is_denied else _BY_SEQUENCE.get(claim.sequence, "1"),
        payer=case.plan.payer,
        member=claim.member,
        patient_last=claim.patient_last,
        patient_first=claim.patient_first,
        billing_npi=claim.billing_npi,
        billing_name=claim.billing_name,
        billing_tax_id=claim.billing_tax_id,
        rendering=claim.rendering,
        filing_code=_filing_code(claim),
        place_of_service=claim.place_of_service,
        frequency=claim.frequency,
        authorization=claim.authorization,
        replaces=claim.original,
        lines=tuple(line for line, _ in answered),
    )


class _Counter:
    """What is left of the member's deductible, and which days have met their copay, while the lines go by."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._left: dict[int, Decimal] = {}
        self._copaid = set(case.history.paid_days(case.plan.payer, case.claim.member))

    def take_deductible(self, year: int, most: Decimal) -> Decimal:
        """Use up the year's deductible, at most `most`; give how much that was."""
        if year not in self._left:
            plan, member = self._case.plan, self._case.member
            starts = plan.deductible if member.deductible_left is None else member.deductible_left
            taken = self._case.history.deductible_taken(plan.payer, self._case.claim.member, year)
            self._left[year] = max(ZERO, starts - taken)
        used = min(most, self._left[year])
        self._left[year] -= used
        return used

    def take_copay(self, day: date, most: Decimal) -> Decimal:
        """Give the day's copay, at most `most`; nothing if the day has met it."""
        if day in self._copaid or most == ZERO:
            return ZERO
        self._copaid.add(day)
        return min(most, self._case.plan.copay)


def _answer(case: Case, line: ReceivedLine, counter: _Counter, why: Reason) -> tuple[AnsweredLine, bool]:
    """Give the line's answer, and whether it was denied. Screening has seen to it that amount, units and day are there."""
    if line.charge is None or line.units is None or line.day is None or line.until is None:
        raise ValueError("a line without charge, units or day is rejected before it is adjudicated")
    charge = exact(line.charge)
    if refused := why(case, line, line.day):
        allowed, adjustments = ZERO, _denied(refused, charge)
    else:
        allowed = _allowed(case.plan, line, charge, line.units)
        adjustments = _shared(case.plan, line, allowed, charge, counter)
    answer = AnsweredLine(
        procedure=line.procedure,
        charge=charge,
        paid=charge - sum((one.amount for one in adjustments), ZERO),
        units=line.units,
        day=line.day,
        until=line.until,
        control=line.control,
        allowed=allowed,
        adjustments=adjustments,
        remarks=refused.remarks if refused else (),
    )
    return answer, refused is not None


def _denied(refused: Denial, charge: Decimal) -> tuple[Adjustment, ...]:
    """The whole charge; also of a line that charges nothing, so that it says why."""
    return (Adjustment(group=refused.group, carc=refused.carc, amount=charge),)


def _allowed(plan: Plan, line: ReceivedLine, charge: Decimal, units: Decimal) -> Decimal:
    fee = plan.allowed.get(line.code)
    amount = charge * plan.allowed_percent / 100 if fee is None else fee * units
    return min(charge, _rounded(amount))


def _shared(
    plan: Plan, line: ReceivedLine, allowed: Decimal, charge: Decimal, counter: _Counter
) -> tuple[Adjustment, ...]:
    """Who carries what is not paid. `_answer` pays whatever is left of the charge."""
    if line.day is None:
        raise ValueError("a line without a day is rejected before it is adjudicated")
    prior = min(allowed, max(ZERO, line.prior_paid))
    rest = allowed - prior
    deductible = counter.take_deductible(line.day.year, rest)
    copay = counter.take_copay(line.day, rest - deductible)
    coinsurance = _rounded((rest - deductible - copay) * plan.coinsurance_percent / 100)
    shares = (
        (GroupCode.CONTRACTUAL, "45", charge - allowed),
        (GroupCode.OTHER, "23", prior),
        (GroupCode.PATIENT, "1", deductible),
        (GroupCode.PATIENT, "2", coinsurance),
        (GroupCode.PATIENT, "3", copay),
    )
    return tuple(Adjustment(group=group, carc=carc, amount=amount) for group, carc, amount in shares if amount)


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def _filing_code(claim: ReceivedClaim) -> str:
    code = claim.filing_code
    return code if code in _FILING_CODES else _FILED_AS.get(code, "ZZ")
