"""A ledger that is older than what its partners have seen: held, and led out step by step. On both databases."""

from collections import Counter
from pathlib import Path
from shutil import copytree, rmtree

import pytest
from sqlalchemy import create_engine, make_url, text

from gateway.delivery import Delivery
from gateway.errors import ConfigError, LedgerHeld, UsageError
from gateway.ledger import claims, doubts, events, numbers, outbox
from gateway.ledger.numbers import Number
from gateway.lifecycle import ClaimState
from gateway.service.identity.instance import require_released, why_held
from gateway.service.inbound.collect import collect
from gateway.service.inbound.post import post
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.outbound.batch import seal_batches
from gateway.service.outbound.by_hand import export, not_uploaded, uploaded
from gateway.service.outbound.deliver import deliver
from gateway.service.recovery.backup import back_up, restore
from gateway.service.recovery.recover import Step, free, hold, recover, release, renumber, standing
from gateway.service.visits.scrub import scrub_visits
from gateway.settings import Settings
from tests.service.clinic import answer_277ca, answer_999, partner, taken, the_claim, visit
from tests.service.homes import Partners, another_database, at, begun, office_in, settings_in


def quiet(_done: int) -> None:
    pass


def backed_up(office: Office, folder: Path) -> Path:
    return back_up(office, folder, keep=5, progress=quiet).path


def made_claims(office: Office, *keys: str) -> None:
    taken(office, *(visit(key) for key in keys))
    scrub_visits(office)


def delivered(office: Office, partners: Partners) -> None:
    seal_batches(office)
    for one in deliver(office, partners.open):
        assert one.problem is None


def visits_in(body: bytes) -> list[str]:
    """Every visit has a member of its own, so the member says which visit a claim is for."""
    return [part.split(b"*")[9].decode() for part in body.split(b"~") if part.strip().startswith(b"NM1*IL*")]


def arrivals(partners: Partners) -> Counter[str]:
    return Counter(member for _, _, body in partners.arrived for member in visits_in(body))


def restored(tmp_path: Path, url: str, copied: Path) -> Settings:
    settings = settings_in(tmp_path / "new-home", another_database(url, tmp_path / "new"), partner("north"))
    restore(settings, at(5), copied, actor="test")
    return settings


def history(settings: Settings, partners: Partners, folder: Path) -> tuple[Path, set[str]]:
    """Work for a day with a backup in the middle; gives the backup and every patient control number of the day.

    V-1 is sent before the backup, V-2 sealed before and sent after, V-3 ready before and sent after, V-4 made after.
    """
    with office_in(settings) as office:
        made_claims(office, "V-1")
        delivered(office, partners)
        made_claims(office, "V-2")
        seal_batches(office)
        made_claims(office, "V-3")
        copied = backed_up(office, folder)
        assert all(one.problem is None for one in deliver(office, partners.open))
        delivered(office, partners)
        made_claims(office, "V-4")
        delivered(office, partners)
        for group in (1, 2, 3, 4):
            partners.answer("north", f"a{group}.999", answer_999(group))
        collect(office, partners.open)
        # This one comes when nobody is there to fetch it.
        accepted = (the_claim(office, "V-3").pcn, "A2:20:PR", "ICN3")
        partners.answer("north", "a3.277", answer_277ca("1000000003", accepted))
        return copied, {claim.pcn for claim in claims_of(office)}


