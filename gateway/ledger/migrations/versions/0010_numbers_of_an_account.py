"""Interchanges are numbered per sender, receiver and usage: one submitter's account may serve several practices."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# ISA has fixed places, counted from 1: ISA05 at 33, ISA06 at 36, ISA07 at 52, ISA08 at 55, ISA15 at 103.
_PLACES = ((33, 2), (36, 15), (52, 2), (55, 15), (103, 1))


def upgrade() -> None:
    numbers = op.create_table(
        "interchange_numbers",
        sa.Column("sender", sa.String(length=18), nullable=False),
        sa.Column("receiver", sa.String(length=18), nullable=False),
        sa.Column("usage", sa.String(length=1), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sender", "receiver", "usage", name=op.f("pk_interchange_numbers")),
    )
    # The last number that any practice used: what an envelope said is in the files themselves. Numbers that were passed
    # over by hand without a file stand in control_numbers, which is asked too.
    sender_qualifier, sender, receiver_qualifier, receiver, usage = (_part(*place) for place in _PLACES)
    files = sa.table("interchanges", sa.column("body"), sa.column("cycle"), sa.column("interchange"))
    sent = sa.select(
        (sender_qualifier + ":" + sender).label("sender"),
        (receiver_qualifier + ":" + receiver).label("receiver"),
        usage.label("usage"),
        files.c.cycle,
        files.c.interchange,
    ).subquery("sent")
    key = (sent.c.sender, sent.c.receiver, sent.c.usage)
    newest_first = (sent.c.cycle.desc(), sent.c.interchange.desc())
    placed = sa.select(
        sent, sa.func.row_number().over(partition_by=key, order_by=newest_first).label("place")
    ).subquery()
    newest = sa.select(*(column for column in placed.c if column.name != "place")).where(placed.c.place == 1)
    op.execute(sa.insert(numbers).from_select(["sender", "receiver", "usage", "cycle", "last"], newest))


def _part(first: int, length: int) -> sa.ColumnElement[str]:
    """Read an element of a file's ISA, without the blanks behind it."""
    cut = sa.func.substr(sa.literal_column("body"), first, length)
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    as_text = sa.cast(cut, sa.Text()) if on_sqlite else sa.func.convert_from(cut, "LATIN1", type_=sa.Text())
    return sa.func.rtrim(as_text, type_=sa.Text())
