"""Making, changing, disabling and renewing accounts; each is a decision that the log keeps.

A key is handed out before the account is there for good: what cannot be kept by anybody lets nobody in, nor out.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from gateway.accounts import Account, Right, Role
from gateway.errors import NotAllowed, UsageError
from gateway.event import Event
from gateway.ledger import Transaction, accounts, events
from gateway.money import shown
from gateway.service.accounts.keys import hashed, new_key
from gateway.service.accounts.known import require
from gateway.service.office import JOB, Office

Keep = Callable[[str], None]
"""Hands a key to a person. If it raises, nothing is changed."""

_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{1,39}")
_OS_USER: Final = re.compile(r"[^\s:/]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """What makes an account. `key` is whether it gets one; without one it needs a user of the machine."""

    name: str
    person: str
    roles: frozenset[Role]
    os_user: str = ""
    limit: Decimal | None = None
    key: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What becomes different of an account; None leaves it as it is.

    limit     dollars; `no_limit` takes it away
    os_user   empty where no user of the machine is the account any more
    """

    person: str | None = None
    roles: frozenset[Role] | None = None
    os_user: str | None = None
    limit: Decimal | None = None
    no_limit: bool = False


def add(office: Office, new: NewAccount, *, reason: str, keep: Keep) -> Account:
    """Make an account and hand out its key. Whoever is there may make the first one; from then on it is a right.

    Raises UsageError if the name is none or taken, it has no role or no way in, or the first one may not make others;
    NotAllowed if somebody else has just made the first one.
    """
    made = Account(
        name=new.name,
        person=new.person.strip(),
        roles=new.roles,
        os_user=new.os_user.strip(),
        limit=new.limit,
        created_at=office.clock.now(),
    )
    _require_well_named(made)
    _require_sound(made, has_key=new.key)
    key = new_key(new.name) if new.key else ""
    kept = hashed(key) if key else ""
    with office.ledger.writing() as tx:
        known = accounts.all_of(tx, office.practice.key)
        if known:
            _require_may(tx, office)
        else:
            _require_first(new, made)
        if any(one.name == made.name for one in known):
            raise UsageError(
                f"account {made.name} exists, or existed: a name is never another person's; choose another"
            )
        _require_nobody_elses(made, known)
        accounts.add(tx, office.practice.key, made, key_hash=kept)
        said = f"account {made.name} was made: {_told(made)}; known by {_ways(made, has_key=new.key)}"
        _tell(tx, office, "account.added", made.name, said, reason)
        if key:
            keep(key)
    return made


def listed(office: Office) -> tuple[Account, ...]:
    """Give every account of the practice."""
    with office.ledger.reading() as tx:
        return accounts.all_of(tx, office.practice.key)


def change(office: Office, name: str, wanted: Change, *, reason: str) -> Account:
    """Give an account other roles, another limit, person or user of the machine; gives it as it is now.

    Raises UsageError if there is none, nothing is different, it would have no way in, or nobody could run the accounts then.
    """
    with office.ledger.writing() as tx:
        _require_may(tx, office)
        before = _in_use(tx, office, name)
        after = replace(
            before,
            person=before.person if wanted.person is None else wanted.person.strip(),
            roles=before.roles if wanted.roles is None else wanted.roles,
            os_user=before.os_user if wanted.os_user is None else wanted.os_user.strip(),
            limit=None if wanted.no_limit else before.limit if wanted.limit is None else wanted.limit,
        )
        if after == before:
            raise UsageError(f"account {name} is so already; nothing was changed")
        has_key = bool(accounts.key_hash_of(tx, office.practice.key, name))
        _require_sound(after, has_key=has_key)
        known = accounts.all_of(tx, office.practice.key)
        _require_nobody_elses(after, known)
        if not after.may(Right.RUN_ACCOUNTS):
            _require_another_admin(name, known)
        accounts.change(tx, office.practice.key, after)
        said = f"account {name} is changed: {_told(after)}; known by {_ways(after, has_key=has_key)}"
        _tell(tx, office, "account.changed", name, said, reason)
    return after