@pytest.mark.parametrize("partner_is", ["keeping our files", "taking them at once"])
def test_f49_an_old_backup_is_restored_and_nothing_is_lost_or_sent_twice(
    database_url: str, tmp_path: Path, partner_is: str
) -> None:
    greedy = partner_is == "taking them at once"
    old, partners = begun(tmp_path / "home", database_url, partner("north")), Partners("north", greedy=greedy)
    copied, pcns = history(old, partners, tmp_path / "backups")
    assert arrivals(partners) == dict.fromkeys(("MV1", "MV2", "MV3", "MV4"), 1)
    rmtree(old.home)
    new = restored(tmp_path, database_url, copied)
    with office_in(new, hours=6, actor="Ana Reyes") as office:
        for refused in (seal_batches, require_released, scrub_new, deliver_to_nobody, post_as_the_command_does):
            with pytest.raises(LedgerHeld, match="gateway reconcile"):
                refused(office)
        with pytest.raises(UsageError, match="--recover"):
            release(office, reason="too early")
        outcome = recover(office, partners.open)
        assert (outcome.missing, outcome.problems) == ((), ())
        assert recover(office, partners.open).steps == outcome.steps
        assert last_number(office) == Number(1, 1004)
        assert states_of_files(office, 1, 2) == {Delivery.SENT}
        assert the_claim(office, "V-2").state is ClaimState.RECEIVED
        # A partner who keeps our files has given the third back to us; else its claim is kept back on its answer.
        assert the_claim(office, "V-3").state is (ClaimState.READY if greedy else ClaimState.ACCEPTED)
        release(office, reason="the portal was looked through", ready_unsent=not greedy)
    with office_in(new, hours=7) as office:
        assert standing(office) is None
        # The visits since the backup come again from the practice's system, and one that is really new.
        taken(office, *(visit(key) for key in ("V-1", "V-2", "V-3", "V-4", "V-5")))
        scrub_visits(office)
        kept = {one.visit for one in seal_batches(office).unwritable}
        assert kept == ({"V-3", "V-4", "V-5"} if greedy else {"V-4"})
        if greedy:
            free(office, the_claim(office, "V-5").pcn, reason="not on the portal")
            assert {one.visit for one in seal_batches(office).unwritable} == {"V-3", "V-4"}
        deliver(office, partners.open)
        assert not pcns & {the_claim(office, "V-4").pcn, the_claim(office, "V-5").pcn}
        assert reconcile(office).holds
        assert states_of_files(office, 1005) == {Delivery.SENT}
    assert arrivals(partners) == dict.fromkeys(("MV1", "MV2", "MV3", "MV4", "MV5"), 1), "lost or sent twice"


@pytest.mark.parametrize("since", ["uploaded by hand", "sent by the gateway"])
def test_a_file_that_was_exported_before_the_backup_is_never_sent_by_itself_after_the_restore(
    database_url: str, tmp_path: Path, since: str
) -> None:
    """Since the backup a person may have brought it back, and the gateway have sent it; the partner takes files at once."""
    old, partners = begun(tmp_path / "home", database_url, partner("north")), Partners("north", greedy=True)
    with office_in(old) as office:
        made_claims(office, "V-1")
        (name,) = (one.name for one in seal_batches(office).files)
        export(office, name, tmp_path / "copy", reason="their SFTP is down")
        copied = backed_up(office, tmp_path / "backups")
        if since == "uploaded by hand":
            uploaded(office, name, "receipt", reason="portal")
        else:
            not_uploaded(office, name, reason="it is up again")
            deliver(office, partners.open)
    rmtree(old.home)
    new = restored(tmp_path, database_url, copied)
    with office_in(new, hours=6, actor="Ana Reyes") as office:
        recover(office, partners.open)
        release(office, reason="asked them", ready_unsent=True)
        (file,) = (one for one in files_of(office) if one.name == name)
        assert (file.state, file.may_have_left) == (Delivery.HELD, True)
    with office_in(new, hours=7) as office:
        assert deliver(office, partners.open) == ()
    assert len(partners.arrived) == (since == "sent by the gateway")


def files_of(office: Office) -> tuple[outbox.SealedFile, ...]:
    with office.ledger.reading() as tx:
        return outbox.files(tx, office.practice.key)


def deliver_to_nobody(office: Office) -> None:
    deliver(office, Partners("north").open)


def post_as_the_command_does(office: Office) -> None:
    require_released(office)
    post(office)


def last_number(office: Office) -> Number | None:
    with office.ledger.reading() as tx:
        return numbers.last(tx, office.practice.key, "north")


def states_of_files(office: Office, *interchanges: int) -> set[Delivery]:
    with office.ledger.reading() as tx:
        return {one.state for one in outbox.files(tx, office.practice.key) if one.interchange in interchanges}


def scrub_new(office: Office) -> None:
    taken(office, visit("V-5"))
    scrub_visits(office)


def claims_of(office: Office) -> tuple[claims.StoredClaim, ...]:
    with office.ledger.reading() as tx:
        return claims.current(tx, office.practice.key)


