"""Visits are judged and written by the page; what goes wrong with one of them costs no other anything."""

import pkgutil
from collections.abc import Callable
from typing import Any

import pytest

from gateway import billing
from gateway.errors import LedgerConflict, LedgerRefusal
from gateway.ledger import Ledger, claims, events, visits
from gateway.ledger.claims import NewClaim
from gateway.lifecycle import VisitState
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.visits.scrub import scrub_visits
from tests.service.clinic import taken, visit
from tests.together import run_together

SCRUB = "gateway.service.visits.scrub"
SETTLING = "gateway.service.visits.settling"
UNSIGNED: dict[str, Any] = {
    "note": {"subjective": "a", "objective": "b", "assessment": "c", "plan": "d", "signed_by": None}
}
KEYS = [f"V-{number}" for number in range(1, 6)]
OTHERS = [(key, VisitState.CLAIMED, ()) for key in KEYS if key != "V-3"]


@pytest.fixture
def five(office: Office) -> Office:
    """The office with five new visits, of which the third shall go wrong."""
    taken(office, *(visit(key, coverages=_member(key)) for key in KEYS))
    return office


def _member(key: str) -> list[dict[str, Any]]:
    return [{**visit()["coverages"][0], "member_id": f"M{key}"}]


def outcome(office: Office) -> list[tuple[str, VisitState, tuple[str, ...]]]:
    return sorted((one.visit, one.state, one.broken) for one in scrub_visits(office))


def stored(office: Office, key: str) -> VisitState:
    with office.ledger.reading() as tx:
        found = visits.find(tx, office.practice.key, key)
    assert found is not None
    return found.state


def refusing(key: str, error: Exception) -> Callable[..., None]:
    """Store claims, unless that visit's is among them."""

    as_ever = claims.add_all

    def store(tx: Any, practice: str, new: list[NewClaim], **more: Any) -> None:
        if any(one.visit.key == key for one in new):
            raise error
        as_ever(tx, practice, new, **more)

    return store


def test_a_visit_on_which_our_own_code_breaks_is_held_alone_and_claimed_once_that_is_mended(
    five: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def draft(noun: Any, payer: Any) -> Any:
        if noun.key == "V-3":
            raise KeyError(noun.patient.last_name)
        return billing.draft(noun, payer)

    monkeypatch.setattr("gateway.service.visits.judging.draft", draft)
    assert outcome(five) == [*OTHERS[:2], ("V-3", VisitState.HELD, ("VISIT_NOT_READ",)), *OTHERS[2:]]
    with five.ledger.reading() as tx:
        (told,) = events.read(tx, five.practice.key, kind="visit.held")
    assert "Quill" not in told.event.said
    monkeypatch.undo()
    assert outcome(five) == [("V-3", VisitState.CLAIMED, ())]
    assert reconcile(five).holds


@pytest.mark.parametrize("error", [LedgerRefusal("too long"), ValueError("a sum")])
def test_a_claim_that_cannot_be_stored_holds_its_visit_and_the_rest_of_the_page_is_claimed(
    five: Office, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(f"{SETTLING}.claims.add_all", refusing("V-3", error))
    assert outcome(five) == [*OTHERS[:2], ("V-3", VisitState.HELD, ("CLAIM_NOT_MADE",)), *OTHERS[2:]]
    assert (stored(five, "V-3"), reconcile(five).holds) == (VisitState.HELD, True)
    monkeypatch.undo()
    assert outcome(five) == [("V-3", VisitState.CLAIMED, ())]


def test_a_visit_that_somebody_else_has_written_first_is_left_to_them(
    five: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{SETTLING}.claims.add_all", refusing("V-3", LedgerConflict("they were quicker")))
    assert outcome(five) == OTHERS
    assert stored(five, "V-3") is VisitState.NEW


def test_what_was_settled_between_the_reading_and_the_writing_is_not_settled_again(
    five: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The last step before the visits are ours alone.
    step = f"{SCRUB}.judged" if five.ledger.has_one_writer else f"{SCRUB}.visits.lock"
    module, _, name = step.rpartition(".")
    real = getattr(pkgutil.resolve_name(module), name)

    def late(*words: Any, **named: Any) -> Any:
        done = tuple(real(*words, **named)) if five.ledger.has_one_writer else None
        monkeypatch.undo()
        scrub_visits(five, key="V-2")
        return real(*words, **named) if done is None else done

    monkeypatch.setattr(step, late)
    assert [one.visit for one in scrub_visits(five)] == ["V-1", "V-3", "V-4", "V-5"]
    assert sum(reconcile(five).claims.values()) == 5


def test_two_that_scrub_at_once_make_one_claim_of_each_visit(five: Office) -> None:
    def scrub() -> None:
        scrub_visits(five)

    run_together([scrub] * 3)
    outcome = reconcile(five)
    assert (sum(outcome.claims.values()), outcome.holds) == (5, True)


def test_a_page_is_one_transaction_and_each_is_told_in_the_order_of_the_visits(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken(office, *(visit(f"V-{number:03}", coverages=_member(str(number))) for number in range(150)))
    taken(office, *(visit(f"W-{number:03}", coverages=_member(str(number)), **UNSIGNED) for number in range(150)))
    begun: list[str] = []
    with monkeypatch.context() as counted:
        as_ever = Ledger.writing

        def writing(ledger: Ledger, **how: Any) -> Any:
            begun.append("one")
            return as_ever(ledger, **how)

        counted.setattr(Ledger, "writing", writing)
        assert len(scrub_visits(office)) == 300
    assert len(begun) == 2
    with office.ledger.reading() as tx:
        held = [one.event.about for one in events.read(tx, office.practice.key, kind="visit.held", limit=500)]
        ready = [one.event.artefact for one in events.read(tx, office.practice.key, kind="claim.ready", limit=500)]
    assert held == [f"W-{number:03}" for number in range(150)]
    assert ready == [f"visit V-{number:03} version 1" for number in range(150)]
