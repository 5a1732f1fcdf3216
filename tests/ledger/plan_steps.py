"""What a database says that it will read for a statement: which tables, by which columns of an index, and how often.

SQLite and PostgreSQL say it in different words; both are understood as the same few facts.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Index, PrimaryKeyConstraint, UniqueConstraint, event

from gateway.ledger import Ledger
from gateway.ledger.partial_indexes import PARTIAL
from gateway.ledger.tables import metadata

_SQLITE_READ: Final = re.compile(r"(?:SCAN|SEARCH) (?P<table>\S+)(?: .*?\((?P<by>.+)\))?")
_NUMBERED: Final = re.compile(r"_\d+$")
"""What SQLAlchemy puts behind the name of a table that it uses once more, or that it made itself: anon_1."""
_LITERAL: Final = re.compile(r"'(?:[^']|'')*'")
_LARGE: Final = (
    "UPDATE pg_class SET reltuples = reltuples * 10 WHERE relnamespace = 'public'::regnamespace AND reltuples > 0"
)
_BY_INDEX: Final = (
    *(f"enable_{other} = off" for other in ("seqscan", "hashjoin", "mergejoin", "material")),
    # The tables of a test have few pages, and reading all of them costs next to nothing: it is rows that are counted.
    *(f"{kind}_page_cost = 0.01" for kind in ("seq", "random")),
)
_INDEX_SCANS: Final = frozenset({"Index Scan", "Index Only Scan", "Bitmap Index Scan"})
_KEYS: Final = (
    one
    for table in metadata.tables.values()
    for one in (*table.indexes, *table.constraints)
    if isinstance(one, Index | PrimaryKeyConstraint | UniqueConstraint)
)
_FIRST_COLUMN: Final = {str(one.name): one.columns[0].name for one in (*_KEYS, *PARTIAL)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A query as it went to the driver."""

    text: str
    values: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One reading of a table.

    table     its name; empty for rows that the database made on the way
    by        the columns by which an index is entered, the first one of the index first; none: it is read whole
    repeated  whether it is done again for each row of something else
    said      the database's own words
    """

    table: str
    by: tuple[str, ...]
    repeated: bool
    said: str


@contextmanager
def recorded(ledger: Ledger) -> Iterator[list[Statement]]:
    """Keep every query that is asked inside, each wording once for the same values."""
    seen: dict[str, Statement] = {}

    def keep(_tx: object, _cursor: object, text: str, values: object, *_: object) -> None:
        if text.startswith("SELECT"):
            seen.setdefault(f"{text} {values}", Statement(text=text, values=values))

    found: list[Statement] = []
    event.listen(ledger.engine, "before_cursor_execute", keep)
    try:
        yield found
    finally:
        event.remove(ledger.engine, "before_cursor_execute", keep)
        found += seen.values()


@contextmanager
def as_if_large(ledger: Ledger, *, by_index: bool = False) -> Iterator[Connection]:
    """Have PostgreSQL take tables for ten times as large as they are: it reads small ones whole, whatever indexes they have.

    by_index  whether it also enters an index wherever one fits: what it still reads whole, none fits
    """
    with ledger.engine.connect() as tx:
        if tx.dialect.name == "postgresql":
            tx.exec_driver_sql(_LARGE)
            for setting in _BY_INDEX if by_index else ():
                tx.exec_driver_sql(f"SET LOCAL {setting}")
        yield tx
        tx.rollback()


def reads(tx: Connection, statement: Statement) -> tuple[Read, ...]:
    """Ask a database what it reads for a statement."""
    return _READS[tx.dialect.name](tx, statement)


def _of_sqlite(tx: Connection, statement: Statement) -> tuple[Read, ...]:
    steps: dict[int, list[tuple[int, str]]] = {}
    for number, parent, _, said in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement.text}", statement.values):
        steps.setdefault(parent, []).append((number, said))
    return tuple(_beneath(steps, 0, repeated=False))


def _beneath(steps: Mapping[int, Sequence[tuple[int, str]]], parent: int, *, repeated: bool) -> Iterator[Read]:
    """Go through the steps of one SELECT: each table is read for each row of those before it.

    So is a subquery that names them; any other is asked once.
    """
    again = repeated
    for number, said in steps.get(parent, ()):
        found = _SQLITE_READ.match(said)
        if found is not None:
            by = _sqlite_columns(said, found["by"])
            yield Read(table=_table(found["table"]), by=by, repeated=again, said=said)
        either = said == "MULTI-INDEX OR"
        yield from _beneath(steps, number, repeated=again if either else repeated or said.startswith("CORRELATED"))
        again = again or either or found is not None


def _table(called: str) -> str:
    name = _NUMBERED.sub("", called)
    if name in metadata.tables:
        return name
    # Under a name that nobody knows, a table would be overlooked.
    assert name in {"anon", "CONSTANT"} or name.startswith("("), f"no table is called {called}"
    return ""


def _sqlite_columns(said: str, conditions: str | None) -> tuple[str, ...]:
    # An automatic index is made anew for each statement, from the whole table.
    if conditions is None or not said.startswith("SEARCH") or " AUTOMATIC " in said:
        return ()
    columns = (re.split(r"[=<>]", one)[0].strip("() ") for one in conditions.split(" AND "))
    return tuple("id" if one == "rowid" else one for one in columns)


def _of_postgresql(tx: Connection, statement: Statement) -> tuple[Read, ...]:
    plan = tx.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement.text}", statement.values).scalar_one()
    (whole,) = json.loads(plan) if isinstance(plan, str) else plan
    return tuple(_within(whole["Plan"], "", repeated=False))


def _within(node: Mapping[str, Any], table: str, *, repeated: bool) -> Iterator[Read]:
    kind, table = node["Node Type"], node.get("Relation Name", table)
    if kind == "Seq Scan" or kind in _INDEX_SCANS:
        said = f"{kind} {table} {node.get('Index Name', '')} {node.get('Index Cond', '')}"
        yield Read(table=table, by=_postgresql_columns(node), repeated=repeated, said=said)
    for one in node.get("Plans", ()):
        yield from _within(one, table, repeated=repeated or _is_repeated(node, one))


def _is_repeated(node: Mapping[str, Any], part: Mapping[str, Any]) -> bool:
    if part["Parent Relationship"] == "SubPlan":
        return f"hashed {part['Subplan Name']}" not in str(node)
    # What is done for one row that was found by its name is done once.
    is_inner = node["Node Type"] == "Nested Loop" and part["Parent Relationship"] == "Inner"
    return is_inner and bool(node["Plans"][0]["Plan Rows"] > 1)


def _postgresql_columns(node: Mapping[str, Any]) -> tuple[str, ...]:
    if "Index Cond" not in node:
        return ()
    conditions = _LITERAL.sub("?", node["Index Cond"]).replace("ROW(", "(").split(" AND ")
    named = [re.findall(r"\w+", one)[0] for one in conditions]
    first = _FIRST_COLUMN[node["Index Name"]]
    # An index that is entered by anything but its first column is read from end to end.
    return (first, *(one for one in named if one != first)) if first in named else ()


_READS: Final[Mapping[str, Callable[[Connection, Statement], tuple[Read, ...]]]] = {
    "sqlite": _of_sqlite,
    "postgresql": _of_postgresql,
}
