"""A partner's side that outlives the connections to it, takes files away, and can be died in front of."""

from dataclasses import dataclass, field

from gateway.ledger import outbox
from gateway.ledger.outbox import SealedFile
from gateway.partner import TradingPartner
from gateway.service.office import Office
from gateway.transport.listing import Stat
from tests.contract.memory_mailbox import MemoryMailbox

NAME = "elm_north_000000001.837"


class Killed(BaseException):
    """The process is gone: nothing below catches it."""


@dataclass
class Server:
    """A partner's side that outlives the connections to it. `greedy` takes a file the moment it has its final name."""

    files: dict[str, bytes] = field(default_factory=dict)
    greedy: bool = False
    taken: list[bytes] = field(default_factory=list)
    cut_before: set[str] = field(default_factory=set)
    cut_after: set[str] = field(default_factory=set)
    dies_at: int = 0
    calls: int = 0

    def open(self, _partner: TradingPartner) -> "Connection":
        return Connection(files=self.files, cut_before=set(self.cut_before), cut_after=set(self.cut_after), server=self)

    def arrivals(self) -> list[bytes]:
        return [*self.taken, *(body for name, body in self.files.items() if name == f"in/{NAME}")]

    def step(self) -> None:
        self.calls += 1
        if self.calls == self.dies_at:
            raise Killed

    def eat(self) -> None:
        if self.greedy and f"in/{NAME}" in self.files:
            self.taken.append(self.files.pop(f"in/{NAME}"))


@dataclass
class Connection(MemoryMailbox):
    """A connection that can be killed before and after each verb takes effect."""

    server: Server = field(default_factory=Server)

    def create_exclusive(self, name: str, body: bytes) -> None:
        self.server.step()
        try:
            super().create_exclusive(name, body)
        finally:
            self.server.eat()
        self.server.step()

    def stat(self, name: str) -> Stat | None:
        self.server.step()
        return super().stat(name)

    def rename_no_clobber(self, old: str, new: str) -> None:
        self.server.step()
        try:
            super().rename_no_clobber(old, new)
        finally:
            self.server.eat()
        self.server.step()

    def link_no_clobber(self, old: str, new: str) -> None:
        self.server.step()
        try:
            super().link_no_clobber(old, new)
        finally:
            self.server.eat()
        self.server.step()

    def overwrite(self, name: str, body: bytes) -> None:
        self.server.step()
        try:
            super().overwrite(name, body)
        finally:
            self.server.eat()
        self.server.step()

    def remove(self, name: str) -> None:
        self.server.step()
        super().remove(name)
        self.server.step()


def file_of(office: Office) -> SealedFile:
    with office.ledger.reading() as tx:
        found = outbox.by_name(tx, office.practice.key, NAME)
    assert found is not None
    return found


def body_of(office: Office) -> bytes:
    with office.ledger.reading() as tx:
        return outbox.bytes_of(tx, office.practice.key, file_of(office).id)
