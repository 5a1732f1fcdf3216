"""A real SFTP server as a process of the tests' own: no root needed, on 127.0.0.1, in a folder of its own.

Each product says how it is configured, how it is called, and which line of its log tells that it listens.
"""

import os
import select
import signal
import socket
import subprocess
import threading
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from gateway.partner import MailboxAddress, MailboxKind

if TYPE_CHECKING:
    from tests.contract.openssh import SshKeys

FOLDERS = ("outbound", "inbound", "archive")
_LISTEN = "0A"
"""The state of a socket in /proc/net/tcp."""


@dataclass(kw_only=True)
class Daemon(ABC):
    """One server. `root` is what a client finds itself in; folder, keys and port stay the same over stop and start.

    lines  what its configuration says beside what every test needs
    """

    product: ClassVar[str]
    listens: ClassVar[str]

    folder: Path
    keys: "SshKeys"
    lines: tuple[str, ...] = ()
    port: int = 0
    log: list[str] = field(default_factory=list)
    process: subprocess.Popen[str] | None = None
    reader: threading.Thread | None = None

    @property
    def root(self) -> Path:
        return self.folder / "root"

    @property
    @abstractmethod
    def user(self) -> str:
        """Who logs in."""

    @abstractmethod
    def configure(self, port: int) -> list[str]:
        """Write the configuration. Give the command that then serves in the foreground, with its log on stderr."""

    def address(
        self, *, key: str = "client", host_keys: tuple[str, ...] | None = None, timeout_seconds: float = 10.0
    ) -> MailboxAddress:
        """Where the mailbox is. The server's own host key is pinned unless others are given."""
        return MailboxAddress(
            kind=MailboxKind.SFTP,
            host="127.0.0.1",
            port=self.port,
            user=self.user,
            key=f"file:{self.keys.path(key)}",
            host_keys=(self.keys.fingerprint("host_ed25519"),) if host_keys is None else host_keys,
            outbound="outbound",
            inbound="inbound",
            archive="archive",
            timeout_seconds=timeout_seconds,
        )

    def start(self) -> None:
        """Start listening; the port stays the same once it is known."""
        for name in FOLDERS:
            (self.root / name).mkdir(parents=True, exist_ok=True)
        for _ in range(5):  # somebody else may take the free port before the server does
            port = self.port or _free_port()
            if self._listens(self.configure(port), port):
                self.port = port
                return
        raise RuntimeError(f"{self.product} does not start:\n" + "".join(self.log))

    def sessions(self) -> list[int]:
        """The processes that serve clients now, children before their parents."""
        return [] if self.process is None else descendants(self.process.pid)

    def signal_sessions(self, number: signal.Signals) -> None:
        """SIGKILL cuts every client's line, SIGSTOP makes it silent."""
        for process in self.sessions():
            with suppress(ProcessLookupError):
                os.kill(process, number)

    def outlast_sessions(self) -> None:
        """Wait until the sessions of clients that have left are over, each with its last word in the log."""
        for process in self.sessions():
            with suppress(ProcessLookupError):
                watched = os.pidfd_open(process)
                select.select([watched], [], [], 10)
                os.close(watched)

    def stop(self) -> None:
        """Stop listening and cut every line. The log is whole after this."""
        if self.process is None or self.reader is None:
            return
        self.signal_sessions(signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process = None

    def _listens(self, command: list[str], port: int) -> bool:
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        ready = threading.Event()
        self.log.clear()
        self.reader = threading.Thread(target=self._read_log, args=(self.process, ready), daemon=True)
        self.reader.start()
        ready.wait(10)
        # ProFTPD says so a moment before it does.
        until = time.monotonic() + 10
        while self.process.poll() is None and time.monotonic() < until:
            if any(self.listens in line for line in self.log) and _is_listened_on(port, self.process.pid):
                return True
            time.sleep(0.002)
        self.stop()
        return False

    def _read_log(self, process: subprocess.Popen[str], ready: threading.Event) -> None:
        assert process.stderr is not None
        with process.stderr:
            for line in process.stderr:
                self.log.append(line)
                if self.listens in line:
                    ready.set()
        ready.set()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_listened_on(port: int, process: int) -> bool:
    """Whether that process listens there, and not somebody who took the port before it."""
    listening = {
        fields[9]
        for fields in map(str.split, Path("/proc/net/tcp").read_text().splitlines()[1:])
        if fields[1].endswith(f":{port:04X}") and fields[3] == _LISTEN
    }
    held = set()
    with suppress(OSError):  # one is closed, or the process ends, meanwhile
        held = {str(descriptor.readlink()) for descriptor in Path(f"/proc/{process}/fd").iterdir()}
    return any(f"socket:[{inode}]" in held for inode in listening)


def descendants(process: int) -> list[int]:
    """The processes below one, children before their parents."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended meanwhile
            parent = stat.read_text().rpartition(")")[2].split()[1]
            children.setdefault(int(parent), []).append(int(stat.parent.name))
    found, unseen = [], [process]
    while unseen:
        below = children.get(unseen.pop(), [])
        found += below
        unseen += below
    return found[::-1]
