"""The ledger as it first stood."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "practices",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_practices")),
    )
    op.create_table(
        "control_numbers",
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_control_numbers_practice")),
        sa.PrimaryKeyConstraint("practice", "partner", "kind", name=op.f("pk_control_numbers")),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("about", sa.String(length=128), nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("claim", sa.String(length=17), nullable=False),
        sa.Column("before", sa.String(length=12), nullable=False),
        sa.Column("after", sa.String(length=12), nullable=False),
        sa.Column("artefact", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("next_command", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_events_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index("ix_events_practice_about", "events", ["practice", "about"], unique=False)
    op.create_index("ix_events_practice_claim", "events", ["practice", "claim"], unique=False)
    op.create_table(
        "inbound_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("received_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_inbound_files_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_files")),
        sa.UniqueConstraint("practice", "partner", "sha256", name=op.f("uq_inbound_files_practice_partner_sha256")),
    )
    op.create_table(
        "inbound_names",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("modified", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_inbound_names_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_names")),
        sa.UniqueConstraint(
            "practice",
            "partner",
            "name",
            "size",
            "modified",
            name=op.f("uq_inbound_names_practice_partner_name_size_modified"),
        ),
    )
    op.create_table(
        "intake_faults",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("visit_key", sa.String(length=40), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("fix", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_intake_faults_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_faults")),
    )
    op.create_index("ix_intake_faults_practice_sha256", "intake_faults", ["practice", "sha256"], unique=False)
    op.create_table(
        "interchanges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("interchange", sa.Integer(), nullable=False),
        sa.Column("group_control", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_interchanges_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interchanges")),
        sa.UniqueConstraint(
            "practice",
            "partner",
            "cycle",
            "interchange",
            name=op.f("uq_interchanges_practice_partner_cycle_interchange"),
        ),
        sa.UniqueConstraint("practice", "partner", "name", name=op.f("uq_interchanges_practice_partner_name")),
        sa.UniqueConstraint(
            "practice", "partner", "reference", name=op.f("uq_interchanges_practice_partner_reference")
        ),
    )
    op.create_table(
        "slots",
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("job", sa.String(length=20), nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("cutoff", sa.String(length=5), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_slots_practice")),
        sa.PrimaryKeyConstraint("practice", "job", "partner", "day", "cutoff", name=op.f("pk_slots")),
    )
    op.create_table(
        "visits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_visits_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
        sa.UniqueConstraint("practice", "key", name=op.f("uq_visits_practice_key")),
    )
    op.create_table(
        "claims",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_claims_practice")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_claims_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
        sa.UniqueConstraint("practice", "visit_id", name=op.f("uq_claims_practice_visit_id")),
    )
    op.create_index(op.f("ix_claims_visit_id"), "claims", ["visit_id"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("interchange_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("temporary_name", sa.Text(), nullable=False),
        sa.Column("held_from", sa.String(length=12), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.String(length=32), nullable=True),
        sa.Column("answer_due_at", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["interchange_id"], ["interchanges.id"], name=op.f("fk_deliveries_interchange_id")),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_deliveries_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("practice", "interchange_id", name=op.f("uq_deliveries_practice_interchange_id")),
    )
    op.create_table(
        "fixes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("from_version", sa.Integer(), nullable=False),
        sa.Column("to_version", sa.Integer(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_fixes_practice")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_fixes_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fixes")),
    )
    op.create_index(op.f("ix_fixes_visit_id"), "fixes", ["visit_id"], unique=False)
    op.create_table(
        "remittances",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("inbound_id", sa.Integer(), nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("set_control", sa.String(length=9), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("payer_id", sa.Text(), nullable=False),
        sa.Column("payer_name", sa.Text(), nullable=False),
        sa.Column("trace", sa.Text(), nullable=False),
        sa.Column("originator", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("payment_cents", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound_files.id"], name=op.f("fk_remittances_inbound_id")),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_remittances_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remittances")),
    )
    op.create_index(op.f("ix_remittances_inbound_id"), "remittances", ["inbound_id"], unique=False)
    op.create_index(
        "uq_remittances_posted_once",
        "remittances",
        ["practice", "trace", "originator", "paid_on", "payment_cents"],
        unique=True,
        sqlite_where=sa.text("state = 'posted'"),
        postgresql_where=sa.text("state = 'posted'"),
    )
    op.create_table(
        "visit_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("payer", sa.String(length=80), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("discipline", sa.String(length=4), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_visit_versions_practice")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_visit_versions_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_versions")),
        sa.UniqueConstraint(
            "practice", "visit_id", "version", name=op.f("uq_visit_versions_practice_visit_id_version")
        ),
    )
    op.create_index(op.f("ix_visit_versions_visit_id"), "visit_versions", ["visit_id"], unique=False)
    op.create_table(
        "claim_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("visit_version_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("pcn", sa.String(length=17), nullable=False),
        sa.Column("frequency", sa.String(length=1), nullable=False),
        sa.Column("payer", sa.String(length=80), nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("charge_cents", sa.BigInteger(), nullable=False),
        sa.Column("payer_claim_number", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_claim_versions_claim_id")),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_claim_versions_practice")),
        sa.ForeignKeyConstraint(
            ["visit_version_id"], ["visit_versions.id"], name=op.f("fk_claim_versions_visit_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_versions")),
        sa.UniqueConstraint(
            "practice", "claim_id", "version", name=op.f("uq_claim_versions_practice_claim_id_version")
        ),
        sa.UniqueConstraint("practice", "pcn", name=op.f("uq_claim_versions_practice_pcn")),
    )
    op.create_index(op.f("ix_claim_versions_claim_id"), "claim_versions", ["claim_id"], unique=False)
    op.create_index(
        "ix_claim_versions_practice_state_partner", "claim_versions", ["practice", "state", "partner"], unique=False
    )
    op.create_index(op.f("ix_claim_versions_visit_version_id"), "claim_versions", ["visit_version_id"], unique=False)
    op.create_table(
        "findings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("visit_version_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("severity", sa.String(length=12), nullable=False),
        sa.Column("owner", sa.String(length=20), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("fix", sa.Text(), nullable=False),
        sa.Column("cites", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_findings_practice")),
        sa.ForeignKeyConstraint(["visit_version_id"], ["visit_versions.id"], name=op.f("fk_findings_visit_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    op.create_index(op.f("ix_findings_visit_version_id"), "findings", ["visit_version_id"], unique=False)
    op.create_table(
        "parked_money",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("remittance_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_parked_money_practice")),
        sa.ForeignKeyConstraint(["remittance_id"], ["remittances.id"], name=op.f("fk_parked_money_remittance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parked_money")),
    )
    op.create_index(op.f("ix_parked_money_remittance_id"), "parked_money", ["remittance_id"], unique=False)
    op.create_table(
        "acknowledgments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("inbound_id", sa.Integer(), nullable=False),
        sa.Column("interchange_id", sa.Integer(), nullable=True),
        sa.Column("claim_version_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("verdict", sa.String(length=24), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_version_id"], ["claim_versions.id"], name=op.f("fk_acknowledgments_claim_version_id")
        ),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound_files.id"], name=op.f("fk_acknowledgments_inbound_id")),
        sa.ForeignKeyConstraint(
            ["interchange_id"], ["interchanges.id"], name=op.f("fk_acknowledgments_interchange_id")
        ),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_acknowledgments_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledgments")),
    )
    op.create_index(op.f("ix_acknowledgments_claim_version_id"), "acknowledgments", ["claim_version_id"], unique=False)
    op.create_index(op.f("ix_acknowledgments_inbound_id"), "acknowledgments", ["inbound_id"], unique=False)
    op.create_index(op.f("ix_acknowledgments_interchange_id"), "acknowledgments", ["interchange_id"], unique=False)
    op.create_table(
        "interchange_claims",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("interchange_id", sa.Integer(), nullable=False),
        sa.Column("claim_version_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_version_id"], ["claim_versions.id"], name=op.f("fk_interchange_claims_claim_version_id")
        ),
        sa.ForeignKeyConstraint(
            ["interchange_id"], ["interchanges.id"], name=op.f("fk_interchange_claims_interchange_id")
        ),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_interchange_claims_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interchange_claims")),
        sa.UniqueConstraint(
            "practice", "claim_version_id", name=op.f("uq_interchange_claims_practice_claim_version_id")
        ),
    )
    op.create_index(
        op.f("ix_interchange_claims_interchange_id"), "interchange_claims", ["interchange_id"], unique=False
    )
    op.create_table(
        "payments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("remittance_id", sa.Integer(), nullable=False),
        sa.Column("claim_version_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reversal", sa.Boolean(), nullable=False),
        sa.Column("charge_cents", sa.BigInteger(), nullable=False),
        sa.Column("paid_cents", sa.BigInteger(), nullable=False),
        sa.Column("payer_claim_number", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["claim_version_id"], ["claim_versions.id"], name=op.f("fk_payments_claim_version_id")),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_payments_practice")),
        sa.ForeignKeyConstraint(["remittance_id"], ["remittances.id"], name=op.f("fk_payments_remittance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
    )
    op.create_index(op.f("ix_payments_claim_version_id"), "payments", ["claim_version_id"], unique=False)
    op.create_index(op.f("ix_payments_remittance_id"), "payments", ["remittance_id"], unique=False)
    op.create_table(
        "service_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("claim_version_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("control", sa.String(length=30), nullable=False),
        sa.Column("procedure", sa.String(length=5), nullable=False),
        sa.Column("modifiers", sa.String(length=20), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("charge_cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("charge_cents >= 0", name=op.f("ck_service_lines_charge_not_negative")),
        sa.ForeignKeyConstraint(
            ["claim_version_id"], ["claim_versions.id"], name=op.f("fk_service_lines_claim_version_id")
        ),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_service_lines_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_lines")),
        sa.UniqueConstraint(
            "practice", "claim_version_id", "control", name=op.f("uq_service_lines_practice_claim_version_id_control")
        ),
    )
    op.create_index(op.f("ix_service_lines_claim_version_id"), "service_lines", ["claim_version_id"], unique=False)
    op.create_table(
        "denials",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("claim_version_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("group_code", sa.String(length=2), nullable=False),
        sa.Column("carc", sa.Text(), nullable=False),
        sa.Column("rarcs", sa.Text(), nullable=False),
        sa.Column("procedure", sa.String(length=5), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("category", sa.String(length=30), nullable=False),
        sa.Column("owner", sa.String(length=20), nullable=False),
        sa.Column("note_section", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.Column("fix", sa.Text(), nullable=False),
        sa.Column("route", sa.String(length=24), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["claim_version_id"], ["claim_versions.id"], name=op.f("fk_denials_claim_version_id")),
        sa.ForeignKeyConstraint(["line_id"], ["service_lines.id"], name=op.f("fk_denials_line_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_denials_payment_id")),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_denials_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_denials")),
    )
    op.create_index(op.f("ix_denials_claim_version_id"), "denials", ["claim_version_id"], unique=False)
    op.create_index(op.f("ix_denials_line_id"), "denials", ["line_id"], unique=False)
    op.create_index(op.f("ix_denials_payment_id"), "denials", ["payment_id"], unique=False)
    op.create_table(
        "postings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("bucket", sa.String(length=12), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("group_code", sa.String(length=2), nullable=False),
        sa.Column("carc", sa.Text(), nullable=False),
        sa.Column("rarcs", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["service_lines.id"], name=op.f("fk_postings_line_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_postings_payment_id")),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_postings_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postings")),
    )
    op.create_index(op.f("ix_postings_line_id"), "postings", ["line_id"], unique=False)
    op.create_index(op.f("ix_postings_payment_id"), "postings", ["payment_id"], unique=False)
    _append_only("events")


def _append_only(table: str) -> None:
    """Let the database itself refuse to change or forget what was written."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()"
    )
