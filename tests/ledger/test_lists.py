"""Each list against what a plain filter in Python gives: no row twice, none lost, none of another practice."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import pytest
from sqlalchemy import insert, text

from gateway.errors import UsageError
from gateway.ledger import Ledger, Transaction, claims, events, lists, tables
from gateway.ledger import denials as denials_module
from gateway.ledger.lists import Page
from gateway.lifecycle import ClaimState
from gateway.listing import Asked, Condition
from tests.people import NOW, PRACTICE

P = PRACTICE.key
STATES = tuple(ClaimState)
COUNT = 600


@pytest.fixture
def mixed(ledger: Ledger) -> Ledger:
    """Six hundred claims in all states, of two practices, with denials and lines of the log."""
    with ledger.writing() as tx:
        for number in range(1, COUNT + 1):
            _claim(tx, number)
        if tx.dialect.name == "postgresql":
            tx.execute(text("ANALYZE"))
    return ledger


def _claim(tx: Transaction, number: int) -> None:
    practice = "other" if number % 7 == 0 else P
    day = date(2026, 1 + number % 10, 1 + number % 28)
    state = STATES[number % len(STATES)]
    payer, partner = f"PAYER{number % 3}", f"partner{number % 2}"
    own = {"practice": practice, "id": number}
    tx.execute(insert(tables.visits).values(**own, key=f"V{number}", version=1))
    version = {"visit_id": number, "version": 1, "state": "claimed", "payer": payer, "day": day, "discipline": "PT"}
    brought = {"sha256": "", "document": b"{}", "imported": True, "source": "f", "actor": "a", "reason": "r", "at": NOW}
    tx.execute(insert(tables.visit_versions).values(**own, **version, **brought))
    tx.execute(insert(tables.claims).values(**own, visit_id=number, version=1))
    body = {"frequency": "1", "payer_claim_number": "", "body": b"{}", "at": NOW, "pcn": f"C{number}"}
    of = {"claim_id": number, "version": 1, "visit_version_id": number, "state": state, "payer": payer}
    tx.execute(
        insert(tables.claim_versions).values(
            **own, **of, **body, partner=partner, day=day, charge_cents=100 * (number % 50)
        )
    )
    line = {"ordinal": 1, "control": f"L{number}", "procedure": "97110", "modifiers": "", "units": 1}
    tx.execute(insert(tables.service_lines).values(**own, claim_version_id=number, charge_cents=0, **line))
    tx.execute(
        insert(tables.events).values(
            **own, at=NOW, kind=f"claim.k{number % 4}", about=f"C{number}", partner=partner, claim=f"C{number}",
            severity=("routine", "can wait", "wake")[number % 3], before="", after="", artefact="", actor="", reason="",
            said="s", next_command="n",
        )
    )  # fmt: skip


def walked(ledger: Ledger, page_of: Callable[[Transaction, str, Asked], Page[Any]], asked: Asked) -> list[Any]:
    """All pages joined together."""
    found: list[Any] = []
    with ledger.reading() as tx:
        while True:
            page = page_of(tx, P, asked)
            found += page.rows
            if not page.next_after:
                return found
            asked = replace(asked, after=page.next_after)


CONDITIONS = (
    (),
    (Condition(field="state", wanted=("paid", "denied")),),
    (Condition(field="state", wanted=("replaced",)),),
    (Condition(field="state", wanted=("paid",), negated=True),),
    (Condition(field="payer", wanted=("PAYER1",)),),
    (Condition(field="payer", wanted=("PAYER1",), negated=True), Condition(field="partner", wanted=("partner0",))),
    (Condition(field="day", least=date(2026, 3, 1), most=date(2026, 6, 30)),),
    (Condition(field="charge", least=2000), Condition(field="state", wanted=("ready", "sent", "accepted"))),
    (Condition(field="claim", wanted=("C8", "C9", "C14")),),
    (Condition(field="visit", wanted=("V10",)),),
)


def held(conditions: tuple[Condition, ...]) -> Iterator[int]:
    """The numbers of the claims that a filter means, found the slow way."""
    for number in range(1, COUNT + 1):
        facts: dict[str, Any] = {
            "state": STATES[number % len(STATES)],
            "payer": f"PAYER{number % 3}",
            "partner": f"partner{number % 2}",
            "day": date(2026, 1 + number % 10, 1 + number % 28),
            "charge": 100 * (number % 50),
            "claim": f"C{number}",
            "visit": f"V{number}",
        }
        asks_state = any(one.field == "state" and not one.negated for one in conditions)
        if number % 7 == 0 or (facts["state"] == "replaced" and not asks_state):
            continue
        if all(_is_so(one, facts[one.field]) is not one.negated for one in conditions):
            yield number


def _is_so(condition: Condition, value: Any) -> bool:
    if condition.wanted:
        return str(value) in condition.wanted
    least, most = condition.least, condition.most
    return (least is None or value >= least) and (most is None or value <= most)


@pytest.mark.parametrize("counted", [1, 20_000])
def test_pages_of_claims_are_what_a_plain_filter_gives(
    mixed: Ledger, monkeypatch: pytest.MonkeyPatch, counted: int
) -> None:
    monkeypatch.setattr(lists, "_COUNTED", counted)
    for conditions, sort, limit in product(CONDITIONS, ("", "-entry", "day", "-charge"), (7, 1000)):
        asked = Asked(conditions=conditions, sort=sort, limit=limit)
        found = walked(mixed, claims.page_of, asked)
        wanted = list(held(conditions))
        assert sorted(one.id for one in found) == wanted, (conditions, sort, limit)
        if sort == "day":
            assert [one.day for one in found] == sorted(one.day for one in found)
        if sort == "-charge":
            assert [one.charge_cents for one in found] == sorted((one.charge_cents for one in found), reverse=True)
        with mixed.reading() as tx:
            total = lists.total(tx, P, claims.LIST, asked)
        assert (total.count, total.cents) == (len(wanted), sum(100 * (number % 50) for number in wanted))


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ({"kind": ("claim",)}, lambda _: True),
        ({"kind": ("claim.k1",)}, lambda number: number % 4 == 1),
        ({"severity": ("routine",)}, lambda number: number % 3 == 0),
        ({"severity": ("wake", "routine")}, lambda number: number % 3 != 1),
        ({"severity": ("wake", "can wait", "routine")}, lambda _: True),
        ({"severity": ("wake",), "partner": ("partner1",)}, lambda number: number % 3 == 2 and number % 2 == 1),
        ({"claim": ("C8",)}, lambda number: number == 8),
    ],
)
def test_the_log_is_read_by_what_it_is_asked_and_in_order(
    mixed: Ledger, asked: dict[str, tuple[str, ...]], wanted: Callable[[int], bool]
) -> None:
    conditions = tuple(Condition(field=name, wanted=values) for name, values in asked.items())
    numbers = [number for number in range(1, COUNT + 1) if number % 7 and wanted(number)]
    found = walked(mixed, events.page_of, Asked(conditions=conditions, limit=50))
    assert [one.number for one in found] == numbers
    with mixed.reading() as tx:
        assert lists.total(tx, P, events.LIST, Asked(conditions=conditions)).count == len(numbers)


def test_a_place_that_is_none_is_refused(mixed: Ledger) -> None:
    for wrong in ("x", "1~2~", "99999999999999999999", "-3"):
        with mixed.reading() as tx, pytest.raises(UsageError, match="no place in this list"):
            claims.page_of(tx, P, Asked(after=wrong))
    with mixed.reading() as tx, pytest.raises(UsageError, match="sorted by entry, day, charge"):
        claims.page_of(tx, P, Asked(sort="payer"))


def test_the_values_that_there_are_come_from_the_index(mixed: Ledger) -> None:
    with mixed.reading() as tx:
        assert lists.values(tx, P, claims.LIST.fields["payer"], limit=20) == ("PAYER0", "PAYER1", "PAYER2")
        assert lists.values(tx, "nobody", claims.LIST.fields["payer"], limit=20) == ()
        assert lists.knows(tx, P, claims.LIST.fields["partner"], "partner1")
        assert not lists.knows(tx, P, claims.LIST.fields["partner"], "partner9")


def test_what_was_made_at_one_moment_is_found_by_its_age(mixed: Ledger) -> None:
    """Ages of what was posted are counted in the practice's zone: a moment is compared with where a day begins there."""
    asked = Asked(conditions=(Condition(field="age", least=NOW.astimezone(UTC).date()),), zone=UTC)
    with mixed.reading() as tx:
        assert lists.total(tx, P, denials_module.LIST, asked).count == 0
        assert datetime.combine(NOW.date(), datetime.min.time(), UTC) <= NOW
