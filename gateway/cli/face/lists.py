"""Lists on the command line: one filter language, pages, totals, and tables that fit the terminal."""

import csv
import functools
import io
import re
import shlex
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, TypeVar

import click
from click.shell_completion import CompletionItem

from gateway.cli.face import show
from gateway.cli.face.say import legible, say
from gateway.cli.face.status import Status

if TYPE_CHECKING:
    from gateway.listing import Field, Total
    from gateway.service.office import Office
    from gateway.service.views.lists import Lister, Request

T = TypeVar("T")
_LIMIT: Final = 100
_TURNED_ROUND: Final = re.compile(r"-[a-z_]{2,}:")
"""How a term with a minus begins; no option does."""
_TEXT_LEAST: Final = 24
"""Text that goes on in the next line wants at least so much room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was asked for on the command line. `filter` holds the terms as they were typed."""

    filter: str
    sort: str
    limit: int
    after: str
    output: str
    columns: str

    def also(self, **options: Iterable[str] | str) -> "Wanted":
        """Add the fields that have an option of their own, such as --state."""
        given = {name: [said] if isinstance(said, str) else list(said) for name, said in options.items()}
        terms = [f"{name}:{','.join(map(_quoted, values))}" for name, values in given.items() if any(values)]
        return replace(self, filter=" ".join([*([self.filter] if self.filter else []), *terms]))

    @property
    def request(self) -> "Request":
        """The same for the use case."""
        from gateway.service.views.lists import Request

        return Request(filter=self.filter, sort=self.sort, after=self.after, limit=self.limit)


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[T]):
    """One column of a list's table.

    of     what stands in it
    wraps  whether it is text that may go on in the next line: numbers, traces and commands are never broken
    keep   0: always shown; else the higher, the sooner it is left out where the terminal is narrow
    """

    name: str
    of: Callable[[T], object]
    wraps: bool = False
    keep: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape(Generic[T]):
    """How a list is shown.

    command  what somebody types for it
    key      what its rows are called in JSON
    none     what to say while there is none at all
    whole    the lines of a row where no table is wide enough for it; None: as a table
    """

    command: str
    key: str
    columns: tuple[Column[T], ...]
    none: str
    whole: Callable[[T], tuple[str, ...]] | None = None


def asked(command: Callable[..., int]) -> Callable[..., int]:
    """Add the filter and what every list has; the command is told `wanted`."""

    @functools.wraps(command)
    def told(
        *place: Any,  # noqa: ANN401 click hands it on
        terms: tuple[str, ...],
        sort: str,
        limit: int,
        after: str,
        output: str,
        columns: str,
        as_json: bool,
        **options: Any,  # noqa: ANN401 the command's own
    ) -> int:
        output = "json" if as_json else output
        wanted = Wanted(filter=typed(terms), sort=sort, limit=limit, after=after, output=output, columns=columns)
        return command(*place, wanted=wanted, **options)

    with_options: Callable[..., Any] = show.json_option(told)
    for option in (
        click.option("--columns", default="", metavar="A,B", help="Only these columns, in this order."),
        click.option(
            "-o",
            "--output",
            type=click.Choice(["table", "wide", "json", "csv"]),
            default="table",
            help="How to print [table].",
        ),
        click.option("--after", default="", metavar="PLACE", help="Begin behind this place, as `more:` says it."),
        click.option("--limit", type=click.IntRange(1, 10_000), default=_LIMIT, help=f"Rows in a page [{_LIMIT}]."),
        click.option(
            "--sort", default="", metavar="FIELD", help="Sort by it; -FIELD: the largest first [as they came]."
        ),
        click.argument("terms", nargs=-1, metavar="[FILTER]...", shell_complete=complete),
    ):
        with_options = option(with_options)
    return with_options


def typed(terms: Iterable[str]) -> str:
    """Put together the filter that was typed as one word or several."""
    return " ".join(map(_whole, terms))


def _whole(term: str) -> str:
    """Quote again what the shell has unquoted: reason:"not x12" arrives without its quotes."""
    name, colon, value = term.partition(":")
    one_term = colon and " " in value and '"' not in value and ":" not in value
    return f'{name}:"{value}"' if one_term else term


class ListCommand(click.Command):
    """A command that explains its list's filter in its help. `where` is the list, as module:NAME."""

    where: ClassVar[str]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take a term with a minus for a term, wherever it stands: behind `--` no word is an option."""
        turned = [one for one in args if _TURNED_ROUND.match(one)]
        others = [one for one in args if one not in turned]
        return super().parse_args(ctx, [*others, *([] if "--" in others or not turned else ["--"]), *turned])

    def lister(self) -> "Lister[Any]":
        """Import the list; only who asks for help, or completes a filter, waits for it here."""
        module, _, name = self.where.partition(":")
        found: Lister[Any] = getattr(import_module(module), name)
        return found

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the list may be asked by, before the example."""
        asked = self.lister()
        with formatter.section("Filter: FIELD:VALUE terms that must all hold"):
            formatter.write_dl([(f"{one.name}:", _explained(one)) for one in asked.fields])
        formatter.write_paragraph()
        formatter.write_text(
            "a,b: any of them; a minus before a term: not so; quotes around spaces; >, <, >=, <= and A..B for days, "
            f"ages and amounts. Sorted by: {', '.join(('entry', *asked.source.sorts))}. More: gateway docs lists"
        )
        super().format_epilog(ctx, formatter)


def command(lister: str) -> type[ListCommand]:
    """Give the kind of command of a list, which is named as module:NAME."""
    return type("OneListCommand", (ListCommand,), {"where": lister})


