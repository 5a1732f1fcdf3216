"""An 835 (005010X221A1) as a Remittance. It reads; whether the sums agree is for gateway.remit to judge."""

from collections.abc import Iterable, Sequence
from typing import BinaryIO, Final

from gateway.edi.figures import amount, day, loops
from gateway.edi.loop import Placed
from gateway.edi.overlay import Overlay
from gateway.edi.passage import Reading
from gateway.edi.payment_values import UnreadableError, claim_payment, provider_adjustments
from gateway.edi.received import Numbered, TransactionSet
from gateway.edi.remittance_reading import RemittanceReading, reading
from gateway.edi.segment import Segment
from gateway.remittance import ClaimPayment, ProviderAdjustment, Remittance

_MONEY: Final = frozenset({"CAS", "SVC"})
"""Segments that would change the sums if they were overlooked."""
_JOINT: Final = "\ue000"
"""Joins components anew; no byte of a file reads as this."""


def read(source: bytes | BinaryIO, *, overlays: tuple[Overlay, ...] = ()) -> Reading[RemittanceReading]:
    """Read every 835 of a file whoever wrote it, in a stream: each remittance with its payments one at a time.

    Take a remittance's payments before the next remittance: they are read from the file as they come.
    Nothing raises for what a file holds; see `Reading` for when it may be used. What is to be posted goes by `remittance`.
    """
    return reading(source, overlays)


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
        provider_adjustments=_provider_adjustments(one, pairs),
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
    try:
        return claim_payment(_split(own), [_split(line) for line in lines], _JOINT)
    except UnreadableError as wrong:
        one.refuse(wrong.ordinal, wrong.said)


def _provider_adjustments(one: TransactionSet, pairs: Sequence[Numbered]) -> tuple[ProviderAdjustment, ...]:
    try:
        return tuple(pair for at, plb, _ in _split(pairs) for pair in provider_adjustments(at, plb, _JOINT))
    except UnreadableError as wrong:
        one.refuse(wrong.ordinal, wrong.said)


def _split(run: Iterable[Numbered]) -> list[Placed]:
    """Give segments as a file being read in a stream has them, with a mark of our own between components."""
    return [
        (at, [segment.id, *(one if isinstance(one, str) else _JOINT.join(one) for one in segment.elements)], None)
        for at, segment in run
    ]
