"""A process of its own reads first: it may die, hang or swell, and only its exit status comes back."""

import sys

import pytest

from gateway.errors import ConfigError
from gateway.ledger.inbound import Reason
from gateway.service.inbound.sandbox import TRIAL, Trial
from tests.service.clinic import answer_999

READERS = "tests.service.inbound.hostile_readers"


@pytest.mark.parametrize("raw", [b"", b"not x12", b"ISA*00*", answer_999(1), b"\xff" * 1000])
def test_what_comes_to_an_end_has_no_fault_whether_it_was_read_or_refused(raw: bytes) -> None:
    assert TRIAL.fault_of(raw) is None


@pytest.mark.parametrize(
    ("reader", "seconds", "reason"),
    [
        ("killed", 60.0, Reason.CRASHED),
        ("endless", 0.5, Reason.TOO_SLOW),
        ("greedy", 60.0, Reason.TOO_BIG),
        ("refusing", 60.0, None),
    ],
)
def test_f62_a_crash_a_hang_and_a_swelling_are_told_apart(reader: str, seconds: float, reason: Reason | None) -> None:
    trial = Trial(reader=f"{READERS}:{reader}", seconds=seconds, memory_bytes=1 << 30)
    assert trial.fault_of(b"POISON") is reason


def test_f62_a_reader_whose_parent_is_gone_is_ended_by_its_own_limit() -> None:
    """The limit of processor time stands below the parent's patience here."""
    assert Trial(reader=f"{READERS}:endless", seconds=600.0, processor_seconds=1).fault_of(b"POISON") is Reason.TOO_SLOW


def test_a_process_that_cannot_be_started_is_our_own_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="status 1"):
        Trial(reader="no.such.module:x").fault_of(b"")
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(ConfigError, match="could be started"):
        TRIAL.fault_of(b"")


def test_the_reading_process_sees_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_SECRET", "x")
    assert Trial(reader=f"{READERS}:secretive").fault_of(b"") is None
