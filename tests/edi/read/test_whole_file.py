"""All that stands in a file is given, once, in its order, with the places that a check reports."""

import io
import tracemalloc
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.edi.checking.check import check
from gateway.edi.read.whole_file import Contents, Loose, Piece, Standing
from gateway.edi.tools.explain import explained
from gateway.edi.tools.reformat import Reformatting
from gateway.edi.tools.show import readable
from gateway.edi.tools.split_claims import by_claims
from gateway.edi.wire.finding import FINDINGS_MAX
from tests.bench.x12_files import professional_file, remittance_file
from tests.edi.checking.test_check import FAULTLESS, joined, segments
from tests.edi.follow.test_loop import FILES

CORPUS = sorted(
    path for path in (Path(__file__).parents[3].parent / "shared" / "corpus" / "files").rglob("*") if path.is_file()
)


def standings(raw: bytes) -> Iterator[Standing]:
    for one in Contents(raw):
        yield from [one.standing] if isinstance(one, Loose) else one.standings()


def texts(raw: bytes) -> list[str]:
    return ["*".join(one.parts) for one in standings(raw)]


@pytest.mark.parametrize("raw", FILES)
def test_every_segment_is_given_once_in_its_place(raw: bytes) -> None:
    assert texts(raw) == segments(raw)
    assert [one.ordinal for one in standings(raw)] == list(range(1, len(segments(raw)) + 1))


@settings(deadline=None)
@given(st.data())
def test_a_file_whose_segments_were_dropped_doubled_and_swapped_loses_nothing(data: st.DataObject) -> None:
    isa, *rest = segments(FAULTLESS)
    shuffled = [isa, *data.draw(st.lists(st.sampled_from([one for one in rest if one[:3] != "IEA"]), max_size=60))]
    assert texts(joined(shuffled)) == shuffled


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS, reason="the corpus of third-party files is not here")
def test_the_places_in_any_file_are_those_that_a_check_reports() -> None:
    for path in CORPUS:
        raw = path.read_bytes()
        report, found = check(raw), list(standings(raw))
        assert [one.ordinal for one in found] == list(range(1, len(found) + 1)), path.name
        if not report.more:
            assert len(found) == report.counts.segments, path.name
        by_place = {one.ordinal: one for one in found}
        for finding in report.findings[:FINDINGS_MAX]:
            if finding.element and finding.value and finding.segment not in {"IEA", "GE", "SE", "GS"}:
                assert finding.value in by_place[finding.file_ordinal].parts[finding.element], path.name


@pytest.mark.parametrize(
    ("raw", "number"), [(professional_file(7), "CLM"), (remittance_file(7), "CLP")], ids=["837P", "835"]
)
def test_units_are_named_by_their_patient_control_number(raw: bytes, number: str) -> None:
    units = [one.number for one in Contents(raw) if isinstance(one, Piece) and one.is_unit]
    assert units == [one.split("*")[1] for one in segments(raw) if one.startswith(number)]
    assert len(units) == 7


def test_a_set_of_segments_without_a_place_is_given_though_it_would_fill_our_memory() -> None:
    isa, gs, st_, bht, *rest = segments(FAULTLESS)
    many = [isa, gs, st_, bht, *(["ZZZ*1"] * 25_000), *rest]
    assert texts(joined(many)) == many


def test_what_stands_in_no_segment_is_counted() -> None:
    contents = Contents(b"hello" + FAULTLESS[:-10])
    assert list(contents)
    assert (contents.left_out > len("hello"), contents.is_all) == (True, False)
    assert not Contents(b"hello").is_x12


def test_a_segment_without_end_is_not_taken_for_the_end() -> None:
    contents = Contents(FAULTLESS + FAULTLESS[:300] + b"X" * 1_000_000)
    assert list(contents)
    assert not contents.is_all