def disable(office: Office, name: str, *, reason: str) -> Account:
    """Let nobody in under an account any more. Raises UsageError if there is none, or nobody could run the accounts then."""
    with office.ledger.writing() as tx:
        _require_may(tx, office)
        account = _in_use(tx, office, name)
        _require_another_admin(name, accounts.all_of(tx, office.practice.key))
        accounts.disable(tx, office.practice.key, name, at=office.clock.now())
        _tell(tx, office, "account.disabled", name, f"account {name} was disabled", reason)
    return account


def rotate(office: Office, name: str, *, reason: str, keep: Keep) -> None:
    """Give an account another key; the one before lets nobody in from now on. Raises UsageError if there is no such account."""
    key = new_key(name)
    kept = hashed(key)
    with office.ledger.writing() as tx:
        _require_may(tx, office)
        _in_use(tx, office, name)
        accounts.set_key(tx, office.practice.key, name, key_hash=kept)
        _tell(tx, office, "account.rotated", name, f"account {name} has another key", reason)
        keep(key)


def _require_may(tx: Transaction, office: Office) -> None:
    """Look again, where it counts, whether whoever decides may run the accounts: meanwhile another may have decided."""
    own = None if office.account is None else accounts.find(tx, office.practice.key, office.account.name)
    if own is None:
        raise NotAllowed("the practice has accounts by now, and nobody is known; nothing was changed; try it again")
    if own.disabled_at is not None:
        raise NotAllowed(f"account {own.name} was disabled; nothing was changed; ask who runs the accounts")
    require(own, Right.RUN_ACCOUNTS)


def _require_first(new: NewAccount, made: Account) -> None:
    if not made.may(Right.RUN_ACCOUNTS):
        raise UsageError("the first account has to be able to make others: give it --role admin too")
    if not new.key:
        raise UsageError(
            "the first account gets a key, so that a mistyped user of the machine locks nobody out; leave --no-key out"
        )


def _require_well_named(made: Account) -> None:
    if made.name == JOB:
        raise UsageError(f"{JOB} is what the log calls work that no person does; choose another name")
    if not _NAME.fullmatch(made.name):
        raise UsageError(
            "an account's name is 2 to 40 of a-z, 0-9, - and _, beginning with a letter, such as ana; nothing was changed"
        )


def _require_sound(made: Account, *, has_key: bool) -> None:
    if not made.person:
        raise UsageError("--person: whose account it is; nothing was changed")
    if not made.roles:
        raise UsageError("--role: at least one; nothing was changed")
    if made.os_user and not _OS_USER.fullmatch(made.os_user):
        raise UsageError(
            "--os-user: want a user's name on this machine, up to 64 characters without spaces; nothing was changed"
        )
    if not has_key and not made.os_user:
        raise UsageError(
            "without a key somebody has to be known as a user of the machine: --os-user; nothing was changed"
        )
    if made.limit is not None and made.limit < 0:
        raise UsageError("--limit: want dollars, 0 or more; nothing was changed")


def _require_nobody_elses(made: Account, known: Collection[Account]) -> None:
    if made.os_user and any(one.os_user == made.os_user and one.name != made.name for one in known):
        raise UsageError(f"user {made.os_user} of the machine is an account already; gateway users list")


def _require_another_admin(name: str, known: Collection[Account]) -> None:
    if not any(one.may(Right.RUN_ACCOUNTS) for one in known if one.name != name):
        raise UsageError(f"{name} is the last account that runs the accounts: make another admin first")


def _in_use(tx: Transaction, office: Office, name: str) -> Account:
    account = accounts.find(tx, office.practice.key, name)
    if account is None:
        raise UsageError(f"there is no account {name}; gateway users list")
    if account.disabled_at is not None:
        raise UsageError(f"account {name} was disabled already; make another for the person: gateway users add")
    return account


def _told(account: Account) -> str:
    limit = "" if account.limit is None else f", up to {shown(account.limit)}"
    return f"{', '.join(sorted(account.roles))}{limit}"


def _ways(account: Account, *, has_key: bool) -> str:
    ways = (("a key", has_key), (f"user {account.os_user} of the machine", account.os_user))
    return " or ".join(way for way, has in ways if has)


def _tell(tx: Transaction, office: Office, kind: str, about: str, said: str, reason: str) -> None:
    event = Event(kind=kind, about=about, said=said, artefact="person", actor=office.actor, reason=reason)
    events.write(tx, office.practice.key, event, at=office.clock.now())
