"""A patient is known by name as well as by card, and by a card's number with hyphens and without."""

import sqlalchemy as sa
from alembic import op

from gateway.ledger.patients import patient_keys

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_PAGE = 1_000


def upgrade() -> None:
    op.add_column("visit_versions", sa.Column("person", sa.String(length=64), nullable=False, server_default=""))
    tx = op.get_bind()
    versions = sa.table(
        "visit_versions",
        sa.column("id", sa.Integer),
        sa.column("practice", sa.String),
        sa.column("document", sa.LargeBinary),
        sa.column("patient", sa.String),
        sa.column("person", sa.String),
    )
    practices = sa.table("practices", sa.column("key", sa.String), sa.column("secret", sa.LargeBinary))
    secrets = {key: bytes(secret) for key, secret in tx.execute(sa.select(practices.c.key, practices.c.secret))}
    names = sa.update(versions).where(versions.c.id == sa.bindparam("row"))
    names = names.values(patient=sa.bindparam("by_card"), person=sa.bindparam("by_name"))
    after = 0
    while page := tx.execute(
        sa.select(versions.c.id, versions.c.practice, versions.c.document)
        .where(versions.c.id > after)
        .order_by(versions.c.id)
        .limit(_PAGE)
    ).all():
        keys = [(number, patient_keys(secrets[practice], bytes(document))) for number, practice, document in page]
        tx.execute(names, [{"row": number, "by_card": each.patient, "by_name": each.person} for number, each in keys])
        after = page[-1][0]
