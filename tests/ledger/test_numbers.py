"""Interchange numbers: counted by sender, receiver and usage, forward only, over the end of a cycle."""

from dataclasses import replace
from itertools import takewhile

import pytest

from gateway.errors import UsageError
from gateway.ledger import Ledger, migrate, numbers, open_ledger, practices
from gateway.ledger.numbers import LAST, Number
from gateway.ledger.tables import interchanges
from gateway.ledger.upgrading import _config, _take_step
from gateway.partner import Parties
from tests.ledger.numbering import parties, take
from tests.people import NOW, PRACTICE

OURS, THEIRS = PRACTICE.key, "other"


@pytest.mark.parametrize(
    ("start", "steps", "then"),
    [
        (Number(1, 1), 0, Number(1, 1)),
        (Number(1, 1), 5, Number(1, 6)),
        (Number(1, LAST - 1), 1, Number(1, LAST)),
        (Number(1, LAST), 1, Number(2, 1)),
        (Number(3, LAST), LAST + 2, Number(5, 2)),
    ],
)
def test_a_number_so_many_steps_on_goes_over_the_end_of_its_cycle(start: Number, steps: int, then: Number) -> None:
    assert start.plus(steps) == then


def test_a_jump_is_kept_for_that_partner(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        assert numbers.jump(tx, OURS, "north", parties("north"), Number(1, 40)) is None
        assert numbers.jump(tx, OURS, "north", parties("north"), Number(1, 41)) == Number(1, 40)
        assert take(tx, OURS, "north") == Number(1, 42)
        assert take(tx, OURS, "south") == Number(1, 1)
        assert numbers.last(tx, THEIRS, "north") is None
        assert numbers.jump(tx, OURS, "north", parties("north"), Number(2, 1)) == Number(1, 42)
        assert numbers.every(tx, OURS) == {
            ("interchange", "north"): Number(2, 1),
            ("interchange", "south"): Number(1, 1),
        }


@pytest.mark.parametrize("to", [Number(1, 1), Number(1, LAST)])
def test_a_jump_may_go_to_either_end_of_a_cycle(ledger: Ledger, to: Number) -> None:
    with ledger.writing() as tx:
        numbers.jump(tx, OURS, "north", parties("north"), to)
        assert numbers.last(tx, OURS, "north") == to


@pytest.mark.parametrize(
    ("before", "to", "said"),
    [
        (Number(2, 7), Number(2, 7), "000000007 of cycle 2 was used last, and 000000007 of cycle 2"),
        (Number(2, 7), Number(1, 9), "000000007 of cycle 2 was used last, and 000000009 of cycle 1"),
        (None, Number(1, 0), "no number was used last, and 000000000 of cycle 1"),
        (None, Number(1, LAST + 1), "no number was used last, and 1000000000 of cycle 1"),
    ],
)
def test_a_jump_that_is_not_forward_is_refused_whole(
    ledger: Ledger, before: Number | None, to: Number, said: str
) -> None:
    with ledger.writing() as tx:
        if before is not None:
            numbers.jump(tx, OURS, "north", parties("north"), before)
    with pytest.raises(UsageError) as refused, ledger.writing() as tx:
        numbers.jump(tx, OURS, "north", parties("north"), to)
    assert str(refused.value) == f"control numbers only go forward: {said} is not behind it; nothing was changed"
    with ledger.reading() as tx:
        assert numbers.last(tx, OURS, "north") == before


def test_practices_that_share_an_account_share_its_numbers_and_each_knows_its_own_last(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        shared = parties("north")
        assert [take(tx, one, "north", shared) for one in (OURS, THEIRS, OURS)] == [(1, 1), (1, 2), (1, 3)]
        assert numbers.last(tx, THEIRS, "north") == (1, 2)
        # Another name of the partner, or another practice's jump, is the same account.
        assert numbers.jump(tx, THEIRS, "axis", shared, Number(1, 50)) == (1, 3)
        assert take(tx, OURS, "north", shared) == (1, 51)
        # Test files are counted by themselves, behind what this practice sent to the partner before.
        assert take(tx, OURS, "north", parties("north", "T")) == (1, 52)
        assert take(tx, THEIRS, "south", parties("north", "T")) == (1, 53)
        assert take(tx, OURS, "north", shared) == (1, 53)


def test_a_number_that_somebody_else_took_meanwhile_is_not_taken(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        wanted = numbers.upcoming(tx, OURS, "north", parties("north"))
        take(tx, THEIRS, "north")
        assert not numbers.take(tx, OURS, "north", parties("north"), wanted)
        assert numbers.last(tx, OURS, "north") is None


def test_an_older_ledger_goes_on_behind_what_any_of_its_practices_sent_from_the_account(database_url: str) -> None:
    """Numbers were counted by practice and partner: of what two have sent from one account, the highest counts."""
    sent = (
        (OURS, "north", "P", 1, 7),
        (THEIRS, "axis", "P", 1, 12),
        (OURS, "north", "T", 2, 3),
        (OURS, "old", "T", 1, 99),
    )
    ledger = open_ledger(database_url)
    for revision in takewhile(lambda one: one <= "0009", migrate.known()):
        _take_step(ledger, _config(()), revision)
    with ledger.writing() as tx:
        for key in (OURS, THEIRS):
            practices.register(tx, replace(PRACTICE, key=key), secret=b"s" * 32, at=NOW)
        for practice, partner, usage, cycle, number in sent:
            isa = f"ISA*00*{'':10}*00*{'':10}*ZZ*{'US':15}*30*{'THEM':15}*261116*1500*^*00501*{number:09}*0*{usage}*:~"
            row = {
                "practice": practice,
                "partner": partner,
                "cycle": cycle,
                "interchange": number,
                "group_control": number,
                "reference": f"{cycle}{number}",
                "name": f"{usage}{number}",
                "size": 3,
                "sha256": "0" * 64,
                "body": f"{isa}GS*HC~".encode(),
                "sealed_at": NOW,
            }
            tx.execute(interchanges.insert().values(**row))
    migrate.upgrade(ledger)
    with ledger.writing() as tx:
        account = Parties("ZZ:US", "30:THEM", "P")
        assert take(tx, OURS, "north", account) == (1, 13)
        assert take(tx, THEIRS, "another", account._replace(usage="T")) == (2, 4)
        assert numbers.latest(tx, OURS, "somebody", account._replace(receiver="30:OTHER")) is None
    ledger.close()
