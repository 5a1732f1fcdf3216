"""Whichever answer is read first: the same state, the same money, the same denials."""

import random
import shutil
from collections.abc import Callable, Iterator
from itertools import permutations
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import text

from gateway.ledger import Ledger, claims, denials, open_ledger, practices
from gateway.ledger import remittances as money
from gateway.lifecycle import ClaimState
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from tests.people import NOW, PRACTICE
from tests.service import clinic
from tests.service.money.answer_case import Played

_LINES: Final = (("97110", 2, 12000), ("97140", 1, 6000))
_SETS: Final = 24
_ORDERS: Final = 6


def _dollars(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02}"


def _answer(
    number: int, paid: tuple[int, int], carc: str, *, negated: bool = False, lines: bool = True
) -> dict[str, Any]:
    sign = -1 if negated else 1
    each = [
        {
            "line": place,
            "code": code,
            "modifiers": ["GP"],
            "units": units,
            "charge": _dollars(sign * charge),
            "paid": _dollars(sign * part),
            "cas": [["CO", carc if not part else "45", _dollars(sign * (charge - part))]],
            "rarcs": [],
        }
        for place, ((code, units, charge), part) in enumerate(zip(_LINES, paid, strict=True), 1)
    ]
    charge = sum(one[2] for one in _LINES)
    whole = [["CO", "45", _dollars(sign * (charge - sum(paid)))]]
    return {
        "claim": "A",
        "status": "22" if negated else "1",
        "charge": _dollars(sign * charge),
        "paid": _dollars(sign * sum(paid)),
        "patient": "",
        "icn": f"ICN-{number}",
        "cas": [] if lines else whole,
        "lines": each if lines else [],
    }


def _history(rng: random.Random) -> dict[str, Any]:
    """Up to five answers to one claim: denials, payments, reversals of what was answered, repetitions."""
    given: list[tuple[int, tuple[int, int], str]] = []
    answers: list[dict[str, Any]] = []
    for number in range(rng.randint(2, 5)):
        kind = rng.choice(["deny", "pay", "pay", "reverse", "repeat"]) if given else rng.choice(["deny", "pay"])
        if kind == "deny":
            given.append((number, (0, 0), rng.choice(["197", "151"])))
            one = _answer(*given[-1])
        elif kind == "pay":
            given.append((number, (rng.choice([8000, 10000]), rng.choice([0, 5000])), "16"))
            one = _answer(*given[-1])
        elif kind == "reverse":
            one = _answer(*rng.choice(given), negated=True, lines=rng.random() < 0.8)
        else:
            one = _answer(*rng.choice(given))
        answers.append(one)
    return _case(answers)


def _case(answers: list[dict[str, Any]]) -> dict[str, Any]:
    """A case in which each answer comes in a file of its own."""
    lines = [
        {"code": code, "modifiers": ["GP"], "units": units, "charge": _dollars(charge)}
        for code, units, charge in _LINES
    ]
    sets = [
        {
            "payer": "own",
            "payment": one["paid"],
            "credit_or_debit": "C",
            "trace": f"T{number}",
            "claims": [one],
            "plb": [],
        }
        for number, one in enumerate(answers)
    ]
    return {
        "orders": "all",
        "claims": {"A": {"program": "commercial", "lines": lines}},
        "files": [{"sets": [one]} for one in sets],
    }


def _standing(played: Played) -> tuple[object, ...]:
    office, claim = played.office, played.claims["A"]
    outcome = reconcile(office)
    assert outcome.holds, outcome.laws
    with office.ledger.reading() as tx:
        now = claims.by_id(tx, office.practice.key, claim.id)
        places = {line.id: place for place, line in enumerate(claims.lines_of(tx, office.practice.key, claim.id))}
        balances = {
            places[line_id]: {bucket: cents for bucket, cents in sorted(one.whole.items()) if cents}
            for line_id, one in money.balances(tx, office.practice.key, claim.id).items()
        }
        is_open = sorted((places[one.line_id], one.carc) for one in denials.listed(tx, office.practice.key))
    standing = {place: one for place, one in balances.items() if one}
    return now.state, now.payer_claim_number, sorted(standing.items()), is_open, outcome.parked


