"""Answers that come and what is on the desk afterwards, for the tests of the desk."""

from gateway.desk import ItemState
from gateway.ledger import desk, events
from gateway.ledger.desk import DeskItem
from gateway.listing import asked_for
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from tests.service import clinic


def posted(office: Office, raw: bytes, *, from_partner: str = "north") -> None:
    clinic.arrived(office, raw, name=f"answer-{hash(raw)}", from_partner=from_partner)
    clinic.all_posted(office)


def items(office: Office, state: ItemState | None = ItemState.OPEN) -> tuple[DeskItem, ...]:
    with office.ledger.reading() as tx:
        asked = asked_for(limit=100, state=state or ())
        return desk.page_of(tx, office.practice.key, asked).rows


def the_item(office: Office) -> DeskItem:
    (one,) = items(office)
    return one


def kinds_said(office: Office, claim: str = "") -> list[str]:
    with office.ledger.reading() as tx:
        return [one.event.kind for one in events.read(tx, office.practice.key, claim=claim, limit=1000)]


def buckets(office: Office) -> dict[str, str]:
    """Dollars by bucket, once every law holds."""
    outcome = reconcile(office)
    assert outcome.holds, outcome.laws
    return {name: str(amount) for name, amount in outcome.buckets.items() if amount}


def stranger(office: Office, key: str = "V-1", *, number: str = "OLD1", member: str = "M1") -> tuple[str, ...]:
    """The answer to a claim, under a number that is not ours and without line controls."""
    claim = clinic.the_claim(office, key)
    texts = (text.replace(f"CLP*{claim.pcn}", f"CLP*{number}") for text in clinic.paid_in_full(claim))
    return tuple(text.replace("MI*M1", f"MI*{member}") for text in texts if not text.startswith("REF*6R"))
