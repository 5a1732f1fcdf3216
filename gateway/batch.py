"""Claims on their way into one interchange."""

from dataclasses import dataclass
from datetime import datetime

from gateway.claim import Claim
from gateway.partner import TradingPartner
from gateway.people import Practice


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPlan:
    """Which ready claims would go to which partner, before any number is taken."""

    partner: TradingPartner
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One interchange to be written: ISA/IEA, one GS/GE, one ST/SE of 005010X222A1.

    interchange  ISA13 and IEA02, 1 to 999,999,999
    group        GS06 and GE02
    reference    BHT03, unique per partner; the 277CA gives it back
    """

    practice: Practice
    partner: TradingPartner
    claims: tuple[Claim, ...]
    interchange: int
    group: int
    reference: str
    at: datetime
