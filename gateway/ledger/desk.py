"""The items on the desk. What they hold is what is parked; every movement of it is a row of parked_money."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, RowMapping, func, insert, select, update

from gateway.desk import ItemKind, ItemState
from gateway.errors import LedgerConflict
from gateway.ledger.lists import Elsewhere, Indexed, List, Page, Plain, page
from gateway.ledger.parameters import some_at_once
from gateway.ledger.record import payment_from_bytes, payment_to_bytes
from gateway.ledger.tables import desk_items, parked_money, payer_aliases, remittances
from gateway.ledger.unindexed import Unindexed
from gateway.listing import Asked
from gateway.remittance import ClaimPayment


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """A sum that is put on the desk.

    cents         as it came: positive where money came to the practice
    claim         the patient control number of the claim of ours that it is tied to; empty if to none
    is_parked     the money is parked; else it is on a claim, was paid back, or was never posted
    state         open, unless its account needs nobody or it was paid back
    answer        the place of the answer that waits among the new ones; None if none does
    document      an answer to a claim that is not ours, or not known as such
    due_on, investigated_on, suspended_days  as in tables.py: what is known of an item whose amount changes goes with it
    remittance_id of another remittance than the one that is being posted; 0 else
    """

    kind: ItemKind
    reference: str
    cents: int
    why: str
    claim: str = ""
    account: str = ""
    code: str = ""
    ordinal: int = 0
    is_parked: bool = True
    state: ItemState = ItemState.OPEN
    answer: int | None = None
    answer_id: int | None = None
    document: ClaimPayment | None = None
    due_on: date | None = None
    investigated_on: date | None = None
    suspended_days: int = 0
    owner: str = "biller"
    remittance_id: int = 0


class Waiting(NamedTuple):
    """What of an answer that was kept before waits now: the change of it in cents, and why."""

    answer_id: int
    cents: int
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskItem:
    """An item as it stands; see the columns of `desk_items` in tables.py. `trace` and the days are its remittance's."""

    id: int
    remittance_id: int
    kind: ItemKind
    account: str
    code: str
    reference: str
    claim: str
    payer: str
    payer_name: str
    partner: str
    trace: str
    paid_on: date
    cents: int
    held_cents: int
    left_cents: int
    state: ItemState
    owner: str
    why: str
    ordinal: int
    answer_id: int | None
    due_on: date | None
    investigated_on: date | None
    suspended_days: int
    at: datetime


_REMITTANCE: Final = ("payer_name", "partner", "trace", "paid_on")
_STORED: Final = select(desk_items, *(remittances.c[name] for name in _REMITTANCE)).join(
    remittances, remittances.c.id == desk_items.c.remittance_id
)

LIST: Final = List(
    id=desk_items.c.id,
    practice=desk_items.c.practice,
    stored=_STORED,
    fields={
        "state": Indexed(column=desk_items.c.state),
        "kind": Indexed(column=desk_items.c.kind, split=True),
        "payer": Indexed(column=desk_items.c.payer, split=True),
        "claim": Indexed(column=desk_items.c.claim, split=True),
        "reference": Indexed(column=desk_items.c.reference, split=True),
        "due": Indexed(column=desk_items.c.due_on, split=True, inside=True),
        "trace": Elsewhere(
            ids=lambda practice, asked: (
                select(desk_items.c.id)
                .join(remittances, remittances.c.id == desk_items.c.remittance_id)
                .where(
                    desk_items.c.practice == practice,
                    remittances.c.practice == practice,
                    remittances.c.trace.in_(asked.wanted),
                )
            ),
            column=remittances.c.trace,
            practice=remittances.c.practice,
        ),
        "account": Plain(column=desk_items.c.account),
        "owner": Plain(column=desk_items.c.owner),
        "amount": Plain(column=desk_items.c.left_cents),
        "age": Plain(column=desk_items.c.at),
    },
    sorts={"due": desk_items.c.due_on, "amount": desk_items.c.left_cents},
    split=desk_items.c.state,
    split_values=tuple(ItemState),
    amount=desk_items.c.left_cents,
)