def _explained(one: "Field") -> str:
    return f"{one.says}: {', '.join(one.choices)}" if one.choices else f"{one.says} ({one.kind})"


def complete(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the last term of a filter: the names of fields, and the words of those that have some."""
    assert isinstance(ctx.command, ListCommand), "only lists are asked by a filter"
    fields = ctx.command.lister().fields
    earlier, space, term = incomplete.rpartition(" ")
    minus = "-" if term.startswith("-") else ""
    name, colon, value = term.removeprefix("-").partition(":")
    begun = f"{earlier}{space}{minus}"
    if not colon:
        return [CompletionItem(f"{begun}{one.name}:", help=one.says) for one in fields if one.name.startswith(name)]
    known = next((one.choices for one in fields if one.name == name), ())
    before, comma, last = value.rpartition(",")
    words = (one.replace(" ", "_") for one in known)
    return [CompletionItem(f"{begun}{name}:{before}{comma}{word}") for word in words if word.startswith(last)]


def tell(office: "Office", lister: "Lister[T]", shape: Shape[T], wanted: Wanted) -> Status:
    """Print a page of a list, and the total of all pages under it."""
    from gateway.service.views import lists

    columns = _chosen(shape, wanted.columns)
    meant = lists.understood(office, lister, wanted.request)
    page = lists.page_of(office, lister, meant)
    if wanted.output == "json":
        total = lists.total_of(office, lister, meant)
        after: object = int(page.next_after) if page.next_after.isdigit() else page.next_after or 0
        show.as_object(**{shape.key: page.rows, "next_after": after, "filter": meant.conditions, "total": total})
        return Status.DONE
    if wanted.output == "csv":
        _csv(columns, page.rows)
        return Status.DONE
    if not page.rows:
        say(f"nothing matches {wanted.filter}" if wanted.filter else "no more" if wanted.after else shape.none)
        return Status.DONE
    if shape.whole is not None and not wanted.columns and wanted.output == "table":
        for row in page.rows:
            say(*shape.whole(row))
    else:
        _table(columns, page.rows, wide=wanted.output == "wide" or bool(wanted.columns))
    # Behind the rows, which need not wait for it.
    _total(lister, lists.total_of(office, lister, meant))
    if page.next_after:
        say(f"more: {shape.command} {_again(wanted, page.next_after)}")
    return Status.DONE


def _total(lister: "Lister[T]", found: "Total") -> None:
    from gateway.money import from_cents, shown

    noun = lister.plural if found.count != 1 else lister.plural.removesuffix("s")
    say(f"{found.count:,} {noun}" + (f", {shown(from_cents(found.cents))}" if found.cents is not None else ""))


def _again(wanted: Wanted, after: str) -> str:
    """Write what was asked for, and the place, as a shell takes them."""
    said = {
        "--columns": wanted.columns,
        "--sort": wanted.sort,
        "--limit": "" if wanted.limit == _LIMIT else str(wanted.limit),
        "--output": "" if wanted.output == "table" else wanted.output,
        "--after": after,
    }
    options = [word for name, value in said.items() if value for word in (name, value)]
    return shlex.join([*([wanted.filter] if wanted.filter else []), *options])


def _chosen(shape: Shape[T], names: str) -> tuple[Column[T], ...]:
    if not names:
        return shape.columns
    known = {one.name.replace(" ", "_"): one for one in shape.columns}
    wanted = [one.strip().replace(" ", "_") for one in names.split(",") if one.strip()]
    unknown = [one for one in wanted if one not in known]
    if unknown or not wanted:
        raise click.UsageError(f"--columns: want some of {', '.join(known)}; not {', '.join(unknown) or 'none'}")
    return tuple(known[one] for one in wanted)


def _csv(columns: Sequence[Column[T]], rows: Iterable[T]) -> None:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(one.name for one in columns)
    for row in rows:
        writer.writerow(_for_spreadsheet(str(one.of(row))) for one in columns)
    say(*written.getvalue().splitlines())


def _for_spreadsheet(cell: str) -> str:
    """What a payer wrote may begin like a formula; a spreadsheet would work it out."""
    is_formula = cell[:1] in "=+@\t\r" if cell else False
    is_odd_minus = cell.startswith("-") and not cell[1:2].isdigit() and not cell.startswith("-$")
    return legible(f"'{cell}" if is_formula or is_odd_minus else cell)


def _table(columns: Sequence[Column[T]], rows: Sequence[T], *, wide: bool) -> None:
    cells = {one.name: [str(one.of(row)) for row in rows] for one in columns}
    columns = [one for one in columns if any(cells[one.name])]
    width = show.WIDE if wide else show.room()
    shown, left_out = _fitting(columns, cells, width)
    show.table(
        [one.name for one in shown],
        zip(*(cells[one.name] for one in shown), strict=True),
        empty="",
        whole=frozenset(one.name for one in shown if not one.wraps),
        width=width,
    )
    if left_out:
        say(f"not shown for want of room: {', '.join(left_out)} (-o wide)")


def _fitting(
    columns: Sequence[Column[T]], cells: dict[str, list[str]], width: int
) -> tuple[list[Column[T]], list[str]]:
    """Leave columns out, the least important first, until the others fit with no number broken."""
    shown, left_out = list(columns), []

    def room(one: Column[T]) -> int:
        longest = max((len(cell) for cell in cells[one.name]), default=0)
        return max(len(one.name), min(longest, _TEXT_LEAST) if one.wraps else longest)

    while sum(map(room, shown)) + len(show.GAP) * (len(shown) - 1) > width:
        dispensable = max(shown, key=lambda one: one.keep)
        if dispensable.keep == 0:
            break
        shown.remove(dispensable)
        left_out.append(dispensable.name)
    return shown, left_out
