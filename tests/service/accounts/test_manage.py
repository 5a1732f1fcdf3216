"""Accounts: who may make them, what a key is worth, and that names, keys and last admins are never lost or shared."""

from dataclasses import replace
from decimal import Decimal

import pytest

from gateway.accounts import Account, Right, Role
from gateway.errors import NotAllowed, UsageError
from gateway.ledger import accounts, events
from gateway.service.accounts.known import BY_KEY, BY_OS_USER, Known, Offered, known, require
from gateway.service.accounts.manage import Change, NewAccount, change, disable, listed, rotate
from gateway.service.accounts.manage import add as make
from gateway.service.decisions import require_authority
from gateway.service.office import Office

ADMIN = NewAccount(name="root1", person="Ada Admin", roles=frozenset({Role.ADMIN}))
ANA = NewAccount(name="ana", person="Ana Reyes", roles=frozenset({Role.BILLER}), os_user="areyes", limit=Decimal(250))


def who(office: Office, key: str = "", os_user: str = "") -> Known:
    with office.ledger.reading() as tx:
        return known(tx, office.practice.key, Offered(key=key, os_user=os_user))


def account(office: Office, name: str) -> Account:
    return next(one for one in listed(office) if one.name == name)


def add(office: Office, new: NewAccount, *, reason: str = "test") -> str:
    """Make an account, by the admin once there is one; gives its key."""
    handed: list[str] = []
    by = next((one for one in listed(office) if one.name == "root1"), None)
    make(replace(office, account=by), new, reason=reason, keep=handed.append)
    return handed[0] if handed else ""


@pytest.fixture
def keys(office: Office) -> dict[str, str]:
    """Two accounts, and their keys."""
    return {one.name: add(office, one) for one in (ADMIN, ANA)}


@pytest.fixture
def by_admin(office: Office, keys: dict[str, str]) -> Office:
    """The practice with two accounts, as its admin works in it."""
    assert keys
    return replace(office, account=account(office, "root1"), actor="root1")


def test_a_practice_has_no_accounts_until_the_first_which_is_an_admins(office: Office) -> None:
    with office.ledger.reading() as tx:
        assert not accounts.exist(tx, office.practice.key)
    with pytest.raises(UsageError, match="--role admin too"):
        add(office, ANA)
    with pytest.raises(UsageError, match="gets a key"):
        add(office, replace(ADMIN, key=False, os_user="mistyped"))
    assert add(office, ADMIN).startswith("gwk.root1.")
    assert [one.name for one in listed(office)] == ["root1"]


@pytest.mark.parametrize(
    "name", ["", "a", "Ana", "ana reyes", "\N{CYRILLIC SMALL LETTER A}na", "gateway", "-ana", "a" * 41]
)
def test_a_name_is_short_and_of_plain_letters(office: Office, name: str) -> None:
    with pytest.raises(UsageError):
        add(office, replace(ADMIN, name=name))


@pytest.mark.parametrize(
    "changes",
    [
        {"roles": frozenset()},
        {"person": " "},
        {"key": False},
        {"limit": Decimal(-1)},
        {"os_user": "two words"},
        {"os_user": "u" * 65},
    ],
)
def test_an_account_has_a_person_a_role_a_way_in_and_no_limit_below_nothing(
    office: Office, changes: dict[str, object]
) -> None:
    with pytest.raises(UsageError):
        add(office, replace(ADMIN, **changes))  # type: ignore[arg-type]


def test_a_name_is_one_persons_for_good_and_a_user_of_the_machine_as_long_as_the_account(
    office: Office, by_admin: Office
) -> None:
    with pytest.raises(UsageError, match="exists, or existed"):
        add(office, replace(ANA, os_user=""))
    with pytest.raises(UsageError, match="is an account already"):
        add(office, replace(ANA, name="bo"))
    disable(by_admin, "ana", reason="left")
    with pytest.raises(UsageError, match="exists, or existed"):
        add(office, replace(ANA, os_user=""), reason="back again")
    add(office, replace(ANA, name="bo"))
    assert who(office, os_user="areyes").account.name == "bo"


