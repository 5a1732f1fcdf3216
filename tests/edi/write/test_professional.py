from dataclasses import replace
from typing import Any

import pytest

from gateway.batch import Batch
from gateway.claim import Claim, Frequency, OtherPayer
from gateway.edi.checking.check import check
from gateway.edi.checking.conformance import judge
from gateway.edi.read.claim import read
from gateway.edi.write.other_payer_loops import other_payer
from gateway.edi.write.professional import write
from gateway.edi.write.wording import plain
from gateway.errors import OutboundWireError
from gateway.people import Employer, Person, Relationship, Sex

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


def other(claim: Claim, **changes: Any) -> OtherPayer:
    coverage = replace(claim.coverage, payer_id="BLUE7", payer_name="Bluestem Mutual", member_id="BLM1", **changes)
    return OtherPayer(name="Bluestem Mutual", sequence="S", filing_code="BL", coverage=coverage)


def test_another_payer_is_read_back_as_it_was_written(batch: Batch) -> None:
    first = batch.claims[0]
    mother = replace(first.patient, first_name="Ada", middle_name="Zoe", sex=Sex.FEMALE)
    shapes = (
        other(first, group_number="G7"),
        other(first, relationship=Relationship.CHILD, subscriber=mother, group_number=""),
    )
    for written in shapes:
        (claim,) = read(write(replace(batch, claims=(replace(first, other_payers=(written,)),))))
        (one,) = claim.other_payers
        coverage, subscriber, payer = written.coverage, one.subscriber, one.payer
        assert coverage is not None
        assert subscriber is not None
        assert payer is not None
        whose = coverage.subscriber or first.patient
        assert isinstance(whose, Person)
        related = "18" if coverage.subscriber is None else "19"
        assert (one.sequence, one.relationship, one.group_number, one.insurance_type, one.filing_code) == (
            *("S", related, coverage.group_number, "", "BL"),
        )
        assert (subscriber.name, subscriber.first_name, subscriber.middle_name, subscriber.id) == (
            *(plain(each) for each in (whose.last_name, whose.first_name, whose.middle_name)),
            "BLM1",
        )
        assert subscriber.street == (plain(whose.address.line1), plain(whose.address.line2))
        assert (payer.name, payer.id_qualifier, payer.id) == ("BLUESTEM MUTUAL", "PI", "BLUE7")
        assert (one.paid, one.not_covered, one.patient_liability, one.adjustments, one.paid_on) == (
            *(None, None, None, (), None),
        )
        assert claim.findings == ()


def test_the_rest_of_the_claim_is_the_same_bytes_beside_another_payer(batch: Batch) -> None:
    first = batch.claims[0]
    alone = write(replace(batch, claims=(first,))).split(b"~")
    beside = write(replace(batch, claims=(replace(first, other_payers=(other(first),)),))).split(b"~")
    # All but SE, which counts the segments.
    more = [one for one in beside if one not in alone and not one.strip().startswith(b"SE*")]
    assert [one.strip()[:6] for one in more] == [b"SBR*S*", b"OI***Y", b"NM1*IL", b"NM1*PR"]
    assert len(beside) == len(alone) + 6  # the address is the patient's: the same N3 and N4 once more


@pytest.mark.parametrize("changes", [{"member_id": ""}, {"payer_id": ""}, {"relationship": Relationship.SPOUSE}])
def test_a_payer_of_which_a_fact_is_missing_is_left_out(batch: Batch, changes: dict[str, Any]) -> None:
    first = batch.claims[0]
    lacks = other(first)
    assert lacks.coverage is not None
    lacks = replace(lacks, coverage=replace(lacks.coverage, **changes))
    known = replace(first, other_payers=(OtherPayer(name="OF BEFORE"),))
    alone = write(replace(batch, claims=(first,)))
    assert write(replace(batch, claims=(replace(first, other_payers=(lacks,)),))) == alone
    assert write(replace(batch, claims=(known,))) == alone
    with pytest.raises(OutboundWireError, match="of another payer is missing"):
        list(other_payer(lacks, first.patient))


@pytest.mark.parametrize(
    ("field", "place"),
    [
        ("payer_name", "loop 2330B, segment NM1, element 03"),
        ("payer_id", "loop 2330B, segment NM1, element 09"),
        ("member_id", "loop 2330A, segment NM1, element 09"),
        ("group_number", "loop 2320, segment SBR, element 03"),
    ],
)
def test_nothing_of_another_payer_can_become_a_segment(batch: Batch, field: str, place: str) -> None:
    first = batch.claims[0]
    evil = other(first)
    changed: dict[str, Any] = {field: INJECTED}
    assert evil.coverage is not None
    evil = replace(evil, coverage=replace(evil.coverage, **changed))
    with pytest.raises(OutboundWireError, match=place) as refused:
        write(replace(batch, claims=(replace(first, other_payers=(evil,)),)))
    assert "CANARY" not in str(refused.value)
