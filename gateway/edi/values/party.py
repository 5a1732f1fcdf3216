"""Who or what a loop is about, read from its NM1 or N1 and what belongs to it."""

from datetime import date
from typing import Final, NamedTuple

from gateway.edi.follow.loop import Loop, Parts, at
from gateway.edi.wire.figures import as_day

_PERSON: Final = "1"
_NO_LOOP: Final = Loop("")


class PartyReading(NamedTuple):
    """A person or an organisation. Texts are as the file has them, empty where it has none.

    naming  NM1, or the N1 of an 835's payer or payee
    loop    what it stands in, for its address, numbers and the like; empty where several share a loop
    """

    naming: Parts
    loop: Loop = _NO_LOOP

    # An NM1 in the log would be somebody's name.
    def __repr__(self) -> str:
        return f"PartyReading({self.role})"

    @property
    def role(self) -> str:
        """What it is to the claim (NM101, N101), such as 85, IL, PR."""
        return at(self.naming, 1)

    @property
    def is_person(self) -> bool:
        """Whether it is a person (NM102)."""
        return self.naming[0] == "NM1" and at(self.naming, 2) == _PERSON

    @property
    def name(self) -> str:
        """Last name, or the organisation's (NM103, N102)."""
        return at(self.naming, 3 if self.naming[0] == "NM1" else 2)

    @property
    def first_name(self) -> str:
        """First name (NM104)."""
        return at(self.naming, 4) if self.naming[0] == "NM1" else ""

    @property
    def middle_name(self) -> str:
        """Middle name (NM105)."""
        return at(self.naming, 5)

    @property
    def suffix(self) -> str:
        """Such as JR (NM107)."""
        return at(self.naming, 7)

    @property
    def id_qualifier(self) -> str:
        """What `id` is (NM108, N103): XX an NPI, MI a member id, PI a payer id, 46 an id agreed on."""
        return at(self.naming, 8 if self.naming[0] == "NM1" else 3)

    @property
    def id(self) -> str:
        """Its id (NM109, N104)."""
        return at(self.naming, 9 if self.naming[0] == "NM1" else 4)

    @property
    def npi(self) -> str:
        """Its NPI; empty if its id is another."""
        return self.id if self.id_qualifier == "XX" else ""

    @property
    def taxonomy(self) -> str:
        """Its specialty (PRV03)."""
        return self.loop.element("PRV", 3)

    @property
    def street(self) -> tuple[str, str]:
        """Both address lines (N301, N302)."""
        n3 = self.loop.first("N3")
        return at(n3, 1), at(n3, 2)

    @property
    def city(self) -> str:
        """City (N401)."""
        return self.loop.element("N4", 1)

    @property
    def state(self) -> str:
        """State or province (N402)."""
        return self.loop.element("N4", 2)

    @property
    def zip_code(self) -> str:
        """ZIP or postal code (N403)."""
        return self.loop.element("N4", 3)

    @property
    def country(self) -> str:
        """Country (N404); empty in the United States."""
        return self.loop.element("N4", 4)

    @property
    def birth_date(self) -> date | None:
        """Date of birth (DMG02); None if there is none that can be read."""
        return as_day(self.loop.element("DMG", 2))

    @property
    def sex(self) -> str:
        """F, M or U (DMG03)."""
        return self.loop.element("DMG", 3)

    @property
    def tax_id(self) -> str:
        """Its tax id or social security number (REF*EI, REF*SY)."""
        return self.reference("EI", "SY")

    def reference(self, *qualifiers: str) -> str:
        """Give its first number of these kinds (REF02 by REF01); empty if there is none."""
        return at(self.loop.first("REF", *qualifiers), 2)

    @property
    def contacts(self) -> tuple[tuple[str, str], ...]:
        """How to reach it (PER): pairs of kind (TE, EM, FX, EX, UR) and number."""
        return tuple(
            (parts[place], parts[place + 1])
            for parts in self.loop.each("PER")
            for place in range(3, len(parts) - 1, 2)
            if parts[place]
        )


def party(loop: Loop | None) -> PartyReading | None:
    """Read a loop that begins with NM1 or N1; None if there is no loop, or it has lost its first segment."""
    naming = (loop.first("NM1") or loop.first("N1")) if loop is not None else []
    return PartyReading(naming, loop) if loop is not None and naming else None
