"""277CA (005010X214), as segments."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from gateway.acknowledgment import Status
from gateway.edi.wire.segment import Segment
from gateway.edi.write.wording import NO_PERSON, ccyymmdd
from gateway.money import ZERO, wire
from gateway.simulator.incoming import ReceivedClaim, Submission

_NOT_ENROLLED = ("A3", "24", "41")
"""Returned: the submitter is not approved as an electronic submitter (code sources 507, 508)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimVerdict:
    """A claim of a 277CA. `number` is the payer's (REF*1K), empty when the claim was rejected."""

    claim: ReceivedClaim
    statuses: tuple[Status, ...]
    number: str

    @property
    def action(self) -> str:
        """STC03."""
        return "WQ" if self.number else "U"


def claim_acknowledgment(
    sent: Submission, verdicts: Sequence[ClaimVerdict], *, source: tuple[str, str], trace: str, at: date, time: str
) -> Iterator[Segment]:
    """Write a 277CA without its ST and SE. `source` is name and id of the clearinghouse."""
    yield from _header(sent, source, trace, at, time, below="1")
    day = ccyymmdd(at)
    yield Segment("STC", (("A1", "19", "PR"), day, "WQ", wire(_charged(verdicts))))
    yield from _totals(verdicts, "90", "AA")
    yield from _providers(verdicts, day)


def refusal(sent: Submission, *, source: tuple[str, str], trace: str, at: date, time: str) -> Iterator[Segment]:
    """Write a 277CA that refuses the whole batch: the receiver does not know the submitter. No claim is named."""
    yield from _header(sent, source, trace, at, time, below="0")
    charges = (claim.charge or ZERO for claim in sent.claims)
    yield Segment("STC", (_NOT_ENROLLED, ccyymmdd(at), "U", wire(sum(charges, ZERO))))


def _header(
    sent: Submission, source: tuple[str, str], trace: str, at: date, time: str, *, below: str
) -> Iterator[Segment]:
    """Down to the TRN of the batch. `below` is HL04 of its level: whether providers and claims follow."""
    day = ccyymmdd(at)
    yield Segment("BHT", ("0085", "08", trace, day, time, "TH"))
    yield Segment("HL", ("1", "", "20", "1"))
    yield Segment("NM1", ("AY", "2", source[0], *NO_PERSON, "46", source[1]))
    yield Segment("TRN", ("1", trace))
    yield Segment("DTP", ("050", "D8", day))
    yield Segment("DTP", ("009", "D8", day))
    yield Segment("HL", ("2", "1", "21", below))
    submitter = sent.submitter
    names = (submitter.name, submitter.first_name, submitter.middle_name, "", "")
    yield Segment("NM1", ("41", "1" if submitter.is_person else "2", *names, "46", submitter.id))
    yield Segment("TRN", ("2", sent.reference))


def _providers(verdicts: Sequence[ClaimVerdict], day: str) -> Iterator[Segment]:
    here = 2
    for npi, several in groupby(verdicts, key=lambda one: one.claim.billing_npi):
        claims = list(several)
        here = parent = here + 1
        yield Segment("HL", (str(here), "2", "19", "1"))
        yield Segment("NM1", ("85", "2", claims[0].claim.billing_name, *NO_PERSON, *(("XX", npi) if npi else ())))
        yield Segment("TRN", ("1", "0"))
        yield Segment("STC", (("A1", "19", "PR"), "", "WQ", wire(_charged(claims))))
        yield from _totals(claims, "QA", "QC")
        for one in claims:
            here += 1
            yield from _patient(one, here, parent, day)


def _patient(one: ClaimVerdict, here: int, parent: int, day: str) -> Iterator[Segment]:
    claim = one.claim
    yield Segment("HL", (str(here), str(parent), "PT"))
    names = (claim.patient_last, claim.patient_first, "", "", "")
    yield Segment("NM1", ("QC", "1", *names, *(("MI", claim.member) if claim.member else ())))
    yield Segment("TRN", ("2", claim.control))
    # The guide requires an amount, also of a claim that is rejected for having none.
    charge = wire(claim.charge or ZERO)
    for status in one.statuses:
        composite = (status.category, status.status, status.entity)
        yield Segment("STC", (composite, day, one.action, charge))
    if one.number:
        yield Segment("REF", ("1K", one.number))
    if days := claim.days:
        if len(days) == 1:
            yield Segment("DTP", ("472", "D8", ccyymmdd(days[0])))
        else:
            yield Segment("DTP", ("472", "RD8", f"{ccyymmdd(days[0])}-{ccyymmdd(days[-1])}"))


def _totals(verdicts: Sequence[ClaimVerdict], accepted: str, rejected: str) -> Iterator[Segment]:
    """Counts and charges; QTY01 differs between the batch (2200B) and its providers (2200C)."""
    taken = [one for one in verdicts if one.number]
    refused = [one for one in verdicts if not one.number]
    for quantity, group in ((accepted, taken), (rejected, refused)):
        if group:
            yield Segment("QTY", (quantity, str(len(group))))
    for amount, group in (("YU", taken), ("YY", refused)):
        if group:
            yield Segment("AMT", (amount, wire(_charged(group))))


def _charged(verdicts: Sequence[ClaimVerdict]) -> Decimal:
    return sum((one.claim.charge or ZERO for one in verdicts), ZERO)
