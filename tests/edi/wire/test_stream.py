"""Files of every shape are read: marks, line ends, headers and rubbish as senders have them."""

import io
import tracemalloc
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.acknowledgment import Verdict
from gateway.edi.checking.check import check
from gateway.edi.wire.stream import Stream
from tests.bench.x12_files import professional_file, remittance_file
from tests.edi.checking.test_check import FAULTLESS, segments
from tests.service.clinic import ta1

TEXTS = segments(FAULTLESS)


def written(
    element: str = "*", component: str = ":", repetition: str = "^", segment: str = "~", between: str = ""
) -> bytes:
    """The faultless file with other marks."""
    isa, *rest = (text.replace("*", element).replace(":", component) for text in TEXTS)
    isa = isa[:82] + repetition + isa[83:104] + component
    return "".join(f"{text}{segment}{between}" for text in (isa, *rest)).encode()


@pytest.mark.parametrize("between", ["", "\n", "\r\n", " ", "\n\n", "\t", " \r\n "])
@pytest.mark.parametrize("marks", ["*:^~", "|>!~", "*>^'", "\x1d\x1f\x1e\x1c"])
def test_any_marks_and_anything_blank_between_segments(marks: str, between: str) -> None:
    element, component, repetition, segment = list(marks)
    report = check(written(element, component, repetition, segment, between))
    assert report.findings == ()
    assert report.counts.segments == len(TEXTS)


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_line_end_as_the_terminator(ends: str) -> None:
    raw = written(segment="\n").replace(b"\n", ends.encode())
    report = check(raw)
    assert [one for one in report.findings if one.segment != "ISA"] == []
    assert report.counts.segments == len(TEXTS)


@pytest.mark.parametrize("start", [b"\xef\xbb\xbf", b"\n\n", b" \r\n", b"\xef\xbb\xbf\n"])
def test_a_byte_order_mark_and_blank_lines_in_front_are_nothing(start: bytes) -> None:
    assert check(start + FAULTLESS + b"\r\n \n").findings == ()


def test_an_isa_of_another_length_is_read_by_its_marks() -> None:
    """Its ids without their padding: every segment behind it is read, and the shape is a finding."""
    short = FAULTLESS.replace(b"RIVERBEND      ", b"RIVERBEND", 1)
    (found,) = check(short).findings
    assert (found.code, found.segment, "100 characters long" in found.said) == ("024", "ISA", True)


@pytest.mark.parametrize("number", [1, 3])
def test_interchanges_with_marks_of_their_own_stand_in_one_file(number: int) -> None:
    other = written("|", ">", "!", "\n").replace(b"000000041", b"000000042")
    report = check(FAULTLESS + b"\n" + other + ta1(1) * number)
    codes = [one.code for one in report.findings if one.code != "025"]
    assert codes == []
    assert report.counts.interchanges == 2 + number


@given(
    st.integers(106, len(FAULTLESS) - 1),
    st.sampled_from(["*:^~", "|>!\n", "~:^*", "*:^'"]),
    st.sampled_from(["", "\r\n"]),
)
def test_what_stands_behind_a_cut_interchange_is_read(cut: int, marks: str, between: str) -> None:
    element, component, repetition, segment = list(marks)
    second = written(element, component, repetition, segment).replace(b"000000041", b"000000042")
    report = check(FAULTLESS[:cut] + between.encode() + second)
    assert [one.verdict for one in report.interchanges] == [Verdict.REJECTED, Verdict.ACCEPTED]
    assert {one.interchange for one in report.findings} == {"000000041"}
    assert len(report.interchanges[1].groups[0].sets) == 1


@pytest.mark.parametrize(("was", "now"), [(":~", "^~"), (":~", "*~"), (":~", "A~"), (":~", "::")])
def test_an_isa_whose_delimiters_are_none_is_said_to_be_that(was: str, now: str) -> None:
    report = check(FAULTLESS.replace(was.encode(), now.encode(), 1))
    assert ["its ISA cannot be read" in one.said for one in report.findings] == [True]


def test_elements_of_other_widths_that_make_up_the_length_are_said_to_be_that() -> None:
    (found,) = check(
        FAULTLESS.replace(b"RIVERBEND      *", b"RIVERBEND     *", 1).replace(b"*00* ", b"*00*  ", 1)
    ).findings
    assert "longer or shorter than they have to be" in found.said


def test_what_stands_in_front_of_an_interchange_is_not_said_to_be_of_it() -> None:
    (found,) = check(b"what somebody wrote" + FAULTLESS).findings
    assert (found.code, found.interchange) == ("024", "")


def test_a_ta1_stands_before_the_groups() -> None:
    isa, rest = FAULTLESS[:106], FAULTLESS[106:]
    (found,) = check(isa + rest.replace(b"IEA*", b"TA1*000000001*261123*1205*A*000~IEA*")).findings
    assert (found.code, found.segment, found.file_ordinal) == ("022", "TA1", len(TEXTS))


def test_what_is_wrong_with_a_group_is_said_to_be_there() -> None:
    found = check(FAULTLESS.replace(b"GS*HC*", b"GS*HP*", 1)).findings
    assert {(one.segment, one.element, one.file_ordinal) for one in found} == {("GS", 1, 2)}


def test_a_set_that_is_none_of_its_group_is_what_is_wrong() -> None:
    (found,) = check(FAULTLESS.replace(b"ST*837*", b"ST*835*", 1)).findings
    assert (found.code, found.segment, found.element, found.file_ordinal) == ("18", "ST", 1, 3)


