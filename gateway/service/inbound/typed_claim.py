"""What a person types of one claim of a paper EOB: `V-1001 ICN=2026312 1=80.00 CO45=20.00 2=0.00 CO16=60.50 N290`.

The claim comes first, by its number or its visit's; then, if the paper tells it, the payer's own number of the claim; then
each line of the claim with what was paid, what was adjusted and why, and the remark codes. Every line has to be told of,
and each has to come out to its charge.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gateway.claim import ServiceLine
from gateway.errors import UsageError
from gateway.money import ZERO, shown
from gateway.remit.posting import ANSWER
from gateway.remittance import REVERSAL, ClaimPayment
from gateway.service.desk.typed import TypedLine, as_typed, read_line, without_lines

_BEGINS_LINE: Final = re.compile(r"\d{1,2}=.*").fullmatch
_REMARK: Final = re.compile(r"(M|MA|N)\d{1,4}").fullmatch
_NUMBER: Final = re.compile(r"ICN=([A-Za-z0-9./-]{1,50})", re.IGNORECASE).fullmatch
_SHAPE: Final = "write it as in: V-1001 1=80.00 CO45=20.00 2=40.50 PR3=20.00"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedClaim:
    """One claim of a paper EOB as it was typed.

    claim    as the person names it
    number   the payer's own number of it; empty where it was not typed
    remarks  RARCs, for each of the lines
    """

    claim: str
    number: str
    lines: tuple[TypedLine, ...]
    remarks: tuple[tuple[str, ...], ...]

    @property
    def is_reversal(self) -> bool:
        """Whether it takes an earlier answer back: all of it is negative."""
        return sum((one.paid + sum((a.amount for a in one.adjustments), ZERO) for one in self.lines), ZERO) < 0


def read_claim(text: str) -> TypedClaim:
    """Understand one claim. Raises UsageError that says what is wrong."""
    words = text.split()
    begins = [at for at, word in enumerate(words) if _BEGINS_LINE(word)]
    if not begins or begins[0] == 0:
        raise UsageError(f"{text!r} is not understood: no claim with what was paid of its lines; {_SHAPE}")
    name, number = _named(words[: begins[0]], text)
    groups = [words[start:end] for start, end in zip(begins, [*begins[1:], len(words)], strict=True)]
    lines = tuple(read_line(" ".join(word for word in group if not _REMARK(word.upper()))) for group in groups)
    remarks = tuple(tuple(word.upper() for word in group if _REMARK(word.upper())) for group in groups)
    return TypedClaim(claim=name, number=number, lines=lines, remarks=remarks)


def _named(words: Sequence[str], text: str) -> tuple[str, str]:
    numbers = [found[1] for word in words if (found := _NUMBER(word))]
    name = " ".join(word for word in words if not _NUMBER(word))
    if not name or "=" in name or len(numbers) > 1:
        raise UsageError(f"{text!r} is not understood: before the first line only the claim and ICN= stand; {_SHAPE}")
    return name, numbers[0] if numbers else ""


def answer_typed(
    typed: TypedClaim,
    pcn: str,
    lines: Sequence[ServiceLine],
    *,
    member_id: str,
    patient: str,
    ordinal: int,
) -> ClaimPayment:
    """Give the answer that was typed, of a claim with these lines. Raises UsageError if a line is missing or does not come out."""
    status = REVERSAL if typed.is_reversal else ANSWER
    told_of = without_lines(pcn, status, ordinal=ordinal, number=typed.number, member_id=member_id, patient=patient)
    try:
        payment = as_typed(told_of, typed.lines, lines)
    except UsageError as wrong:
        raise UsageError(f"claim {typed.claim}: {wrong}") from None
    told = {one.place for one in typed.lines}
    for place, line in enumerate(lines, start=1):
        if place not in told:
            raise UsageError(
                f"claim {typed.claim}: line {place}, {line.procedure} over {shown(line.charge)}, is not told of; add {place}=0.00 "
                "and why, if nothing was paid; nothing was kept"
            )
    with_remarks = zip(payment.lines, typed.remarks, strict=True)
    return payment._replace(lines=tuple(line._replace(remarks=remarks) for line, remarks in with_remarks))
