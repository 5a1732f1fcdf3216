"""A throwaway PostgreSQL on 127.0.0.1, started by the tests."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_USER = "postgres"
_MEMORY = Path("/dev/shm")
_ROOM = 2 << 30
"""Bytes that a run of all tests stays well below."""


def installed() -> Path | None:
    """Give the folder of the newest server's programs, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is not None and shutil.which("pg_ctl") is not None:
        return Path(on_path).resolve().parent
    return None


@dataclass(frozen=True)
class Server:
    """A server in a folder of its own, on a port of its own."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        """Of its administrator's database."""
        return f"postgresql://gateway@127.0.0.1:{self.port}/postgres"

    def create(self) -> None:
        self._run("initdb", "-D", str(self._cluster), "-U", "gateway", "-A", "trust", "-E", "UTF8", "--locale=C")

    def start(self) -> None:
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories={self.folder}"
        self._run("pg_ctl", "-D", str(self._cluster), "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Stop without a word to anybody, as when the power fails."""
        self._run("pg_ctl", "-D", str(self._cluster), "-m", "immediate", "-w", "stop")

    @property
    def _cluster(self) -> Path:
        return self.folder / "cluster"

    def _run(self, program: str, *arguments: str) -> None:
        programs = installed()
        assert programs is not None
        as_user = ["setpriv", f"--reuid={_USER}", f"--regid={_USER}", "--init-groups"] if os.geteuid() == 0 else []
        subprocess.run(
            [*as_user, "env", f"HOME={self.folder}", str(programs / program), *arguments],
            check=True,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


@contextmanager
def running_server() -> Iterator[Server]:
    """Run a server."""
    # initdb refuses root, so the server runs as its own user, in a folder that user can reach: not below a 0700 parent.
    folder = Path(tempfile.mkdtemp(prefix="gateway-postgres-", dir=_roomy()))
    if os.geteuid() == 0:
        shutil.chown(folder, _USER)
    server = Server(folder, _free_port())
    try:
        server.create()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _roomy() -> Path:
    """Give memory where there is enough: the server syncs as ever, and a database is made in a fifth of the time."""
    if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _ROOM:
        return _MEMORY
    return Path("/var/tmp")


@contextmanager
def running() -> Iterator[str]:
    """Run a server and give the URL of its administrator's database."""
    with running_server() as server:
        yield server.url


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
