"""The files beside an SQLite ledger on which its processes lock; what is in them means nothing once they have ended."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.errors import ConfigError


@contextmanager
def lock_file(path: str, how: int = os.O_CREAT | os.O_RDWR) -> Iterator[int]:
    """Open a file to lock on, which nobody else may; every lock on it ends with it. Raises ConfigError if it cannot be."""
    try:
        descriptor = os.open(path, how | os.O_CLOEXEC, 0o600)
    except OSError as refused:
        raise ConfigError(
            f"{path}: cannot be opened ({refused.strerror}); the ledger's folder has to be ours"
        ) from None
    try:
        yield descriptor
    finally:
        os.close(descriptor)
