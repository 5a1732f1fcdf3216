"""A piece of an 837P (005010X222A1) as its rules see it: each thing that several rules ask for is looked up once."""

from datetime import date
from functools import cached_property
from typing import Final, NamedTuple

from gateway.edi.follow.loop import Loop, Parts, at
from gateway.edi.rules.context.levels_seen import LevelsSeen
from gateway.edi.rules.context.unit import LATEST, NOTHING, Setting, Unit, taken_by
from gateway.edi.wire.figures import as_cents, as_day

ICD10: Final = frozenset({"ABK", "ABF"})
ICD9: Final = frozenset({"BK", "BF"})
"""Qualifiers of diagnoses in HI, by code set."""
_DIAGNOSES: Final = ICD10 | ICD9
_DTP03: Final = 3
_REF02: Final = 2
MEDICARE: Final = frozenset({"MA", "MB"})
"""SBR09 of Medicare; 16 is a private plan's."""


class ClaimsSeen(LevelsSeen):
    """What was seen of one 837P before: claim numbers, by their hashes, for a set may hold any number of claims."""

    def __init__(self) -> None:
        super().__init__()
        self._claim_numbers: set[int] = set()
        self._with_claim: dict[str, Loop] = {}

    def take(self, piece: Loop) -> None:
        """Remember of the levels that are open which have a claim, and which a level below."""
        super().take(piece)
        if piece.around is not None and piece.id == "2300":
            self._with_claim[piece.around.id] = piece.around

    def is_repeated(self, claim_number: str) -> bool:
        """Tell whether an earlier claim had that number, and remember it."""
        key, before = hash(claim_number), len(self._claim_numbers)
        self._claim_numbers.add(key)
        return len(self._claim_numbers) == before

    def has_claim(self, level: Loop) -> bool:
        """Tell whether the level of that name that was open last is this one, and a claim stood right in it."""
        return self._with_claim.get(level.id) is level


class Diagnosis(NamedTuple):
    """One diagnosis of HI as the lines point to it."""

    qualifier: str
    code: str


class ClaimUnit(Unit):
    """A claim (2300), or a level of the set around claims, whose claim properties are then empty.

    clm, sbr   CLM, and SBR of the subscriber's level (2000B)
    charge     CLM02 in cents; None if it cannot be read
    lines      loops 2400
    charges    SV102 of each line in cents; None if one cannot be read
    days       the first and the last day of each line's service (DTP*472), as CCYYMMDD
    numbers    the line control numbers (REF*6R)
    diagnoses  in their order, as the lines point to them (HI)
    """

    def __init__(self, piece: Loop, setting: Setting, seen: ClaimsSeen) -> None:
        super().__init__(piece, setting)
        self.seen = seen
        self.sbr = self.level("2000B").first("SBR")
        self.clm: Parts = []
        self.charge: int | None = 0
        self.charges: list[int] | None = []
        self.lines: list[Loop] = []
        self.days: list[str] = []
        self.numbers: list[str] = []
        self.diagnoses: list[Diagnosis] = []
        if piece.id == "2300":
            self._look_up(piece)

    def _look_up(self, piece: Loop) -> None:
        """Look all of a claim up that levels do not have."""
        self.clm = piece.first("CLM")
        self.charge = as_cents(at(self.clm, 2))
        charges: list[int | None] = []
        for loop in piece.loops:
            if loop.id != "2400":
                continue
            self.lines.append(loop)
            for _, parts, _ in loop.segments:
                name = parts[0]
                if name == "SV1":
                    charges.append(as_cents(at(parts, 2)))
                elif name == "DTP":
                    if len(parts) > _DTP03 and parts[1] == "472":
                        self.days += parts[_DTP03].split("-")
                elif name == "REF" and len(parts) > _REF02 and parts[1] == "6R":
                    self.numbers.append(parts[_REF02])
        self.charges = None if None in charges else [one or 0 for one in charges]
        if self.clm:
            self._diagnose(piece)

    def _diagnose(self, piece: Loop) -> None:
        for _, parts, _ in piece.segments:
            if parts[0] == "HI":
                for text in parts[1:]:
                    components = text.split(self.component)
                    if components[0] in _DIAGNOSES:
                        self.diagnoses.append(Diagnosis(components[0], at(components, 1)))

    @property
    def name(self) -> str:
        """CLM01."""
        return at(self.clm, 1)

    @cached_property
    def day(self) -> date:
        """The day by which codes are looked up: of the first service, or of the functional group outside of claims."""
        return as_day(self.first_day) or super().day

    @property
    def frequency(self) -> str:
        """CLM05-3."""
        return self.part(self.clm, 5, 3)

    @property
    def place(self) -> str:
        """CLM05-1."""
        return self.part(self.clm, 5, 1)

    @property
    def causes(self) -> list[str]:
        """CLM11: causes such as AA, EM, OA, then state and country."""
        return self.split(at(self.clm, 11))

    @property
    def sequence(self) -> str:
        """Which payer the claim goes to: P, S, T and so on (SBR01)."""
        return at(self.sbr, 1)

    @property
    def has_patient_level(self) -> bool:
        """Whether the patient has a level of his own (2000C), being another than the subscriber."""
        return self.piece.level("2000C") is not None

    @property
    def is_medicare(self) -> bool:
        """Whether the claim goes to Medicare (SBR09)."""
        return at(self.sbr, 9) in MEDICARE

    @property
    def billing(self) -> Loop:
        """Loop 2010AA."""
        return self.level("2000A").one("2010AA") or NOTHING

    @property
    def others(self) -> list[Loop]:
        """Loops 2320."""
        return [loop for loop in self.piece.loops if loop.id == "2320"]

    @cached_property
    def adjudications(self) -> dict[str, list[Loop]]:
        """Loops 2430 of all lines, by the payer that they name (SVD01)."""
        found: dict[str, list[Loop]] = {}
        for line in self.lines:
            for loop in line.inside("2430"):
                found.setdefault(loop.element("SVD", 1), []).append(loop)
        return found

    @property
    def first_day(self) -> str:
        """The first day of service; empty if there is none."""
        return min(self.days, default="")

    @property
    def last_day(self) -> str:
        """The last day of service; empty if there is none."""
        return max(self.days, default="")

    @property
    def born(self) -> str:
        """The patient's date of birth (DMG02) as CCYYMMDD; empty if there is none."""
        level = self.piece.around
        who = (level.one("2010CA") or level.one("2010BA")) if level is not None else None
        return who.element("DMG", 2) if who is not None else ""

    @property
    def died(self) -> str:
        """The patient's date of death (PAT06) as CCYYMMDD; LATEST if there is none."""
        level = self.piece.around
        return (level.element("PAT", 6) if level is not None else "") or LATEST

    @cached_property
    def open_days(self) -> tuple[str, str]:
        """The first and the last day on which the patient can have been treated: living, and not in the future."""
        return self.born, min(self.died, self.today)


def payer_of(other: Loop) -> str:
    """Give the payer of a loop 2320 (NM109 of its 2330B); empty if it has none."""
    loop = other.one("2330B")
    return loop.element("NM1", 9) if loop is not None else ""


def adjusted(loop: Loop) -> int | None:
    """Give the sum of all adjustments (CAS) directly in a loop, in cents; None if one cannot be read."""
    found = [taken_by(parts) for parts in loop.each("CAS")]
    return None if None in found else sum(one or 0 for one in found)


def amount(loop: Loop, qualifier: str) -> int | None:
    """Give an amount (AMT02) of that kind (AMT01) in cents; None if there is none, or none that can be read."""
    text = at(loop.first("AMT", qualifier), 2)
    return as_cents(text) if text else None
