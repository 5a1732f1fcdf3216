"""A revision that forgets whose rows point where."""

from alembic import op

from gateway.ledger.migrate import NEWEST

revision = "9201"
down_revision = NEWEST
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM practices WHERE key = 'elm'")
