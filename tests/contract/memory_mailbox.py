"""A partner's mailbox in a dict: small, honest, and able to lose its line."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from gateway.errors import LineLost, NameTaken, NotReached, PartnerRefusal
from gateway.transport.listing import NAMES_MAX, Entry, Stat, inside


@dataclass
class MemoryMailbox:
    """Names with their bytes; a folder is whatever stands before a slash.

    irregular    names that are a folder, a link or a pipe
    cut_before   verbs during which the line fails before anything is done (NotReached)
    cut_after    verbs during which the line fails after they were done (LineLost)
    replaces     whether its own rename replaces a file
    """

    files: dict[str, bytes] = field(default_factory=dict)
    irregular: set[str] = field(default_factory=set)
    cut_before: set[str] = field(default_factory=set)
    cut_after: set[str] = field(default_factory=set)
    modified: datetime = datetime(2026, 1, 5, 12, tzinfo=UTC)
    over: bool = False
    replaces: bool = False

    def create_exclusive(self, name: str, body: bytes) -> None:
        self._begin("create_exclusive", name)
        if self._exists(name):
            raise NameTaken(f"{name} exists already")
        self.files[name] = bytes(body)
        self._end("create_exclusive")

    def stat(self, name: str) -> Stat | None:
        self._begin("stat", name)
        if name in self.irregular:
            return Stat(None, self.modified)
        return Stat(len(self.files[name]), self.modified) if name in self.files else None

    def rename_no_clobber(self, old: str, new: str) -> None:
        self._begin("rename_no_clobber", old, new)
        if not self._exists(old):
            raise PartnerRefusal(f"there is no {old}")
        if self._exists(new):
            raise NameTaken(f"{new} exists already")
        self.files[new] = self.files.pop(old)
        self._end("rename_no_clobber")

    def link_no_clobber(self, old: str, new: str) -> None:
        self._begin("link_no_clobber", old, new)
        if old not in self.files:
            raise PartnerRefusal(f"there is no file {old}")
        if self._exists(new):
            raise NameTaken(f"{new} exists already")
        self.files[new] = self.files[old]
        self._end("link_no_clobber")

    def overwrite(self, name: str, body: bytes) -> None:
        self._begin("overwrite", name)
        if name not in self.files:
            raise PartnerRefusal(f"there is no file {name}")
        self.files[name] = bytes(body) + self.files[name][len(body) :]
        self._end("overwrite")

    def rename_replaces(self, old: str, new: str) -> bool:
        if self.replaces and old in self.files and new in self.files:
            self.files[new] = self.files.pop(old)
            return True
        try:
            self.rename_no_clobber(old, new)
        except NameTaken:
            return False
        return True

    def syncs(self) -> bool:
        return False

    def list(self, folder: str, *, names_max: int = NAMES_MAX) -> tuple[Entry, ...]:
        self._begin("list", *([folder] if folder else []))
        start = f"{folder}/" if folder else ""
        found = [self._entry(name, start) for name in (*self.files, *self.irregular) if name.startswith(start)]
        found = [entry for entry in found if "/" not in entry.name]
        if folder and not found and folder not in self.irregular:
            raise PartnerRefusal(f"there is no folder {folder}")
        if len(found) > names_max:
            raise PartnerRefusal(f"{folder}: more than {names_max} names")
        return tuple(found)

    def read(self, name: str, size_max: int) -> bytes:
        self._begin("read", name)
        if name not in self.files:
            raise PartnerRefusal(f"{name} is absent or not a regular file")
        if len(self.files[name]) > size_max:
            raise PartnerRefusal(f"{name} is longer than {size_max} bytes")
        return self.files[name]

    def remove(self, name: str) -> None:
        self._begin("remove", name)
        if name in self.irregular:
            raise PartnerRefusal(f"{name} is not a file")
        self.files.pop(name, None)
        self._end("remove")

    def evidence(self) -> str:
        return "memory"

    def close(self) -> None:
        self.over = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _exists(self, name: str) -> bool:
        return name in self.files or name in self.irregular

    def _entry(self, name: str, start: str) -> Entry:
        regular = name in self.files
        return Entry(name.removeprefix(start), len(self.files[name]) if regular else None, self.modified, regular)

    def _begin(self, verb: str, *names: str) -> None:
        for name in names:
            inside(name)
        if self.over or verb in self.cut_before:
            self.over = True
            raise NotReached(f"the line failed before {verb}")

    def _end(self, verb: str) -> None:
        if verb in self.cut_after:
            self.over = True
            raise LineLost(f"the line failed during {verb}")
