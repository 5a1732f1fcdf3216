"""Is an adjustment a denial? What was written off by contract is none, however large; a payer's silence is not consent.

The claim's status (CLP02) does not decide it: many payers send 1 with nothing paid.
"""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Final

from gateway.codes.carc import Carc, CarcKind, carc
from gateway.codes.rarc import RarcKind, rarc
from gateway.remittance import Adjustment, GroupCode


class AdjustmentKind(StrEnum):
    """What an adjustment is to the practice."""

    EXPECTED = "expected"
    INFORMATIONAL = "informational"
    DENIAL = "denial"


_HARMLESS: Final = frozenset({"contractual", "informational"})


def kind(*, group: GroupCode, code: str, rarcs: Sequence[str], paid: Decimal) -> AdjustmentKind:
    """Tell what an adjustment is. `code` is its CARC; `paid` is what was paid of that line (or claim), in dollars.

    A code that the list does not hold counts as a denial: a person reads it before the money is given up. A contractual
    code that took the whole charge is a denial in disguise when a remark gives a reason to refuse.
    """
    reason = carc(code)
    if reason is None or _never_adjudicated(rarcs):
        return AdjustmentKind.DENIAL
    if reason.kind is CarcKind.EXPECTED and paid == 0 and _in_disguise(group, reason, rarcs):
        return AdjustmentKind.DENIAL
    return AdjustmentKind(reason.kind)


def is_denial(adjustment: Adjustment, rarcs: Sequence[str], paid: Decimal) -> bool:
    """Tell whether an adjustment is a denial, as `kind` does; `remit.posting` is given this function."""
    found = kind(group=adjustment.group, code=adjustment.carc, rarcs=rarcs, paid=paid)
    return found is AdjustmentKind.DENIAL


def _never_adjudicated(rarcs: Sequence[str]) -> bool:
    return any((said := rarc(code)) is not None and said.kind is RarcKind.REJECTION for code in rarcs)


def _in_disguise(group: GroupCode, reason: Carc, rarcs: Sequence[str]) -> bool:
    said = [found for code in rarcs if (found := rarc(code)) is not None]
    gives_reason = any(one.kind is RarcKind.EXPLAINS and one.category not in _HARMLESS for one in said)
    return group is not GroupCode.PATIENT and reason.category == "contractual" and gives_reason
