from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gateway.edi.envelope import OutboundGroup, OutboundSet, interchange, interchanges
from gateway.edi.segment import Delimiters, Segment
from gateway.errors import InboundWireError, OutboundWireError
from gateway.partner import Envelope, Usage

AT = datetime(2026, 11, 23, 12, 5, tzinfo=UTC)


def group(control: int = 17, sets: int = 2) -> OutboundGroup:
    made = tuple(
        OutboundSet(code="999", control=f"{n:04}", guide="005010X231A1", segments=[Segment("AK1", ("HC", "1"))])
        for n in range(1, sets + 1)
    )
    return OutboundGroup(function="FA", control=control, version="005010X231A1", sets=made)


@pytest.fixture
def whole(envelope: Envelope) -> bytes:
    ta1 = (Segment("TA1", ("000000007", "261123", "1205", "A", "000")),)
    return interchange(envelope, control=41, at=AT, groups=(group(17), group(18, sets=1)), ta1=ta1)


def test_what_is_written_is_read_back(whole: bytes) -> None:
    (one,) = interchanges(whole)
    assert (one.sender_qualifier, one.sender_id, one.receiver_qualifier, one.receiver_id) == (
        "ZZ",
        "RIVERBEND",
        "ZZ",
        "CLEARHOUSE",
    )
    assert (one.control, one.usage, one.date, one.time, one.version) == (41, Usage.TEST, "261123", "1205", "00501")
    assert [segment.id for _, segment in one.ta1] == ["TA1"]
    assert [(g.function, g.control, g.version, len(g.sets)) for g in one.groups] == [
        ("FA", 17, "005010X231A1", 2),
        ("FA", 18, "005010X231A1", 1),
    ]
    second = one.groups[0].sets[1]
    assert (second.code, second.control, second.guide, second.starts) == ("999", "0002", "005010X231A1", 7)
    assert [(ordinal, segment.id) for ordinal, segment in second.segments] == [(1, "ST"), (2, "AK1"), (3, "SE")]


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
    assert len(interchanges(raw)[0].groups[0].sets) == 2


def test_several_interchanges_in_a_file_are_all_read(whole: bytes) -> None:
    both = interchanges(whole + b"\r\n" + whole.replace(b"000000041", b"000000042"))
    assert [(one.control, one.starts) for one in both] == [(41, 1), (42, 17)]


@pytest.mark.parametrize(
    ("seen", "instead", "ordinal", "said"),
    [
        ("IEA*2*000000041", "IEA*1*000000041", 16, "IEA01 counts 1 functional groups, but 2 were read"),
        ("IEA*2*000000041", "IEA*2*000000042", 16, "IEA02 and ISA13 differ"),
        ("IEA*2*000000041", "IEA*2*", 16, "IEA02 is not a number"),
        ("GE*2*17", "GE*3*17", 10, "GE01 counts 3 transaction sets, but 2 were read"),
        ("GE*2*17", "GE*2*18", 10, "GE02 and GS06 differ"),
        ("SE*3*0001", "SE*4*0001", 6, "SE01 counts 4 segments, but 3 were read"),
        ("SE*3*0001", "SE*3*0009", 6, "SE02 and ST02 differ"),
        ("SE*3*0001", "SE**0001", 6, "SE01 is not a number"),
        ("SE*3*0001~", "", 6, "ST stands before the transaction set has its SE"),
        ("GE*2*17~", "", 10, "GS stands outside a transaction set"),
        ("GE*1*18~", "", 15, "IEA stands outside a transaction set"),
        ("IEA*2*000000041~", "", 16, "ends without IEA"),
        ("GE*1*18~IEA*2*000000041~", "", 15, "ends without GE"),
        ("SE*3*0001~GE*1*18~IEA*2*000000041~", "", 14, "ends without SE"),
        ("GS*FA", "NTE*X~GS*FA", 3, "a segment stands outside a functional group"),
        ("ST*999*0002", "NTE*X~ST*999*0002", 7, "a segment stands outside a transaction set"),
        ("IEA*2*000000041~", "IEA*2*000000041~NTE*X~", 17, "other than ISA follows IEA"),
        ("*T*:~", "*X*:~", 1, "ISA15 is neither T nor P"),
        ("*000000041*1*T", "*00000004A*1*T", 1, "ISA13 is not a number"),
        ("1205*17*X", "1205**X", 3, "GS06 is not a number"),
        ("ST*999*0001*", "ST*ZQCANARY*0001*", 4, "ST names no transaction set"),
        ("ST*999*0001*", "ST*999*DOE JOHN*", 4, "ST names no transaction set"),
        ("IEA*2*000000041", "IEA*2*" + "9" * 5_000, 16, "IEA02 is not a number"),
        ("ST*999*0001*", "ST**0001*", 4, "ST names no transaction set"),
        ("ST*999*0002*", "ST*999*0001*", 9, "SE02 and ST02 differ"),
    ],
)
def test_each_damage_to_the_envelope_is_refused_where_it_stands(
    whole: bytes, seen: str, instead: str, ordinal: int, said: str
) -> None:
    text = whole.decode()
    assert seen in text
    with pytest.raises(InboundWireError, match=said) as refused:
        interchanges(text.replace(seen, instead, 1).encode())
    assert refused.value.ordinal == ordinal


def test_a_control_number_used_twice_in_a_group_is_refused(whole: bytes) -> None:
    with pytest.raises(InboundWireError, match="same control number"):
        interchanges(whole.replace(b"*0002", b"*0001"))


def test_a_group_without_a_transaction_set_is_refused(whole: bytes) -> None:
    cut = whole.decode().split("GS*FA", 1)[0] + "GS*FA*A*B*20261123*1205*17*X*005010X231A1~GE*0*17~IEA*1*000000041~"
    with pytest.raises(InboundWireError, match="holds no transaction set"):
        interchanges(cut.encode())


def test_a_file_cut_at_any_byte_is_refused(whole: bytes) -> None:
    assert len(interchanges(whole)) == 1
    for length in range(len(whole)):
        with pytest.raises(InboundWireError):
            interchanges(whole[:length])


def test_a_file_with_line_ends_that_is_cut_at_any_byte_is_refused(whole: bytes) -> None:
    raw = whole.replace(b"~", b"\r\n")
    for length in range(len(raw) - 1):
        with pytest.raises(InboundWireError):
            interchanges(raw[:length])


def test_a_missing_segment_is_refused_wherever_it_was(whole: bytes) -> None:
    pieces = whole.split(b"~")[:-1]
    for gone in range(len(pieces)):
        if pieces[gone].startswith(b"TA1"):
            continue  # nothing counts the TA1 segments
        with pytest.raises(InboundWireError):
            interchanges(b"~".join([*pieces[:gone], *pieces[gone + 1 :], b""]))


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
