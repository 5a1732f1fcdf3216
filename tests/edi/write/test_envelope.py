from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gateway.edi.checking.check import check
from gateway.edi.wire.segment import Delimiters, Segment
from gateway.edi.write.envelope import OutboundGroup, OutboundSet, interchange
from gateway.errors import OutboundWireError
from gateway.partner import Envelope

AT = datetime(2026, 11, 23, 12, 5, tzinfo=UTC)
ANSWER = (Segment("AK1", ("HC", "1", "005010X222A1")), Segment("AK9", ("A", "1", "1", "1")))


def group(control: int = 17, sets: int = 2) -> OutboundGroup:
    made = tuple(
        OutboundSet(code="999", control=f"{n:04}", guide="005010X231A1", segments=ANSWER) for n in range(1, sets + 1)
    )
    return OutboundGroup(function="FA", control=control, version="005010X231A1", sets=made)


@pytest.fixture
def whole(envelope: Envelope) -> bytes:
    ta1 = (Segment("TA1", ("000000007", "261123", "1205", "A", "000")),)
    return interchange(envelope, control=41, at=AT, groups=(group(17), group(18, sets=1)), ta1=ta1)


def test_what_is_written_is_judged_as_it_was_meant(whole: bytes) -> None:
    report = check(whole)
    (one,) = report.interchanges
    assert [text.strip() for text in one.isa[4:10]] == ["ZZ", "RIVERBEND", "ZZ", "CLEARHOUSE", "261123", "1205"]
    assert (one.control, one.isa[14], one.isa[11], one.has_ta1) == ("000000041", "T", "00501", True)
    assert [(each.function, each.control, each.version, each.received) for each in one.groups] == [
        ("FA", "17", "005010X231A1", 2),
        ("FA", "18", "005010X231A1", 1),
    ]
    second = one.groups[0].sets[1]
    assert (second.code, second.control, second.guide, second.starts) == ("999", "0002", "005010X231A1", 8)
    assert report.findings == ()


def test_the_isa_has_fixed_widths_and_no_line_breaks(whole: bytes) -> None:
    assert whole[105:106] == b"~"
    assert whole.split(b"~")[0] == (
        b"ISA*00*          *00*          *ZZ*RIVERBEND      *ZZ*CLEARHOUSE     *261123*1205*^*00501*000000041*1*T*:"
    )
    assert whole.split(b"~")[2] == b"GS*FA*RIVERBEND*CLEARHOUSE*20261123*1205*17*X*005010X231A1"
    assert b"\n" not in whole


def test_other_delimiters_are_written_and_read(envelope: Envelope) -> None:
    marks = Delimiters(element="|", component=">", repetition="", segment="\n")
    raw = interchange(envelope, control=1, at=AT, groups=(group(),), marks=marks)
    (one,) = check(raw).interchanges
    assert (one.marks, one.groups[0].accepted) == (marks, 2)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sender_id": "SIXTEEN-LETTERS!"}, "segment ISA, element 06: is longer than 15"),
        ({"receiver_id": "A*B"}, "segment ISA, element 08: holds a delimiter"),
        ({"receiver_id": "\u00c9CLAT"}, "segment ISA, element 08: holds a character that is not plain ASCII"),
        ({"group_sender": "A~B"}, "segment GS, element 02: holds a delimiter"),
    ],
)
def test_an_id_that_does_not_fit_is_refused(envelope: Envelope, change: dict[str, str], said: str) -> None:
    with pytest.raises(OutboundWireError, match=said):
        interchange(replace(envelope, **change), control=1, at=AT, groups=(group(),))  # type: ignore[arg-type]  # ids only


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (lambda envelope: interchange(envelope, control=0, at=AT), "ISA13"),
        (lambda envelope: interchange(envelope, control=1_000_000_000, at=AT), "ISA13"),
        (lambda envelope: interchange(envelope, control=1, at=AT, groups=(group(control=0),)), "GS06"),
    ],
)
def test_a_control_number_out_of_range_is_refused(
    envelope: Envelope, write: Callable[[Envelope], bytes], said: str
) -> None:
    with pytest.raises(OutboundWireError, match=said):
        write(envelope)
