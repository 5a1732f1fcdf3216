"""Where a partner's server may be, what may be agreed on with it, and what it cannot make us do before it has a name."""

import socket
import struct
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import paramiko
import pytest
from paramiko.common import cMSG_EXT_INFO

from gateway.errors import GatewayError, HostKeyRefused, LoginRefused, NotReached, PartnerRefusal
from gateway.partner import MailboxAddress
from gateway.transport.line import endpoints, handshake
from gateway.transport.mailbox import open_mailbox
from gateway.transport.sftp import fingerprint
from tests.contract.openssh import OpenSsh, SshKeys
from tests.transport.paramiko_server import Behaviour

Serve = Callable[[Behaviour], MailboxAddress]
ETM = ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com"]


def answers(*addresses: str) -> Callable[..., list[tuple[Any, ...]]]:
    """A resolver that knows one host, and answers once: a second answer may be another's."""
    left = [[(socket.AF_INET6 if ":" in one else socket.AF_INET, 1, 6, "", (one, 22)) for one in addresses]]
    return lambda *_, **__: left.pop()


def found(*addresses: str, allowed: tuple[str, ...]) -> list[str]:
    seen = endpoints("sftp.acme.example", 22, allowed=allowed, where="acme", resolve=answers(*addresses))
    return [str(one.address[0]) for one in seen]


def test_s13_only_allowed_addresses_of_a_host_are_called() -> None:
    both = ("192.0.2.7", "198.51.100.9")
    assert found(*both, allowed=()) == list(both)
    assert found(*both, allowed=("198.51.100.0/24",)) == ["198.51.100.9"]
    assert found("2001:db8::1", "::ffff:192.0.2.7", allowed=("192.0.2.7",)) == ["::ffff:192.0.2.7"]


@pytest.mark.parametrize("inside", ["127.0.0.1", "10.0.0.5", "169.254.169.254", "::1", "fe80::1%eth0"])
def test_s13_a_host_that_comes_to_mean_another_machine_is_refused(inside: str) -> None:
    with pytest.raises(PartnerRefusal, match=r"allowed are 192\.0\.2\.0/24") as caught:
        found(inside, allowed=("192.0.2.0/24",))
    assert inside in str(caught.value)


