from dataclasses import replace

import pytest

from gateway.batch import Batch
from gateway.claim import Frequency
from gateway.edi.checking.check import check
from gateway.edi.checking.conformance import judge
from gateway.edi.read.claim import read
from gateway.edi.write.professional import write
from gateway.edi.write.wording import plain
from gateway.errors import OutboundWireError
from gateway.people import Employer, Relationship

INJECTED = "ZQCANARY~CLM*999*1000000***11:B:1*Y*A*Y*Y~NM1*IL*1*DOE"


@pytest.mark.parametrize(
    "name",
    [
        INJECTED,
        "ZQCANARY*X",
        "ZQCANARY:X",
        "ZQCANARY^",
        "ZQCANARY\r\nSE",
        "ZQCANARY\x1c",
        "ZQ\uff0aCANARY",
        "\u0414\u043e",
    ],
)
def test_a_name_cannot_become_a_segment(batch: Batch, name: str) -> None:
    first = batch.claims[0]
    evil = replace(first, patient=replace(first.patient, last_name=name))
    with pytest.raises(OutboundWireError, match="loop 2010BA, segment NM1, element 03") as refused:
        write(replace(batch, claims=(evil,)))
    assert "CANARY" not in str(refused.value)


@pytest.mark.parametrize(
    ("field", "place"),
    [
        ("patient_control_number", "loop 2300, segment CLM, element 01"),
        ("authorization", "loop 2300, segment REF, element 02"),
        ("diagnoses", "loop 2300, segment HI, element 01"),
        ("filing_code", "loop 2000B, segment SBR, element 09"),
    ],
)
def test_an_id_cannot_become_a_segment(batch: Batch, field: str, place: str) -> None:
    bad: object = ("A~B",) if field == "diagnoses" else "A~B"
    evil = replace(batch.claims[0], **{field: bad})  # type: ignore[arg-type]  # one field, of its own type
    with pytest.raises(OutboundWireError, match=place):
        write(replace(batch, claims=(evil,)))


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("  Muñoz-Åström ", "MUNOZ-ASTROM"),
        ("O\u2019Brien", "O'BRIEN"),
        ("Groß", "GROSS"),
        ("Søren Łukasz", "SOREN LUKASZ"),
        ("\ufb01eld", "FIELD"),
    ],
)
def test_human_text_is_folded_to_plain_capitals(given: str, written: str) -> None:
    assert plain(given) == written


def test_the_same_batch_is_always_the_same_bytes(batch: Batch) -> None:
    assert write(batch) == write(batch)


def test_an_empty_batch_is_refused(batch: Batch) -> None:
    with pytest.raises(OutboundWireError, match="no claim"):
        write(replace(batch, claims=()))


def test_a_dependent_without_a_subscriber_is_refused(batch: Batch) -> None:
    first = batch.claims[0]
    lost = replace(first, coverage=replace(first.coverage, relationship=Relationship.CHILD))
    with pytest.raises(OutboundWireError, match="no subscriber is given"):
        write(replace(batch, claims=(lost,)))


def test_an_employer_cannot_be_the_patient(batch: Batch) -> None:
    first = batch.claims[0]
    employer = Employer(name="Brick Works", address=first.patient.address)
    with pytest.raises(OutboundWireError, match="the subscriber is an employer"):
        write(replace(batch, claims=(replace(first, coverage=replace(first.coverage, subscriber=employer)),)))


def test_a_replacement_without_the_payers_number_does_not_conform(batch: Batch) -> None:
    raw = write(replace(batch, claims=(replace(batch.claims[0], frequency=Frequency.REPLACEMENT),)))
    with pytest.raises(OutboundWireError, match=r"segment 22 REF02 \(loop 2300\)"):
        judge(raw)


def test_what_does_not_conform_is_named_by_place_and_never_by_value(batch: Batch) -> None:
    first = batch.claims[0]
    wrong = replace(first, place_of_service="98", patient=replace(first.patient, last_name="ZQCANARY" * 10))
    raw = write(replace(batch, claims=(wrong,)))
    places = [(one.ordinal, one.segment, one.element, one.component) for one in check(raw).findings]
    assert places == [(14, "NM1", 3, 0), (19, "CLM", 5, 1)]
    with pytest.raises(OutboundWireError, match="segment 21 CLM05-1") as refused:
        judge(raw)
    assert "CANARY" not in str(refused.value)


def test_a_damaged_envelope_does_not_conform(batch: Batch) -> None:
    (finding,) = check(write(batch).replace(b"GE*1*17", b"GE*1*18")).findings
    assert (finding.segment, finding.element) == ("GE", 2)


def test_every_claim_of_a_large_batch_is_written(batch: Batch) -> None:
    claims = tuple(replace(batch.claims[0], patient_control_number=f"RB{n:014}") for n in range(200))
    numbers = [claim.patient_control_number for claim in read(write(replace(batch, claims=claims)))]
    assert numbers == [claim.patient_control_number for claim in claims]
