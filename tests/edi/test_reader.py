import io
from collections.abc import Callable
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edi.reader import Caps, segments
from gateway.errors import InboundWireError

ISA = "ISA*00*          *00*          *ZZ*RIVERBEND      *ZZ*CLEARHOUSE     *261123*1205*^*00501*000000041*1*T*:~"
FILE = ISA + "TA1*000000007*261123*1205*A*000~IEA*0*000000041~"

Source = Callable[[bytes], bytes | BinaryIO]


@pytest.mark.parametrize("source", [bytes, io.BytesIO], ids=["bytes", "file"])
def test_segments_come_with_their_place(source: Source) -> None:
    found = list(segments(source(FILE.encode())))
    assert [(ordinal, segment.id) for ordinal, segment in found] == [(1, "ISA"), (2, "TA1"), (3, "IEA")]
    assert found[1][1].at(4) == "A"
    assert (found[0][1].at(11), found[0][1].at(16)) == ("^", ":")


@pytest.mark.parametrize(
    "raw",
    [
        FILE.replace("~", "~\n"),
        FILE.replace("~", "~\r\n") + "\r\n\r\n",
        FILE.replace("~", "\n"),
        FILE.replace("~", "\r\n"),
        FILE.replace("~", "~  \n\t"),
        "\n \r\n" + FILE,
        "\ufeff" + FILE,
        "\ufeff\n" + FILE,
        FILE.replace("*", "|").replace(":", ">"),
        FILE.replace("*", "\x1d").replace("~", "\x1c"),
        FILE.replace("*^*", "*U*"),
    ],
)
def test_line_ends_marks_and_delimiters_do_not_matter(raw: str) -> None:
    assert [segment.id for _, segment in segments(raw.encode())] == ["ISA", "TA1", "IEA"]


def test_each_interchange_has_its_own_delimiters() -> None:
    other = FILE.replace("*", "|").replace("~", "'").replace(":", ">")
    found = list(segments((FILE + "\n" + other).encode()))
    assert [ordinal for ordinal, _ in found] == [1, 2, 3, 4, 5, 6]
    assert found[4][1] == found[1][1]


def test_a_byte_outside_ascii_is_read_as_latin_1() -> None:
    raw = FILE.replace("TA1*000000007", "NM1*PE\u00d1A").encode("latin-1")
    assert list(segments(raw))[1][1].at(1) == "PE\u00d1A"


@pytest.mark.parametrize(
    ("raw", "ordinal", "said"),
    [
        (b"", 1, "empty"),
        (b" \r\n\n", 1, "empty"),
        (b"PK\x03\x04 a zip", 1, "not X12"),
        (b"ISA*00", 1, "cut after 6 of 106"),
        (FILE[:120].encode(), 2, "without its terminator"),
        (FILE[:-1].encode(), 3, "without its terminator"),
        (FILE.replace("TA1", "").encode(), 2, "no id"),
        (FILE.replace("~TA1", "~~TA1").encode(), 2, "no id"),
        (FILE.replace("TA1", "ta1").encode(), 2, "not two or three capitals"),
        ((FILE + "garbage").encode(), 4, "other than ISA follows IEA"),
        (FILE.replace("RIVERBEND      ", "RIVERBEND ").encode(), 1, "fixed widths"),
        (FILE.replace(":~", "*~", 1).encode(), 1, "fixed widths"),
        (FILE.replace(":~", "^~", 1).encode(), 1, "unusable delimiters"),
        (FILE.replace(":~", "A~", 1).encode(), 1, "unusable delimiters"),
        (("TA1*1" + FILE).encode(), 1, "not X12"),
    ],
)
def test_what_is_not_x12_is_refused_where_it_stands(raw: bytes, ordinal: int, said: str) -> None:
    with pytest.raises(InboundWireError, match=said) as refused:
        list(segments(raw))
    assert refused.value.ordinal == ordinal


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("NTE*" + "X" * 70_000 + "~", "no segment terminator within 65,536"),
        ("NTE" + "*" * 1_001 + "~", "more than 1,000 elements"),
        ("NTE*" + ":" * 1_000 + "~", "more than 1,000 components"),
        ("LX*1~" * 20, "more than 10 segments"),
    ],
)
def test_a_file_that_costs_too_much_is_refused(body: str, said: str) -> None:
    with pytest.raises(InboundWireError, match=said):
        list(segments((ISA + body + "IEA*0*000000041~").encode(), Caps(segments=10)))


class _Endless(io.RawIOBase):
    """A file without a terminator that never ends; it counts what was read of it."""

    def __init__(self) -> None:
        super().__init__()
        self.given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # RawIOBase passes a writable buffer
        chunk = (ISA.encode() if self.given == 0 else b"X" * 4096)[: len(view)]
        view[: len(chunk)] = chunk
        self.given += len(chunk)
        return len(chunk)


def test_an_endless_segment_is_refused_in_bounded_memory() -> None:
    endless = _Endless()
    with pytest.raises(InboundWireError, match="no segment terminator"):
        list(segments(endless))  # type: ignore[arg-type]  # a raw file gives bytes from read(n) as BinaryIO does
    assert endless.given < 300_000


def test_segments_are_found_across_the_borders_of_chunks() -> None:
    body = "".join(f"REF*6R*{n:>{n % 97}}~" for n in range(5_000))
    found = [segment for _, segment in segments((ISA + body + "IEA*0*000000041~").encode())]
    assert [int(segment.at(2)) for segment in found[1:-1]] == list(range(5_000))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tail: bytes) -> None:
    for raw in (tail, ISA.encode() + tail):
        try:
            assert list(segments(raw))
        except InboundWireError as refused:
            assert refused.ordinal >= 1  # noqa: PT017 -- either outcome is right, nothing else is
