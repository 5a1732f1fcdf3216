"""Logins at a real ProFTPD: by key, by password, by both in its order; and what a crowded one is."""

import signal
from collections.abc import Callable
from dataclasses import replace

import pytest

from gateway.errors import LoginRefused, NotReached
from gateway.transport.mailbox import Mailbox, open_mailbox
from tests.contract.openssh import PASSWORD
from tests.contract.proftpd import ProFtpd

pytestmark = pytest.mark.proftpd

Start = Callable[..., ProFtpd]
RIGHT, WRONG = {"SECRET": PASSWORD}, {"SECRET": "battery staple"}
WAYS: dict[str, dict[str, str]] = {
    "key": {},
    "password": {"key": "", "password": "env:SECRET"},
    "both": {"password": "env:SECRET"},
}


def opened(server: ProFtpd, way: str, environment: dict[str, str] = RIGHT, key: str = "client") -> Mailbox:
    address = replace(server.address(key=key), **WAYS[way])  # type: ignore[arg-type]
    return open_mailbox(address, partner="acme", environment=environment)


def turned_down(server: ProFtpd) -> int:
    """How often it told what it takes instead of letting us in."""
    server.outlast_sessions()
    said = server.seen()
    return said.count("sending acceptable userauth methods") + said.count("sending userauth failure")


@pytest.mark.parametrize(
    ("wants", "way", "times"),
    [
        ("publickey", "key", 0),
        ("password", "password", 0),
        ("publickey password", "key", 0),
        ("publickey password", "both", 0),
        ("publickey+password", "both", 1),
        ("password+publickey", "both", 2),
    ],
)
def test_each_login_is_let_in_and_nothing_is_shown_twice(
    start_proftpd: Start, wants: str, way: str, times: int
) -> None:
    """Where the password has to come first, it is given once the server has said so."""
    server = start_proftpd(f"SFTPAuthMethods {wants}")
    with opened(server, way) as mailbox:
        assert mailbox.list("inbound") == ()
    assert turned_down(server) == times
    assert server.seen().count("authenticated via") == 1


@pytest.mark.parametrize("key", ["client", "client_rsa"])
@pytest.mark.parametrize("host", ["host_ed25519", "host_rsa"])
def test_ed25519_and_rsa_are_taken_for_either_side(proftpd: ProFtpd, key: str, host: str) -> None:
    address = proftpd.address(key=key, host_keys=(proftpd.keys.fingerprint(host),))
    with open_mailbox(address, partner="acme") as mailbox:
        assert proftpd.keys.fingerprint(host) in mailbox.evidence()
        assert "strict key exchange" in mailbox.evidence()


@pytest.mark.parametrize(
    ("wants", "way", "key", "environment", "said"),
    [
        ("publickey", "key", "stranger", RIGHT, "it is not accepted"),
        ("password", "password", "client", WRONG, "it is not accepted"),
        ("publickey password", "both", "stranger", RIGHT, "it is not accepted"),
        ("publickey+password", "key", "client", RIGHT, "takes our publickey, and wants more: password"),
        ("publickey+password", "both", "client", WRONG, "takes our publickey, and wants more: password"),
        ("password", "key", "client", RIGHT, "takes only password"),
    ],
)
def test_a_refusal_is_said_with_its_reason_and_nothing_is_tried_twice(
    start_proftpd: Start, wants: str, way: str, key: str, environment: dict[str, str], said: str
) -> None:
    server = start_proftpd(f"SFTPAuthMethods {wants}")
    with pytest.raises(LoginRefused, match=said):
        opened(server, way, environment, key)
    assert turned_down(server) == (2 if "wants more" in said and way == "both" else 1)
    assert "authenticated via" not in server.seen()


@pytest.mark.parametrize("way", ["key", "password"])
@pytest.mark.parametrize("limit", ["MaxClients", "MaxClientsPerHost", "MaxClientsPerUser", "MaxConnectionsPerHost"])
def test_a_crowded_server_has_not_refused_our_login(start_proftpd: Start, limit: str, way: str) -> None:
    """It says so before, in or after the login; whenever that is, it is to be tried later, and not to be mended."""
    server = start_proftpd(f"{limit} 1")
    with opened(server, "key"), pytest.raises(NotReached):
        opened(server, way)
    server.outlast_sessions()
    opened(server, way).close()


def test_a_server_that_falls_silent_is_left_in_time(proftpd: ProFtpd) -> None:
    address = proftpd.address(timeout_seconds=2.0)
    with open_mailbox(address, partner="acme") as mailbox:
        proftpd.signal_sessions(signal.SIGSTOP)
        with pytest.raises(NotReached, match="no answer in time"):
            mailbox.list("inbound")
