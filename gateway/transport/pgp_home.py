"""A GnuPG home for one use: ours alone, and gone afterwards, with the agent that held our key.

What a killed process has left is swept by the next use: a home is locked for as long as its process lives.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from gateway.errors import ConfigError

_KILL_SECONDS: Final = 20.0
_SOCKET_PATH_MAX: Final = 106  # for the agent's sockets in its home: it wants one byte less than sockaddr_un has
_PREFIX: Final = "pgp-"


@contextmanager
def gnupg_home(folder: Path, where: str) -> Iterator[Path]:
    """Give a GnuPG home below `folder`, only for us and only for now."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(folder):
        _sweep(folder)
        home = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=folder))
        held = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(held, fcntl.LOCK_EX)
    try:
        # The agent keeps a copy of our key under the same passphrase, for as long as this home is there. Made hard to
        # guess, as for years, it takes seconds.
        (home / "gpg-agent.conf").write_text("s2k-count 65536\n")
        if len(os.fsencode(home / "S.gpg-agent.browser")) > _SOCKET_PATH_MAX:
            raise ConfigError(f"{where}: the path {home} is too long for gpg; move the data folder to a shorter one")
        yield home
    finally:
        _remove(home)
        os.close(held)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _sweep(folder: Path) -> None:
    """Remove the homes that killed processes have left: those that nobody holds."""
    for home in folder.glob(f"{_PREFIX}*"):
        descriptor = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            _remove(home)
        finally:
            os.close(descriptor)


def _remove(home: Path) -> None:
    """End the agent, which holds our key, then remove its home. The agent removes its sockets meanwhile."""
    with suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run(  # noqa: S603  nothing in it comes from outside
            ["gpgconf", "--homedir", str(home), "--kill", "all"],  # noqa: S607  found as gpg is
            check=False,
            capture_output=True,
            timeout=_KILL_SECONDS,
            env=surroundings(),
        )
    for _ in range(5):
        if home.exists():
            shutil.rmtree(home, ignore_errors=True)


def surroundings() -> dict[str, str]:
    """Nothing of our environment, which may hold secrets, is gpg's to see."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}
