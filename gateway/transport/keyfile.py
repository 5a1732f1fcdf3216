"""Our private key for a partner: a reference in the configuration, never the key itself."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from gateway.errors import ConfigError

_KEY_SIZE_MAX: Final = 64 * 1024


def key_path(reference: str, *, partner: str, environment: Mapping[str, str]) -> Path:
    """Resolve `file:/path`, or `env:NAME` where NAME holds a path. Raises ConfigError for anything else."""
    where = f"partner {partner}, mailbox key"
    kind, _, value = reference.partition(":")
    if kind == "env" and value:
        path = environment.get(value, "")
        if not path:
            raise ConfigError(f"{where}: the environment variable {value} is not set; have it hold the key file's path")
    elif kind == "file" and value:
        path = value
    else:
        # What stands there may be the key itself: it is not shown.
        raise ConfigError(f"{where}: want file:/path/of/key, or env:NAME of a variable that holds the path")
    if not Path(path).is_absolute():
        raise ConfigError(f"{where}: the path {path!r} is relative; write it in full")
    return Path(path)


def read_key(path: Path, *, partner: str) -> str:
    """Give the text of a private key file. Raises ConfigError unless it is ours alone to read."""
    where = f"partner {partner}, mailbox key {path}"
    try:
        # Checked and read through one descriptor, so that what was checked is what is read.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise ConfigError(f"{where}: cannot be opened ({error.strerror}); give the path of the private key") from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ConfigError(f"{where}: is not a file; give the path of the private key")
        if status.st_mode & 0o077:
            raise ConfigError(
                f"{where}: others may read it (mode {stat.S_IMODE(status.st_mode):04o}), so it may be known to them; "
                f"nothing was sent; chmod 0600 it, and consider a new key"
            )
        with os.fdopen(descriptor, "rb", closefd=False) as opened:
            return opened.read(_KEY_SIZE_MAX).decode("ascii", errors="replace")
    finally:
        os.close(descriptor)
