"""A throwaway PostgreSQL on 127.0.0.1, started by the tests."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_USER = "postgres"


def installed() -> Path | None:
    """Give the folder of the newest server's programs, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is not None and shutil.which("pg_ctl") is not None:
        return Path(on_path).resolve().parent
    return None


@contextmanager
def running() -> Iterator[str]:
    """Start a server in a folder of its own and give the URL of its administrator's database."""
    programs = installed()
    assert programs is not None
    # initdb refuses root, so the server runs as its own user, in a folder that user can reach: not below a 0700 parent.
    folder = Path(tempfile.mkdtemp(prefix="gateway-postgres-", dir="/var/tmp"))
    as_user = ["setpriv", f"--reuid={_USER}", f"--regid={_USER}", "--init-groups"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(folder, _USER)
    port = _free_port()

    def run(*command: str) -> None:
        subprocess.run(
            [*as_user, "env", f"HOME={folder}", *command],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    cluster = folder / "cluster"
    run(str(programs / "initdb"), "-D", str(cluster), "-U", "gateway", "-A", "trust", "-E", "UTF8", "--locale=C")
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder}"
    try:
        run(str(programs / "pg_ctl"), "-D", str(cluster), "-w", "-l", str(folder / "log"), "-o", options, "start")
        yield f"postgresql://gateway@127.0.0.1:{port}/postgres"
    finally:
        run(str(programs / "pg_ctl"), "-D", str(cluster), "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
