"""`./run bench scrub [VISITS] [SEED ...]`: clean visits that are held, the sixty whole visits, and what judging costs.

The visits were written by others than the rules (tests/scrub/clean_visits.py, tests/scrub/scenarios). What a visit costs is
measured by `scrub run` on ledgers of patients with episodes of 1, 20 and 40 visits, all of them new: CPU of the process, the
claims written too.
"""

import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from math import sqrt
from pathlib import Path
from typing import Any, Final

from gateway.finding import Severity, holding
from gateway.ledger import migrate, open_ledger, practices
from gateway.scrub import scrub
from gateway.service.office import Office
from gateway.service.visits.import_visits import take_in
from gateway.service.visits.scrub import scrub_visits
from gateway.settings import CONFIG_SHIPPED, load
from tests.people import NOW, PRACTICE, clock
from tests.scrub.cases import sample
from tests.scrub.clean_visits import clean_visits
from tests.scrub.test_scenarios import OTHERWISE, SCENARIOS, case_of, clean_case

_LENGTHS: Final = (1, 20, 40)
_Z: Final = 1.96


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 a benchmark prints


def main(arguments: list[str]) -> int:
    count, *seeds = map(int, arguments or ["2000", "1", "2"])
    held = [_clean(seed, count) for seed in seeds or [1]]
    number, all_of_them = sum(held), count * len(held)
    say(f"clean visits held: {number} of {all_of_them}, at most {_most(number, all_of_them):.2%} at 95 % (wanted 1 %)")
    _scenarios()
    for length in _LENGTHS:
        say(
            f"scrub run, episodes of {length}: {_milliseconds(count, length):.2f} ms CPU a visit (wanted 2.5 at 20, linear)"
        )
    return 1 if number else 0


def _clean(seed: int, count: int) -> int:
    holds, warns, wrong = Counter[str](), Counter[str](), 0
    for one in clean_visits(seed, count):
        case = clean_case(one)
        found = scrub(case)
        rules = {each.rule for each in holding(found)}
        holds.update(rules)
        warns.update({each.rule for each in found if each.severity is Severity.WARN})
        drafted = Counter((line.procedure, line.units, frozenset(line.modifiers)) for line in case.draft.billed)
        wrong += drafted != Counter((line.code, line.units, frozenset(line.modifiers)) for line in one.lines)
    say(f"seed {seed}: {count} clean visits, held by {dict(holds) or 'nothing'}, {wrong} with other lines")
    say(f"  warned: {dict(warns.most_common(6))}")
    return sum(holds.values())


def _most(number: int, count: int) -> float:
    """Give the upper bound of a share (Wilson, 95 %)."""
    share, square = number / count, _Z * _Z
    middle = share + square / (2 * count)
    around = _Z * sqrt(share * (1 - share) / count + square / (4 * count * count))
    return (middle + around) / (1 + square / count)


def _scenarios() -> None:
    right = [one["name"] for one in SCENARIOS if _is_right(one)]
    said = "; ".join(f"{name}: {why}" for name, why in OTHERWISE.items())
    say(f"whole visits by another hand: {len(right)} of {len(SCENARIOS)} as they say; held otherwise: {said or 'none'}")


def _is_right(scenario: dict[str, Any]) -> bool:
    rules = {one.rule for one in holding(scrub(case_of(scenario)))}
    fine = {*scenario["holds"], *scenario.get("also_fine", ())}
    return rules <= fine and ("held" if rules else "ready") == scenario["status"]


def _milliseconds(count: int, length: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        ledger = open_ledger(f"sqlite:///{folder}/gateway.db")
        migrate.upgrade(ledger)
        with ledger.writing() as tx:
            practices.register(tx, PRACTICE, secret=b"s" * 32, at=NOW)
        settings = replace(load(CONFIG_SHIPPED), home=Path(folder), practice=PRACTICE)
        office = Office(ledger=ledger, settings=settings, clock=clock(), actor="bench")
        take_in(office, "bench.json", json.dumps({"schema_version": 1, "visits": _visits(count, length)}).encode())
        since = time.process_time()
        done = scrub_visits(office)
        spent = time.process_time() - since
        ledger.close()
    return spent / len(done) * 1000


def _visits(count: int, length: int) -> list[dict[str, Any]]:
    """Give visits of Medicare patients, each treated every second day up to the day of the sample."""
    base: dict[str, Any] = json.loads(json.dumps(sample("POC_MISSING", "good")["visit"], default=str))
    last = date.fromisoformat(base["date"])
    found = []
    for number in range(count):
        patient, nth = divmod(number, length)
        day = last - timedelta(days=2 * (length - 1 - nth))
        coverage = {
            **base["coverages"][0],
            "member_id": f"1{'ACDEFGHJKM'[patient % 10]}A{patient % 10}CD{patient // 10 % 10}EF{patient // 100:02}",
        }
        note = {**base["note"], "signed_at": f"{day}T16:40"}
        born = f"19{40 + patient % 20}-0{1 + patient % 9}-1{patient % 9}"
        person = {**base["patient"], "birth_date": born}
        found.append(
            {
                **base,
                "visit_id": f"B-{number}",
                "date": day.isoformat(),
                "coverages": [coverage],
                "note": note,
                "patient": person,
            }
        )
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
