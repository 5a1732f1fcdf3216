"""Claims of an 837P that anybody wrote: each with what it stands in, and nothing raises for what a file holds."""

import io
import random
import tracemalloc
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edi.follow.loop import UNIT_SEGMENTS_MAX
from gateway.edi.read.claim import ClaimReading, read
from gateway.edi.wire.finding import WireSeverity
from gateway.money import ZERO
from tests.bench.x12_files import professional_file
from tests.edi.checking.test_check import FAULTLESS, SAMPLES, joined, replaced, segments, starting
from tests.edi.wire.test_stream import written

FULL = """
BHT*0019*00*REF-77*20261123*1205*CH~NM1*41*2*RIVERBEND THERAPY*****46*RB0001~PER*IC*DESK*TE*5550100100*EM*a.b~
NM1*40*2*INVENTED CLEARINGHOUSE*****46*CH0001~
HL*1**20*1~PRV*BI*PXC*261QP2000X~NM1*85*2*RIVERBEND THERAPY*****XX*1900000013~N3*100 MILL STREET*SUITE 2~
N4*SPRINGFIELD*IL*627010001~REF*EI*900000001~NM1*87*2~N3*PO BOX 1~N4*SPRINGFIELD*IL*627010001~
HL*2*1*22*1~SBR*S**GRP7******CI~NM1*IL*1*ZELLER*OTTILIE*M**JR*MI*M1~NM1*PR*2*INVENTED HEALTH*****PI*P1~
HL*3*2*23*0~PAT*19~NM1*QC*1*ZELLER*ANTON~N3*7 ALDER COURT~N4*SPRINGFIELD*IL*62704~DMG*D8*20080229*M~REF*Y4*PC9~
CLM*PCN1*300.5***11:B:7*Y*A*Y*Y**AA:::IL*********7~DTP*431*D8*20261101~DTP*439*D8*20261030~DTP*435*D8*20261031~
AMT*F5*12.5~REF*G1*AUTH1~REF*F8*ICN7~REF*9F*RFL1~NTE*ADD*LATE~HI*ABK:M5459*ABF:M6281~
NM1*DN*1*VOSS*IDA****XX*1900000039~NM1*P3*1*ROTH*UWE****XX*1900000047~NM1*82*1*BRANDT*IWAN****XX*1900000021~
PRV*PE*PXC*225100000X~NM1*77*2*MILL HALL*****XX*1900000054~N3*1 HALL~N4*SPRINGFIELD*IL*627010001~
NM1*DQ*1*LANG*EVA****XX*1900000062~
SBR*P*18*GRP8******MB~CAS*PR*1*20**2*5.5*1~CAS*CR*18*1~AMT*D*100~AMT*A8*3~AMT*EAF*25.5~OI***Y***Y~MOA***MA01*MA07~
NM1*IL*1*ZELLER*ANTON****MI*M2~NM1*PR*2*FIRST HEALTH*****PI*P2~DTP*573*D8*20261110~REF*F8*ICN0~
LX*1~SV1*HC:97110:GP:KX:::HARD WORK*200.5*UN*2.5*12**1:2~DTP*472*RD8*20261116-20261117~DTP*463*D8*20261102~REF*G1*LAUTH~
REF*6R*L1~NTE*ADD*LINE NOTE~LIN**N4*00378010401~CTP****1.5*ML~REF*XZ*RX1~NM1*82*1*KURZ*AMOS****XX*1900000070~
NM1*DK*1*WEIL*NILS****XX*1900000088~
SVD*P2*100*HC:97110:GP**2~CAS*CO*45*75~CAS*PR*1*25.5~DTP*573*D8*20261110~AMT*EAF*25.5~
LX*2~SV1*HC:97140*100*MJ*15***1**Y~DTP*472*D8*20261116~
"""


def full(guide: str = "005010X222A1") -> bytes:
    """A file that has nearly everything a claim may have."""
    head = [*segments(FAULTLESS)[:2], f"ST*837*0001*{guide}"]
    inside = [one.strip() for one in FULL.replace("\n", "").split("~") if one]
    return joined([*head, *inside, f"SE*{len(inside) + 2}*0001", "GE*1*17", "IEA*1*000000041"])


def the_claim(raw: bytes) -> ClaimReading:
    (claim,) = read(raw)
    return claim


