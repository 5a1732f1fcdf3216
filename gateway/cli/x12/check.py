"""gateway x12 check"""

from datetime import UTC, datetime
from pathlib import Path

import click

from gateway.cli.face import show
from gateway.cli.face.place import Place
from gateway.cli.face.status import Status
from gateway.cli.x12 import ack_files, verdict
from gateway.cli.x12.checking import Checked, Wanted, check_all
from gateway.cli.x12.source import file_or_pipe


@click.command(
    short_help="Check files: envelope, guide, balances, codes.",
    epilog="Example: gateway x12 check claims.837 --companion payer.toml",
)
@click.argument("files", nargs=-1, required=True, type=file_or_pipe)
@click.option(
    "--snip",
    type=click.IntRange(2, 5),
    default=5,
    show_default=True,
    help="How far to look: 2 envelope and guide, 3 also balances, 4 also situations, 5 also code sets.",
)
@click.option(
    "--companion",
    "companions",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A payer's changes to a guide, as TOML; may be given several times.",
)
@click.option(
    "--second-opinion", is_flag=True, help="Ask pyx12's validator too, and show where it differs (SNIP 1, 2)."
)
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Check so many files at the same time."
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
@click.pass_obj
def check(
    place: Place,
    files: tuple[Path, ...],
    snip: int,
    companions: tuple[Path, ...],
    second_opinion: bool,
    jobs: int,
    ack_out: Path | None,
    ack_control: int,
    as_json: bool,
) -> int:
    """Check 837P, 837I, 835, 277CA, 277, 999 and TA1 files: envelope, guide, balances, situations and code sets.

    `-` reads from a pipe. Each finding names segment, loop, element, X12's own error code and the rule; what stands
    there is not shown, for it may be somebody's name. `gateway x12 rules` lists the rules. Status 0 when nothing is
    found, 1 when something is, 3 when a file is no X12.
    """
    from gateway.codes.table import codes_folder
    from gateway.edi.guide.overlay import read_overlay

    wanted = Wanted(
        overlays=tuple(map(read_overlay, companions)),
        snip=snip,
        today=place.pinned or datetime.now(tz=UTC).astimezone().date(),
        codes=codes_folder(place.home),
        second_opinion=second_opinion,
    )
    checked = check_all(files, wanted, jobs)
    answers = _answers(checked, ack_out, ack_control)
    if as_json:
        show.as_object(
            files=[
                {**verdict.facts(one), "answers": ack_files.facts(some)}
                for one, some in zip(checked, answers, strict=True)
            ]
        )
    else:
        for one, some in zip(checked, answers, strict=True):
            verdict.print_verdict(one)
            ack_files.print_answers(some)
    if any(not one.report.counts.interchanges for one in checked):
        return Status.UNUSABLE_INPUT
    return Status.NEEDS_A_PERSON if any(one.report.findings for one in checked) else Status.DONE


def _answers(checked: list[Checked], folder: Path | None, control: int) -> list[list[ack_files.Written]]:
    if folder is None:
        return [[] for _ in checked]
    return ack_files.write_answers(folder, [(one.path, one.report) for one in checked], control)
