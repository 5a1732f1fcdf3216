"""TA1, 999 (005010X231A1) and 277CA (005010X214), as segments."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Final, NamedTuple

from gateway.acknowledgment import Status
from gateway.edi.received import Group, TransactionSet
from gateway.edi.second_opinion import Fault
from gateway.edi.segment import Segment
from gateway.edi.wording import NO_PERSON, ccyymmdd
from gateway.money import ZERO, wire
from gateway.simulator.incoming import ReceivedClaim, Submission

_PLACE: Final = re.compile(r"segment (\d+) (\w+)(?:, element (\d+)(?:-(\d+))?)?").fullmatch
_SEGMENT_CODES: Final = frozenset(["1", "2", "3", "4", "5", "6", "7", "8", "I4", "I6", "I7", "I8", "I9"])
_ELEMENT_CODES: Final = frozenset(
    ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "12", "13", "I6", "I9", "I10", "I11", "I12", "I13"]
)
_IN_ELEMENTS: Final = "8"
_FAULTS_MAX: Final = 100
"""So many faults of one set are told; after that it is refused all the same."""


class SetVerdict(NamedTuple):
    """A transaction set and what the guide holds against it; nothing means that it is accepted."""

    one: TransactionSet
    faults: tuple[Fault, ...]


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


def interchange_acknowledgment(isa: Segment, note: str) -> Segment:
    """TA1: note 000 accepts, any other rejects (TA105)."""
    return Segment("TA1", (isa.at(13), isa.at(9), isa.at(10), "A" if note == "000" else "R", note))


def group_acknowledgment(group: Group, verdicts: Sequence[SetVerdict], refused: str) -> Iterator[Segment]:
    """Write a 999 without its ST and SE. `refused` is AK905 when the group as a whole was not taken, else empty."""
    yield Segment("AK1", (group.function, str(group.control), group.version))
    for verdict in verdicts:
        yield Segment("AK2", (verdict.one.code, verdict.one.control, verdict.one.guide))
        yield from _faults(verdict.faults)
        yield Segment("IK5", ("R", "5") if verdict.faults else ("A",))
    taken = sum(1 for verdict in verdicts if not verdict.faults) if not refused else 0
    code = "R" if not taken else "A" if taken == len(group.sets) else "P"
    count = str(len(group.sets))
    yield Segment("AK9", (code, count, count, str(taken), refused))


def _faults(faults: Sequence[Fault]) -> Iterator[Segment]:
    """IK3 with its IK4. Where a fault names no segment, the verdict alone has to say it."""
    read = ((*match.groups(""), fault.code) for fault in faults[:_FAULTS_MAX] if (match := _PLACE(fault.place)))
    for (ordinal, name), several in groupby(read, key=lambda one: (one[0], one[1])):
        told = list(several)
        elements = [one for one in told if one[2] and one[2] != "00"]
        for one in told:
            if one not in elements:
                yield Segment("IK3", (name, ordinal, "", one[4] if one[4] in _SEGMENT_CODES else "2"))
        if elements:
            yield Segment("IK3", (name, ordinal, "", _IN_ELEMENTS))
        for _, _, element, component, code in elements:
            place = (str(int(element)), component) if component else str(int(element))
            yield Segment("IK4", (place, "", code if code in _ELEMENT_CODES else "7"))


def claim_acknowledgment(
    sent: Submission, verdicts: Sequence[ClaimVerdict], *, source: tuple[str, str], trace: str, at: date, time: str
) -> Iterator[Segment]:
    """Write a 277CA without its ST and SE. `source` is name and id of the clearinghouse."""
    day = ccyymmdd(at)
    yield Segment("BHT", ("0085", "08", trace, day, time, "TH"))
    yield Segment("HL", ("1", "", "20", "1"))
    yield Segment("NM1", ("AY", "2", source[0], *NO_PERSON, "46", source[1]))
    yield Segment("TRN", ("1", trace))
    yield Segment("DTP", ("050", "D8", day))
    yield Segment("DTP", ("009", "D8", day))
    yield Segment("HL", ("2", "1", "21", "1"))
    submitter = sent.submitter
    names = (submitter.at(3), submitter.at(4), submitter.at(5), "", "")
    yield Segment("NM1", ("41", submitter.at(2), *names, "46", submitter.at(9)))
    yield Segment("TRN", ("2", sent.reference))
    yield Segment("STC", (("A1", "19", "PR"), day, "WQ", wire(_charged(verdicts))))
    yield from _totals(verdicts, "90", "AA")
    yield from _providers(verdicts, day)


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