def test_a_claim_is_read_with_all_that_it_stands_in() -> None:
    claims = read(full())
    (claim,) = claims
    assert claims.is_whole
    assert (claims.findings, claim.findings) == ((), ())
    assert (claim.reference, claim.origin.control, claim.origin.group, claim.origin.interchange) == (
        "REF-77",
        "0001",
        "17",
        "000000041",
    )
    assert (claim.origin.sender, claim.origin.receiver, claim.origin.is_test) == ("RIVERBEND", "CLEARHOUSE", True)
    assert claim.submitter is not None
    assert (claim.submitter.name, claim.submitter.id) == ("RIVERBEND THERAPY", "RB0001")
    assert claim.submitter.contacts == (("TE", "5550100100"), ("EM", "a.b"))
    assert claim.receiver is not None
    assert claim.receiver.id == "CH0001"
    billing = claim.billing_provider
    assert billing is not None
    assert (billing.name, billing.npi, billing.tax_id, claim.billing_taxonomy) == (
        "RIVERBEND THERAPY",
        "1900000013",
        "900000001",
        "261QP2000X",
    )
    assert (billing.street, billing.city, billing.state, billing.zip_code, billing.country) == (
        ("100 MILL STREET", "SUITE 2"),
        "SPRINGFIELD",
        "IL",
        "627010001",
        "",
    )
    assert claim.pay_to is not None
    assert claim.pay_to.street == ("PO BOX 1", "")


def test_its_people_and_payers_are_read() -> None:
    claim = the_claim(full())
    assert claim.subscriber is not None
    assert (claim.subscriber.name, claim.subscriber.first_name, claim.subscriber.middle_name) == (
        "ZELLER",
        "OTTILIE",
        "M",
    )
    assert (claim.subscriber.suffix, claim.subscriber.id, claim.subscriber.is_person) == ("JR", "M1", True)
    assert claim.patient is not None
    assert (claim.patient.first_name, claim.patient.birth_date, claim.patient.sex) == ("ANTON", date(2008, 2, 29), "M")
    assert claim.payer is not None
    assert (claim.payer.name, claim.payer.id, claim.payer.npi) == ("INVENTED HEALTH", "P1", "")
    assert (claim.sequence, claim.group_number, claim.filing_code) == ("S", "GRP7", "CI")
    assert (claim.is_self, claim.relationship, claim.property_casualty_number) == (False, "19", "PC9")
    assert [one.npi for one in claim.referring] == ["1900000039", "1900000047"]
    assert claim.rendering is not None
    assert (claim.rendering.npi, claim.rendering.taxonomy) == ("1900000021", "225100000X")
    assert claim.facility is not None
    assert (claim.facility.name, claim.facility.zip_code) == ("MILL HALL", "627010001")
    assert claim.supervising is not None
    assert claim.supervising.npi == "1900000062"


def test_the_claim_itself_is_read() -> None:
    claim = the_claim(full())
    assert (claim.patient_control_number, claim.charge, claim.place_of_service, claim.frequency) == (
        "PCN1",
        Decimal("300.50"),
        "11",
        "7",
    )
    assert (claim.accepts_assignment, claim.related_causes, claim.delay_reason) == ("A", ("AA", "", "", "IL"), "7")
    for found, day in ((claim.onset, 1), (claim.admission, 31), (claim.accident, 30)):
        assert found is not None
        assert found.first is not None
        assert found.first == found.last
        assert found.first.day == day
    assert claim.initial_treatment is None
    assert claim.period("431") == claim.onset
    assert (claim.authorization, claim.payer_claim_number, claim.referral) == ("AUTH1", "ICN7", "RFL1")
    assert claim.references == (("G1", "AUTH1"), ("F8", "ICN7"), ("9F", "RFL1"))
    assert (claim.patient_paid, claim.notes) == (Decimal("12.50"), (("ADD", "LATE"),))
    assert claim.diagnoses == (("ABK", "M5459"), ("ABF", "M6281"))


def test_what_another_payer_did_is_read() -> None:
    (other,) = the_claim(full()).other_payers
    assert (other.sequence, other.relationship, other.group_number, other.filing_code, other.insurance_type) == (
        "P",
        "18",
        "GRP8",
        "MB",
        "",
    )
    assert (other.paid, other.not_covered, other.patient_liability) == (
        Decimal(100),
        Decimal(3),
        Decimal("25.50"),
    )
    assert other.adjustments == (
        ("PR", "1", Decimal(20), None),
        ("PR", "2", Decimal("5.50"), Decimal(1)),
        ("CR", "18", Decimal(1), None),
    )
    assert (other.remarks, other.paid_on, other.payer_claim_number) == (("MA01", "MA07"), date(2026, 11, 10), "ICN0")
    assert other.subscriber is not None
    assert other.payer is not None
    assert (other.subscriber.id, other.payer.id) == ("M2", "P2")


