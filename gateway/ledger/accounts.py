"""The accounts of a practice. A key is kept as its hash alone; what was decided under an account stays for good."""

from datetime import datetime

from sqlalchemy import Connection, RowMapping, insert, inspect, select, update

from gateway.accounts import Account, Role
from gateway.errors import LedgerConflict
from gateway.ledger.database import Ledger
from gateway.ledger.tables import accounts
from gateway.money import cents, from_cents

_KNOWN = (
    accounts.c.name,
    accounts.c.person,
    accounts.c.roles,
    accounts.c.os_user,
    accounts.c.limit_cents,
    accounts.c.created_at,
    accounts.c.disabled_at,
)
"""What is told of an account: its hash stays in the ledger."""


def are_kept(ledger: Ledger) -> bool:
    """Tell whether the ledger is new enough to keep accounts; one without tables, or an older one, keeps none."""
    with ledger.reading() as tx:
        return inspect(tx).has_table(accounts.name)


def exist(tx: Connection, practice: str) -> bool:
    """Tell whether the practice has accounts; disabled ones count, so that disabling the last opens no door."""
    return tx.execute(select(accounts.c.id).where(accounts.c.practice == practice).limit(1)).first() is not None


def all_of(tx: Connection, practice: str) -> tuple[Account, ...]:
    """Give every account of the practice by its name, disabled ones too."""
    rows = tx.execute(select(*_KNOWN).where(accounts.c.practice == practice).order_by(accounts.c.name)).mappings()
    return tuple(map(_account, rows))


def find(tx: Connection, practice: str, name: str) -> Account | None:
    """Give the account of that name, or None."""
    query = select(*_KNOWN).where(accounts.c.practice == practice, accounts.c.name == name)
    row = tx.execute(query).mappings().first()
    return None if row is None else _account(row)


def of_os_user(tx: Connection, practice: str, user: str) -> Account | None:
    """Give the account that a user of the operating system is, or None."""
    query = select(*_KNOWN).where(accounts.c.practice == practice, accounts.c.os_user == user, accounts.c.os_user != "")
    row = tx.execute(query).mappings().first()
    return None if row is None else _account(row)


def key_hash_of(tx: Connection, practice: str, name: str) -> str:
    """Give the hash of an account's key; empty if it has none, or there is no such account."""
    query = select(accounts.c.key_hash).where(accounts.c.practice == practice, accounts.c.name == name)
    return tx.execute(query).scalar() or ""


def add(tx: Connection, practice: str, account: Account, *, key_hash: str) -> None:
    """Add an account. Raises LedgerConflict, at the end of the transaction at the latest, if the name or the user is taken."""
    its = {"practice": practice, "name": account.name, "key_hash": key_hash, "created_at": account.created_at}
    tx.execute(insert(accounts).values(**its, **_values(account)))


def disable(tx: Connection, practice: str, name: str, *, at: datetime) -> None:
    """Let nobody in under an account any more. The user of the machine that it was may be another account."""
    which = (accounts.c.practice == practice, accounts.c.name == name, accounts.c.disabled_at.is_(None))
    if tx.execute(update(accounts).where(*which).values(disabled_at=at, key_hash="", os_user=None)).rowcount != 1:
        raise LedgerConflict(f"account {name} is not in use any more; read it again")


def change(tx: Connection, practice: str, account: Account) -> None:
    """Give the account of that name other roles, another limit, person or user of the machine."""
    which = (accounts.c.practice == practice, accounts.c.name == account.name)
    tx.execute(update(accounts).where(*which).values(**_values(account)))


def set_key(tx: Connection, practice: str, name: str, *, key_hash: str) -> None:
    """Give an account another key; the one before lets nobody in any more."""
    tx.execute(
        update(accounts).where(accounts.c.practice == practice, accounts.c.name == name).values(key_hash=key_hash)
    )


def _values(account: Account) -> dict[str, object]:
    return {
        "person": account.person,
        "roles": " ".join(sorted(account.roles)),
        "os_user": account.os_user or None,
        "limit_cents": None if account.limit is None else cents(account.limit),
    }


def _account(row: RowMapping) -> Account:
    return Account(
        name=row["name"],
        person=row["person"],
        roles=frozenset(map(Role, row["roles"].split())),
        os_user=row["os_user"] or "",
        limit=None if row["limit_cents"] is None else from_cents(row["limit_cents"]),
        created_at=row["created_at"],
        disabled_at=row["disabled_at"],
    )
