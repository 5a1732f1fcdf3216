"""A ledger with a sealed file that waits, by the hundred; and a partner's side on which its arrivals are counted."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from gateway.delivery import Delivery
from gateway.ledger import open_ledger, outbox
from gateway.ledger.outbox import SealedFile
from gateway.partner import MailboxAddress, TradingPartner
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.outbound.batch import seal_batches
from gateway.service.outbound.deliver import Round, deliver, waiting
from gateway.transport.mailbox import Mailbox, open_mailbox
from tests.faults.ledgers import Databases, prepare
from tests.faults.partner import FINAL
from tests.service import clinic

CLAIMS = 2
_PREPARED, _COPY = "sealed", "copy"
_ROUNDS_MAX = 8
OpenMailbox = Callable[[TradingPartner], Mailbox]


@dataclass(frozen=True)
class Shelf:
    """Where a test takes an office from whose ledger holds one sealed file that waits, as often as it is wanted."""

    databases: Databases

    @contextmanager
    def taken(self) -> Iterator[Office]:
        self.databases.renew(_PREPARED, _COPY)
        office = _office(self.databases.address(_COPY))
        yield office
        office.ledger.close()


def shelf(databases: Databases) -> Shelf:
    """Prepare a ledger with one sealed file to the partner `north`."""
    prepare(databases, _PREPARED, clinic.partner(), claims=CLAIMS)
    office = _office(databases.address(_PREPARED))
    sealed = seal_batches(office)
    office.ledger.close()
    assert (len(sealed.files), sealed.claims) == (1, CLAIMS)
    return Shelf(databases)


def _office(address: str) -> Office:
    settings = clinic.settings(clinic.partner())
    return Office(ledger=open_ledger(address), settings=settings, clock=clinic.clock(), actor="faults")


def at(office: Office, mailbox: MailboxAddress, **changes: Any) -> Office:
    """Give the same office with the partner's mailbox at that address."""
    there = clinic.settings(replace(clinic.partner(), mailbox=mailbox, **changes))
    return clinic.anywhere(replace(office, settings=there))


def the_file(office: Office) -> SealedFile:
    with office.ledger.reading() as tx:
        (file,) = outbox.files(tx, office.practice.key)
    return file


def real_mailbox(partner: TradingPartner) -> Mailbox:
    return open_mailbox(partner.mailbox, partner=partner.name)


def one_round(office: Office, opened: OpenMailbox = real_mailbox) -> Round:
    (made,) = deliver(office, opened)
    return made


def rounds(office: Office, opened: OpenMailbox = real_mailbox) -> list[Round]:
    """Deliver until nothing waits any more, as the gateway does in its life; give every round."""
    made: list[Round] = []
    while waiting(office):
        assert len(made) < _ROUNDS_MAX, f"it goes on for ever: {made[-1].problem}"
        made.append(one_round(office, opened))
    return made


@dataclass(frozen=True)
class Arrivals:
    """What is, or ever was, at the partner under a final name; and what else lies about there."""

    root: Path

    @property
    def finals(self) -> list[Path]:
        return [path for path in (*self._in("outbound"), *self._in("taken")) if path.name.endswith(FINAL)]

    @property
    def temporary(self) -> list[str]:
        return sorted(path.name for path in self._in("outbound") if not path.name.endswith(FINAL))

    def clear(self) -> None:
        """Have the partner forget everything."""
        for path in (*self._in("outbound"), *self._in("taken")):
            path.unlink()

    def _in(self, folder: str) -> list[Path]:
        return sorted((self.root / folder).glob("*"))

    def times(self, office: Office) -> int:
        """How often the sealed file arrived. Everything under a final name has to be it, byte for byte."""
        for path in self.finals:
            assert sha256(path.read_bytes()).hexdigest() == the_file(office).sha256, f"{path.name} has other bytes"
        return len(self.finals)

    def must_be_once(self, office: Office, *states: Delivery) -> None:
        """The file arrived exactly once, is in one of these states (SENT if none is given), and all laws hold."""
        assert self.times(office) == 1
        assert the_file(office).state in (states or (Delivery.SENT,))
        assert reconcile(office).holds
