"""The desk: each sum of money that is on no claim is an item, until a person or an answer ends it."""

from collections import defaultdict

import sqlalchemy as sa
from alembic import op

from gateway.ledger import append_only
from gateway.ledger.indexes import concurrent_index

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

indexes = (concurrent_index("ix_claim_versions_by_payers_number", "claim_versions", "practice", "payer_claim_number"),)

_ACCOUNTS = {
    "WO": "recovered",
    "FB": "carried forward",
    "L6": "interest",
    "IR": "tax withheld",
    "72": "refund acknowledged",
    "CS": "adjustment",
    "AP": "advance",
    "B2": "rebate",
    "50": "late charge",
    "LE": "levy",
    "CT": "capitation",
}
"""As they were when this revision was made."""
_BOOKED = frozenset({"interest", "tax withheld", "rebate", "late charge", "capitation"})
_INDEXES = {
    "state": ("state", "id", "left_cents"),
    "kind": ("kind", "state", "id", "left_cents"),
    "payer": ("payer", "state", "id", "left_cents"),
    "claim": ("claim", "state", "id", "left_cents"),
    "reference": ("reference", "state", "id", "left_cents"),
    "due": ("state", "due_on", "id", "left_cents"),
    "answer": ("answer_id",),
    "remittance": ("remittance_id",),
}


def upgrade() -> None:
    items = op.create_table(
        "desk_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("remittance_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("account", sa.String(length=24), nullable=False),
        sa.Column("code", sa.String(length=2), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("claim", sa.String(length=17), nullable=False),
        sa.Column("payer", sa.Text(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("held_cents", sa.BigInteger(), nullable=False),
        sa.Column("left_cents", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("owner", sa.String(length=20), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.Column("answer_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_desk_items_practice")),
        sa.ForeignKeyConstraint(["remittance_id"], ["remittances.id"], name=op.f("fk_desk_items_remittance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_items")),
    )
    for name, columns in _INDEXES.items():
        op.create_index(f"ix_desk_items_by_{name}", "desk_items", ["practice", *columns])
    op.create_table(
        "payer_aliases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("payer", sa.String(length=80), nullable=False),
        sa.Column("alias", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.key"], name=op.f("fk_payer_aliases_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payer_aliases")),
        sa.UniqueConstraint("practice", "payer", "alias", name=op.f("uq_payer_aliases_practice_payer_alias")),
    )
    op.add_column("answers", sa.Column("found_by", sa.String(length=20), nullable=False, server_default=""))
    rows = [*_parked(), *_set_aside()]
    if rows:
        op.bulk_insert(items, rows)
    append_only.renew(op.get_bind())


def _table(name: str, *columns: str) -> sa.TableClause:
    return sa.table(name, *map(sa.column, columns))


def _parked() -> list[dict[str, object]]:
    """Give the items of what is parked: money that waits for an answer in one for each answer, the other as it came."""
    parked = _table("parked_money", "id", "practice", "remittance_id", "reason", "reference", "cents", "said")
    remittances = _table("remittances", "id", "payer_id", "at")
    query = sa.select(parked, remittances.c.payer_id, remittances.c.at).join(
        remittances, remittances.c.id == parked.c.remittance_id
    )
    rows: list[dict[str, object]] = []
    versions = _table("claim_versions", "practice", "pcn")
    named = sa.select(versions.c.pcn).join(parked, (parked.c.reference == versions.c.pcn))
    ours = set(op.get_bind().execute(named.where(parked.c.reason == "provider adjustment")).scalars())
    fitting = defaultdict(list)
    for one in op.get_bind().execute(query.order_by(parked.c.id)):
        if one.reason in {"does not fit", "taken up"}:
            fitting[one.practice, one.remittance_id, one.reference].append(one)
        elif one.reason == "provider adjustment":
            code = one.said.rpartition(" ")[2][:2]
            account = _ACCOUNTS.get(code, "other")
            claim = one.reference if one.reference in ours else ""
            rows.append(_desk_item(one, "provider adjustment", one.cents, account=account, code=code, claim=claim))
        else:
            rows.append(_desk_item(one, "claim not ours", one.cents))
    waits = _waiting()
    for key, some in fitting.items():
        left = sum(one.cents for one in some)
        for answer_id, ordinal, cents in waits.get(key, ()):
            left -= cents
            is_twice = cents > 0 and some[0].said.endswith("it was answered before, and that answer was not reversed")
            kind = "overpayment" if is_twice else "does not fit"
            rows.append(_desk_item(some[0], kind, cents, claim=key[2], answer_id=answer_id, ordinal=ordinal))
        if left:
            rows.append(_desk_item(some[0], "does not fit", left, claim=key[2]))
    return rows


def _waiting() -> dict[tuple[str, int, str], list[tuple[int, int, int]]]:
    """Give the answers that wait: id, place and cents, by practice, remittance and claim."""
    answers = _table("answers", "id", "practice", "remittance_id", "claim_version_id", "ordinal", "fate", "waits_cents")
    versions = _table("claim_versions", "id", "pcn")
    query = (
        sa.select(answers, versions.c.pcn)
        .join(versions, versions.c.id == answers.c.claim_version_id)
        .where((answers.c.fate == "waits") | (answers.c.waits_cents != 0))
    )
    found = defaultdict(list)
    for one in op.get_bind().execute(query.order_by(answers.c.id)):
        found[one.practice, one.remittance_id, one.pcn].append((one.id, one.ordinal, int(one.waits_cents)))
    return found


def _set_aside() -> list[dict[str, object]]:
    remittances = _table("remittances", "id", "practice", "state", "trace", "payer_id", "payment_cents", "why", "at")
    query = sa.select(
        remittances.c.practice,
        remittances.c.id.label("remittance_id"),
        remittances.c.trace.label("reference"),
        remittances.c.payer_id,
        remittances.c.payment_cents,
        remittances.c.why.label("said"),
        remittances.c.at,
    ).where(remittances.c.state == "set aside")
    return [
        {**_desk_item(one, "set aside", one.payment_cents), "held_cents": 0}
        for one in op.get_bind().execute(query.order_by(remittances.c.id))
    ]


def _desk_item(  # type: ignore[no-untyped-def]
    row,  # noqa: ANN001
    kind: str,
    cents: int,
    *,
    account: str = "",
    code: str = "",
    claim: str = "",
    answer_id: int | None = None,
    ordinal: int = 0,
) -> dict[str, object]:
    booked = account in _BOOKED
    return {
        "practice": row.practice,
        "remittance_id": row.remittance_id,
        "kind": kind,
        "account": account,
        "code": code,
        "reference": row.reference,
        "claim": claim,
        "payer": row.payer_id,
        "cents": cents,
        "held_cents": cents,
        "left_cents": cents,
        "state": "booked" if booked else "open",
        "owner": "practice manager" if kind == "set aside" else "biller",
        "why": row.said,
        "ordinal": ordinal,
        "document": None,
        "answer_id": answer_id,
        "due_on": None,
        "at": row.at,
    }
