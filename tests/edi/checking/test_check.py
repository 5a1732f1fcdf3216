"""The check: what is faultless has no finding, and each single fault is found at its place with its code."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.edi import read_claims
from gateway.edi.checking.check import Report, check
from gateway.edi.checking.envelopes import ENVELOPES_MAX
from gateway.edi.follow.loop import UNIT_SEGMENTS_MAX
from gateway.edi.wire.finding import FINDINGS_MAX, WireFinding, WireLevel, WireSeverity
from tests.service.clinic import answer_999, ta1

SAMPLES = Path(__file__).parents[3] / "samples" / "837p"
FAULTLESS = (SAMPLES / "medicare_self.edi").read_bytes()


def segments(raw: bytes) -> list[str]:
    return [text.strip() for text in raw.decode().split("~") if text.strip()]


def joined(texts: list[str]) -> bytes:
    return "".join(f"{text}~" for text in texts).encode()


def recounted(texts: list[str]) -> list[str]:
    """With the count of segments that the first SE has to have."""
    first, last = starting(texts, "ST*"), starting(texts, "SE*")
    return [*texts[:last], "*".join(["SE", str(last - first + 1), *texts[last].split("*")[2:]]), *texts[last + 1 :]]


def changed(raw: bytes, change: Callable[[list[str]], None]) -> Report:
    """Change a file's segments; the count in SE is put right."""
    texts = segments(raw)
    change(texts)
    return check(joined(recounted(texts)))


def starting(texts: list[str], start: str) -> int:
    return next(place for place, text in enumerate(texts) if text.startswith(start))


def replaced(start: str, new: str) -> Callable[[list[str]], None]:
    def change(texts: list[str]) -> None:
        texts[starting(texts, start)] = new

    return change


def without(start: str) -> Callable[[list[str]], None]:
    return lambda texts: texts.pop(starting(texts, start)) and None  # type: ignore[return-value]


def twice(start: str, times: int = 2) -> Callable[[list[str]], None]:
    def change(texts: list[str]) -> None:
        place = starting(texts, start)
        texts[place:place] = [texts[place]] * (times - 1)

    return change


def before(start: str, *new: str) -> Callable[[list[str]], None]:
    def change(texts: list[str]) -> None:
        place = starting(texts, start)
        texts[place:place] = new

    return change


def only(report: Report) -> WireFinding:
    (found,) = report.findings
    return found


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.edi")), ids=lambda path: path.stem)
def test_what_we_write_has_no_finding(path: Path) -> None:
    report = check(path.read_bytes())
    assert report.findings == ()
    assert (report.counts.interchanges, report.counts.groups, report.counts.sets) == (1, 1, 1)
    assert report.counts.segments == len(segments(path.read_bytes()))


@pytest.mark.parametrize(
    "attached", [["PWK*CT*AB"], ["PWK*CT*BM***AC*X1"], ["PWK*OZ*BM***AC*X1", "PWK*CT*NS", "PWK*CT*AA"]]
)
def test_two_uses_that_share_their_first_code_are_told_apart_by_the_next_element(attached: list[str]) -> None:
    assert changed(FAULTLESS, before("DTP*472", *attached)).findings == ()


@pytest.mark.parametrize("raw", [ta1(1), answer_999(1), answer_999(1, "R")])
def test_what_answers_us_has_no_finding(raw: bytes) -> None:
    assert check(raw).findings == ()


