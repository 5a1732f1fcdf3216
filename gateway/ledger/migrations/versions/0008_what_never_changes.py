"""Posted money, parked money and a claim's charge never change; a file keeps the mailbox that it was sealed for."""

import sqlalchemy as sa
from alembic import op

from gateway.ledger import append_only

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Empty in the rows that are there: for which mailbox they were sealed is not known, so it is not compared.
    op.add_column("deliveries", sa.Column("mailbox", sa.String(length=32), nullable=False, server_default=""))
    append_only.renew(op.get_bind())
