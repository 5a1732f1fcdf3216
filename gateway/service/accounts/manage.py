"""Making, disabling and renewing accounts; each is a decision that the log keeps."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from gateway.accounts import Account, Right, Role
from gateway.errors import UsageError
from gateway.event import Event
from gateway.ledger import Transaction, accounts, events
from gateway.service.accounts.keys import hashed, new_key
from gateway.service.office import Office

_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{1,39}")
_SYSTEM: Final = frozenset({"gateway"})
"""What the log calls work that no person does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """What makes an account. `key` is whether it gets one; without one it needs a user of the machine."""

    name: str
    person: str
    roles: frozenset[Role]
    os_user: str = ""
    limit: Decimal | None = None
    key: bool = True


def add(office: Office, new: NewAccount, *, reason: str) -> str:
    """Make an account and give its key, empty if it has none. Whoever is there may have made it only where none was before.

    Raises UsageError if the name is none or taken, it has no role or no way in, or the first one may not make others.
    """
    _check(new)
    key = new_key(new.name) if new.key else ""
    made = Account(
        name=new.name,
        person=new.person.strip(),
        roles=new.roles,
        os_user=new.os_user,
        limit=new.limit,
        created_at=office.clock.now(),
    )
    with office.ledger.writing() as tx:
        known = accounts.all_of(tx, office.practice.key)
        if not known and not made.may(Right.RUN_ACCOUNTS):
            raise UsageError("the first account has to be able to make others: give it --role admin too")
        if any(one.name == made.name for one in known):
            raise UsageError(
                f"account {made.name} exists, or existed: a name is never another person's; choose another"
            )
        if made.os_user and any(one.os_user == made.os_user for one in known):
            raise UsageError(f"user {made.os_user} of the machine is an account already; gateway users list")
        accounts.add(tx, office.practice.key, made, key_hash=hashed(key) if key else "")
        limit = "" if made.limit is None else f", up to {made.limit}"
        ways = [way for way, has in (("a key", key), (f"user {made.os_user} of the machine", made.os_user)) if has]
        said = f"account {made.name} was made: {', '.join(sorted(made.roles))}{limit}; known by {' or '.join(ways)}"
        _tell(tx, office, "account.added", made.name, said, reason)
    return key


def listed(office: Office) -> tuple[Account, ...]:
    """Give every account of the practice."""
    with office.ledger.reading() as tx:
        return accounts.all_of(tx, office.practice.key)


def disable(office: Office, name: str, *, reason: str) -> Account:
    """Let nobody in under an account any more. Raises UsageError if there is none, or nobody could run the accounts then."""
    with office.ledger.writing() as tx:
        account = _in_use(tx, office, name)
        rest = (one for one in accounts.all_of(tx, office.practice.key) if one.name != name)
        if not any(one.may(Right.RUN_ACCOUNTS) for one in rest):
            raise UsageError(f"{name} is the last account that runs the accounts: make another admin first")
        accounts.disable(tx, office.practice.key, name, at=office.clock.now())
        _tell(tx, office, "account.disabled", name, f"account {name} was disabled", reason)
    return account


def rotate(office: Office, name: str, *, reason: str) -> str:
    """Give an account another key; the one before lets nobody in from now on. Raises UsageError if there is no such account."""
    key = new_key(name)
    kept = hashed(key)
    with office.ledger.writing() as tx:
        _in_use(tx, office, name)
        accounts.set_key(tx, office.practice.key, name, key_hash=kept)
        _tell(tx, office, "account.rotated", name, f"account {name} has another key", reason)
    return key


def _check(new: NewAccount) -> None:
    if not _NAME.fullmatch(new.name) or new.name in _SYSTEM:
        raise UsageError(
            "an account's name is 2 to 40 of a-z, 0-9, - and _, beginning with a letter, such as ana; nothing was changed"
        )
    if not new.person.strip():
        raise UsageError("--person: whose account it is; nothing was changed")
    if not new.roles:
        raise UsageError("--role: at least one; nothing was changed")
    if not new.key and not new.os_user:
        raise UsageError(
            "without a key somebody has to be known as a user of the machine: --os-user; nothing was changed"
        )
    if new.limit is not None and new.limit < 0:
        raise UsageError("--limit: want dollars, 0 or more; nothing was changed")


def _in_use(tx: Transaction, office: Office, name: str) -> Account:
    account = accounts.find(tx, office.practice.key, name)
    if account is None:
        raise UsageError(f"there is no account {name}; gateway users list")
    if account.disabled_at is not None:
        raise UsageError(f"account {name} was disabled already; make another for the person: gateway users add")
    return account


def _tell(tx: Transaction, office: Office, kind: str, about: str, said: str, reason: str) -> None:
    event = Event(kind=kind, about=about, said=said, artefact="person", actor=office.actor, reason=reason)
    events.write(tx, office.practice.key, event, at=office.clock.now())
