"""Parts of a file: each is judged as the whole was, and together they hold the same claims in the same levels."""

import io
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.edi.checking.check import check
from gateway.edi.read.whole_file import Contents, Loose, Piece
from gateway.edi.tools.split import Part, Splitting, by_interchange, by_set, not_whole
from gateway.edi.tools.split_claims import by_claims
from gateway.errors import UsageError
from tests.bench.x12_files import professional_file, remittance_file
from tests.edi.checking.test_check import FAULTLESS, joined, segments
from tests.edi.follow.test_loop import FILES
from tests.edi.read.test_whole_file import CORPUS

Way = Callable[[Contents], Splitting]
WAYS: list[Way] = [by_interchange, by_set, partial(by_claims, claims_max=2)]


def parts(raw: bytes, way: Way) -> list[tuple[Part, bytes]]:
    found: list[tuple[Part, list[str]]] = []
    for one in way(Contents(raw)):
        if isinstance(one, str):
            found[-1][1].append(one)
        else:
            found.append((one, []))
    return [(part, "".join(texts).encode("latin-1")) for part, texts in found]


def claims(raw: bytes) -> Iterator[tuple[str, ...]]:
    """Each claim with all that it stands in, as it stands but for HL's numbers and the set's."""
    header: list[str] = []
    for one in Contents(raw):
        if isinstance(one, Loose):
            continue
        if one.loop.around is None and one.loop.continues is None:
            header = told(one)
        elif one.is_unit:
            levels: list[str] = []
            around = one.loop.around
            while around is not None and around.around is not None:
                levels = [*told(one._replace(loop=around)), *levels]
                around = around.around
            yield (*header, *levels, *told(one))


def told(piece: Piece) -> list[str]:
    kept = [one.parts for one in piece.standings()]
    return ["*".join(parts if parts[0] != "HL" else ["HL", parts[3]]) for parts in kept]


families = st.lists(  # billing providers
    st.lists(  # their subscribers: own claims, and those of each dependent
        st.tuples(st.integers(0, 3), st.lists(st.integers(1, 3), max_size=2)).filter(lambda one: one[0] or one[1]),
        min_size=1,
        max_size=4,
    ),
    min_size=1,
    max_size=3,
)


def file_of(providers: list[list[tuple[int, list[int]]]]) -> bytes:
    """An 837P with these families."""
    runs = cut(segments(professional_file(5)))
    head, provider, subscriber, claim = runs[0], runs[1], *(cut(runs[2], "CLM"))
    patient, _ = cut(runs[7], "CLM")
    body: list[str] = []
    hierarchies = numbered = 0

    def begin(parent: object, code: int, child: int, level: list[str]) -> int:
        nonlocal hierarchies
        hierarchies += 1
        body.extend([f"HL*{hierarchies}*{parent}*{code}*{child}", *level[1:]])
        return hierarchies

    def write(claims_: int) -> None:
        nonlocal numbered
        for _ in range(claims_):
            numbered += 1
            body.extend([f"CLM*C{numbered}*{claim[0].split('*', 2)[2]}", *claim[1:]])

    for subscribers in providers:
        billing = begin("", 20, 1, provider)
        for own, dependents in subscribers:
            holder = begin(billing, 22, int(bool(dependents)), subscriber)
            write(own)
            for claims_ in dependents:
                begin(holder, 23, 0, patient)
                write(claims_)
    return joined([*head, *body, f"SE*{len(head) - 2 + len(body) + 1}*0001", "GE*1*1", "IEA*1*000000001"])


def cut(texts: list[str], start: str = "HL") -> list[list[str]]:
    """The runs that begin with a segment; what stands before the first is one too."""
    runs: list[list[str]] = [[]]
    for one in texts:
        if one.split("*")[0] == start:
            runs.append([])
        runs[-1].append(one)
    return runs


@settings(deadline=None)
@given(families, st.integers(1, 5))
def test_claims_in_any_hierarchy_come_out_in_clean_files_in_their_levels(
    providers: list[list[tuple[int, list[int]]]], claims_max: int
) -> None:
    raw = file_of(providers)
    assert check(raw, snip=2).findings == ()
    found = parts(raw, partial(by_claims, claims_max=claims_max))
    assert [one for _, part in found for one in claims(part)] == list(claims(raw))
    for told_, part in found:
        report = check(part, snip=2)
        assert report.findings == ()
        assert told_.claims == part.count(b"CLM*") <= claims_max
        assert told_.segments == report.counts.segments
        assert children_agree(part)
    assert all(part.claims == claims_max for part, _ in found[:-1])
    assert len({part.interchange for part, _ in found}) == len({part.group for part, _ in found}) == len(found)


