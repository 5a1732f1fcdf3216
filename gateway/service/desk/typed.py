"""What a person types of an answer: to which line of the claim how much was paid, and what was adjusted why.

`1=80.00 CO45=20.00` is: of line 1, 80.00 were paid and 20.00 were taken off by CO 45. The line's charge has to come out.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from gateway.claim import ServiceLine
from gateway.errors import UsageError
from gateway.money import ZERO, shown
from gateway.remittance import Adjustment, ClaimPayment, GroupCode, LinePayment

_PART: Final = re.compile(r"(?P<name>[A-Za-z0-9]{1,5})=(?P<amount>-?\d{1,8}(\.\d{2})?)")
_REASON: Final = re.compile(r"(?P<group>CO|PR|OA|PI)(?P<carc>[A-Z]?\d{1,3})")


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedLine:
    """What a person says of one line: its place in the claim, counted from 1, dollars, and why the rest was not paid."""

    place: int
    paid: Decimal
    adjustments: tuple[Adjustment, ...]


def adjusted(lines: Iterable[TypedLine]) -> Decimal:
    """Give the dollars that typed lines take off or add beside what was paid: what somebody decides by typing them."""
    return sum((abs(one.amount) for line in lines for one in line.adjustments), ZERO)


def read_line(text: str) -> TypedLine:
    """Understand `1=80.00 CO45=20.00`. Raises UsageError that says what is wrong."""
    parts = [_PART.fullmatch(word) for word in text.split()]
    first, *others = parts or [None]
    if first is None or not first["name"].isdigit() or None in others:
        raise UsageError(
            f"{text!r} is not understood; write LINE=PAID, then each adjustment, as in: 1=80.00 CO45=20.00"
        )
    return TypedLine(
        place=int(first["name"]),
        paid=Decimal(first["amount"]),
        adjustments=tuple(_adjustment(one["name"], Decimal(one["amount"])) for one in others if one is not None),
    )


def _adjustment(name: str, amount: Decimal) -> Adjustment:
    found = _REASON.fullmatch(name.upper())
    if found is None:
        raise UsageError(f"{name!r} is no reason; write the group and the CARC together, as in CO45 or PR1")
    return Adjustment(GroupCode(found["group"]), found["carc"], amount)


def without_lines(
    pcn: str,
    status: str,
    *,
    ordinal: int,
    paid: Decimal = ZERO,
    number: str = "",
    member_id: str = "",
    patient: str = "",
) -> ClaimPayment:
    """Give an answer of which nothing is told yet but whom it is about; `as_typed` lays the lines over it.

    status  CLP02; number is CLP07
    """
    return ClaimPayment(
        patient_control_number=pcn,
        status=status,
        charge=ZERO,
        paid=paid,
        patient_share=ZERO,
        filing_code="",
        payer_claim_number=number,
        adjustments=(),
        remarks=(),
        lines=(),
        ordinal=ordinal,
        member_id=member_id,
        patient=patient,
    )


def as_typed(payment: ClaimPayment, typed: Sequence[TypedLine], lines: Sequence[ServiceLine]) -> ClaimPayment:
    """Give an answer with the lines that a person typed instead of its own. Raises UsageError if they do not balance."""
    told = tuple(_lines(payment, typed, lines))
    return payment._replace(
        charge=sum((one.charge for one in told), ZERO),
        paid=sum((one.paid for one in told), ZERO),
        patient_share=sum(
            (each.amount for one in told for each in one.adjustments if each.group is GroupCode.PATIENT), ZERO
        ),
        adjustments=(),
        lines=told,
    )


def _lines(payment: ClaimPayment, typed: Sequence[TypedLine], lines: Sequence[ServiceLine]) -> Iterator[LinePayment]:
    if len({one.place for one in typed}) != len(typed):
        raise UsageError("a line is told of twice; say all of a line at once")
    for one in typed:
        if not 1 <= one.place <= len(lines):
            raise UsageError(f"the claim has no line {one.place}; it has {len(lines)}")
        line = lines[one.place - 1]
        charge = -line.charge if payment.is_reversal else line.charge
        adjusted = sum((each.amount for each in one.adjustments), ZERO)
        if one.paid + adjusted != charge:
            raise UsageError(
                f"line {one.place}, {line.procedure}, was charged {shown(line.charge)}; you told of {shown(one.paid)} paid "
                f"and {shown(adjusted)} adjusted, which is {shown(one.paid + adjusted)}; nothing was changed"
            )
        yield LinePayment(
            procedure=line.procedure,
            modifiers=line.modifiers,
            charge=charge,
            paid=one.paid,
            units=None,
            day=line.day,
            control=line.control,
            adjustments=one.adjustments,
            remarks=payment.remarks,
            ordinal=payment.ordinal,
        )


def read_places(texts: Sequence[str]) -> dict[int, int]:
    """Understand `2=1`: the answer's second line is about the claim's first. Raises UsageError."""
    found: dict[int, int] = {}
    for text in texts:
        at, _, of_claim = text.partition("=")
        if not (at.isdecimal() and of_claim.isdecimal()):
            raise UsageError(f"{text!r} is not understood; write ANSWER=CLAIM, two lines counted from 1, as in: 2=1")
        found[int(at)] = int(of_claim)
    return found
