"""An index that finds a patient's visits by the name."""

from gateway.ledger.indexes import concurrent_index

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

indexes = (
    concurrent_index(
        "ix_visit_versions_by_person", "visit_versions", "practice", "person", "day", "id", "visit_id", "version"
    ),
)


def upgrade() -> None:
    """The index is all there is to it."""
