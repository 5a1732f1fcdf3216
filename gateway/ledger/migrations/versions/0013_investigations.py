"""An overpayment may be looked into before it is returned."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("desk_items", sa.Column("investigated_on", sa.Date(), nullable=True))
    op.add_column("desk_items", sa.Column("suspended_days", sa.Integer(), nullable=False, server_default="0"))
