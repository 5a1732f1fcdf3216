from pathlib import Path

import pytest

from gateway.ledger import Ledger, practices
from gateway.service.office import Office
from tests.people import NOW, PRACTICE
from tests.servers.databases import database_url, empty_ledger, postgres_url
from tests.service.clinic import clock, settings

__all__ = ["database_url", "empty_ledger", "postgres_url"]


@pytest.fixture
def office(empty_ledger: Ledger, tmp_path: Path) -> Office:
    """A practice at work on an empty ledger, once on each database."""
    with empty_ledger.writing() as tx:
        practices.register(tx, PRACTICE, secret=b"s" * 32, at=NOW)
    return Office(ledger=empty_ledger, settings=settings(home=tmp_path), clock=clock(), actor="test")
