"""Where we and pyx12 judge the same file at SNIP 1 and 2, we agree; where we do not, it is written down who is right."""

import csv
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from gateway.edi.checking.check import check
from gateway.edi.checking.second_opinion import opinion
from tests.edi.checking.test_check import SAMPLES, joined, recounted
from tests.service.clinic import answer_999

CORPUS: Final = Path(__file__).parents[3].parent / "shared" / "corpus"
DIFFERENT: Final = Path(__file__).with_name("agreement.tsv")
"""Files of the corpus on which we differ: path, our verdict, whose is right, why."""
SEED, MUTANTS = 20261126, 40


def named_differences() -> Mapping[str, str]:
    with DIFFERENT.open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    assert all(row["right"] in {"we", "pyx12"} and row["why"] for row in rows)
    return {row["path"]: row["ours"] for row in rows}


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of third-party files is not here")
def test_we_agree_on_every_file_of_the_corpus_that_pyx12_can_judge_but_for_the_named_ones() -> None:
    named, judged, seen = named_differences(), 0, {}
    for path in sorted((CORPUS / "files").rglob("*")):
        if not path.is_file():
            continue
        raw = path.read_bytes()
        ours, theirs = check(raw, snip=2), opinion(raw)
        if any(fault.place == "file" for fault in theirs):
            continue  # it has no map, or broke off
        judged += 1
        if ours.accepted is bool(theirs):
            seen[path.relative_to(CORPUS / "files").as_posix()] = "accepted" if ours.accepted else "refused"
    assert seen == named
    assert judged > 100


def mutants(seed: int, count: int) -> list[tuple[str, bytes]]:
    """Spoil sound files in one place each, the segment count put right."""
    rng = random.Random(seed)
    sound = [path.read_bytes().decode() for path in sorted(SAMPLES.glob("*.edi"))] + [answer_999(1).decode()]
    return [_mutant(rng.choice(sound), rng) for _ in range(count)]


def _mutant(text: str, rng: random.Random) -> tuple[str, bytes]:
    texts = [one.strip() for one in text.split("~") if one.strip()]
    first = next(place for place, one in enumerate(texts) if one.startswith("ST*"))
    last = next(place for place, one in enumerate(texts) if one.startswith("SE*"))
    place = rng.randrange(first + 1, last)
    parts = texts[place].split("*")
    element = rng.randrange(1, len(parts))
    way, spoil = rng.choice(list(WAYS.items()))
    if way == "left out":
        texts[place : place + 1] = []
    elif way == "moved":
        texts.insert(rng.randrange(first + 1, last), texts.pop(place))
    else:
        parts[element] = spoil(parts[element])
        texts[place] = "*".join(parts).rstrip("*") + ("*X" * (way == "one too many"))
    return f"{way}: {parts[0]}{element:02} at {place - first + 1}", joined(recounted(texts))


WAYS: Final[Mapping[str, Callable[[str], str]]] = {
    "left out": str,
    "moved": str,
    "one too many": str,
    "emptied": lambda _: "",
    "no code": lambda _: "QQ",
    "too long": lambda value: value + "9" * 80,
    "no date": lambda _: "20261341",
    "control character": lambda value: f"{value}\x07",
    "trailing space": lambda value: f"{value} ",
}
# A segment or loop that stands twice is not among them: pyx12 does not see what a repeated loop lacks, and we do.


@pytest.mark.parametrize(("said", "raw"), mutants(SEED, MUTANTS))
def test_we_agree_on_sound_files_that_are_spoilt_in_one_place(said: str, raw: bytes) -> None:
    ours, theirs = check(raw, snip=2), opinion(raw)
    assert ours.accepted is not bool(theirs), (
        f"{said}: {[str(one) for one in ours.findings]} {[str(one) for one in theirs]}"
    )