@pytest.mark.openssh
def test_s13_a_host_is_looked_up_once_whatever_follows(openssh: OpenSsh, monkeypatch: pytest.MonkeyPatch) -> None:
    """The look-up is bound where it belongs; any other would go through here. The RSA key takes several calls."""

    def another(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(socket, "getaddrinfo", another)
    address = replace(
        openssh.address(host_keys=(openssh.keys.fingerprint("host_rsa"),)),
        host="localhost",
        allowed_addresses=("127.0.0.0/8",),
    )
    with open_mailbox(address, partner="acme") as mailbox:
        assert "localhost" in mailbox.evidence()


@pytest.mark.openssh
def test_s13_a_server_outside_the_allowed_addresses_is_not_called(start_openssh: Callable[..., OpenSsh]) -> None:
    server = start_openssh("LogLevel VERBOSE")
    elsewhere = replace(server.address(), allowed_addresses=("192.0.2.0/24", "2001:db8::/32"))
    with pytest.raises(PartnerRefusal, match=r"192\.0\.2\.0/24"):
        open_mailbox(elsewhere, partner="acme")
    with pytest.raises(PartnerRefusal):
        fingerprint("127.0.0.1", server.port, allowed_addresses=elsewhere.allowed_addresses)
    server.stop()
    assert not [line for line in server.log if "Connection from" in line]


@pytest.mark.openssh
def test_the_next_address_is_called_when_one_does_not_answer(openssh: OpenSsh) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        where_to = (
            *endpoints("127.0.0.1", closed.getsockname()[1], allowed=(), where="acme"),
            *endpoints("127.0.0.1", openssh.port, allowed=(), where="acme"),
        )
        handshake(where_to, timeout_seconds=10, where="acme").close()


@pytest.mark.openssh
def test_s2_a_server_without_strict_key_exchange_is_refused_before_anything_is_offered(serve: Serve) -> None:
    behaviour = Behaviour(strict=False)
    with pytest.raises(PartnerRefusal, match="Terrapin") as caught:
        open_mailbox(serve(behaviour), partner="acme")
    assert "without_strict_kex" in str(caught.value)
    assert behaviour.offered == []


@pytest.mark.openssh
def test_s2_a_server_that_is_put_up_with_may_agree_only_on_what_is_safe_without(serve: Serve) -> None:
    """Its own order prefers an encrypt-then-MAC, which we do not offer then."""
    with open_mailbox(
        replace(serve(Behaviour(strict=False)), without_strict_kex="they update in May"), partner="acme"
    ) as mailbox:
        assert mailbox.evidence().endswith("no strict key exchange, aes128-ctr, hmac-sha2-256")


@pytest.mark.openssh
def test_s2_a_server_that_speaks_only_what_needs_strict_key_exchange_is_not_put_up_with(serve: Serve) -> None:
    macs = [mac for mac in paramiko.Transport._preferred_macs if mac not in ETM]  # type: ignore[attr-defined]
    address = serve(Behaviour(strict=False, without={"macs": macs}))
    with pytest.raises(PartnerRefusal, match="encrypt-then-MAC is not safe either"):
        open_mailbox(replace(address, without_strict_kex="they update in May"), partner="acme")


@pytest.mark.openssh
@pytest.mark.parametrize(
    ("line", "agreed"),
    [
        ("Ciphers aes256-gcm@openssh.com", "strict key exchange, aes256-gcm@openssh.com"),
        ("MACs hmac-sha2-512-etm@openssh.com", "strict key exchange, aes128-ctr, hmac-sha2-512-etm@openssh.com"),
    ],
)
def test_s2_evidence_says_what_was_agreed(start_openssh: Callable[..., OpenSsh], line: str, agreed: str) -> None:
    with open_mailbox(start_openssh(line).address(), partner="acme") as mailbox:
        assert mailbox.evidence().endswith(f", {agreed}")


@pytest.mark.openssh
def test_s3_a_server_that_takes_only_sha_1_signatures_refuses_our_rsa_key_in_plain_words(
    start_openssh: Callable[..., OpenSsh],
) -> None:
    server = start_openssh("PubkeyAcceptedAlgorithms ssh-rsa")
    with pytest.raises(LoginRefused, match=r"SHA-1 only.* use an ed25519 key"):
        open_mailbox(server.address(key="client_rsa"), partner="acme")


@pytest.mark.openssh
def test_s3_a_server_that_says_so_is_not_even_shown_the_rsa_key(serve: Serve, ssh_keys: SshKeys) -> None:
    behaviour = Behaviour(without={"pubkeys": ["rsa-sha2-512", "rsa-sha2-256"]})
    address = replace(serve(behaviour), key=f"file:{ssh_keys.path('client_rsa')}")
    with pytest.raises(LoginRefused, match="cannot check our kind of key"):
        open_mailbox(address, partner="acme")
    assert behaviour.offered == []


@pytest.mark.openssh
def test_s1_a_changed_key_is_told_with_both_fingerprints_and_the_command_that_pins_it(openssh: OpenSsh) -> None:
    pinned = "SHA256:" + "A" * 43
    with pytest.raises(HostKeyRefused) as caught:
        open_mailbox(openssh.address(host_keys=(pinned,)), partner="acme")
    said, shown = str(caught.value), openssh.keys.fingerprint("host_ed25519")
    assert pinned in said
    assert f"gateway partners trust acme --fingerprint {shown} --by NAME --reason WHERE" in said


@pytest.mark.openssh
def test_s1_while_a_partner_changes_its_key_the_old_and_the_new_are_both_good(openssh: OpenSsh) -> None:
    coming = "SHA256:" + "A" * 43
    for pins in ((coming, openssh.keys.fingerprint("host_ed25519")), (openssh.keys.fingerprint("host_rsa"), coming)):
        with open_mailbox(openssh.address(host_keys=pins), partner="acme") as mailbox:
            assert mailbox.list("inbound") == ()


Talk = Callable[[socket.socket], None]


@pytest.fixture
def stranger() -> Iterator[Callable[[Talk], int]]:
    """Listen on a port and say something of your own to the first who calls."""
    listening: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def start(talk: Talk) -> int:
        listening.append(socket.create_server(("127.0.0.1", 0)))

        def answer() -> None:
            with suppress(OSError):
                line, _ = listening[-1].accept()
                with line, suppress(OSError):
                    talk(line)

        threads.append(threading.Thread(target=answer, daemon=True))
        threads[-1].start()
        return int(listening[-1].getsockname()[1])

    yield start
    for one in listening:
        one.shutdown(socket.SHUT_RDWR)
        one.close()
    for thread in threads:
        thread.join()


def endless(greeting: bytes, again: bytes) -> Talk:
    def talk(line: socket.socket) -> None:
        line.sendall(greeting)
        while True:
            line.sendall(again)

    return talk


def once(said: bytes) -> Talk:
    def talk(line: socket.socket) -> None:
        line.sendall(said)
        while line.recv(65536):
            pass

    return talk


def packet(payload: bytes) -> bytes:
    padding = 8 - (len(payload) + 5) % 8 + 8
    return struct.pack(">IB", len(payload) + 1 + padding, padding) + payload + bytes(padding)


HELLO = b"SSH-2.0-OpenSSH_9.2\r\n"
HOSTILE = {
    "nothing": once(b""),
    "a greeting without end": endless(b"", b"x" * 65536),
    "lines without end": endless(b"", b"welcome\r\n" * 1000),
    "another protocol": once(b"220 mail.acme.example ESMTP\r\n" * 200),
    "a name of no text": once(b"SSH-2.0-\xff\xfe\r\n"),
    "a packet of four gigabytes": endless(HELLO + b"\xff\xff\xff\xf4", b"x" * 65536),
    "an empty packet": once(HELLO + packet(b"")),
    "a key exchange of names that are no text": once(HELLO + packet(b"\x14" + bytes(16) + b"\0\0\0\4\xff\xfe\xfd\xfc")),
    "a reply before the exchange": once(HELLO + packet(b"\x1f" + bytes(64))),
    "a login before the exchange": once(HELLO + packet(b"\x34")),
    "an unknown message": once(HELLO + packet(b"\xf0")),
    "a farewell": once(HELLO + packet(b"\x01\0\0\0\x0c\0\0\0\x08too many\0\0\0\0")),
}


INCOMPATIBLE = {
    "an old protocol": once(b"SSH-1.5-old\r\n"),
    "a key exchange of zeros": once(HELLO + packet(b"\x14" + bytes(64))),
}


@pytest.mark.parametrize("talk", INCOMPATIBLE.values(), ids=list(INCOMPATIBLE))
def test_s12_a_server_that_speaks_nothing_of_ours_is_a_refusal(stranger: Callable[[Talk], int], talk: Talk) -> None:
    with pytest.raises(PartnerRefusal, match="no longer safe"):
        fingerprint("127.0.0.1", stranger(talk), timeout_seconds=10)


@pytest.mark.parametrize("talk", HOSTILE.values(), ids=list(HOSTILE))
def test_s12_whatever_a_stranger_says_is_not_reached_and_gathers_nothing(
    stranger: Callable[[Talk], int], talk: Talk
) -> None:
    port = stranger(talk)
    tracemalloc.start()
    try:
        with pytest.raises(NotReached, match="greeting failed"):
            fingerprint("127.0.0.1", port, timeout_seconds=0.5)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * 1024 * 1024


@pytest.mark.openssh
def test_s12_a_server_that_announces_extensions_without_end_is_left(serve: Serve) -> None:
    behaviour = Behaviour()
    address = serve(behaviour)
    line = handshake(endpoints(address.host, address.port, allowed=(), where="acme"), timeout_seconds=10, where="acme")
    bomb = paramiko.Message()
    bomb.add_byte(cMSG_EXT_INFO)
    bomb.add_int(2**32 - 1)
    behaviour.lines[-1]._send_message(bomb)  # type: ignore[attr-defined]
    line.join(30)
    assert not line.is_alive()
    assert "extensions without end" in str(line.get_exception())


@pytest.mark.openssh
def test_s12_a_byte_changed_anywhere_in_what_a_server_says_has_one_of_our_outcomes(
    openssh: OpenSsh, stranger: Callable[[Talk], int]
) -> None:
    """Each run changes one byte, further on; the host key's signature or a MAC notices it, or it was padding."""
    outcomes = set()
    for offset in range(0, 3000, 60):
        port = stranger(corrupting(openssh.port, offset))
        try:
            with open_mailbox(replace(openssh.address(timeout_seconds=1.0), port=port), partner="acme") as mailbox:
                mailbox.list("inbound")
                outcomes.add("works")
        except GatewayError as error:
            outcomes.add(type(error).__name__)
    assert "NotReached" in outcomes
    assert outcomes <= {"works", "NotReached", "PartnerRefusal", "HostKeyRefused"}


def corrupting(port: int, offset: int) -> Talk:
    """Stand between a client and the server at `port`, and change the byte at `offset` of what the server says."""

    def talk(client: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", port)) as server:

            def back() -> None:
                seen = 0
                with suppress(OSError):
                    while said := server.recv(65536):
                        body = bytearray(said)
                        if seen <= offset < seen + len(body):
                            body[offset - seen] ^= 0x21
                        seen += len(body)
                        client.sendall(body)
                    client.shutdown(socket.SHUT_WR)

            thread = threading.Thread(target=back, daemon=True)
            thread.start()
            while said := client.recv(65536):
                server.sendall(said)
            server.shutdown(socket.SHUT_RDWR)
            thread.join()

    return talk
