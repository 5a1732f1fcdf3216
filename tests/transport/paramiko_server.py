"""An SFTP server made with paramiko, honest unless told otherwise, to answer as OpenSSH never would."""

import os
import socket
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

import paramiko
from paramiko import SFTPAttributes
from paramiko.auth_handler import AuthHandler
from paramiko.common import (
    AUTH_FAILED,
    AUTH_PARTIALLY_SUCCESSFUL,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_SUCCEEDED,
    cMSG_USERAUTH_INFO_REQUEST,
)
from paramiko.server import InteractiveQuery
from paramiko.sftp import SFTP_FAILURE, SFTP_NO_SUCH_FILE, SFTP_OK

from gateway.partner import MailboxAddress, MailboxKind
from tests.contract.openssh import PASSWORD


class Manner(Enum):
    """How a request goes wrong."""

    REFUSED = auto()  # answered with failure, nothing done
    DENIED = auto()  # done, and answered with failure
    PRETENDED = auto()  # answered OK, nothing done
    CUT_BEFORE = auto()  # the line is cut, nothing done
    CUT_AFTER = auto()  # done, and the line is cut
    HUNG_BEFORE = auto()  # never answered, nothing done
    HUNG_AFTER = auto()  # done, and never answered
    SHORT = auto()  # a write of which half is kept, answered OK
    LARGER = auto()  # a look that tells one byte too many
    ABSENT = auto()  # a look that tells of no such file


@dataclass(frozen=True)
class Lie:
    """Requests that go wrong: the nth of a verb, or every one if `nth` is 0. `about` is how their names end."""

    verb: str
    manner: Manner
    nth: int = 1
    about: str = ""


@dataclass
class Behaviour:
    """What the server does wrong.

    refuses          verbs answered with failure, nothing done: login, session, create, open, write, close,
                     rename, look, remove, list
    does_and_denies  verbs that are done and then answered with failure: create, rename
    cuts_after       verbs that are done, and then the line is cut instead of an answer
    lies             single requests that go wrong; the first that fits counts
    takes            endings of names which the partner takes away into the folder `taken` as soon as they are there
    replaces         a rename replaces the file that has the new name
    ignores_excl     an exclusive create opens the file that is there
    listed           names listed beside those that exist
    endless          a file never ends
    counts           how many names it claims to list in one answer, without naming any
    wants            what a login takes, step by step; within a step either of those between bars
    key_taken        whether our key is
    prompts          what keyboard-interactive asks for, with whether the answer is shown
    asks_again       whether it asks again, interactively, whatever it is told
    expired          whether it wants another password in place of ours
    repeats_itself   whether it takes up the login twice
    silent_login     whether it never says what it thinks of a login
    farewell         the reason with which it ends the session instead of judging a login; 0 if it does not
    strict           whether it speaks strict key exchange
    without          what it does not speak, as paramiko's disabled_algorithms
    offered          each attempt, as its method, with the password where there was one
    asked            how many requests of each kind it has had
    """

    refuses: set[str] = field(default_factory=set)
    does_and_denies: set[str] = field(default_factory=set)
    cuts_after: set[str] = field(default_factory=set)
    lies: tuple[Lie, ...] = ()
    takes: tuple[str, ...] = ()
    replaces: bool = False
    ignores_excl: bool = False
    listed: tuple[str, ...] = ()
    endless: bool = False
    counts: int | None = None
    wants: tuple[str, ...] = ("publickey",)
    key_taken: bool = True
    prompts: tuple[tuple[str, bool], ...] = (("Password: ", False),)
    asks_again: bool = False
    expired: bool = False
    repeats_itself: bool = False
    silent_login: bool = False
    farewell: int = 0
    strict: bool = True
    without: dict[str, list[str]] = field(default_factory=dict)
    offered: list[str] = field(default_factory=list)
    lines: list[paramiko.Transport] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    stopping: threading.Event = field(default_factory=threading.Event)
    met: Counter[Lie] = field(default_factory=Counter)

    def manner(self, verb: str, name: str) -> Manner | None:
        """Count a request, and say how it goes wrong; None if it does not."""
        self.asked[verb] += 1
        always = ((self.refuses, Manner.REFUSED), (self.cuts_after, Manner.CUT_AFTER))
        found = next((manner for verbs, manner in always if verb in verbs), None)
        for lie in self.lies:
            if lie.verb == verb and name.endswith(lie.about):
                self.met[lie] += 1
                if found is None and lie.nth in {0, self.met[lie]}:
                    found = lie.manner
        return Manner.DENIED if found is None and verb in self.does_and_denies else found

    def answer(self, manner: Manner | None, do: Callable[[], object]) -> int:
        """Do what is asked, or not, in that manner, and give the status to answer with."""
        if manner in {Manner.CUT_BEFORE, Manner.HUNG_BEFORE, Manner.REFUSED}:
            self._fall_silent(manner)
            return SFTP_FAILURE
        if manner is not Manner.PRETENDED:
            try:
                do()
            except OSError as error:
                return int(paramiko.SFTPServer.convert_errno(error.errno or 0))
        self._fall_silent(manner)
        return SFTP_FAILURE if manner is Manner.DENIED else SFTP_OK

    def _fall_silent(self, manner: Manner | None) -> None:
        if manner in {Manner.CUT_BEFORE, Manner.CUT_AFTER}:
            for line in self.lines:
                line.close()
        elif manner in {Manner.HUNG_BEFORE, Manner.HUNG_AFTER}:
            self.stopping.wait()