FAULTS = [
    # change, code, loop, segment, element, component
    (without("HI*"), "3", "2300", "HI", 0, 0),
    (without("NM1*41"), "3", "1000A", "NM1", 0, 0),
    (without("NM1*IL"), "3", "2010BA", "NM1", 0, 0),
    (without("BHT*"), "3", "HEADER", "BHT", 0, 0),
    (twice("CLM*"), "3", "2400", "LX", 0, 0),
    (twice("HI*"), "5", "2300", "HI", 0, 0),
    (twice("SBR*"), "5", "2000B", "SBR", 0, 0),
    (before("LX*1", "N4*X*IL*62704"), "2", "2310B", "N4", 0, 0),
    (before("LX*1", "ZZZ*1"), "6", "2310B", "ZZZ", 0, 0),
    (replaced("PRV*PE", "prv*PE*PXC*225100000X"), "1", "2310B", "PRV", 0, 0),
    (before("LX*1", "DTP*435*D8*20261101"), "7", "2300", "DTP", 0, 0),
    (before("LX*1", "NM1*ZZ*1*X"), "2", "2310B", "NM1", 0, 0),
    (before("NM1*DN", "REF*6R*X"), "2", "2300", "REF", 0, 0),
    (without("LX*1"), "3", "2400", "LX", 0, 0),
    (replaced("BHT*", "BHT*0019*00*1*20261123*1205*QQ"), "7", "HEADER", "BHT", 6, 0),
    (replaced("BHT*", "BHT*0019*00*1*20261323*1205*CH"), "8", "HEADER", "BHT", 4, 0),
    (replaced("BHT*", "BHT*0019*00*1*20261123*2561*CH"), "9", "HEADER", "BHT", 5, 0),
    (replaced("BHT*", "BHT*0019*00**20261123*1205*CH"), "1", "HEADER", "BHT", 3, 0),
    (replaced("BHT*", "BHT*0019*00*1*20261123*1205*CH*X"), "3", "HEADER", "BHT", 7, 0),
    (replaced("BHT*", "BHT*0019*00*1*20261123*1205*CH*"), "3", "HEADER", "BHT", 7, 0),
    (replaced("BHT*", f"BHT*0019*00*{'1' * 60}*20261123*1205*CH"), "5", "HEADER", "BHT", 3, 0),
    (replaced("BHT*", "BHT*0019*00*1\x07*20261123*1205*CH"), "6", "HEADER", "BHT", 3, 0),
    (replaced("BHT*", "BHT*0019*00*1 *20261123*1205*CH"), "6", "HEADER", "BHT", 3, 0),
    (replaced("DMG*", "DMG*D8*19480230*F"), "8", "2010BA", "DMG", 2, 0),
    (replaced("N4*", "N4*SPRINGFIELD*I*627010001"), "4", "2010AA", "N4", 2, 0),
    (replaced("SV1*", "SV1*HC:97110:GP:::::::X*120.5*UN*2***1"), "13", "2400", "SV1", 1, 0),
    (replaced("SV1*", "SV1*HC:97110:GP*1x*UN*2***1"), "6", "2400", "SV1", 2, 0),
    (replaced("SV1*", "SV1*HC*120.5*UN*2***1"), "1", "2400", "SV1", 1, 2),
    (replaced("SV1*", "SV1*ZZ:97110*120.5*UN*2***1"), "7", "2400", "SV1", 1, 1),
    (replaced("SV1*", "SV1*HC:97110*120.5*UN*2**X*1"), "I10", "2400", "SV1", 6, 0),
    (replaced("PER*", "PER*IC*DESK*TE*5550100100*EM"), "2", "1000A", "PER", 6, 0),
    (replaced("REF*EI", "REF*EI*1^2"), "12", "2010AA", "REF", 2, 0),
    (before("DTP*472", "PWK*CT*ZZ"), "7", "2400", "PWK", 2, 0),
    (before("DTP*472", "PWK*OZ*AB"), "7", "2400", "PWK", 1, 0),
    (before("DTP*472", "PWK*CT*AB", "PWK*CT*AD"), "5", "2400", "PWK", 0, 0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "code", "loop", "segment", "element", "component"),
    FAULTS,
    ids=[f"{number} {one[1]} {one[3]}{one[4]:02}" for number, one in enumerate(FAULTS)],
)
def test_a_single_fault_is_found_at_its_place(
    change: Callable[[list[str]], None], code: str, loop: str, segment: str, element: int, component: int
) -> None:
    report = changed(FAULTLESS, change)
    found = [(one.code, one.loop, one.segment, one.element, one.component) for one in report.findings]
    assert (code, loop, segment, element, component) in found
    assert len([one for one in report.findings if not one.rule]) <= 2, "one fault is not told as many"
    assert not report.accepted
    assert all(one.interchange and one.group and one.set_control and one.file_ordinal for one in report.findings)


