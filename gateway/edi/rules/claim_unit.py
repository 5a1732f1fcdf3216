"""A piece of an 837P (005010X222A1) as its rules see it: each thing that several rules ask for is looked up once."""

from functools import cached_property
from typing import Final, NamedTuple

from gateway.edi.envelope_check import Origin
from gateway.edi.figures import as_cents
from gateway.edi.loop import Loop, Parts, at
from gateway.edi.rules.unit import LATEST, NOTHING, Unit

_DIAGNOSES: Final = frozenset({"ABK", "ABF", "BK", "BF"})
MEDICARE: Final = frozenset({"MA", "MB"})
"""SBR09 of Medicare; 16 is a private plan's."""


class ClaimsSeen:
    """What was seen of one 837P before: claim numbers, by their hashes, for a set may hold any number of claims."""

    def __init__(self) -> None:
        self._claim_numbers: set[int] = set()

    def is_repeated(self, claim_number: str) -> bool:
        """Tell whether an earlier claim had that number, and remember it."""
        key, before = hash(claim_number), len(self._claim_numbers)
        self._claim_numbers.add(key)
        return len(self._claim_numbers) == before


class Diagnosis(NamedTuple):
    """One diagnosis of HI as the lines point to it."""

    qualifier: str
    code: str


class ClaimUnit(Unit):
    """A claim (2300), or a level of the set around claims, whose claim properties are then empty."""

    def __init__(self, piece: Loop, following: Loop | None, origin: Origin, today: str, seen: ClaimsSeen) -> None:
        super().__init__(piece, following, origin, today)
        self.seen = seen

    @cached_property
    def clm(self) -> Parts:
        """CLM."""
        return self.piece.first("CLM")

    @cached_property
    def frequency(self) -> str:
        """CLM05-3."""
        return self.part(self.clm, 5, 3)

    @cached_property
    def place(self) -> str:
        """CLM05-1."""
        return self.part(self.clm, 5, 1)

    @cached_property
    def causes(self) -> list[str]:
        """CLM11: causes such as AA, EM, OA, then state and country."""
        return self.split(at(self.clm, 11))

    @cached_property
    def charge(self) -> int | None:
        """CLM02 in cents."""
        return as_cents(at(self.clm, 2))

    @cached_property
    def sbr(self) -> Parts:
        """SBR of the subscriber's level (2000B)."""
        return self.level("2000B").first("SBR")

    @cached_property
    def sequence(self) -> str:
        """Which payer the claim goes to: P, S, T and so on (SBR01)."""
        return at(self.sbr, 1)

    @cached_property
    def is_medicare(self) -> bool:
        """Whether the claim goes to Medicare (SBR09)."""
        return at(self.sbr, 9) in MEDICARE

    @cached_property
    def billing(self) -> Loop:
        """Loop 2010AA."""
        return self.level("2000A").one("2010AA") or NOTHING

    @cached_property
    def lines(self) -> list[Loop]:
        """Loops 2400."""
        return [loop for loop in self.piece.loops if loop.id == "2400"]

    @cached_property
    def others(self) -> list[Loop]:
        """Loops 2320."""
        return [loop for loop in self.piece.loops if loop.id == "2320"]

    @cached_property
    def adjudications(self) -> dict[str, list[Loop]]:
        """Loops 2430 of all lines, by the payer that they name (SVD01)."""
        found: dict[str, list[Loop]] = {}
        for line in self.lines:
            for loop in line.inside("2430"):
                found.setdefault(at(loop.first("SVD"), 1), []).append(loop)
        return found

    @cached_property
    def diagnoses(self) -> list[Diagnosis]:
        """The diagnoses in their order, as the lines point to them (HI)."""
        found = []
        for parts in self.piece.each("HI"):
            for text in parts[1:]:
                qualifier, _, rest = text.partition(self.component)
                if qualifier in _DIAGNOSES:
                    found.append(Diagnosis(qualifier, rest.partition(self.component)[0]))
        return found

    @cached_property
    def days(self) -> list[str]:
        """The first and the last day of each line's service (DTP*472), as CCYYMMDD."""
        found = []
        for line in self.lines:
            for _, parts, _ in line.segments:
                if parts[0] == "DTP" and parts[1] == "472":
                    found += at(parts, 3).split("-")
        return found

    @cached_property
    def born(self) -> str:
        """The patient's date of birth (DMG02) as CCYYMMDD; empty if there is none."""
        level = self.piece.around
        who = (level.one("2010CA") or level.one("2010BA")) if level is not None else None
        return at(who.first("DMG"), 2) if who is not None else ""

    @cached_property
    def died(self) -> str:
        """The patient's date of death (PAT06) as CCYYMMDD; LATEST if there is none."""
        level = self.piece.around
        return (at(level.first("PAT"), 6) if level is not None else "") or LATEST

    @cached_property
    def first_day(self) -> str:
        """The first day of service; empty if there is none."""
        return min(self.days, default="")

    @cached_property
    def last_day(self) -> str:
        """The last day of service; empty if there is none."""
        return max(self.days, default="")

    @cached_property
    def line_controls(self) -> dict[str, Parts]:
        """The first segment with each line control number (REF*6R) of the claim."""
        found: dict[str, Parts] = {}
        for line in self.lines:
            for _, parts, _ in line.segments:
                if parts[0] == "REF" and parts[1] == "6R":
                    found.setdefault(at(parts, 2), parts)
        return found


def payer_of(other: Loop) -> str:
    """Give the payer of a loop 2320 (NM109 of its 2330B); empty if it has none."""
    loop = other.one("2330B")
    return at(loop.first("NM1"), 9) if loop is not None else ""


def adjusted(loop: Loop) -> int | None:
    """Give the sum of all adjustments (CAS) directly in a loop, in cents; None if one cannot be read."""
    total = 0
    for _, parts, _ in loop.segments:
        if parts[0] == "CAS":
            for text in parts[3::3]:
                amount = as_cents(text) if text else 0
                if amount is None:
                    return None
                total += amount
    return total


def amount(loop: Loop, qualifier: str) -> int | None:
    """Give an amount (AMT02) of that kind (AMT01) in cents; None if there is none, or none that can be read."""
    text = at(loop.first("AMT", qualifier), 2)
    return as_cents(text) if text else None
