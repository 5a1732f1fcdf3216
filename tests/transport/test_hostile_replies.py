"""S12: a server whose SFTP answers have bytes changed, taken away and put in. The line itself is a socket pair.

GATEWAY_FUZZ_CASES sets how many servers are met; each is made from its number, so one that breaks something comes back.
"""

import os
import random
import socket
import struct
import threading
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import pytest
from paramiko import sftp as wire

from gateway.errors import GatewayError
from gateway.transport.sftp_mailbox import SftpMailbox
from gateway.transport.sftp_requests import CUT, Answered, Requests, Session

CASES = int(os.environ.get("GATEWAY_FUZZ_CASES", "600"))
GROWTH_MAX = 32 * 1024 * 1024  # a listing may name NAMES_MAX files


@dataclass
class Wire:
    """Line and channel of a session in one: what is asked of either."""

    socket: socket.socket
    active: bool = True

    def get_name(self) -> str:
        return "1"

    def settimeout(self, seconds: float | None) -> None:
        self.socket.settimeout(seconds)

    def send(self, body: bytes) -> int:
        return self.socket.send(body)

    def recv(self, size: int) -> bytes:
        return self.socket.recv(size)

    def is_active(self) -> bool:
        return self.active

    def close(self) -> None:
        self.active = False
        self.socket.close()