def page_of(tx: Connection, practice: str, asked: Asked) -> Page[DeskItem]:
    """List items."""
    return page(tx, practice, LIST, asked, _stored)


def find(tx: Connection, practice: str, item_id: int) -> DeskItem | None:
    """Give the item of that number."""
    row = tx.execute(_STORED.where(desk_items.c.practice == practice, desk_items.c.id == item_id)).mappings().first()
    return None if row is None else _stored(row)


def document_of(tx: Connection, practice: str, item_id: int) -> ClaimPayment | None:
    """Give the answer that an item was kept with, if it was."""
    mine = desk_items.c.practice == practice, desk_items.c.id == item_id
    document = tx.execute(select(desk_items.c.document).where(*mine)).scalar()
    return payment_from_bytes(document) if document else None


def of_claims(
    tx: Connection, practice: str, pcns: Collection[str], *, states: Collection[ItemState] = (ItemState.OPEN,)
) -> tuple[DeskItem, ...]:
    """Give the items that are tied to some claims, oldest first."""
    return tuple(
        item
        for some in some_at_once(set(pcns) - {""})
        for item in _where(tx, practice, desk_items.c.claim.in_(some), desk_items.c.state.in_(states))
    )


def of_remittance(tx: Connection, practice: str, remittance_id: int) -> tuple[DeskItem, ...]:
    """Give every item that a remittance left, in its order."""
    return _where(tx, practice, desk_items.c.remittance_id == remittance_id)


def of_answers(tx: Connection, practice: str, answer_ids: Collection[int]) -> tuple[DeskItem, ...]:
    """Give the items of answers that wait, or waited."""
    return tuple(
        item for some in some_at_once(answer_ids) for item in _where(tx, practice, desk_items.c.answer_id.in_(some))
    )


def of_kind(
    tx: Connection,
    practice: str,
    kind: ItemKind,
    *,
    references: Collection[str],
    states: Collection[ItemState] = (ItemState.OPEN,),
) -> tuple[DeskItem, ...]:
    """Give the items of one kind with some references (CLP01), oldest first."""
    return tuple(
        item
        for some in some_at_once(references)
        for item in _where(
            tx,
            practice,
            desk_items.c.reference.in_(some),
            desk_items.c.state.in_(states),
            Unindexed(desk_items.c.kind) == kind,
        )
    )


def untied(tx: Connection, practice: str, kind: ItemKind) -> frozenset[str]:
    """Give the references of the open items of one kind that are tied to no claim."""
    d = desk_items.c
    query = select(d.reference).where(
        d.practice == practice, d.kind == kind, d.state == ItemState.OPEN, Unindexed(d.claim) == ""
    )
    return frozenset(tx.execute(query).scalars())


def placed(tx: Connection, practice: str, references: Collection[str]) -> dict[str, set[str]]:
    """Give, by CLP01 that is no number of ours, the claims that a person has placed such answers on."""
    d, found = desk_items.c, dict[str, set[str]]()
    for some in some_at_once(set(references) - {""}):
        query = select(d.reference, d.claim).where(
            d.practice == practice,
            d.reference.in_(some),
            d.state == ItemState.PLACED,
            Unindexed(d.kind) == ItemKind.STRANGER,
        )
        for row in tx.execute(query):
            found.setdefault(row.reference, set()).add(row.claim)
    return found


def tie(tx: Connection, practice: str, item: DeskItem, pcn: str) -> None:
    """Keep on which claim an item was placed."""
    mine = desk_items.c.practice == practice, desk_items.c.id == item.id
    tx.execute(update(desk_items).where(*mine).values(claim=pcn))


