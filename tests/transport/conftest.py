from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.partner import MailboxAddress
from gateway.transport.mailbox import Mailbox, open_mailbox
from tests.contract.openssh import SshKeys
from tests.transport.paramiko_server import Behaviour, ParamikoServer


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("outbound", "inbound"):
        (tmp_path / "box" / name).mkdir(parents=True)
    return tmp_path / "box"


@pytest.fixture
def serve(ssh_keys: SshKeys, root: Path) -> Iterator[Callable[[Behaviour], MailboxAddress]]:
    """Start paramiko servers that behave as told, in `root`; give where each is."""
    servers: list[ParamikoServer] = []

    def start(behaviour: Behaviour) -> MailboxAddress:
        servers.append(ParamikoServer(root, behaviour, ssh_keys.path("host_ed25519")))
        return servers[-1].address(ssh_keys.path("client"))

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def open_at(serve: Callable[[Behaviour], MailboxAddress]) -> Callable[[Behaviour], Mailbox]:
    """Open a mailbox on a paramiko server that behaves as told."""
    return lambda behaviour: open_mailbox(serve(behaviour), partner="acme")
