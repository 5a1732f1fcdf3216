"""`partners check` and each manner of delivery against real servers over SFTP."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.capability import Answer, Capability
from gateway.delivery import Delivery, Manner
from gateway.partner import MailboxAddress, Publish
from gateway.service.office import Office
from gateway.service.outbound.deliver import deliver
from gateway.service.partners.check import check
from gateway.service.partners.host_keys import mailbox_of
from tests.contract.openssh import OpenSsh, SshKeys
from tests.service import clinic
from tests.service.partner_side import body_of, file_of
from tests.transport.paramiko_server import Behaviour, ParamikoServer

pytestmark = pytest.mark.openssh
C = Capability
YES, NO, UNKNOWN = Answer


def at(office: Office, address: MailboxAddress, publish: Publish = Publish.AUTO) -> Office:
    north = replace(clinic.partner("north"), mailbox=address, publish=publish)
    return clinic.anywhere(replace(office, settings=clinic.settings(north, clinic.partner("south"))))


def seen_by(office: Office) -> dict[Capability, Answer]:
    done = check(office, "north", mailbox_of, wait=lambda: None)
    return {one.capability: one.answer for one in done.seen}


def test_openssh_gets_its_files_by_rename(sealed: Office, openssh: OpenSsh) -> None:
    office = at(sealed, openssh.address())
    seen = seen_by(office)
    assert seen.pop(C.CLOCK) is NO, "the tests' clock stands still in November 2026"
    assert seen.pop(C.RENAME_OVERWRITES) is NO
    assert seen.pop(C.TAKES_TEMPORARY) is NO
    assert set(seen.values()) == {YES}
    assert list((openssh.root / "outbound").iterdir()) == []
    deliver(office, mailbox_of)
    assert (file_of(office).state, file_of(office).manner) == (Delivery.SENT, Manner.RENAME)


@pytest.mark.parametrize("publish", [Publish.RENAME, Publish.HARDLINK, Publish.DIRECT])
def test_openssh_takes_files_by_each_manner(sealed: Office, openssh: OpenSsh, publish: Publish) -> None:
    office = at(sealed, openssh.address(), publish)
    deliver(office, mailbox_of)
    assert (file_of(office).state, file_of(office).manner) == (Delivery.SENT, Manner(publish))
    (arrived,) = (openssh.root / "outbound").iterdir()
    assert (arrived.name, arrived.read_bytes()) == (file_of(office).name, body_of(office))


def test_a_read_only_server_is_said_to_take_no_files(
    office: Office, start_openssh: Callable[..., OpenSsh], tmp_path: Path
) -> None:
    server = start_openssh(f"ForceCommand internal-sftp -R -d {tmp_path / 'sshd0' / 'root'}")
    done = check(at(office, server.address()), "north", mailbox_of, wait=lambda: None)
    assert {one.capability: one.answer for one in done.seen}[C.CREATE] is NO
    assert done.manner is None
    assert done.problem is not None


@pytest.fixture
def start_replacing(tmp_path: Path, ssh_keys: SshKeys) -> Iterator[Callable[[], MailboxAddress]]:
    """Start a server whose renames replace files, and that has no hard links."""
    servers: list[ParamikoServer] = []

    def start() -> MailboxAddress:
        root = tmp_path / "root"
        for name in ("outbound", "inbound", "archive"):
            (root / name).mkdir(parents=True)
        servers.append(ParamikoServer(root, Behaviour(replaces=True), ssh_keys.path("host_ed25519")))
        return replace(servers[-1].address(ssh_keys.path("client")), archive="archive")

    yield start
    for server in servers:
        server.stop()


def test_a_server_whose_rename_replaces_and_that_links_nothing_is_served_directly(
    sealed: Office, start_replacing: Callable[[], MailboxAddress]
) -> None:
    office = at(sealed, start_replacing())
    seen = seen_by(office)
    assert (seen[C.RENAME_OVERWRITES], seen[C.HARDLINK]) == (YES, NO)
    deliver(office, mailbox_of)
    assert (file_of(office).state, file_of(office).manner) == (Delivery.SENT, Manner.DIRECT)
