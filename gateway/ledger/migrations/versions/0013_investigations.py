"""An overpayment may be looked into before it is returned; a patient is known under a number with hyphens and without."""

import sqlalchemy as sa
from alembic import op

from gateway.ledger.patients import patient_key

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_PAGE = 1_000


def upgrade() -> None:
    op.add_column("desk_items", sa.Column("investigated_on", sa.Date(), nullable=True))
    op.add_column("desk_items", sa.Column("suspended_days", sa.Integer(), nullable=False, server_default="0"))
    _name_patients_anew(op.get_bind())


def _name_patients_anew(tx: sa.Connection) -> None:
    """Give whom a card's number is written with hyphens or blanks the key of the number without: it is one patient."""
    versions = sa.table(
        "visit_versions",
        sa.column("id", sa.Integer),
        sa.column("practice", sa.String),
        sa.column("document", sa.LargeBinary),
        sa.column("patient", sa.String),
    )
    practices = sa.table("practices", sa.column("key", sa.String), sa.column("secret", sa.LargeBinary))
    secrets = {key: bytes(secret) for key, secret in tx.execute(sa.select(practices.c.key, practices.c.secret))}
    after = 0
    while page := tx.execute(
        sa.select(versions.c.id, versions.c.practice, versions.c.document, versions.c.patient)
        .where(versions.c.id > after)
        .order_by(versions.c.id)
        .limit(_PAGE)
    ).all():
        anew = [
            {"row": number, "whose": whose}
            for number, key, document, patient in page
            if (whose := patient_key(secrets[key], bytes(document))) != patient
        ]
        if anew:
            tx.execute(
                sa.update(versions).where(versions.c.id == sa.bindparam("row")).values(patient=sa.bindparam("whose")),
                anew,
            )
        after = page[-1][0]
