"""Files as they leave, where they are encrypted for the partner."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("interchanges", sa.Column("wire", sa.LargeBinary(), nullable=True))
    op.add_column("interchanges", sa.Column("wire_size", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("interchanges", sa.Column("wire_sha256", sa.String(length=64), nullable=False, server_default=""))
    op.execute("UPDATE interchanges SET wire_size = size, wire_sha256 = sha256")
