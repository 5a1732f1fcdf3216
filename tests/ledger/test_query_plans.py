"""No list and no law reads a table that grows with claims more often than it must, on either database."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Connection, Select, select

from gateway.ledger import Ledger, claims, laws, lists, lookups, practices, tables, visits
from gateway.listing import Field, Kind
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.views.claims import CLAIMS
from gateway.service.views.deliveries import DELIVERIES
from gateway.service.views.denials import DENIALS
from gateway.service.views.desk import DESK
from gateway.service.views.inbox import INBOX
from gateway.service.views.lists import Lister, Request, rows, total
from gateway.service.views.log import LOG
from gateway.service.views.remittances import REMITTANCES
from gateway.service.views.visits import VISITS
from tests.ledger.full_ledger import OTHER, STEADY, fill
from tests.ledger.plan_steps import Read, Statement, as_if_large, reads, recorded
from tests.people import NOW, PRACTICE, clock
from tests.service.clinic import settings

LISTS: Final[tuple[Lister[Any], ...]] = (CLAIMS, VISITS, DENIALS, REMITTANCES, DESK, DELIVERIES, INBOX, LOG)
every_list = pytest.mark.parametrize("lister", LISTS, ids=lambda one: one.plural)
LAWS: Final = tuple(
    law
    for name, law in inspect.getmembers(laws, inspect.isfunction)
    if law.__module__ == laws.__name__ and not name.startswith("_")
)
KEYS: Final = frozenset({"id", "key", "pcn", "claim"})
"""Columns of which few rows of a practice have the same value; so are those that name another table's row."""
SAID: Final = {Kind.DAY: ">2026-09-01", Kind.AGE: ">3d", Kind.MONEY: ">1"}


@pytest.fixture(scope="module")
def office(module_ledger: Ledger) -> Office:
    with module_ledger.writing() as tx:
        for key in (PRACTICE.key, OTHER):
            practices.register(tx, replace(PRACTICE, key=key), secret=b"s" * 32, at=NOW)
        fill(tx, count=600)
    return Office(ledger=module_ledger, settings=settings(home=Path("/nowhere")), clock=clock(), actor="test")


def terms(office: Office, lister: Lister[Any]) -> Iterator[str]:
    """Each field of a list's language: some values of it, one value, and all but that one."""
    for field in lister.fields:
        if field.kind in SAID:
            yield f"{field.name}:{SAID[field.kind]}"
        else:
            one, *others = values_of(office, lister, field)
            yield f"{field.name}:{','.join((one, *others[:2]))}"
            yield f"{field.name}:{one}"
            yield f"-{field.name}:{one}"


def values_of(office: Office, lister: Lister[Any], field: Field) -> tuple[str, ...]:
    if field.kind is Kind.CHOICE:
        return tuple(one.replace(" ", "_") for one in field.choices)
    with office.ledger.reading() as tx:
        return lists.values(tx, PRACTICE.key, lister.source.fields[field.name], limit=3)


def pairs(some: list[str]) -> Iterator[str]:
    """A few pairs of terms, each of two different fields."""
    for one, other in zip(some, some[3:], strict=False):
        if one.strip("-").partition(":")[0] != other.strip("-").partition(":")[0]:
            yield f"{one} {other}"


def sorts(lister: Lister[Any]) -> Iterator[str]:
    yield "-entry"
    for name in lister.source.sorts:
        yield from (name, f"-{name}")


def asked(office: Office, lister: Lister[Any], requests: Iterable[Request]) -> list[Statement]:
    """What the ledger is asked for the first page of each request, for a page behind it, and for the total."""
    # Where a page of one row ends is looked up apart: for two rows a database may well walk through a table.
    places = [(one, rows(office, lister, replace(one, limit=1)).next_after) for one in requests]
    with recorded(office.ledger) as statements:
        for request, behind in places:
            rows(office, lister, request)
            if behind:
                rows(office, lister, replace(request, after=behind))
            total(office, lister, request)
    return statements


def faults(tx: Connection, statements: Iterable[Statement], fault: Callable[[Read], str]) -> list[str]:
    """What is wrong with the plans: each fault with the database's own words and the statement."""
    found = ((fault(one), one, each) for each in statements for one in reads(tx, each) if one.table not in STEADY)
    return [f"{what}: {one.said}\n{each.text}" for what, one, each in found if what]


def read_by_a_list(read: Read) -> str:
    """A list enters an index by the practice, or by the id of a row that it has found."""
    if not read.table:
        return asked_again(read)
    if not read.by:
        return "read whole"
    if read.by[0] != "practice" and not is_key(read.by[0]):
        return "not by practice or id"
    return asked_again(read)


def asked_again(read: Read) -> str:
    """What is read for each row of something else is looked up there: otherwise twice the claims take four times as long."""
    return "read again for each row" if read.repeated and not any(is_key(one) for one in read.by) else ""


def is_key(column: str) -> bool:
    return column in KEYS or column.endswith("_id")


def explained(office: Office, statements: list[Statement]) -> list[str]:
    with as_if_large(office.ledger, by_index=True) as tx:
        return faults(tx, statements, read_by_a_list)


