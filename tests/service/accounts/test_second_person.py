"""The second of two people: known by a key of their own, and by no name that somebody else types."""

from dataclasses import replace

import pytest

from gateway.accounts import Account, Role
from gateway.cli.face import credentials
from gateway.errors import NotAllowed, UsageError
from gateway.service.accounts.manage import NewAccount, add, listed
from gateway.service.office import Office


@pytest.fixture
def keys() -> dict[str, str]:
    return {}


@pytest.fixture
def first(office: Office, keys: dict[str, str]) -> Office:
    """A practice with three accounts, as Ana works in it."""
    admin: Account | None = None
    for name, role in (("root1", Role.ADMIN), ("ana", Role.BILLER), ("bo", Role.BILLER)):
        new = NewAccount(name=name, person=f"A {name}", roles=frozenset({role}))
        handed: list[str] = []
        made = add(replace(office, account=admin), new, reason="test", keep=handed.append)
        admin, keys[name] = admin or made, handed[0]
    return replace(office, account=next(one for one in listed(office) if one.name == "ana"), actor="ana")


def test_their_own_key_names_them(first: Office, keys: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_SECOND_KEY", f"{keys['bo']}\n")
    second = credentials.second_account(first, "bo")
    assert second is not None
    assert second.name == "bo"


@pytest.mark.parametrize(
    ("whose", "named", "why"),
    [
        ("ana", "bo", "that key is not bo's"),
        ("bo", "cy", "that key is not cy's"),
        ("root1", "root1", "may not decide files"),
        ("", "bo", "nobody can type it here: put it into GATEWAY_SECOND_KEY"),
    ],
)
def test_no_other_key_does(
    first: Office, keys: dict[str, str], monkeypatch: pytest.MonkeyPatch, whose: str, named: str, why: str
) -> None:
    monkeypatch.setenv("GATEWAY_SECOND_KEY", keys.get(whose, ""))
    with pytest.raises((NotAllowed, UsageError), match=why):
        credentials.second_account(first, named)


def test_without_accounts_a_name_is_enough(office: Office) -> None:
    assert credentials.second_account(office, "Bo Lund") is None
