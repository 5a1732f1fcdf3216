"""gateway x12 check"""

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli import ack_files, show
from gateway.cli.status import Status
from gateway.cli.x12.source import file_or_pipe, opened

if TYPE_CHECKING:
    from gateway.edi.check import Report
    from gateway.edi.overlay import Overlay
    from gateway.edi.wire_finding import WireFinding

_SHOWN_MAX = 50


@click.command(epilog="Example: gateway x12 check claims.837 --companion payer.toml")
@click.argument("files", nargs=-1, required=True, type=file_or_pipe)
@click.option(
    "--companion",
    "companions",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A payer's changes to a guide, as TOML; may be given several times.",
)
@click.option(
    "--ack-out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the answers to each file, TA1 and 999, into this folder.",
)
@click.option(
    "--ack-control",
    type=click.IntRange(1, 999_999_999),
    default=1,
    show_default=True,
    help="Control number of the first answer; the others go up from it. Nothing is remembered between two calls.",
)
@show.json_option
def check(
    files: tuple[Path, ...], companions: tuple[Path, ...], ack_out: Path | None, ack_control: int, as_json: bool
) -> int:
    """Check 837P, 837I, 835, 277CA, 277, 999 and TA1 files against their guides: envelope (SNIP 1), structure (SNIP 2).

    `-` reads from a pipe. Each finding names segment, loop, element and X12's own error code; what stands there is not
    shown, for it may be somebody's name. Status 0 when nothing is found, 1 when something is, 3 when a file is no X12.
    """
    from gateway.edi.overlay import read_overlay

    overlays = tuple(map(read_overlay, companions))
    reports = [(path, _checked(path, overlays)) for path in files]
    nothing: list[list[ack_files.Written]] = [[] for _ in reports]
    answers = ack_files.write_answers(ack_out, reports, ack_control) if ack_out is not None else nothing
    told = [(path, report, written) for (path, report), written in zip(reports, answers, strict=True)]
    if as_json:
        show.as_object(
            files=[{**_facts(path, report), "answers": ack_files.facts(some)} for path, report, some in told]
        )
    else:
        for path, report, written in told:
            _print(path, report)
            ack_files.print_answers(written)
    if any(not report.counts.interchanges for _, report in reports):
        return Status.UNUSABLE_INPUT
    return Status.NEEDS_A_PERSON if any(report.findings for _, report in reports) else Status.DONE


def _checked(path: Path, overlays: "tuple[Overlay, ...]") -> "Report":
    from gateway.edi.check import check as checked

    with opened(path) as source:
        return checked(source, overlays=overlays)


def _facts(path: Path, report: "Report") -> dict[str, object]:
    return {
        "file": str(path),
        "accepted": report.accepted,
        "counts": report.counts,
        "findings": [facts_of(one) for one in report.findings],
        "more": report.more,
    }


def facts_of(one: "WireFinding") -> dict[str, object]:
    """Give what is told of a finding: all but what stands there, and whose it is."""
    return {field.name: getattr(one, field.name) for field in fields(one) if field.name not in {"unit", "value"}}


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
        click.echo(f"  {sentence(one)}")
    if len(report.findings) > _SHOWN_MAX:
        click.echo(f"  and {len(report.findings) - _SHOWN_MAX} more; --json gives them all")


def sentence(one: "WireFinding") -> str:
    """Say a finding in a line."""
    code = f" [{one.level} code {one.code}]" if one.code else ""
    return f"{one.severity}: {one}{code}{f'; {one.fix}' if one.fix else ''}"
