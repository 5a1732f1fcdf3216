"""How outcomes are printed: tables and sentences for people, one JSON object for programs."""

import json
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.face.say import legible, say

if TYPE_CHECKING:
    from gateway.event import Event

SCHEMA_VERSION = 1


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --json."""
    return click.option("--json", "as_json", is_flag=True, help="Facts as one JSON object.")(command)


def plain(value: Any) -> Any:  # noqa: ANN401, PLR0911 any fact; a line for each kind
    """Turn facts into what JSON knows: money and dates as text, bytes left out."""
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value) if one.name not in _UNSHOWN}
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(one) for key, one in value.items()}
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, Decimal | date | datetime | time):
        return str(value) if isinstance(value, Decimal) else value.isoformat()
    if isinstance(value, Exception):
        return str(value)
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return plain(value._asdict())
    if isinstance(value, Iterable):
        return [plain(one) for one in value]
    return str(value)


_UNSHOWN = {"body", "document"}
_PIPE_WIDTH = 240
WIDE = 100_000
"""A width at which nothing is folded."""
GAP = "  "


def as_object(**facts: Any) -> None:  # noqa: ANN401 any facts
    """Print one JSON object."""
    as_json({"schema_version": SCHEMA_VERSION, **{k: plain(v) for k, v in facts.items()}})


def as_json(value: object, *, indent: int | None = 1) -> None:
    """Print a JSON value as it is, in ASCII: JSON writes out by itself what a terminal would obey."""
    click.echo(json.dumps(value, indent=indent))


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    empty: str,
    whole: frozenset[str] = frozenset(),
    width: int = 0,
) -> None:
    """Print a table as wide as the terminal; full width into a pipe. Without rows, say so.

    whole  columns whose cells are never broken
    width  another width than that
    """
    shown = [[legible(str(cell)) for cell in row] for row in rows]
    if not shown:
        say(empty)
        return
    width = width or room()
    if _drawn_plainly(columns, shown, width):
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        drawn.add_column(column, overflow="fold", no_wrap=column in whole)
    for row in shown:
        drawn.add_row(*map(Text, row))
    Console(width=width, highlight=False).print(drawn)


def room() -> int:
    """Say how many columns there are: the terminal's; as many as anybody wants into a pipe."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else _PIPE_WIDTH


def _drawn_plainly(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> bool:
    """Print a table that needs no folding, as rich would draw it; loading rich takes longer than most lists.

    False, and nothing printed, where a cell is wider than its letters count, or the table than its width.
    """
    lines = (columns, *rows)
    if not all(cell.isascii() and cell.isprintable() for line in lines for cell in line):
        return False
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    if sum(widths) + len(GAP) * (len(widths) - 1) > width:
        return False
    head, *body = (GAP.join(map(str.ljust, line, widths)) for line in lines)
    say(head, bold=True)
    say(*body)
    return True


def counted(number: int, singular: str, plural: str = "") -> str:
    """Write a count with its noun."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def decided(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --by and --reason, which every decision of a person carries."""
    command = click.option("--reason", required=True, help="Why, in your own words; it is kept.")(command)
    return click.option(
        "--by",
        default="",
        metavar="NAME",
        help="Who decides; it is kept. With accounts: yours, and it may be left out.",
    )(command)


def decided_by(event: "Event") -> str:
    """Write who decided what an event tells, and why; empty where no person did."""
    if event.artefact != "person" and not event.reason:
        return ""
    return f" ({event.actor}: {event.reason})" if event.reason else f" ({event.actor})"


def beside(what: str) -> None:
    """Tell a person what goes on, in a line of its own: where a live one stands, it is begun anew. On stderr."""
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", err=True, nl=False)
    say(what, err=True)


@contextmanager
def steps() -> Iterator[Callable[[str], None]]:
    """Show which step of long work is being done: a live line in a terminal, nothing elsewhere. On stderr."""
    live = sys.stderr.isatty()

    def tell(step: str) -> None:
        if live:
            click.echo(f"\r\x1b[K{step} ...", err=True, nl=False)

    yield tell
    if live:
        click.echo("\r\x1b[K", err=True, nl=False)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int], None]]:
    """Show how far long work has come: a live line in a terminal, a line for every thousand elsewhere. On stderr."""
    live = sys.stderr.isatty()

    def advance(done: int) -> None:
        if live:
            click.echo(f"\r{what}: {done}", err=True, nl=False)
        elif done % 1000 == 0:
            say(f"{what}: {done}", err=True)

    yield advance
    if live:
        click.echo("\r\x1b[K", err=True, nl=False)