def test_rows_whose_ids_are_known_are_not_looked_for_among_all_of_the_practice(office: Office) -> None:
    practice, many = office.practice.key, range(1, 201)
    with recorded(office.ledger) as statements, office.ledger.reading() as tx:
        assert visits.findings_of_all(tx, practice, many)
        visits.others_of(tx, practice, many)
        claims.answers_of(tx, practice, many)
    with as_if_large(office.ledger) as tx:
        # PostgreSQL counts the rows, and a third of this small table is rightly read whole there.
        known = statements if tx.dialect.name == "sqlite" else []
        assert faults(tx, known, lambda read: "all of the practice" if read.by == ("practice",) else "") == []


def test_what_an_answer_may_name_of_a_claim_goes_by_an_index(office: Office) -> None:
    practice, day = office.practice.key, NOW.date()
    with recorded(office.ledger) as statements, office.ledger.reading() as tx:
        assert lookups.by_pcns(tx, practice, ["pcn3", "pcn6"])
        assert lookups.by_line_controls(tx, practice, ["control3", "control6"])
        lookups.by_payer_numbers(tx, practice, ["ICN3", "ICN6"])
        lookups.newest_of_payer_numbers(tx, practice, ["ICN3", "ICN6"])
        assert lookups.beginning_with(tx, practice, ["pcn3", "pcn6"], limit=10)
        lookups.of_days(tx, practice, [day], charge_cents=3, lines=[("97110", 3)], limit=10)
        lookups.of_days(tx, practice, [day], charge_cents=3, lines=[], limit=10)
    assert explained(office, statements) == []
    with as_if_large(office.ledger) as tx:
        known = statements if tx.dialect.name == "sqlite" else []
        assert faults(tx, known, lambda read: "all of the practice" if read.by == ("practice",) else "") == []


@every_list
def test_a_list_without_a_filter_goes_by_an_index(office: Office, lister: Lister[Any]) -> None:
    statements = asked(office, lister, [Request(), *(Request(sort=one) for one in sorts(lister))])
    assert statements
    assert explained(office, statements) == []


@every_list
def test_a_list_asked_by_any_field_goes_by_an_index(office: Office, lister: Lister[Any]) -> None:
    statements = asked(office, lister, (Request(filter=one) for one in terms(office, lister)))
    assert explained(office, statements) == []


@every_list
def test_a_list_asked_by_two_fields_goes_by_an_index(office: Office, lister: Lister[Any]) -> None:
    statements = asked(office, lister, (Request(filter=one) for one in pairs(list(terms(office, lister)))))
    assert explained(office, statements) == []


@every_list
def test_a_list_goes_by_an_index_where_very_many_rows_have_a_value(
    office: Office, lister: Lister[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "_COUNTED", 1)
    statements = asked(office, lister, (Request(filter=one) for one in terms(office, lister)))
    assert explained(office, statements) == []


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@pytest.mark.parametrize("by_index", [True, False], ids=["by_index", "as_it_chooses"])
def test_a_law_looks_up_what_it_compares_with(office: Office, law: Callable[..., object], by_index: bool) -> None:  # noqa: FBT001
    """It reads all of something by its nature; what it compares each row with is not read whole each time."""
    more = {"now": NOW} if "now" in inspect.signature(law).parameters else {}
    with recorded(office.ledger) as statements, office.ledger.reading() as tx:
        law(tx, PRACTICE.key, **more)
    assert statements
    with as_if_large(office.ledger, by_index=by_index) as tx:
        assert faults(tx, statements, asked_again) == []


def test_nothing_that_reconcile_asks_is_read_again_for_each_row(office: Office) -> None:
    with recorded(office.ledger) as statements:
        reconcile(office)
    wordings = {one.text: one for one in statements}
    with as_if_large(office.ledger, by_index=True) as tx:
        assert faults(tx, wordings.values(), asked_again) == []


READ_WHOLE: Final = (
    select(tables.claim_versions.c.id).where(tables.claim_versions.c.charge_cents == 5),
    # In order of an index, and yet all of it.
    select(tables.claim_versions.c.id).order_by(tables.claim_versions.c.id),
    # As it was: the index of deliveries begins with the practice, which is not said.
    select(tables.deliveries.c.why).where(tables.deliveries.c.interchange_id == 5),
)
READ_AGAIN: Final = (
    select(tables.postings.c.id).join(tables.payments, tables.payments.c.paid_cents == tables.postings.c.cents),
    # By an index, but by one of which a whole practice is.
    select(
        select(tables.denials.c.id)
        .where(tables.denials.c.practice == tables.claims.c.practice, tables.denials.c.cents == tables.claims.c.version)
        .correlate(tables.claims)
        .limit(1)
        .scalar_subquery()
    ),
)


@pytest.mark.parametrize("query", READ_WHOLE)
def test_a_query_that_reads_a_table_whole_is_seen(office: Office, query: Select[Any]) -> None:
    assert "read whole" in seen(office, query, read_by_a_list)


@pytest.mark.parametrize("query", READ_AGAIN)
def test_a_query_that_reads_a_table_again_for_each_row_is_seen(office: Office, query: Select[Any]) -> None:
    assert "read again for each row" in seen(office, query, asked_again)


def seen(office: Office, query: Select[Any], fault: Callable[[Read], str]) -> str:
    with recorded(office.ledger) as statements, office.ledger.reading() as tx:
        tx.execute(query).all()
    with as_if_large(office.ledger, by_index=True) as tx:
        return "\n".join(faults(tx, statements, fault))
