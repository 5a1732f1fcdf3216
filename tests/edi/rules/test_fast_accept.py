"""A look stands for its rules: with and without looks, the same is found in anything."""

from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.edi.checking.check import check
from gateway.edi.guide.places import Guide
from gateway.edi.rules.rulebook import Asked, asked_at
from gateway.edi.wire.finding import WireFinding
from tests.bench.x12_files import professional_file, remittance_file
from tests.edi.checking.test_check import SAMPLES
from tests.edi.read.test_corpus import FILES
from tests.edi.rules.sound import BODIES, TODAY, file_of, sound
from tests.edi.rules.test_rules import CLAIM_FAULTS, PAYMENT_FAULTS

_CHECKING: Final = import_module("gateway.edi.checking.check")
"""The module: in its package, its function goes by that name."""

_ODD: Final = (
    "",
    "0",
    "-5",
    "-0.00",
    "00",
    ".5",
    "100",
    "1.5",
    "20261127",
    "20261116-20261115",
    "US",
    "XX",
    "22",
    "1:1",
)


@lru_cache(maxsize=64)
def _without_looks(guide: Guide, version: str, snip: int) -> Asked:
    asked = asked_at(guide, version, snip)
    return {place: tuple((None, rules, late) for _, rules, late in groups) for place, groups in asked.items()}


def _both(raw: bytes) -> tuple[list[str], list[str]]:
    looked = check(raw, today=TODAY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_CHECKING, "asked_at", _without_looks)
        asked = check(raw, today=TODAY)
    return _told(looked.findings), _told(asked.findings)


def _told(findings: tuple[WireFinding, ...]) -> list[str]:
    """Two rules at one segment may be asked in either order."""
    return sorted(f"{one.file_ordinal} {one!r}" for one in findings)


def _assert_alike(raw: bytes) -> None:
    looked, asked = _both(raw)
    assert looked == asked


@pytest.mark.parametrize("name", list(BODIES))
def test_a_sound_file_is_judged_alike_with_looks_and_without(name: str) -> None:
    _assert_alike(sound(name))


def test_samples_and_drawn_files_are_judged_alike_with_looks_and_without() -> None:
    for path in sorted(SAMPLES.glob("*.edi")):
        _assert_alike(path.read_bytes())
    _assert_alike(professional_file(100))
    _assert_alike(remittance_file(100))


def test_a_single_fault_is_judged_alike_with_looks_and_without() -> None:
    for one in (*CLAIM_FAULTS, *PAYMENT_FAULTS):
        _assert_alike(one.file())


@pytest.mark.corpus
@pytest.mark.skipif(not FILES, reason="the corpus of third-party files is not here")
@pytest.mark.parametrize("folder", sorted({path.parent for path in FILES}), ids=lambda folder: folder.name)
def test_third_party_files_are_judged_alike_with_looks_and_without(folder: Path) -> None:
    for path in FILES:
        if path.parent == folder:
            _assert_alike(path.read_bytes())


@cache
def _values() -> dict[str, list[str]]:
    """Give what stands anywhere in the segments of an id, in files that are sound or have a single fault."""
    found: dict[str, list[str]] = {}
    bodies = [body.splitlines() for body in BODIES.values()]
    bodies += [one.body() for one in (*CLAIM_FAULTS, *PAYMENT_FAULTS)]
    for parts in (text.split("*") for body in bodies for text in body):
        known = found.setdefault(parts[0], [*_ODD])
        known += [part for part in parts[1:] if part not in known]
    return found


@settings(deadline=None)  # guides are compiled once
@given(st.sampled_from(sorted(BODIES)), st.data())
def test_a_segment_of_any_values_is_judged_alike_with_looks_and_without(name: str, choice: st.DataObject) -> None:
    body = BODIES[name].splitlines()
    for _ in range(choice.draw(st.integers(1, 3))):
        at = choice.draw(st.integers(0, len(body) - 1))
        parts = body[at].split("*")
        element = choice.draw(st.integers(1, len(parts)))
        value = choice.draw(st.sampled_from(_values()[parts[0]]) | st.text("AZ09.-: ", max_size=10))
        body[at] = "*".join([*parts[:element], value, *parts[element + 1 :]])
    _assert_alike(file_of(name, body))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("abroad", "DTP*472*D8*20261117\nREF*6R*L2", "DTP*472*D8*2026-111\nREF*6R*L2"),
        ("paid", "DTM*472*20261118", "DTM*150*20261118\nDTM*472*20261118"),
        ("office", "DMG*D8*19480229*F", "DMG*D8*19291231*F"),
        ("office", "DMG*D8*19480229*F", "DMG*D8*19000101*F"),
        ("office", "DMG*D8*19480229*F", "DMG*D8*20261127*F"),
        ("office", "DMG*D8*19480229*F", "DMG*D8*1948*F"),
        ("office", "HL*2*1*22*0", "HL*2*1*22*1"),
        ("office", "HL*2*1*22*0", "HL*2*1*22*0*0"),
        ("work", "HL*2*1*22*1", "HL*2*1*22*0"),
        ("work", "HL*3*2*23*0", "HL*3*2*23*1"),
        ("work", "SBR*P********WC", "SBR*P*18*******WC"),
        ("office", "SBR*P*18*G-100******CI", "SBR*P**G-100******CI"),
        ("free", "REF*6R*L1", "REF*6R*L123456789012345678901234567890"),
        ("free", "REF*6R*L1", "REF*6R*L12345678901234567890123456789"),
    ],
)
def test_what_nearly_is_plain_is_judged_alike_with_looks_and_without(name: str, old: str, new: str) -> None:
    assert BODIES[name].count(old) == 1
    _assert_alike(file_of(name, BODIES[name].replace(old, new).splitlines()))


@pytest.mark.parametrize("day", ["20500101", "20491231", "20261199", "2060", "99999999", ""])
def test_a_birth_is_judged_alike_whatever_the_day_of_the_group(day: str) -> None:
    raw = sound("office")
    for born in (b"19300101", b"19480229", b"19291231"):
        _assert_alike(raw.replace(b"*20261123*1205*17", f"*{day}*1205*17".encode()).replace(b"19480229", born))
