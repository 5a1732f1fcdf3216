"""Control numbers: taken inside the transaction that uses them, so that a rollback burns none.

They count 1 to 999,999,999 and then start again in a new cycle; 0 is never used. (An SQL sequence would leak numbers
on rollback, and a gap looks like a lost file to a partner who counts.)
"""

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, select, update

from gateway.errors import UsageError
from gateway.ledger.instance import require_released
from gateway.ledger.practices import secret_of
from gateway.ledger.tables import control_numbers

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

LAST = 999_999_999
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: they are misread over the telephone
_PCN_LENGTH = 13


class Number(NamedTuple):
    """A control number and the cycle it belongs to."""

    cycle: int
    number: int

    def plus(self, steps: int) -> "Number":
        """Give the number so many steps on, over the end of the cycle if need be."""
        cycles, number = divmod(self.number - 1 + steps, LAST)
        return Number(self.cycle + cycles, number + 1)


def take(tx: Connection, practice: str, partner: str, kind: str, *, count: int = 1) -> Number:
    """Take the next number of that kind (interchange, group) for that partner. The transaction must be a writing one.

    count  how many are taken in a row; the first of them is given

    Raises LedgerHeld if the ledger may be older than what was sent: it would give out the same numbers again.
    """
    require_released(tx)
    row = {"practice": practice, "partner": partner, "kind": kind}
    tx.execute(_insert(tx).values(**row, cycle=1, last=0).on_conflict_do_nothing())
    c = control_numbers.c
    taken = tx.execute(
        update(control_numbers)
        .where(c.practice == practice, c.partner == partner, c.kind == kind)
        .values(cycle=c.cycle + (c.last - 1 + count) // LAST, last=(c.last - 1 + count) % LAST + 1)
        .returning(c.cycle, c.last)
    ).one()
    return Number(*taken).plus(1 - count)


def jump(tx: Connection, practice: str, partner: str, kind: str, to: Number) -> Number | None:
    """Let the next number be the one after `to`; gives the last one before. Raises UsageError if that is not forward."""
    before = last(tx, practice, partner, kind)
    if not 1 <= to.number <= LAST or (before is not None and to <= before):
        said = f"{before.number:09d} of cycle {before.cycle}" if before else "no number"
        raise UsageError(
            f"control numbers only go forward: {said} was used last, and {to.number:09d} of cycle {to.cycle} is not "
            "behind it; nothing was changed"
        )
    row = {"practice": practice, "partner": partner, "kind": kind, "cycle": to.cycle, "last": to.number}
    wanted = _insert(tx).values(**row)
    key = ["practice", "partner", "kind"]
    tx.execute(wanted.on_conflict_do_update(index_elements=key, set_={"cycle": to.cycle, "last": to.number}))
    return before


def every(tx: Connection, practice: str) -> dict[tuple[str, str], Number]:
    """Give the last number of each kind and partner, by (kind, partner)."""
    rows = tx.execute(select(control_numbers).where(control_numbers.c.practice == practice)).mappings()
    return {(row["kind"], row["partner"]): Number(row["cycle"], row["last"]) for row in rows}


def last(tx: Connection, practice: str, partner: str, kind: str) -> Number | None:
    """Give the number taken last; None if none was."""
    c = control_numbers.c
    row = tx.execute(
        select(c.cycle, c.last).where(c.practice == practice, c.partner == partner, c.kind == kind)
    ).first()
    return None if row is None else Number(*row)


def patient_control_numbers(tx: Connection, practice: str, count: int) -> tuple[str, ...]:
    """Draw patient control numbers: 13 characters, opaque, never given twice in this practice.

    Each is the keyed hash of a counter: nobody can tell from one number how many claims there are, or guess another.
    The unique key of the ledger stands behind the odds of 1 in 2**65 that two counters hash alike.
    """
    if not count:
        return ()
    first, key = take(tx, practice, "", "pcn", count=count), secret_of(tx, practice)
    return tuple(_opaque(first.plus(step), key) for step in range(count))


def _opaque(counted: Number, key: bytes) -> str:
    drawn = hashlib.blake2b(f"{counted.cycle}/{counted.number}".encode(), key=key, digest_size=9).digest()
    value = int.from_bytes(drawn, "big")
    return "".join(_LETTERS[(value >> (5 * place)) & 31] for place in range(_PCN_LENGTH))


def _insert(tx: Connection) -> "postgresql.Insert | sqlite.Insert":
    """Begin an insert in the dialect of the ledger at hand; the other one is not loaded."""
    if tx.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert  # noqa: PLC0415 only where the ledger is one

        return insert(control_numbers)
    from sqlalchemy.dialects.sqlite import insert as sqlite_insert  # noqa: PLC0415 only where the ledger is one

    return sqlite_insert(control_numbers)
