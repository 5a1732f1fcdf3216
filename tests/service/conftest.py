from pathlib import Path

import pytest

from gateway.ledger import Ledger, practices
from gateway.service.office import Office
from gateway.service.outbound.batch import seal_batches
from gateway.service.visits.scrub import scrub_visits
from tests.people import NOW, PRACTICE
from tests.service.clinic import clock, delivered, settings, taken, visit


@pytest.fixture
def office(empty_ledger: Ledger, tmp_path: Path) -> Office:
    """A practice at work on an empty ledger, once on each database."""
    with empty_ledger.writing() as tx:
        practices.register(tx, PRACTICE, secret=b"s" * 32, at=NOW)
    return Office(ledger=empty_ledger, settings=settings(home=tmp_path), clock=clock(), actor="test")


@pytest.fixture
def sealed(office: Office) -> Office:
    """The office with two claims in one sealed file."""
    taken(office, visit(), visit("V-2"))
    scrub_visits(office)
    seal_batches(office)
    return office


@pytest.fixture
def sent(office: Office) -> Office:
    """The office with two claims that have left."""
    taken(office, visit(), visit("V-2"))
    scrub_visits(office)
    delivered(office)
    return office
