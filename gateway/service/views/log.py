"""The reconciliation log, in order. Nothing here changes anything."""

from operator import attrgetter
from typing import Final

from gateway.event import EventSeverity
from gateway.ledger import events
from gateway.listing import Field, Kind
from gateway.service.office import Office
from gateway.service.views.lists import Lister

LOG: Final = Lister(
    plural="lines",
    fields=(
        Field(name="severity", kind=Kind.CHOICE, says="who should look, and when", choices=tuple(EventSeverity)),
        Field(name="kind", kind=Kind.CODE, says="what happened, such as claim.denied; claim alone means all of claims"),
        Field(name="claim", kind=Kind.CODE, says="a claim's patient control number"),
        Field(name="partner", kind=Kind.CODE, says="a trading partner"),
        Field(name="about", kind=Kind.CODE, says="a visit, file or trace"),
    ),
    source=events.LIST,
    page_of=events.page_of,
    parents=frozenset({"kind"}),
    configured={"partner": attrgetter("partners")},
)


def log_end(office: Office) -> int:
    """Give the number of the newest line of the log; 0 if there is none."""
    with office.ledger.reading() as tx:
        return events.last_number(tx, office.practice.key)