def test_a_finding_names_its_segment_in_the_set_and_in_the_file_and_never_its_value() -> None:
    found = only(changed(FAULTLESS, replaced("BHT*", "BHT*0019*00*1*20261123*1205*SECRET")))
    assert (found.ordinal, found.file_ordinal, found.number, found.snip) == (2, 4, "640", 2)
    assert found.value == "SECRET"
    assert "SECRET" not in f"{found} {found!r}"
    assert str(found).startswith("segment 4 BHT06 (loop HEADER): ")


@pytest.mark.parametrize(
    ("spoil", "level", "code"),
    [
        (lambda raw: raw.replace(b"IEA*1*", b"IEA*2*"), WireLevel.INTERCHANGE, "021"),
        (lambda raw: raw.replace(b"*00501*", b"*00401*"), WireLevel.INTERCHANGE, "003"),
        (lambda raw: raw.replace(b"*00501*", b"*0050X*"), WireLevel.INTERCHANGE, "017"),
        (lambda raw: raw.replace(b"*261123*1205*", b"*261323*1205*"), WireLevel.INTERCHANGE, "014"),
        (lambda raw: raw.replace(b"*261123*1205*", b"*261123*2505*"), WireLevel.INTERCHANGE, "015"),
        (lambda raw: raw + b"garbage", WireLevel.INTERCHANGE, "024"),
        (lambda raw: b"garbage\n" + raw, WireLevel.INTERCHANGE, "024"),
        (lambda raw: raw[:-30], WireLevel.INTERCHANGE, "023"),
        (lambda raw: raw[: raw.index(b"~IEA*") + 1], WireLevel.INTERCHANGE, "023"),
        (lambda raw: raw + raw, WireLevel.INTERCHANGE, "025"),
        (lambda raw: raw.replace(b"GE*1*", b"GE*2*"), WireLevel.GROUP, "5"),
        (lambda raw: raw.replace(b"~GE*1*", b"~GE*1*9"), WireLevel.GROUP, "4"),
        (lambda raw: raw[: raw.index(b"~GE*")] + raw[raw.index(b"~IEA*") :], WireLevel.GROUP, "3"),
        (lambda raw: raw.replace(b"005010X222A1", b"005010X999"), WireLevel.GROUP, "2"),
        (lambda raw: raw.replace(b"GS*HC*", b"GS*HP*"), WireLevel.GROUP, "1"),
        (lambda raw: raw.replace(b"~SE*", b"~SE*9"), WireLevel.SET, "4"),
        (lambda raw: raw[: raw.index(b"~SE*")] + raw[raw.index(b"~GE*") :], WireLevel.SET, "2"),
        (lambda raw: raw.replace(b"*0001*005010X222A1", b"*0002*005010X222A1"), WireLevel.SET, "3"),
        (lambda raw: raw.replace(b"*0001*005010X222A1", b"*0001*005010X222"), WireLevel.SET, "I6"),
    ],
)
def test_a_fault_of_the_envelope_is_found_with_its_code(
    spoil: Callable[[bytes], bytes], level: WireLevel, code: str
) -> None:
    raw = spoil(FAULTLESS)
    assert raw != FAULTLESS
    report = check(raw)
    assert (level, code) in {(one.level, one.code) for one in report.findings}
    assert not report.accepted
    assert len(report.findings) <= 3


def test_an_older_edition_is_read_by_the_newest_guide_with_a_warning() -> None:
    found = only(check(FAULTLESS.replace(b"005010X222A1", b"005010X222")))
    assert (found.severity, found.code) == (WireSeverity.WARNING, "2")
    assert check(FAULTLESS.replace(b"005010X222A1", b"005010X222")).accepted


def test_a_version_without_a_guide_is_one_finding_and_its_segments_are_counted() -> None:
    report = check(FAULTLESS.replace(b"005010X222A1", b"005010X999"))
    assert len(report.findings) == 1
    assert report.counts.segments == len(segments(FAULTLESS))


