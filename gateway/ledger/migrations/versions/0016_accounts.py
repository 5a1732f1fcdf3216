"""Accounts of people, and under whose account each line of the log was written."""

import sqlalchemy as sa
from alembic import op

from gateway.ledger import append_only
from gateway.ledger.columns import Instant

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("os_user", sa.String(length=64), nullable=True),
        sa.Column("limit_cents", sa.BigInteger(), nullable=True),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("disabled_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_accounts_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("practice", "name", name=op.f("uq_accounts_practice_name")),
        sa.UniqueConstraint("practice", "os_user", name=op.f("uq_accounts_practice_os_user")),
    )
    op.add_column("events", sa.Column("account", sa.String(length=40), nullable=False, server_default=""))
    op.add_column("events", sa.Column("way", sa.String(length=12), nullable=False, server_default=""))
    append_only.renew(op.get_bind())
