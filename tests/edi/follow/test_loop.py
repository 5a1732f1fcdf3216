"""Loops as they are read: nothing of a set is lost, and what is written back is what stood there."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edi.checking.check import check
from gateway.edi.follow.loop import Loop, Placed
from gateway.edi.follow.loop_findings import loop_findings
from gateway.edi.guide.compiled import guide_of
from gateway.edi.guide.places import LoopPlace, Place
from gateway.edi.read.one_pass import Passage
from gateway.edi.wire.finding import WireLevel
from gateway.edi.wire.segment import STANDARD
from tests.bench.x12_files import professional_file, remittance_file
from tests.edi.checking.test_check import SAMPLES, joined, segments

UNITS = {"005010X222A1": "2300", "005010X221A1": "2100"}
FILES = [
    *(path.read_bytes() for path in sorted(SAMPLES.glob("*.edi"))),
    *(path.read_bytes() for path in sorted(SAMPLES.with_name("835").glob("*.edi"))),
    *(professional_file(30), remittance_file(30)),
]
CORPUS = Path(__file__).parents[3].parent / "shared" / "corpus" / "files"


def sets(raw: bytes, version: str) -> list[tuple[Passage, list[Loop]]]:
    """The pieces of each set of a guide."""
    passage, found = Passage(raw, {version: frozenset({UNITS[version]})}), []
    pieces: list[Loop] = []
    for piece in passage.pieces():
        pieces.append(piece)
        if passage.is_last:
            found.append((passage, pieces))
            pieces = []
    assert not pieces, "a set has a last piece"
    return found


def version_of(raw: bytes) -> str:
    return "005010X222A1" if b"005010X222A1" in raw else "005010X221A1"


def texts(raw: bytes) -> list[str]:
    """The sets of a file, by nothing but its terminator."""
    every = [one.lstrip() for one in raw.decode("latin-1").split("~") if one.strip()]
    return [one for one in every if one.split("*")[0] not in {"ISA", "GS", "GE", "IEA", "TA1"}]


def written(raw: bytes) -> list[str]:
    return [text for _, pieces in sets(raw, version_of(raw)) for piece in pieces for text in piece.texts("*")]


@pytest.mark.parametrize("raw", FILES)
@pytest.mark.parametrize("between", ["", "\r\n"])
def test_loops_written_back_are_the_file(raw: bytes, between: str) -> None:
    assert check(raw).accepted
    assert written("".join(f"{text}~{between}" for text in segments(raw)).encode()) == texts(raw)


@given(
    st.integers(0, len(FILES) - 1), st.integers(), st.lists(st.text("AB0159. :-", max_size=12), min_size=1, max_size=5)
)
def test_whatever_values_a_file_has_its_loops_written_back_are_the_file(
    place: int, seed: int, values: list[str]
) -> None:
    rng, every = random.Random(seed), segments(FILES[place])
    for value in values:
        at = rng.randrange(3, len(every) - 2)
        parts = every[at].split("*")
        parts[rng.randrange(1, len(parts))] = value
        every[at] = "*".join(parts)
    raw = joined(every)
    if any(one.level is WireLevel.SEGMENT for one in check(raw, snip=2).findings):
        assert sorted(written(raw)) == sorted(texts(raw)), "out of order, and nothing lost"
    else:
        assert written(raw) == texts(raw)


@given(st.integers(0, len(FILES) - 1), st.integers())
def test_no_segment_is_lost_wherever_it_stands(place: int, seed: int) -> None:
    """Segments left out, doubled and moved about: each is in one piece, with its ordinal."""
    rng, every = random.Random(seed), segments(FILES[place])
    for _ in range(rng.randrange(1, 12)):
        at, to = rng.randrange(3, len(every) - 3), rng.randrange(3, len(every) - 3)
        every[to:to] = [every[at]] * rng.randrange(3)
        del every[rng.randrange(3, len(every) - 3)]
    raw = joined(every)
    found: list[Placed] = [one for _, pieces in sets(raw, version_of(raw)) for piece in pieces for one in piece.every()]
    found.sort(key=lambda one: one[0])
    assert ["*".join(parts) for _, parts, _ in found] == texts(raw)
    assert [ordinal for ordinal, _, _ in found] == list(range(1, len(found) + 1))


def bare(text: str) -> str:
    """Without line breaks, and without blanks, which some files have between segments."""
    return "".join(text.split())


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of third-party files is not here")
def test_loops_of_the_corpus_written_back_are_their_files() -> None:
    whole = 0
    for path in sorted(CORPUS.rglob("*")):
        raw = path.read_bytes() if path.is_file() else b""
        for version in UNITS:
            for passage, pieces in sets(raw, version):
                found = [one for piece in pieces for one in piece.every()]
                ordinals = [ordinal for ordinal, _, _ in found]
                assert sorted(ordinals) == list(range(1, len(found) + 1)), f"{path.name}: something was lost"
                mark, end = passage.origin.marks.element, passage.origin.marks.segment
                if ordinals == sorted(ordinals):
                    read = end.join(mark.join(parts) for _, parts, _ in found)
                    assert bare(read) in bare(raw.decode("latin-1")), path.name
                    whole += 1
    assert whole > 300


def loops(loop: LoopPlace) -> Iterator[LoopPlace]:
    yield loop
    for child in loop.children:
        if isinstance(child, LoopPlace):
            yield from loops(child)


@pytest.mark.parametrize("version", list(UNITS))
def test_in_every_loop_segments_stand_before_loops(version: str) -> None:
    """What `Loop.texts` relies on; but for SE, which is a piece of its own."""
    guide = guide_of(version, STANDARD)
    assert guide is not None
    for loop in loops(guide.root):
        kinds = [isinstance(child, Place) for child in loop.children if child is not guide.end]
        assert kinds == sorted(kinds, reverse=True), loop.id


def test_a_level_is_shared_by_its_units_and_does_not_hold_them() -> None:
    ((_, pieces),) = sets(professional_file(60), "005010X222A1")
    claims = [piece for piece in pieces if piece.id == "2300"]
    providers = {id(claim.level("2000A")) for claim in claims}
    assert (len(claims), len(providers)) == (60, 2)
    provider = claims[0].level("2000A")
    assert provider is not None
    assert [loop.id for loop in provider.loops] == ["2010AA"]
    assert claims[0].around is not claims[1].around


def test_a_segment_that_stands_too_late_in_a_level_does_not_hide_the_level() -> None:
    """PAT behind a claim: the next claim of the subscriber still knows who that is."""
    every = segments(FILES[3])
    first = next(place for place, text in enumerate(every) if text.startswith("CLM*"))
    last = next(place for place, text in enumerate(every) if text.startswith("SE*"))
    claim = every[first:last]
    diagnoses = next(place for place, text in enumerate(every) if text.startswith("HI*"))
    every[diagnoses + 1 : last] = ["PAT*****D8*20260101", *claim]
    ((_, pieces),) = sets(joined(every), "005010X222A1")
    one, other = (piece for piece in pieces if piece.id == "2300")
    assert one.around is other.around
    assert [piece.continues is one.around for piece in pieces if piece.id == "2000B"] == [False, True]


@given(st.integers(0, len(FILES) - 1), st.integers(), st.lists(st.text("AB0159. :-", max_size=12), max_size=4))
def test_reading_finds_what_the_check_finds(place: int, seed: int, values: list[str]) -> None:
    """It judges what is in a segment later, and the structure as it goes: nothing is told twice or not at all."""
    rng, every = random.Random(seed), segments(FILES[place])
    for value in values:
        at = rng.randrange(3, len(every) - 3)
        parts = every[at].split("*")
        parts[rng.randrange(1, len(parts))] = value
        every[at] = "*".join(parts)
        del every[rng.randrange(3, len(every) - 3)]
    raw = joined(every)
    wanted = sorted(map(str, check(raw, snip=2).findings))
    passage = Passage(raw, {version_of(raw): frozenset({UNITS[version_of(raw)]})})
    found = [str(one) for piece in passage.pieces() for one in loop_findings(passage.origin, piece)]
    figures = ("is not an amount in dollars and cents", "has more digits than we read")
    read = [one for one in found if not one.endswith(figures)]
    apart = [str(one) for one in passage.findings if str(one) not in read]
    assert sorted([*read, *apart]) == wanted