def test_f50_a_copied_home_is_held_and_the_original_works_on(tmp_path: Path) -> None:
    old = begun(tmp_path / "home", f"sqlite:///{tmp_path / 'home' / 'ledger.db'}", partner("north"))
    copytree(old.home, tmp_path / "copy")
    copied = settings_in(tmp_path / "copy", f"sqlite:///{tmp_path / 'copy' / 'ledger.db'}", partner("north"))
    with office_in(copied) as office:
        made_visit(office)
        with pytest.raises(LedgerHeld, match="not where it last worked"):
            seal_batches(office)
    with office_in(old) as office:
        made_claims(office, "V-1")
        assert len(seal_batches(office).files) == 1


@pytest.mark.postgres
def test_f50_a_cloned_postgresql_database_is_held(postgres_url: str, tmp_path: Path) -> None:
    url = another_database(f"{postgres_url}_clone_source", tmp_path)
    old = begun(tmp_path / "home", url, partner("north"))
    twin = clone(url)
    home = tmp_path / "copy"
    copytree(old.home, home)
    with office_in(settings_in(home, twin, partner("north"))) as office, pytest.raises(LedgerHeld, match="last worked"):
        seal_batches(office)
    with office_in(old) as office:
        assert seal_batches(office).files == ()


def test_a_second_home_on_the_same_ledger_is_held_until_it_is_released_and_then_the_first_is(
    database_url: str, tmp_path: Path
) -> None:
    first = begun(tmp_path / "home", database_url, partner("north"))
    second = settings_in(tmp_path / "second", database_url, partner("north"))
    with office_in(second) as office, pytest.raises(LedgerHeld, match="has not worked with it before"):
        require_released(office)
    with office_in(first) as office:
        require_released(office)
    with office_in(second, actor="Ana Reyes") as office:
        recover(office, Partners("north").open)
        assert release(office, reason="the old machine is gone") == 2
    with office_in(second) as office:
        require_released(office)
    with office_in(first) as office, pytest.raises(LedgerHeld, match="another epoch"):
        require_released(office)


def test_f42_a_ledger_that_is_older_than_the_home_has_seen_is_held(database_url: str, tmp_path: Path) -> None:
    """The end of the log is cut off under the home's eyes, as when a journal was deleted or a snapshot put back."""
    settings = begun(tmp_path / "home", database_url, partner("north"))
    with office_in(settings) as office:
        made_claims(office, "V-1")
        seal_batches(office)
    marker = settings.home / "instance.toml"
    ahead = marker.read_text().replace("events = ", "events = 9")
    marker.write_text(ahead)
    with office_in(settings) as office, pytest.raises(LedgerHeld, match="the end is missing"):
        require_released(office)
    assert marker.read_text() == ahead


def test_a_home_whose_marker_cannot_be_read_says_so(database_url: str, tmp_path: Path) -> None:
    settings = begun(tmp_path / "home", database_url, partner("north"))
    (settings.home / "instance.toml").write_text("instance = 3\n")
    with pytest.raises(ConfigError, match=r"instance\.toml"), office_in(settings):
        pass


def test_a_partner_who_cannot_be_reached_is_left_out_on_a_persons_word(database_url: str, tmp_path: Path) -> None:
    settings = begun(tmp_path / "home", database_url, partner("north"), partner("south"))
    partners = Partners("north", "south")
    with office_in(settings, actor="Ana Reyes") as office:
        taken(office, visit("V-1"), visit("V-2", "PAYER2"))
        scrub_visits(office)
        seal_batches(office)
        made_claims(office, "V-3")
        hold(office, reason="the machine was set back to a snapshot")
        with pytest.raises(UsageError, match="already"):
            hold(office, reason="again")
    with office_in(settings, actor="Ana Reyes") as office:
        outcome = recover(office, partners.open_but("south"))
        assert outcome.missing == ("south",)
        assert [name for name, _ in outcome.problems] == ["south"]
        with pytest.raises(UsageError, match="south"):
            release(office, reason="r")
        with pytest.raises(UsageError, match="no partner"):
            release(office, reason="r", without=("west",))
        release(office, reason="south is out of business", without=("south",))
    with office_in(settings) as office:
        with office.ledger.reading() as tx:
            held = outbox.files(tx, office.practice.key, states=(Delivery.HELD,))
            kept = doubts.kept_back(tx, office.practice.key)
            log = events.read(tx, office.practice.key, kind="ledger.released")
        assert {file.partner for file in held} == {"north", "south"}
        assert all(file.may_have_left for file in held)
        assert {one.pcn for one in kept if one.pcn} == {the_claim(office, "V-3").pcn}
        assert [(one.event.actor, one.event.reason) for one in log] == [("Ana Reyes", "south is out of business")]
        # An answer still closes what is held.
        partners.answer("north", "a1.999", answer_999(1))
        collect(office, partners.open, partner="north")
        post(office)
        assert the_claim(office, "V-1").state is ClaimState.RECEIVED


