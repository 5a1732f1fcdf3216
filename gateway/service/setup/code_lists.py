"""Code lists: what is in use and how old it is, and importing a publisher's newer edition into the practice's home."""

import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gateway.codes.official.kinds import KINDS, Download, joined, rows_of, with_retired, written
from gateway.codes.table import Table, kept, load, parse, tables
from gateway.errors import ConfigError, IntakeError, UsageError

_ROOMS = ("gateway.codes", "gateway.codes.external", "gateway.denials")
_BYTES_MAX = 400_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeTable:
    """A list in use.

    codes     how many rows it has
    age_days  since it was retrieved
    in_force  whether it was published for today; past its end it may only warn
    imported  the practice's own, from its folder; else the one that the gateway ships
    kind      what it is imported as, "" where it is not
    """

    name: str
    source: str
    published: str
    retrieved: date
    starts: date | None
    ends: date | None
    codes: int
    age_days: int
    in_force: bool
    imported: bool
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did, or would do.

    codes         rows of the edition
    added, gone   codes from the edition's first day on, against the list that was in use before
    starts, ends  the days the edition is for; joined to the one before it, the list may begin earlier
    """

    kind: str
    path: Path
    codes: int
    added: int
    gone: int
    starts: date
    ends: date | None
    in_force: bool
    dry_run: bool


def code_tables(folder: Path, today: date) -> tuple[CodeTable, ...]:
    """Give every list in use, by name. Raises ConfigError if one in the practice's folder is malformed."""
    return tuple(_told(table, today, imported=imported) for table, imported in _in_use(folder))


def _in_use(folder: Path) -> Iterator[tuple[Table, bool]]:
    shipped = {table.name: table for room in _ROOMS for table in tables(room)}
    for name in sorted(shipped.keys() | {one.table for one in KINDS.values()}):
        # Only what can be imported is ever looked for in the folder.
        own = kept(name, folder) if any(one.table == name for one in KINDS.values()) else None
        if own is not None:
            yield own, True
        elif name in shipped:
            yield shipped[name], False


def _told(table: Table, today: date, *, imported: bool) -> CodeTable:
    return CodeTable(
        name=table.name,
        source=table.source,
        published=table.published,
        retrieved=table.retrieved,
        starts=table.starts,
        ends=table.ends,
        codes=max(0, sum(1 for line in table.body.splitlines() if line) - 1),
        age_days=(today - table.retrieved).days,
        in_force=table.covers(today),
        imported=imported,
        kind=next((kind for kind, one in KINDS.items() if one.table == table.name), ""),
    )


def import_codes(
    folder: Path,
    kind: str,
    files: Sequence[Path],
    *,
    today: date,
    published: date | None = None,
    starts: date | None = None,
    ends: date | None = None,
    dry_run: bool = False,
) -> Imported:
    """Make the practice's list of an edition; the files together are one edition.

    published, starts, ends  where the file's name does not tell them, or tells them wrongly

    Raises UsageError if nothing tells from when the edition is, IntakeError if the files are not that list, ConfigError
    if the folder cannot be written.
    """
    known = KINDS[kind]
    began = starts or known.since or known.begins(files[0].name)
    if began is None:
        raise UsageError(f"{files[0].name} does not tell from when this edition is; give it: --from DATE")
    told = published or (None if known.since else began)
    if told is None:
        raise UsageError(f"{files[0].name} does not tell when this edition was published; give it: --published DATE")
    until = ends or known.ends(told if known.since else began)
    if until is not None and until < began:
        raise UsageError(f"this edition would end {until}, before it begins {began}; correct --from or --to")
    before = kept(known.table, folder) or _shipped(known)
    rows = rows_of(known, (_text(path, known) for path in files))  # pair edits are hundreds of megabytes
    kept_rows, first = rows, began
    if before is not None:
        kept_rows, first = joined(known, with_retired(known, rows, before), before, began)
    text = written(known, kept_rows, published=told, retrieved=today, starts=first, ends=until)
    now = _named(parse(known.table, text), began)
    former = _named(before, began) if before is not None else frozenset()
    path = folder / f"{known.table}.csv"
    if not dry_run:
        _write(path, text)
    return Imported(
        kind=kind,
        path=path,
        codes=len(rows),
        added=len(now - former),
        gone=len(former - now),
        starts=began,
        ends=until,
        in_force=began <= today and (until is None or today <= until),
        dry_run=dry_run,
    )


def _named(table: Table, day: date) -> frozenset[str]:
    """The codes of a table that have not ended before a day."""
    rows = (next(iter(row.values())) for row in table.rows() if not row.get("to") or row["to"] >= day.isoformat())
    return frozenset(rows)


def _shipped(known: Download) -> Table | None:
    return next((load(known.table, room) for room in _ROOMS for one in tables(room) if one.name == known.table), None)


def _text(path: Path, known: Download) -> str:
    """Read a file as UTF-8, else as Windows wrote it. Raises IntakeError on what is no text."""
    try:
        if path.stat().st_size > _BYTES_MAX:
            raise IntakeError(f"{path}: larger than {_BYTES_MAX // 10**6} MB, which no list is; want {known.wants}")
        raw = path.read_bytes()
    except OSError as wrong:
        raise IntakeError(f"{path}: cannot be read ({wrong.strerror}); want {known.wants}") from None
    if raw.startswith(b"PK") or b"\0" in raw[:4096]:
        raise IntakeError(f"{path}: a zip, a workbook or no text; unpack it, or save it as text; want {known.wants}")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _write(path: Path, text: str) -> None:
    """Put the list in its place in one step: whoever reads meanwhile reads the one or the other."""
    beside = path.with_suffix(f".csv.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with beside.open("w", encoding="utf-8") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        beside.replace(path)
    except OSError as refused:
        raise ConfigError(
            f"{path}: cannot be written ({refused.strerror}); is the home folder there? gateway init"
        ) from None