class _File(paramiko.SFTPHandle):
    def __init__(self, descriptor: int, path: Path, behaviour: Behaviour) -> None:
        super().__init__(0)
        self.descriptor = descriptor
        self.path = path
        self.behaviour = behaviour

    def write(self, offset: int, data: object) -> int:
        assert isinstance(data, bytes)
        manner = self.behaviour.manner("write", self.path.name)
        kept = data[: len(data) // 2] if manner is Manner.SHORT else data
        return self.behaviour.answer(manner, lambda: os.pwrite(self.descriptor, kept, offset))

    def read(self, offset: int, length: int) -> bytes:
        return b"x" * length if self.behaviour.endless else os.pread(self.descriptor, length, offset)

    def close(self) -> None:
        os.close(self.descriptor)


class _Files(paramiko.SFTPServerInterface):
    def __init__(self, server: paramiko.ServerInterface, root: Path, behaviour: Behaviour) -> None:
        super().__init__(server)
        self.root = root
        self.behaviour = behaviour

    def open(self, path: str, flags: int, attr: SFTPAttributes) -> _File | int:
        del attr
        opened: list[int] = []
        if flags & os.O_CREAT and self.behaviour.ignores_excl:
            flags &= ~os.O_EXCL
        manner = self.behaviour.manner("create" if flags & os.O_CREAT else "open", path)
        answer = self.behaviour.answer(manner, lambda: opened.append(os.open(self._path(path), flags, 0o600)))
        return _File(opened[0], self._path(path), self.behaviour) if answer == SFTP_OK else answer

    def lstat(self, path: str) -> SFTPAttributes | int:
        told: list[SFTPAttributes] = []
        manner = self.behaviour.manner("look", path)
        if manner is Manner.ABSENT:
            return SFTP_NO_SUCH_FILE
        answer = self.behaviour.answer(manner, lambda: told.append(SFTPAttributes.from_stat(self._path(path).lstat())))
        if told and manner is Manner.LARGER:
            told[0].st_size = (told[0].st_size or 0) + 1
        return told[0] if answer == SFTP_OK else answer

    def rename(self, oldpath: str, newpath: str) -> int:
        old, new = self._path(oldpath), self._path(newpath)
        manner = self.behaviour.manner("rename", newpath)

        def rename() -> None:
            old.replace(new)
            self.take(new)

        if new.exists() and not self.behaviour.replaces:
            return SFTP_FAILURE
        return self.behaviour.answer(manner, rename)

    def remove(self, path: str) -> int:
        return self.behaviour.answer(self.behaviour.manner("remove", path), self._path(path).unlink)

    def list_folder(self, path: str) -> list[SFTPAttributes] | int:
        found: list[SFTPAttributes] = []
        folder = self._path(path)
        answer = self.behaviour.answer(
            self.behaviour.manner("list", path),
            lambda: found.extend(SFTPAttributes.from_stat(one.lstat(), one.name) for one in folder.iterdir()),
        )
        for name in self.behaviour.listed:
            told = SFTPAttributes()
            told.filename = name
            found.append(told)
        return found if answer == SFTP_OK else answer

    def take(self, path: Path) -> None:
        """Have the partner take a file that is whole, if that is its habit."""
        if path.name.endswith(self.behaviour.takes):
            taken = self.root / "taken"
            taken.mkdir(exist_ok=True)
            path.replace(taken / f"{len(list(taken.iterdir())) + 1:04d} {path.name}")

    def _path(self, path: str) -> Path:
        return self.root / path.lstrip("/")


class _Server(paramiko.SFTPServer):
    """Answers two requests itself: paramiko's server says OK to every close, and never lies about a count."""

    behaviour: Behaviour
    server: _Files

    def __init__(
        self,
        channel: paramiko.Channel,
        name: str,
        server: paramiko.ServerInterface,
        root: Path,
        behaviour: Behaviour,
    ) -> None:
        super().__init__(channel, name, server, _Files, root, behaviour)
        self.behaviour = behaviour

    def _process(self, kind: int, request: int, asked: paramiko.Message) -> None:
        file = self.file_table.pop(asked.get_binary(), None) if kind == paramiko.sftp.CMD_CLOSE else None
        if isinstance(file, _File):
            manner = self.behaviour.manner("close", file.path.name)
            answer = self.behaviour.answer(manner, lambda: self.server.take(file.path))
            file.close()
            self._send_status(request, answer)  # type: ignore[attr-defined]
        elif kind == paramiko.sftp.CMD_READDIR and self.behaviour.counts is not None:
            self._response(request, paramiko.sftp.CMD_NAME, self.behaviour.counts)  # type: ignore[attr-defined]
        else:
            asked.rewind()
            asked.get_int()  # the number of the request, which the caller has read
            super()._process(kind, request, asked)  # type: ignore[misc]


class _Guard(paramiko.ServerInterface):
    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.left = list(behaviour.wants)

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        del username, key
        if self.behaviour.answer(self.behaviour.manner("login", ""), lambda: None) != SFTP_OK:
            return AUTH_FAILED
        return self._step("publickey", "", taken=self.behaviour.key_taken)

    def check_auth_password(self, username: str, password: str) -> int:
        del username
        return self._step("password", password, taken=password == PASSWORD)

    def check_auth_interactive(self, username: str, submethods: str) -> int | InteractiveQuery:
        del username, submethods
        if "keyboard-interactive" not in self.left[0].split("|"):
            return self._step("keyboard-interactive", "", taken=False)
        return InteractiveQuery("", "", *self.behaviour.prompts)

    def check_auth_interactive_response(self, responses: list[str]) -> int | InteractiveQuery:
        taken = self._step("keyboard-interactive", *responses, taken=responses == [PASSWORD])
        return InteractiveQuery("", "", *self.behaviour.prompts) if self.behaviour.asks_again else taken

    def check_auth_none(self, username: str) -> int:
        del username
        return self._step("none", "", taken=False)

    def get_allowed_auths(self, username: str) -> str:
        del username
        return self.left[0].replace("|", ",")

    def _step(self, method: str, *shown: str, taken: bool) -> int:
        self.behaviour.offered.append(" ".join((method, *shown)).strip())
        if method not in self.left[0].split("|") or not taken:
            return AUTH_FAILED
        if len(self.left) == 1:
            return AUTH_SUCCESSFUL
        self.left.pop(0)
        return AUTH_PARTIALLY_SUCCESSFUL

    def check_channel_request(self, kind: str, chanid: int) -> int:
        del kind, chanid
        answer = self.behaviour.answer(self.behaviour.manner("session", ""), lambda: None)
        return OPEN_SUCCEEDED if answer == SFTP_OK else OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED


class _Logins(AuthHandler):
    """Says yes, no or more as the guard does, except where it is told to be awkward."""

    def __init__(self, line: paramiko.Transport, behaviour: Behaviour) -> None:
        super().__init__(line)
        self.behaviour = behaviour

    def _parse_service_request(self, asked: paramiko.Message) -> None:
        for _ in range(1 + self.behaviour.repeats_itself):
            asked.rewind()
            super()._parse_service_request(asked)  # type: ignore[misc]

    def _send_auth_result(self, username: str, method: str, result: int) -> None:
        if self.behaviour.expired:
            change = paramiko.Message()
            change.add_byte(cMSG_USERAUTH_INFO_REQUEST)  # RFC 4252, section 8: the same number
            change.add_string("your password has expired")
            change.add_string("")
            self.transport._send_message(change)  # type: ignore[attr-defined]
        elif self.behaviour.farewell:
            leaving = paramiko.Message()
            leaving.add_byte(paramiko.common.cMSG_DISCONNECT)
            leaving.add_int(self.behaviour.farewell)
            leaving.add_string("not now")
            leaving.add_string("")
            self.transport._send_message(leaving)  # type: ignore[attr-defined]
            self.transport.close()
        elif not self.behaviour.silent_login:
            super()._send_auth_result(username, method, result)  # type: ignore[misc]


class _Transport(paramiko.Transport):
    """Hands logins to our own handler, which paramiko makes once the keys are agreed on."""

    behaviour: Behaviour

    def _parse_newkeys(self, message: paramiko.Message) -> None:
        super()._parse_newkeys(message)  # type: ignore[misc]
        if isinstance(self.auth_handler, AuthHandler) and not isinstance(self.auth_handler, _Logins):
            self.auth_handler = _Logins(self, self.behaviour)


class ParamikoServer:
    """Serves a folder on 127.0.0.1 until it is stopped."""

    def __init__(self, root: Path, behaviour: Behaviour, host_key: Path) -> None:
        self.root = root
        self.behaviour = behaviour
        self.host_key = paramiko.Ed25519Key.from_private_key_file(str(host_key))
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def address(self, key: Path, *, timeout_seconds: float = 10.0) -> MailboxAddress:
        return MailboxAddress(
            kind=MailboxKind.SFTP,
            host="127.0.0.1",
            port=self.socket.getsockname()[1],
            user="clinic",
            key=f"file:{key}",
            host_keys=(self.host_key.fingerprint,),
            outbound="outbound",
            inbound="inbound",
            timeout_seconds=timeout_seconds,
        )

    def stop(self) -> None:
        self.behaviour.stopping.set()
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join()
        for line in self.behaviour.lines:
            line.close()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self.socket.accept()
            except OSError:
                return
            transport = _Transport(line, strict_kex=self.behaviour.strict, disabled_algorithms=self.behaviour.without)
            transport.behaviour = self.behaviour
            self.behaviour.lines.append(transport)
            transport.add_server_key(self.host_key)
            transport.set_subsystem_handler("sftp", _Server, self.root, self.behaviour)
            with suppress(paramiko.SSHException, EOFError, OSError):  # the client may leave at once
                transport.start_server(server=_Guard(self.behaviour))
