"""A piece of an 835 (005010X221A1) as its rules see it, and the sums of the set so far."""

from functools import cached_property
from typing import Final, NamedTuple

from gateway.edi.envelope_check import Origin
from gateway.edi.figures import as_cents
from gateway.edi.loop import Loop, Parts, at
from gateway.edi.rules.unit import Unit

_PLB_FIRST: Final = 4
"""PLB04, PLB06 and so on are amounts."""


class Sums(NamedTuple):
    """What is taken off a claim payment, in cents: at the claim, at each line, and of these from the patient's group."""

    claim: int
    lines: tuple[int, ...]
    patient: int


class Total:
    """Amounts added up, in cents; None once one could not be read."""

    def __init__(self) -> None:
        self.cents: int | None = 0

    def add(self, amount: int | None) -> None:
        """Add one."""
        self.cents = self.cents + amount if self.cents is not None and amount is not None else None


class PaymentsSeen:
    """The sums of one 835 as far as it was read.

    paid      of CLP04
    withheld  of the amounts of PLB
    """

    def __init__(self) -> None:
        self.paid, self.withheld = Total(), Total()
        self._levels: dict[Loop, tuple[int, Total]] = {}

    def take(self, unit: "PaymentUnit") -> None:
        """Add up a piece."""
        if unit.piece.id == "2100":
            self.paid.add(unit.paid)
            level = unit.piece.around
            if level is not None and level.first("TS3"):
                count, charges = self._levels.get(level, (0, Total()))
                charges.add(unit.charge)
                self._levels[level] = count + 1, charges
        for loop in unit.piece.inside("FOOTER"):
            for parts in loop.each("PLB"):
                for text in parts[_PLB_FIRST::2]:
                    self.withheld.add(as_cents(text) if text else 0)

    def of_level(self, level: Loop) -> tuple[int, int | None]:
        """Give number and charges, in cents, of the payments behind an LX (2000)."""
        count, charges = self._levels.get(level, (0, Total()))
        return count, charges.cents


class PaymentUnit(Unit):
    """A claim payment (2100), or what stands around payments, whose payment properties are then empty."""

    def __init__(self, piece: Loop, following: Loop | None, origin: Origin, today: str, seen: PaymentsSeen) -> None:
        super().__init__(piece, following, origin, today)
        self.seen = seen

    @cached_property
    def clp(self) -> Parts:
        """CLP."""
        return self.piece.first("CLP")

    @cached_property
    def status(self) -> str:
        """CLP02."""
        return at(self.clp, 2)

    @cached_property
    def charge(self) -> int | None:
        """CLP03 in cents."""
        return as_cents(at(self.clp, 3))

    @cached_property
    def paid(self) -> int | None:
        """CLP04 in cents."""
        return as_cents(at(self.clp, 4))

    @cached_property
    def lines(self) -> list[Loop]:
        """Loops 2110."""
        return [loop for loop in self.piece.loops if loop.id == "2110"]

    @cached_property
    def sums(self) -> Sums | None:
        """What is taken off; None if an amount cannot be read."""
        patient, of_lines = 0, []
        for loop in (self.piece, *self.lines):
            taken = 0
            for _, parts, _ in loop.segments:
                if parts[0] == "CAS":
                    for text in parts[3::3]:
                        amount = as_cents(text) if text else 0
                        if amount is None:
                            return None
                        taken += amount
                        if parts[1] == "PR":
                            patient += amount
            of_lines.append(taken)
        return Sums(of_lines[0], tuple(of_lines[1:]), patient)

    @cached_property
    def charged_lines(self) -> list[int] | None:
        """SVC02 of each line in cents; None if one cannot be read."""
        return _cents([at(line.first("SVC"), 2) for line in self.lines])

    @cached_property
    def paid_lines(self) -> list[int] | None:
        """SVC03 of each line in cents; None if one cannot be read."""
        return _cents([at(line.first("SVC"), 3) for line in self.lines])

    @cached_property
    def line_controls(self) -> dict[str, Parts]:
        """The first segment with each line control number (REF*6R) of the payment."""
        found: dict[str, Parts] = {}
        for line in self.lines:
            for _, parts, _ in line.segments:
                if parts[0] == "REF" and parts[1] == "6R":
                    found.setdefault(at(parts, 2), parts)
        return found


def _cents(texts: list[str]) -> list[int] | None:
    found = []
    for text in texts:
        amount = as_cents(text)
        if amount is None:
            return None
        found.append(amount)
    return found
