"""Every list is read here: by an index that begins with the practice, in pages by key, with its total.

A list has one table whose ids are its rows. What it may be asked by is a predicate on that table; those that an index
serves are counted first, up to a few thousand entries, and the one with the fewest drives: the other predicates are kept
away from the planner, which knows no better which of two indexes has fewer rows for this practice and these values.
Where an index parts its entries further by a state (practice, payer, state, id), each state is a run of its own that is
in order already, and the runs are merged.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Generic, TypeAlias, TypeVar

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    RowMapping,
    Select,
    TextClause,
    and_,
    false,
    func,
    literal_column,
    not_,
    select,
    tuple_,
    union_all,
)

from gateway.errors import UsageError
from gateway.ledger.columns import Instant
from gateway.ledger.parameters import some_at_once
from gateway.ledger.unindexed import Unindexed
from gateway.listing import Asked, Condition, Total

_COUNTED: Final = 20_000
"""So many entries of an index are counted at most: beyond that any index will do."""
_RUNS_MAX: Final = 60
"""So many runs are merged at most: SQLite puts no more than 500 into one statement, and beyond a few dozen sorting is quicker."""
_DIGITS_MAX: Final = 18

Ids: TypeAlias = Callable[[str, Condition], Select[tuple[int]]]
"""Told the practice and a condition: the list's ids that another table knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """A field that an index serves.

    split   whether the index is parted by the list's split: (practice, column, split, id), else (practice, column, id)
    inside  whether the split goes first: (practice, split, column, id)
    also    what the index holds only rows of, word for word as it was made
    """

    column: Column[Any]
    split: bool = False
    inside: bool = False
    also: TextClause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """A field that no index serves: it only thins out what another one gives."""

    column: ColumnElement[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """A field of another table, by an index of that one.

    column    tells which values there are
    practice  of that table
    link      the column of that table that names the list's rows, where an index has it: rows are then looked at one by
              one if very many have the value, which is soon done just because there are many
    """

    ids: Ids
    column: Column[Any]
    practice: Column[str]
    link: Column[int] | None = None


By: TypeAlias = Indexed | Plain | Elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class List:
    """How a list is read.

    id, practice  of the table whose rows it shows
    stored        its rows whole, with whatever is joined to them
    fields        what it may be asked by
    sorts         what it may be sorted by
    split         the column that parts the indexes further, and the values that are shown unless others are asked for
    standing      the table to join, and how, that tells rows that stand from those that do not; None where all do
    all_of        values of `split` that rows of the past have: where only those are asked for, all are shown
    meant         what a condition stands for in the columns; None: itself
    amount        cents of a row; None where it has none
    """

    id: Column[int]
    practice: Column[str]
    stored: Select[Any]
    fields: Mapping[str, By]
    sorts: Mapping[str, Column[Any]]
    split: Column[str] | None = None
    split_values: tuple[str, ...] = ()
    standing: tuple[FromClause, ColumnElement[bool]] | None = None
    all_of: frozenset[str] = frozenset()
    meant: Callable[[Connection, str, Condition], Condition] | None = None
    amount: Column[int] | None = None


R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """Some rows, and where the next page begins: "" when there is none."""

    rows: tuple[R, ...]
    next_after: str


def page(tx: Connection, practice: str, of: List, asked: Asked, stored: Callable[[RowMapping], R]) -> Page[R]:
    """Give a page of a list, each row made by `stored`.

    Raises UsageError if `asked.after` or `asked.sort` is none of this list.
    """
    plan = _plan(tx, practice, of, asked)
    # One more than is shown tells whether another page follows.
    ids = _ids(tx, of, plan, asked.after, asked.limit + 1)
    shown = _rows(tx, practice, of, ids[: asked.limit])
    return Page(tuple(stored(row) for row in shown), _after(plan, shown[-1]) if len(ids) > len(shown) else "")


def _rows(tx: Connection, practice: str, of: List, ids: list[int]) -> tuple[RowMapping, ...]:
    owner = _owner_beside_ids(of)
    found: dict[int, RowMapping] = {}
    for some in some_at_once(ids):
        query = of.stored.where(owner == practice, of.id.in_(some))
        found |= {row["id"]: row for row in tx.execute(query).mappings()}
    return tuple(found[one] for one in ids)


def _after(plan: "_Plan", last: RowMapping) -> str:
    return str(last["id"]) if plan.column is None else f"{last[plan.column.name]}~{last['id']}"


def total(tx: Connection, practice: str, of: List, asked: Asked) -> Total:
    """Count the rows of all pages, and add up their amounts."""
    plan = _plan(tx, practice, of, asked)
    amount = func.coalesce(func.sum(of.amount), 0) if of.amount is not None else literal_column("0")
    counted = select(func.count().label("rows"), amount.label("cents")).select_from(of.id.table)
    number, cents = tx.execute(_kept(counted, of, plan, plan.drives)).one()
    return Total(count=int(number), cents=int(cents) if of.amount is not None else None)


def knows(tx: Connection, practice: str, by: By, value: str) -> bool:
    """Tell whether any row, of whatever state, has that value in a field."""
    column, owner = _where_it_stands(by)
    return tx.execute(select(column).where(owner == practice, column == value).limit(1)).first() is not None


def values(tx: Connection, practice: str, by: By, *, limit: int) -> tuple[str, ...]:
    """Give the values that a field has, in order, from the index alone; one more than `limit` tells that there are more."""
    column, owner = _where_it_stands(by)
    found: list[str] = []
    while len(found) <= limit:
        query = select(func.min(column)).where(owner == practice, column > (found[-1] if found else ""))
        least = tx.execute(query).scalar()
        if least is None:
            break
        found.append(least)
    return tuple(found)


def _where_it_stands(by: By) -> tuple[Column[Any], Column[Any]]:
    assert not isinstance(by, Plain), "its values are not looked up: no index has them"
    if isinstance(by, Elsewhere):
        return by.column, by.practice
    return by.column, by.column.table.c.practice


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """How a list is gone through.

    owner     whose rows; kept away from the indexes where another table's ids drive
    runs      what drives, as runs that are each in the order of ids: more conditions for each
    drives    the same in one piece, for totals
    thins     the other conditions, kept away from the indexes
    splits    the values of the list's split that are wanted
    column    what rows are sorted by; None: their ids
    descends  whether the largest goes first
    """

    owner: ColumnElement[bool]
    runs: tuple[tuple[ColumnElement[bool], ...], ...]
    drives: tuple[ColumnElement[bool], ...]
    thins: tuple[ColumnElement[bool], ...]
    splits: tuple[str, ...]
    column: Column[Any] | None
    descends: bool


def _plan(tx: Connection, practice: str, of: List, asked: Asked) -> _Plan:
    meant = asked.conditions
    if of.meant is not None:
        meant = tuple(of.meant(tx, practice, one) for one in meant)
    splits, others = _splits(of, meant)
    driver = _fewest(tx, practice, of, asked, splits, others)
    column, descends = _sorted_by(of, asked)
    far = driver is not None and isinstance(of.fields[driver.field], Elsewhere)
    drives = () if driver is None else _driving(of, practice, driver, asked)
    parted = of.split is not None and bool(splits) and _is_parted(of, driver, column, splits)
    thins = [_thinned(of, practice, one, asked) for one in others if one is not driver]
    if column is not None:
        thins.append(column.is_not(None))  # rows that are not in the order are in no page, and in no total
    if of.split is not None and not parted:
        thins.append(Unindexed(of.split).in_(splits))
    return _Plan(
        owner=(_owner_beside_ids(of) if far else of.practice) == practice,
        runs=_runs(of, driver, drives, splits if parted else ()),
        drives=(*drives, of.split.in_(splits)) if parted and of.split is not None else drives,
        thins=tuple(thins),
        splits=splits,
        column=column,
        descends=descends,
    )


def _owner_beside_ids(of: List) -> ColumnElement[Any]:
    """The practice, where ids are known: kept away from the indexes, unless only both together are a key of the table."""
    return Unindexed(of.practice) if of.id.primary_key else of.practice


def _driving(of: List, practice: str, driver: Condition, asked: Asked) -> tuple[ColumnElement[bool], ...]:
    by = of.fields[driver.field]
    if isinstance(by, Elsewhere):
        return (of.id.in_(by.ids(practice, driver)),)
    assert isinstance(by, Indexed), "only what an index serves drives"
    return (_holds(by.column, driver, asked), *(() if by.also is None else (by.also,)))


def _is_parted(of: List, driver: Condition | None, column: Column[Any] | None, splits: tuple[str, ...]) -> bool:
    """Tell whether the index that drives is parted by the list's split, so that each of its values is a run of its own."""
    if driver is not None:
        by = of.fields[driver.field]
        return isinstance(by, Indexed) and by.split
    # All rows in the order of a column that has an index of its own stand in that one, whatever their state.
    ordered = any(isinstance(by, Indexed) and by.column is column and not by.split for by in of.fields.values())
    return not (ordered and splits == of.split_values)


