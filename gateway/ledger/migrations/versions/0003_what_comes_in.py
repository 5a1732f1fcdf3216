"""What comes in: reason codes, strikes, answers to nothing we sent, interchanges that came, and names seen but not taken."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Columns with a default are added in place: the rows that point to these tables are not touched.
    with op.batch_alter_table("inbound_files") as batch:
        batch.add_column(sa.Column("reason", sa.String(length=24), nullable=False, server_default=""))
        batch.add_column(sa.Column("strikes", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("unmatched", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("inbound_names") as batch:
        batch.add_column(sa.Column("sha256", sa.String(length=64), nullable=False, server_default=""))
    op.create_table(
        "inbound_looks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("modified", sa.BigInteger(), nullable=True),
        sa.Column("first_at", sa.String(length=32), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_inbound_looks_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_looks")),
        sa.UniqueConstraint("practice", "partner", "name", name=op.f("uq_inbound_looks_practice_partner_name")),
    )
    op.create_table(
        "inbound_interchanges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("inbound_id", sa.Integer(), nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("sender", sa.String(length=15), nullable=False),
        sa.Column("interchange", sa.Integer(), nullable=False),
        sa.Column("date", sa.String(length=6), nullable=False),
        sa.Column("time", sa.String(length=4), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_inbound_interchanges_practice")),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound_files.id"], name=op.f("fk_inbound_interchanges_inbound_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_interchanges")),
        sa.UniqueConstraint(
            "practice",
            "partner",
            "sender",
            "interchange",
            "date",
            "time",
            name="uq_inbound_interchanges_key",
        ),
    )
    op.create_index("ix_inbound_interchanges_inbound_id", "inbound_interchanges", ["inbound_id"], unique=False)
