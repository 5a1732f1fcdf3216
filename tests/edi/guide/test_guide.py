"""The compiled guides: what may follow what, and patterns that are never laxer than what explains them."""

import random
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edi.follow.element_faults import element_faults
from gateway.edi.guide.compiled import GUIDES, guide_of
from gateway.edi.guide.pattern import Patterns
from gateway.edi.guide.places import Choice, Guide, LoopPlace, Place
from gateway.edi.guide.tree import UNBOUNDED, CompositeElement, Element, SegmentUse, SimpleElement
from gateway.edi.wire.segment import STANDARD, Delimiters

OTHER = Delimiters(element="|", component=">", repetition="!", segment="\n")
PROFESSIONAL = "005010X222A1"


def the_guide(version: str, marks: Delimiters = STANDARD) -> Guide:
    guide = guide_of(version, marks)
    assert guide is not None
    return guide


def places(loop: LoopPlace) -> Iterator[Place]:
    for child in loop.children:
        if isinstance(child, Place):
            yield child
        else:
            assert isinstance(child, LoopPlace)
            yield from places(child)


def place_of(guide: Guide, loop: str, segment: str, code: str = "") -> Place:
    return next(
        one
        for one in places(guide.root)
        if one.within.id == loop
        and one.use.id == segment
        and (not code or (one.use.key is not None and code in one.use.codes_at(*one.use.key)))
    )


def leads(place: Place, segment: str, code: str = "") -> str:
    """Name where a segment leads from a place; empty if nowhere."""
    entry = place.table.get(segment)
    step = entry.steps.get(code, entry.otherwise) if isinstance(entry, Choice) else entry
    return str(step.to) if step is not None else ""


@pytest.mark.parametrize("version", [one.version for one in GUIDES])
@pytest.mark.parametrize("marks", [STANDARD, OTHER])
def test_every_place_of_every_guide_has_its_table_and_its_pattern(version: str, marks: Delimiters) -> None:
    guide = the_guide(version, marks)
    found = list(places(guide.root))
    assert len(found) > 10
    for place in found:
        assert place is guide.end or place.table, f"nothing may follow {place}"
        re.compile(Patterns(marks).of(place.use))


@pytest.mark.parametrize(
    ("loop", "segment", "code", "next_segment", "next_code", "leads_to"),
    [
        ("2000A", "HL", "20", "NM1", "85", "2010AA NM1"),
        ("2010AA", "N4", "", "REF", "EI", "2010AA REF"),
        ("2010AA", "REF", "EI", "HL", "22", "2000B HL"),
        ("2300", "CLM", "", "HI", "ABK", "2300 HI"),
        ("2300", "HI", "ABK", "NM1", "82", "2310B NM1"),
        ("2300", "HI", "ABK", "NM1", "85", ""),
        ("2400", "SV1", "HC", "LX", "", "2400 LX"),
        ("2400", "SV1", "HC", "CLM", "", "2300 CLM"),
        ("2400", "SV1", "HC", "HL", "20", "2000A HL"),
        ("2400", "SV1", "HC", "SE", "", "ST_LOOP SE"),
        ("2310B", "NM1", "82", "NM1", "DN", "2310A NM1"),  # the same position: in any order
        ("2320", "SBR", "S", "NM1", "PR", "2330B NM1"),
    ],
)
def test_what_may_follow_in_an_837p(
    loop: str, segment: str, code: str, next_segment: str, next_code: str, leads_to: str
) -> None:
    assert leads(place_of(the_guide(PROFESSIONAL), loop, segment, code), next_segment, next_code) == leads_to


def test_a_segment_that_is_at_home_in_two_places_goes_to_the_nearer_one() -> None:
    guide = the_guide(PROFESSIONAL)
    assert leads(place_of(guide, "2420A", "NM1", "82"), "REF", "G2") == "2420A REF"
    assert leads(place_of(guide, "2310B", "NM1", "82"), "REF", "G2") == "2310B REF"