def _runs(
    of: List, driver: Condition | None, drives: tuple[ColumnElement[bool], ...], splits: tuple[str, ...]
) -> tuple[tuple[ColumnElement[bool], ...], ...]:
    """Part what drives into runs: one for each value that is wanted, in each value of the split if it is given any."""
    runs: tuple[tuple[ColumnElement[bool], ...], ...] = (drives,)
    by = None if driver is None else of.fields[driver.field]
    if driver is not None and isinstance(by, Indexed) and driver.wanted:
        runs = tuple((by.column == one, *drives[1:]) for one in driver.wanted)
    if of.split is None or not splits:
        return runs if len(runs) <= _RUNS_MAX else (drives,)
    parted = tuple((*run, of.split == split) for run in runs for split in splits)
    return parted if len(parted) <= _RUNS_MAX else ((*drives, of.split.in_(splits)),)


def _splits(of: List, conditions: Sequence[Condition]) -> tuple[tuple[str, ...], tuple[Condition, ...]]:
    """Take the conditions on the split apart from the others: they say which of its values are wanted."""
    mine = [one for one in conditions if of.split is not None and _is_split(of, one)]
    asked = [set(one.wanted) for one in mine if not one.negated]
    # What is not shown by itself is shown when it is asked for.
    splits = tuple(sorted(set.intersection(*asked))) if asked else of.split_values
    splits = tuple(value for value in splits if not any(one.negated and value in one.wanted for one in mine))
    return splits, tuple(one for one in conditions if one not in mine)


