"""Two files differ in what they say of claims and payments, not in how and in what order they are written."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.edi.read.whole_file import Contents
from gateway.edi.tools.diff import STANDS_IN, UNITS_MAX, Comparison, Difference, UnitDifference
from gateway.edi.tools.diff_units import NOTHING, NUMBERS, units
from gateway.edi.tools.reformat import LINE
from gateway.edi.tools.split_claims import by_claims
from gateway.edi.wire.segment import Delimiters
from tests.bench.x12_files import professional_file, remittance_file
from tests.edi.checking.test_check import FAULTLESS, joined, segments
from tests.edi.follow.test_loop import FILES
from tests.edi.read.test_whole_file import CORPUS
from tests.edi.tools.test_reformat import rewritten
from tests.edi.tools.test_split import cut, parts

CLAIMS, PAYMENTS = professional_file(9), remittance_file(9)


def compared(first: bytes, second: bytes, ignoring: dict[str, tuple[int, ...]] | None = None) -> list[UnitDifference]:
    comparison = Comparison(lambda: Contents(first), lambda: Contents(second), ignoring or NOTHING)
    found = list(comparison)
    assert comparison.differing == len(found) + comparison.more
    return found


def changed(raw: bytes, change: Callable[[list[str]], object]) -> bytes:
    texts = segments(raw)
    change(texts)
    return joined(texts)


@pytest.mark.parametrize("raw", FILES)
def test_a_file_is_the_same_as_itself_however_it_is_written(raw: bytes) -> None:
    assert compared(raw, raw) == []
    for marks in ("|>!\x1c", "\x1f\x1d\x1c\x1e"):
        element, component, repetition, segment = list(marks)
        other = Delimiters(element=element, component=component, repetition=repetition, segment=segment)
        assert compared(raw, rewritten(raw, LINE, other)) == []
        assert compared(rewritten(raw, LINE, other), raw) == []


@settings(deadline=None)
@given(st.data())
def test_every_element_that_is_changed_is_told_with_its_places_and_nothing_else_is(data: st.DataObject) -> None:
    raw = data.draw(st.sampled_from([CLAIMS, PAYMENTS]))
    texts = segments(raw)
    free = [place for place, text in enumerate(texts) if text[:3] in {"N3*", "N4*", "DMG", "SV1", "SVC", "AMT"}]
    place = data.draw(st.sampled_from(free))
    names = texts[place].split("*")
    element = data.draw(st.integers(2 if len(names) > 2 else 1, len(names) - 1).filter(lambda at: names[at] != ""))
    was, names[element] = names[element], "7"
    if was == "7":
        return
    (unit,) = compared(raw, changed(raw, lambda every: every.__setitem__(place, "*".join(names))))
    first = unit.differences[0]
    assert (first.first, first.second, first.segment) == (place + 1, place + 1, names[0])
    assert {one.label[:2] for one in unit.differences} == {f"{element:02}"}
    assert ":".join(one.before for one in unit.differences if one.before).startswith(was.split(":")[0])


def test_a_segment_too_many_is_told_once_and_shifts_nothing() -> None:
    at = next(place for place, one in enumerate(segments(CLAIMS)) if one.startswith("LX*2"))
    longer = changed(CLAIMS, lambda texts: texts.insert(at, "NTE*ADD*MORE"))
    (unit,) = compared(CLAIMS, longer)
    assert unit.kind == "claim"
    assert [(one.segment, one.first, one.second, one.after) for one in unit.differences] == [
        ("NTE", 0, at + 1, "NTE*ADD*MORE")
    ]
    (back,) = compared(longer, CLAIMS)
    assert [(one.first, one.second, one.before) for one in back.differences] == [(at + 1, 0, "NTE*ADD*MORE")]


def test_claims_and_payments_are_found_by_their_numbers_in_any_order() -> None:
    head, *claims = cut(segments(PAYMENTS), "CLP")
    tail = claims[-1][-3:]
    claims[-1] = claims[-1][:-3]
    turned = joined([*head, *(one for claim in reversed(claims) for one in claim), *tail])
    assert compared(PAYMENTS, turned) == []
    lost = joined([*head, *(one for claim in claims[1:] for one in claim), *tail])
    (unit,) = compared(PAYMENTS, lost)
    clp = claims[0][0].split("*")
    assert (unit.kind, unit.number, unit.first, unit.second) == ("payment", f"{clp[1]} {clp[7]}", len(head) + 1, 0)
    (gained,) = compared(lost, PAYMENTS)
    assert (gained.first, gained.second) == (0, len(head) + 1)


def test_the_second_claim_of_a_number_is_another_one() -> None:
    head, claim, *rest = cut(segments(PAYMENTS), "CLP")
    twice = joined([*head, *claim, *claim, *(one for run in rest for one in run)])
    (unit,) = compared(PAYMENTS, twice)
    assert (unit.occurrence, unit.first, unit.second) == (2, 0, len(head) + len(claim) + 1)


def test_a_claim_under_another_subscriber_is_not_the_same() -> None:
    runs = cut(segments(professional_file(3)), "HL")
    second, third = cut(runs[2], "CLM"), cut(runs[3], "CLM")
    runs[2], runs[3] = [*second[0], *third[1]], [*third[0], *second[1]]
    found = compared(professional_file(3), joined([one for run in runs for one in run]))
    assert [[one.name for one in unit.differences] for unit in found] == [[STANDS_IN], [STANDS_IN]]


def test_control_numbers_and_dates_of_the_envelope_differ_unless_they_are_to_be_ignored() -> None:
    other = CLAIMS.replace(b"*000000001", b"*000000002").replace(b"*261116*1200*", b"*261117*0800*", 1)
    assert {unit.kind for unit in compared(CLAIMS, other)} == {"ISA", "IEA"}
    assert compared(CLAIMS, other, dict(NUMBERS)) == []


def test_parts_of_a_split_file_hold_its_claims() -> None:
    together = b"".join(raw for _, raw in parts(CLAIMS, partial(by_claims, claims_max=2)))
    found = compared(CLAIMS, together, dict(NUMBERS))
    assert found
    assert not any(unit.kind == "claim" or unit.first for unit in found if not unit.kind.startswith("loop 2000A"))


def test_files_that_differ_everywhere_are_counted_beyond_what_is_shown() -> None:
    first, second = professional_file(UNITS_MAX), professional_file(UNITS_MAX, seed=2)
    comparison = Comparison(lambda: Contents(first), lambda: Contents(second))
    assert len(list(comparison)) == UNITS_MAX
    assert comparison.more > UNITS_MAX


def test_what_differs_is_not_in_a_repr() -> None:
    (unit,) = compared(FAULTLESS, FAULTLESS.replace(b"*CH~", b"*SECRET~"))
    assert "SECRET" in str([one.after for one in unit.differences])
    assert "SECRET" not in repr(unit) + repr(unit.differences) + repr(list(units(Contents(FAULTLESS))))
    assert isinstance(unit.differences[0], Difference)


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS, reason="the corpus of third-party files is not here")
@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_any_file_compares_with_itself_and_with_another(path: Path) -> None:
    raw = path.read_bytes()
    assert compared(raw, rewritten(raw)) == []
    there, back = compared(raw, FAULTLESS), compared(FAULTLESS, raw)
    if max(len(there), len(back)) < UNITS_MAX:
        assert {(one.kind, one.first, one.second) for one in there} == {
            (one.kind, one.second, one.first) for one in back
        }
