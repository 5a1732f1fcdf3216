"""What keeps a file from being posted though everything in it reads well, and what does not."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from gateway.edi.read.inbound_file import read_answers
from gateway.edi.wire.fingerprint import fingerprint
from gateway.edi.wire.segment import Segment
from gateway.edi.write.envelope import OutboundGroup, OutboundSet, interchange
from gateway.errors import InboundWireError
from gateway.partner import Envelope
from tests.service.clinic import answer_999, ta1

AT = datetime(2026, 11, 23, 12, 5, tzinfo=UTC)
ANSWER = (Segment("AK1", ("HC", "1", "005010X222A1")), Segment("AK9", ("A", "1", "1", "1")))


def group(control: int, *controls: str) -> OutboundGroup:
    sets = tuple(OutboundSet(code="999", control=one, guide="005010X231A1", segments=ANSWER) for one in controls)
    return OutboundGroup(function="FA", control=control, version="005010X231A1", sets=sets)


@pytest.fixture
def whole(envelope: Envelope) -> bytes:
    """A TA1 and three 999 in two groups: ISA TA1 GS (ST AK1 AK9 SE) (ST AK1 AK9 SE) GE GS (ST AK1 AK9 SE) GE IEA."""
    told = (Segment("TA1", ("000000007", "261123", "1205", "A", "000")),)
    groups = (group(17, "0001", "0002"), group(18, "0001"))
    return interchange(envelope, control=41, at=AT, groups=groups, ta1=told)


def test_what_is_whole_is_read(whole: bytes) -> None:
    found = read_answers(whole)
    assert [(one.interchange, one.place, one.group, one.set_control) for one in found] == [
        (41, 1, None, ""),
        (41, 1, 17, "0001"),
        (41, 1, 17, "0002"),
        (41, 1, 18, "0001"),
    ]


def test_several_interchanges_in_a_file_are_all_read(whole: bytes) -> None:
    both = read_answers(whole + b"\r\n" + whole.replace(b"000000041", b"000000042"))
    assert {(one.interchange, one.place) for one in both} == {(41, 1), (42, 20)}


@pytest.mark.parametrize(
    ("seen", "instead", "ordinal", "said"),
    [
        ("IEA*2*000000041", "IEA*1*000000041", 19, "IEA01 does not count the functional groups: there are 2"),
        ("IEA*2*000000041", "IEA*2*000000042", 19, "IEA02 is not ISA13"),
        ("IEA*2*000000041", "IEA*2*", 19, "IEA02 is not ISA13"),
        ("IEA*2*000000041", "IEA*2*" + "9" * 5_000, 19, "IEA02 is not ISA13"),
        ("GE*2*17", "GE*3*17", 12, "GE01 does not count the transaction sets: there are 2"),
        ("GE*2*17", "GE*2*18", 12, "GE02 is not GS06"),
        ("SE*4*0001", "SE*5*0001", 7, "SE01 does not count the segments from ST to SE: there are 4"),
        ("SE*4*0001", "SE*4*0009", 7, "SE02 is not ST02"),
        ("SE*4*0001", "SE**0001", 7, "SE01 does not count"),
        ("SE*4*0001~", "", 7, "ends without its SE"),
        ("GE*2*17~", "", 12, "ends without its GE"),
        ("GE*1*18~", "", 18, "ends without its GE"),
        ("IEA*2*000000041~", "", 18, "ends without its IEA"),
        ("GE*1*18~IEA*2*000000041~", "", 17, "ends without its GE"),
        ("SE*4*0001~GE*1*18~IEA*2*000000041~", "", 16, "ends without its SE"),
        ("GS*FA", "NTE*X~GS*FA", 3, "a segment stands outside of a functional group"),
        ("ST*999*0002", "NTE*X~ST*999*0002", 8, "a segment stands outside of a transaction set"),
        ("IEA*2*000000041~", "IEA*2*000000041~NTE*X~", 19, "6 characters stand outside of every interchange"),
        ("*T*:~", "*X*:~", 1, "ISA15 is neither P nor T"),
        ("*000000041*1*T", "*00000004A*1*T", 1, "ISA13 is not nine digits"),
        ("1205*17*X", "1205**X", 3, "GS06 is not a number"),
        ("ST*999*0001*", "ST*ZQCANARY*0001*", 4, "ST names no transaction set"),
        ("ST*999*0001*", "ST*999*DOE JOHN*", 4, "ST names no transaction set"),
        ("ST*999*0001*", "ST**0001*", 4, "ST names no transaction set"),
        ("ST*999*0002*", "ST*999*0003*", 11, "SE02 is not ST02"),
        ("AK9*A*1*1*1~", "ak9*A*1*1*1~", 6, "is written in small letters"),
        ("AK9*A*1*1*1~", "~AK9*A*1*1*1~", 6, "is empty: nothing stands between"),
    ],
)
def test_each_damage_is_refused_where_it_stands(whole: bytes, seen: str, instead: str, ordinal: int, said: str) -> None:
    text = whole.decode()
    assert seen in text
    at = text.rindex(seen) if seen.startswith("SE*4*0001~GE*1") else text.index(seen)
    with pytest.raises(InboundWireError, match=said) as refused:
        read_answers((text[:at] + instead + text[at + len(seen) :]).encode())
    assert refused.value.ordinal == ordinal
    assert "CANARY" not in str(refused.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda _: b"", "there is no ISA"),
        (lambda _: b" \r\n\n", "there is no ISA"),
        (lambda _: b"PK\x03\x04 a zip", "there is no ISA"),
        (lambda raw: raw[:100], "there is no ISA"),
        (lambda raw: raw[:-1], "without its terminator"),
        (lambda raw: raw + b"garbage", "7 characters stand outside"),
        (lambda raw: raw + b"~" + raw.replace(b"000000041", b"000000042"), "1 characters stand outside"),
        (lambda raw: b"TA1*1" + raw, "5 characters stand outside"),
        (lambda raw: raw.replace(b"RIVERBEND      ", b"RIVERBEND ", 1), "its elements have fixed widths"),
        (lambda raw: raw.replace(b":~", b"^~", 1), "its ISA cannot be read"),
        (lambda raw: raw.replace(b":~", b"A~", 1), "its ISA cannot be read"),
        (lambda raw: raw.replace(b"~AK9", b"~NTE*" + b"X" * 70_000 + b"~AK9", 1), "SE01 does not count"),
        (lambda raw: raw[:120] + b"X" * 600_000 + raw[120:], "no end within 65,536 characters"),
    ],
)
def test_what_is_no_x12_or_no_honest_x12_is_refused(whole: bytes, change: Callable[[bytes], bytes], said: str) -> None:
    with pytest.raises(InboundWireError, match=said):
        read_answers(change(whole))


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw.replace(b"~", b"~\n"),
        lambda raw: raw.replace(b"~", b"~\r\n") + b"\r\n\r\n",
        lambda raw: raw.replace(b"~", b"\n"),
        lambda raw: raw.replace(b"~", b"\r\n"),
        lambda raw: raw.replace(b"~", b"~  \n\t"),
        lambda raw: b"\n \r\n" + raw,
        lambda raw: b"\xef\xbb\xbf\n" + raw,
        lambda raw: raw.replace(b"*", b"|").replace(b":", b">"),
        lambda raw: raw.replace(b"*", b"\x1d").replace(b"~", b"\x1c"),
        lambda raw: raw.replace(b"*^*", b"*U*"),
    ],
)
def test_line_ends_marks_and_delimiters_do_not_matter(whole: bytes, change: Callable[[bytes], bytes]) -> None:
    assert read_answers(change(whole)) == read_answers(whole)


def test_two_sets_of_a_group_with_one_control_number_are_refused(whole: bytes) -> None:
    with pytest.raises(InboundWireError, match="another transaction set of the group has the same ST02"):
        read_answers(whole.replace(b"*0002", b"*0001"))


@pytest.mark.parametrize("ends", [b"~", b"\r\n"])
def test_a_file_cut_at_any_byte_is_refused(whole: bytes, ends: bytes) -> None:
    raw = whole.replace(b"~", ends)
    assert len(read_answers(raw)) == 4
    for length in range(len(raw) - len(ends) + 1):
        with pytest.raises(InboundWireError):
            read_answers(raw[:length])


def test_a_missing_segment_is_refused_wherever_it_was(whole: bytes) -> None:
    pieces = whole.split(b"~")[:-1]
    for gone in range(len(pieces)):
        if pieces[gone].startswith(b"TA1"):
            continue  # nothing counts the TA1 segments
        with pytest.raises(InboundWireError):
            read_answers(b"~".join([*pieces[:gone], *pieces[gone + 1 :], b""]))


@pytest.mark.parametrize(
    ("seen", "instead"),
    [
        ("IEA*2*000000041", "IEA*2*41"),
        ("*000000041*1*T", "*       41*1*T"),
        ("GE*2*17", "GE*2*017"),
        ("*261123*1205*^", "*000000*9999*^"),
        ("*00501*", "*00401*"),
        ("GS*FA*", "GS*HP*"),
        ("*18*X*", "*17*X*"),
        ("*005010X231A1~ST*999*0001*005010X231A1", "*005010X231~ST*999*0001*005010X231A1"),
        ("*005010X231A1~ST*999*0001*005010X231A1", "*005010X231A1  ~ST*999*0001*005010X231A1 "),
        ("AK9*A*1*1*1", "AK9*A*1"),
        ("AK1*HC*1*005010X222A1~", "AK1*XX*1~REF*EV*X~ZZZ*1~"),
    ],
)
def test_what_does_not_make_a_verdict_doubtful_is_no_reason_to_refuse_a_file(
    whole: bytes, seen: str, instead: str
) -> None:
    text = whole.decode()
    assert seen in text
    changed = text.replace(seen, instead, 1)
    if seen == "*18*X*":
        changed = changed.replace("GE*1*18", "GE*1*17")
    if "ZZZ" in instead:
        changed = changed.replace("SE*4*0001", "SE*6*0001", 1)
    assert [one.what for one in read_answers(changed.encode())] == [one.what for one in read_answers(whole)]


def test_a_repetition_of_an_interchange_is_told_by_its_segments_and_not_by_how_they_are_written() -> None:
    first, other = answer_999(1), answer_999(2)
    assert fingerprint(first, 1) != fingerprint(other, 1)
    assert fingerprint(ta1(1, "R", "006"), 1) != fingerprint(ta1(1), 1)
    for same in (first.replace(b"~", b"~\r\n"), first.replace(b"*", b"|"), first.replace(b"~", b"\n")):
        assert fingerprint(same, 1) == fingerprint(first, 1)
    both = first + other
    places = [one.place for one in read_answers(both)]
    assert [fingerprint(both, place) for place in places] == [fingerprint(first, 1), fingerprint(other, 1)]
    with pytest.raises(InboundWireError, match="no interchange begins there"):
        fingerprint(first, 2)