def test_a_counter_overflows_into_its_guard_at_one_too_many() -> None:
    for version in (one.version for one in GUIDES):
        for loop in {place.within for place in places(the_guide(version).root)}:
            for child in loop.children:
                seen = loop.fresh
                for _ in range(child.repeat if child.repeat != UNBOUNDED else 1_000):
                    seen = (seen | child.present) + child.unit
                    assert not seen & loop.guards
                assert bool((seen + child.unit) & loop.guards) is (child.repeat != UNBOUNDED)


# -- patterns --------------------------------------------------------------------------------------------------------

USES = [place.use for one in GUIDES for place in places(the_guide(one.version).root)]
ODD = ("", " ", "A", "AB", "0", "12", "-5", "5.", ".5", "1.5", "20261301", "20261116", "20240229", "20230229", "1260", "1159",
       "20261116-20261117", "D8", "RD8", "A ", " A", "é", "\x07", "9" * 90, "X" * 300, ":", "^", "A:B", "A^B", "::", "HC:97110")  # fmt: skip


def something_for(element: Element, rng: random.Random) -> str:
    """Give a value that fits more often than not."""
    if rng.random() < 0.1:
        return rng.choice(ODD)
    if element.usage != "R" and rng.random() < 0.6:
        return ""
    if isinstance(element, CompositeElement):
        return ":".join(something_for(one, rng) for one in element.components).rstrip(":" if rng.random() < 0.8 else "")
    return rng.choice(sorted(element.codes)) if element.codes else fitting(element, rng)


def fitting(element: SimpleElement, rng: random.Random) -> str:
    kind = element.type
    length = rng.choice((kind.shortest, kind.longest, min(kind.longest, kind.shortest + 3)))
    if kind.kind == "DT":
        return rng.choice(("20261116", "20240229", "20230229"))
    if kind.kind == "TM":
        return rng.choice(("1159", "115959", "11595999"))
    if kind.kind[0] in "NR":
        digits = "7" * length
        point = rng.randrange(length + 1) if kind.kind == "R" else length
        return rng.choice(("", "-")) + (f"{digits[:point]}.{digits[point:]}" if point < length else digits)
    if kind.number == "1251":
        return rng.choice(("20261116", "20261116-20261117", "202611161159", "1159", "20240229"))
    return "X" * length


@given(st.sampled_from(USES), st.integers(0, 2**32))
def test_a_pattern_never_lets_pass_what_the_explanation_finds_fault_with(use: SegmentUse, seed: int) -> None:
    """Both ways: what the pattern refuses and nothing explains is rare, and is then no fault."""
    rng = random.Random(seed)
    texts = [use.id, *(something_for(element, rng) for element in use.elements)]
    while len(texts) > 1 and not texts[-1] and rng.random() < 0.95:
        texts.pop()
    raw = "*".join(texts)
    if re.fullmatch(Patterns(STANDARD).of(use), raw):
        assert list(element_faults(use, raw.split("*"), STANDARD)) == []


@pytest.mark.parametrize(
    ("use", "raw"),
    [
        (("2400", "SV1", "HC"), "SV1*HC:97110:GP*120.5*UN*2***1:2"),
        (("2300", "CLM", ""), "CLM*A1*100***11:B:1*Y*A*Y*Y"),
        (("2300", "HI", "ABK"), "HI*ABK:M5459*ABF:M6281"),
        (("2300", "DTP", "435"), "DTP*435*D8*20261116"),
        (("2430", "CAS", "CO"), "CAS*CO*45*20.5**97*3*1"),
        (("2010AA", "PER", ""), "PER*IC*DESK*TE*5550100100*EM*A@B.C"),
    ],
)
def test_what_is_usual_needs_no_second_look(use: tuple[str, str, str], raw: str) -> None:
    place = place_of(the_guide(PROFESSIONAL), *use)
    assert place.match(raw) is not None