def test_its_lines_are_read() -> None:
    line, other = the_claim(full()).lines
    assert (line.number, line.code, line.modifiers, line.description) == ("1", "97110", ("GP", "KX"), "HARD WORK")
    assert (line.charge, line.unit, line.units, line.place_of_service) == (
        Decimal("200.50"),
        "UN",
        Decimal("2.5"),
        "12",
    )
    assert (line.pointers, line.served) == ((1, 2), (date(2026, 11, 16), date(2026, 11, 17)))
    assert line.period("463") == (date(2026, 11, 2), date(2026, 11, 2))
    assert (line.control, line.authorization, line.notes) == ("L1", "LAUTH", (("ADD", "LINE NOTE"),))
    assert line.references == (("G1", "LAUTH"), ("6R", "L1"))
    assert line.drug is not None
    assert (line.drug.code, line.drug.quantity, line.drug.unit, line.drug.prescription) == (
        "00378010401",
        Decimal("1.5"),
        "ML",
        "RX1",
    )
    assert line.rendering is not None
    assert line.ordering is not None
    assert (line.rendering.npi, line.ordering.npi) == ("1900000070", "1900000088")
    assert (line.facility, line.supervising, line.referring, line.is_emergency) == (None, None, (), False)
    (decided,) = line.adjudications
    assert (decided.payer_id, decided.paid, decided.procedure, decided.units, decided.bundled_into) == (
        "P2",
        Decimal(100),
        ("HC", "97110", "GP"),
        Decimal(2),
        "",
    )
    assert [one.amount for one in decided.adjustments] == [Decimal(75), Decimal("25.50")]
    assert (decided.paid_on, decided.patient_liability) == (date(2026, 11, 10), Decimal("25.50"))
    assert (other.unit, other.is_emergency, other.drug, other.adjudications) == ("MJ", True, None, ())


def test_texts_of_people_are_in_no_repr() -> None:
    claim = the_claim(full())
    shown = repr((claim, claim.subscriber, claim.patient, claim.lines, claim.other_payers, claim.notes, claim.loop))
    for secret in ("ZELLER", "OTTILIE", "M1", "LATE", "PCN1"):
        assert secret not in shown


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.edi")), ids=lambda path: path.stem)
def test_our_own_claims_have_nothing_to_be_found_and_add_up(path: object) -> None:
    claims = read(SAMPLES.joinpath(str(path)).read_bytes())
    found = list(claims)
    assert found
    assert claims.is_whole
    for claim in found:
        assert claim.findings == ()
        assert claim.charge == sum((line.charge or ZERO for line in claim.lines), ZERO)


def test_claims_of_several_providers_subscribers_and_files_are_not_mixed_up() -> None:
    raw = professional_file(120)
    claims = list(read(raw + raw.replace(b"000000001", b"000000002")))
    assert len(claims) == 240
    every = segments(raw)
    numbers = [text.split("*")[1] for text in every if text.startswith("CLM*")]
    members = [text.split("*")[9] for text in every if text.startswith("NM1*IL*")]
    assert [one.patient_control_number for one in claims] == numbers * 2
    assert [one.subscriber.id for one in claims if one.subscriber] == members * 2
    assert sum(not one.is_self for one in claims) == 48
    assert len({one.billing_provider.npi for one in claims if one.billing_provider}) == 3
    assert {one.origin.interchange for one in claims[120:]} == {"000000002"}


@pytest.mark.parametrize("marks", ["|>!~", "*:^\n"])
def test_any_marks_are_read(marks: str) -> None:
    element, component, repetition, segment = list(marks)
    claim = the_claim(written(element, component, repetition, segment))
    plain = the_claim(FAULTLESS)
    assert claim.charge == plain.charge
    assert claim.diagnoses == plain.diagnoses
    assert [line.procedure for line in claim.lines] == [line.procedure for line in plain.lines]


def test_an_older_edition_is_read_as_the_one_that_replaced_it() -> None:
    claim = the_claim(full("005010X222").replace(b"*005010X222A1~", b"*005010X222~"))
    assert claim.charge == Decimal("300.50")
    assert claim.origin.st[3] == "005010X222"


def spoilt(start: str, element: int, value: str) -> bytes:
    every = segments(full())
    place = starting(every, start)
    parts = every[place].split("*")
    parts[element] = value
    every[place] = "*".join(parts)
    return joined(every)


@pytest.mark.parametrize("value", ["1.005", "NaN", "1e5", "1,000", "--1", "9" * 18, " 1", "1_0", "²"])
@pytest.mark.parametrize(
    ("start", "element", "figure"),
    [
        ("CLM*", 2, lambda claim: claim.charge),
        ("AMT*F5", 2, lambda claim: claim.patient_paid),
        ("AMT*D*", 2, lambda claim: claim.other_payers[0].paid),
        ("CAS*CR", 3, lambda claim: claim.other_payers[0].adjustments[2].amount),
        ("SV1*HC:97110", 2, lambda claim: claim.lines[0].charge),
        ("SVD*", 2, lambda claim: claim.lines[0].adjudications[0].paid),
    ],
)
def test_an_amount_that_cannot_be_read_is_none_and_a_finding_with_its_place(
    start: str, element: int, figure: Callable[[ClaimReading], Decimal | None], value: str
) -> None:
    raw = spoilt(start, element, value)
    claims = read(raw)
    (claim,) = claims
    assert figure(claim) is None
    (found,) = [one for one in claim.findings if one.element == element and one.segment == start[:3]]
    assert found.severity is WireSeverity.ERROR
    assert segments(raw)[found.file_ordinal - 1].startswith(start)
    assert (found.set_control, found.value.encode("latin-1")) == ("0001", value.encode())
    assert value not in str(found) or value == " 1"
    assert claims.is_whole, "a claim's fault is the claim's"


