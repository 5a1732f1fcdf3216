"""What was written off is the same to the line of a claim and to the figures of the practice."""

from collections import Counter

import pytest

from gateway.lifecycle import ClaimState
from gateway.service.claims.close import close_claim
from gateway.service.money.reconcile import reconcile
from gateway.service.money.written_off import as_it_stands
from gateway.service.office import Office
from gateway.service.views.claims import claim_shown
from gateway.service.visits.scrub import scrub_visits
from tests.service import clinic
from tests.service.clinic import answer_835, arrived, denied, ta1, taken, visit


@pytest.mark.parametrize(
    ("state", "posted", "stands"),
    [
        (ClaimState.PARTIAL, {"paid": 400, "denied": 600}, {"paid": 400, "denied": 600}),
        (ClaimState.CLOSED, {"paid": 400, "denied": 600}, {"paid": 400, "written off": 600}),
        (ClaimState.CLOSED, {"paid": 400, "patient": 600, "denied": 0}, {"paid": 400, "patient": 600}),
        (ClaimState.CLOSED, {}, {"written off": 1000}),
        (ClaimState.SENT, {}, {}),
        (ClaimState.REVERSED, {"paid": 0}, {}),
    ],
)
def test_what_nobody_pursues_any_more_is_written_off_and_nothing_else(
    state: ClaimState, posted: dict[str, int], stands: dict[str, int]
) -> None:
    assert as_it_stands(state, 1000, posted) == stands


def test_a_closed_claim_shows_the_buckets_that_reconcile_counts(office: Office) -> None:
    taken(office, visit(), visit("V-2"))
    scrub_visits(office)
    clinic.delivered(office)
    arrived(office, answer_835("100", denied(clinic.the_claim(office))))
    clinic.all_posted(office)
    assert shown_of(office, "V-1")["denied"] == 6050
    close_claim(office, "V-1", reason="not worth an appeal")
    assert "denied" not in shown_of(office, "V-1")
    arrived(office, ta1(1, "R", "006"), name="ta1")
    clinic.all_posted(office)
    close_claim(office, "V-2", reason="too old")
    together = shown_of(office, "V-1") + shown_of(office, "V-2")
    counted = reconcile(office).buckets
    assert together["written off"] == 6050 + 18050
    assert {name: cents for name, cents in together.items() if cents} == {
        name: int(dollars * 100) for name, dollars in counted.items() if dollars
    }


def shown_of(office: Office, key: str) -> Counter[str]:
    return sum((Counter(line.buckets) for line in claim_shown(office, key).lines), Counter())
