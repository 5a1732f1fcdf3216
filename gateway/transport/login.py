"""Log in: by a key, by a password, or by both where the server wants both. Each is shown to the server once.

Only what the partner's profile names is ever offered: no agent, no other key of this machine, no "none" to look around.
A refusal ends it, because more attempts may lock the account; which requests follow each other is written in `_next`.
"""

import threading
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import paramiko
from paramiko.auth_handler import AuthHandler

from gateway.errors import LoginRefused, NotReached
from gateway.transport.line import Line
from gateway.transport.sftp_requests import CUT, printable

_KEY: Final = "publickey"
_PASSWORD: Final = "password"  # noqa: S105  the method's name
_ASKED: Final = "keyboard-interactive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Who we are to a partner. At least one of key and password is there; neither is ever shown."""

    user: str
    key: paramiko.PKey | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)

    def methods(self) -> tuple[str, ...]:
        """Give the methods of RFC 4252 and 4256 that these can serve, in the order of preference."""
        return ((_KEY,) if self.key else ()) + ((_PASSWORD, _ASKED) if self.password is not None else ())


class _Answer(NamedTuple):
    """What the server said to one request.

    methods  that may go on
    partial  what was offered is taken, and more is wanted
    said     why it cannot go on, where the server asks for what we cannot give
    """

    methods: tuple[str, ...] = ()
    partial: bool = False
    said: str = ""


class _Conversation(AuthHandler):
    """One request at a time, each with its answer.

    paramiko's own handler would ask for the service again with each request, tell the methods only sometimes, and give
    the password to any prompt, as often as asked.
    """

    def __init__(self, line: Line, credentials: Credentials) -> None:
        super().__init__(line)
        self.answer: _Answer | None = None
        self.offered = False
        self._credentials = credentials
        self._waiting = self._introduced = self._prompted = False

    def ask(self, method: str, timeout_seconds: float) -> bool:
        """Make one request. Give whether it came to an end in time: accepted, answered, or cut."""
        mine, done = self._credentials, threading.Event()
        self.answer = None
        if method == _KEY:
            assert mine.key is not None
            self.auth_publickey(mine.user, mine.key, done)
        elif method == _PASSWORD:
            assert mine.password is not None
            self.auth_password(mine.user, mine.password, done)
        else:
            self.auth_interactive(mine.user, lambda *_: [], done)
        return done.wait(timeout_seconds)

    def _request_auth(self) -> None:
        self._waiting = True
        if not self._introduced:
            super()._request_auth()  # type: ignore[misc]  # not in the stubs
            return
        accepted = paramiko.Message()
        accepted.add_string("ssh-userauth")
        accepted.rewind()
        self._parse_service_accept(accepted)

    def _parse_service_accept(self, message: paramiko.Message) -> None:
        if self._waiting:  # else the server repeats itself, and we would offer twice
            self._waiting, self._introduced, self.offered = False, True, True
            super()._parse_service_accept(message)  # type: ignore[misc]  # not in the stubs

    def _parse_userauth_failure(self, message: paramiko.Message) -> None:
        methods = tuple(printable(method) for method in message.get_list())
        self._end(_Answer(methods, message.get_boolean()))

    def _parse_userauth_info_request(self, message: paramiko.Message) -> None:
        """Give the password to a single hidden prompt, once; an empty question is answered empty (RFC 4256)."""
        if self.auth_method != _ASKED:  # RFC 4252, section 8: the same number asks for another password
            self._end(_Answer(said="it wants the password changed, which a person has to do"))
            return
        message.get_binary(), message.get_binary(), message.get_binary()
        prompts = message.get_int()
        message.get_binary()
        shown = prompts == 1 and message.get_boolean()
        if prompts > 1 or shown or (prompts and self._prompted):
            self._end(_Answer(said="it asks for more than a password, which a person would have to type"))
            return
        answer = paramiko.Message()
        answer.add_byte(paramiko.common.cMSG_USERAUTH_INFO_RESPONSE)
        answer.add_int(prompts)
        if prompts:
            self._prompted = True
            answer.add_string(self._credentials.password or "")
        self.transport._send_message(answer)  # type: ignore[attr-defined]  # noqa: SLF001

    def _end(self, answer: _Answer) -> None:
        self.answer = answer
        assert self.auth_event is not None
        self.auth_event.set()


def log_in(line: Line, credentials: Credentials, *, timeout_seconds: float, where: str) -> None:
    """Go through one round of login. Raises LoginRefused, and NotReached if the line fails."""
    talk = _Conversation(line, credentials)
    line.auth_handler = talk
    taken: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    method = credentials.methods()[0]
    while True:
        answer = _asked(line, talk, method, timeout_seconds, where)
        if answer is None:
            return
        taken, tried = ((*taken, method), ()) if answer.partial else (taken, (*tried, method))
        following = _next(method, answer, tuple(one for one in credentials.methods() if one not in (*taken, *tried)))
        if following is None:
            said = answer.said or _meaning(method, answer, taken)
            raise LoginRefused(_refusal(where, credentials, said))
        method = following


def _asked(line: Line, talk: _Conversation, method: str, timeout_seconds: float, where: str) -> _Answer | None:
    """Make one request; None if we are in, though the line may be cut by now. Raises NotReached."""
    try:
        ended = talk.ask(method, timeout_seconds)
        error = None if talk.answer else line.get_exception()
    except CUT as failed:
        ended, error = True, failed
    if talk.is_authenticated():
        return None
    if talk.answer is not None:
        return talk.answer
    if isinstance(error, paramiko.AuthenticationException):
        return _Answer(said=f"it cannot check our kind of key: {printable(str(error))}")
    if line.turned_away:
        raise NotReached(f"{where}: the server has no room for us now ({line.farewell}); nothing was sent; try later")
    if ended and talk.offered and line.farewell is not None:
        return _Answer(said=f"it ends the session, saying {line.farewell}")
    said = "cut" if ended else "no answer in time"
    raise NotReached(f"{where}: the line failed during the login ({said}); nothing was sent; try later") from error


def _next(method: str, answer: _Answer, left: tuple[str, ...]) -> str | None:
    """Choose what to offer next: only where the server took the last, or has no use for its kind at all.

    left  the methods that we can serve and have not offered since the server last took something
    """
    if method in answer.methods and not answer.partial:
        return None  # it was looked at and refused
    if method in (_PASSWORD, _ASKED) and answer.partial:
        left = tuple(one for one in left if one == _KEY)  # the password is spent, under either name
    return next((one for one in left if one in answer.methods), None)


def _meaning(method: str, answer: _Answer, taken: tuple[str, ...]) -> str:
    wanted = ", ".join(answer.methods)[:200] or "nothing further"
    if taken:
        return f"it takes our {' and '.join(taken)}, and wants more: {wanted}"
    if method in answer.methods:
        return "it is not accepted"
    return f"it takes only {wanted}"


def _refusal(where: str, credentials: Credentials, said: str) -> str:
    ours = [f"key {credentials.key.fingerprint}"] if credentials.key else []
    ours += ["password"] if credentials.password is not None else []
    old = ""
    if credentials.key and credentials.key.get_name() == "ssh-rsa":
        old = "; an old server checks RSA keys with SHA-1 only, which is no longer safe: if theirs does, use an ed25519 key"
    return (
        f"{where}: the server refuses our {' and '.join(ours)}: {said}; nothing was sent, and it is not tried again by "
        f"itself; have the partner check the user name and what it wants for a login{old}"
    )
