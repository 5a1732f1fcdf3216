"""A revision that is good."""

from alembic import op

from gateway.ledger.migrate import NEWEST

revision = "9101"
down_revision = NEWEST
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE good (id integer)")
