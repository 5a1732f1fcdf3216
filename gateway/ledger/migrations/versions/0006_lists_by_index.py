"""An index for every list, the patient of a visit as a key, and what a held visit was judged by."""

import sqlalchemy as sa
from alembic import op

from gateway.ledger.patients import patient_key

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_PAGE = 1_000
_INDEXES = {
    "visit_versions": (
        ("by_state", ("practice", "state", "id", "visit_id", "version")),
        ("by_payer", ("practice", "payer", "state", "id", "visit_id", "version")),
        ("by_day", ("practice", "day", "id", "state", "visit_id", "version")),
        ("by_patient", ("practice", "patient", "day", "id", "visit_id", "version")),
    ),
    "claim_versions": (
        ("by_state", ("practice", "state", "id", "charge_cents")),
        ("by_payer", ("practice", "payer", "state", "id", "charge_cents")),
        ("by_partner", ("practice", "partner", "state", "id", "charge_cents")),
        ("by_day", ("practice", "day", "id", "state", "charge_cents")),
    ),
    "findings": (
        ("by_rule", ("practice", "rule", "visit_version_id")),
        ("by_owner", ("practice", "owner", "visit_version_id")),
    ),
    "service_lines": (("by_control", ("practice", "control")),),
    "interchanges": (
        ("by_name", ("practice", "name")),
        ("by_partner", ("practice", "partner", "id")),
        ("by_time", ("practice", "sealed_at", "id")),
        ("by_group", ("practice", "partner", "group_control")),
    ),
    "deliveries": (("by_state", ("practice", "state", "interchange_id")),),
    "inbound_files": (
        ("by_state", ("practice", "state", "id")),
        ("by_name", ("practice", "name", "id")),
        ("by_partner", ("practice", "partner", "state", "id")),
    ),
    "remittances": (
        ("by_state", ("practice", "state", "id", "payment_cents")),
        ("by_payer", ("practice", "payer_id", "state", "id", "payment_cents")),
        ("by_trace", ("practice", "trace", "id")),
        ("by_day", ("practice", "paid_on", "id", "state", "payment_cents")),
    ),
    "parked_money": (("by_reference", ("practice", "reference", "reason")),),
    "denials": (
        ("by_payer", ("practice", "payer", "state", "id", "cents")),
        ("by_state", ("practice", "state", "id", "cents")),
        ("by_due", ("practice", "state", "due_on", "id", "cents")),
        ("by_owner", ("practice", "owner", "state", "id", "cents")),
        ("by_route", ("practice", "route", "state", "id", "cents")),
        ("by_carc", ("practice", "carc", "state", "id", "cents")),
        ("by_claim", ("practice", "claim_version_id", "state", "id", "carc")),
    ),
    "events": (
        ("in_order", ("practice", "id")),
        ("by_claim", ("practice", "claim", "id")),
        ("by_about", ("practice", "about", "id")),
        ("by_kind", ("practice", "kind", "id")),
        ("by_partner", ("practice", "partner", "id")),
    ),
}
_PARTIAL = (
    ("ix_inbound_files_unmatched", "inbound_files", ("practice", "id"), "unmatched > 0"),
    ("ix_events_for_people", "events", ("practice", "severity", "id"), "severity != 'routine'"),
)
_REPLACED = (
    ("ix_claim_versions_practice_state_partner", "claim_versions"),
    ("ix_events_practice_claim", "events"),
    ("ix_events_practice_about", "events"),
)


def upgrade() -> None:
    op.add_column("visit_versions", sa.Column("patient", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("visit_versions", sa.Column("judged_by", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("visit_versions", sa.Column("look_again_on", sa.Date(), nullable=True))
    op.add_column("denials", sa.Column("payer", sa.String(length=80), nullable=False, server_default=""))
    _name_patients(op.get_bind())
    op.execute(
        "UPDATE denials SET payer = (SELECT payer FROM claim_versions WHERE claim_versions.id = denials.claim_version_id)"
    )
    for table, indexes in _INDEXES.items():
        for name, columns in indexes:
            op.create_index(f"ix_{table}_{name}", table, list(columns))
    for name, table, columns, where in _PARTIAL:
        op.create_index(name, table, list(columns), sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    for name, table in _REPLACED:
        op.drop_index(name, table)


def _name_patients(tx: sa.Connection) -> None:
    versions = sa.table(
        "visit_versions",
        sa.column("id", sa.Integer),
        sa.column("practice", sa.String),
        sa.column("document", sa.LargeBinary),
        sa.column("patient", sa.String),
    )
    practices = sa.table("practices", sa.column("key", sa.String), sa.column("secret", sa.LargeBinary))
    secrets = {key: bytes(secret) for key, secret in tx.execute(sa.select(practices.c.key, practices.c.secret))}
    after = 0
    while page := tx.execute(
        sa.select(versions.c.id, versions.c.practice, versions.c.document)
        .where(versions.c.id > after)
        .order_by(versions.c.id)
        .limit(_PAGE)
    ).all():
        tx.execute(
            sa.update(versions).where(versions.c.id == sa.bindparam("row")).values(patient=sa.bindparam("whose")),
            [{"row": number, "whose": patient_key(secrets[key], bytes(document))} for number, key, document in page],
        )
        after = page[-1][0]
