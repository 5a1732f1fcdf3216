"""A new file for a person: not there before, and only for its owner to read, for it holds patients' data."""

import os
from pathlib import Path
from typing import BinaryIO, Final

from gateway.errors import UsageError

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def new_file(to: Path) -> BinaryIO:
    """Make it, empty, and open it. Raises UsageError if it exists or cannot be made; then nothing was touched."""
    try:
        return os.fdopen(os.open(to, _NEW, 0o600), "wb")
    except FileExistsError:
        raise UsageError(f"{to} exists already; it was not touched; name a new file") from None
    except OSError as error:
        raise UsageError(f"{to}: cannot be written ({error.strerror}); name another file") from None
