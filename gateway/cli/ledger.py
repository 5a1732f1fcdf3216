"""gateway backup, db"""

from pathlib import Path

import click

from gateway.cli.face import show
from gateway.cli.face.place import Place
from gateway.cli.face.say import say
from gateway.cli.face.status import Status


@click.command(epilog="Example: gateway backup --to /mnt/backups --keep 30")
@click.option("--to", type=click.Path(path_type=Path, file_okay=False), help="Folder to keep it in [HOME/backups].")
@click.option("--keep", type=click.IntRange(1), default=14, help="How many stay there; older ones are removed [14].")
@show.json_option
@click.pass_obj
def backup(place: Place, to: Path | None, keep: int, as_json: bool) -> int:
    """Copy the ledger while it is in use, restore the copy into a scratch place, and look whether it is whole.

    On PostgreSQL the scratch place is a database of its own: the gateway's role needs CREATEDB, else the copy is made and
    said to be not verified. The configuration and the keys of the home folder are not in it: keep a copy of them elsewhere.
    """
    from gateway.service.recovery.backup import back_up, folder_of

    with place.office() as office, show.progress("pages copied") as progress:
        made = back_up(office, (to or folder_of(place.home)).absolute(), keep=keep, progress=progress)
    manifest = made.manifest
    if as_json:
        show.as_object(path=made.path, manifest=manifest, removed=made.removed)
    else:
        say(f"{made.path}: {manifest.size} bytes, sha256 {manifest.sha256[:12]}")
        say(f"  {manifest.said}")
        for name in made.removed:
            say(f"  removed {name}")
        if to is None:
            say("  it is on the same disk as the ledger: copy both files (.json too) to another machine")
    return Status.DONE if manifest.verified else Status.NEEDS_A_PERSON


@click.group()
def db() -> None:
    """The ledger: upgrade its tables, check it, restore a backup."""


@db.command(epilog="Example: gateway db upgrade")
@click.option("--no-backup", is_flag=True, help="Make no backup first; with --by and --reason, which are kept.")
@click.option(
    "--by", default="", metavar="NAME", help="Who decides to make none. With accounts: yours, and it may be left out."
)
@click.option("--reason", default="", help="Why, in your own words.")
@click.pass_obj
def upgrade(place: Place, no_backup: bool, by: str, reason: str) -> int:
    """Bring the ledger's tables up to what this version wants. A ledger that holds anything is backed up first.

    Each revision is done whole or not at all. If it is stopped on the way, call it again: it goes on from there.
    """
    from gateway.ledger.migrate import newest
    from gateway.service.setup.establish import register
    from gateway.service.setup.upgrade import Declined

    if no_backup and not reason:
        raise click.UsageError("--no-backup is a person's decision: say --by NAME and --reason TEXT")
    if (by or reason) and not no_backup:
        raise click.UsageError("--by and --reason go with --no-backup")
    who = place.admit(by if no_backup else None)
    settings = place.settings()
    declined = Declined(by=who, reason=reason) if no_backup else None
    clock = place.clock(settings.practice.zone)
    register(settings, clock, declined=declined, told=lambda step: say(step, err=True))
    say(f"the ledger is at revision {newest()}")
    return Status.DONE


@db.command(epilog="Example: gateway db current")
@show.json_option
@click.pass_obj
def current(place: Place, as_json: bool) -> int:
    """Show the revision of the ledger's tables, and the one this version wants."""
    from gateway.ledger import open_ledger
    from gateway.ledger.migrate import current as revision
    from gateway.ledger.migrate import newest

    ledger = open_ledger(place.settings().database_url)
    try:
        seen = revision(ledger)
    finally:
        ledger.close()
    if as_json:
        show.as_object(current=seen, newest=newest())
    else:
        say(f"the ledger is at {seen or 'no revision (no tables yet)'}; this gateway wants {newest()}")
    return Status.DONE if seen == newest() else Status.NOT_READY


@db.command(epilog="Example: gateway db check")
@show.json_option
@click.pass_obj
def check(place: Place, as_json: bool) -> int:
    """Look at every page, key and stored file of the ledger, its settings in effect, and the laws. Changes nothing."""
    from gateway.service.recovery.ledger_check import check_ledger

    place.admit()
    with show.progress("compared") as advance:
        checks = check_ledger(place.settings(), place.clock("UTC"), advance)
    if as_json:
        show.as_object(checks=checks)
    else:
        for one in checks:
            say(f"{'ok' if not one.wrong else 'BAD':5} {one.what}: {one.said}")
            for wrong in one.wrong:
                say(f"      {wrong}")
    if any(one.is_damage and one.wrong for one in checks):
        say("stop, keep the home folder as it is, and restore the newest backup into another one", err=True)
        return Status.NOT_READY
    return Status.NEEDS_A_PERSON if any(one.wrong for one in checks) else Status.DONE


@db.command(epilog="Example: gateway --home new-home db restore backups/gateway-elm-20261116T150000Z.db")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@show.json_option
@click.pass_obj
def restore(place: Place, file: Path, as_json: bool) -> int:
    """Put a backup back where there is no ledger. It begins HELD: nothing is sent until you have released it."""
    from gateway.service.office import JOB
    from gateway.service.recovery.backup import restore as run

    settings = place.settings()
    manifest = run(settings, place.clock(settings.practice.zone), file.absolute(), actor=JOB)
    if as_json:
        show.as_object(manifest=manifest, held=True)
    else:
        say(f"restored {file.name} of {manifest.created_at:%Y-%m-%d %H:%M} UTC, log line {manifest.shape.events}")
        say("the ledger is HELD: it does not know what was sent since; next: gateway reconcile")
    return Status.NEEDS_A_PERSON
