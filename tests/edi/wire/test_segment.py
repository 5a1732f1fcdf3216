import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edi.wire.segment import STANDARD, Delimiters, Segment, decode, encode
from gateway.errors import OutboundWireError

DATA = "".join(chr(code) for code in range(32, 127) if chr(code) not in "*:^~")

filled = st.text(DATA, min_size=1, max_size=12)
composites = st.lists(st.text(DATA, max_size=5), max_size=4).flatmap(
    lambda front: filled.map(lambda last: (*front, last) if front else last)
)
segment_values = st.builds(
    lambda name, front, last: Segment(name, (*front, last)),
    st.from_regex(r"[A-Z][A-Z0-9]{1,2}", fullmatch=True),
    st.lists(st.one_of(st.just(""), filled, composites), max_size=6),
    st.one_of(filled, composites),
)


@given(segment_values)
def test_what_is_encoded_is_decoded_back(segment: Segment) -> None:
    text = encode(segment)
    assert text.endswith("~")
    assert decode(text[:-1]) == segment


@given(segment_values, st.sampled_from("*:^~\n\r\x00\x1c\x7f\x85\u00e9\uff0a\u202e"), st.data())
def test_what_x12_cannot_carry_is_refused_without_being_quoted(
    segment: Segment, bad: str, drawn: st.DataObject
) -> None:
    position = drawn.draw(st.integers(1, len(segment.elements)))
    elements = list(segment.elements)
    elements[position - 1] = f"ZQCANARY{bad}ZQCANARY"
    with pytest.raises(OutboundWireError) as refused:
        encode(Segment(segment.id, tuple(elements)))
    assert f"segment {segment.id}, element {position:02}" in str(refused.value)
    assert "CANARY" not in str(refused.value)


def test_a_component_with_a_delimiter_is_refused() -> None:
    with pytest.raises(OutboundWireError, match="segment SV1, element 01: holds a delimiter"):
        encode(Segment("SV1", (("HC", "97110:GP"),)))


def test_empty_ends_are_left_out() -> None:
    assert encode(Segment("NM1", ("IL", "", ("A", "", ""), "", ("", "")))) == "NM1*IL**A~"
    assert encode(Segment("SBR", ("P", "", "X", ""))) == "SBR*P**X~"


@pytest.mark.parametrize("name", ["", "n1", "N", "NM10", "1NM", "N*1"])
def test_a_segment_needs_an_id(name: str) -> None:
    with pytest.raises(OutboundWireError, match="no valid id"):
        encode(Segment(name, ("X",)))


def test_elements_are_read_by_their_place_and_a_composite_by_its_first_component() -> None:
    segment = decode("SV1*HC:97110:GP*120.5**")
    assert segment.elements == (("HC", "97110", "GP"), "120.5", "", "")
    assert [segment.at(position) for position in (1, 2, 3, 9)] == ["HC", "120.5", "", ""]


@pytest.mark.parametrize(
    "marks", [{"element": "A"}, {"segment": "1"}, {"component": " "}, {"component": "*"}, {"repetition": "~"}]
)
def test_delimiters_are_distinct_and_no_text(marks: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="delimiter"):
        Delimiters(**marks)


def test_the_standard_delimiters_are_those_of_the_guides() -> None:
    assert STANDARD.all == frozenset("*:^~")
