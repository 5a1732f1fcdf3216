"""A segment with a wrong code, or where it does not belong, is said once: what stands behind it is read as it is meant."""

from datetime import date

import pytest

from gateway.edi.checking.check import check
from gateway.edi.read import claim as claim_file
from gateway.edi.wire.finding import WireSeverity
from tests.bench.x12_files import professional_file, remittance_file
from tests.edi.checking.test_check import joined, recounted, segments, starting
from tests.service.clinic import answer_277ca

SOUND = segments(professional_file(6))
TODAY = date(2026, 11, 26)


def said(texts: list[str]) -> list[tuple[str, str, int, int, str]]:
    """Check a file, its count of segments set right. Gives segment, loop, element, component and code of each error."""
    found = check(joined(recounted(texts)), today=TODAY).findings
    return [
        (one.segment, one.loop, one.element, one.component, one.code)
        for one in found
        if one.severity is WireSeverity.ERROR
    ]


def first(beginning: str) -> int:
    return starting(SOUND, beginning)


def changed(beginning: str, into: str) -> list[str]:
    place = first(beginning)
    return [*SOUND[:place], into + SOUND[place].removeprefix(beginning), *SOUND[place + 1 :]]


@pytest.mark.parametrize(
    ("was", "now", "wanted"),
    [
        ("PAT*19", "PAT*99", ("PAT", "2000C", 1, 0, "7")),
        ("PAT*19", "PAT", ("PAT", "2000C", 1, 0, "1")),
        ("PRV*PE", "PRV*BI", ("PRV", "2310B", 1, 0, "7")),
        ("HI*ABK", "HI*ABF", ("HI", "2300", 1, 1, "7")),
        ("HL*2*1*22", "HL*2*1*23", ("HL", "2000B", 3, 0, "7")),
        ("NM1*IL", "NM1*QC", ("NM1", "2010BA", 1, 0, "7")),
        ("NM1*PR", "NM1*85", ("NM1", "2010BB", 1, 0, "7")),
        ("NM1*41", "NM1*4I", ("NM1", "1000A", 1, 0, "7")),
        ("NM1*41", "NM1*85", ("NM1", "1000A", 1, 0, "7")),
        ("NM1*40", "NM1*85", ("NM1", "1000B", 1, 0, "7")),
    ],
)
def test_a_wrong_code_is_what_is_wrong(was: str, now: str, wanted: tuple[str, str, int, int, str]) -> None:
    assert said(changed(was, now)) == [wanted]


@pytest.mark.parametrize("code", ["85", "QC", "41", "ZZ"])
def test_a_name_that_has_no_place_in_a_claim_leaves_the_claim_as_it_is(code: str) -> None:
    assert said(changed("NM1*82", f"NM1*{code}")) == [("NM1", "2300", 0, 0, "2")]


def test_what_is_said_of_a_name_without_a_place_is_not_said_to_be_wrong_as_well() -> None:
    place = first("HL*2*1*22")
    stray = ["NM1*88*2*SOMEBODY", "N3*1 ELM STREET", "N4*SPRINGFIELD*IL*62704", "PER*IC*HE*TE*5550123456"]
    assert said([*SOUND[:place], *stray, *SOUND[place:]]) == [("NM1", "2010AA", 0, 0, "2")]


def test_a_specialty_behind_its_name_leaves_the_name_as_it_is() -> None:
    place = first("NM1*85") + 1
    assert said([*SOUND[:place], "PRV*BI*PXC*225100000X", *SOUND[place:]]) == [("PRV", "2000A", 0, 0, "7")]


PAYMENT = segments(remittance_file(2))


def test_payer_and_payee_in_the_wrong_order_are_two_faults_and_no_more() -> None:
    payer, payee, level = (starting(PAYMENT, one) for one in ("N1*PR", "N1*PE", "LX*"))
    turned = [*PAYMENT[:payer], *PAYMENT[payee:level], *PAYMENT[payer:payee], *PAYMENT[level:]]
    assert {one[:2] for one in said(turned)} <= {("N1", "1000A"), ("N1", "1000B"), ("PER", "1000A")}


def test_a_wrong_trace_of_a_277ca_is_what_is_wrong() -> None:
    texts = segments(answer_277ca("RB-41", ("RB01", "A2:20", "175.5")))
    place = starting(texts, "TRN*2*RB-41")
    texts[place] = texts[place].replace("TRN*2", "TRN*1")
    own = ("DTP", "2200D", 0, 0, "3")
    assert said(texts) == [("TRN", "2200B", 1, 0, "7"), own]


def test_a_claim_is_read_whatever_it_stands_in_has_lost() -> None:
    claim = SOUND[first("CLM") : first("HL*3*")]
    raw = joined([*SOUND[: first("HL*1*")], *claim, "SE*9*0001", "GE*1*1", "IEA*1*000000001"])
    (read,) = claim_file.read(raw)
    assert read.patient_control_number == claim[0].split("*")[1]
    assert len(read.lines) == sum(text.startswith("LX*") for text in claim)


def test_a_level_that_has_lost_its_hl_is_begun_all_the_same_and_what_is_numbered_behind_it_is_said_once() -> None:
    place = first("HL*3*")
    assert said([*SOUND[:place], *SOUND[place + 1 :]]) == [("HL", "2000B", 0, 0, "3"), ("HL", "2000B", 1, 0, "7")]


@pytest.mark.parametrize(
    "numbers", ["1 3 3 4", "1 3 4 5", "1 1 2 3", "2 2 3 4", "2 3 4 5", "1 2 X 4", "1  3 4", "1 2 9 4", "1 2 3 3"]
)
def test_a_number_that_is_wrong_is_said_once(numbers: str) -> None:
    """Whether those behind it go on from it, or from what it should have been."""
    texts = list(SOUND)
    last = next(place for place, text in enumerate(texts) if text == "LX*4")
    places = [place for place, text in enumerate(texts) if text.startswith("LX*") and place <= last][-4:]
    for place, number in zip(places, numbers.split(" "), strict=True):
        texts[place] = f"LX*{number}"
    assert {one for one in said(texts) if one[4] == "7"} == {("LX", "2400", 1, 0, "7")}
    assert sum(one[:4] == ("LX", "2400", 1, 0) and one[4] == "7" for one in said(texts)) == 1