def _is_split(of: List, condition: Condition) -> bool:
    by = of.fields[condition.field]
    return isinstance(by, Indexed) and by.column is of.split


def _fewest(
    tx: Connection, practice: str, of: List, asked: Asked, splits: tuple[str, ...], others: Sequence[Condition]
) -> Condition | None:
    """Choose the condition whose index has the fewest entries; None: the list's own order drives."""
    candidates = [one for one in others if not one.negated and not isinstance(of.fields[one.field], Plain)]
    if not candidates:
        return None
    narrowed = of.split is not None and set(splits) != set(of.split_values)
    counted = [(_entries(tx, practice, of, one, asked, splits), _rank(of.fields[one.field]), one) for one in candidates]
    fewest = min(counted, key=lambda one: one[:2])
    by = of.fields[fewest[2].field]
    if isinstance(by, Elsewhere) and by.link is not None and fewest[0] >= _COUNTED:
        return None
    if narrowed and of.split is not None and fewest[1] > 0:
        inside: Select[Any] = select(literal_column("1")).where(of.practice == practice, of.split.in_(splits))
        if _counted(tx, inside) < fewest[0]:
            return None
    return fewest[2]


def _rank(by: By) -> int:
    """Where several have many entries, one whose index is parted by the split goes first: it thins out by itself."""
    return 0 if isinstance(by, Indexed) and by.split else 1 if isinstance(by, Elsewhere) else 2


def _entries(
    tx: Connection, practice: str, of: List, condition: Condition, asked: Asked, splits: tuple[str, ...]
) -> int:
    by = of.fields[condition.field]
    if isinstance(by, Elsewhere):
        return _counted(tx, by.ids(practice, condition))
    assert isinstance(by, Indexed), "only what an index serves is counted"
    query: Select[Any] = select(literal_column("1")).where(of.practice == practice, _holds(by.column, condition, asked))
    if by.also is not None:
        query = query.where(by.also)
    if by.inside and of.split is not None:
        query = query.where(of.split.in_(splits))
    return _counted(tx, query)


def _counted(tx: Connection, query: Select[Any]) -> int:
    return int(tx.execute(select(func.count()).select_from(query.limit(_COUNTED).subquery())).scalar_one())


