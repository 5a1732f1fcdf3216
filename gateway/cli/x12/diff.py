"""gateway x12 diff"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.face import show
from gateway.cli.face.say import say
from gateway.cli.face.status import Status
from gateway.cli.x12.source import again, file_or_pipe, no_x12, print_lines

if TYPE_CHECKING:
    from gateway.edi.tools.diff import Comparison, Difference, UnitDifference


@click.command(
    short_help="Compare two files claim by claim.",
    epilog="Example: gateway x12 diff sent.837 resent.837 --ignore-numbers",
)
@click.argument("first", type=file_or_pipe)
@click.argument("second", type=file_or_pipe)
@click.option(
    "--ignore-numbers",
    "without_numbers",
    is_flag=True,
    help="Let control numbers, counts, the envelope's date and time, and HL's own numbers differ.",
)
@show.json_option
def diff(first: Path, second: Path, without_numbers: bool, as_json: bool) -> int:
    """Compare two files claim by claim, payment by payment: which are in one only, and which elements differ.

    Delimiters, line breaks and the order of claims do not count. Claims are found by patient control number (CLM01),
    payments by that and the payer's (CLP01, CLP07). A pair of numbers gives a segment's places in the first and second file.
    Status 0 when nothing differs, 1 when something does. The output holds patients' data.
    """
    from gateway.edi.read.whole_file import Contents
    from gateway.edi.tools.diff import Comparison
    from gateway.edi.tools.diff_units import NOTHING, NUMBERS

    if str(first) == str(second) == "-":
        raise click.UsageError("only one of the files can be the pipe")
    with again(first) as one, again(second) as other:
        for file, begun in ((first, one), (second, other)):
            if next(iter(Contents(begun())), None) is None:
                return no_x12(file)
        ignoring = NUMBERS if without_numbers else NOTHING
        comparison = Comparison(lambda: Contents(one()), lambda: Contents(other()), ignoring)
        if as_json:
            found = [_facts(unit) for unit in comparison]
            show.as_object(same=not comparison.differing, units=found, more=comparison.more)
        else:
            print_lines(line for unit in comparison for line in _lines(unit, first, second))
            say(_total(comparison))
    return Status.NEEDS_A_PERSON if comparison.differing else Status.DONE


def _facts(unit: "UnitDifference") -> dict[str, object]:
    return {**unit._asdict(), "differences": [one._asdict() for one in unit.differences]}


def _total(comparison: "Comparison") -> str:
    if not comparison.differing:
        return "the files hold the same"
    more = f"; {comparison.more} of them are not shown" if comparison.more else ""
    return f"{show.counted(comparison.differing, 'unit')} {'differs' if comparison.differing == 1 else 'differ'}{more}"


def _lines(unit: "UnitDifference", first: Path, second: Path) -> Iterator[str]:
    from gateway.edi.tools.show import printable

    number = f" {printable(unit.number)}" if unit.number else ""
    again_ = f" ({unit.occurrence})" if unit.occurrence > 1 else ""
    where = "" if unit.first and unit.second else f" only in {first if unit.first else second}"
    yield f"{unit.kind}{number}{again_} at {_places(unit.first, unit.second)}{where}"
    for one in unit.differences:
        yield f"  {_line(one, first, second)}"


def _line(one: "Difference", first: Path, second: Path) -> str:
    from gateway.edi.tools.show import printable

    before, after = printable(one.before), printable(one.after)
    place = f"{_places(one.first, one.second)} {one.loop}{' ' if one.loop else ''}{printable(one.segment)}{one.label}"
    if not one.label and not one.name:
        return f"{place} only in {first if one.first else second}: {before or after}"
    return f"{place}{' ' if one.segment else ''}{one.name}: {before or 'nothing'} | {after or 'nothing'}"


def _places(first: int, second: int) -> str:
    return f"{first or '-'},{second or '-'}"