def _string(body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + body


_FILE = struct.pack(">IQIII", 0xD, 5, 0o100644, 1_700_000_000, 1_700_000_000)
_OK = struct.pack(">I", 0) + _string(b"ok") + _string(b"")
_END = struct.pack(">I", 1) + _string(b"end") + _string(b"")
_NAMES = struct.pack(">I", 2) + (_string(b"a.999") + _string(b"-rw-r--r-- 1 a a 5 a.999") + _FILE) * 2


class HonestAnswers:
    """Answers each request as a server would that holds one file of five bytes."""

    def __init__(self) -> None:
        self.ended = False

    def to(self, kind: int) -> tuple[int, bytes]:
        if kind in {wire.CMD_LSTAT, wire.CMD_STAT}:
            return wire.CMD_ATTRS, _FILE
        if kind in {wire.CMD_OPEN, wire.CMD_OPENDIR}:
            self.ended = False
            return wire.CMD_HANDLE, _string(b"h1")
        if kind in {wire.CMD_READ, wire.CMD_READDIR}:
            self.ended = not self.ended
            if not self.ended:
                return wire.CMD_STATUS, _END
            return (wire.CMD_DATA, _string(b"hello")) if kind == wire.CMD_READ else (wire.CMD_NAME, _NAMES)
        return wire.CMD_STATUS, _OK


Mutate = Callable[[bytes], bytes]


def serve(line: socket.socket, mutate: Mutate) -> None:
    """Answer until the client leaves."""
    honest = HonestAnswers()
    with line, line.makefile("rb") as asked, suppress(OSError):
        while len(head := asked.read(5)) == 5:
            length, kind = struct.unpack(">IB", head)
            body = asked.read(length - 1)
            if kind == wire.CMD_INIT:
                said = bytes([wire.CMD_VERSION]) + struct.pack(">I", 3) + _string(b"fsync@openssh.com") + _string(b"1")
            else:
                answer, fields = honest.to(kind)
                said = bytes([answer]) + body[:4] + fields
            line.sendall(mutate(_string(said)))


def mutations(number: int) -> Mutate:
    """Spoil about one answer in three, each in one of the ways that a parser may not expect."""
    dice = random.Random(number)

    def mutate(said: bytes) -> bytes:
        if dice.random() > 0.35:
            return said
        body = bytearray(said)
        at = dice.randrange(len(body))
        way = dice.randrange(7)
        if way == 0:
            body[at] ^= 1 << dice.randrange(8)
        elif way == 1:
            body[at] = dice.randrange(256)
        elif way == 2:
            del body[at : at + dice.randrange(1, 9)]
        elif way == 3:
            body[at:at] = dice.randbytes(dice.randrange(1, 9))
        elif way == 4:
            start = dice.randrange(0, max(1, len(body) - 4))
            body[start : start + 4] = struct.pack(">I", dice.choice((0, 1, 2**16, 2**18, 2**24 - 1, 2**31, 2**32 - 1)))
        elif way == 5:
            body = bytearray(_string(dice.randbytes(dice.randrange(0, 64))))
        else:
            body += said
        return bytes(body)

    return mutate


def meet(mutate: Mutate, verb: Callable[[SftpMailbox], object], *, timeout_seconds: float = 0.1) -> str:
    """Open a session with a server that answers so, ask one thing, and tell the outcome."""
    ours, theirs = socket.socketpair()
    server = threading.Thread(target=serve, args=(theirs, mutate), daemon=True)
    server.start()
    line = Wire(ours)
    try:
        try:
            requests = Requests(line, timeout_seconds)  # type: ignore[arg-type]
        except (*CUT, Answered):
            return "no SFTP"
        try:
            with SftpMailbox(Session(line, requests, "acme"), "") as mailbox:  # type: ignore[arg-type]
                verb(mailbox)
        except GatewayError as error:
            return type(error).__name__
        return "done"
    finally:
        ours.close()
        server.join(30)
        assert not server.is_alive()


VERBS: dict[str, Callable[[SftpMailbox], object]] = {
    "create": lambda mailbox: mailbox.create_exclusive("outbound/x.part", b"abc" * 30_000),
    "stat": lambda mailbox: mailbox.stat("outbound/x"),
    "rename": lambda mailbox: mailbox.rename_no_clobber("outbound/x.part", "outbound/x"),
    "list": lambda mailbox: mailbox.list("inbound"),
    "read": lambda mailbox: mailbox.read("inbound/a.999", 1000),
    "remove": lambda mailbox: mailbox.remove("inbound/a.999"),
}


def honest(said: bytes) -> bytes:
    return said


def test_an_unspoiled_server_is_understood() -> None:
    """Else what follows would show nothing."""
    outcomes = {name: meet(honest, verb, timeout_seconds=10) for name, verb in VERBS.items()}
    assert outcomes == dict.fromkeys(VERBS, "done") | {"create": "NameTaken", "rename": "NameTaken"}


@pytest.mark.parametrize("verb", VERBS)
def test_whatever_the_answers_are_the_outcome_is_one_of_ours_and_nothing_is_gathered(verb: str) -> None:
    outcomes = set()
    tracemalloc.start()
    try:
        for number in range(CASES // len(VERBS)):
            tracemalloc.reset_peak()
            outcomes.add(meet(mutations(number), VERBS[verb]))
            _, peak = tracemalloc.get_traced_memory()
            assert peak < GROWTH_MAX, f"case {number}"
    finally:
        tracemalloc.stop()
    assert {"done", "NotReached"} & outcomes
    assert outcomes <= {"done", "no SFTP", "NotReached", "LineLost", "PartnerRefusal", "NameTaken"}


def answering(said: bytes) -> Mutate:
    """Greet honestly, then say this to everything."""
    return lambda honest: honest if honest[4] == wire.CMD_VERSION else said


@pytest.mark.parametrize(
    "said",
    [
        struct.pack(">I", 2**24 - 1) + b"x" * 2**20,
        struct.pack(">I", 0) * 1000,
        _string(bytes([wire.CMD_STATUS]) + struct.pack(">I", 2**31) + _OK) * 5000,
        _string(bytes([wire.CMD_NAME]) + struct.pack(">II", 1, 2**32 - 1)),
    ],
    ids=["too long", "empty", "answers to what nobody asked", "too many names"],
)
@pytest.mark.parametrize("verb", ["list", "read", "stat"])
def test_an_answer_that_would_never_end_is_left_in_time(said: bytes, verb: str) -> None:
    assert meet(answering(said), VERBS[verb]) in {"NotReached", "PartnerRefusal"}


@pytest.mark.parametrize("verb", ["create", "stat", "list", "read"])
def test_an_answer_that_dribbles_is_as_late_as_none(verb: str) -> None:
    """Byte by byte, each in time for itself."""
    ours, theirs = socket.socketpair()
    left = threading.Event()

    def dribble() -> None:
        asked = theirs.makefile("rb")
        length, _ = struct.unpack(">IB", asked.read(5))
        asked.read(length - 1)
        theirs.sendall(_string(bytes([wire.CMD_VERSION]) + struct.pack(">I", 3)))
        with suppress(OSError):
            theirs.sendall(struct.pack(">I", 100_000))
            while not left.wait(0.02):
                theirs.sendall(b"x")

    server = threading.Thread(target=dribble, daemon=True)
    server.start()
    line = Wire(ours)
    requests = Requests(line, 0.3)  # type: ignore[arg-type]
    mailbox = SftpMailbox(Session(line, requests, "acme"), "")  # type: ignore[arg-type]
    with pytest.raises(GatewayError, match="no answer in time"):
        VERBS[verb](mailbox)
    left.set()
    server.join()
    theirs.close()