def to_meet(tx: Connection, practice: str, payer: str) -> tuple[DeskItem, ...]:
    """Give the open items of one payer that may meet others, oldest first: what it adjusted, or was paid back, or paid too much."""
    d = desk_items.c
    may_meet = Unindexed(d.kind).in_((ItemKind.PROVIDER, ItemKind.OVERPAID)) & (d.state == ItemState.OPEN)
    is_paid_back = Unindexed(d.kind) == ItemKind.REFUND
    states = d.state.in_((ItemState.OPEN, ItemState.RETURNED))
    return _where(tx, practice, d.payer == payer, states, may_meet | is_paid_back)


def _where(tx: Connection, practice: str, *conditions: ColumnElement[bool]) -> tuple[DeskItem, ...]:
    query = _STORED.where(desk_items.c.practice == practice, *conditions).order_by(desk_items.c.id)
    return tuple(_stored(row) for row in tx.execute(query).mappings())


def _stored(row: RowMapping) -> DeskItem:
    fields = {name: row[name] for name in DeskItem.__dataclass_fields__ if name not in {"kind", "state"}}
    return DeskItem(**fields, kind=ItemKind(row["kind"]), state=ItemState(row["state"]))


def add_all(
    tx: Connection,
    practice: str,
    remittance_id: int,
    payer: str,
    items: Sequence[NewItem],
    answer_ids: Sequence[int],
    *,
    at: datetime,
) -> tuple[int, ...]:
    """Put items on the desk, in this order, and park what they hold. Gives their numbers."""
    if not items:
        return ()
    rows = [
        {
            "practice": practice,
            "remittance_id": one.remittance_id or remittance_id,
            "kind": one.kind,
            "account": one.account,
            "code": one.code,
            "reference": one.reference,
            "claim": one.claim,
            "payer": payer,
            "cents": one.cents,
            "held_cents": one.cents if one.is_parked else 0,
            "left_cents": one.cents,
            "state": one.state,
            "owner": one.owner,
            "why": one.why,
            "ordinal": one.ordinal,
            "document": payment_to_bytes(one.document) if one.document is not None else None,
            "answer_id": one.answer_id if one.answer is None else answer_ids[one.answer],
            "due_on": one.due_on,
            "investigated_on": one.investigated_on,
            "suspended_days": one.suspended_days,
            "at": at,
        }
        for one in items
    ]
    written = insert(desk_items).returning(desk_items.c.id, sort_by_parameter_order=True)
    ids = tuple(tx.execute(written, rows).scalars())
    parked = [
        _movement(
            practice, one.remittance_id or remittance_id, one.kind, one.claim or one.reference, one.cents, one.why
        )
        for one in items
        if one.is_parked
    ]
    if parked:
        tx.execute(insert(parked_money), parked)
    return ids


def move(tx: Connection, practice: str, item: DeskItem, cents: int, state: ItemState, said: str) -> None:
    """Change what an item holds by so many cents, and with it what is left of it while it is open."""
    left = item.left_cents + (cents if item.state is ItemState.OPEN else 0)
    _update(tx, practice, item, held_cents=item.held_cents + cents, left_cents=left, state=state)
    if cents:
        reason = item.kind if state is ItemState.OPEN else state
        reference = item.claim or item.reference
        tx.execute(insert(parked_money), [_movement(practice, item.remittance_id, reason, reference, cents, said)])


def _movement(
    practice: str, remittance_id: int, reason: str, reference: str, cents: int, said: str
) -> dict[str, object]:
    return {
        "practice": practice,
        "remittance_id": remittance_id,
        "reason": reason,
        "reference": reference,
        "cents": cents,
        "said": said,
    }


def settle(tx: Connection, practice: str, item: DeskItem, left_cents: int, state: ItemState) -> None:
    """Say what of an item is left to decide; its money stays where it is."""
    _update(tx, practice, item, left_cents=left_cents, state=state)


def investigate(
    tx: Connection, practice: str, item: DeskItem, since: date | None, due_on: date, suspended_days: int
) -> None:
    """Keep since when a person looks into an item (None once that is over), its day, and how many days were suspended."""
    _update(tx, practice, item, investigated_on=since, due_on=due_on, suspended_days=suspended_days)


