"""Every sound sample is spoilt in one place in every way that its guide tells of; each fault is found where it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edi.checking.check import check
from gateway.edi.guide.compiled import guide_of
from gateway.edi.guide.places import Choice, Place
from gateway.edi.guide.tree import MONEY, UNBOUNDED, CompositeElement, Element, SimpleElement
from gateway.edi.wire.segment import STANDARD
from tests.bench.x12_files import professional_file, remittance_file
from tests.edi.checking.test_check import SAMPLES, joined, recounted

SOUND: Final = {
    **{path.stem: path.read_bytes() for path in sorted(SAMPLES.glob("*.edi"))},
    "837P": professional_file(6),
    "835": remittance_file(2),
}
VERSIONS: Final = {"837": "005010X222A1", "835": "005010X221A1"}


@dataclass(frozen=True)
class Fault:
    """A file spoilt in one place. ordinal, element and component say where the finding has to be."""

    what: str
    raw: bytes
    code: str
    segment: str
    ordinal: int
    element: int = 0
    component: int = 0


def texts_of(raw: bytes) -> list[str]:
    return [one for one in raw.decode().split("~") if one]


def placed(texts: list[str]) -> list[tuple[int, Place]]:
    """Give where each segment of a sound set stands in the guide, by its index in the file."""
    first = next(index for index, text in enumerate(texts) if text.startswith("ST*"))
    guide = guide_of(VERSIONS[texts[first].split("*")[1]], STANDARD)
    assert guide is not None
    found: list[tuple[int, Place]] = []
    here = guide.start
    for index, text in enumerate(texts[first + 1 :], start=first + 1):
        parts = text.split("*")
        entry = here.table[parts[0]]
        if isinstance(entry, Choice):
            step = entry.steps.get(parts[entry.position].split(":")[0]) or entry.otherwise
        else:
            step = entry
        assert step is not None
        here = step.to
        if here is guide.end:
            break  # it has faults of its own
        found.append((index, here))
    return found


def faults(raw: bytes) -> Iterator[Fault]:
    texts = texts_of(raw)
    first = next(index for index, text in enumerate(texts) if text.startswith("ST*"))
    seen: set[tuple[str, str]] = set()
    for index, place in placed(texts):
        if (str(place), texts[index][:8]) in seen:
            continue  # one of a kind is enough
        seen.add((str(place), texts[index][:8]))
        ordinal = index - first + 1
        yield from _in_elements(texts, index, ordinal, place)
        yield from _as_a_whole(texts, index, ordinal, place)


def _in_elements(texts: list[str], index: int, ordinal: int, place: Place) -> Iterator[Fault]:
    parts = texts[index].split("*")
    for element in place.use.elements:
        at = element.position
        value = parts[at] if at < len(parts) else ""
        for new, code, component in _wrong(element, value, place):
            changed = [*parts, *[""] * (at + 1 - len(parts))]
            changed[at] = new
            text = "*".join(changed).rstrip("*")
            what = f"{place}{at:02}{f'-{component}' if component else ''} code {code}"
            yield Fault(what, _with(texts, index, [text]), code, place.use.id, ordinal, at, component)


def _wrong(element: Element, value: str, place: Place) -> Iterator[tuple[str, str, int]]:
    """Give values that are wrong, each with the code that says so, and the component."""
    key = place.use.key or (0, 0)
    if element.usage == "N":
        yield "X", "I10", 0
        return
    if element.position == key[0]:
        return  # another qualifier makes another segment of it
    if element.usage == "R" and element.position < len(place.use.elements):
        yield "", "1", 0
    if isinstance(element, CompositeElement):
        if value:
            missing = len(element.components) + 1 - len(value.split(":"))
            yield f"{value}{':' * missing}X", "13", 0
            yield f"{value}:", "13", 0
            yield from _wrong_components(element, value)
        return
    if value:
        yield from ((new, code, 0) for new, code in _wrong_values(element))


def _wrong_components(element: CompositeElement, value: str) -> Iterator[tuple[str, str, int]]:
    parts = value.split(":")
    for component in element.components[: len(parts)]:
        if component.position > 1 and parts[component.position - 1]:
            for new, code in _wrong_values(component):
                changed = [*parts]
                changed[component.position - 1] = new
                yield ":".join(changed), code, component.position


def _wrong_values(element: SimpleElement) -> Iterator[tuple[str, str]]:
    kind = element.type
    if element.codes and not element.listed:
        yield "QQQQ", "7"
        return
    yield {"DT": "20261341", "TM": "2570"}.get(kind.kind, "\x07"), {"DT": "8", "TM": "9"}.get(kind.kind, "6")
    if kind.kind in {"AN", "ID"} and kind.number != "1251":
        yield "X" * (kind.longest + 1), "5"
        if kind.shortest > 1:
            yield "X" * (kind.shortest - 1), "4"
        if kind.shortest < kind.longest:
            yield " " * kind.shortest, "6"
    if kind.kind == "R":
        yield "9" * (kind.longest + 1), "5"
        yield "1x", "6"
    if kind.number == MONEY:
        yield "1.005", "5"
        yield "123456789", "5"


def _as_a_whole(texts: list[str], index: int, ordinal: int, place: Place) -> Iterator[Fault]:
    begins = place.within.children[0] is place
    alone = sum(text[:6] == texts[index][:6] for text in texts) == 1
    if place.required and not begins and alone:
        yield Fault(f"{place} left out", _with(texts, index, []), "3", place.use.id, ordinal)
    if place.repeat != UNBOUNDED and not begins and place.repeat < 5 and alone:
        raw = _with(texts, index, [texts[index]] * (place.repeat + 1))
        yield Fault(f"{place} once too often", raw, "5", place.use.id, ordinal + place.repeat)
    yield Fault(f"unknown before {place}", _with(texts, index, ["ZZZ*1", texts[index]]), "6", "ZZZ", ordinal)


def _with(texts: list[str], index: int, instead: list[str]) -> bytes:
    changed = [*texts[:index], *instead, *texts[index + 1 :]]
    return joined(recounted(changed))


@pytest.mark.parametrize("name", list(SOUND))
def test_the_sound_ones_are_sound(name: str) -> None:
    assert check(SOUND[name]).findings == ()


@pytest.mark.parametrize(("name", "least"), [("medicare_self", 120), ("837P", 120), ("835", 60)])
def test_each_single_fault_is_found_at_its_place_and_little_else(name: str, least: int) -> None:
    found = list(faults(SOUND[name]))
    for fault in found:
        report = check(fault.raw, snip=2)
        told = {(one.code, one.segment, one.ordinal, one.element, one.component) for one in report.findings}
        wanted = (fault.code, fault.segment, fault.ordinal, fault.element, fault.component)
        assert wanted in told, f"{fault.what}: {wanted} is not in {told}"
        assert len(told) <= 3, f"{fault.what}: {told}"
        assert not report.accepted
    assert len(found) >= least


@given(st.sampled_from(sorted(SOUND)), st.data())
def test_no_bytes_whatever_end_a_check_otherwise_than_with_a_report(name: str, choice: st.DataObject) -> None:
    raw = bytearray(SOUND[name])
    for _ in range(choice.draw(st.integers(1, 5))):
        at = choice.draw(st.integers(0, len(raw) - 1))
        raw[at : at + choice.draw(st.integers(0, 40))] = choice.draw(st.binary(max_size=6))
    report = check(bytes(raw))
    assert report.counts.segments <= raw.count(raw[105:106]) + 1 or report.findings
    assert all("\n" not in str(one) for one in report.findings)


def test_samples_are_where_they_are_looked_for() -> None:
    assert len(list(Path(SAMPLES).glob("*.edi"))) == 10
