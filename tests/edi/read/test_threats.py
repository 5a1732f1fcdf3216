"""S16 to S21: bytes made to mislead a reader, or to cost it much. Each is refused at once, with its place."""

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edi.read.inbound_file import read_answers
from gateway.errors import InboundWireError
from tests.service.clinic import answer_277ca, answer_835, answer_999, ta1

WHOLE = answer_999(1)
ISA = WHOLE[:106]
ALL = (ta1(1), answer_999(1), answer_277ca("1", ("PCN1", "A2:20:PR", "")), answer_835("0"))


def refusal(raw: bytes) -> str:
    with pytest.raises(InboundWireError) as refused:
        read_answers(raw)
    return str(refused.value)


@pytest.mark.parametrize("place", [3, 82, 104, 105])
@pytest.mark.parametrize("mark", [b"A", b"0", b" ", b"*", b":", b"~", b"\x00", b"\xe9"])
def test_s16_delimiters_that_data_could_be_taken_for_are_refused(place: int, mark: bytes) -> None:
    """Where the mark is the one that stands there anyway, or an unusual but usable one, nothing else may be read."""
    raw = ISA[:place] + mark + ISA[place + 1 :] + WHOLE[106:]
    try:
        found = read_answers(raw)
    except InboundWireError:
        return
    assert [type(one.what).__name__ for one in found] == ["GroupAnswer"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw[:50] + raw[51:],
        lambda raw: raw[:50] + b" " + raw[50:],
        lambda raw: raw[:35] + b"*" + raw[36:],
        lambda raw: raw[:105],
        lambda _: b"ISA*00*~",
        lambda raw: raw.replace(b"IEA*1*", b"IEA*2*"),
        lambda raw: raw.replace(b"GE*1*", b"GE*2*"),
        lambda raw: raw.replace(b"SE*6*", b"SE*5*"),
        lambda raw: raw[:-4] + b"99~\n",
        lambda raw: raw.replace(b"GE*1*1~", b"GE*1*2~"),
        lambda raw: raw.replace(b"SE*6*0001", b"SE*6*0002"),
        lambda raw: raw + raw[106:],
        lambda raw: raw[106:] + raw,
        lambda raw: raw.replace(b"*00501*", b"*0050*1"),
    ],
)
def test_s17_an_isa_of_another_shape_and_trailers_that_disagree_are_refused(spoil: Callable[[bytes], bytes]) -> None:
    assert spoil(WHOLE) != WHOLE
    assert "nothing was posted" in refusal(spoil(WHOLE))


@pytest.mark.parametrize("place", [0, 106, 150])
def test_s18_a_segment_without_end_is_refused_at_once(place: int) -> None:
    assert refusal(WHOLE[:place] + b"x" * 50_000_000 + WHOLE[place:])


@pytest.mark.parametrize("mark", [b"*", b":", b"^"])
def test_s19_elements_components_and_repetitions_are_counted_before_they_are_split(mark: bytes) -> None:
    raw = ISA + b"GS*FA" + mark * 1001 + b"~" + WHOLE[106:]
    assert refusal(raw)


def test_s20_empty_segments_are_refused_at_the_first() -> None:
    assert refusal(ISA + b"~" * 10_000_000).startswith("segment 2:")


def test_s20_there_is_an_end_to_how_many_envelopes_are_read() -> None:
    assert "20,000 interchanges and functional groups" in refusal(ta1(1) * 20_001)


@pytest.mark.parametrize("levels", [5, 3000])
def test_s20_levels_within_levels_are_read_without_recursion(levels: int) -> None:
    raw = answer_277ca("1", ("PCN1", "A2:20:PR", ""))
    head, tail = raw.split(b"HL*4*", 1)
    count = raw[raw.index(b"SE*") + 3 :].split(b"*")[0]
    more = b"".join(b"HL*%d*%d*22*1~" % (n, n - 1) for n in range(4, 4 + levels))
    deep = (head + more + b"HL*4*" + tail).replace(b"SE*" + count, b"SE*%d" % (int(count) + levels))
    assert "HL03" in refusal(deep)


@pytest.mark.parametrize("filler", [b"A", b"1", b" ", b"*", b":", b"0", b"\xff", b"-", b"."])
def test_s21_no_filling_keeps_a_reader_busy(filler: bytes) -> None:
    """An expression that tries again from each place would not come to its end here in anybody's patience."""
    for whole in ALL:
        for cut in range(106, len(whole), 40):
            with contextlib.suppress(InboundWireError):
                read_answers(whole[:cut] + filler * 60_000 + whole[cut:])


@given(st.sampled_from(ALL), st.data())
def test_s16_to_s20_no_change_of_bytes_does_more_than_refuse(whole: bytes, choice: st.DataObject) -> None:
    raw = bytearray(whole)
    for _ in range(choice.draw(st.integers(1, 4))):
        at = choice.draw(st.integers(0, len(raw) - 1))
        raw[at : at + choice.draw(st.integers(0, 3))] = choice.draw(st.binary(max_size=3))
    with contextlib.suppress(InboundWireError):
        read_answers(bytes(raw))
