"""One thing more."""

import sqlalchemy as sa
from alembic import op

revision = "9003"
down_revision = "9002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tried", sa.Column("more", sa.Integer(), nullable=False, server_default="7"))
    op.execute("INSERT INTO tried VALUES (2, 8)")
