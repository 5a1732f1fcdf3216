"""Triggers of tables that a revision rebuilds.

SQLite cannot change most of a table in place: it is made anew and takes the old one's name, and the old one's triggers are
gone with it, without a word. What they guard must not depend on whoever writes the next revision thinking of that.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A trigger as the database has it. `made_by` is its statement."""

    name: str
    table: str
    made_by: str


def triggers_of(connection: Connection) -> tuple[Trigger, ...]:
    """List the triggers that a rebuild would lose: none on PostgreSQL, which changes its tables in place."""
    if connection.dialect.name != "sqlite":
        return ()
    query = text("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid")
    return tuple(Trigger(name=name, table=table, made_by=sql) for name, table, sql in connection.execute(query))


def recreate_triggers(connection: Connection, before: tuple[Trigger, ...]) -> None:
    """Make those of `before` anew that are gone while their table is still there.

    A revision that wants one gone makes another of the same name in its place: what guards a table is never only dropped.
    """
    there = {trigger.name for trigger in triggers_of(connection)}
    tables = (
        set(connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars())
        if before
        else set()
    )
    for trigger in before:
        if trigger.name not in there and trigger.table in tables:
            connection.exec_driver_sql(trigger.made_by)