def test_a_key_and_a_user_of_the_machine_are_known(office: Office, keys: dict[str, str]) -> None:
    found = who(office, key=f" {keys['ana']}\n")
    assert (found.account.name, found.account.limit, found.way) == ("ana", Decimal("250.00"), BY_KEY)
    assert who(office, os_user="areyes").way == BY_OS_USER
    assert who(office, key=keys["root1"], os_user="areyes").account.name == "root1"


@pytest.mark.parametrize("key", ["gwk.ana.wrong", "gwk.nobody.x", "x", "gwk..", "gwk.root1.{ana}"])
def test_a_wrong_key_is_not_made_good_by_the_machines_user(office: Office, keys: dict[str, str], key: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        who(office, key=key.replace("{ana}", keys["ana"].split(".")[2]), os_user="areyes")
    assert keys["ana"] not in str(refused.value)


@pytest.mark.usefixtures("keys")
def test_nobody_is_told_what_to_do(office: Office) -> None:
    with pytest.raises(NotAllowed, match="GATEWAY_KEY_FILE"):
        who(office, os_user="stranger")
    with pytest.raises(NotAllowed):
        who(office)


def test_another_key_replaces_the_one_before(office: Office, by_admin: Office, keys: dict[str, str]) -> None:
    handed: list[str] = []
    rotate(by_admin, "ana", reason="laptop lost", keep=handed.append)
    (new,) = handed
    with pytest.raises(NotAllowed):
        who(office, key=keys["ana"])
    assert who(office, key=new).account.name == "ana"
    with pytest.raises(UsageError, match="no account bo"):
        rotate(by_admin, "bo", reason="test", keep=handed.append)


def test_who_is_disabled_comes_in_no_way(office: Office, by_admin: Office, keys: dict[str, str]) -> None:
    disable(by_admin, "ana", reason="left")
    for shown in ({"key": keys["ana"]}, {"os_user": "areyes"}):
        with pytest.raises(NotAllowed):
            who(office, **shown)
    with pytest.raises(UsageError, match="disabled already"):
        disable(by_admin, "ana", reason="again")
    with pytest.raises(UsageError, match="disabled already"):
        rotate(by_admin, "ana", reason="again", keep=print)
    assert account(office, "ana").disabled_at is not None


def test_the_last_who_runs_the_accounts_stays(office: Office, by_admin: Office) -> None:
    with pytest.raises(UsageError, match="make another admin first"):
        disable(by_admin, "root1", reason="test")
    with pytest.raises(UsageError, match="make another admin first"):
        change(by_admin, "root1", Change(roles=frozenset({Role.BILLER})), reason="test")
    add(office, replace(ADMIN, name="root2"))
    disable(by_admin, "root1", reason="test")
    second = replace(office, account=account(office, "root2"), actor="root2")
    with pytest.raises(UsageError, match="make another admin first"):
        disable(second, "root2", reason="test")


def test_an_account_is_changed_and_its_key_stays(office: Office, by_admin: Office, keys: dict[str, str]) -> None:
    both = frozenset({Role.BILLER, Role.PRACTICE_MANAGER})
    change(by_admin, "ana", Change(roles=both, limit=Decimal(900), os_user=""), reason="runs the office now")
    found = who(office, key=keys["ana"]).account
    assert (found.roles, found.limit, found.os_user, found.person) == (both, Decimal("900.00"), "", "Ana Reyes")
    with pytest.raises(NotAllowed):
        who(office, os_user="areyes")
    assert change(by_admin, "ana", Change(no_limit=True), reason="trusted").limit is None
    with pytest.raises(UsageError, match="is so already"):
        change(by_admin, "ana", Change(no_limit=True), reason="again")
    with pytest.raises(UsageError, match="there is no account bo"):
        change(by_admin, "bo", Change(no_limit=True), reason="test")
    with office.ledger.reading() as tx:
        told = [one.event.said for one in events.read(tx, office.practice.key, kind="account.changed")]
    assert told == [
        "account ana is changed: biller, practice-manager, up to $900.00; known by a key",
        "account ana is changed: biller, practice-manager; known by a key",
    ]


def test_a_change_leaves_a_way_in_and_takes_nobody_elses(office: Office, by_admin: Office) -> None:
    add(office, NewAccount(name="cron", person="Nightly", roles=frozenset({Role.OPERATOR}), os_user="cron", key=False))
    with pytest.raises(UsageError, match="without a key"):
        change(by_admin, "cron", Change(os_user=""), reason="test")
    with pytest.raises(UsageError, match="is an account already"):
        change(by_admin, "cron", Change(os_user="areyes"), reason="test")


def test_a_key_that_nobody_could_keep_changes_nothing(office: Office, by_admin: Office, keys: dict[str, str]) -> None:
    def full(_: str) -> None:
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        make(by_admin, replace(ANA, name="bo", os_user=""), reason="test", keep=full)
    with pytest.raises(OSError, match="no space"):
        rotate(by_admin, "ana", reason="test", keep=full)
    assert {one.name for one in listed(office)} == {"root1", "ana"}
    assert who(office, key=keys["ana"]).account.name == "ana"


def test_who_was_let_in_before_another_decided_may_no_more(office: Office, by_admin: Office) -> None:
    stranger = replace(by_admin, account=None)
    with pytest.raises(NotAllowed, match="has accounts by now"):
        make(stranger, replace(ADMIN, name="root2"), reason="test", keep=print)
    add(office, replace(ADMIN, name="root2"))
    second = replace(office, account=account(office, "root2"), actor="root2")
    disable(by_admin, "root2", reason="left")
    with pytest.raises(NotAllowed, match="was disabled"):
        rotate(second, "root1", reason="revenge", keep=print)


@pytest.mark.usefixtures("keys")
def test_what_a_role_may_not_is_refused_with_who_may(office: Office) -> None:
    ana = account(office, "ana")
    require(ana, Right.DECIDE_MONEY)
    with pytest.raises(NotAllowed, match=r"account ana \(biller\) may not run accounts.*it is for: admin"):
        require(ana, Right.RUN_ACCOUNTS)


@pytest.mark.usefixtures("keys")
def test_more_than_the_limit_is_somebody_elses_to_decide(office: Office) -> None:
    hers = replace(office, account=account(office, "ana"))
    require_authority(hers, Decimal("250.00"), "item 1")
    with pytest.raises(NotAllowed, match=r"up to \$250\.00 at once, and item 1 is about \$250\.01"):
        require_authority(hers, Decimal("-250.01"), "item 1")
    require_authority(office, Decimal(99999), "item 1")
    require_authority(replace(office, account=account(office, "root1")), Decimal(99999), "item 1")


def test_the_log_tells_what_became_of_accounts_and_never_a_key(office: Office, by_admin: Office) -> None:
    handed: list[str] = []
    rotate(by_admin, "ana", reason="laptop lost", keep=handed.append)
    disable(by_admin, "ana", reason="left")
    with office.ledger.reading() as tx:
        told = events.read(tx, office.practice.key, kind="account")
    assert [one.event.kind for one in told] == ["account.added"] * 2 + ["account.rotated", "account.disabled"]
    assert (
        told[1].event.said
        == "account ana was made: biller, up to $250.00; known by a key or user areyes of the machine"
    )
    assert handed[0].split(".")[2] not in str(told)


def test_lines_of_the_log_name_the_account_and_the_way_in(office: Office, by_admin: Office) -> None:
    under = replace(by_admin, ledger=office.ledger.known_as("root1", BY_KEY))
    disable(under, "ana", reason="left")
    with office.ledger.reading() as tx:
        *before, last = events.read(tx, office.practice.key, kind="account")
    assert (last.account, last.way, last.event.actor) == ("root1", "key", "root1")
    assert {(one.account, one.way) for one in before} == {("", "")}