def _update(tx: Connection, practice: str, item: DeskItem, **values: object) -> None:
    """Change an item that is still as it was read. Raises LedgerConflict if somebody was quicker."""
    d = desk_items.c
    as_read = (d.held_cents == item.held_cents, d.left_cents == item.left_cents, d.state == item.state)
    done = tx.execute(update(desk_items).where(d.practice == practice, d.id == item.id, *as_read).values(**values))
    if done.rowcount != 1:
        raise LedgerConflict(f"item {item.id} of the desk has changed meanwhile; look at it again before acting")


class OpenItems(NamedTuple):
    """What is open of one kind: how many items, their cents, and since when the oldest waits."""

    kind: ItemKind
    items: int
    cents: int
    oldest: datetime


def open_by_kind(tx: Connection, practice: str) -> tuple[OpenItems, ...]:
    """Count and add up what is open, by kind in the order of the kinds."""
    d = desk_items.c
    query = (
        select(d.kind, func.count(), func.sum(d.left_cents), func.min(d.at))
        .where(d.practice == practice, d.state == ItemState.OPEN)
        .group_by(d.kind)
    )
    found = {ItemKind(kind): (int(items), int(cents), oldest) for kind, items, cents, oldest in tx.execute(query)}
    return tuple(OpenItems(kind, *found[kind]) for kind in ItemKind if kind in found)


class Held(NamedTuple):
    """Cents that are not on claims: of which nobody has decided; on each account; by what else became of them."""

    open: int
    accounts: dict[str, int]
    ended: dict[str, int]


def held(tx: Connection, practice: str) -> Held:
    """Add up what the desk holds."""
    d = desk_items.c
    key = (d.state, d.account)
    query = select(*key, func.sum(d.held_cents)).where(d.practice == practice).group_by(*key)
    still, accounts, ended = 0, dict[str, int](), dict[str, int]()
    for state, account, amount in tx.execute(query):
        if account:
            accounts[account] = accounts.get(account, 0) + int(amount)
        elif state == ItemState.OPEN:
            still += int(amount)
        else:
            ended[state] = ended.get(state, 0) + int(amount)
    return Held(still, accounts, ended)


def alias(tx: Connection, practice: str, payer: str, other: str) -> bool:
    """Keep that a payer pays under another id too; tells whether that is new."""
    if other in aliases(tx, practice, [payer]).get(payer, ()):
        return False
    tx.execute(insert(payer_aliases), [{"practice": practice, "payer": payer, "alias": other}])
    return True


def aliases(tx: Connection, practice: str, payers: Collection[str]) -> Mapping[str, frozenset[str]]:
    """Give under which other ids some payers pay."""
    a, found = payer_aliases.c, dict[str, frozenset[str]]()
    query = select(a.payer, a.alias).where(a.practice == practice, a.payer.in_(set(payers)))
    for payer, other in tx.execute(query):
        found[payer] = found.get(payer, frozenset()) | {other}
    return found


def payers_of(tx: Connection, practice: str, payer_id: str) -> frozenset[str]:
    """Give which payers pay under that id: the one whose own it is, and those of whom a person has confirmed it."""
    a = payer_aliases.c
    query = select(a.payer).where(a.practice == practice, a.alias == payer_id)
    return frozenset(tx.execute(query).scalars()) | {payer_id}


def claims_waiting(tx: Connection, practice: str, numbers: Iterable[str]) -> dict[str, str]:
    """Give the claims of which answers wait under these numbers of a payer."""
    d, found = desk_items.c, dict[str, str]()
    for some in some_at_once(set(numbers) - {""}):
        query = select(d.reference, d.claim).where(
            d.practice == practice, d.reference.in_(some), Unindexed(d.claim) != "", d.account == ""
        )
        found |= {row.reference: row.claim for row in tx.execute(query)}
    return found
