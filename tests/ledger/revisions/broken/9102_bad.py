"""A revision that breaks off half-way."""

from alembic import op

revision = "9102"
down_revision = "9101"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE bad (id integer)")
    raise ZeroDivisionError
