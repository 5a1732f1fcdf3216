"""Any list, asked in the one filter language: its rows in pages, and the total under them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from gateway.errors import UsageError
from gateway.ledger import Transaction, lists
from gateway.ledger.lists import Page
from gateway.listing import Asked, Condition, Field, Kind, Total, read
from gateway.service.office import Office
from gateway.settings import Settings

T = TypeVar("T")

NAMED = 40
"""So many values are named to somebody who asked for one that does not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lister(Generic[T]):
    """One list.

    plural       what its rows are called
    fields       what it may be asked by
    source       how the ledger reads it
    page_of      gives its rows
    unless_said  conditions that hold unless the filter names their field
    parents      fields whose value also means all that begin with it and a dot
    configured   values that exist by configuration, by field: asking for one that has no row yet is no mistake
    """

    plural: str
    fields: tuple[Field, ...]
    source: lists.List
    page_of: Callable[[Transaction, str, Asked], Page[T]]
    unless_said: tuple[Condition, ...] = ()
    parents: frozenset[str] = frozenset()
    configured: Mapping[str, Callable[[Settings], Sequence[str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What somebody asks a list: a filter as it was typed; `sort`, `after` and `limit` as in Asked.

    awaits  whether what is asked for may still come, as when the log is followed: then no value is refused as unknown
    """

    filter: str = ""
    sort: str = ""
    after: str = ""
    limit: int = 100
    awaits: bool = False


def understood(office: Office, lister: Lister[T], request: Request) -> Asked:
    """Understand a request, with what holds by itself.

    Raises UsageError if the filter is not understood, or names a value that does not exist.
    """
    said = read(request.filter, lister.fields, today=office.clock.today())
    named = {one.field for one in said}
    meant = (*said, *(one for one in lister.unless_said if one.field not in named))
    if not request.awaits:
        with office.ledger.reading() as tx:
            for one in meant:
                _require_known(tx, office, lister, one)
    return Asked(conditions=meant, sort=request.sort, after=request.after, limit=request.limit, zone=office.clock.zone)


def page_of(office: Office, lister: Lister[T], asked: Asked) -> Page[T]:
    """Give a page of a list."""
    with office.ledger.reading() as tx:
        return lister.page_of(tx, office.practice.key, asked)


def total_of(office: Office, lister: Lister[T], asked: Asked) -> Total:
    """Count the rows of all pages, with their amounts."""
    with office.ledger.reading() as tx:
        return lists.total(tx, office.practice.key, lister.source, asked)


def rows(office: Office, lister: Lister[T], request: Request) -> Page[T]:
    """Give a page of a list. Raises UsageError as `understood` does."""
    return page_of(office, lister, understood(office, lister, request))


def total(office: Office, lister: Lister[T], request: Request) -> Total:
    """Count the rows of all pages, with their amounts. Raises UsageError as `understood` does."""
    return total_of(office, lister, understood(office, lister, request))


def _require_known(tx: Transaction, office: Office, lister: Lister[T], condition: Condition) -> None:
    asked = next(one for one in lister.fields if one.name == condition.field)
    if asked.kind is not Kind.CODE:
        return
    by, practice = lister.source.fields[asked.name], office.practice.key
    by_configuration = lister.configured.get(asked.name)
    configured = set(by_configuration(office.settings)) if by_configuration is not None else set()
    for value in condition.wanted:
        if value in configured or lists.knows(tx, practice, by, value):
            continue
        there = sorted(configured | set(lists.values(tx, practice, by, limit=NAMED)))
        if asked.name in lister.parents and any(one.startswith(f"{value}.") for one in there):
            continue
        if not there:
            raise UsageError(f"filter: {asked.name}:{value}: there are no {lister.plural} yet")
        some = ", ".join(there[:NAMED]) + (", and more" if len(there) > NAMED else "")
        raise UsageError(f"filter: no {asked.name} is {value!r} here; there is {some}")
