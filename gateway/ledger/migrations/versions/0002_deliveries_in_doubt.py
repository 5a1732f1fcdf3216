"""How a file gets its final name, resends, cancelled files, and how each partner stands."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("manner", sa.String(length=8), nullable=False, server_default=""))
    op.add_column("deliveries", sa.Column("refusals", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("deliveries", sa.Column("resends", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("interchange_claims") as batch:
        batch.add_column(sa.Column("withdrawn", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.drop_constraint("uq_interchange_claims_practice_claim_version_id", type_="unique")
    op.create_index(
        "uq_interchange_claims_carried_once",
        "interchange_claims",
        ["practice", "claim_version_id"],
        unique=True,
        sqlite_where=sa.text("withdrawn = 0"),
        postgresql_where=sa.text("withdrawn = false"),
    )
    op.create_table(
        "resends",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("interchange_id", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["interchange_id"], ["interchanges.id"], name=op.f("fk_resends_interchange_id")),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_resends_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resends")),
    )
    op.create_index(op.f("ix_resends_interchange_id"), "resends", ["interchange_id"], unique=False)
    op.create_table(
        "standings",
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.String(length=32), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_standings_practice")),
        sa.PrimaryKeyConstraint("practice", "partner", name=op.f("pk_standings")),
    )
    op.create_table(
        "capabilities",
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("capability", sa.String(length=60), nullable=False),
        sa.Column("answer", sa.String(length=8), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_capabilities_practice")),
        sa.PrimaryKeyConstraint("practice", "partner", "capability", name=op.f("pk_capabilities")),
    )
