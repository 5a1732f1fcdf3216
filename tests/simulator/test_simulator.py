"""The simulator from outside: over SFTP, with the gateway's own mailbox and with paramiko's plain client."""

import stat
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import paramiko
import pytest

from gateway.errors import ConfigError, NameTaken, PartnerRefusal, UsageError
from gateway.partner import MailboxAddress, MailboxKind
from gateway.simulator.keys import authorize, authorized, fingerprint, make_key_pair, public_key
from gateway.simulator.simulator import Simulator
from gateway.transport.mailbox import Mailbox, open_mailbox
from tests.simulator.conftest import Clinic

WAIT_SECONDS = 60


@dataclass
class Box:
    simulator: Simulator
    key: Path

    def address(self, **parts: object) -> MailboxAddress:
        given: dict[str, object] = {
            "kind": MailboxKind.SFTP,
            "host": self.simulator.host,
            "port": self.simulator.port,
            "user": "northgate",
            "key": f"file:{self.key}",
            "host_keys": (self.simulator.fingerprint,),
            "outbound": "inbound",
            "inbound": "outbound",
        }
        return MailboxAddress(**(given | parts))  # type: ignore[arg-type]

    def open(self, **parts: object) -> Mailbox:
        return open_mailbox(self.address(**parts), partner="northgate")


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    key = tmp_path / "keys" / "clinic"
    public = make_key_pair(key)
    simulator = Simulator(tmp_path / "state", tmp_path, is_open=True)
    simulator.authorize("northgate", public)
    with simulator:
        yield Box(simulator, key)


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Ask until it is so. The pause is an event that nobody sets, between two looks at the real thing."""

    def ask(is_so: Callable[[], bool]) -> None:
        pause = threading.Event()
        for _ in range(WAIT_SECONDS * 20):
            if is_so():
                return
            pause.wait(0.05)
        pytest.fail("it never came to be")

    return ask


def test_a_file_is_uploaded_renamed_and_answered(
    box: Box, clinic: Clinic, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    raw = clinic.file(clinic.claim())
    with box.open() as mailbox:
        mailbox.create_exclusive("inbound/a.837.part", raw)
        assert box.simulator.process_now() == 0
        mailbox.rename_no_clobber("inbound/a.837.part", "inbound/a.837")
        eventually(lambda: len(mailbox.list("outbound")) == 4)
        names = [entry.name for entry in mailbox.list("outbound")]
        assert [name.rpartition(".")[2] for name in names] == ["ta1", "999", "277", "835"]
        assert mailbox.read(f"outbound/{names[0]}", 10_000).startswith(b"ISA*")
        mailbox.rename_no_clobber(f"outbound/{names[0]}", f"archive/{names[0]}")
        assert mailbox.stat("inbound/a.837") is not None
        # What was archived is not put out again; the rest is still there.
        box.simulator.process_now()
        assert [entry.name for entry in mailbox.list("outbound")] == names[1:]
    assert box.simulator.report.claims_accepted == 1
    assert box.simulator.report.claims_paid == 1
    assert box.simulator.trouble == ""


def test_names_are_never_replaced(box: Box) -> None:
    with box.open() as mailbox:
        mailbox.create_exclusive("inbound/a.part", b"one")
        mailbox.create_exclusive("inbound/b.part", b"two")
        with pytest.raises(NameTaken):
            mailbox.create_exclusive("inbound/a.part", b"three")
        with pytest.raises(NameTaken):
            mailbox.rename_no_clobber("inbound/a.part", "inbound/b.part")
        assert mailbox.read("inbound/b.part", 100) == b"two"
        mailbox.remove("inbound/a.part")
        assert mailbox.stat("inbound/a.part") is None


def test_another_host_key_is_not_ours(box: Box) -> None:
    with pytest.raises(PartnerRefusal):
        box.open(host_keys=("SHA256:" + "A" * 43,))


def test_who_is_not_authorized_stays_outside(box: Box, tmp_path: Path) -> None:
    make_key_pair(tmp_path / "keys" / "stranger")
    with pytest.raises(PartnerRefusal):
        box.open(key=f"file:{tmp_path / 'keys' / 'stranger'}")
    with pytest.raises(PartnerRefusal):
        box.open(user="southport")
    with pytest.raises(PartnerRefusal):
        box.open(user="nobody")


@pytest.fixture
def plain(box: Box) -> Iterator[paramiko.SFTPClient]:
    line = paramiko.Transport((box.simulator.host, box.simulator.port))
    line.connect(username="northgate", pkey=paramiko.Ed25519Key.from_private_key_file(str(box.key)))
    client = paramiko.SFTPClient.from_transport(line)
    assert client is not None
    yield client
    line.close()
    line.join()


def test_nobody_leaves_their_folder(box: Box, plain: paramiko.SFTPClient) -> None:
    (box.simulator.state / "northgate" / "link").symlink_to(box.simulator.state / "host_key")
    for path in ("../host_key", "/../host_key", "inbound/../../host_key", "link"):
        with pytest.raises(OSError):  # noqa: PT011  whichever it is, it is refused
            plain.open(path, "rb")
    for path in ("../southport", "/.."):
        with pytest.raises(PermissionError):
            plain.listdir(path)
    with pytest.raises(PermissionError):
        plain.rename("inbound", "../x")
    assert plain.listdir("/") == ["archive", "inbound", "link", "outbound"]
    assert plain.stat("/inbound").st_mode is not None


def test_a_file_is_taken_when_it_is_closed(box: Box, plain: paramiko.SFTPClient, clinic: Clinic) -> None:
    raw = clinic.file(clinic.claim())
    with plain.open("inbound/direct.837", "wb") as opened:
        opened.write(raw[:200])
        opened.flush()
        assert box.simulator.process_now() == 0
        opened.write(raw[200:])
    box.simulator.process_now()
    assert len(plain.listdir("outbound")) == 4
    with plain.open("inbound/direct.837", "rb") as written:
        assert written.read() == raw


def test_folders_can_be_made_and_missing_names_are_told(plain: paramiko.SFTPClient) -> None:
    plain.mkdir("old")
    assert stat.S_ISDIR(plain.lstat("old").st_mode or 0)
    for ask in (plain.stat, plain.remove, plain.listdir):
        with pytest.raises(FileNotFoundError):
            ask("nothing")
    with pytest.raises(FileNotFoundError):
        plain.rename("nothing", "something")


def test_the_host_key_stays_the_same(tmp_path: Path) -> None:
    seen = []
    for _ in range(2):
        simulator = Simulator(tmp_path / "state", tmp_path, is_open=True)
        seen.append(simulator.fingerprint)
        simulator.stop()
        simulator.stop()
    assert seen[0] == seen[1]
    assert seen[0].startswith("SHA256:")
    assert (tmp_path / "state" / "host_key").stat().st_mode & 0o777 == 0o600
    blob = public_key((tmp_path / "state" / "host_key.pub").read_text())
    assert blob is not None
    assert fingerprint(blob) == seen[0]


def test_a_state_folder_has_one_simulator(tmp_path: Path) -> None:
    first = Simulator(tmp_path / "state", tmp_path, is_open=True)
    with pytest.raises(UsageError, match="another simulator"):
        Simulator(tmp_path / "state", tmp_path, is_open=True)
    first.stop()
    Simulator(tmp_path / "state", tmp_path, is_open=True).stop()


def test_partners_have_plain_names(tmp_path: Path) -> None:
    for name in ("journal", "../x", "", "host_key", "Northgate"):
        with pytest.raises(ConfigError):
            Simulator(tmp_path / "state", tmp_path, is_open=True, partners=(name,))
    simulator = Simulator(tmp_path / "state", tmp_path, is_open=True, partners=("acme",))
    with pytest.raises(UsageError):
        simulator.authorize("northgate", "ssh-ed25519 AAAA")
    with pytest.raises(ConfigError):
        simulator.authorize("acme", "not a key")
    simulator.stop()


def test_a_key_is_authorized_once_and_never_replaced(tmp_path: Path) -> None:
    public = make_key_pair(tmp_path / "key")
    with pytest.raises(FileExistsError):
        make_key_pair(tmp_path / "key")
    authorize(tmp_path, "northgate", public + " a comment")
    authorize(tmp_path, "northgate", public)
    assert (tmp_path / "authorized_keys" / "northgate").read_text().split() == public.split()
    assert len(authorized(tmp_path, "northgate")) == 1
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_serving_ends_when_it_is_stopped(tmp_path: Path) -> None:
    simulator = Simulator(tmp_path / "state", tmp_path, is_open=True)
    served = threading.Thread(target=simulator.serve_forever)
    served.start()
    simulator.stop()
    served.join(WAIT_SECONDS)
    assert not served.is_alive()