def children_agree(raw: bytes) -> bool:
    """Whether HL04 says of each level whether another one has it as its parent, and HL01 counts."""
    levels = [one.split("*") for one in segments(raw) if one.startswith("HL*")]
    parents = {level[2] for level in levels}
    return [level[1] for level in levels] == [str(place + 1) for place in range(len(levels))] and all(
        (level[4] == "1") is (level[1] in parents) for level in levels
    )


SEVERAL = FILES[0] + FILES[1] + remittance_file(3) + professional_file(4)
"""Interchanges, of which some have the same number."""


@pytest.mark.parametrize("way", [by_interchange, by_set])
def test_each_interchange_and_each_set_becomes_a_clean_file_with_a_number_of_its_own(way: Way) -> None:
    found = parts(SEVERAL, way)
    assert [part.number for part, _ in found] == [1, 2, 3, 4]
    assert len({part.interchange for part, _ in found}) == 4
    for told_, part in found:
        report = check(part, snip=2)
        assert report.findings == ()
        assert (report.counts.interchanges, told_.segments) == (1, report.counts.segments)
        assert f"*{told_.interchange}*" in segments(part)[0]
    assert [one for _, part in found for one in claims(part)] == list(claims(SEVERAL))


def test_a_lone_interchange_is_copied_as_it_is() -> None:
    for raw in FILES:
        ((_, part),) = parts(raw, by_interchange)
        assert segments(part) == segments(raw)


def test_sets_of_one_group_are_parted_and_the_interchange_s_ta1_too() -> None:
    isa, gs, *inside = segments(FAULTLESS)[:-2]
    ta1 = f"TA1*{isa.split('*')[13]}*261116*1200*A*000"
    other = [one.replace("*0001", "*0002") if one[:2] in {"ST", "SE"} else one for one in inside]
    ends = [f"GE*2*{gs.split('*')[6]}", f"IEA*1*{isa.split('*')[13]}"]
    raw = joined([isa, ta1, gs, *inside, *other, *ends])
    assert check(raw, snip=2).findings == ()
    answers, first, second = parts(raw, by_set)
    assert [one.split("*")[0] for one in segments(answers[1])] == ["ISA", "TA1", "IEA"]
    assert [(part.sets, part.claims, check(text, snip=2).findings) for part, text in (first, second)] == [
        (1, 1, ())
    ] * 2
    assert "ST*837*0002" in second[1].decode()


@pytest.mark.parametrize(
    "raw",
    [
        FAULTLESS[:-30],
        FAULTLESS + b"trailing",
        FAULTLESS.replace(b"~SE*", b"~SE*9"),
        FAULTLESS.replace(b"~GE*1", b"~GE*2"),
        FAULTLESS.replace(b"~GS*", b"~ZZ*1~GS*"),
        b"hello",
    ],
)
def test_a_file_of_which_something_may_be_missing_is_known(raw: bytes) -> None:
    assert not_whole(io.BytesIO(raw)) is not None
    assert not_whole(io.BytesIO(FAULTLESS)) is None


@pytest.mark.parametrize("raw", [remittance_file(2), FAULTLESS.replace(b"005010X222A1", b"005010X999")])
def test_what_holds_no_claims_is_not_split_by_claims(raw: bytes) -> None:
    with pytest.raises(UsageError, match=r"segment 3: .*nothing was written"):
        parts(raw, partial(by_claims, claims_max=1))


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS, reason="the corpus of third-party files is not here")
@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_parts_of_any_file_are_judged_as_the_whole(path: Path) -> None:
    raw = path.read_bytes()
    if not_whole(io.BytesIO(raw)) is not None:
        return
    is_clean = not check(raw, snip=2).findings
    for way in WAYS:
        try:
            found = parts(raw, way)
        except UsageError:
            assert way is WAYS[-1]
            continue
        assert [one for _, part in found for one in claims(part)] == list(claims(raw))
        assert all(not_whole(io.BytesIO(part)) is None for _, part in found)
        if is_clean:
            assert all(not check(part, snip=2).findings for _, part in found)
