"""TA1, 999 and 277CA: what was answered, about what, with which verdict."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final


class Verdict(StrEnum):
    """What the partner says of it."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_ERRORS = "accepted with errors"
    PARTIAL = "partial"
    REJECTED = "rejected"
    FORWARDED = "forwarded"
    """On its way to somebody else; no verdict yet (277CA A0, A1, A5)."""


CAME_BEFORE: Final = "025"
"""TA105: an interchange with that control number had come before. A second copy is refused, and the first stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ta1:
    """An interchange acknowledgment. `interchange` is our ISA13, `date` our ISA09 as YYMMDD; `note` is TA105."""

    interchange: int
    date: str
    verdict: Verdict
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentFault:
    """IK3 and IK4 of a 999: one fault in our transaction set.

    ordinal  the segment's place counted from ST (IK302)
    code     IK304, or IK403 where an element is named
    element  its position in the segment (IK401-1), 0 for the segment as a whole
    """

    segment: str
    ordinal: int
    loop: str
    code: str
    element: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAnswer:
    """AK2 to IK5 of a 999: one of our transaction sets. `control` is its ST02; `codes` are IK502 to IK506."""

    control: str
    verdict: Verdict
    codes: tuple[str, ...]
    faults: tuple[SegmentFault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAnswer:
    """A 999. `group` is our GS06 (AK102); sets that it does not name stand as the group does."""

    group: int
    verdict: Verdict
    sets: tuple[SetAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One STC composite: category, status and entity (code sources 507, 508 and X12 element 98)."""

    category: str
    status: str
    entity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimStatus:
    """Loop 2200D of a 277CA: what became of one claim.

    patient_control_number  ours, given back (TRN02)
    payer_claim_number      theirs (REF*1K), empty if none yet
    charge                  STC04 in dollars
    """

    patient_control_number: str
    verdict: Verdict
    statuses: tuple[Status, ...]
    payer_claim_number: str = ""
    charge: Decimal | None = None
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimAcknowledgment:
    """A 277CA (005010X214). `reference` is our BHT03, given back in loop 2200B TRN02.

    verdict and statuses are those of the batch (loop 2200B): a batch may be refused whole, with no claim named
    """

    source: str
    reference: str
    verdict: Verdict
    statuses: tuple[Status, ...]
    claims: tuple[ClaimStatus, ...]
