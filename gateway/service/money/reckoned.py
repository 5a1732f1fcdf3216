"""What is to be written of one remittance, as values."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from gateway.desk import ItemState
from gateway.event import Event, EventSeverity
from gateway.ledger.answers import Changed, NewAnswer
from gateway.ledger.denials import NewDenial
from gateway.ledger.desk import DeskItem, NewItem, Waiting
from gateway.ledger.inbound import InboundFile
from gateway.ledger.remittances import NewPayment
from gateway.service.money.claims_answered import Ours
from gateway.service.office import Office


@dataclass(slots=True)
class Opened:
    """A denial that a payment opens.

    payment  its place among the payments of this remittance; or, negative, the id of one that was posted before
    new      does not know the payment's id yet
    """

    payment: int
    new: NewDenial
    payer: str

    def with_its_payment(self, payment_ids: Sequence[int]) -> NewDenial:
        """Give the denial with the id of its payment."""
        return replace(self.new, payment_id=payment_ids[self.payment] if self.payment >= 0 else -self.payment)


class Excess(NamedTuple):
    """What was too much on a claim is so no more, or another amount is: its item is done with."""

    item: DeskItem


@dataclass(slots=True)
class Reckoned:
    """What is to be written of one remittance, in its order.

    answers  of this remittance; `changed` are those known before of which something else becomes
    settled  lines of which an earlier denial is settled: another answer stands, or none
    told     events; and what goes to the desk, or changes there, which is told of in its turn
    posted, parked  cents of this remittance that went to our lines, and that did not
    looks    whether a person has to look
    """

    answers: list[NewAnswer] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    payments: list[NewPayment] = field(default_factory=list)
    denials: list[Opened] = field(default_factory=list)
    settled: list[int] = field(default_factory=list)
    told: list[Event | NewItem | Waiting | Excess] = field(default_factory=list)
    posted: int = 0
    parked: int = 0
    looks: bool = False

    def put(self, item: NewItem) -> None:
        """Put an item on the desk: of this remittance, or of an earlier one."""
        self.told.append(item)
        if item.is_parked and not item.remittance_id:
            self.parked += item.cents
        self.looks |= item.state is ItemState.OPEN


def said_of_claim(office: Office, file: InboundFile, ours: Ours, kind: str, said: str, *, looks: bool = False) -> Event:
    """Say in a claim's timeline what moves nothing; with `looks` a person has to see it."""
    return Event(
        kind=kind,
        about=ours.claim.pcn,
        claim=ours.claim.pcn,
        partner=file.partner,
        said=f"claim {ours.claim.pcn}: {said}",
        severity=EventSeverity.CAN_WAIT if looks else EventSeverity.ROUTINE,
        artefact=f"inbound {file.id}",
        actor=office.actor,
        next_command=f"gateway claims show {ours.claim.pcn}" if looks else "",
    )
