"""SFTP against a real OpenSSH: who is trusted, who is let in, and what is known when the line fails."""

import re
import signal
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.errors import ConfigError, LineLost, NotReached, PartnerRefusal
from gateway.partner import MailboxAddress
from gateway.transport.mailbox import open_mailbox
from gateway.transport.sftp import fingerprint
from gateway.transport.sftp_requests import CHUNK_SIZE
from tests.contract.openssh import OpenSsh, SshKeys

pytestmark = pytest.mark.openssh

NOT_THEIRS = "SHA256:" + "A" * 43


class Tripwire(bytes):
    """Bytes that do something when their second half is about to be sent."""

    trip: Callable[[], None]

    def __getitem__(self, part: slice) -> bytes:  # type: ignore[override]
        if part.start is not None and part.start >= len(self) // 2:
            self.trip()
        return super().__getitem__(part)


def tripwire(chunks: int, trip: Callable[[], None]) -> Tripwire:
    body = Tripwire(b"x" * CHUNK_SIZE * chunks)
    body.trip = trip
    return body


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield int(listening.getsockname()[1])


@pytest.fixture
def closed() -> Iterator[int]:
    """A port that nobody listens on."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield int(bound.getsockname()[1])


def opening_fails(address: MailboxAddress, error: type[Exception]) -> str:
    with pytest.raises(error) as caught:
        open_mailbox(address, partner="acme").close()
    return str(caught.value)


def logins(server: OpenSsh) -> int:
    server.outlast_sessions()
    server.stop()
    return sum("Accepted publickey" in line for line in server.log)


def test_the_fingerprint_is_fetched_without_logging_in(openssh: OpenSsh) -> None:
    assert fingerprint("127.0.0.1", openssh.port) == openssh.keys.fingerprint("host_ed25519")
    assert logins(openssh) == 0


def test_s1_a_server_without_a_pinned_key_is_refused_with_its_fingerprint(openssh: OpenSsh) -> None:
    said = opening_fails(openssh.address(host_keys=()), PartnerRefusal)
    assert openssh.keys.fingerprint("host_ed25519") in said
    assert "pinned is none" in said
    assert "gateway partners trust acme" in said


def test_s1_a_server_with_another_key_is_refused_with_both_fingerprints(openssh: OpenSsh) -> None:
    said = opening_fails(openssh.address(host_keys=(NOT_THEIRS,)), PartnerRefusal)
    assert NOT_THEIRS in said
    assert openssh.keys.fingerprint("host_ed25519") in said
    assert openssh.keys.fingerprint("host_rsa") in said
    assert logins(openssh) == 0


def test_a_pinned_key_is_found_though_the_server_prefers_its_other_one(openssh: OpenSsh) -> None:
    rsa = openssh.keys.fingerprint("host_rsa")
    with open_mailbox(openssh.address(host_keys=(NOT_THEIRS, rsa)), partner="acme") as mailbox:
        assert rsa in mailbox.evidence()


def test_evidence_holds_the_servers_banner_and_host_key(openssh: OpenSsh) -> None:
    with open_mailbox(openssh.address(), partner="acme") as mailbox:
        assert re.fullmatch(
            rf"sftp 127\.0\.0\.1:{openssh.port} SSH-2\.0-OpenSSH_\S+.* host key SHA256:\S{{43}} \(ssh-ed25519\), "
            r"strict key exchange, aes128-ctr, hmac-sha2-256\S*",
            mailbox.evidence(),
        )
    assert logins(openssh) == 1


def test_an_rsa_key_logs_in_with_sha_2(openssh: OpenSsh) -> None:
    with open_mailbox(openssh.address(key="client_rsa"), partner="acme") as mailbox:
        assert mailbox.list("inbound") == ()


def test_a_key_is_found_through_the_environment(openssh: OpenSsh) -> None:
    address = replace(openssh.address(), key="env:ACME_KEY")
    environment = {"ACME_KEY": str(openssh.keys.path("client"))}
    with open_mailbox(address, partner="acme", environment=environment) as mailbox:
        assert mailbox.list("inbound") == ()


def test_a_key_that_the_partner_does_not_know_is_refused_after_one_attempt(
    start_openssh: Callable[..., OpenSsh],
) -> None:
    openssh = start_openssh("LogLevel VERBOSE")
    said = opening_fails(openssh.address(key="stranger"), PartnerRefusal)
    assert openssh.keys.fingerprint("stranger") in said
    assert "not tried again" in said
    openssh.stop()
    assert sum("Failed publickey" in line for line in openssh.log) == 1


def test_a_server_that_hangs_up_after_the_refused_key_has_refused_it(start_openssh: Callable[..., OpenSsh]) -> None:
    opening_fails(start_openssh("MaxAuthTries 1").address(key="stranger"), PartnerRefusal)


def test_a_server_that_wants_more_than_a_key_is_a_refusal(start_openssh: Callable[..., OpenSsh]) -> None:
    server = start_openssh("AuthenticationMethods publickey,password", "PasswordAuthentication yes")
    assert "password" in opening_fails(server.address(), PartnerRefusal)


def test_a_key_file_that_others_can_read_is_not_used(openssh: OpenSsh, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text(openssh.keys.path("client").read_text())
    key.chmod(0o644)
    said = opening_fails(replace(openssh.address(), key=f"file:{key}"), ConfigError)
    assert "0644" in said


@pytest.mark.parametrize(
    "text", ["", "not a key", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"]
)
def test_a_file_that_is_no_key_is_refused(openssh: OpenSsh, tmp_path: Path, text: str) -> None:
    key = tmp_path / "key"
    key.write_text(text)
    key.chmod(0o600)
    assert "is no private key" in opening_fails(replace(openssh.address(), key=f"file:{key}"), ConfigError)


@pytest.mark.parametrize(
    "lines",
    [
        ("HostKeyAlgorithms ssh-rsa",),
        ("KexAlgorithms diffie-hellman-group14-sha1",),
        ("MACs hmac-sha1,hmac-md5", "Ciphers aes128-ctr"),
        ("MACs hmac-md5", "Ciphers aes128-ctr"),
        ("Ciphers aes128-cbc,3des-cbc",),
    ],
    ids=["ssh-rsa", "sha-1 key exchange", "sha-1 and md5 macs", "md5 mac", "cbc"],
)
def test_s3_s4_a_server_that_speaks_only_what_is_unsafe_is_refused_in_plain_words(
    start_openssh: Callable[..., OpenSsh], lines: tuple[str, ...]
) -> None:
    server = start_openssh(*lines)
    assert "no longer safe" in opening_fails(server.address(), PartnerRefusal)
    with pytest.raises(PartnerRefusal, match="no longer safe"):
        fingerprint("127.0.0.1", server.port)


def test_a_server_without_sftp_is_a_refusal(start_openssh: Callable[..., OpenSsh]) -> None:
    said = opening_fails(start_openssh("Subsystem other internal-sftp").address(), PartnerRefusal)
    assert "SFTP is not started" in said


def test_a_port_that_nobody_listens_on_is_not_reached(ssh_keys: SshKeys, closed: int) -> None:
    address = OpenSsh(folder=ssh_keys.folder, keys=ssh_keys, port=closed).address()
    assert "refused" in opening_fails(address, NotReached)


def test_a_name_that_does_not_exist_is_not_reached(ssh_keys: SshKeys) -> None:
    address = OpenSsh(folder=ssh_keys.folder, keys=ssh_keys, port=22).address()
    opening_fails(replace(address, host="nowhere.invalid"), NotReached)


def test_a_port_that_says_nothing_is_not_reached_in_time(ssh_keys: SshKeys, silent: int) -> None:
    address = OpenSsh(folder=ssh_keys.folder, keys=ssh_keys, port=silent).address(timeout_seconds=0.2)
    assert "greeting failed" in opening_fails(address, NotReached)


def test_a_server_that_only_reads_refuses_and_nothing_is_left(start_openssh: Callable[..., OpenSsh]) -> None:
    server = start_openssh()
    server.stop()
    server.lines = (f"ForceCommand internal-sftp -R -d {server.root}",)
    server.start()
    (server.root / "outbound" / "x.part").write_bytes(b"ours")
    with open_mailbox(server.address(), partner="acme") as mailbox:
        attempts: tuple[Callable[[], None], ...] = (
            lambda: mailbox.create_exclusive("outbound/y.part", b"x"),
            lambda: mailbox.rename_no_clobber("outbound/x.part", "outbound/x.837"),
            lambda: mailbox.remove("outbound/x.part"),
        )
        for attempt in attempts:
            with pytest.raises(PartnerRefusal, match="it was not done"):
                attempt()
        assert [entry.name for entry in mailbox.list("outbound")] == ["x.part"]


def test_a_server_that_will_not_say_whether_a_name_exists_is_a_refusal(start_openssh: Callable[..., OpenSsh]) -> None:
    server = start_openssh()
    server.stop()
    server.lines = (f"ForceCommand internal-sftp -P lstat -d {server.root}",)
    server.start()
    with open_mailbox(server.address(), partner="acme") as mailbox, pytest.raises(PartnerRefusal):
        mailbox.stat("outbound/x")


def test_a_server_killed_in_mid_upload_loses_the_line_and_only_the_temporary_name_is_touched(openssh: OpenSsh) -> None:
    mailbox = open_mailbox(openssh.address(), partner="acme")
    body = tripwire(8, lambda: openssh.signal_sessions(signal.SIGKILL))
    with pytest.raises(LineLost, match="may or may not"):
        mailbox.create_exclusive("outbound/x.part", body)
    assert 0 < (openssh.root / "outbound" / "x.part").stat().st_size < len(body)
    with pytest.raises(NotReached, match="session is over"):
        mailbox.stat("outbound/x.part")


def test_a_server_that_falls_silent_in_mid_upload_loses_the_line_in_time(openssh: OpenSsh) -> None:
    mailbox = open_mailbox(openssh.address(timeout_seconds=2.0), partner="acme")
    with pytest.raises(LineLost, match="no answer in time"):
        mailbox.create_exclusive("outbound/x.part", tripwire(4, lambda: openssh.signal_sessions(signal.SIGSTOP)))


def test_a_server_that_falls_silent_before_a_rename_is_asked_nothing_more(openssh: OpenSsh) -> None:
    (openssh.root / "outbound" / "x.part").write_bytes(b"ours")
    mailbox = open_mailbox(openssh.address(timeout_seconds=2.0), partner="acme")
    openssh.signal_sessions(signal.SIGSTOP)
    with pytest.raises(NotReached, match="nothing was changed"):
        mailbox.rename_no_clobber("outbound/x.part", "outbound/x.837")


def test_a_line_cut_before_a_verb_has_reached_nothing(openssh: OpenSsh) -> None:
    mailbox = open_mailbox(openssh.address(), partner="acme")
    openssh.signal_sessions(signal.SIGKILL)
    for attempt in (
        lambda: mailbox.create_exclusive("outbound/x", b"x"),
        lambda: mailbox.list("inbound"),
        lambda: mailbox.rename_no_clobber("outbound/x", "outbound/y"),
    ):
        with pytest.raises(NotReached):
            attempt()
    assert not list((openssh.root / "outbound").iterdir())


def test_after_a_cut_a_new_session_finds_the_server_again(openssh: OpenSsh) -> None:
    openssh.stop()
    opening_fails(openssh.address(), NotReached)
    openssh.start()
    with open_mailbox(openssh.address(), partner="acme") as mailbox:
        mailbox.create_exclusive("outbound/x", b"abc")
    assert (openssh.root / "outbound" / "x").read_bytes() == b"abc"


def test_keys_may_be_exchanged_again_in_the_middle_of_a_file(start_openssh: Callable[..., OpenSsh]) -> None:
    body = b"0123456789abcdef" * 65_536
    with open_mailbox(start_openssh("RekeyLimit 100K").address(), partner="acme") as mailbox:
        mailbox.create_exclusive("outbound/x", body)
        assert mailbox.read("outbound/x", len(body)) == body


def test_a_link_on_the_server_is_no_file(openssh: OpenSsh) -> None:
    (openssh.root / "inbound" / "a.835").symlink_to("/etc/hostname")
    with open_mailbox(openssh.address(), partner="acme") as mailbox:
        assert [entry.regular for entry in mailbox.list("inbound")] == [False]
        with pytest.raises(PartnerRefusal, match="not a regular file"):
            mailbox.read("inbound/a.835", 1000)


def test_an_absolute_root_is_where_names_start(openssh: OpenSsh) -> None:
    address = replace(openssh.address(), root=f"{openssh.root}/outbound/")
    with open_mailbox(address, partner="acme") as mailbox:
        mailbox.create_exclusive("x", b"abc")
        assert [entry.name for entry in mailbox.list("")] == ["x"]
    assert (openssh.root / "outbound" / "x").read_bytes() == b"abc"
