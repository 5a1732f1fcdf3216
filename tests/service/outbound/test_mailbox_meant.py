"""A sealed file goes to the mailbox it was sealed for; a profile that names another one sends nothing."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from gateway.delivery import Delivery
from gateway.errors import ConfigError, UsageError
from gateway.ledger import events
from gateway.partner import MailboxAddress, MailboxKind
from gateway.service.office import Office
from gateway.service.outbound.deliver import Round, deliver
from gateway.service.outbound.mailbox_meant import readdress
from gateway.service.outbound.resend import resend
from tests.service import clinic
from tests.service.partner_side import NAME, Server, body_of, file_of


def moved(office: Office, **mailbox: object) -> Office:
    """The office, whose profile of its partner names another mailbox than before."""
    south = clinic.partner("south")
    return replace(office, settings=clinic.settings(clinic.partner("north", mailbox=mailbox), south))


def only(rounds: tuple[Round, ...]) -> Round:
    (one,) = rounds
    return one


def test_a_swapped_root_delivers_nothing_and_is_not_even_called(sealed: Office) -> None:
    other = moved(sealed, root="/somebody/else")
    server = Server()
    for _ in range(2):
        ended = only(deliver(other, server.open))
        assert isinstance(ended.problem, ConfigError)
        assert "names another mailbox than when elm_north_000000001.837 was sealed" in str(ended.problem)
        assert (server.files, server.calls, ended.waiting) == ({}, 0, 1)
    assert file_of(sealed).state is Delivery.SEALED
    with sealed.ledger.reading() as tx:
        (said,) = events.read(tx, sealed.practice.key, kind="file.misaddressed")
    assert f"gateway deliveries readdress {NAME}" in said.event.next_command


def test_once_the_profile_is_put_right_it_goes_where_it_was_meant_to(sealed: Office) -> None:
    server = Server()
    deliver(moved(sealed, root="/somebody/else"), server.open)
    assert only(deliver(sealed, server.open)).problem is None
    assert server.files == {f"in/{NAME}": body_of(sealed)}


def test_a_person_says_that_the_partner_has_moved_and_it_goes_there(sealed: Office) -> None:
    other, server = replace(moved(sealed, root="/new"), actor="Ana Reyes"), Server()
    readdress(other, NAME, reason="their new server")
    assert only(deliver(other, server.open)).files[0].state is Delivery.SENT
    with sealed.ledger.reading() as tx:
        (said,) = events.read(tx, sealed.practice.key, kind="file.readdressed")
    assert (said.event.actor, said.event.reason) == ("Ana Reyes", "their new server")


def test_what_may_have_its_name_at_the_old_mailbox_is_held_and_never_looked_for_in_the_new_one(sealed: Office) -> None:
    with sealed.ledger.writing() as tx:
        tx.execute(text("UPDATE deliveries SET state = 'committing', manner = 'rename', temporary_name = 'in/x.part'"))
    other, server = replace(moved(sealed, root="/new"), actor="Ana Reyes"), Server()
    assert isinstance(only(deliver(other, server.open)).problem, ConfigError)
    held = readdress(other, NAME, reason="their new server")
    assert (held.state, held.may_have_left, server.calls) == (Delivery.HELD, True, 0)
    with pytest.raises(UsageError, match="may be at the mailbox it was sealed for"):
        readdress(other, NAME, reason="again")


def test_a_file_that_is_meant_for_the_mailbox_is_not_readdressed(sealed: Office) -> None:
    with pytest.raises(UsageError, match="nothing was changed"):
        readdress(sealed, NAME, reason="x")


def test_a_resend_goes_to_the_mailbox_as_it_is_now(sealed: Office) -> None:
    deliver(sealed, Server().open)
    other, server = moved(sealed, root="/new"), Server()
    resend(other, NAME, reason="never came", approved_by="Bo Lund")
    deliver(other, server.open)
    assert server.files == {f"in/{NAME}": body_of(sealed)}


def test_a_file_of_before_its_mailbox_was_kept_is_delivered(sealed: Office) -> None:
    with sealed.ledger.writing() as tx:
        tx.execute(text("UPDATE deliveries SET mailbox = ''"))
    assert only(deliver(moved(sealed, root="/new"), Server().open)).problem is None


BOX = MailboxAddress(kind=MailboxKind.SFTP, host="a.example", user="elm", root="", outbound="in", inbound="out")


@pytest.mark.parametrize("change", [{"host": "b"}, {"port": 23}, {"user": "x"}, {"root": "r"}, {"outbound": "o"}])
def test_whatever_decides_where_a_file_is_put_changes_the_destination(change: dict[str, object]) -> None:
    assert replace(BOX, **change).destination != BOX.destination  # type: ignore[arg-type]


@pytest.mark.parametrize("change", [{"inbound": "o"}, {"archive": "a"}, {"host": "A.example"}, {"temporary": ".t"}])
def test_what_does_not_leaves_it_alone(change: dict[str, object]) -> None:
    assert replace(BOX, **change).destination == BOX.destination  # type: ignore[arg-type]
