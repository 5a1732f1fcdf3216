"""A service line of an 837P as it stands in the file: loop 2400 and what is in it."""

from decimal import Decimal
from typing import NamedTuple

from gateway.edi.follow.loop import Loop
from gateway.edi.values.loop_values import Note, Period, notes, period, reference, references
from gateway.edi.values.party import PartyReading, party
from gateway.edi.values.prior_payment import LineAdjudicationReading
from gateway.edi.wire.figures import as_amount, as_number, is_whole


class DrugReading(NamedTuple):
    """Loop 2410."""

    loop: Loop
    component: str

    @property
    def code(self) -> str:
        """The drug's NDC (LIN03)."""
        return self.loop.element("LIN", 3)

    @property
    def quantity(self) -> Decimal | None:
        """How much (CTP04)."""
        return as_number(self.loop.element("CTP", 4))

    @property
    def unit(self) -> str:
        """Of what: F2, GR, ME, ML, UN (CTP05-1)."""
        return self.loop.element("CTP", 5).partition(self.component)[0]

    @property
    def prescription(self) -> str:
        """The prescription's number (REF*XZ), or what links a compound's drugs (REF*VY)."""
        return reference(self.loop, "XZ", "VY")


class LineReading(NamedTuple):
    """Loop 2400. See `claim_reading` for what is empty and what is None.

    component  the mark between components
    """

    loop: Loop
    component: str

    @property
    def ordinal(self) -> int:
        """The place of its LX, counted from ST = 1."""
        return self.loop.ordinal

    @property
    def number(self) -> str:
        """LX01."""
        return self.loop.element("LX", 1)

    @property
    def procedure(self) -> tuple[str, ...]:
        """SV101 whole: qualifier, code, up to four modifiers, a description."""
        text = self.loop.element("SV1", 1)
        return tuple(text.split(self.component)) if text else ()

    @property
    def code(self) -> str:
        """The procedure's code (SV101-2)."""
        procedure = self.procedure
        return procedure[1] if len(procedure) > 1 else ""

    @property
    def modifiers(self) -> tuple[str, ...]:
        """Its modifiers (SV101-3 to SV101-6)."""
        return tuple(filter(None, self.procedure[2:6]))

    @property
    def description(self) -> str:
        """What it was, of a code that does not say so (SV101-7)."""
        return "".join(self.procedure[6:7])

    @property
    def charge(self) -> Decimal | None:
        """SV102."""
        return as_amount(self.loop.element("SV1", 2))

    @property
    def unit(self) -> str:
        """UN units, MJ minutes (SV103)."""
        return self.loop.element("SV1", 3)

    @property
    def units(self) -> Decimal | None:
        """How many (SV104)."""
        return as_number(self.loop.element("SV1", 4))

    @property
    def place_of_service(self) -> str:
        """SV105; empty if it is the claim's."""
        return self.loop.element("SV1", 5)

    @property
    def pointers(self) -> tuple[int, ...]:
        """The diagnoses that it points to, from 1, the first first (SV107); 0 for what is no number."""
        text = self.loop.element("SV1", 7)
        return tuple([int(one) if is_whole(one) else 0 for one in text.split(self.component)]) if text else ()

    @property
    def is_emergency(self) -> bool:
        """SV109."""
        return self.loop.element("SV1", 9) == "Y"

    @property
    def served(self) -> Period | None:
        """When it was done (DTP*472)."""
        return period(self.loop, "472")

    def period(self, *qualifiers: str) -> Period | None:
        """Give another date or period (DTP03) by its kind (DTP01), such as 463 (therapy began)."""
        return period(self.loop, *qualifiers)

    @property
    def control(self) -> str:
        """The sender's number of the line (REF*6R)."""
        return reference(self.loop, "6R")

    @property
    def authorization(self) -> str:
        """Prior authorization (REF*G1)."""
        return reference(self.loop, "G1")

    @property
    def references(self) -> tuple[tuple[str, str], ...]:
        """Every number of the line: pairs of kind (REF01) and number (REF02)."""
        return references(self.loop)

    @property
    def notes(self) -> tuple[Note, ...]:
        """NTE."""
        return tuple(notes(self.loop))

    @property
    def drug(self) -> DrugReading | None:
        """Loop 2410."""
        loop = self.loop.one("2410")
        return DrugReading(loop, self.component) if loop is not None else None

    @property
    def rendering(self) -> PartyReading | None:
        """Loop 2420A; None if it is the claim's."""
        return party(self.loop.one("2420A"))

    @property
    def facility(self) -> PartyReading | None:
        """Loop 2420C."""
        return party(self.loop.one("2420C"))

    @property
    def supervising(self) -> PartyReading | None:
        """Loop 2420D."""
        return party(self.loop.one("2420D"))

    @property
    def ordering(self) -> PartyReading | None:
        """Loop 2420E."""
        return party(self.loop.one("2420E"))

    @property
    def referring(self) -> tuple[PartyReading, ...]:
        """Loops 2420F."""
        return tuple(one for loop in self.loop.inside("2420F") if (one := party(loop)) is not None)

    @property
    def adjudications(self) -> tuple[LineAdjudicationReading, ...]:
        """What other payers did with it (loops 2430)."""
        return tuple(LineAdjudicationReading(loop, self.component) for loop in self.loop.inside("2430"))
