"""An SQLite ledger that can only be looked at: its disk is mounted read-only, or its file is not ours to write.

In WAL, a reader too writes beside the file, so it can only be opened where it may. On a read-only disk nobody writes, and
a file without a journal is whole by itself: SQLite may take it for immutable. With a journal it may not, for the newest
rows stand in there: then SQLite reads both, or refuses. Where only we may not write, others may be at work, so the file is
never taken for immutable: rows of two moments would be mixed.
"""

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

from gateway.errors import ConfigError

_TIMEOUT_SECONDS = 10


def why_look_only(path: Path) -> str:
    """Say why the ledger cannot be written here; empty if it can, or is not there yet."""
    if not path.exists():
        return ""
    if _is_on_read_only_disk(path):
        return "its disk is read-only"
    if not os.access(path, os.W_OK):
        return "its file is not ours to write"
    return "" if os.access(path.parent, os.W_OK) else "its folder is not ours to write"


def connect(path: Path) -> sqlite3.Connection:
    """Open the ledger for looking. Raises ConfigError if even that cannot be done here without risking wrong rows."""
    journal = path.with_name(f"{path.name}-wal")
    whole = _is_on_read_only_disk(path) and not (journal.exists() and journal.stat().st_size)
    uri = f"file:{quote(str(path.absolute()))}?mode=ro{'&immutable=1' if whole else ''}"
    try:
        opened = sqlite3.connect(uri, uri=True, timeout=_TIMEOUT_SECONDS, check_same_thread=False)
        opened.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as refused:
        raise ConfigError(
            f"{path}: {why_look_only(path)}, and it cannot be looked at here either ({refused}): SQLite has to write beside "
            "a ledger that others may write; nothing was opened; run this as the ledger's owner, or look at a copy: "
            "gateway --home NEW db restore FILE"
        ) from None
    return opened


def _is_on_read_only_disk(path: Path) -> bool:
    return bool(os.statvfs(path).f_flag & os.ST_RDONLY)
