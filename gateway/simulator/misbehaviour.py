"""What the faults make of a request to the SFTP door. Without any, each is done as it is asked.

This is the only seam between the door and its faults: the door hands in what an honest server would do, and hears an
OSError for what is refused, or LineCut where the line is to be cut in place of an answer.
"""

import errno
import os
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final

from gateway.simulator.faults import Fault, Planned
from gateway.simulator.mailroom import INBOUND, OUTBOUND, TAKEN, TEMPORARY, Inode, inode_of
from gateway.simulator.strikes import Strikes

Request = Callable[[], object]


class LineCut(Exception):
    """The line is cut, and nothing is answered."""


_BEFORE_RENAME: Final = (Fault.DROP_BOX, Fault.NO_RENAME)


class Misbehaviour:
    """How the door goes wrong towards one caller. Names are paths below `root`, the partner's folder."""

    def __init__(self, strikes: Strikes, root: Path) -> None:
        self._strikes = strikes
        self._root = root

    def entered(self, being_written: Collection[Inode]) -> None:
        """Somebody has logged in."""
        if self._strikes.of(Fault.PURGES_TEMPORARY):
            for file in (self._root / INBOUND).glob(f"*{TEMPORARY}"):
                if inode_of(file.lstat()) not in being_written and self._strikes_at(Fault.PURGES_TEMPORARY, file):
                    file.unlink()

    def open_for_reading(self, file: Path) -> None:
        """Somebody wants to read a file."""
        self._hide(file)

    def read(self, file: Path, offset: int, body: bytes, seen: os.stat_result) -> bytes:
        """Give what is read of a file; `body` is what there is."""
        if not self._is_in(OUTBOUND, file):
            return body
        body = body[: max(self.size(file, seen) - offset, 0)]
        cut = self._strikes.of(Fault.CUT_DOWNLOAD)
        if cut and offset + len(body) >= cut.count and self._strikes.strike(Fault.CUT_DOWNLOAD, self._said(file)):
            raise LineCut
        return body

    def write(self, file: Path, offset: int, body: bytes, do: Callable[[bytes], object]) -> None:
        """Write into a file."""
        end = offset + len(body)
        if stall := self._strikes_at(Fault.STALL_WRITE, file):
            self._strikes.wait(stall.seconds)
        full, cut = self._strikes.of(Fault.FULL), self._strikes.of(Fault.CUT_UPLOAD)
        if full and end > full.count and self._strikes_at(Fault.FULL, file):
            do(body[: max(full.count - offset, 0)])
            raise _refusal(errno.ENOSPC)
        if cut and end >= cut.count and self._strikes_at(Fault.CUT_UPLOAD, file):
            do(body[: max(cut.count - offset, 0)])
            raise LineCut
        do(body[: len(body) // 2] if self._strikes_at(Fault.SHORT_WRITE, file) else body)

    def close(self, file: Path, do: Request) -> None:
        """Close a file that was written."""
        if stall := self._strikes_at(Fault.STALL_CLOSE, file):
            self._strikes.wait(stall.seconds)
        do()
        if self._strikes_at(Fault.QUOTA, file):
            file.unlink()
            raise _refusal(errno.EDQUOT)
        if self._strikes_at(Fault.TAKES_TEMPORARY, file):
            self._take(file)
        elif not file.name.endswith(TEMPORARY):
            self._take_if_greedy(file)

    def look(self, file: Path, seen: os.stat_result) -> int:
        """Give the size that a look at a file tells."""
        self._hide(file)
        return seen.st_size + 1 if self._strikes_at(Fault.WRONG_SIZE, file) else self.size(file, seen)

    def size(self, file: Path, seen: os.stat_result) -> int:
        """Give the size that a listing tells, and that can be read."""
        half = self._strikes.planned.get(Fault.HALF_ANSWERS)
        if half is None or not self._is_in(OUTBOUND, file) or time.time() - seen.st_mtime >= half.seconds:
            return seen.st_size
        struck = self._strikes.strike(Fault.HALF_ANSWERS, self._said(file), same=True)
        return seen.st_size // 2 if struck else seen.st_size

    def list(self, folder: Path) -> None:
        """Somebody wants a folder's names."""
        if self._strikes.strike(Fault.NO_LIST, self._said(folder)):
            raise _refusal(errno.EACCES)
        if folder == self._root / INBOUND and self._strikes.strike(Fault.DROP_BOX, self._said(folder)):
            raise _refusal(errno.EACCES)

    def rename(self, old: Path, new: Path, do: Request) -> None:
        """Give a file another name."""
        if self._is_in(OUTBOUND, old):
            self._move_answer(old, new, do)
            return
        if any(self._strikes_at(fault, old) for fault in _BEFORE_RENAME):
            raise _refusal(errno.EACCES)
        if stall := self._strikes_at(Fault.STALL_RENAME, old):
            self._strikes.wait(stall.seconds)
        if self._strikes_at(Fault.CUT_BEFORE_RENAME, old):
            raise LineCut
        if self._strikes_at(Fault.PRETENDS_RENAME, old):
            return
        if self._strikes.of(Fault.OVERWRITES) and new.exists() and self._strikes_at(Fault.OVERWRITES, new):
            new.unlink()
        do()
        self._take_if_greedy(new)
        if self._strikes_at(Fault.CUT_AFTER_RENAME, old):
            raise LineCut
        if self._strikes_at(Fault.DENIES_RENAME, old):
            raise _refusal(errno.EIO)

    def _move_answer(self, old: Path, new: Path, do: Request) -> None:
        if self._strikes.strike(Fault.NO_ARCHIVE, self._said(old)):
            raise _refusal(errno.EACCES)
        seen = old.lstat()
        shown = self.size(old, seen)
        do()
        if shown < seen.st_size:
            # Whoever wrote it finds it no longer; the mailroom puts the whole out once nothing goes wrong.
            os.truncate(new, shown)

    def remove(self, file: Path) -> None:
        """Somebody wants a file removed."""
        self._hide(file)
        if self._is_in(OUTBOUND, file) and self._strikes.strike(Fault.NO_ARCHIVE, self._said(file)):
            raise _refusal(errno.EACCES)

    def _strikes_at(self, fault: Fault, upload: Path) -> Planned | None:
        """Let a fault of uploads strike, if this is one."""
        return self._strikes.strike(fault, self._said(upload)) if self._is_in(INBOUND, upload) else None

    def _hide(self, file: Path) -> None:
        if self._strikes_at(Fault.DROP_BOX, file):
            raise _refusal(errno.EACCES)

    def _take_if_greedy(self, file: Path) -> None:
        if not file.name.endswith(TEMPORARY) and self._strikes_at(Fault.GREEDY, file):
            self._take(file)

    def _take(self, file: Path) -> None:
        """Move an upload to where its sender does not look; the mailroom does."""
        taken = self._root / TAKEN
        taken.mkdir(mode=0o700, exist_ok=True)
        # The same name may be taken twice; what is taken no longer has a name of its own.
        file.rename(taken / f"{file.name}.{file.lstat().st_ino}")

    def _is_in(self, folder: str, file: Path) -> bool:
        return file.parent == self._root / folder

    def _said(self, file: Path) -> str:
        return f"{self._root.name} {file.relative_to(self._root)}"


def _refusal(number: int) -> OSError:
    return OSError(number, os.strerror(number))
