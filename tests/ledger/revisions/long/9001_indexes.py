"""Indexes on tables that may be large."""

from gateway.ledger.indexes import concurrent_index
from gateway.ledger.migrate import NEWEST

revision = "9001"
down_revision = NEWEST
branch_labels = None
depends_on = None

indexes = (
    concurrent_index("ix_try_events", "events", "practice", "kind", "id"),
    concurrent_index("ix_try_claims", "claim_versions", "practice", "pcn", where="state = 'paid'"),
    concurrent_index("uq_try_practices", "practices", "name", "key", unique=True),
)


def upgrade() -> None:
    """Nothing more than the indexes."""
