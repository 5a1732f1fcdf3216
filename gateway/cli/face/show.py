"""How outcomes are printed: tables and sentences for people, one JSON object for programs."""

import json
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any, TypeVar

import click

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
    if isinstance(value, Iterable):
        return [plain(one) for one in value]
    return str(value)


_UNSHOWN = {"body", "document"}
_PIPE_WIDTH = 240
_GAP = "  "


def as_object(**facts: Any) -> None:  # noqa: ANN401 any facts
    """Print one JSON object."""
    click.echo(json.dumps({"schema_version": SCHEMA_VERSION, **{k: plain(v) for k, v in facts.items()}}, indent=1))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """Print a table as wide as the terminal; full width into a pipe. Without rows, say so."""
    shown = [[str(cell) for cell in row] for row in rows]
    if not shown:
        click.echo(empty)
        return
    if _drawn_plainly(columns, shown):
        return
    from rich.console import Console
    from rich.table import Table

    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for row in shown:
        drawn.add_row(*(cell.replace("[", r"\[") for cell in row))
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else _PIPE_WIDTH
    Console(width=width, highlight=False).print(drawn)


def _drawn_plainly(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Print a table that needs no folding, as rich would draw it; loading rich takes longer than most lists.

    False, and nothing printed, where a cell is wider than its letters count, or the table than the terminal.
    """
    lines = (columns, *rows)
    if not all(cell.isascii() and cell.isprintable() for line in lines for cell in line):
        return False
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else _PIPE_WIDTH
    if sum(widths) + len(_GAP) * (len(widths) - 1) > room:
        return False
    head, *body = (_GAP.join(map(str.ljust, line, widths)) for line in lines)
    click.secho(head, bold=True)
    click.echo("\n".join(body))
    return True


def more(next_after: int, command: str) -> None:
    """Say how to see the next page."""
    if next_after:
        click.echo(f"more: {command} --after {next_after}")


def counted(number: int, singular: str, plural: str = "") -> str:
    """Write a count with its noun."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def paged(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --limit and --after."""
    command = click.option("--limit", type=click.IntRange(1, 10_000), default=100, help="Rows in a page [100].")(
        command
    )
    return click.option("--after", type=int, default=0, help="Begin behind this row.")(command)


S = TypeVar("S", bound=StrEnum)


def states(known: type[S], wanted: Iterable[str]) -> list[S]:
    """Read the states of --state. Raises click.UsageError naming the ones there are."""
    try:
        return [known(one) for one in wanted]
    except ValueError:
        raise click.UsageError(f"--state: want one of {', '.join(known)}") from None


def decided(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --by and --reason, which every decision of a person carries."""
    command = click.option("--reason", required=True, help="Why, in your own words; it is kept.")(command)
    return click.option("--by", required=True, metavar="NAME", help="Who decides; it is kept.")(command)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int], None]]:
    """Show how far long work has come: a live line in a terminal, a line for every thousand elsewhere. On stderr."""
    live = sys.stderr.isatty()

    def advance(done: int) -> None:
        if live:
            click.echo(f"\r{what}: {done}", err=True, nl=False)
        elif done % 1000 == 0:
            click.echo(f"{what}: {done}", err=True)

    yield advance
    if live:
        click.echo("\r\x1b[K", err=True, nl=False)
