"""Where an SQLite ledger may lie: on a disk of this machine, whose locks every process here sees.

Over a network two machines may write one file at once and each believe that it holds the lock; WAL's shared memory is
not shared at all. Such a folder is refused by what the kernel says it is. Of a kind that we do not know, the locks are
tried.
"""

import fcntl
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Final

from gateway.errors import ConfigError

_LOCAL: Final = frozenset({"ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "bcachefs", "jfs", "tmpfs"})
_REMOTE: Final = frozenset(
    [
        "9p",
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "coda",
        "davfs",
        "gfs2",
        "glusterfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs3",
        "nfs4",
        "ocfs2",
        "prl_fs",
        "smb3",
        "smbfs",
        "vboxsf",
        "virtiofs",
        "vmhgfs",
    ]
)
# A program serves these; it may be a network file system. The ones named lie on a disk of this machine.
_LOCAL_FUSE: Final = frozenset(
    ["fuse.bindfs", "fuse.cryfs", "fuse.encfs", "fuse.fuse-overlayfs", "fuse.gocryptfs", "fuse.lxcfs", "fuse.mergerfs"]
)
_MOUNTS: Final = Path("/proc/self/mountinfo")
_ESCAPED: Final = re.compile(r"\\(\d{3})")


def kind_of(folder: Path, mounts: str | None = None) -> str:
    """Give the kind of file system that holds a folder, such as ext4; empty where the kernel does not say.

    mounts  the text of /proc/self/mountinfo, read now unless given
    """
    if mounts is None:
        try:
            mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return ""
    real, found, longest = os.path.realpath(folder), "", -1
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        point = _ESCAPED.sub(lambda code: chr(int(code[1], 8)), before.split()[4])
        inside = real == point or real.startswith(point.rstrip("/") + "/")
        # Of two at the same point the later one covers the earlier.
        if inside and len(point) >= longest:
            found, longest = after.split()[0], len(point)
    return found


def require_local(folder: Path, mounts: str | None = None) -> str:
    """Give the kind of file system that holds a folder. Raises ConfigError if an SQLite ledger may not lie there."""
    kind = kind_of(folder, mounts)
    if kind in _REMOTE or (kind.startswith("fuse.") and kind not in _LOCAL_FUSE):
        raise ConfigError(
            f"the ledger's folder {folder} is on a network file system ({kind}): two machines could write it at once; "
            "nothing was opened; move the home folder to a local disk, or use PostgreSQL (database.url)"
        )
    if kind not in _LOCAL:
        _try_locks(folder, kind or "of an unknown kind")
    return kind


def _try_locks(folder: Path, kind: str) -> None:
    """Lock a file of our own twice: the second has to be refused."""
    path = folder / f".gateway-lock-check.{os.getpid()}"
    try:
        first = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError:
        return  # a folder that we may not write to is said by whoever has to write
    try:
        if _locks(first) and not _locked_again(path):
            return
    finally:
        os.close(first)
        with suppress(OSError):
            path.unlink()
    raise ConfigError(
        f"the ledger's folder {folder} is on a file system ({kind}) that does not keep locks; nothing was opened; move "
        "the home folder to a local disk, or use PostgreSQL (database.url)"
    )


def _locks(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _locked_again(path: Path) -> bool:
    second = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        return _locks(second)
    finally:
        os.close(second)
