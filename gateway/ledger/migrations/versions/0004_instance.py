"""The ledger knows who it is and where it may work, and which claims a lost one may have sent."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instance = op.create_table(
        "instance",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("instance", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("held", sa.Text(), nullable=False),
        sa.Column("recovery", sa.String(length=32), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_instance_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance")),
    )
    row = {"id": 1, "instance": secrets.token_hex(16), "epoch": 1, "place": "", "held": "", "recovery": ""}
    op.bulk_insert(instance, [row])
    op.create_table(
        "doubts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("pcn", sa.String(length=17), nullable=False),
        sa.Column("likeness", sa.String(length=64), nullable=False),
        sa.Column("was_seen", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("freed_by", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_doubts_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doubts")),
        sa.UniqueConstraint("practice", "partner", "pcn", name=op.f("uq_doubts_practice_partner_pcn")),
    )
    op.create_index("ix_doubts_practice_likeness", "doubts", ["practice", "likeness"], unique=False)
