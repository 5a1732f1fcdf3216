from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.transport.mailbox import Mailbox, open_mailbox
from tests.contract.openssh import SshKeys
from tests.transport.paramiko_server import Behaviour, ParamikoServer


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("outbound", "inbound"):
        (tmp_path / "box" / name).mkdir(parents=True)
    return tmp_path / "box"


@pytest.fixture
def open_at(ssh_keys: SshKeys, root: Path) -> Iterator[Callable[[Behaviour], Mailbox]]:
    """Open a mailbox on a paramiko server that behaves as told, in `root`."""
    servers: list[ParamikoServer] = []

    def open_one(behaviour: Behaviour) -> Mailbox:
        servers.append(ParamikoServer(root, behaviour, ssh_keys.path("host_ed25519")))
        return open_mailbox(servers[-1].address(ssh_keys.path("client")), partner="acme")

    yield open_one
    for server in servers:
        server.stop()