def _ids(tx: Connection, of: List, plan: _Plan, after: str, limit: int) -> list[int]:
    keys = [of.id] if plan.column is None else [plan.column, of.id]
    behind = tuple(_behind(of, plan, after))
    runs = []
    for run in plan.runs:
        query = _kept(select(*keys), of, plan, (*run, *behind))
        runs.append(query.order_by(*(one.desc() if plan.descends else one for one in keys)).limit(limit))
    if len(runs) == 1:
        return [row[-1] for row in tx.execute(runs[0])]
    merged = union_all(*(select(run.subquery()) for run in runs)).subquery()
    order = [one.desc() if plan.descends else one for one in merged.c]
    return [row[-1] for row in tx.execute(select(merged).order_by(*order).limit(limit))]


def _kept(
    query: Select[*tuple[Any, ...]], of: List, plan: _Plan, drives: tuple[ColumnElement[bool], ...]
) -> Select[*tuple[Any, ...]]:
    """Keep a query to the rows that a plan means.

    They are those that stand, where the list has others; where only states of the past are asked for, all are shown.
    """
    if of.standing is not None and not set(plan.splits) <= of.all_of:
        query = query.join(*of.standing)
    return query.where(plan.owner, *drives, *plan.thins)


def _sorted_by(of: List, asked: Asked) -> tuple[Column[Any] | None, bool]:
    """Say which column rows are sorted by; None: their ids. Whoever asks for days is given them in order of days."""
    name, descends = asked.sort.removeprefix("-"), asked.sort.startswith("-")
    if not name:
        ranged = (of.fields[one.field] for one in asked.conditions if not one.wanted and not one.negated)
        columns = [
            by.column for by in ranged if isinstance(by, Indexed) and any(by.column is one for one in of.sorts.values())
        ]
        return (columns[0] if columns else None), descends
    if name == "entry":
        return None, descends
    if name not in of.sorts:
        raise UsageError(
            f"--sort: this list is sorted by {', '.join(('entry', *of.sorts))}, a minus before it for the largest first; not {name!r}"
        )
    return of.sorts[name], descends


def _behind(of: List, plan: _Plan, after: str) -> Iterator[ColumnElement[bool]]:
    if not after:
        return
    value, _, number = after.rpartition("~")
    try:
        found = None if plan.column is None else _parsed(plan.column, value)
    except (ValueError, TypeError):
        number = ""
    if not number.isdecimal() or len(number) > _DIGITS_MAX:
        raise UsageError(f"--after: {after!r} is no place in this list; take it from `more:` or next_after")
    if plan.column is None:
        yield of.id < int(number) if plan.descends else of.id > int(number)
    else:
        here, there = tuple_(plan.column, of.id), (found, int(number))
        yield here < there if plan.descends else here > there


def _parsed(column: Column[Any], value: str) -> object:
    wanted = column.type.python_type
    return date.fromisoformat(value) if wanted is date else wanted(value)


def _thinned(of: List, practice: str, condition: Condition, asked: Asked) -> ColumnElement[bool]:
    by = of.fields[condition.field]
    if isinstance(by, Elsewhere):
        ids = by.ids(practice, condition)
        if by.link is None:
            found: ColumnElement[bool] = Unindexed(of.id).in_(ids)
        else:
            found = ids.where(by.link == of.id).correlate(of.id.table).exists()
        return not_(found) if condition.negated else found
    held = _holds(Unindexed(by.column), condition, asked)
    # A row without a value is not among those that have one.
    return not_(func.coalesce(held, false())) if condition.negated else held


def _holds(column: ColumnElement[Any], condition: Condition, asked: Asked) -> ColumnElement[bool]:
    if condition.wanted:
        return column == condition.wanted[0] if len(condition.wanted) == 1 else column.in_(condition.wanted)
    least, most = condition.least, condition.most
    if isinstance(column.type, Instant):
        least = _begins(least, asked) if isinstance(least, date) else None
        most = _begins(most + timedelta(days=1), asked) if isinstance(most, date) else None
        bounds = [column >= least] if least is not None else []
        bounds += [column < most] if most is not None else []
    else:
        bounds = [column >= least] if least is not None else []
        bounds += [column <= most] if most is not None else []
    # Neither a value nor a bound: nothing is meant, as when all severities but all of them are asked for.
    return and_(*bounds) if bounds else false()


def _begins(day: date, asked: Asked) -> datetime:
    return datetime.combine(day, time(), asked.zone)
