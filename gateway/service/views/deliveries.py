"""Outbound files as people and programs ask to see them. Nothing here changes anything."""

from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from gateway.delivery import DECISIONS, Delivery
from gateway.ledger import claims, events, inbound, outbox, resends
from gateway.ledger.claims import StoredClaim
from gateway.ledger.events import Logged
from gateway.ledger.inbound import StoredAnswer
from gateway.ledger.outbox import SealedFile
from gateway.ledger.resends import Resend
from gateway.listing import Field, Kind
from gateway.service.office import Office
from gateway.service.outbound.sealed_files import named
from gateway.service.views.lists import Lister

DELIVERIES: Final = Lister(
    plural="files",
    fields=(
        Field(name="state", kind=Kind.CHOICE, says="where its delivery stands", choices=tuple(Delivery)),
        Field(name="partner", kind=Kind.CODE, says="the trading partner that it is for"),
        Field(name="file", kind=Kind.CODE, says="its name"),
        Field(name="claim", kind=Kind.CODE, says="a claim that it carries: its patient control number"),
    ),
    source=outbox.LIST,
    page_of=outbox.page_of,
    configured={"partner": attrgetter("partners")},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryShown:
    """An outbound file whole: its steps, what it carries, what was answered, and what a person may decide now."""

    file: SealedFile
    claims: tuple[StoredClaim, ...]
    timeline: tuple[Logged, ...]
    answers: tuple[StoredAnswer, ...]
    resends: tuple[Resend, ...]

    @property
    def may_be(self) -> tuple[str, ...]:
        """Give the commands by which a person may go on with it."""
        return decisions(self.file, answered=bool(self.answers))


def delivery_shown(office: Office, name: str, *, partner: str = "") -> DeliveryShown:
    """Show an outbound file by its name. Raises UsageError if there is none, or several partners have one."""
    practice = office.practice.key
    with office.ledger.reading() as tx:
        file = named(tx, office, name, partner)
        return DeliveryShown(
            file=file,
            claims=claims.in_interchange(tx, practice, file.id),
            timeline=events.read(tx, practice, about=name, partner=file.partner, limit=1000),
            answers=inbound.answers_about(tx, practice, interchange_id=file.id),
            resends=resends.of_file(tx, practice, file.id),
        )


def decisions(file: SealedFile, *, answered: bool) -> tuple[str, ...]:
    """Give the commands by which a person may go on with a file, the most harmless first."""
    command = f"gateway deliveries {{}} {file.name} --by NAME --reason TEXT".format
    found = []
    if file.state is Delivery.HELD:
        found.append(command("release"))
    if file.state in {Delivery.HELD, Delivery.PRESUMED}:
        found.append(command("release") + " --as-sent")
    if file.state is Delivery.EXPORTED:
        found.append(command("uploaded") + " --evidence TEXT")
        found += [] if answered else [command("not-uploaded")]
    if not file.may_have_left and Delivery.EXPORTED in DECISIONS[file.state]:
        found.append(command("export") + " --to PATH")
    if not file.may_have_left and Delivery.CANCELLED in DECISIONS[file.state]:
        found.append(command("cancel"))
    if file.may_have_left and not answered and file.state in {Delivery.HELD, Delivery.PRESUMED, Delivery.SENT}:
        found.append(command("resend") + " --approved-by ANOTHER")
    return tuple(found)
