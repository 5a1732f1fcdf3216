import pytest

from gateway.service.office import Office
from gateway.service.visits.scrub import scrub_visits
from tests.service import clinic


@pytest.fixture
def sent(office: Office) -> Office:
    """Two claims that have left."""
    clinic.taken(office, clinic.visit(), clinic.visit("V-2"))
    scrub_visits(office)
    clinic.delivered(office)
    return office