@pytest.mark.parametrize("given", range(0, 112, 3))
def test_an_isa_that_arrives_in_two_pieces_is_one(given: int) -> None:
    """Even if the first interchange's terminator is the second's element mark, and its sender's name holds ISA."""
    cut = FAULTLESS[:800]
    second = written("~", ":", "^", "*").replace(b"000000041", b"000000042")
    second = second.replace(b"RIVERBEND      ", b"VISA           ", 1)
    report = check(_Slow(cut + second, [len(cut) + given]))  # type: ignore[arg-type]
    assert [one.verdict for one in report.interchanges] == [Verdict.REJECTED, Verdict.ACCEPTED]


@pytest.mark.parametrize("gs", ["", "GS**RIVERBEND*CLEARHOUSE*20261123*1205*17*X*005010X222A1~"])
def test_what_a_set_calls_itself_is_not_said_again(gs: str) -> None:
    """It may be anything, such as a name that has slipped."""
    isa = FAULTLESS[:106].decode()
    report = check(f"{isa}{gs}ST*850*0001*JOHN DOE~SE*2*0001~IEA*1*000000041~".encode())
    assert not any("JOHN" in str(one) for one in report.findings)
    assert any("no guide is known" in one.said for one in report.findings)


def test_a_set_behind_its_group_is_not_said_to_be_in_it() -> None:
    place = TEXTS.index(next(text for text in TEXTS if text.startswith("GE*")))
    texts = [*TEXTS[: place + 1], "ST*835*0002*005010X222A1", "SE*2*0002", *TEXTS[place + 1 :]]
    found = check("".join(f"{text}~" for text in texts).encode()).findings
    assert {one.file_ordinal for one in found} == {place + 2}


def test_a_file_that_changes_its_marks_at_every_interchange_is_not_read_to_its_end() -> None:
    """Each set of marks costs the compiling of the guides."""
    marks = ((one, other) for one in "*|!>;" for other in "~'?=%" if one != other)
    files = [written(element=one, component=":", segment=other) for one, other in marks]
    report = check(b"".join(files))
    assert report.counts.interchanges == 16
    assert "more than 16 sets of delimiters" in report.findings[-1].said


def test_a_ta1_stands_before_a_group() -> None:
    isa, rest = FAULTLESS[:106], FAULTLESS[106:]
    assert check(isa + b"TA1*000000001*261123*1205*A*000~" + rest).findings == ()


def test_bytes_that_are_not_ascii_are_a_fault_of_their_element_alone() -> None:
    (found,) = check(FAULTLESS.replace(b"OTTILIE", "OTTILÍE".encode())).findings
    assert (found.segment, found.element, found.code, found.snip) == ("NM1", 4, "6", 1)


class _Slow(io.RawIOBase):
    """A pipe: it gives what it has, some bytes at a time."""

    def __init__(self, raw: bytes, sizes: list[int]) -> None:
        self._raw, self._sizes = io.BytesIO(raw), sizes

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._raw.read(min(size, self._sizes.pop(0) if self._sizes else 1_000))


@given(st.lists(st.integers(1, 200), max_size=30))
def test_a_pipe_that_gives_a_little_at_a_time_is_read_the_same(sizes: list[int]) -> None:
    report = check(_Slow(FAULTLESS, sizes))  # type: ignore[arg-type]
    assert report.findings == ()
    assert report.counts == check(FAULTLESS).counts


def test_put_back_segments_come_again() -> None:
    stream = Stream(io.BytesIO(FAULTLESS))
    assert stream.header() is not None
    first = next(stream.texts)
    stream.put_back(first)
    stream.put_back("ISA" + FAULTLESS[3:105].decode())
    assert stream.header() is not None
    assert next(stream.texts) == first


def test_memory_stays_as_it_is_however_long_a_file_is() -> None:
    """Patients by the thousand in one set: what is kept does not grow with them."""
    few, many = (_peak(count) for count in (300, 6_000))
    assert many < few + 200_000, "it grows with the file"


def _peak(patients: int) -> int:
    tracemalloc.start()
    report = check(_Repeated(patients), snip=2)  # type: ignore[arg-type]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [one.code for one in report.findings] == ["2", "3", "023"], "nothing but the missing trailers"
    return peak


@pytest.mark.parametrize("make", [professional_file, remittance_file])
def test_a_claim_or_payment_is_let_go_once_it_was_judged(make: Callable[[int], bytes]) -> None:
    """What is remembered of each is its number's hash at most."""
    check(make(100))  # tables are read once
    few, many = (_peak_of_all_levels(make(count)) for count in (2_000, 3_000))
    assert many < few + 1_000 * 150, "it grows with the file"


def _peak_of_all_levels(raw: bytes) -> int:
    source = io.BytesIO(raw)
    tracemalloc.start()
    report = check(source, today=date(2026, 11, 26))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert report.findings == ()
    return peak


class _Repeated(io.RawIOBase):
    """The head of the faultless file, and its patient again and again."""

    def __init__(self, patients: int) -> None:
        first = next(place for place, text in enumerate(TEXTS) if text.startswith("HL*2*"))
        self._head, self._patient = TEXTS[:first], TEXTS[first + 1 : TEXTS.index("LX*2")]
        self._pieces = iter(range(patients + 1))

    def readable(self) -> bool:
        return True

    def read(self, _size: int = -1) -> bytes:
        number = next(self._pieces, None)
        if number is None:
            return b""
        texts = [f"HL*{number + 1}*1*22*0", *self._patient] if number else self._head
        return "".join(f"{text}~" for text in texts).encode()
