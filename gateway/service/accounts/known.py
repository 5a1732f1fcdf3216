"""Whose account somebody has, by what they show of themselves, and whether it has a right."""

from dataclasses import dataclass
from typing import Final

from gateway.accounts import Account, Right, roles_with
from gateway.errors import NotAllowed
from gateway.ledger import Transaction, accounts
from gateway.service.accounts.keys import account_of, is_of

BY_KEY: Final = "key"
BY_OS_USER: Final = "os user"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What somebody shows of themselves.

    key      a personal key; empty if none is at hand
    os_user  the user of the machine that the command runs as
    """

    key: str
    os_user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An account and how it was known."""

    account: Account
    way: str


def known(tx: Transaction, practice: str, offered: Offered) -> Known:
    """Give whose account it is, in a practice that has accounts.

    A key that is shown decides: one that is wrong is not made good by the machine's user. Raises NotAllowed if it is nobody's.
    """
    if offered.key:
        return Known(account=of_key(tx, practice, offered.key), way=BY_KEY)
    account = accounts.of_os_user(tx, practice, offered.os_user) if offered.os_user else None
    if account is None:
        raise NotAllowed(
            "this practice has accounts, and nobody is known: no key is at hand, and the machine's user is no account; put "
            "your key into a file that only you can read and name it in GATEWAY_KEY_FILE, or ask who runs the accounts "
            "(gateway users)"
        )
    return Known(account=_let_in(account), way=BY_OS_USER)


def of_key(tx: Transaction, practice: str, key: str) -> Account:
    """Give the account of a key. Raises NotAllowed if it is nobody's, or of an account that was disabled."""
    name = account_of(key)
    fits = is_of(key, accounts.key_hash_of(tx, practice, name))
    account = accounts.find(tx, practice, name) if fits else None
    if account is None:
        raise NotAllowed(
            "the key is nobody's: it was mistyped, replaced by another (gateway users rotate), or its account was disabled; "
            "nothing was done"
        )
    return _let_in(account)


def require(account: Account, right: Right) -> None:
    """Raise NotAllowed if an account has not the right."""
    if not account.may(right):
        roles = ", ".join(sorted(account.roles))
        having = ", ".join(roles_with(right))
        raise NotAllowed(
            f"account {account.name} ({roles}) may not {right}; nothing was done; it is for: {having}; gateway users list"
        )


def _let_in(account: Account) -> Account:
    if account.disabled_at is not None:
        raise NotAllowed(f"account {account.name} was disabled; nothing was done; ask who runs the accounts")
    return account
