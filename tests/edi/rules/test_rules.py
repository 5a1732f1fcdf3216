"""Each rule of SNIP 3 to 5 finds its fault at its place, and nothing else does; what is sound has no finding at all."""

from typing import Any, Final

import pytest

from gateway.codes.lists import Kind
from gateway.edi.checking.check import check
from gateway.edi.guide.compiled import guide_of
from gateway.edi.rules.rule import Fault, Rule
from gateway.edi.rules.rulebook import BOOKS, asked_at
from gateway.edi.wire.finding import WireFinding, WireLevel
from gateway.edi.wire.segment import STANDARD
from tests.edi.rules import claim_faults, line_faults, payment_faults
from tests.edi.rules.broken import Broken
from tests.edi.rules.sound import BODIES, TODAY, sound

CLAIM_FAULTS: Final[tuple[Broken, ...]] = (
    *claim_faults.LEVELS,
    *claim_faults.PARTIES,
    *claim_faults.CLAIM,
    *claim_faults.DAYS,
    *claim_faults.DIAGNOSES,
    *line_faults.PROVIDERS,
    *line_faults.LINES,
    *line_faults.OTHERS,
    *line_faults.BALANCES,
    *line_faults.CODES,
)
PAYMENT_FAULTS: Final[tuple[Broken, ...]] = (
    *payment_faults.BALANCES,
    *payment_faults.PAYMENT,
    *payment_faults.CODES,
)
FAULTS: Final = {"005010X222A1": CLAIM_FAULTS, "005010X221A1": PAYMENT_FAULTS}

NO_LIST: Final = f"{Kind.TAXONOMY.name}_NOT_LISTED"
"""No list of taxonomy codes is shipped, so that no file can break this rule."""

_EVERY: Final = [one for faults in FAULTS.values() for one in faults]
_RULES: Final = [(version, one) for version, book in BOOKS.items() for one in book]


@pytest.mark.parametrize("name", list(BODIES))
def test_a_sound_file_has_no_finding_at_all(name: str) -> None:
    assert check(sound(name), today=TODAY).findings == ()


@pytest.mark.parametrize("one", _EVERY, ids=[f"{number}-{one.rule}" for number, one in enumerate(_EVERY)])
def test_a_single_fault_is_found_by_its_rule_at_its_place_and_nothing_else_is(one: Broken) -> None:
    report = check(one.file(), today=TODAY)
    found = [told for told in report.findings if told.rule == one.rule]
    assert [_place(told) for told in found] == [
        (place.ordinal(one.body()), place.loop, place.element, place.component, place.severity) for place in one.places
    ]
    for told, place in zip(found, one.places, strict=True):
        assert told.segment == (place.segment or place.at.split("*")[0])
    assert {told.rule or f"SNIP {told.snip}" for told in report.findings} - {one.rule} == one.also


def _place(told: WireFinding) -> tuple[object, ...]:
    return (told.ordinal, told.loop, told.element, told.component, told.severity)


def test_a_rule_is_asked_from_its_level_on() -> None:
    levels = {rule.id: rule.snip for _, rule in _RULES}
    for one in _EVERY:
        below = check(one.file(), snip=levels[one.rule] - 1, today=TODAY)
        assert one.rule not in {told.rule for told in below.findings}


@pytest.mark.parametrize("version", list(FAULTS))
def test_every_rule_of_a_guide_has_a_file_that_breaks_it(version: str) -> None:
    broken = {(one.rule, place.at.split("*")[0]) for one in FAULTS[version] for place in one.places}
    asked = {rule for groups in _asked(version).values() for _, rules, _ in groups for rule in rules}
    for rule in BOOKS[version]:
        if rule in asked and rule.id != NO_LIST:
            assert any((rule.id, segment) in broken for segment in _segments(rule)), rule.id


def _asked(version: str) -> Any:
    guide = guide_of(version, STANDARD)
    assert guide is not None
    return asked_at(guide, version, 5)


def _segments(rule: Rule[Any]) -> set[str]:
    return {on.split(" ")[1].split("*")[0] for on in rule.on}


@pytest.mark.parametrize(("version", "least"), [("005010X222A1", 120), ("005010X221A1", 60)])
def test_there_are_as_many_single_faults_as_were_promised(version: str, least: int) -> None:
    assert len(FAULTS[version]) >= least
    assert len({one.file() for one in FAULTS[version]}) == len(FAULTS[version])


def test_every_rule_says_what_it_finds_where_that_is_written_and_what_to_do() -> None:
    for _, rule in _RULES:
        assert rule.id == rule.id.upper(), rule.id
        assert rule.says, rule.id
        assert len(rule.cites) > 10, rule.id
        assert rule.fix.endswith("."), rule.id
        assert rule.snip in (3, 4, 5), rule.id


def test_an_id_means_one_thing() -> None:
    said: dict[str, str] = {}
    for _, rule in _RULES:
        assert said.setdefault(rule.id, rule.says) == rule.says
        assert rule.id == rule.check.__name__.upper() or rule.id.endswith("_NOT_LISTED"), rule.id


def test_every_place_that_a_rule_is_asked_at_exists() -> None:
    asked: set[tuple[int, str]] = set()
    for version, book in BOOKS.items():
        places = {name for place in _asked(version) for name in _names_of(place)}
        asked |= {(id(rule), on) for rule in book for on in rule.on if on in places}
    dead = [(rule.id, on) for _, rule in _RULES for on in rule.on if (id(rule), on) not in asked]
    assert dead == []


def _names_of(place: Any) -> set[str]:
    use, key = place.use, place.use.key
    ids = {use.id, *(f"{use.id}*{code}" for code in (use.codes_at(*key) if key is not None else ()))}
    return {f"{loop} {one}" for loop in ("*", place.within.id) for one in ids}


def test_the_code_of_a_fault_is_one_of_the_list_of_its_level() -> None:
    for fault in Fault:
        listed = {
            WireLevel.SEGMENT: {"1", "2", "3", "4", "5", "6", "7", "8", "I4", "I6", "I7", "I8", "I9"},
            WireLevel.ELEMENT: {str(code) for code in range(1, 14)} | {"I6", "I9", "I10", "I11", "I12", "I13"},
        }[fault.value.level]
        assert fault.value.code in listed
    for _, rule in _RULES:
        assert bool(rule.lacks) == (rule.fault in {Fault.SEGMENT_MISSING, Fault.LOOP_MISSING}), rule.id