def test_a_partner_that_is_not_configured_keeps_the_ledger_from_being_released(
    database_url: str, tmp_path: Path
) -> None:
    settings = begun(tmp_path / "home", database_url, partner("north"), partner("south"))
    with office_in(settings, actor="Ana Reyes") as office:
        taken(office, visit("V-2", "PAYER2"))
        scrub_visits(office)
        seal_batches(office)
        hold(office, reason="rehearsal")
    fewer = settings_in(settings.home, database_url, partner("north"))
    with office_in(fewer, actor="Ana Reyes") as office:
        assert recover(office, Partners("north").open).missing == ()
        with pytest.raises(UsageError, match=r"south, which has no file in partners/"):
            release(office, reason="r")


def test_a_recovery_that_was_killed_goes_on_and_makes_no_second_gap(database_url: str, tmp_path: Path) -> None:
    settings = begun(tmp_path / "home", database_url, partner("north"))
    partners = Partners("north")
    with office_in(settings, actor="Ana Reyes") as office:
        hold(office, reason="rehearsal")
    with office_in(settings) as office:
        partners.files["north"].pop("archive/.keep")
        first = recover(office, partners.open)
        assert [one.step for one in first.steps if one.said] == []
        partners.files["north"]["archive/.keep"] = b""
        recover(office, partners.open)
        assert last_number(office) == Number(1, 1000)
        recover(office, partners.open)
        assert last_number(office) == Number(1, 1000)


def test_a_number_far_from_ours_does_not_use_up_the_cycle(database_url: str, tmp_path: Path) -> None:
    settings = begun(tmp_path / "home", database_url, partner("north"))
    partners = Partners("north")
    partners.answer("north", "strange.999", answer_999(999_999_000))
    partners.files["north"]["in/elm_north_000000777.837"] = b"not ours"
    with office_in(settings, actor="Ana Reyes") as office:
        hold(office, reason="rehearsal")
    with office_in(settings) as office:
        said = {one.step: one.said for one in recover(office, partners.open).steps}
        assert "1 implausible" in said[Step.NUMBERS]
        assert "1 unknown ones that cannot be read" in said[Step.FILES]
        assert last_number(office) == Number(1, 1777)


def test_numbers_are_moved_forward_by_a_person_and_never_back(database_url: str, tmp_path: Path) -> None:
    settings = begun(tmp_path / "home", database_url, partner("north"))
    with office_in(settings, actor="Ana Reyes") as office:
        assert renumber(office, "north", to=5000, reason="they saw 4312") == (Number(1, 0), Number(1, 5000))
        for wrong in (5000, 12, 0, 1_000_000_000):
            with pytest.raises(UsageError, match="only go forward"):
                renumber(office, "north", to=wrong, reason="r")
        made_claims(office, "V-1")
        assert [file.interchange for file in seal_batches(office).files] == [5001]
        with office.ledger.reading() as tx:
            (jump,) = events.read(tx, office.practice.key, kind="partner.renumbered")
        assert (jump.event.actor, jump.event.reason) == ("Ana Reyes", "they saw 4312")


def test_what_is_not_held_is_not_recovered_or_released(database_url: str, tmp_path: Path) -> None:
    settings = begun(tmp_path / "home", database_url, partner("north"))
    with office_in(settings) as office:
        for refused in (lambda: recover(office, Partners("north").open), lambda: release(office, reason="r")):
            with pytest.raises(UsageError, match="not held"):
                refused()
        with pytest.raises(UsageError, match="not kept back"):
            free(office, "PCN1", reason="r")
        assert standing(office) is None
        assert why_held(office.ledger, settings.home, office.practice.key) == ""


def made_visit(office: Office) -> None:
    taken(office, visit("V-1"))


def clone(url: str) -> str:
    server = make_url(url).set(drivername="postgresql+psycopg")
    engine = create_engine(server.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {server.database}_twin TEMPLATE {server.database}"))
    engine.dispose()
    twin: str = make_url(url).set(database=f"{server.database}_twin").render_as_string(hide_password=False)
    return twin
