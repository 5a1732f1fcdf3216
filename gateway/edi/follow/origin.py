"""Where in a file something stands: the envelopes around it."""

from dataclasses import dataclass, replace
from typing import Final, NoReturn

from gateway.edi.follow.loop import at
from gateway.edi.wire.finding import WireFinding
from gateway.edi.wire.segment import STANDARD, Delimiters
from gateway.errors import InboundWireError


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The envelopes around a place, as written; what is not open there is empty.

    isa      the sixteen elements of ISA, without its id
    isa_at   the place of ISA in the file, from 1
    gs, st   GS and ST, their ids first
    gs_at    the place of GS in the file, from 1
    version  the guide that the set is read by, which has replaced what an older edition names
    starts   the place of ST in the file, from 1
    """

    marks: Delimiters = STANDARD
    starts: int = 0
    isa: tuple[str, ...] = ()
    isa_at: int = 0
    gs: tuple[str, ...] = ()
    gs_at: int = 0
    st: tuple[str, ...] = ()
    version: str = ""

    @property
    def interchange(self) -> str:
        """The interchange's control number (ISA13)."""
        return at(self.isa, 12).strip()

    @property
    def sender(self) -> str:
        """Who sent the interchange (ISA06)."""
        return at(self.isa, 5).strip()

    @property
    def receiver(self) -> str:
        """Whom it was sent to (ISA08)."""
        return at(self.isa, 7).strip()

    @property
    def is_test(self) -> bool:
        """Whether it is marked as a test (ISA15)."""
        return at(self.isa, 14) == "T"

    @property
    def date(self) -> str:
        """When the functional group was made (GS04), CCYYMMDD."""
        return at(self.gs, 4)

    @property
    def group(self) -> str:
        """The functional group's control number (GS06)."""
        return at(self.gs, 6)

    @property
    def control(self) -> str:
        """The transaction set's control number (ST02)."""
        return at(self.st, 2)

    def refuse(self, ordinal: int, said: str) -> NoReturn:
        """Raise InboundWireError about a segment of the set, counted from ST = 1. `said` is without any value."""
        said = f"{at(self.st, 1)} {self.control}: {said}"
        raise InboundWireError(ordinal=self.starts + ordinal - 1, said=said)

    def located(self, finding: WireFinding) -> WireFinding:
        """Say where in the file a finding is; of one about the set, its place in there tells."""
        return replace(
            finding,
            interchange=self.interchange,
            group=self.group,
            set_control=self.control,
            file_ordinal=finding.file_ordinal or max(0, self.starts + finding.ordinal - 1),
        )


NOWHERE: Final = Origin()
"""Before the first ISA."""
