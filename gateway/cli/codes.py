"""gateway codes"""

from datetime import date, datetime
from pathlib import Path

import click

from gateway.cli.face import show
from gateway.cli.face.place import Place
from gateway.cli.face.say import say
from gateway.cli.face.status import Status

_KINDS = (
    "icd10cm",
    "carc",
    "rarc",
    "claim-status-category",
    "claim-status",
    "place-of-service",
    "hcpcs",
    "taxonomy",
    "ptp",
    "mue",
)
_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def codes() -> None:
    """Code lists: how old each is, and importing newer ones."""


@codes.command("list", epilog="Example: gateway codes list")
@show.json_option
@click.pass_obj
def list_(place: Place, as_json: bool) -> int:
    """Every list in use: from when to when it holds, its source and age. Past its end a list may only warn.

    Status 1 when one has ended.
    """
    from gateway.codes.table import codes_folder
    from gateway.service.setup.code_lists import code_tables

    found = code_tables(codes_folder(place.home), place.clock("UTC").today())
    if as_json:
        show.as_object(tables=found)
    else:
        show.table(
            ("list", "codes", "from", "to", "in force", "published", "age", "whose", "import as", "source"),
            [
                (
                    one.name,
                    one.codes,
                    one.starts or "",
                    one.ends or "",
                    "yes" if one.in_force else "ENDED",
                    one.published,
                    show.counted(one.age_days, "day"),
                    "imported" if one.imported else "shipped",
                    one.kind,
                    one.source.split(";")[0][:60],
                )
                for one in found
            ],
            empty="no lists",
        )
    return Status.DONE if all(one.in_force for one in found) else Status.NEEDS_A_PERSON


@codes.command("import", epilog="Example: gateway codes import icd10cm icd10cm-order-2027.txt --dry-run")
@click.argument("kind", type=click.Choice(_KINDS))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--published", type=_DAY, help="When this edition was published (X12's lists and places tell it on their page)."
)
@click.option("--from", "starts", type=_DAY, help="First day the edition is for, where its file's name does not tell.")
@click.option(
    "--to", "ends", type=_DAY, help="Last day the edition is for, where the publisher's calendar is not followed."
)
@click.option("--dry-run", is_flag=True, help="Read and compare; write nothing.")
@show.json_option
@click.pass_obj
def import_(
    place: Place,
    kind: str,
    files: tuple[Path, ...],
    published: datetime | None,
    starts: datetime | None,
    ends: datetime | None,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Read a publisher's download of KIND into the home folder (codes/), where it is used instead of the shipped list.

    Several FILES are one edition (pair edits come in four). Codes and days are kept, never the publisher's wording.
    """
    from gateway.codes.table import codes_folder
    from gateway.service.setup.code_lists import import_codes

    done = import_codes(
        codes_folder(place.home),
        kind,
        files,
        today=place.clock("UTC").today(),
        published=_day(published),
        starts=_day(starts),
        ends=_day(ends),
        dry_run=dry_run,
    )
    if as_json:
        show.as_object(**{name: getattr(done, name) for name in done.__slots__})
        return Status.DONE
    wrote = "would write" if done.dry_run else "wrote"
    until = done.ends or "another takes its place"
    say(f"{wrote} {done.path}: {show.counted(done.codes, 'row')}, from {done.starts} to {until}")
    say(f"against the list before: {done.added} codes added, {done.gone} gone")
    if not done.in_force:
        say("it is not for today: on days outside its dates it may only warn")
    return Status.DONE


def _day(given: datetime | None) -> date | None:
    return given.date() if given is not None else None
