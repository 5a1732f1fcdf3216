"""A partner whose file got another name is the same partner: nothing is numbered anew, and no answer is orphaned."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text

from gateway.errors import ConfigError, UsageError
from gateway.ledger import events, numbers, outbox, partner_names
from gateway.ledger.tables import metadata
from gateway.lifecycle import ClaimState
from gateway.partner import TradingPartner, Usage
from gateway.service.identity.instance import require_released
from gateway.service.inbound.collect import collect
from gateway.service.inbound.post import post
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.outbound.batch import seal_batches
from gateway.service.outbound.deliver import deliver
from gateway.service.partners.renamed import rename, renamed
from gateway.service.setup.doctor import Health, _names
from gateway.service.visits.scrub import scrub_visits
from tests.contract.memory_mailbox import MemoryMailbox
from tests.service import clinic
from tests.service.clinic import answer_999, arrived, taken, the_claim, visit
from tests.service.homes import begun, office_in

NORTH = clinic.partner("north")
NEW = replace(NORTH, name="polar")


def configured(office: Office, *partners: TradingPartner) -> Office:
    """The office with these partners; what went by `north` goes by the first one."""
    made = clinic.settings(*partners, home=office.settings.home)
    payers = {key: replace(one, partner=partners[0].name) for key, one in made.payers.items()}
    return replace(office, actor="Ana Reyes", settings=replace(made, payers=payers))


@pytest.fixture
def moved(sealed: Office) -> Office:
    """A file was delivered to `north`, whose file is called polar.toml now; a further claim is ready."""
    deliver(sealed, lambda _: MemoryMailbox())
    office = configured(sealed, NEW)
    taken(office, visit("V-3"))
    scrub_visits(office)
    return office


def test_nothing_is_sealed_or_collected_under_the_new_name(moved: Office) -> None:
    done = seal_batches(moved)
    ((name, why),) = done.refused
    assert (done.files, name) == ((), "polar")
    assert "gateway partners rename north polar --by NAME" in str(why)
    (one,) = collect(moved, lambda _: MemoryMailbox())
    assert isinstance(one.problem, ConfigError)
    assert the_claim(moved, "V-3").state is ClaimState.READY
    with moved.ledger.reading() as tx:
        assert numbers.last(tx, moved.practice.key, "polar") is None


def test_once_it_is_renamed_its_numbers_go_on_and_answers_find_what_was_sent(moved: Office) -> None:
    assert rename(moved, "north", "polar", reason="they are called so now") == 1
    assert renamed(moved, NEW) is None
    (file,) = seal_batches(moved).files
    assert (file.partner, file.interchange) == ("polar", 2)
    arrived(moved, answer_999(1), from_partner="polar")
    (done,) = post(moved)
    assert not done.needs_a_person
    assert the_claim(moved).state is ClaimState.RECEIVED
    assert reconcile(moved).holds
    with moved.ledger.reading() as tx:
        (said,) = events.read(tx, moved.practice.key, kind="partner.renamed")
        assert {one.partner for one in outbox.files(tx, moved.practice.key)} == {"polar"}
    assert (said.event.actor, said.event.reason) == ("Ana Reyes", "they are called so now")


def test_no_row_of_any_table_keeps_the_old_name_but_the_log_and_the_numbers_that_were_used(moved: Office) -> None:
    rename(moved, "north", "polar", reason="r")
    with moved.ledger.reading() as tx:
        left = {
            table.name
            for table in metadata.sorted_tables
            if "partner" in table.c and tx.execute(select(table).where(table.c.partner == "north")).first()
        }
    assert left == {"events", "control_numbers"}


def test_two_partners_are_not_made_one(moved: Office) -> None:
    arrived(moved, b"x", from_partner="polar")
    with pytest.raises(UsageError, match="the ledger has inbound files of polar already"):
        rename(moved, "north", "polar", reason="r")
    with moved.ledger.reading() as tx:
        assert [one.partner for one in outbox.files(tx, moved.practice.key)] == ["north"], "all or nothing"


def test_what_the_new_name_has_of_its_own_standing_stays(moved: Office) -> None:
    add = "INSERT INTO standings (practice, partner, state, actor, reason, since, failures) VALUES "
    with moved.ledger.writing() as tx:
        for name in ("north", "polar"):
            tx.execute(text(f"{add} ('elm', '{name}', 'paused', 'A', '{name}', '2026-11-16T12:00:00.000000Z', 0)"))
    rename(moved, "north", "polar", reason="r")
    with moved.ledger.reading() as tx:
        assert tx.execute(text("SELECT partner, reason FROM standings")).all() == [("polar", "polar")]


@pytest.mark.parametrize(("old", "new"), [("north", "nobody"), ("nobody", "polar")])
def test_names_that_nobody_has_are_refused(moved: Office, old: str, new: str) -> None:
    with pytest.raises((ConfigError, UsageError)):
        rename(moved, old, new, reason="r")


def test_a_partner_whose_file_is_still_there_keeps_its_name(sealed: Office) -> None:
    with pytest.raises(UsageError, match="keeps its name as long as it has a file"):
        rename(configured(sealed, NORTH, NEW), "north", "polar", reason="r")


@pytest.mark.parametrize(
    "envelope",
    [{"sender_id": "OAK"}, {"receiver_id": "SOUTH"}, {"receiver_qualifier": "30"}, {"usage": Usage.PRODUCTION}],
)
def test_another_sender_receiver_or_usage_is_another_partner(sealed: Office, envelope: dict[str, str]) -> None:
    other = replace(NEW, envelope=replace(NEW.envelope, **envelope))  # type: ignore[arg-type]
    assert renamed(configured(sealed, other), other) is None


def test_every_table_with_a_partner_is_moved_or_named_as_what_keeps_the_old_name() -> None:
    tables = {table.name for table in metadata.sorted_tables if "partner" in table.c}
    assert {table.name for table in partner_names._moved()} == tables - {"events", "control_numbers"}


def test_doctor_names_it_and_the_home_works_on_after_the_rename(database_url: str, tmp_path: Path) -> None:
    settings = begun(tmp_path / "home", database_url, NORTH)
    with office_in(settings) as office:
        taken(office, visit())
        scrub_visits(office)
        seal_batches(office)
    assert list(_names(settings)) == []
    later = configured(replace(office, settings=settings), NEW).settings
    later = replace(later, home=settings.home, database_url=database_url)
    (row,) = _names(later)
    assert (row.health, "gateway partners rename north polar" in row.fix) == (Health.BAD, True)
    with office_in(later, actor="Ana Reyes") as office:
        rename(office, "north", "polar", reason="r")
    assert list(_names(later)) == []
    with office_in(later) as office:
        require_released(office)  # the marker's numbers of the old name are still there: it is not taken for rewound
