"""Garbled answers are seeded, add up, and each kind does what it says."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

import pytest

from tests.service.money.garbled import KINDS, PLAIN, Garbled, Truth, could_be, garble, population

_CLAIMS: Final = population(7, 400)


def _numbers(place: int, truth: Truth) -> tuple[str, tuple[str, ...]]:
    pcn = f"Q{place:04}XR7WZ8K3"
    return pcn, tuple(f"{pcn}{line:02}" for line in range(1, len(truth.lines) + 1))


def _garbled(seed: int, place: int, **chosen: Any) -> Garbled:
    truth = _CLAIMS[place]
    known = "" if place % 3 else f"KNOWN{place}"
    return garble(seed, truth, *_numbers(place, truth), known, **chosen)


def _all(seed: int = 1) -> Iterator[tuple[Truth, Garbled]]:
    for place, truth in enumerate(_CLAIMS):
        yield truth, _garbled(seed, place)


def _done(kind: str) -> Iterator[tuple[Truth, Garbled, tuple[str, ...]]]:
    """Give each claim to which the kind can be done, its answer with that kind alone, and its number and controls."""
    for place, truth in enumerate(_CLAIMS):
        pcn, controls = _numbers(place, truth)
        try:
            yield truth, garble(3, truth, pcn, controls, "KNOWN", kinds=(kind,)), (pcn, *controls)
        except ValueError:
            continue


def _of(segments: tuple[str, ...], *begins: str) -> list[list[str]]:
    return [text.split("*") for text in segments if text.startswith(begins)]


def _adjusted(segments: list[list[str]]) -> Decimal:
    return sum((Decimal(amount) for one in segments for amount in one[3::3]), Decimal(0))


def _assert_balanced(segments: tuple[str, ...], charge: Decimal) -> None:
    (claim,), lines = _of(segments, "CLP"), _of(segments, "SVC")
    assert abs(Decimal(claim[3])) == charge
    assert Decimal(claim[3]) - _adjusted(_of(segments, "CAS")) == Decimal(claim[4])
    assert not lines or sum(Decimal(one[2]) for one in lines) == Decimal(claim[3])
    begins = [at for at, text in enumerate(segments) if text.startswith("SVC")]
    for at, end in pairwise([*begins, len(segments)]):
        (line,), cas = _of(segments[at : at + 1], "SVC"), _of(segments[at:end], "CAS")
        assert Decimal(line[2]) - _adjusted(cas) == Decimal(line[3])
    patient = _adjusted(_of(segments, "CAS*PR"))
    assert claim[5] == "" if claim[2] == "22" else Decimal(claim[5]) == patient


def test_the_same_seed_gives_the_same_people_and_the_same_answers() -> None:
    assert population(7, 400) == _CLAIMS
    assert population(8, 400) != _CLAIMS
    assert list(_all()) == list(_all())
    assert list(_all()) != list(_all(2))


def test_the_population_has_near_twins() -> None:
    ours = [one for one in _CLAIMS if one.is_ours]
    visits = Counter((one.member, one.first, one.lines) for one in ours)
    days = Counter((one.member, one.first, one.day) for one in ours if one.replaces is None)
    names = Counter({(one.last, one.first, one.day, one.member) for one in ours})
    assert max(visits.values()) > 2
    assert max(days.values()) == 2
    assert {len({one.first for one in ours if one.member == other.member}) for other in ours} == {1, 2}
    assert max(Counter(name[:3] for name in names).values()) > 1
    assert {one.member for one in _CLAIMS if not one.is_ours} & {one.member for one in ours}
    for one in _CLAIMS:
        if one.replaces is not None:
            old = _CLAIMS[one.replaces]
            assert (old.member, old.day, old.payer) == (one.member, one.day, one.payer)
            assert old.lines != one.lines


@pytest.mark.parametrize("seed", range(5))
def test_what_is_garbled_adds_up_to_the_cent(seed: int) -> None:
    for truth, garbled in _all(seed):
        _assert_balanced(garbled.segments, truth.charge)
        if garbled.earlier:
            _assert_balanced(garbled.earlier, truth.charge)
        assert len(garbled.lines) == len(_of(garbled.segments, "SVC"))
        assert garbled.is_ours == truth.is_ours


def test_every_kind_comes_and_each_grade_of_certainty() -> None:
    seen = Counter[str]()
    grades = Counter[str]()
    for seed in range(3):
        for _, garbled in _all(seed):
            seen.update(garbled.kind.split(" + "))
            grades[garbled.certain] += 1
    assert set(KINDS) <= set(seen)
    assert len(KINDS) >= 25
    assert min(grades[one] for one in ("must", "may", "never")) > 200


def test_each_answered_line_names_places_of_its_claim() -> None:
    for truth, garbled in _all():
        if truth.is_ours and garbled.lines:
            places = {place for line in garbled.lines for place in line}
            assert places == set(range(1, len(truth.lines) + 1))


def test_a_stranger_is_never_placed() -> None:
    strangers = [garbled for truth, garbled in _all() if not truth.is_ours]
    assert strangers
    assert {one.certain for one in strangers} == {"never"}
    assert {places for one in strangers for places in one.lines} <= {()}


def test_what_has_lost_its_numbers_is_only_proposed() -> None:
    for place, truth in enumerate(_CLAIMS):
        if truth.is_ours:
            for number in ("number cut", "visit number instead", "letter of the number changed"):
                garbled = _garbled(5, place, kinds=(number, "controls dropped"))
                assert garbled.certain == "never"
                assert not _of(garbled.segments, "REF")


def test_what_keeps_its_controls_has_to_be_posted() -> None:
    for number in ("number cut", "number as good as empty", "number in lower case"):
        for truth, garbled, (pcn, *_) in _done(number):
            assert _of(garbled.segments, "CLP")[0][1] != pcn
            assert garbled.certain == ("must" if truth.is_ours else "never")


def test_equal_lines_without_controls_are_told_apart_by_nothing() -> None:
    grades = Counter[tuple[str, bool]]()
    for place, truth in enumerate(_CLAIMS):
        if truth.is_ours and len({(line.code, line.modifiers, line.charge) for line in truth.lines}) < len(truth.lines):
            garbled = _garbled(5, place, kinds=("controls dropped",))
            (*_, last), others = _svc(garbled), _svc(garbled)[:-1]
            grades[garbled.certain, any((last[1:4]) == one[1:4] for one in others)] += 1
    assert set(grades) == {("never", False), ("may", True)}


def test_who_else_could_be_meant() -> None:
    for place, truth in enumerate(_CLAIMS):
        if truth.is_ours:
            assert could_be(_garbled(5, place, kinds=("number cut",)), truth, _CLAIMS) == (place,)
            lost = _garbled(5, place, kinds=("visit number instead", "controls dropped", "no date"))
            others = could_be(lost, truth, _CLAIMS)
            assert place in others
            assert {_CLAIMS[other].lines for other in others} == {truth.lines}
            assert {_CLAIMS[other].member for other in others} == {truth.member}


def test_an_answer_without_fault() -> None:
    for truth, garbled in ((one, _garbled(1, place, kinds=())) for place, one in enumerate(_CLAIMS) if one.is_ours):
        assert garbled.kind == PLAIN
        assert garbled.lines == tuple((place,) for place in range(1, len(truth.lines) + 1))
        assert garbled.certain == "must"
        assert garbled.earlier == ()


def _procedures(segments: tuple[str, ...]) -> list[list[str]]:
    return [one[1].split(":") for one in _of(segments, "SVC")]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_does_what_it_says(kind: str) -> None:
    found = [(truth, one, numbers) for truth, one, numbers in _done(kind) if truth.is_ours]
    assert len(found) > 20
    for truth, garbled, (pcn, *controls) in found:
        assert _DOES[kind](truth, garbled, pcn, controls), garbled


def _clp(garbled: Garbled) -> list[str]:
    return _of(garbled.segments, "CLP")[0]


def _svc(garbled: Garbled) -> list[list[str]]:
    return _of(garbled.segments, "SVC")


def _refs(garbled: Garbled) -> list[str]:
    return [one[2] for one in _of(garbled.segments, "REF*6R")]


def _codes(truth: Truth) -> list[str]:
    return [line.code for line in truth.lines]


def _billed(garbled: Garbled) -> list[str]:
    """Give the code of each line as billed: SVC06 where the payer changed it."""
    return [(one[6] if len(one) > 6 and one[6] else one[1]).split(":")[1] for one in _svc(garbled)]


def _changed(garbled: Garbled) -> list[str]:
    return [one[1].split(":")[1] for one in _svc(garbled) if len(one) > 6 and one[6]]


def _said_otherwise(truth: Truth, garbled: Garbled) -> list[tuple[tuple[str, ...], list[str]]]:
    given = [one[2:] for one in _procedures(garbled.segments)]
    return [(line.modifiers, one) for line, one in zip(truth.lines, given, strict=True) if list(line.modifiers) != one]


_DOES: Final[dict[str, Any]] = {
    "payer changed the code": lambda t, g, *_: (
        _billed(g) == _codes(t) and len(_changed(g)) == 1 and _changed(g)[0] not in _codes(t)
    ),
    "payer changed the code to one billed beside it": lambda t, g, *_: (
        _billed(g) == _codes(t) and len(_changed(g)) == 1 and _changed(g)[0] in _codes(t)
    ),
    "code changed and not said": lambda t, g, *_: (
        not _changed(g) and len([1 for own, said in zip(_codes(t), _billed(g), strict=True) if own != said]) == 1
    ),
    "fewer units paid": lambda t, g, *_: (
        [(int(one[5]) < int(one[7]), int(one[7])) for one in _svc(g) if len(one) > 7]
        == [(True, t.lines[at].units) for at, one in enumerate(_svc(g)) if len(one) > 7]
        and any(len(one) > 7 for one in _svc(g))
    ),
    "denial": lambda _, g, *__: _clp(g)[2] == "4" and Decimal(_clp(g)[4]) == 0,
    "reversal": lambda _, g, *__: (
        _clp(g)[2] == "22"
        and Decimal(_clp(g)[4]) == -Decimal(_of(g.earlier, "CLP")[0][4])
        and _of(g.earlier, "CLP")[0][7] == "KNOWN"
    ),
    "known claim number": lambda _, g, *__: (
        _clp(g)[7] == "KNOWN" == _of(g.earlier, "CLP")[0][7] and _of(g.earlier, "CLP")[0][2] == "4"
    ),
    "modifiers dropped": lambda t, g, *_: (
        len(_said_otherwise(t, g)) == len(t.lines) and all(len(said) < len(own) for own, said in _said_otherwise(t, g))
    ),
    "modifier changed": lambda t, g, *_: (
        [len(said) == len(own) and set(said) != set(own) for own, said in _said_otherwise(t, g)] == [True]
    ),
    "modifiers in another order": lambda t, g, *_: (
        bool(_said_otherwise(t, g)) and all(set(said) == set(own) for own, said in _said_otherwise(t, g))
    ),
    "number cut": lambda _, g, pcn, __: _clp(g)[1] in pcn and 6 <= len(_clp(g)[1]) < 13,
    "number in lower case": lambda _, g, pcn, __: _clp(g)[1] != pcn == _clp(g)[1].upper(),
    "number padded": lambda _, g, pcn, __: pcn in _clp(g)[1] != pcn,
    "blank inside the number": lambda _, g, pcn, __: _clp(g)[1].replace(" ", "") == pcn != _clp(g)[1].strip(),
    "letter of the number changed": lambda _, g, pcn, __: (
        len([1 for own, said in zip(pcn, _clp(g)[1], strict=True) if own != said]) == 1
    ),
    "visit number instead": lambda t, g, *_: _clp(g)[1] == t.visit,
    "number of another system": lambda _, g, pcn, __: _clp(g)[1].startswith("CH") and pcn not in _clp(g)[1],
    "number as good as empty": lambda _, g, *__: _clp(g)[1] in {"0", "NONE", "000000", "UNKNOWN"},
    "controls dropped": lambda _, g, *__: not _refs(g),
    "controls cut to our number": lambda _, g, pcn, __: set(_refs(g)) == {pcn},
    "controls cut short": lambda _, g, pcn, __: all(one in pcn and len(one) < 10 for one in _refs(g)),
    "controls in lower case": lambda _, g, __, controls: [one.upper() for one in _refs(g)] == controls != _refs(g),
    "one control dropped": lambda t, g, *_: len(_refs(g)) == len(t.lines) - 1,
    "line split": lambda t, g, __, controls: (
        len(g.lines) == len(t.lines) + 1 and set(_refs(g)) == set(controls) and len(_refs(g)) == len(g.lines)
    ),
    "line split without controls": lambda t, g, *_: (
        len(g.lines) == len(t.lines) + 1 and len(_refs(g)) == len(t.lines) - 1
    ),
    "lines joined": lambda t, g, *_: (
        len(g.lines) == len(t.lines) - 1
        and all(len({t.lines[place - 1].code for place in places}) == 1 for places in g.lines)
    ),
    "claim level only": lambda _, g, *__: not _svc(g) and bool(_of(g.segments, "CAS")) and g.lines == (),
    "lines in another order": lambda _, g, *__: list(g.lines) != sorted(g.lines),
    "date at the claim only": lambda _, g, *__: len(_of(g.segments, "DTM*232")) == 1 and not _of(g.segments, "DTM*472"),
    "no date": lambda _, g, *__: not _of(g.segments, "DTM"),
    "member id garbled": lambda t, g, *_: _of(g.segments, "NM1*QC")[0][9] not in {"", t.member},
    "member id missing": lambda t, g, *_: not any(t.member in text for text in g.segments),
    "name spelled otherwise": lambda t, g, *_: _of(g.segments, "NM1*QC")[0][3:5] != [t.last, t.first],
}
