"""An 835 (005010X221A1) as a Remittance. It reads; whether the sums agree is for gateway.remit to judge."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from gateway.edi.figures import amount, day, loops, quantity
from gateway.edi.received import Numbered, TransactionSet
from gateway.edi.segment import Segment
from gateway.money import ZERO
from gateway.remittance import (
    Adjustment,
    ClaimPayment,
    GroupCode,
    LinePayment,
    ProviderAdjustment,
    Remittance,
)

_CAS_LAST: Final = 19
_PLB_LAST: Final = 14
_MOA_REMARKS: Final = (3, 4, 5, 6, 7)
_MIA_REMARKS: Final = (5, 20, 21, 22, 23)
_MONEY: Final = frozenset({"CAS", "SVC"})
"""Segments that would change the sums if they were overlooked."""


def remittance(one: TransactionSet) -> Remittance:
    """Read one transaction set 835.

    The payer's id is the first of: REF*2U of the payer, N104 of N1*PR, BPR10, TRN03. The payee's is N104 of N1*PE.
    Raises InboundWireError if an amount, a date or a key is not readable, or money stands where no guide puts it.
    """
    header, *runs = loops(one.segments, "LX", "CLP", "PLB", "SE")
    for run in (header, *(run for run in runs if run[0][1].id != "CLP")):
        _without_money(one, run)
    bpr_at, bpr = _only(one, header, "BPR")
    _, trn = _only(one, header, "TRN")
    payer, payee = _party(one, header, "PR"), _party(one, header, "PE")
    number = next((ref.at(2) for ref in payer if ref.id == "REF" and ref.at(1) == "2U"), "")
    claims = [run for run in runs if run[0][1].id == "CLP"]
    pairs = [run[0] for run in runs if run[0][1].id == "PLB"]
    return Remittance(
        control=one.control,
        payment=amount(one, bpr_at, bpr, 2),
        method=bpr.at(4),
        paid_on=day(one, bpr_at, bpr, 16),
        trace=trn.at(2),
        originator=trn.at(3),
        payer_name=payer[0].at(2),
        payer_id=number or payer[0].at(4) or bpr.at(10) or trn.at(3),
        payee_id=payee[0].at(4),
        claims=tuple(_claim(one, run) for run in claims),
        provider_adjustments=tuple(pair for at, plb in pairs for pair in _provider_adjustments(one, at, plb)),
    )


def _without_money(one: TransactionSet, run: Sequence[Numbered]) -> None:
    for ordinal, segment in run:
        if segment.id in _MONEY:
            one.refuse(ordinal, f"{segment.id} stands outside a claim")


def _only(one: TransactionSet, header: Sequence[Numbered], name: str) -> Numbered:
    found = [numbered for numbered in header if numbered[1].id == name]
    if len(found) != 1:
        one.refuse(1, f"the 835 has {len(found)} {name} segments, and needs one")
    return found[0]


def _party(one: TransactionSet, header: Sequence[Numbered], role: str) -> list[Segment]:
    """N1 and what belongs to it, of the payer (PR) or the payee (PE)."""
    found = [run for run in loops(header, "N1")[1:] if run[0][1].at(1) == role]
    if not found:
        one.refuse(1, f"the 835 has no N1*{role}")
    return [segment for _, segment in found[0]]


def _claim(one: TransactionSet, run: Sequence[Numbered]) -> ClaimPayment:
    own, *lines = loops(run, "SVC")
    ordinal, clp = own[0]
    for position in (1, 2):
        if not clp.at(position):
            one.refuse(ordinal, f"CLP{position:02} is missing")
    served = _dates(one, own).get("232")
    return ClaimPayment(
        patient_control_number=clp.at(1),
        status=clp.at(2),
        charge=amount(one, ordinal, clp, 3),
        paid=amount(one, ordinal, clp, 4),
        patient_share=amount(one, ordinal, clp, 5) if clp.at(5) else ZERO,
        filing_code=clp.at(6),
        payer_claim_number=clp.at(7),
        adjustments=tuple(_adjustments(one, own)),
        remarks=tuple(_claim_remarks(own)),
        lines=tuple(_line(one, line, served) for line in lines),
        ordinal=ordinal,
    )


def _line(one: TransactionSet, run: Sequence[Numbered], served: date | None) -> LinePayment:
    """Loop 2110. The day is DTM*472, else the first day of a period (DTM*150), else that of the claim (DTM*232)."""
    ordinal, svc = run[0]
    dates = _dates(one, run)
    procedure = svc.parts(1)
    return LinePayment(
        procedure=svc.part(1, 2),
        modifiers=tuple(modifier for modifier in procedure[2:6] if modifier),
        charge=amount(one, ordinal, svc, 2),
        paid=amount(one, ordinal, svc, 3),
        units=quantity(one, ordinal, svc, 5),
        day=dates.get("472") or dates.get("150") or served,
        control=next((ref.at(2) for _, ref in run if ref.id == "REF" and ref.at(1) == "6R"), ""),
        adjustments=tuple(_adjustments(one, run)),
        remarks=tuple(lq.at(2) for _, lq in run if lq.id == "LQ" and lq.at(1) == "HE" and lq.at(2)),
        ordinal=ordinal,
    )


def _dates(one: TransactionSet, run: Sequence[Numbered]) -> dict[str, date]:
    return {
        segment.at(1): day(one, ordinal, segment, 2)
        for ordinal, segment in run
        if segment.id == "DTM" and segment.at(1) in ("472", "150", "151", "232")
    }


def _claim_remarks(own: Sequence[Numbered]) -> Iterator[str]:
    for _, segment in own:
        positions = _MOA_REMARKS if segment.id == "MOA" else _MIA_REMARKS if segment.id == "MIA" else ()
        yield from (code for position in positions if (code := segment.at(position)))


def _adjustments(one: TransactionSet, run: Sequence[Numbered]) -> Iterator[Adjustment]:
    for ordinal, cas in run:
        if cas.id != "CAS":
            continue
        if cas.at(1) not in tuple(GroupCode):
            one.refuse(ordinal, "CAS01 is none of CO, OA, PI, PR")
        _no_more_than(one, ordinal, cas, _CAS_LAST)
        for position in range(2, _CAS_LAST, 3):
            triple = [cas.at(position + step) for step in range(3)]
            if not any(triple):
                continue
            if not triple[0]:
                one.refuse(ordinal, f"CAS{position:02} is missing: an amount without a reason")
            yield Adjustment(
                group=GroupCode(cas.at(1)),
                carc=triple[0],
                amount=amount(one, ordinal, cas, position + 1),
                quantity=quantity(one, ordinal, cas, position + 2),
            )


def _provider_adjustments(one: TransactionSet, ordinal: int, plb: Segment) -> Iterator[ProviderAdjustment]:
    _no_more_than(one, ordinal, plb, _PLB_LAST)
    for position in range(3, _PLB_LAST, 2):
        if not any(plb.parts(position)) and not plb.at(position + 1):
            continue
        if not plb.at(position):
            one.refuse(ordinal, f"PLB{position:02} is missing: an amount without a reason")
        yield ProviderAdjustment(
            reason=plb.at(position),
            reference=plb.part(position, 2),
            amount=amount(one, ordinal, plb, position + 1),
            ordinal=ordinal,
        )


def _no_more_than(one: TransactionSet, ordinal: int, segment: Segment, last: int) -> None:
    if len(segment.elements) > last:
        one.refuse(ordinal, f"{segment.id} has more elements than the guide allows")