def test_a_file_reads_as_an_indented_list_of_names_and_values() -> None:
    lines = list(readable(Contents(FAULTLESS)))
    assert "      4       BHT Beginning of Hierarchical Transaction" in lines
    assert any(line.strip() == "BHT06 Claim or Encounter Identifier: CH" for line in lines)
    assert any(line.strip() == "loop 2010AA Billing Provider Name" for line in lines)
    assert any(line.strip().startswith("CLM05-1 ") and line.endswith(": 11") for line in lines)


def test_what_the_guide_does_not_have_is_marked() -> None:
    texts_ = segments(FAULTLESS)
    texts_.insert(8, "ZZZ*WHAT*\x1b[2J")
    lines = list(readable(Contents(joined(texts_))))
    at = next(place for place, line in enumerate(lines) if "ZZZ" in line)
    assert lines[at].startswith("?     9 ")
    assert [line.strip() for line in lines[at + 1 : at + 3]] == ["ZZZ01 WHAT", "ZZZ02 \\x1b[2J"]


def test_of_one_claim_its_levels_are_shown_and_no_other_claim() -> None:
    raw = professional_file(12)
    numbers = [one.split("*")[1] for one in segments(raw) if one.startswith("CLM")]
    lines = [line.strip() for line in readable(Contents(raw), numbers[9])]
    assert [number for number in numbers if any(line.endswith(f": {number}") for line in lines)] == [numbers[9]]
    assert [line.split()[1] for line in lines if line.startswith("loop 2000")] == ["2000A", "2000B", "2000C"]
    assert not any("1000A" in line for line in lines)


@pytest.mark.parametrize("raw", FILES[:3])
def test_each_segment_can_be_explained(raw: bytes) -> None:
    for ordinal, text in enumerate(segments(raw)[:60], start=1):
        one = explained(raw, ordinal)
        assert one is not None
        assert (one.ordinal, one.segment, bool(one.name)) == (ordinal, text.split("*")[0], True)
        shown = [value for element in one.elements for value in element.values]
        assert "".join(shown).replace(":", "") == "".join(text.split("*")[1:]).replace(":", "").replace(
            "^", "^" if one.segment == "ISA" else ""
        )
    assert explained(raw, len(segments(raw)) + 1) is None


def test_an_explanation_says_what_the_guide_wants_and_its_repr_no_value() -> None:
    one = explained(FAULTLESS, 4)
    assert one is not None
    kind = one.elements[5]
    assert (kind.label, kind.usage, kind.kind, kind.codes, kind.values) == (
        "06",
        "R",
        "ID",
        ("31", "CH", "RP"),
        ("CH",),
    )
    assert one.elements[2].values[0] not in repr(one)


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS, reason="the corpus of third-party files is not here")
@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_any_file_is_shown_and_explained(path: Path) -> None:
    raw = path.read_bytes()
    contents = Contents(raw)
    lines = list(readable(contents))
    assert bool(lines) is contents.is_x12
    assert all(line.isprintable() for line in lines)
    for ordinal in (1, 5, 20, 50):
        one = explained(raw, ordinal)
        assert one is None or one.ordinal == ordinal


WAYS: list[Callable[[BinaryIO], Iterator[object]]] = [
    lambda file: iter(Reformatting(file)),
    lambda file: by_claims(Contents(file), 20),
]


@pytest.mark.parametrize("way", WAYS, ids=["fmt", "split by claims"])
def test_memory_does_not_grow_with_the_file(way: Callable[[BinaryIO], Iterator[object]]) -> None:
    small, large = professional_file(1_000), professional_file(3_000)
    deque(way(io.BytesIO(small)), maxlen=0)  # guides are compiled once
    assert peak(way, large) < 1.5 * peak(way, small)


def peak(way: Callable[[BinaryIO], Iterator[object]], raw: bytes) -> int:
    file = io.BytesIO(raw)
    tracemalloc.start()
    try:
        deque(way(file), maxlen=0)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