@given(st.integers(), st.lists(st.text("AB0159.:-", max_size=9), min_size=1, max_size=4))
def test_whatever_a_file_holds_nothing_raises_and_no_figure_is_lost_without_a_finding(
    seed: int, values: list[str]
) -> None:
    rng, every = random.Random(seed), segments(full())
    for value in values:
        at = rng.randrange(3, len(every) - 3)
        parts = every[at].split("*")
        parts[rng.randrange(len(parts))] = value
        every[at] = "*".join(parts)
    for claim in read(joined(every)):
        seen = everything(claim)
        amounts = [(parts, 2) for name in ("CLM", "SV1") for parts in all_of(claim, name)]
        written_amounts = sum(bool(parts[at : at + 1] and parts[at]) for parts, at in amounts)
        read_amounts = sum(one is not None for one in [claim.charge, *(line.charge for line in claim.lines)])
        assert claim.findings or read_amounts == written_amounts
        assert seen


def all_of(claim: ClaimReading, name: str) -> list[list[str]]:
    return [parts for _, parts, _ in claim.loop.every() if parts[0] == name]


def everything(reading: object) -> list[object]:
    """Every property of a reading, and of the readings in it."""
    found: list[object] = []
    for name in dir(type(reading)):
        if isinstance(getattr(type(reading), name), property):
            value = getattr(reading, name)
            found.append(value)
            for one in value if isinstance(value, tuple) else (value,):
                if type(one).__name__.endswith("Reading"):
                    found += everything(one)
    return found


@pytest.mark.parametrize("cut", range(1, 20))
def test_a_cut_anywhere_is_never_taken_for_the_end(cut: int) -> None:
    raw = full()
    for place in range(len(raw) * (cut - 1) // 19 + 1, len(raw) * cut // 19, 5):
        claims = read(raw[:place])
        for claim in claims:
            assert everything(claim)
            assert not claims.is_whole, "not before all was read"
        assert not claims.is_whole or not raw[place:].strip(), place


def test_a_claim_that_is_cut_says_so_itself() -> None:
    raw = full()
    (claim,) = read(raw[: raw.index(b"LX*2")])
    assert [one.code for one in claim.findings if one.segment == "SE"] == ["2"], "the set has no SE"


@pytest.mark.parametrize(
    "raw",
    [b"", b"hello", FAULTLESS.replace(b"005010X222A1", b"005010X999"), FAULTLESS.replace(b"*0001~GE", b"*0002~GE")],
)
def test_a_file_that_is_not_sound_is_not_whole_and_says_why(raw: bytes) -> None:
    claims = read(raw)
    list(claims)
    assert not claims.is_whole
    assert claims.findings


def test_what_is_no_837p_is_passed_over() -> None:
    assert list(read(FAULTLESS.replace(b"005010X222A1", b"005010X223A2"))) == []


def test_a_claim_without_a_clm_is_none() -> None:
    every = segments(FAULTLESS)
    every.pop(starting(every, "CLM*"))
    assert list(read(joined(every))) == []


def test_a_claim_made_to_fill_our_memory_ends_the_reading() -> None:
    head = FAULTLESS[: FAULTLESS.index(b"HI*")]
    claims = read(io.BytesIO(head + b"K3*X~" * (UNIT_SEGMENTS_MAX + 10) + FAULTLESS[len(head) :]))
    assert list(claims) == []
    assert not claims.is_whole
    assert "100,000 segments" in str(claims.findings[-1])


def test_memory_stays_as_it_is_however_long_a_file_is() -> None:
    few, many = (_peak(professional_file(count)) for count in (2_000, 8_000))
    assert many < few + 200_000, "it grows with the file"


def _peak(raw: bytes) -> int:
    file = io.BytesIO(raw)
    next(iter(read(raw)))
    tracemalloc.start()
    assert sum(len(claim.lines) > 0 for claim in read(file)) in {2_000, 8_000}
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_a_segment_in_small_letters_is_kept_and_found() -> None:
    every = segments(FAULTLESS)
    replaced("HI*", every[starting(every, "HI*")].replace("HI", "hi"))(every)
    claim = the_claim(joined(every))
    assert claim.diagnoses == ()
    assert [one.segment for one in claim.findings] == ["HI"]
