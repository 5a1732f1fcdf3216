"""Whichever answer is read first: the same state, the same money, the same denials."""

import random
import shutil
from collections.abc import Callable, Iterator
from itertools import permutations
from pathlib import Path
from typing import Any, Final

import pytest

from gateway.ledger import Ledger, claims, denials, open_ledger, practices
from gateway.ledger import remittances as money
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
    files = []
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
        files.append(
            {
                "sets": [
                    {
                        "payer": "own",
                        "payment": one["paid"],
                        "credit_or_debit": "C",
                        "trace": f"T{number}",
                        "claims": [one],
                        "plb": [],
                    }
                ]
            }
        )
    lines = [
        {"code": code, "modifiers": ["GP"], "units": units, "charge": _dollars(charge)}
        for code, units, charge in _LINES
    ]
    return {"orders": "all", "claims": {"A": {"program": "commercial", "lines": lines}}, "files": files}


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
