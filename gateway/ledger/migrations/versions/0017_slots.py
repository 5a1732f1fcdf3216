"""What is done by itself: up to when each job's times are known, and a slot for each of them."""

import sqlalchemy as sa
from alembic import op

from gateway.ledger.columns import Instant

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The first revision foresaw slots in another shape; no gateway has ever written one.
    op.drop_table("slots")
    op.create_table(
        "schedules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("job", sa.String(length=20), nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("known_until", Instant(), nullable=False),
        sa.Column("paused_at", Instant(), nullable=True),
        sa.Column("paused_by", sa.Text(), nullable=False),
        sa.Column("pause_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_schedules_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedules")),
        sa.UniqueConstraint("practice", "job", "partner", name=op.f("uq_schedules_practice_job_partner")),
    )
    op.create_table(
        "slots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("job", sa.String(length=20), nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("local", sa.String(length=16), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("fence", sa.String(length=32), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("begun_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("again_at", Instant(), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_slots_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slots")),
        sa.UniqueConstraint("practice", "job", "partner", "local", name=op.f("uq_slots_practice_job_partner_local")),
    )
    op.create_index("ix_slots_practice_state_due_at", "slots", ["practice", "state", "due_at"])
