"""Control numbers: taken inside the transaction that uses them, so that a rollback burns none.

Interchanges count 1 to 999,999,999 and then start again in a new cycle; 0 is never used. (An SQL sequence would leak numbers
on rollback, and a gap looks like a lost file to a partner who counts.) What is counted is what a receiver gets from a sender,
by usage: practices that send from one submitter's account share that count. Beside it stands what each practice used last for
each of its partners: by that its home folder notices that the end of a ledger is missing.

Patient control numbers are drawn, not counted.
"""

import secrets
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import Connection, select

from gateway.errors import UsageError
from gateway.ledger.instance import require_released
from gateway.ledger.tables import control_numbers, interchange_numbers
from gateway.partner import Parties

if TYPE_CHECKING:
    from sqlalchemy import Select, Table
    from sqlalchemy.dialects import postgresql, sqlite

LAST = 999_999_999
_KIND: Final = "interchange"
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


_NONE: Final = Number(1, 0)


def upcoming(tx: Connection, practice: str, partner: str, parties: Parties) -> Number:
    """Give the interchange number that comes next."""
    return (latest(tx, practice, partner, parties) or _NONE).plus(1)


def take(tx: Connection, practice: str, partner: str, parties: Parties, wanted: Number) -> bool:
    """Take that very interchange number if it is the next one; tells whether it was.

    The transaction must be a writing one; others who number between these parties wait until it ends. Raises LedgerHeld if
    the ledger may be older than what was sent: it would give out the same numbers again.
    """
    require_released(tx)
    none = {"cycle": _NONE.cycle, "last": _NONE.number}
    tx.execute(_insert(tx, interchange_numbers).values(**parties._asdict(), **none).on_conflict_do_nothing())
    tx.execute(_shared(parties).with_for_update())
    if upcoming(tx, practice, partner, parties) != wanted:
        return False
    _keep(tx, practice, partner, parties, wanted)
    return True


def jump(tx: Connection, practice: str, partner: str, parties: Parties, to: Number) -> Number | None:
    """Let the next number be the one after `to`; gives the last one before. Raises UsageError if that is not forward."""
    before = latest(tx, practice, partner, parties)
    if not 1 <= to.number <= LAST or (before is not None and to <= before):
        said = f"{before.number:09d} of cycle {before.cycle}" if before else "no number"
        raise UsageError(
            f"control numbers only go forward: {said} was used last, and {to.number:09d} of cycle {to.cycle} is not "
            "behind it; nothing was changed"
        )
    _keep(tx, practice, partner, parties, to)
    return before


def carry(tx: Connection, practice: str, old: str, new: str) -> None:
    """Let a partner that has another name from now on go on behind what was used under the old one."""
    used, known = last(tx, practice, old), last(tx, practice, new) or _NONE
    if used is not None and known < used:
        _keep_own(tx, practice, new, used)


def every(tx: Connection, practice: str) -> dict[tuple[str, str], Number]:
    """Give the last number of each kind and partner, by (kind, partner)."""
    rows = tx.execute(select(control_numbers).where(control_numbers.c.practice == practice)).mappings()
    return {(row["kind"], row["partner"]): Number(row["cycle"], row["last"]) for row in rows}


def last(tx: Connection, practice: str, partner: str) -> Number | None:
    """Give the interchange number that this practice used last for that partner; None if it used none."""
    c = control_numbers.c
    row = tx.execute(
        select(c.cycle, c.last).where(c.practice == practice, c.partner == partner, c.kind == _KIND)
    ).first()
    return None if row is None else Number(*row)


def latest(tx: Connection, practice: str, partner: str, parties: Parties) -> Number | None:
    """Give the interchange number that was used last, by this practice or by one that shares the account."""
    shared, own = tx.execute(_shared(parties)).first(), last(tx, practice, partner)
    known = [one for one in (shared and Number(shared.cycle, shared.last), own) if one is not None]
    return max(known, default=None)


def patient_control_numbers(tx: Connection, count: int) -> tuple[str, ...]:
    """Draw patient control numbers: 13 characters, 65 bits at random; the ledger refuses one that was given before.

    Nobody can tell from one how many claims there are, or guess another, and a ledger that was restored draws none again.
    Raises LedgerHeld as `take` does.
    """
    if not count:
        return ()
    require_released(tx)
    return tuple("".join(secrets.choice(_LETTERS) for _ in range(_PCN_LENGTH)) for _ in range(count))


def _keep(tx: Connection, practice: str, partner: str, parties: Parties, used: Number) -> None:
    _put(tx, interchange_numbers, parties._asdict(), used)
    _keep_own(tx, practice, partner, used)


def _keep_own(tx: Connection, practice: str, partner: str, used: Number) -> None:
    _put(tx, control_numbers, {"practice": practice, "partner": partner, "kind": _KIND}, used)


def _put(tx: Connection, table: "Table", key: dict[str, str], used: Number) -> None:
    """Keep under a key which number was used last, whether or not one was before."""
    fields = {"cycle": used.cycle, "last": used.number}
    row = _insert(tx, table).values(**key, **fields)
    tx.execute(row.on_conflict_do_update(index_elements=list(key), set_=fields))


def _shared(parties: Parties) -> "Select[tuple[int, int]]":
    c = interchange_numbers.c
    return select(c.cycle, c.last).where(
        c.sender == parties.sender, c.receiver == parties.receiver, c.usage == parties.usage
    )


def _insert(tx: Connection, table: "Table") -> "postgresql.Insert | sqlite.Insert":
    """Begin an insert in the dialect of the ledger at hand; the other one is not loaded."""
    if tx.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert  # noqa: PLC0415 only where the ledger is one

        return insert(table)
    from sqlalchemy.dialects.sqlite import insert as sqlite_insert  # noqa: PLC0415 only where the ledger is one

    return sqlite_insert(table)
