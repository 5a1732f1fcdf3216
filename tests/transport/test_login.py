"""By key, by password, or both: what each server is shown, once, and what it takes.

The same tests are made on a paramiko server, which writes down every attempt, and on a real sshd with PAM where it can be
given an account of its own (as root).
"""

import logging
import re
import socket
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import pytest

from gateway.errors import ConfigError, LoginRefused, NotReached
from gateway.partner import MailboxAddress
from gateway.transport.mailbox import open_mailbox
from gateway.transport.sftp import credentials_of
from tests.contract.openssh import HAS_ACCOUNTS, PASSWORD, OpenSsh, SshKeys
from tests.transport.paramiko_server import Behaviour, ParamikoServer

pytestmark = pytest.mark.openssh

RIGHT, WRONG = {"RIGHT": PASSWORD}, {"RIGHT": "battery staple"}


class Door(Protocol):
    """A server that wants something for a login."""

    @property
    def address(self) -> MailboxAddress: ...

    def attempts(self) -> Counter[str]:
        """What it was offered, by method, with how often it said yes, no, or that it wants more."""


@dataclass
class SshdDoor:
    server: OpenSsh
    address: MailboxAddress

    def attempts(self) -> Counter[str]:
        self.server.outlast_sessions()
        self.server.stop()
        verdicts = {"Accepted": "yes", "Partial": "more", "Failed": "no"}
        seen = (re.match(r"(Accepted|Partial|Failed) ([a-z-]+)(/pam)? for ", line) for line in self.server.log)
        return Counter(f"{one[2]} {verdicts[one[1]]}" for one in seen if one)


@dataclass
class ParamikoDoor:
    behaviour: Behaviour
    address: MailboxAddress

    def attempts(self) -> Counter[str]:
        return Counter(self.behaviour.offered)


Build = Callable[..., Door]
Serve = Callable[[Behaviour], MailboxAddress]
DOORS = ["paramiko", *(["sshd"] if HAS_ACCOUNTS else [])]


@pytest.fixture(params=DOORS)
def door(
    request: pytest.FixtureRequest, ssh_keys: SshKeys, tmp_path: Path, start_openssh: Callable[..., OpenSsh]
) -> Iterator[Build]:
    """Build a server that wants each of these steps for a login."""
    servers: list[ParamikoServer] = []

    def build(*wants: str, key: str = "client") -> Door:
        if request.param == "sshd":
            chosen = [",".join(one) for one in _choices(wants)]
            uses = {name for one in wants for name in one.split("|")}
            server = start_openssh(
                f"AuthenticationMethods {' '.join(chosen)}",
                f"PubkeyAuthentication {_yes('publickey' in uses)}",
                f"PasswordAuthentication {_yes('password' in uses)}",
                f"KbdInteractiveAuthentication {_yes('keyboard-interactive' in uses)}",
                "UsePAM yes",
                "LogLevel VERBOSE",
                accounts=True,
            )
            return SshdDoor(server, server.address(key=key))
        (tmp_path / "inbound").mkdir()
        behaviour = Behaviour(wants=wants, key_taken=key == "client")
        servers.append(ParamikoServer(tmp_path, behaviour, ssh_keys.path("host_ed25519")))
        return ParamikoDoor(behaviour, servers[-1].address(ssh_keys.path(key)))

    yield build
    for server in servers:
        server.stop()


def _choices(wants: tuple[str, ...]) -> list[list[str]]:
    if not wants:
        return [[]]
    return [[first, *rest] for first in wants[0].split("|") for rest in _choices(wants[1:])]


def _yes(wanted: bool) -> str:  # noqa: FBT001
    return "yes" if wanted else "no"


def by_password(address: MailboxAddress) -> MailboxAddress:
    return replace(address, key="", password="env:RIGHT")


def by_both(address: MailboxAddress) -> MailboxAddress:
    return replace(address, password="env:RIGHT")


def lets_in(address: MailboxAddress) -> bool:
    with open_mailbox(address, partner="acme", environment=RIGHT) as mailbox:
        return mailbox.list("inbound") == ()


def refused(address: MailboxAddress, environment: dict[str, str] = RIGHT) -> str:
    with pytest.raises(LoginRefused) as caught:
        open_mailbox(address, partner="acme", environment=environment).close()
    said = str(caught.value)
    assert "not tried again by itself" in said
    assert not any(secret in said for secret in (PASSWORD, WRONG["RIGHT"]))
    return said


