"""Is an adjustment a denial? What was written off by contract is none, however large; a payer's silence is not consent.

The claim's status (CLP02) does not decide it: many payers send 1 with nothing paid.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final

from gateway.codes.carc import Carc, CarcKind, carc
from gateway.codes.rarc import RarcKind, rarc
from gateway.remittance import EARLIER_PAYER, Adjustment, GroupCode, Said


class AdjustmentKind(StrEnum):
    """What an adjustment is to the practice."""

    EXPECTED = "expected"
    INFORMATIONAL = "informational"
    DENIAL = "denial"


_HARMLESS: Final = frozenset({"contractual", "informational"})
_NO_REASON_FOR_NOTHING: Final = frozenset({"24", "45", "131", "144", "104", "253", "59", "187", "P12"})
"""CARCs that cut a payment, under CO or PI. Nothing is cut to nothing by contract: where they take all, somebody asks why."""


def kind(adjustment: Adjustment, said: Said) -> AdjustmentKind:
    """Tell what an adjustment is.

    A code that the list does not hold counts as a denial: a person reads it before the money is given up. Contractual codes
    that took the whole charge are a denial in disguise: by themselves, or when a remark gives a reason to refuse.
    """
    reason = carc(adjustment.carc)
    if adjustment.amount < 0:
        return AdjustmentKind.EXPECTED  # it adds to what is paid: interest, or more than was charged
    if reason is None or never_adjudicated(said.remarks):
        return AdjustmentKind.DENIAL
    if said.paid == 0 and (_takes_all(said, _is_a_cut) or _in_disguise(adjustment.group, reason, said)):
        return AdjustmentKind.DENIAL
    return AdjustmentKind(reason.kind)


def is_denial(adjustment: Adjustment, said: Said) -> bool:
    """Tell whether somebody has to look into an adjustment, as `kind` does."""
    return kind(adjustment, said) is AdjustmentKind.DENIAL


def is_denied(adjustment: Adjustment, said: Said) -> bool:
    """Tell whether the money of an adjustment is denied; `remit.posting` is given this function.

    What a payer leaves to the patient is the patient's, though there may be a denial to look into. But where it refuses
    the whole charge (PR 22, 27, 31, 96, 204 and their like), it stays denied until a person decides who is asked.
    """
    if adjustment.group is GroupCode.PATIENT:
        return said.paid == 0 and _takes_all(said, _is_a_refusal)
    return is_denial(adjustment, said)


def _takes_all(said: Said, counts: Callable[[Adjustment, Said], bool]) -> bool:
    """Tell whether adjustments of one sort alone take the whole charge."""
    taken = [one for one in said.adjustments if one.amount]
    return said.charge > 0 and bool(taken) and all(counts(one, said) for one in taken)


def _is_a_cut(one: Adjustment, said: Said) -> bool:
    if one.carc == EARLIER_PAYER:
        return not said.earlier_payer
    return one.carc in _NO_REASON_FOR_NOTHING and one.group in (GroupCode.CONTRACTUAL, GroupCode.PAYER_INITIATED)


def _is_a_refusal(one: Adjustment, _: Said) -> bool:
    reason = carc(one.carc)
    return one.group is GroupCode.PATIENT and (reason is None or reason.kind is CarcKind.DENIAL)


def never_adjudicated(rarcs: Sequence[str]) -> bool:
    """Tell whether a remark says that the claim could not be processed, so that there is nothing to appeal (MA130)."""
    return any((said := rarc(code)) is not None and said.kind is RarcKind.REJECTION for code in rarcs)


def _in_disguise(group: GroupCode, reason: Carc, said: Said) -> bool:
    known = [found for code in said.remarks if (found := rarc(code)) is not None]
    gives_reason = any(one.kind is RarcKind.EXPLAINS and one.category not in _HARMLESS for one in known)
    is_contractual = reason.kind is CarcKind.EXPECTED and reason.category == "contractual"
    return group is not GroupCode.PATIENT and is_contractual and gives_reason
