"""gateway x12 explain"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.face import show
from gateway.cli.face.say import say
from gateway.cli.face.status import Status
from gateway.cli.x12.source import again, file_or_pipe, no_x12, print_lines
from gateway.cli.x12.verdict import facts_of, sentence

if TYPE_CHECKING:
    from gateway.edi.tools.explain import Explained, ExplainedElement

_USAGES = {"R": "required", "S": "situational", "N": "not used"}
_KINDS = {"AN": "text", "ID": "code", "DT": "date", "TM": "time", "R": "decimal number", "B": "binary"}

_RULES = {
    "P": "together or not at all",
    "R": "at least one of",
    "C": "the first needs the others",
    "L": "the first needs one of the others",
    "E": "at most one of",
}
"""Syntax notes (X12.5)."""


@click.command(
    short_help="Explain one segment by its guide.", epilog="Example: gateway x12 explain claims.837 --segment 23"
)
@click.argument("file", type=file_or_pipe)
@click.option(
    "--segment",
    "ordinal",
    type=click.IntRange(min=1),
    required=True,
    metavar="N",
    help="Its place in the file, as `gateway x12 check` gives it; ISA is 1.",
)
@show.json_option
def explain(file: Path, ordinal: int, as_json: bool) -> int:
    """Explain one segment: its loop, what the guide says of each element, what stands there, and what is wrong with it.

    Status 1 when something is wrong with it. The output holds patients' data.
    """
    from gateway.edi.checking.check import check
    from gateway.edi.tools.explain import explained

    with again(file) as begun:
        one, report = explained(begun(), ordinal), check(begun())
    if not report.counts.interchanges:
        return no_x12(file)
    if one is None:
        raise click.UsageError(f"{file}: there is no segment {ordinal} in it; `gateway x12 show` gives their places")
    found = [finding for finding in report.findings if finding.file_ordinal == ordinal]
    if as_json:
        show.as_object(segment=one, findings=[facts_of(finding) for finding in found], more=report.more)
    else:
        print_lines(_lines(one))
        print_lines(map(sentence, found))
        if report.more:
            say("the check ended before the end of the file: it holds too many faults", err=True)
    return Status.NEEDS_A_PERSON if found else Status.DONE


def _lines(one: "Explained") -> Iterator[str]:
    from gateway.edi.tools.show import printable

    for loop, name in one.loops:
        yield f"loop {loop} {name}"
    title = f"{one.name} ({_USAGES[one.usage]}, {_times(one.repeat)})" if one.name else "is not known there"
    yield f"segment {one.ordinal} {printable(one.segment)} {title}"
    for rule in one.rules:
        yield f"  rule {rule}: {_RULES[rule[0]]} {', '.join(_pairs(rule[1:]))}"
    for element in one.elements:
        stands = ", ".join(map(printable, element.values))
        yield f"  {element.label:<5} {element.name or 'the guide has no such element'}{f': {stands}' if stands else ''}"
        if told := ", ".join(_told(element)):
            yield f"        {told}"


def _told(element: "ExplainedElement") -> Iterator[str]:
    if element.usage:
        yield _USAGES[element.usage]
    if element.kind and element.usage != "N":
        yield _KINDS.get(element.kind, "whole number")
        least = f"{element.shortest} to " if element.shortest != element.longest else ""
        yield f"{least}{show.counted(element.longest, 'character')}"
    if element.repeat != 1:
        yield _times(element.repeat)
    if element.number and element.usage != "N":
        yield f"data element {element.number}"
    if element.listed:
        yield f"list {element.listed}"
    if element.codes and element.usage != "N":
        yield f"codes {' '.join(element.codes)}"


def _times(repeat: int) -> str:
    return f"up to {show.counted(repeat, 'time')}" if repeat else "any number of times"


def _pairs(numbers: str) -> list[str]:
    return [numbers[at : at + 2] for at in range(0, len(numbers), 2)]
