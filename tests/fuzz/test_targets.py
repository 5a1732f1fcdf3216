"""The short form: every target on its sound files, on what once crashed something, and on files spoiled at random."""

import random
from pathlib import Path
from typing import Final

import pytest

from tests.fuzz.spoiling import spoiled
from tests.fuzz.targets import CRASHERS, TARGETS

SEED, SPOILED = 20261126, 60
KEPT: Final = sorted(CRASHERS.iterdir())


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_breaks_off_at_sound_files(name: str) -> None:
    for raw in TARGETS[name].seeds():
        TARGETS[name].put(raw)


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_nothing_breaks_off_any_more_at_what_once_did(path: Path) -> None:
    raw = path.read_bytes()
    for target in TARGETS.values():
        target.put(raw)


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_breaks_off_at_spoiled_files(name: str) -> None:
    rng, seeds = random.Random(SEED), TARGETS[name].seeds()
    for number in range(SPOILED):
        raw = spoiled(rng.choice(seeds), rng)
        try:
            TARGETS[name].put(raw)
        except Exception as broke:
            raise AssertionError(f"seed {SEED}, file {number}: {raw!r}") from broke
