"""The SFTP door, on 127.0.0.1 only: login by key, each trading partner in a folder of its own."""

import logging
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import paramiko

from gateway.simulator.faults import Fault
from gateway.simulator.folders import Folders, Guard
from gateway.simulator.keys import OTHER_HOST_KEY, host_key
from gateway.simulator.mailroom import Uploads
from gateway.simulator.played import Played
from gateway.simulator.strikes import Strikes

LOOPBACK: Final = "127.0.0.1"


class SftpServer:
    """Serves until it is stopped. Port 0 picks a free one.

    Raises OSError if the port is taken.
    """

    def __init__(
        self, state: Path, users: Mapping[str, Played], *, port: int, uploads: Uploads, strikes: Strikes
    ) -> None:
        # paramiko logs each failed login with its traceback; who may not log in is told by the protocol.
        logging.getLogger("paramiko").addHandler(logging.NullHandler())
        self._state = state
        self._users = users
        self._key = _read_key(host_key(state))
        self._strikes = strikes
        self._uploads = uploads
        self._lines: set[paramiko.Transport] = set()
        self._socket = socket.create_server((LOOPBACK, port))
        self.port: int = self._socket.getsockname()[1]
        self.fingerprint: str = self._key.fingerprint
        self._thread = threading.Thread(target=self._serve, name="simulator-sftp", daemon=True)

    def start(self) -> None:
        """Begin to take connections."""
        self._thread.start()

    def stop(self) -> None:
        """Close the door and every line."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        if self._thread.is_alive():
            self._thread.join()
        for line in self._lines:
            line.close()
            line.join()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            self._lines = {one for one in self._lines if one.is_active()}
            with suppress(paramiko.SSHException, EOFError, OSError):  # a client may leave at once
                self._greet(line)

    def _greet(self, line: socket.socket) -> None:
        transport = paramiko.Transport(line)
        self._lines.add(transport)
        is_other = self._strikes.strike(Fault.OTHER_HOST_KEY, "whoever called")
        transport.add_server_key(_read_key(host_key(self._state, OTHER_HOST_KEY)) if is_other else self._key)
        guard = Guard(self._state, self._users, self._strikes, cut=transport.close)
        transport.set_subsystem_handler("sftp", paramiko.SFTPServer, Folders, self._state, self._uploads, self._strikes)
        # With an event it returns at once: a client that says nothing keeps nobody else waiting.
        transport.start_server(event=threading.Event(), server=guard)


def _read_key(path: Path) -> paramiko.Ed25519Key:
    return paramiko.Ed25519Key.from_private_key_file(str(path))
