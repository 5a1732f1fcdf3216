"""What the log says from some moment on, for tests that read it whole."""

from collections.abc import Iterator
from typing import Any, Final

from gateway.event import Event, EventSeverity
from gateway.ledger import events
from gateway.service.office import Office
from tests.service.clinic import the_claim

LOOK: Final = EventSeverity.CAN_WAIT
NOW: Final = EventSeverity.WAKE


class Log:
    """What is said from now on, of money and claims."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.seen = len(list(self._all()))

    def _all(self) -> Iterator[Event]:
        with self.office.ledger.reading() as tx:
            yield from (one.event for one in events.read(tx, self.office.practice.key, limit=1000))

    def new(self, *, whole: bool = False) -> list[Event]:
        """Give what was said since the last time; of files only if `whole`."""
        said = list(self._all())
        news, self.seen = said[self.seen :], len(said)
        return [one for one in news if whole or not one.kind.startswith(("inbound.", "remittance."))]


def of_claim(office: Office, kind: str, said: str, *, file: int, **more: Any) -> Event:
    pcn = the_claim(office).pcn
    looks = {"next_command": f"gateway claims show {pcn}"} if more.get("severity") else {}
    return Event(
        kind=kind,
        about=pcn,
        claim=pcn,
        partner="north",
        said=f"claim {pcn}: {said}",
        artefact=f"inbound {file}",
        actor="test",
        **{**looks, **more},
    )


def of_money(kind: str, trace: str, said: str, *, file: int, claim: str = "", item: int = 0) -> Event:
    """`item` is the one that a person is shown."""
    return Event(
        kind=kind,
        about=trace,
        claim=claim,
        partner="north",
        said=said,
        severity=LOOK if item else EventSeverity.ROUTINE,
        artefact=f"inbound {file}",
        actor="test",
        next_command=f"gateway money show {item}" if item else "",
    )
