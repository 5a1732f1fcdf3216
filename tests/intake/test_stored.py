"""Stored visits: read without intake's checks, and still exactly the visit that intake took in."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.intake import Taken, visit_of
from gateway.intake.documents import VisitDocument
from gateway.intake.read import checked
from gateway.intake.translate import visit as translated
from tests.intake.files import ADDRESS, VISIT
from tests.scrub.test_any_visit import documents, npis, sometimes

stamps = st.datetimes(timezones=st.none() | st.timezones()).map(lambda at: at.isoformat())
rarer = sometimes(
    place_of_service=st.sampled_from(["11", "12"]),
    billing=st.fixed_dictionaries(
        {
            "name": st.just("Oak Therapy"),
            "npi": npis,
            "tax_id": st.just("123456789"),
            "taxonomy": st.just("261QP2000X"),
            "address": st.just(ADDRESS),
        }
    ),
    facility=st.fixed_dictionaries(
        {"name": st.just("Oak Annex"), "address": st.just(ADDRESS)}, optional={"npi": npis | st.just("")}
    ),
    outcomes=st.lists(
        st.fixed_dictionaries(
            {
                "measure": st.just("ODI"),
                "value": st.decimals(allow_nan=False, allow_infinity=False) | st.integers(0, 10**6),
                "measured_on": st.just("2026-10-02"),
            }
        ),
        max_size=2,
    ),
    note=st.fixed_dictionaries({}, optional={"signed_at": st.none() | stamps, "plan": st.text(max_size=9)}),
)


@given(documents, rarer)
@settings(deadline=None, max_examples=300)
def test_every_visit_is_read_back_as_pydantic_reads_it(document: dict[str, Any], more: dict[str, Any]) -> None:
    taken = checked({**document, **more})
    if not isinstance(taken, Taken):
        return
    read = visit_of(taken.document)
    assert read == taken.visit == translated(VisitDocument.model_validate_json(taken.document))


def test_a_visit_that_todays_check_would_refuse_is_read_as_it_was_stored() -> None:
    taken = checked(VISIT)
    assert isinstance(taken, Taken)
    stored = json.loads(taken.document)
    stored["patient"]["last_name"] = "Q" * 200
    stored["colour"] = "blue"
    assert not isinstance(checked(stored), Taken)
    assert visit_of(json.dumps(stored).encode()).patient.last_name == "Q" * 200
