"""Claim payments as values, from their segments. Strict: what is not exactly a figure is refused, never guessed."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, NoReturn

from gateway.edi.follow.loop import Parts, Run, at
from gateway.edi.wire.figures import as_amount, as_day, as_number
from gateway.money import ZERO
from gateway.remittance import Adjustment, ClaimPayment, GroupCode, LinePayment, ProviderAdjustment

_GROUPS: Final = {group.value: group for group in GroupCode}
_CAS_LAST: Final = 19
_QUALIFIED: Final = 2
"""The length of a segment with nothing but a qualifier."""
_ONE_REASON: Final = 4
"""The length of a CAS with one reason and no quantity."""
_AS_BILLED: Final = 6
"""SVC06, the procedure that was billed; SVC07 is how many of it."""
_AS_ADJUDICATED: Final = ("", (), None)
_PLB_LAST: Final = 14
MOA_REMARKS: Final = (3, 4, 5, 6, 7)
MIA_REMARKS: Final = (5, 20, 21, 22, 23)
"""Elements that are remark codes."""
_DATED: Final = frozenset({"472", "150", "151", "232"})


class UnreadableError(Exception):
    """A figure or a key cannot be read. `said` is without the value."""

    def __init__(self, ordinal: int, said: str, segment: str = "", element: int = 0) -> None:
        super().__init__(said)
        self.ordinal, self.said, self.segment, self.element = ordinal, said, segment, element


def claim_payment(own: Run, lines: Sequence[Run], component: str) -> ClaimPayment:
    """Read loop 2100: its own segments, CLP first, and those of each line (2110), SVC first.

    component  the mark between components. Raises UnreadableError.
    """
    ordinal, clp, _ = own[0]
    if clp[0] != "CLP":
        raise UnreadableError(ordinal, "the claim payment has lost its CLP", "CLP")
    for position in (1, 2):
        if not at(clp, position):
            _refuse(ordinal, clp, position, "is missing")
    dates: dict[str, date] = {}
    adjustments: list[Adjustment] = []
    remarks: list[str] = []
    names: dict[str, Parts] = {}
    for place, parts, _ in own:
        name = parts[0]
        if name == "CAS":
            adjustments += _adjustments(place, parts)
        elif name == "DTM" and at(parts, 1) in _DATED:
            dates[parts[1]] = _day(place, parts, 2)
        elif name in {"MOA", "MIA"}:
            positions = MOA_REMARKS if name == "MOA" else MIA_REMARKS
            remarks += [code for position in positions if (code := at(parts, position))]
        elif name == "NM1":
            names[at(parts, 1)] = parts
    served = dates.get("232")
    patient = names.get("QC", [])
    return ClaimPayment(
        patient_control_number=clp[1].partition(component)[0],
        status=clp[2],
        charge=_amount(ordinal, clp, 3),
        paid=_amount(ordinal, clp, 4),
        patient_share=_amount(ordinal, clp, 5) if at(clp, 5) else ZERO,
        filing_code=at(clp, 6),
        payer_claim_number=at(clp, 7).partition(component)[0],
        adjustments=tuple(adjustments),
        remarks=tuple(remarks),
        lines=tuple([_line(line, served, component) for line in lines]),
        ordinal=ordinal,
        next_payer=at(names.get("TT", []), 3),
        member_id=at(names.get("IL", []), 9) or at(patient, 9),
        patient=", ".join(filter(None, patient[3:5])),
        day=served,
    )


def _line(run: Run, served: date | None, component: str) -> LinePayment:
    """Loop 2110. The day is DTM*472, else the first day of a period (DTM*150), else that of the claim (DTM*232)."""
    ordinal, svc, _ = run[0]
    if svc[0] != "SVC":
        raise UnreadableError(ordinal, "the line has lost its SVC", "SVC")
    dates: dict[str, date] = {}
    adjustments: list[Adjustment] = []
    remarks: list[str] = []
    control = ""
    for place, parts, _ in run:
        name = parts[0]
        if name == "CAS":
            adjustments += _adjustments(place, parts)
        elif len(parts) <= _QUALIFIED:
            continue
        elif name == "DTM":
            if parts[1] in _DATED:
                dates[parts[1]] = _day(place, parts, 2)
        elif name == "REF":
            if parts[1] == "6R" and not control:
                control = parts[2].partition(component)[0]
        elif name == "LQ" and parts[1] == "HE" and parts[2]:
            remarks.append(parts[2])
    procedure = at(svc, 1).split(component)
    billed = _billed(ordinal, svc, component)
    return LinePayment(
        procedure=at(procedure, 1),
        modifiers=tuple(filter(None, procedure[2:6])),
        charge=_amount(ordinal, svc, 2),
        paid=_amount(ordinal, svc, 3),
        units=_quantity(ordinal, svc, 5),
        day=dates.get("472") or dates.get("150") or served,
        control=control,
        adjustments=tuple(adjustments),
        remarks=tuple(remarks),
        ordinal=ordinal,
        billed_procedure=billed[0],
        billed_modifiers=billed[1],
        billed_units=billed[2],
    )


def _billed(ordinal: int, svc: Parts, component: str) -> tuple[str, tuple[str, ...], Decimal | None]:
    if len(svc) <= _AS_BILLED:  # as nearly all are
        return _AS_ADJUDICATED
    procedure = svc[_AS_BILLED].split(component)
    return at(procedure, 1), tuple(filter(None, procedure[2:6])), _quantity(ordinal, svc, _AS_BILLED + 1)


def _adjustments(ordinal: int, cas: Parts) -> Iterable[Adjustment]:
    group = _GROUPS.get(cas[1]) if len(cas) > 1 else None
    if group is None:
        raise UnreadableError(ordinal, "CAS01 is none of CO, OA, PI, PR", "CAS", 1)
    if len(cas) == _ONE_REASON and cas[2]:  # as nearly all are
        return (Adjustment(group, cas[2], _amount(ordinal, cas, 3)),)
    return _triples(ordinal, cas, group)


def _triples(ordinal: int, cas: Parts, group: GroupCode) -> Iterator[Adjustment]:
    _no_more_than(ordinal, cas, _CAS_LAST)
    for position in range(2, len(cas), 3):
        if not any(cas[position : position + 3]):
            continue
        if not cas[position]:
            _refuse(ordinal, cas, position, "is missing: an amount without a reason")
        yield Adjustment(
            group=group,
            carc=cas[position],
            amount=_amount(ordinal, cas, position + 1),
            quantity=_quantity(ordinal, cas, position + 2),
        )


def provider_adjustments(ordinal: int, plb: Parts, component: str) -> Iterator[ProviderAdjustment]:
    """Read a PLB. Raises UnreadableError."""
    _no_more_than(ordinal, plb, _PLB_LAST)
    for position in range(3, len(plb), 2):
        reason = plb[position].split(component)
        if not any(reason) and not at(plb, position + 1):
            continue
        if not reason[0]:
            _refuse(ordinal, plb, position, "is missing: an amount without a reason")
        yield ProviderAdjustment(
            reason=reason[0],
            reference=at(reason, 1),
            amount=_amount(ordinal, plb, position + 1),
            ordinal=ordinal,
        )


def _amount(ordinal: int, parts: Parts, position: int) -> Decimal:
    found = as_amount(parts[position]) if position < len(parts) else None
    if found is None:
        _refuse(ordinal, parts, position, "is not an amount in dollars and cents")
    return found


def _quantity(ordinal: int, parts: Parts, position: int) -> Decimal | None:
    text = parts[position] if position < len(parts) else ""
    if not text:
        return None
    found = as_number(text)
    if found is None:
        _refuse(ordinal, parts, position, "is not a plain number")
    return found


def _day(ordinal: int, parts: Parts, position: int) -> date:
    found = as_day(at(parts, position))
    if found is None:
        _refuse(ordinal, parts, position, "is not a date CCYYMMDD")
    return found


def _no_more_than(ordinal: int, parts: Parts, last: int) -> None:
    if len(parts) > last + 1:
        raise UnreadableError(ordinal, f"{parts[0]} has more elements than the guide allows", parts[0], last + 1)


def _refuse(ordinal: int, parts: Parts, position: int, said: str) -> NoReturn:
    raise UnreadableError(ordinal, f"{parts[0]}{position:02} {said}", parts[0], position)