def test_several_interchanges_groups_and_sets_are_each_looked_at() -> None:
    other = FAULTLESS.replace(b"000000041", b"000000042")
    assert other != FAULTLESS
    report = check(FAULTLESS + answer_999(1) + other)
    assert report.findings == ()
    assert (report.counts.interchanges, report.counts.sets) == (3, 3)


@pytest.mark.parametrize("raw", [b"", b" \n", b"hello", b"ISA", b"ISA*00*", b"\xff\xfe" * 1000, b"ISA" * 1000])
def test_what_is_no_x12_is_one_finding(raw: bytes) -> None:
    found = only(check(raw))
    assert (found.code, found.level) == ("024", WireLevel.INTERCHANGE)


def test_a_file_of_nothing_but_faults_ends_the_check() -> None:
    raw = FAULTLESS[: FAULTLESS.index(b"~HL*")] + b"~XX*1" * 1_000_000
    report = check(io.BytesIO(raw))
    assert (len(report.findings), report.more, report.accepted) == (FINDINGS_MAX, True, False)


@pytest.mark.parametrize("cut", range(1, 20))
def test_a_cut_anywhere_is_never_taken_for_the_end(cut: int) -> None:
    for place in range(len(FAULTLESS) * (cut - 1) // 19 + 1, len(FAULTLESS) * cut // 19, 7):
        if FAULTLESS[place:].strip():
            assert not check(FAULTLESS[:place]).accepted, place


def test_two_groups_of_an_interchange_with_one_number_are_told() -> None:
    texts = segments(FAULTLESS)
    report = check(joined([texts[0], *texts[1:-1], *texts[1:-1], texts[-1].replace("IEA*1*", "IEA*2*")]))
    assert (only(report).level, only(report).code, only(report).segment) == (WireLevel.GROUP, "19", "GS")
    first, second = report.interchanges[0].groups
    assert (first.findings, second.findings) == ((), report.findings)


def test_a_file_of_nothing_but_envelopes_ends_the_check() -> None:
    isa = segments(FAULTLESS)[0]
    number = isa.split("*")[13]
    texts = (f"{isa.replace(number, f'{one:09}')}~IEA*0*{one:09}~" for one in range(ENVELOPES_MAX + 10))
    report = check("".join(texts).encode())
    assert len(report.interchanges) == ENVELOPES_MAX
    assert only(report).said.startswith("more than 20,000 interchanges and functional groups")


def test_an_835_may_adjust_many_providers() -> None:
    every = segments(SAMPLES.with_name("835").joinpath("two_claims.edi").read_bytes())
    at = starting(every, "SE*")
    every[at:at] = ["PLB*1900000013*20261231*WO:A1*5", "PLB*1900000021*20261231*WO:A2*-5"]
    assert not check(joined(recounted(every))).findings


def test_a_claim_without_end_ends_the_check_with_a_finding() -> None:
    """Form questions (2440) are without limit; more of them than any honest claim has fill no memory."""
    texts = segments(FAULTLESS)
    last = max(place for place, text in enumerate(texts) if text.startswith("DTP*472"))
    questions = ["LQ*UT*484.3", "FRM*1*Y"] * (UNIT_SEGMENTS_MAX // 2 + 1)
    report = check(joined([*texts[: last + 1], *questions, *texts[last + 1 :]]))
    assert report.findings[-1].said.startswith("more than 100,000 segments stand in one loop")
    assert (report.findings[-1].level, report.accepted) == (WireLevel.SET, False)


def test_segments_without_a_place_fill_nobodys_memory() -> None:
    """Who only reads hears of no finding, and would not be ended by their number."""
    texts = segments(FAULTLESS)
    last = starting(texts, "SE*")
    claims = read_claims(joined([*texts[:last], *["ZZZ*1"] * (UNIT_SEGMENTS_MAX + 1), *texts[last:]]))
    assert list(claims) == []
    assert not claims.is_whole


def test_what_is_no_x12_is_said_of_the_file_as_a_whole() -> None:
    found = only(check(b"hello"))
    assert (found.file_ordinal, str(found)) == (0, "the file: this is not X12: there is no ISA")
