"""Writing a file again changes its line breaks, or its delimiters, and nothing that it says."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.edi.checking.check import check
from gateway.edi.tools.reformat import LINE, NOTHING, Reformatting
from gateway.edi.wire.segment import STANDARD, Delimiters
from gateway.errors import UsageError
from tests.edi.checking.test_check import FAULTLESS, segments
from tests.edi.follow.test_loop import FILES
from tests.edi.read.test_whole_file import CORPUS

MARKS = st.lists(st.sampled_from("*:^~|>!\n\x1c\x1d\x1e\x1f"), min_size=4, max_size=4, unique=True)


def rewritten(raw: bytes, between: str = LINE, marks: Delimiters | None = None) -> bytes:
    return "".join(Reformatting(raw, between=between, marks=marks)).encode("latin-1")


@pytest.mark.parametrize("raw", FILES)
def test_each_segment_has_a_line_of_its_own_or_none_has(raw: bytes) -> None:
    lines = rewritten(raw)
    assert lines.decode().split("\n") == [f"{one}~" for one in segments(raw)] + [""]
    assert rewritten(lines) == lines
    assert rewritten(lines, NOTHING) == rewritten(raw, NOTHING) == "".join(f"{one}~" for one in segments(raw)).encode()


@settings(deadline=None)
@given(MARKS)
def test_other_delimiters_say_the_same_and_lead_back(marks: list[str]) -> None:
    element, component, repetition, segment = marks
    other = Delimiters(element=element, component=component, repetition=repetition, segment=segment)
    there = rewritten(FAULTLESS, NOTHING, other)
    assert check(there).findings == ()
    assert rewritten(there, NOTHING, STANDARD) == rewritten(FAULTLESS, NOTHING)


def test_a_value_that_holds_a_new_delimiter_is_refused_with_its_place_and_without_itself() -> None:
    raw = FAULTLESS.replace(b"RB-41", b"SECRET|")
    with pytest.raises(UsageError, match="segment 4 holds a character") as refused:
        rewritten(raw, marks=Delimiters(element="|"))
    assert "SECRET" not in str(refused.value)


def test_an_interchange_without_a_repetition_mark_goes_on_without() -> None:
    raw = FAULTLESS.replace(b"*^*00501*", b"*U*00501*").replace(b"RB-41", b"RB^41")
    assert rewritten(raw, NOTHING, Delimiters(element="|")) == rewritten(raw, NOTHING).replace(b"*", b"|")


def test_what_is_no_segment_is_counted_and_not_written() -> None:
    one = Reformatting(FAULTLESS + b"trailing")
    assert "trailing" not in "".join(one)
    assert (one.left_out, one.is_all, one.is_x12) == (8, False, True)


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS, reason="the corpus of third-party files is not here")
@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_any_file_written_again_is_judged_as_before(path: Path) -> None:
    raw = path.read_bytes()
    one = Reformatting(raw)
    lines = "".join(one).encode("latin-1")
    if one.is_all:
        assert check(lines) == check(raw)
    assert rewritten(lines) == lines
    assert rewritten(lines, NOTHING) == rewritten(raw, NOTHING)
