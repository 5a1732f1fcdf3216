"""gateway x12"""

import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from gateway.cli import show
from gateway.cli.status import Status
from gateway.cli.x12_json import from_json, schema, to_json

if TYPE_CHECKING:
    from gateway.edi.check import Report
    from gateway.edi.overlay import Overlay
    from gateway.edi.wire_finding import WireFinding

_SHOWN_MAX = 50
_MEGABYTE = 1_000_000


@click.group()
def x12() -> None:
    """X12 files by themselves: no ledger, no configuration."""


for _command in (to_json, from_json, schema):
    x12.add_command(_command)


@x12.command(epilog="Example: gateway x12 check claims.837 --companion payer.toml")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--companion",
    "companions",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A payer's changes to a guide, as TOML; may be given several times.",
)
@show.json_option
def check(files: tuple[Path, ...], companions: tuple[Path, ...], as_json: bool) -> int:
    """Check 837P, 837I, 835, 277CA, 277, 999 and TA1 files against their guides: envelope (SNIP 1), structure (SNIP 2).

    `-` reads from a pipe. Each finding names segment, loop, element and X12's own error code; what stands there is not
    shown, for it may be somebody's name. Status 0 when nothing is found, 1 when something is, 3 when a file is no X12.
    """
    from gateway.edi.overlay import read_overlay

    overlays = tuple(map(read_overlay, companions))
    reports = [(path, _checked(path, overlays)) for path in files]
    if as_json:
        show.as_object(files=[_facts(path, report) for path, report in reports])
    else:
        for path, report in reports:
            _print(path, report)
    if any(not report.counts.interchanges for _, report in reports):
        return Status.UNUSABLE_INPUT
    return Status.NEEDS_A_PERSON if any(report.findings for _, report in reports) else Status.DONE


def _checked(path: Path, overlays: "tuple[Overlay, ...]") -> "Report":
    from gateway.edi.check import check as checked

    with show.progress("MB read") as advance:
        if str(path) == "-":
            return checked(_Told(sys.stdin.buffer, advance), overlays=overlays)  # type: ignore[arg-type]  # only read is used
        try:
            with path.open("rb") as source:
                return checked(_Told(source, advance), overlays=overlays)  # type: ignore[arg-type]  # as above
        except OSError as refused:
            raise click.UsageError(f"{path}: cannot be read ({refused.strerror})") from None


class _Told:
    """A file that tells how many megabytes of it have been read."""

    def __init__(self, source: BinaryIO, advance: Callable[[int], None]) -> None:
        self._source = source
        self._advance = advance
        self._read = 0

    def read(self, size: int) -> bytes:
        piece = self._source.read(size)
        before, self._read = self._read, self._read + len(piece)
        if self._read // _MEGABYTE > before // _MEGABYTE:
            self._advance(self._read // _MEGABYTE)
        return piece


def _facts(path: Path, report: "Report") -> dict[str, object]:
    return {
        "file": str(path),
        "accepted": report.accepted,
        "counts": report.counts,
        "findings": [_finding(one) for one in report.findings],
        "more": report.more,
    }


def _finding(one: "WireFinding") -> dict[str, object]:
    return {field.name: getattr(one, field.name) for field in fields(one) if field.name != "value"}


def _print(path: Path, report: "Report") -> None:
    held = report.counts
    said = f"{show.counted(held.sets, 'transaction set')}, {show.counted(held.segments, 'segment')}"
    if not report.findings:
        click.echo(f"{path}: clean; {said}")
        return
    more = "at least " if report.more else ""
    verdict = "would be accepted" if report.accepted else "would be refused"
    click.echo(f"{path}: {more}{show.counted(len(report.findings), 'finding')}, {verdict}; {said}")
    for one in report.findings[:_SHOWN_MAX]:
        code = f" [{one.level} code {one.code}]" if one.code else ""
        click.echo(f"  {one.severity}: {one}{code}{f'; {one.fix}' if one.fix else ''}")
    if len(report.findings) > _SHOWN_MAX:
        click.echo(f"  and {len(report.findings) - _SHOWN_MAX} more; --json gives them all")
