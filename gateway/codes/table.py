"""The one way a published list is read: a CSV headed by where it is from and for which dates it holds.

```
# source: who published it
# published: 2024-07-01
# retrieved: 2026-11-23
# effective: 2024-07-01 to 2024-09-30
code,from,to
```
An end left out (`2024-07-01 to`) means that the list holds until another takes its place. Rows may carry `from` and
`to`, both inclusive, an empty one being open. Past a list's end a look-up may only warn, so each says when it assumes.

A practice may keep newer lists than the package ships, in a folder of its own (`gateway codes import`): whoever hands
that folder in is given the one that lies there. It is read once a process.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Final

from gateway.errors import ConfigError

FACTS: Final = ("source", "published", "retrieved", "effective")
"""The comment lines at the head of each CSV, in this order."""

Span = tuple[date | None, date | None]
"""The first and the last day on which something holds, None when open."""

_MARK: Final = "# "


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A published list and what is known about it.

    published  when its source published it, as far as known: a day, a month or a year
    retrieved  when it was taken from there
    starts     the first date of service it holds for, None when open
    ends       the last one, None when it holds until another takes its place
    body       the CSV after its head, header row first
    """

    name: str
    source: str
    published: str
    retrieved: date
    starts: date | None
    ends: date | None
    body: str

    def covers(self, day: date) -> bool:
        """Tell whether the list was published for the date of service `day`."""
        return (self.starts is None or self.starts <= day) and (self.ends is None or day <= self.ends)

    def rows(self) -> tuple[Mapping[str, str], ...]:
        """Give every row as a mapping from column to text. Raises ConfigError on a row that is longer or shorter."""
        reader = csv.reader(self.body.splitlines())
        header = next(reader, [])
        return tuple(_row(self.name, header, cells) for cells in reader if cells)


def parse(name: str, text: str) -> Table:
    """Read a list. Raises ConfigError if its head does not say where it is from and for when it holds."""
    lines = text.splitlines(keepends=True)
    head = dict(_fact(name, line, fact) for line, fact in zip(lines, FACTS, strict=False))
    if len(head) < len(FACTS):
        raise ConfigError(f"{name}: the file ends inside its head; want {_wanted()}")
    starts, _, ends = head["effective"].partition(" to")
    return Table(
        name=name,
        source=head["source"],
        published=head["published"],
        retrieved=_day(name, head["retrieved"]),
        starts=_day(name, starts) if starts.strip() else None,
        ends=_day(name, ends) if ends.strip() else None,
        body="".join(lines[len(FACTS) :]),
    )


def codes_folder(home: Path) -> Path:
    """Give the folder of the code lists that the practice imported; they go before the shipped ones."""
    return home / "codes"


def load(name: str, room: str = "gateway.codes", folder: Path | None = None) -> Table:
    """Read the list `name`.csv of the practice's `folder`, else the one that the package ships beside its reader.

    Raises ConfigError if it is malformed.
    """
    return _loaded(name, room, having(name, folder))


def having(name: str, folder: Path | None) -> Path | None:
    """Give the practice's folder if the list `name`.csv lies there, else None: what is shipped is kept once for all."""
    return folder if folder is not None and (folder / f"{name}.csv").is_file() else None


@cache
def _loaded(name: str, room: str, folder: Path | None) -> Table:
    return kept(name, folder) or parse(name, files(room).joinpath(f"{name}.csv").read_text(encoding="utf-8"))


def kept(name: str, folder: Path | None) -> Table | None:
    """Read the list `name`.csv of the practice's `folder`; None if none lies there. Raises ConfigError as `load` does."""
    path = folder / f"{name}.csv" if folder is not None else None
    if path is None or not path.is_file():
        return None
    try:
        return parse(name, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ConfigError) as wrong:
        said = wrong if isinstance(wrong, ConfigError) else type(wrong).__name__
        raise ConfigError(f"{path}: {said}; import the list again, or remove the file to use the shipped one") from None


def tables(room: str = "gateway.codes") -> tuple[Table, ...]:
    """Give every list of the room, by name: `gateway doctor` says how old each is."""
    names = sorted(entry.name for entry in files(room).iterdir() if entry.name.endswith(".csv"))
    return tuple(load(name.removesuffix(".csv"), room) for name in names)


def holds(row: Mapping[str, str], day: date) -> bool:
    """Tell whether a row with columns `from` and `to` holds on the date of service `day`."""
    starts, ends = span(row)
    return (starts is None or starts <= day) and (ends is None or day <= ends)


def span(row: Mapping[str, str]) -> Span:
    """Read the columns `from` and `to`. Raises ConfigError if one is not a date."""
    return _bound(row["from"]), _bound(row["to"])


def _bound(text: str) -> date | None:
    return _day("from or to", text) if text else None


def _fact(name: str, line: str, fact: str) -> tuple[str, str]:
    prefix = f"{_MARK}{fact}:"
    if not line.startswith(prefix):
        raise ConfigError(f"{name}: expected a line beginning {prefix!r}; want {_wanted()}")
    return fact, line.removeprefix(prefix).strip()


def _wanted() -> str:
    return "the lines " + ", ".join(f"{_MARK}{fact}: ..." for fact in FACTS) + " and then a header row"


def _row(name: str, header: list[str], cells: list[str]) -> Mapping[str, str]:
    if len(cells) != len(header):
        raise ConfigError(f"{name}: the row {cells[0]} has {len(cells)} cells; want {len(header)}")
    return MappingProxyType(dict(zip(header, cells, strict=True)))


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ConfigError(f"{name}: {text.strip()!r} is not a date; want year-month-day") from None
