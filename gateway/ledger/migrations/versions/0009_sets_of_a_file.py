"""Each transaction set of an inbound file is posted by itself: which of them stand is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Files that are posted already have no rows: what they held was posted in one transaction, all or nothing.
    op.create_table(
        "inbound_sets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("inbound_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound_files.id"], name=op.f("fk_inbound_sets_inbound_id")),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_inbound_sets_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_sets")),
        sa.UniqueConstraint(
            "practice",
            "inbound_id",
            "place",
            "ordinal",
            name=op.f("uq_inbound_sets_practice_inbound_id_place_ordinal"),
        ),
    )
    op.create_index("ix_inbound_sets_by_state", "inbound_sets", ["practice", "inbound_id", "state"], unique=False)
