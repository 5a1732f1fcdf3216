"""A practice whose clock the tests move."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from gateway.clock import Clock
from gateway.ledger import Ledger, practices
from gateway.service.office import JOB, Office
from tests.people import CHICAGO, NOW, PRACTICE
from tests.service.clinic import settings


class Hands:
    """The hands of a clock."""

    def __init__(self) -> None:
        self.now = NOW

    def at(self, text: str) -> None:
        """Put them to a moment in UTC."""
        self.now = datetime.fromisoformat(text).replace(tzinfo=NOW.tzinfo)


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def office(empty_ledger: Ledger, tmp_path: Path, hands: Hands) -> Office:
    """A practice at work on an empty ledger, once on each database."""
    with empty_ledger.writing() as tx:
        practices.register(tx, PRACTICE, secret=b"s" * 32, at=NOW)
    clock = Clock(read=lambda: hands.now, zone=CHICAGO)
    return Office(ledger=empty_ledger, settings=settings(home=tmp_path), clock=clock, actor=JOB)


@pytest.fixture
def another(office: Office) -> Callable[[], Office]:
    """The same practice as another process has it."""
    return lambda: replace(office)
