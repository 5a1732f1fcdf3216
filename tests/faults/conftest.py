"""Sealed ledgers and servers for the tests of the fault matrix."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.service.office import Office
from tests.contract.openssh import SshKeys
from tests.faults import sealed
from tests.faults.ledgers import databases_at
from tests.faults.sealed import Arrivals, Shelf, shelf
from tests.transport.paramiko_server import Behaviour, ParamikoServer


@pytest.fixture(scope="session")
def sqlite_shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return shelf(databases_at(f"sqlite:///{tmp_path_factory.mktemp('sealed') / 'ledger.db'}"))


@pytest.fixture(scope="session")
def postgres_shelf(postgres_url: str) -> Shelf:
    return shelf(databases_at(postgres_url))


@pytest.fixture
def sqlite_office(sqlite_shelf: Shelf) -> Iterator[Office]:
    """An office whose ledger holds one sealed file, on SQLite."""
    with sqlite_shelf.taken() as office:
        yield office


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def office(request: pytest.FixtureRequest) -> Iterator[Office]:
    """An office whose ledger holds one sealed file, once on each database."""
    found: Shelf = request.getfixturevalue("sqlite_shelf" if request.param == "sqlite" else "postgres_shelf")
    with found.taken() as office:
        yield office


@pytest.fixture
def box(tmp_path: Path) -> Arrivals:
    """A partner's side on this machine's disk."""
    for name in ("outbound", "inbound"):
        (tmp_path / "box" / name).mkdir(parents=True)
    return Arrivals(tmp_path / "box")


@pytest.fixture
def serve(ssh_keys: SshKeys, box: Arrivals) -> Iterator[Callable[..., Callable[[Office], Office]]]:
    """Start a server that serves `box` and behaves as told; gives what puts an office's partner there."""
    servers: list[ParamikoServer] = []

    def start(behaviour: Behaviour, *, timeout_seconds: float = 10.0) -> Callable[[Office], Office]:
        server = ParamikoServer(box.root, behaviour, ssh_keys.path("host_ed25519"))
        servers.append(server)
        address = server.address(ssh_keys.path("client"), timeout_seconds=timeout_seconds)
        return lambda office: sealed.at(office, address)

    yield start
    for server in servers:
        server.stop()
