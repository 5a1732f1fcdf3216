"""A piece of an 835 (005010X221A1) as its rules see it, and the sums of the set so far."""

from typing import Final, TypeAlias

from gateway.edi.follow.loop import Loop, at
from gateway.edi.rules.context.unit import ONE_REASON, Setting, Unit, taken_by
from gateway.edi.wire.figures import as_cents

_PLB_FIRST: Final = 4
"""PLB04, PLB06 and so on are amounts."""
_OWN_DATES: Final = frozenset({"472", "150", "151", "232", "233"})
"""DTM01 of a service, of its period, and of a claim's."""


LineSums: TypeAlias = tuple[int | None, int | None, int | None]
"""Charge (SVC02), payment (SVC03) and what is taken off (CAS) of a line, in cents; None of what cannot be read."""


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
        self._level: Loop | None = None
        self._payments, self._charges = 0, Total()

    def take(self, unit: "PaymentUnit") -> None:
        """Add up a piece."""
        if unit.piece.id == "2100":
            self.paid.add(unit.paid)
            if unit.piece.around is not self._level:
                self._level, self._payments, self._charges = unit.piece.around, 0, Total()
            self._payments += 1
            self._charges.add(unit.charge)
            return
        for loop in unit.piece.inside("FOOTER"):
            for parts in loop.each("PLB"):
                for text in parts[_PLB_FIRST::2]:
                    self.withheld.add(as_cents(text) if text else 0)

    def of_level(self, level: Loop) -> tuple[int, int | None]:
        """Give number and charges, in cents, of the payments behind the LX (2000) that was read last."""
        return (self._payments, self._charges.cents) if self._level is level else (0, 0)


class PaymentUnit(Unit):
    """A claim payment (2100), or what stands around payments, whose payment properties are then empty.

    clp, status, charge, paid  CLP, CLP02, and CLP03 and CLP04 in cents; None of what cannot be read
    taken    all that is taken off, of the claim and its lines; None if an amount cannot be read
    patient  what of that is the patient's (PR)
    lines    loops 2110, each with its sums
    dated    the lines that have a date of their own
    numbers  the line control numbers (REF*6R)
    """

    def __init__(self, piece: Loop, setting: Setting, seen: PaymentsSeen) -> None:
        super().__init__(piece, setting)
        self.seen = seen
        self.clp = piece.first("CLP")
        self.status = at(self.clp, 2)
        self.charge, self.paid = as_cents(at(self.clp, 3)), as_cents(at(self.clp, 4))
        self.patient = 0
        self.lines: dict[Loop, LineSums] = {}
        self.dated: set[Loop] = set()
        self.numbers: list[str] = []
        total = self._taken(piece)
        for loop in piece.loops:
            if loop.id == "2110":
                taken, svc = self._taken(loop), loop.first("SVC")
                self.lines[loop] = as_cents(at(svc, 2)), as_cents(at(svc, 3)), taken
                total = total + taken if total is not None and taken is not None else None
        self.taken = total

    @property
    def name(self) -> str:
        """TRN02: the number of the payment, by which a 999 tells its sender what is meant."""
        root = self.level("ST_LOOP")
        header = (root.continues or root).one("HEADER")
        return header.element("TRN", 2) if header is not None else ""

    def _taken(self, loop: Loop) -> int | None:
        """Add up the adjustments directly in a loop; note its number and whether it has a date."""
        total: int | None = 0
        for _, parts, _ in loop.segments:
            name = parts[0]
            if name == "CAS":
                here = as_cents(parts[3]) if len(parts) == ONE_REASON else taken_by(parts)
                if here is None or total is None:
                    total = None
                    continue
                total += here
                if here and parts[1] == "PR":
                    self.patient += here
            elif name == "DTM":
                if len(parts) > 1 and parts[1] in _OWN_DATES:
                    self.dated.add(loop)
            elif name == "REF" and len(parts) > 1 and parts[1] == "6R":
                self.numbers.append(at(parts, 2))
        return total
