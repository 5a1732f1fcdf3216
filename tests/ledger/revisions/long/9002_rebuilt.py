"""A guarded table rebuilt."""

import sqlalchemy as sa
from alembic import op

revision = "9002"
down_revision = "9001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table(
        "events", recreate="auto" if op.get_bind().dialect.name != "sqlite" else "always"
    ) as batch:
        batch.add_column(sa.Column("tried", sa.Integer(), nullable=False, server_default="0"))
    op.create_table("tried", sa.Column("id", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("id"))
    op.execute("INSERT INTO tried VALUES (1)")
