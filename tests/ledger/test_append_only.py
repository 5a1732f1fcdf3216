"""The database itself keeps posted money, parked money, a claim's charge and the log as they were written."""

from decimal import Decimal

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Text, delete, insert, select, text

from gateway.desk import ItemKind
from gateway.errors import LedgerRefusal
from gateway.event import Event
from gateway.ledger import Ledger, append_only, claims, desk, events
from gateway.ledger import remittances as money
from gateway.ledger.tables import metadata
from gateway.lifecycle import ClaimState
from gateway.remittance import ClaimPayment
from tests.ledger.test_ledger import REMITTANCE, P, paid, post, stored_claim
from tests.people import NOW

PAYMENT = ClaimPayment(
    patient_control_number="",
    status="1",
    charge=Decimal("105.50"),
    paid=Decimal("60.00"),
    patient_share=Decimal("0.00"),
    filing_code="CI",
    payer_claim_number="ICN1",
    adjustments=(),
    remarks=(),
    lines=(),
    ordinal=5,
)
KEPT = {
    "events": "said = 'other'",
    "payments": "paid_cents = 1",
    "postings": "cents = 1",
    "parked_money": "cents = 1",
    "service_lines": "charge_cents = 1",
    "answers": "document = NULL",
    "claim_versions": "charge_cents = 1",
    "desk_items": "cents = 1",
}


@pytest.fixture
def posted(ledger: Ledger) -> Ledger:
    """A ledger with a claim, what it was paid, and money that is parked."""
    one = stored_claim(ledger)
    remittance = post(ledger, REMITTANCE, money.RemittanceState.POSTED)
    with ledger.writing() as tx:
        line, _ = claims.lines_of(tx, P, one.id)
        amount = money.LinePosting(line_id=line.id, bucket="paid", cents=6000)
        paid(tx, remittance, one.id, PAYMENT, (amount,))
        item = desk.NewItem(kind=ItemKind.STRANGER, reference="X", cents=500, why="no")
        desk.add_all(tx, P, remittance.id, remittance.payer_id, [item], (), at=NOW)
        events.write(tx, P, Event(kind="money.posted", about="T1", said="posted"), at=NOW)
    return ledger


def changed(ledger: Ledger, statement: str) -> None:
    with ledger.writing() as tx:
        tx.execute(text(statement))


@pytest.mark.parametrize("table", KEPT)
def test_what_was_written_is_neither_changed_nor_forgotten_and_it_is_said_plainly(posted: Ledger, table: str) -> None:
    said = rf"the ledger keeps what was written \({table} is append-only\); nothing was changed; what is wrong is put right"
    for statement in (f"UPDATE {table} SET {KEPT[table]}", f"DELETE FROM {table}"):
        with pytest.raises(LedgerRefusal, match=said):
            changed(posted, statement)
    with posted.reading() as tx:
        assert tx.execute(select(metadata.tables[table])).first() is not None


@pytest.mark.parametrize(
    "column", ["practice", "claim_id", "version", "pcn", "frequency", "payer", "charge_cents", "body"]
)
def test_nothing_of_a_claim_version_that_was_claimed_changes(posted: Ledger, column: str) -> None:
    with pytest.raises(LedgerRefusal, match="claim_versions is append-only"):
        changed(posted, f"UPDATE claim_versions SET {column} = {column}")


def test_a_claims_state_and_the_payers_number_of_it_move(posted: Ledger) -> None:
    changed(posted, "UPDATE claim_versions SET state = 'sent', payer_claim_number = 'ICN2'")
    with posted.reading() as tx:
        (one,) = claims.current(tx, P)
    assert (one.state, one.payer_claim_number) == (ClaimState.SENT, "ICN2")


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_table_that_is_emptied_at_once_is_kept_too(posted: Ledger) -> None:
    with pytest.raises(LedgerRefusal, match="postings is append-only"):
        changed(posted, "TRUNCATE postings CASCADE")


def test_further_rows_come_in(posted: Ledger) -> None:
    with posted.writing() as tx:
        row = dict(tx.execute(select(metadata.tables["postings"])).mappings().one())
        del row["id"]
        tx.execute(insert(metadata.tables["postings"]), [{**row, "cents": -6000}])
        assert tx.execute(text("SELECT sum(cents) FROM postings")).scalar_one() == 0


def test_every_trigger_is_there_and_a_missing_one_is_named(posted: Ledger) -> None:
    with posted.writing() as tx:
        assert append_only.missing(tx) == ()
        append_only.drop(tx, "postings")
        assert append_only.missing(tx)
        assert all(name.startswith("postings_") for name in append_only.missing(tx))
        tx.execute(delete(metadata.tables["postings"]))
        append_only.renew(tx)
        assert append_only.missing(tx) == ()


def test_they_are_made_anew_once_a_migration_has_rebuilt_a_table(posted: Ledger) -> None:
    with posted.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        with Operations(MigrationContext.configure(connection)).batch_alter_table(
            "postings", recreate="always"
        ) as batch:
            batch.add_column(Column("note", Text(), nullable=False, server_default=""))
        append_only.renew(connection)
        assert append_only.missing(connection) == ()
        connection.commit()
    with pytest.raises(LedgerRefusal, match="postings is append-only"):
        changed(posted, "UPDATE postings SET cents = 1")