@pytest.fixture
def another_office(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Callable[[], Office]]:
    """Give offices that have nothing yet, one after the other."""
    opened: list[Ledger] = []

    def begun() -> Office:
        path = tmp_path / f"{len(opened)}.db"
        shutil.copyfile(migrated_sqlite, path)
        opened.append(open_ledger(f"sqlite:///{path}"))
        with opened[-1].writing() as tx:
            practices.register(tx, PRACTICE, secret=b"s" * 32, at=NOW)
        return Office(ledger=opened[-1], settings=clinic.settings(home=tmp_path), clock=clinic.clock(), actor="test")

    yield begun
    for one in opened:
        one.close()


@pytest.mark.parametrize("seed", range(_SETS))
def test_a_set_of_answers_ends_alike_in_every_order(another_office: Callable[[], Office], seed: int) -> None:
    rng = random.Random(seed)
    case = _history(rng)
    orders = list(permutations(range(len(case["files"]))))
    ends = set()
    for order in rng.sample(orders, min(_ORDERS, len(orders))):
        played = Played(another_office(), case)
        played.begin()
        played.play(order)
        ends.add(repr(_standing(played)))
    assert len(ends) == 1


def _as_an_older_gateway_left_it(ledger: Ledger) -> None:
    """Forget the answers: payments of before they were kept are of the answer with their own id."""
    with ledger.writing() as tx:
        for (trigger,) in tx.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            tx.execute(text(f'DROP TRIGGER "{trigger}"'))
        assert tx.execute(text("SELECT count(*) FROM answers WHERE fate = 'waits'")).scalar_one() == 0
        tx.execute(text("UPDATE postings SET rarcs = '' WHERE cents < 0"))
        tx.execute(text("DELETE FROM answers"))
        tx.execute(
            text(
                "INSERT INTO answers (id, practice, remittance_id, claim_version_id, ordinal, fate, waits_cents)"
                " SELECT id, practice, remittance_id, claim_version_id, id, 'stands', 0 FROM payments"
            )
        )
        tx.execute(text("UPDATE payments SET answer_id = NULL"))


HISTORIES: Final = {
    "denied, then paid": ((0, 0), None, [("pay", (8000, 5000))], ClaimState.PAID),
    "paid, taken back and denied": ((8000, 5000), None, [("back", (8000, 5000)), ("pay", (0, 0))], ClaimState.DENIED),
    "paid, paid otherwise, the first taken back": (
        (8000, 5000),
        None,
        [("pay", (10000, 5000)), ("back", (8000, 5000))],
        ClaimState.PAID,
    ),
    "paid and taken back, then denied": ((8000, 5000), (8000, 5000), [("pay", (0, 0))], ClaimState.DENIED),
}


@pytest.mark.parametrize("name", HISTORIES)
def test_what_an_older_gateway_posted_goes_on_as_if_its_answers_had_been_kept(
    another_office: Callable[[], Office], name: str
) -> None:
    first, back, then, wanted = HISTORIES[name]
    given = [_answer(0, first, "197")]
    given += [_answer(0, back, "197", negated=True)] if back else []
    older = len(given)
    given += [_answer(0 if kind == "back" else 7, paid, "197", negated=kind == "back") for kind, paid in then]
    ends = []
    for forgets in (False, True):
        played = Played(another_office(), _case(given))
        played.begin()
        for place in range(len(given)):
            if forgets and place == older:
                _as_an_older_gateway_left_it(played.office.ledger)
            played.play((place,))
        ends.append(_standing(played))
    assert ends[0] == ends[1]
    assert ends[0][0] is wanted
