"""The five mailboxes that have to keep one contract, each with a way to see and change its other side."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from gateway.partner import MailboxAddress, MailboxKind
from gateway.transport.mailbox import Mailbox, open_mailbox
from tests.contract.memory_mailbox import MemoryMailbox
from tests.transport.paramiko_server import Behaviour, ParamikoServer

if TYPE_CHECKING:
    from tests.contract.daemon import Daemon
    from tests.contract.openssh import SshKeys


class Place(Protocol):
    """A mailbox, and its other side as the partner sees it."""

    @property
    def mailbox(self) -> Mailbox: ...

    def plant(self, name: str, body: bytes) -> None: ...

    def plant_folder(self, name: str) -> None: ...

    def seen(self, name: str) -> bytes | None: ...


@dataclass
class MemoryPlace:
    mailbox: MemoryMailbox

    def plant(self, name: str, body: bytes) -> None:
        self.mailbox.files[name] = body

    def plant_folder(self, name: str) -> None:
        self.mailbox.irregular.add(name)

    def seen(self, name: str) -> bytes | None:
        return self.mailbox.files.get(name)


@dataclass
class DiskPlace:
    mailbox: Mailbox
    root: Path

    def plant(self, name: str, body: bytes) -> None:
        (self.root / name).write_bytes(body)

    def plant_folder(self, name: str) -> None:
        (self.root / name).mkdir()

    def seen(self, name: str) -> bytes | None:
        path = self.root / name
        return path.read_bytes() if os.path.lexists(path) else None


def folder_address(root: Path) -> MailboxAddress:
    return MailboxAddress(kind=MailboxKind.FOLDER, root=str(root), outbound="outbound", inbound="inbound")


def _memory(request: pytest.FixtureRequest) -> Iterator[Place]:
    del request
    yield MemoryPlace(MemoryMailbox())


def _folder(request: pytest.FixtureRequest) -> Iterator[Place]:
    root: Path = request.getfixturevalue("tmp_path") / "mailbox"
    for name in ("outbound", "inbound"):
        (root / name).mkdir(parents=True)
    with open_mailbox(folder_address(root), partner="acme") as mailbox:
        yield DiskPlace(mailbox, root)


def _daemon(request: pytest.FixtureRequest) -> Iterator[Place]:
    server: Daemon = request.getfixturevalue(request.param)
    with open_mailbox(server.address(), partner="acme") as mailbox:
        yield DiskPlace(mailbox, server.root)


def _paramiko(request: pytest.FixtureRequest) -> Iterator[Place]:
    keys: SshKeys = request.getfixturevalue("ssh_keys")
    root: Path = request.getfixturevalue("tmp_path") / "mailbox"
    for name in ("outbound", "inbound"):
        (root / name).mkdir(parents=True)
    server = ParamikoServer(root, Behaviour(), keys.path("host_ed25519"))
    with open_mailbox(server.address(keys.path("client")), partner="acme") as mailbox:
        yield DiskPlace(mailbox, root)
    server.stop()


KINDS: dict[str, Callable[[pytest.FixtureRequest], Iterator[Place]]] = {
    "memory": _memory,
    "folder": _folder,
    "openssh": _daemon,
    "proftpd": _daemon,
    "paramiko": _paramiko,
}


@pytest.fixture(
    params=[
        "memory",
        "folder",
        pytest.param("openssh", marks=pytest.mark.openssh),
        pytest.param("proftpd", marks=pytest.mark.proftpd),
        pytest.param("paramiko", marks=pytest.mark.openssh),  # its keys come from ssh-keygen
    ]
)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    yield from KINDS[request.param](request)
