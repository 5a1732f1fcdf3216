"""`./run bench matching [NUMBER] [SEED ...]`: garbled answers, matched; and their remittances, read by two readers.

Garbled by somebody who did not see the matcher (tests/service/money/garbled.py). Printed: how many went to the right line, or
had the right claim proposed first; how many went wrong; whether all money that came is accounted for. Then the same files are
read by oxedi (Rust, `pip install oxedi`), a reader of its own: every amount of every payment, claim, line and adjustment.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

from gateway.edi.read.inbound_file import read_answers
from gateway.ledger import inbound, migrate, open_ledger, practices
from gateway.remittance import Remittance
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from tests.people import NOW, PRACTICE, clock
from tests.service.clinic import settings
from tests.service.money.garbled_ledger import GarbledLedger, Tally


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 a benchmark prints


def main(arguments: list[str]) -> int:
    number, *seeds = map(int, arguments or ["1000", "1", "2"])
    compared: Counter[str] = Counter()
    for seed in seeds or [1]:
        with tempfile.TemporaryDirectory() as folder:
            ledger = open_ledger(f"sqlite:///{folder}/gateway.db")
            migrate.upgrade(ledger)
            with ledger.writing() as tx:
                practices.register(tx, PRACTICE, secret=b"s" * 32, at=NOW)
            office = Office(ledger=ledger, settings=settings(home=Path(folder)), clock=clock(), actor="bench")
            _told(seed, GarbledLedger(office, seed, number).play())
            outcome = reconcile(office)
            say(
                f"  conservation {'exact' if outcome.holds else 'BROKEN'}, {outcome.remittances_set_aside} sets set aside"
            )
            for raw in _files(office):
                _compare(raw, compared)
            ledger.close()
    if compared:
        say(f"read by us and by oxedi: {dict(compared)}")
    return 1 if compared["differing"] else 0


def _told(seed: int, tally: Tally) -> None:
    say(
        f"seed {seed}: right {tally.share:.2%} (posted {tally.posted}, proposed first {tally.proposed}, "
        f"strangers left alone {tally.left_alone}), missed {len(tally.missed)}, wrong {len(tally.wrong)}; "
        f"{tally.ambiguous} that nobody can tell apart; posted by itself {tally.must_posted} of {tally.must} that must be"
    )
    for kind, count in Counter(tally.wrong).items():
        say(f"  WRONG {count}: {kind}")


def _files(office: Office) -> Iterator[bytes]:
    with office.ledger.reading() as tx:
        files = inbound.files(tx, office.practice.key, after=0, limit=1000)
        yield from (inbound.bytes_of(tx, office.practice.key, one.id) for one in files)


def _compare(raw: bytes, compared: Counter[str]) -> None:
    """Compare what two readers make of a file."""
    try:
        oxedi = import_module("oxedi")
    except ImportError:
        say("  oxedi is not installed; pip install oxedi")
        return
    theirs = {name: _table(oxedi.parse(raw).tables, name) for name in _TABLES}
    ours = _ours(raw)
    for name in _TABLES:
        compared[name] += len(ours[name])
        off = Counter(ours[name])
        off.subtract(Counter(theirs[name]))
        compared["differing"] += sum(map(abs, off.values()))


_TABLES = {
    "payments": ("total_payment_amount", "trace_number"),
    "claims": ("claim_id", "claim_status", "charge_amount", "payment_amount", "payer_control_number"),
    "services": ("procedure_code", "charge_amount", "payment_amount", "line_item_control_number"),
    "adjustments": ("group_code", "reason_code", "amount"),
    "provider_adjustments": ("reason_code", "reference_id", "amount"),
}
Row = tuple[object, ...]


def _table(tables: Any, name: str) -> list[Row]:
    """Read a table as oxedi prints it: a head with types, then a row a line."""
    block = tables.render().split(f"## {name} ")[1].split("\n\n## ")[0]
    _, head, *lines = block.strip("\n").split("\n")
    columns = [one.partition(":")[0] for one in head.split(" | ")]
    wanted = [columns.index(one) for one in _TABLES[name]]
    return [tuple(_value(line.split(" | ")[at]) for at in wanted) for line in lines if line]


def _value(text: str) -> object:
    text = text.strip()
    if text == "∅":
        return ""
    return f"{Decimal(text):.2f}" if "." in text and text.replace(".", "").lstrip("-").isdigit() else text


def _ours(raw: bytes) -> dict[str, list[Row]]:
    found = [one.what for one in read_answers(raw) if isinstance(one.what, Remittance)]
    claims = [claim for one in found for claim in one.claims]
    lines = [line for claim in claims for line in claim.lines]
    adjusted = [each for claim in claims for each in claim.adjustments]
    adjusted += [each for line in lines for each in line.adjustments]
    return {
        "payments": [(f"{one.payment:.2f}", one.trace) for one in found],
        "claims": [
            (c.patient_control_number.strip(), c.status, f"{c.charge:.2f}", f"{c.paid:.2f}", c.payer_claim_number)
            for c in claims
        ],
        "services": [(s.procedure, f"{s.charge:.2f}", f"{s.paid:.2f}", s.control.strip()) for s in lines],
        "adjustments": [(a.group.value, a.carc, f"{a.amount:.2f}") for a in adjusted],
        "provider_adjustments": [
            (p.reason, p.reference, f"{p.amount:.2f}") for one in found for p in one.provider_adjustments
        ],
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
