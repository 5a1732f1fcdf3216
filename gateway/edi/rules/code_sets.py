"""Codes that outside lists decide (SNIP 5), by the day that they were used on: the same of every guide.

What a list lacks on a day that it was not published for is a warning: the code may have come since.
"""

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple, TypeAlias

from gateway.codes.lists import Kind, Listed
from gateway.edi.follow.loop import Loop, Parts, at
from gateway.edi.rules.context.claim_unit import ICD10
from gateway.edi.rules.context.unit import Unit
from gateway.edi.rules.parties import HAVE_STATES
from gateway.edi.rules.rule import Fault, Rule, Spot, Verdict
from gateway.edi.rules.shapes import is_taxonomy
from gateway.edi.values.acknowledgments import STATUSES
from gateway.edi.values.payment import MIA_REMARKS, MOA_REMARKS
from gateway.edi.wire.finding import WireSeverity

_OF_MESSAGES: Final = frozenset({Kind.CARC, Kind.RARC, Kind.STATUS_CATEGORY, Kind.STATUS})
"""Codes that hold on the day of a payer's first message; reversals, corrections and later payers repeat them."""


class Code(NamedTuple):
    """A code in a segment: its text, its element and component."""

    text: str
    element: int
    component: int = 0


Coded: TypeAlias = Callable[[Parts, Unit], Iterable[Code]]
"""Gives each code of a list that a segment holds."""


def _element(position: int, *others: int) -> Coded:
    def coded(parts: Parts, _unit: Unit) -> Iterable[Code]:
        return [Code(parts[one], one) for one in (position, *others) if at(parts, one)]

    return coded


def _state(n4: Parts, _unit: Unit) -> Iterable[Code]:
    return (Code(n4[2], 2),) if at(n4, 2) and at(n4, 4) in HAVE_STATES else ()


def _accident(clm: Parts, unit: Unit) -> Iterable[Code]:
    state = unit.part(clm, 11, 4)
    return (Code(state, 11, 4),) if state and unit.part(clm, 11, 5) in HAVE_STATES else ()


def _place(clm: Parts, unit: Unit) -> Iterable[Code]:
    code = unit.part(clm, 5, 1)
    return (Code(code, 5, 1),) if code and unit.part(clm, 5, 2) in {"", "B"} else ()


def _diagnoses(hi: Parts, unit: Unit) -> Iterable[Code]:
    for position in range(1, len(hi)):
        qualifier, _, rest = hi[position].partition(unit.component)
        code = rest.partition(unit.component)[0].replace(".", "")
        if qualifier in ICD10 and code:
            yield Code(code, position, 2)


def _reasons(cas: Parts, _unit: Unit) -> Iterable[Code]:
    return [Code(cas[position], position) for position in range(2, len(cas), 3) if cas[position]]


def _remark(lq: Parts, _unit: Unit) -> Iterable[Code]:
    return (Code(lq[2], 2),) if at(lq, 1) == "HE" and at(lq, 2) else ()


def _taxonomy(prv: Parts, _unit: Unit) -> Iterable[Code]:
    return (Code(prv[3], 3),) if at(prv, 2) == "PXC" and is_taxonomy(at(prv, 3)) else ()


def _statuses(component: int) -> Coded:
    def coded(stc: Parts, unit: Unit) -> Iterable[Code]:
        found = ((unit.part(stc, position, component), position) for position in STATUSES)
        return [Code(text, position, component) for text, position in found if text]

    return coded


def _listed(kind: Kind, on: tuple[str, ...], coded: Coded) -> Rule[Unit]:
    """Make the rule that asks a list for the codes of some segments."""

    def check(parts: Parts, _loop: Loop, unit: Unit) -> Verdict:
        found, asked = [], unit.lists.of(kind)
        for text, element, component in coded(parts, unit):
            if text in asked.always:
                continue
            answer = asked.listed(text, unit.day)
            if answer is not Listed.YES:
                repeated = kind in _OF_MESSAGES and text in asked.dated
                weaker = WireSeverity.WARNING if repeated or answer is Listed.ASSUMED else None
                found.append(Spot(element, component, weaker))
        return found

    return Rule(
        id=f"{kind.name}_NOT_LISTED",
        snip=5,
        on=on,
        fault=Fault.VALUE,
        element=0,
        component=0,
        lacks="",
        severity=WireSeverity.ERROR,
        late=False,
        cites=f"every guide: the outside list of {kind.value} codes, by date (`gateway codes list`)",
        fix="Correct the code; if it is newer than our list, import the new list (`gateway codes import`).",
        says=f"this is no {kind.value} code of that day",
        check=check,
    )


RULES = (
    _listed(Kind.STATE, ("* N4",), _state),
    _listed(Kind.STATE, ("2300 CLM",), _accident),
    _listed(Kind.COUNTRY, ("* N4",), _element(4)),
    _listed(Kind.CURRENCY, ("2000A CUR", "HEADER CUR"), _element(2)),
    _listed(Kind.PLACE, ("2300 CLM",), _place),
    _listed(Kind.PLACE, ("2400 SV1",), _element(5)),
    _listed(Kind.DIAGNOSIS, ("2300 HI*ABK",), _diagnoses),
    _listed(Kind.TAXONOMY, ("* PRV",), _taxonomy),
    _listed(Kind.CARC, ("2100 CAS", "2110 CAS", "2320 CAS", "2430 CAS"), _reasons),
    _listed(Kind.RARC, ("2110 LQ",), _remark),
    _listed(Kind.RARC, ("2100 MOA", "2320 MOA"), _element(*MOA_REMARKS)),
    _listed(Kind.RARC, ("2100 MIA", "2320 MIA"), _element(*MIA_REMARKS)),
    _listed(Kind.STATUS_CATEGORY, ("* STC",), _statuses(1)),
    _listed(Kind.STATUS, ("* STC",), _statuses(2)),
    _listed(Kind.ENTITY, ("* STC",), _statuses(3)),
)
