"""What a rule of the wire is: one question to one segment and to what stands around it.

A rule is asked at every segment that it is `on`, and answers with what is wrong there: nothing, its own place, or places.
It never raises for what a file holds: what is absent is empty, and a figure that cannot be read has a finding already.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from gateway.edi.follow.loop import Loop, Parts
from gateway.edi.rules.context.unit import Unit
from gateway.edi.wire.finding import WireFinding, WireLevel, WireSeverity

U_contra = TypeVar("U_contra", bound=Unit, contravariant=True)


class Spot(NamedTuple):
    """A place in a segment, 1-based; 0 for the whole. `severity` may be weaker than the rule's own."""

    element: int
    component: int = 0
    severity: WireSeverity | None = None


Verdict: TypeAlias = bool | Sequence[Spot]
"""False or empty: nothing is wrong. True: the rule's own place. Else the places in the segment."""

Check: TypeAlias = Callable[[Parts, Loop, U_contra], Verdict]
"""Asked with the segment, the loop that it stands in, and the piece of the set that the loop belongs to."""


class Kind(NamedTuple):
    """What kind of fault it is, as X12 tells it: by IK304 if it is a segment's, by IK403 if an element's."""

    level: WireLevel
    code: str


class Fault(Enum):
    """The kinds of fault that a rule can find."""

    VALUE = Kind(WireLevel.ELEMENT, "7")
    DATE = Kind(WireLevel.ELEMENT, "8")
    SHAPE = Kind(WireLevel.ELEMENT, "I12")
    LENGTH = Kind(WireLevel.ELEMENT, "5")
    ELEMENT_MISSING = Kind(WireLevel.ELEMENT, "I9")
    ELEMENT_NOT_USED = Kind(WireLevel.ELEMENT, "I13")
    SEGMENT_MISSING = Kind(WireLevel.SEGMENT, "I6")
    SEGMENT_TOO_OFTEN = Kind(WireLevel.SEGMENT, "5")
    SEGMENT_NOT_USED = Kind(WireLevel.SEGMENT, "I9")
    LOOP_MISSING = Kind(WireLevel.SEGMENT, "I7")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Generic[U_contra]):
    """A question with all that a person wants to know of it.

    on        where it is asked: "2300 CLM", with a qualifier "2300 DTP*435", in any loop "* N4"; a place of the guide that
              takes several qualifiers is asked about all of them if one is named
    element, component  its own place in the segment
    lacks     where something is missing: what, as "REF" in the same loop or "2310E NM1" in another
    late      asked once all that stands in the segment's level was read
    says      its docstring: the fault that it finds, without a full stop
    """

    id: str
    snip: int
    on: tuple[str, ...]
    fault: Fault
    element: int
    component: int
    lacks: str
    severity: WireSeverity
    late: bool
    cites: str
    fix: str
    says: str
    check: Check[U_contra]

    def findings(self, verdict: Verdict, ordinal: int, parts: Parts, loop: Loop, unit: Unit) -> list[WireFinding]:
        """Tell a verdict that is not empty."""
        spots = [Spot(self.element, self.component)] if isinstance(verdict, bool) else verdict
        named, _, segment = self.lacks.rpartition(" ")
        return [
            WireFinding(
                snip=self.snip,
                rule=self.id,
                level=self.fault.value.level,
                code=self.fault.value.code,
                severity=spot.severity or self.severity,
                said=self.says,
                fix=self.fix,
                ordinal=ordinal,
                loop=named or loop.id,
                segment=segment or parts[0],
                element=spot.element,
                component=spot.component,
                value="" if self.lacks or not spot.element else unit.part(parts, spot.element, spot.component),
            )
            for spot in spots
        ]


def rule(
    *,
    id: str,  # noqa: A002 the field's name
    on: str | tuple[str, ...],
    cites: str,
    fix: str,
    fault: Fault = Fault.VALUE,
    element: int = 0,
    component: int = 0,
    lacks: str = "",
    snip: int = 4,
    severity: WireSeverity = WireSeverity.ERROR,
    late: bool = False,
) -> Callable[[Check[U_contra]], Rule[U_contra]]:
    """Make a rule of a check. Nothing registers itself: a family lists its rules in RULES."""

    def made(check: Check[U_contra]) -> Rule[U_contra]:
        says = (check.__doc__ or "").strip().partition("\n")[0].rstrip(".")
        assert says, f"{id} has no docstring"
        return Rule(
            id=id,
            snip=snip,
            on=(on,) if isinstance(on, str) else on,
            fault=fault,
            element=element,
            component=component,
            lacks=lacks,
            severity=severity,
            late=late,
            cites=cites,
            fix=fix,
            says=_begun_small(says),
            check=check,
        )

    return made


def _begun_small(says: str) -> str:
    """Make a sentence go on behind a place and a colon; the name of an element stays as it is."""
    first = says.split(maxsplit=1)[0]
    return says if len(first) > 1 and first.isupper() else f"{says[0].lower()}{says[1:]}"
