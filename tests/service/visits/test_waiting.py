"""A held visit is looked at again exactly when something it was judged by has changed, or a day has come."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from gateway.clock import Clock
from gateway.ledger import practices
from gateway.payer import Payer, Program
from gateway.scrub import Case, scrub
from gateway.service.inbound.post import post
from gateway.service.office import Office
from gateway.service.visits import judged_by
from gateway.service.visits.correct import fix_visit
from gateway.service.visits.import_visits import Taking, take_in
from gateway.service.visits.scrub import scrub_visits
from gateway.settings.values import Waiver
from tests.people import CHICAGO, NOW, PRACTICE, TODAY
from tests.service import clinic
from tests.service.clinic import taken, the_claim, visit, visits_file

UNSIGNED: dict[str, Any] = {
    "note": {"subjective": "a", "objective": "b", "assessment": "c", "plan": "d", "signed_by": None}
}
NORTH, SOUTH = visit("V-1", **UNSIGNED), visit("V-2", "PAYER2", **UNSIGNED)
"""Two held visits of two patients; their payers' claims go by the partners north and south."""
WAIVER = Waiver(rule="SIGNATURE_MISSING", payer="PAYER1", partner="", by="Ana", why="letter", until=TODAY)

Run = Callable[..., list[str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Scrub, and give the keys of the visits that the rules were asked about."""
    looked: list[str] = []

    def noting(case: Case) -> Any:
        looked.append(case.visit.key)
        return scrub(case)

    monkeypatch.setattr("gateway.service.visits.judging.scrub", noting)

    def ran(office: Office, **options: Any) -> list[str]:
        looked.clear()
        scrub_visits(office, **options)
        return list(looked)

    return ran


@pytest.fixture
def held(office: Office) -> Office:
    """The office with both visits held, and nothing changed since."""
    taken(office, NORTH, SOUTH)
    assert [one.state for one in scrub_visits(office)] == ["held", "held"]
    return office


def on(office: Office, day: date) -> Office:
    return replace(office, clock=Clock(read=lambda: NOW, zone=CHICAGO, pinned=day))


def with_settings(office: Office, **changes: Any) -> Office:
    return replace(office, settings=replace(office.settings, **changes))


def with_payer(office: Office, payer_id: str, **changes: Any) -> Office:
    payers: dict[str, Payer] = {**office.settings.payers}
    payers[payer_id] = replace(payers[payer_id], **changes)
    return with_settings(office, payers=payers)


def test_while_nothing_changes_no_held_visit_is_looked_at(held: Office, run: Run) -> None:
    assert run(held) == []
    assert run(on(held, TODAY + timedelta(days=400))) == []


def test_a_person_can_have_every_held_visit_looked_at_again(held: Office, run: Run) -> None:
    assert run(held, again=True) == ["V-1", "V-2"]
    assert run(held, again=True, payer="PAYER2") == ["V-2"]
    assert run(held, key="V-1") == ["V-1"]
    assert run(held) == []


def test_what_a_dry_run_looked_at_is_looked_at_by_the_next_run_too(held: Office, run: Run) -> None:
    other = with_payer(held, "PAYER1", filed_by_days=400)
    assert run(other, dry_run=True) == ["V-1"]
    assert run(other) == ["V-1"]
    assert run(other) == []


def test_a_corrected_visit_is_looked_at_and_no_other(held: Office, run: Run) -> None:
    fix_visit(held, "V-1", (("services.2.units", "2"),), reason="recounted")
    assert run(held) == []  # the correction itself looked at it
    changed = visits_file({**SOUTH, "date": "2026-11-03"})
    assert take_in(held, "b.json", changed).counts == {Taking.REPLACED: 1}
    assert run(held) == ["V-2"]
    assert run(held) == []


def same_patient(key: str, **changes: Any) -> dict[str, Any]:
    return visit(key, coverages=NORTH["coverages"], **{**UNSIGNED, **changes})


def test_another_visit_of_the_patient_that_day_is_looked_at_together_with_it(held: Office, run: Run) -> None:
    taken(held, same_patient("V-3"))
    assert run(held) == ["V-1", "V-3"]
    assert run(held) == []
    taken(held, same_patient("V-3", discipline="OT"))
    assert run(held) == ["V-1", "V-3"]
    taken(held, same_patient("V-3", discipline="OT", date="2026-11-04"))
    assert run(held) == ["V-1", "V-3"]  # it has left that day
    assert run(held) == []


def test_a_visit_that_may_be_the_same_patients_is_looked_at_together_with_it(held: Office, run: Run) -> None:
    """The same name and birth date under another number: a person is asked of both."""
    taken(held, visit("V-4", **UNSIGNED))
    assert run(held) == ["V-1", "V-4"]
    (first,) = [one for one in scrub_visits(held, dry_run=True, again=True) if one.visit == "V-1"]
    assert "PATIENT_DOUBTFUL" in {one.rule for one in first.findings}
    assert run(held) == []


def test_other_days_and_other_patients_do_not_matter(held: Office, run: Run) -> None:
    other: dict[str, Any] = {"patient": {**NORTH["patient"], "last_name": "Other"}}
    taken(held, same_patient("V-3", date="2026-11-05"), visit("V-4", **UNSIGNED, **other), visit("V-5", **other))
    assert run(held) == ["V-3", "V-4", "V-5"]
    assert run(held) == []


def test_an_answer_to_its_claim_has_a_held_visit_looked_at_and_no_other(office: Office, run: Run) -> None:
    taken(office, visit(), SOUTH, visit("V-3"))
    scrub_visits(office)
    clinic.delivered(office)
    first, beside = the_claim(office), the_claim(office, "V-3")
    clinic.arrived(office, clinic.answer_277ca("1000000001", (first.pcn, "A7:33:IL", "")), name="277ca")
    post(office)
    words = {"subjective": "a", "objective": "b", "assessment": "c", "plan": "d", "signed_by": "null"}
    fix_visit(office, "V-1", tuple((f"note.{one}", said) for one, said in words.items()), reason="the note came")
    assert run(office) == []
    paid = clinic.answer_835("140.5", clinic.paid_in_full(beside), trace="T1")
    clinic.arrived(office, paid, name="other")
    post(office)
    assert run(office) == []  # an answer to another visit's claim
    clinic.arrived(office, clinic.answer_835("140.5", clinic.paid_in_full(first), trace="T2"), name="late")
    post(office)
    assert run(office) == ["V-1"]
    assert run(office) == []


def test_a_changed_file_of_a_payer_has_its_visits_looked_at(held: Office, run: Run) -> None:
    assert run(with_payer(held, "PAYER3", filed_by_days=400)) == []
    other = with_payer(held, "PAYER2", excluded_codes=("97010",))
    assert run(other) == ["V-2"]
    assert run(other) == []
    assert run(held) == ["V-2"]  # and back


@pytest.mark.parametrize(
    ("waiver", "looked"),
    [
        (WAIVER, ["V-1"]),
        (replace(WAIVER, payer="", partner="south"), ["V-2"]),
        (replace(WAIVER, payer="PAYER3"), []),
        (replace(WAIVER, payer="PAYER1", partner="south"), []),
    ],
)
def test_a_new_waiver_has_those_visits_looked_at_that_it_may_let_pass(
    held: Office, run: Run, waiver: Waiver, looked: list[str]
) -> None:
    waived = with_settings(held, waivers=(waiver,))
    assert run(waived) == looked
    assert run(waived) == []


def test_a_visit_is_looked_at_on_the_day_after_a_waiver_of_one_of_its_holds_ends(office: Office, run: Run) -> None:
    ends = TODAY + timedelta(days=4)
    waived = with_settings(office, waivers=(replace(WAIVER, until=ends), replace(WAIVER, rule="NCCI_PTP", until=TODAY)))
    born_later = {**NORTH["patient"], "birth_date": "2026-11-05"}
    taken(waived, {**NORTH, "patient": born_later})
    (first,) = scrub_visits(waived)
    assert [one.rule for one in first.holds] == ["DATE_IN_FUTURE"]
    days = [TODAY + timedelta(days=n) for n in range(10)]
    assert [day for day in days if run(on(waived, day))] == [ends + timedelta(days=1)]


def test_the_practices_own_settings_have_every_held_visit_looked_at(held: Office, run: Run) -> None:
    other = with_settings(held, practice=replace(PRACTICE, contact_phone="2175550199"))
    assert run(other) == ["V-1", "V-2"]
    assert run(other) == []


def test_a_table_that_still_holds_has_every_held_visit_looked_at(held: Office, run: Run) -> None:
    other = with_settings(held, still_holds=frozenset({"ptp", "mue"}))
    assert run(other) == ["V-1", "V-2"]
    assert run(with_settings(held, still_holds=frozenset({"mue", "ptp"}))) == []


def test_an_imported_code_list_has_every_held_visit_looked_at(held: Office, run: Run, tmp_path: Path) -> None:
    shipped = (files("gateway.codes") / "carc.csv").read_text(encoding="utf-8")
    (tmp_path / "codes").mkdir()
    for edition in (shipped, shipped + "\n"):
        (tmp_path / "codes" / "carc.csv").write_text(edition, encoding="utf-8")
        assert run(held) == ["V-1", "V-2"]
        assert run(held) == []


def test_another_gateways_rules_have_every_held_visit_looked_at(
    held: Office, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judged_by, "_gateway", lambda: "newer")
    assert run(held) == ["V-1", "V-2"]
    assert run(held) == []


def test_what_the_rules_are_made_of_is_in_the_digest_of_a_gateway() -> None:
    read = {name for name, _ in judged_by._under(files("gateway"), judged_by._JUDGING)}
    assert {"scrub/coverage.py", "billing/draft.py", "codes/ptp.csv", "codes/ptp.py", "intake/stored.py"} <= read


def test_other_practices_do_not_matter(held: Office, run: Run) -> None:
    oak = replace(PRACTICE, key="oak", name="Oak Therapy")
    with held.ledger.writing() as tx:
        practices.register(tx, oak, secret=b"s" * 32, at=NOW)
    theirs = with_settings(held, practice=oak)
    taken(theirs, NORTH, same_patient("V-3"))
    assert run(theirs) == ["V-1", "V-3"]
    assert run(held) == []


DAYS = [TODAY + timedelta(days=n) for n in range(1, 40)]


def test_a_visit_of_the_future_is_looked_at_when_its_day_has_come(office: Office, run: Run) -> None:
    comes = TODAY + timedelta(days=7)
    taken(office, {**NORTH, "date": comes.isoformat()}, SOUTH)
    scrub_visits(office)
    assert [(day, keys) for day in DAYS if (keys := run(on(office, day)))] == [(comes, ["V-1"])]


def test_a_visit_is_looked_at_on_the_days_on_which_timely_filing_says_something_else(office: Office, run: Run) -> None:
    """On no other day of many would the rules find anything else: nothing is missed, and nothing looked at in vain."""
    medicare = with_payer(office, "PAYER1", program=Program.MEDICARE, filed_by_days=40)
    taken(medicare, NORTH, SOUTH)
    scrub_visits(medicare)
    found = "", ""
    for day in [TODAY, *DAYS]:
        today, before = on(medicare, day), found
        rules = [one for one in scrub_visits(today, dry_run=True, again=True) if one.visit == "V-1"]
        filing = [one for one in rules[0].findings if one.rule.startswith("TIMELY_FILING")]
        found = (filing[0].severity, filing[0].what) if filing else ("", "")
        assert run(today) == (["V-1"] if found != before else []), day
    assert found[0] == "hold"


def test_a_day_on_which_nobody_looked_is_made_up_for_on_the_next(office: Office, run: Run) -> None:
    taken(office, {**NORTH, "date": (TODAY + timedelta(days=7)).isoformat()})
    scrub_visits(office)
    late = on(office, TODAY + timedelta(days=30))
    assert run(late) == ["V-1"]
    assert run(late) == []
