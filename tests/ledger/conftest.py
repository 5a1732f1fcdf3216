from dataclasses import replace

import pytest

from gateway.ledger import Ledger, practices
from tests.people import NOW, PRACTICE


@pytest.fixture
def ledger(empty_ledger: Ledger) -> Ledger:
    """A ledger with two practices: the one of the tests, and `other`."""
    with empty_ledger.writing() as tx:
        for key in (PRACTICE.key, "other"):
            practices.register(tx, replace(PRACTICE, key=key), secret=b"s" * 32, at=NOW)
    return empty_ledger
