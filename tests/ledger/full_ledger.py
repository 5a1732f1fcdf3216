"""A ledger in which every table that grows with claims has grown: one row of each for every number."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Boolean, Column, Date, Integer, Table, insert, text

from gateway.delivery import Delivery, Manner
from gateway.denials.route import Route
from gateway.desk import Account, ItemKind, ItemState
from gateway.event import EventSeverity
from gateway.finding import Owner, Severity
from gateway.ledger import Transaction
from gateway.ledger.columns import Instant, Sealed
from gateway.ledger.inbound import InboundState, Reason
from gateway.ledger.remittances import RemittanceState
from gateway.ledger.tables import metadata
from gateway.lifecycle import ClaimState, VisitState
from gateway.remit.standing import Fate
from gateway.visit import Discipline
from tests.people import NOW, PRACTICE

OTHER: Final = "other"
STEADY: Final = frozenset(
    {"practices", "instance", "standings", "capabilities", "control_numbers", "slots", "inbound_looks"}
)
"""Tables of which a practice has a few rows, however many claims: by partner, by day, or of a mailbox as it is now."""
GROWING: Final = tuple(table for table in metadata.sorted_tables if table.name not in STEADY)

_WORDS: Final[dict[str, Sequence[str]]] = {
    "visit_versions.state": tuple(VisitState),
    "visit_versions.discipline": tuple(Discipline),
    "findings.severity": tuple(Severity),
    "findings.owner": tuple(Owner),
    "claim_versions.state": tuple(ClaimState),
    # Nearly all have been sent.
    "deliveries.state": (*Delivery, *[Delivery.SENT] * 94),
    "deliveries.manner": tuple(Manner),
    "inbound_files.state": tuple(InboundState),
    "inbound_files.reason": tuple(Reason),
    "remittances.state": tuple(RemittanceState),
    "answers.fate": tuple(Fate),
    "desk_items.state": tuple(ItemState),
    "desk_items.kind": tuple(ItemKind),
    "desk_items.account": ("", *Account),
    "desk_items.owner": ("biller", "practice manager"),
    "denials.state": ("open", "closed"),
    "denials.owner": tuple(Owner),
    "denials.route": tuple(Route),
    "postings.bucket": ("paid", "denied"),
}
_FEW: Final = frozenset({"partner", "payer", "payer_id", "carc", "rule", "kind", "procedure", "group_code", "patient"})
"""Columns of which many rows have the same value."""


def fill(tx: Transaction, *, count: int) -> None:
    """Fill every growing table with so many rows, of two practices that are registered already."""
    for table in GROWING:
        tx.execute(insert(table), [_row(table, number) for number in range(1, count + 1)])
    if tx.dialect.name == "postgresql":
        tx.execute(text("ANALYZE"))


def _row(table: Table, number: int) -> dict[str, Any]:
    row = {column.name: _value(column, number) for column in table.columns}
    row["practice"] = PRACTICE.key if number % 3 == 0 else OTHER
    if table.name == "events":
        # Each tells of a claim; most are of no concern to anybody.
        severity = tuple(EventSeverity)[number % 3] if number % 10 == 0 else EventSeverity.ROUTINE
        row |= {"claim": f"pcn{number}", "severity": severity}
    if table.name == "inbound_files":
        row["unmatched"] = int(number % 20 == 0)
    return row


def _value(column: Column[Any], number: int) -> Any:
    # Ids of one number belong together: the claim, its visit, its file, its answer.
    match column.type:
        case Integer():
            return number
        case Boolean():
            return False
        case Date():
            return NOW.date() - timedelta(days=number % 100)
        case Instant():
            return NOW - timedelta(hours=number)
        case Sealed():
            return b'{"paid":"0.00"}'
    return _word(column, number)


def _word(column: Column[Any], number: int) -> str:
    words = _WORDS.get(str(column), ())
    if words:
        return words[number % len(words)]
    which = number % 100 if column.name in _FEW else number
    return f"{column.name}{which}"[-(getattr(column.type, "length", None) or 60) :]
