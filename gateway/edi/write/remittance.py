"""An 835 (005010X221A1) from a remittance that a person typed: what stands between ST and SE.

Only what is known is written: a paper EOB gives no address of the payer (N3, N4), and nobody makes one up.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby, islice

from gateway.edi.wire.segment import Segment
from gateway.edi.write.wording import ccyymmdd, loop, plain
from gateway.money import wire
from gateway.remittance import Adjustment, ClaimPayment, GroupCode, LinePayment, Remittance

GUIDE = "005010X221A1"
_TRIPLES_MAX = 6
_BPR_EMPTY = 11
"""BPR05 to BPR15: the banks, of a payment that is no transfer."""
_NAME_MAX = 60


def segments(remittance: Remittance, *, payee_name: str) -> Iterator[Segment]:
    """Write it. Raises OutboundWireError if a value holds what X12 cannot carry."""
    yield from _header(remittance, payee_name)
    yield Segment("LX", ("1",))
    for one in remittance.claims:
        yield from _claim(one)


@loop("HEADER")
def _header(remittance: Remittance, payee_name: str) -> Iterator[Segment]:
    day = ccyymmdd(remittance.paid_on)
    yield Segment("BPR", ("I", wire(remittance.payment), "C", remittance.method, *[""] * _BPR_EMPTY, day))
    yield Segment("TRN", ("1", remittance.trace, remittance.originator))
    yield Segment("DTM", ("405", day))
    yield Segment("N1", ("PR", plain(remittance.payer_name)[:_NAME_MAX]))
    yield Segment("REF", ("2U", remittance.payer_id))
    yield Segment("PER", ("BL", "TYPED FROM PAPER"))
    yield Segment("N1", ("PE", plain(payee_name)[:_NAME_MAX], "XX", remittance.payee_id))


@loop("2100")
def _claim(one: ClaimPayment) -> Iterator[Segment]:
    """Write a claim payment. CLP05 is not used on reversals; CLP07 is empty where the paper does not tell it."""
    share = "" if one.is_reversal else wire(one.patient_share)
    amounts = (wire(one.charge), wire(one.paid), share)
    yield Segment("CLP", (one.patient_control_number, one.status, *amounts, one.filing_code, one.payer_claim_number))
    last, _, first = one.patient.partition(", ")
    member = ("MI", one.member_id) if one.member_id else ()
    yield Segment("NM1", ("QC", "1", plain(last), plain(first), "", "", "", *member))
    for line in one.lines:
        yield from _line(line)


@loop("2110")
def _line(line: LinePayment) -> Iterator[Segment]:
    units = () if line.units is None else ("", f"{line.units.normalize():f}")
    yield Segment("SVC", (("HC", line.procedure, *line.modifiers), wire(line.charge), wire(line.paid), *units))
    if line.day is not None:
        yield Segment("DTM", ("472", ccyymmdd(line.day)))
    for group, several in groupby(sorted(line.adjustments, key=_group), key=_group):
        yield from _adjustments(group, several)
    yield Segment("REF", ("6R", line.control))
    for remark in line.remarks:
        yield Segment("LQ", ("HE", remark))


def _adjustments(group: GroupCode, several: Iterable[Adjustment]) -> Iterator[Segment]:
    left = iter(several)
    while some := tuple(islice(left, _TRIPLES_MAX)):
        yield Segment("CAS", (group.value, *[part for one in some for part in (one.carc, wire(one.amount), "")]))


def _group(adjustment: Adjustment) -> GroupCode:
    return adjustment.group
