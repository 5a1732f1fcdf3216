"""Overlays: what a map gets wrong is corrected, what a companion guide narrows is narrowed, and nonsense is refused."""

import itertools
from datetime import date
from pathlib import Path

import pytest

from gateway.edi.checking.check import check
from gateway.edi.guide.compiled import GUIDES, corrected
from gateway.edi.guide.overlay import own_overlays, read_overlay
from gateway.errors import ConfigError
from tests.edi.checking.test_check import FAULTLESS, joined, recounted, segments, starting

DATED = 'since = 2026-11-26\nwhy = "w"\nsource = "s"\n'
NARROW = f'guide = "005010X222A1"\n[[change]]\nloop = "2010BA"\nsegment = "REF"\ncode = "SY"\nusage = "R"\n{DATED}'


def overlay_file(folder: Path, text: str) -> Path:
    path = folder / "companion.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    path = overlay_file(folder, text)
    with pytest.raises(ConfigError) as refused:
        check(FAULTLESS, overlays=(read_overlay(path),))
    return str(refused.value)


def test_our_own_corrections_are_dated_explained_and_cited_and_change_something() -> None:
    found = [one for guide in GUIDES for one in own_overlays(guide.version)]
    assert {one.guide for one in found} == {"005010X212", "005010X214", "005010X221A1", "005010X222A1"}
    assert all(
        change.why and change.source and change.since <= date(2026, 11, 26) for one in found for change in one.changes
    )


def test_the_277_map_is_put_right() -> None:
    tree = corrected("005010X212")
    assert tree is not None
    levels = ["2000A", "2000B", "2000C", "2000D", "2000E"]
    for outer, inner in itertools.pairwise(levels):
        found = tree.find(outer)
        assert found is not None
        assert inner in {one.id for one in found.loops()}
    assert tree.children[-1].id == "SE"


def test_a_companion_guide_makes_a_segment_required(tmp_path: Path) -> None:
    narrow = read_overlay(overlay_file(tmp_path, NARROW))
    assert check(FAULTLESS).accepted
    (found,) = check(FAULTLESS, overlays=(narrow,)).findings
    assert (found.segment, found.loop, found.code) == ("REF", "2010BA", "3")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ('segment = "CLM"\nelement = 7\ndrop_codes = ["A"]\n', "7"),
        ('segment = "CLM"\nelement = 1\nlongest = 5\n', "5"),
        ('segment = "CLM"\nelement = 1\npattern = "^X"\n', "7"),
        ('segment = "CLM"\nelement = 5\ncomponent = 3\ncodes = ["7"]\n', "7"),
        ('segment = "CLM"\nelement = 20\nusage = "R"\n', "1"),
        ('segment = "HI"\ncode = "ABK"\nusage = "N"\n', "I4"),
    ],
)
def test_a_companion_guide_narrows_elements(tmp_path: Path, change: str, code: str) -> None:
    text = f'guide = "005010X222A1"\n[[change]]\nloop = "2300"\n{change}{DATED}'
    report = check(FAULTLESS, overlays=(read_overlay(overlay_file(tmp_path, text)),))
    assert code in {one.code for one in report.findings}
    assert {one.segment for one in report.findings} <= {"CLM", "HI"}


def test_an_overlay_of_another_guide_changes_nothing(tmp_path: Path) -> None:
    other = read_overlay(overlay_file(tmp_path, NARROW.replace("X222A1", "X223A2")))
    assert check(FAULTLESS, overlays=(other,)).findings == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("guide = 1", "want guide = VERSION"),
        ("guide", "not a TOML file"),
        (NARROW.replace('why = "w"', ""), "change 1: why is missing"),
        (NARROW.replace('usage = "R"', 'usage = "X"'), "usage is one of N, R, S"),
        (NARROW.replace('usage = "R"', "usage = 1"), "usage has to be a str"),
        (NARROW.replace("usage", "usages"), "usages is not known"),
        (NARROW.replace("SY", "QQ"), "there is no such thing in 005010X222A1"),
        (NARROW.replace('"R"', '"S"'), "or it is so already"),
        (NARROW.replace("2010BA", "2010ZZ"), "there is no such thing"),
    ],
)
def test_an_overlay_that_means_nothing_is_refused_with_its_change(tmp_path: Path, text: str, said: str) -> None:
    message = refusal(tmp_path, text)
    assert said in message
    assert "companion.toml" in message


def test_a_companion_guide_narrows_an_amount(tmp_path: Path) -> None:
    short = """guide = "005010X222A1"
[[change]]
loop = "2300"
segment = "CLM"
element = 2
longest = 3
since = 2026-11-26
why = "they pay in small coin"
source = "their guide, page 9"
"""
    (found,) = check(FAULTLESS, overlays=(read_overlay(overlay_file(tmp_path, short)),)).findings
    assert (found.segment, found.element, found.code) == ("CLM", 2, "5")


@pytest.mark.parametrize(
    ("was", "now", "place"),
    [
        (b"ST*837*0001*005010X222A1", b"ST*837*0001", ("ST", 3, "1")),
        (b"BHT*0019*00*RB-41*", b"BHT*0019*00*" + b"R" * 31 + b"*", ("BHT", 3, "5")),
    ],
)
def test_what_the_map_of_the_837p_leaves_open_is_looked_at(was: bytes, now: bytes, place: tuple[str, int, str]) -> None:
    assert was in FAULTLESS
    (found,) = check(FAULTLESS.replace(was, now)).findings
    assert (found.segment, found.element, found.code) == place


@pytest.mark.parametrize(("ref", "codes"), [("4N*3", []), ("4N*8", ["7"]), ("F5*Y", []), ("F5*X", ["7"])])
def test_a_number_that_is_a_code_is_one_of_the_guides(ref: str, codes: list[str]) -> None:
    texts = segments(FAULTLESS)
    place = starting(texts, "HI*")
    texts[place:place] = [f"REF*{ref}"]
    assert [one.code for one in check(joined(recounted(texts))).findings] == codes