def methods(attempts: Counter[str]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for attempt, times in attempts.items():
        counted[attempt.split()[0]] += times
    return counted


def test_a_password_alone_logs_in_with_one_attempt(door: Build) -> None:
    server = door("password")
    assert lets_in(by_password(server.address))
    assert methods(server.attempts()) == {"password": 1}


def test_a_password_answers_a_server_that_only_asks_interactively(door: Build) -> None:
    server = door("keyboard-interactive")
    assert lets_in(by_password(server.address))
    assert methods(server.attempts())["keyboard-interactive"] == 1


def test_a_key_and_then_a_password_log_in_where_both_are_wanted(door: Build) -> None:
    server = door("publickey", "password")
    assert lets_in(by_both(server.address))
    assert methods(server.attempts()) == {"publickey": 1, "password": 1}


def test_a_key_and_then_an_interactive_password_log_in(door: Build) -> None:
    server = door("publickey", "keyboard-interactive")
    assert lets_in(by_both(server.address))
    assert methods(server.attempts()) == {"publickey": 1, "keyboard-interactive": 1}


def test_a_server_that_wants_the_password_first_gets_it_first(door: Build) -> None:
    server = door("password", "publickey")
    assert lets_in(by_both(server.address))
    assert methods(server.attempts())["password"] == 1


def test_a_server_that_takes_either_is_shown_the_key_and_never_the_password(door: Build) -> None:
    server = door("publickey|password")
    assert lets_in(by_both(server.address))
    assert methods(server.attempts()) == {"publickey": 1}


def test_a_password_that_is_refused_is_tried_once(door: Build) -> None:
    server = door("password")
    assert "refuses our password: it is not accepted" in refused(by_password(server.address), WRONG)
    assert methods(server.attempts()) == {"password": 1}


def test_an_interactive_password_that_is_refused_is_tried_once(door: Build) -> None:
    server = door("keyboard-interactive")
    refused(by_password(server.address), WRONG)
    assert methods(server.attempts())["keyboard-interactive"] == 1


def test_after_a_refused_key_no_password_is_offered(door: Build) -> None:
    server = door("publickey|password", key="stranger")
    said = refused(by_both(server.address))
    assert "refuses our key SHA256:" in said
    assert methods(server.attempts()) == {"publickey": 1}


def test_after_a_refused_password_the_key_is_not_offered_again(door: Build) -> None:
    server = door("publickey", "password")
    assert "takes our publickey, and wants more: password" in refused(by_both(server.address), WRONG)
    assert methods(server.attempts()) == {"publickey": 1, "password": 1}


def test_a_key_where_a_password_is_wanted_too_is_refused_with_what_is_wanted(door: Build) -> None:
    server = door("publickey", "password")
    assert "wants more: password" in refused(server.address)
    assert methods(server.attempts()) == {"publickey": 1}


def test_a_key_where_only_a_password_is_taken_is_refused_with_what_is_taken(door: Build) -> None:
    assert "takes only password" in refused(door("password").address)


def test_s5_no_agent_and_no_key_of_this_account_is_ever_asked(
    door: Build, ssh_keys: SshKeys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that would be taken lies where other clients look, and an agent listens."""
    home = tmp_path / "home" / ".ssh"
    home.mkdir(parents=True)
    for name in ("id_ed25519", "id_rsa"):
        (home / name).write_text(ssh_keys.path("client").read_text())
    monkeypatch.setenv("HOME", str(home.parent))
    server = door("publickey", key="stranger")
    with socket.socket(socket.AF_UNIX) as agent:
        agent.bind(str(tmp_path / "agent"))
        agent.listen()
        agent.setblocking(False)
        monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "agent"))
        assert ssh_keys.fingerprint("stranger") in refused(server.address)
        with pytest.raises(BlockingIOError):
            agent.accept()
    assert methods(server.attempts()) == {"publickey": 1}


def test_s6_neither_the_log_nor_a_message_nor_the_name_of_a_value_holds_a_secret(
    door: Build, ssh_keys: SshKeys, caplog: pytest.LogCaptureFixture
) -> None:
    """At the level where paramiko tells everything."""
    with caplog.at_level(logging.DEBUG):
        server = door("publickey", "password")
        assert lets_in(by_both(server.address))
        told = repr(credentials_of(by_both(server.address), partner="acme", environment=RIGHT))
    told += caplog.text
    canaries = [PASSWORD, *ssh_keys.path("client").read_text().splitlines()[1:-1]]
    assert not [one for one in canaries if one in told]


def test_a_key_with_a_passphrase_logs_in_when_the_passphrase_is_kept_somewhere(
    openssh: OpenSsh, ssh_keys: SshKeys, tmp_path: Path
) -> None:
    locked = tmp_path / "locked"
    locked.write_text(ssh_keys.path("client").read_text())
    locked.chmod(0o600)
    subprocess.run(["ssh-keygen", "-q", "-p", "-P", "", "-N", PASSWORD, "-f", str(locked)], check=True)
    address = replace(openssh.address(), key=f"file:{locked}")
    assert lets_in(replace(address, passphrase="env:RIGHT"))
    for wrong, said in (("", "say in passphrase where it is kept"), ("env:RIGHT", "with this passphrase")):
        with pytest.raises(ConfigError, match=said) as caught:
            open_mailbox(replace(address, passphrase=wrong), partner="acme", environment=WRONG)
        assert WRONG["RIGHT"] not in str(caught.value)


def test_a_mailbox_without_key_and_password_is_not_called(openssh: OpenSsh) -> None:
    with pytest.raises(ConfigError, match="neither key nor password"):
        open_mailbox(replace(openssh.address(), key=""), partner="acme", environment={})


@pytest.mark.parametrize(
    "prompts",
    [
        (("Password: ", False), ("Code: ", False)),
        (("User name: ", True),),
        (("", False),) * 2000,
    ],
)
def test_a_server_that_asks_for_more_than_a_password_is_told_nothing(
    serve: Serve, prompts: tuple[tuple[str, bool], ...]
) -> None:
    behaviour = Behaviour(wants=("keyboard-interactive",), prompts=prompts)
    assert "asks for more than a password" in refused(by_password(serve(behaviour)))
    assert "keyboard-interactive" not in behaviour.offered


def test_a_server_that_asks_for_the_password_again_is_told_it_once(serve: Serve) -> None:
    behaviour = Behaviour(wants=("keyboard-interactive",), asks_again=True)
    assert "asks for more than a password" in refused(by_password(serve(behaviour)))
    assert behaviour.offered.count(f"keyboard-interactive {PASSWORD}") == 1


def test_a_server_that_always_wants_more_is_shown_each_thing_once(serve: Serve) -> None:
    behaviour = Behaviour(wants=("publickey|password|keyboard-interactive",) * 9)
    refused(by_both(serve(behaviour)))
    assert behaviour.offered == ["publickey", f"password {PASSWORD}"]


def test_a_server_that_wants_the_password_changed_is_a_refusal_in_plain_words(serve: Serve) -> None:
    assert "password changed" in refused(by_password(serve(Behaviour(wants=("password",), expired=True))))


def test_a_server_that_takes_up_the_login_twice_is_shown_the_key_once(serve: Serve) -> None:
    behaviour = Behaviour(key_taken=False, repeats_itself=True)
    refused(serve(behaviour))
    assert behaviour.offered == ["publickey"]


@pytest.mark.parametrize("reason", [7, 10, 12], ids=["out of service", "lost", "too many connections"])
def test_a_server_that_has_no_room_for_us_has_not_refused_our_login(serve: Serve, reason: int) -> None:
    """Else a crowded server would keep us out until a person comes."""
    behaviour = Behaviour(farewell=reason)
    with pytest.raises(NotReached, match="no room for us now"):
        open_mailbox(serve(behaviour), partner="acme")
    assert behaviour.offered == ["publickey"]


@pytest.mark.parametrize("reason", [2, 11, 14], ids=["protocol", "application", "no more methods"])
def test_a_server_that_ends_the_session_on_our_login_has_refused_it(serve: Serve, reason: int) -> None:
    assert f"ends the session, saying not now ({reason})" in refused(serve(Behaviour(farewell=reason)))


def test_a_server_that_says_nothing_to_a_login_is_not_reached(serve: Serve) -> None:
    behaviour = Behaviour(silent_login=True)
    with pytest.raises(NotReached, match="no answer in time"):
        open_mailbox(replace(serve(behaviour), timeout_seconds=0.5), partner="acme")
    assert behaviour.offered == ["publickey"]
