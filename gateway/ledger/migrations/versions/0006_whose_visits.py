"""The patient of a visit as a key, what a held visit was judged by, and the payer of a denial."""

import sqlalchemy as sa
from alembic import op

from gateway.ledger.patients import patient_keys

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_PAGE = 1_000


def upgrade() -> None:
    op.add_column("visit_versions", sa.Column("patient", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("visit_versions", sa.Column("judged_by", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("visit_versions", sa.Column("look_again_on", sa.Date(), nullable=True))
    op.add_column("denials", sa.Column("payer", sa.String(length=80), nullable=False, server_default=""))
    _name_patients(op.get_bind())
    op.execute(
        "UPDATE denials SET payer = (SELECT payer FROM claim_versions WHERE claim_versions.id = denials.claim_version_id)"
    )


def _name_patients(tx: sa.Connection) -> None:
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
        sa.select(versions.c.id, versions.c.practice, versions.c.document)
        .where(versions.c.id > after)
        .order_by(versions.c.id)
        .limit(_PAGE)
    ).all():
        tx.execute(
            sa.update(versions).where(versions.c.id == sa.bindparam("row")).values(patient=sa.bindparam("whose")),
            [
                {"row": number, "whose": patient_keys(secrets[key], bytes(document)).patient}
                for number, key, document in page
            ],
        )
        after = page[-1][0]
