"""What payers answered to a claim is kept, also while it waits: what stands is worked out from all answers together."""

import sqlalchemy as sa
from alembic import op

from gateway.ledger import append_only

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    answers = op.create_table(
        "answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("remittance_id", sa.Integer(), nullable=False),
        sa.Column("claim_version_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.Column("fate", sa.String(length=12), nullable=False),
        sa.Column("waits_cents", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["claim_version_id"], ["claim_versions.id"], name=op.f("fk_answers_claim_version_id")),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_answers_practice")),
        sa.ForeignKeyConstraint(["remittance_id"], ["remittances.id"], name=op.f("fk_answers_remittance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
    )
    op.create_index("ix_answers_remittance_id", "answers", ["remittance_id"])
    op.create_index("ix_answers_claim_version_id", "answers", ["claim_version_id"])
    op.add_column("postings", sa.Column("of_claim", sa.Boolean(), nullable=False, server_default=sa.false()))
    # One trace, day and amount may be two payments: what tells them apart is their claims.
    op.add_column("remittances", sa.Column("digest", sa.String(length=32), nullable=False, server_default=""))
    op.drop_index("uq_remittances_posted_once", table_name="remittances")
    op.create_index(
        "uq_remittances_posted_once",
        "remittances",
        ["practice", "trace", "originator", "paid_on", "payment_cents", "digest"],
        unique=True,
        sqlite_where=sa.text("state = 'posted'"),
        postgresql_where=sa.text("state = 'posted'"),
    )
    op.add_column("payments", sa.Column("answer_id", sa.Integer(), nullable=True))
    # Payments are never changed: those of before are of the answer that has their own id.
    payments = sa.table("payments", *map(sa.column, ("id", "practice", "remittance_id", "claim_version_id")))
    before = sa.select(
        payments.c.id,
        payments.c.practice,
        payments.c.remittance_id,
        payments.c.claim_version_id,
        payments.c.id.label("ordinal"),
        sa.literal("stands").label("fate"),
        sa.literal(0).label("waits_cents"),
    )
    columns = ["id", "practice", "remittance_id", "claim_version_id", "ordinal", "fate", "waits_cents"]
    op.execute(sa.insert(answers).from_select(columns, before))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('answers', 'id'), coalesce(max(id), 1), max(id) IS NOT NULL) FROM answers"
        )
    append_only.renew(op.get_bind())
