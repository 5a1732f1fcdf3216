"""gateway demo"""

from pathlib import Path

import click

from gateway.cli.face import show
from gateway.cli.face.place import Place
from gateway.cli.face.say import say
from gateway.cli.face.status import Status


@click.command(epilog="Example: gateway demo --visits my-visits.csv --yes-invented")
@click.argument("about", type=click.Choice(["money"]), required=False)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("gateway-demo"),
    help="Where to play [./gateway-demo]; an earlier demo in it is wiped, unless somebody has worked in it.",
)
@click.option(
    "--visits",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Your own file of visits, JSON or CSV, instead of the samples.",
)
@click.option("--yes-invented", is_flag=True, help="Say that nobody in your file is a real patient.")
@click.option("--wipe", is_flag=True, help="Wipe an earlier demo even if somebody has worked in it.")
@show.json_option
@click.pass_obj
def demo(
    place: Place,
    about: str | None,
    folder: Path,
    visits: Path | None,
    yes_invented: bool,
    wipe: bool,
    as_json: bool,
) -> int:
    """Watch a clinic's visits become claims, a file, a delivery, answers, money, and documentation fixes.

    Everything happens on this machine: the clearinghouse and the payers are simulated, the SFTP between is real.
    With `money` it tells what becomes of money that does not come as it should, with the commands that a biller types.
    """
    if about is not None:
        if visits is not None:
            raise click.UsageError("demo money plays its own visits; leave --visits out")
        return _money(place, folder.absolute(), wipe=wipe, as_json=as_json)
    from gateway.cli.demo.story import Story
    from gateway.service.setup.rehearsal_folder import require_untouched
    from gateway.service.setup.rehearse import home_in, rehearse

    if visits is not None and not yes_invented:
        raise click.UsageError(
            "the demo folder is not protected as health records must be, and its answers are simulated; if nobody in "
            f"{visits.name} is a real patient, say so with --yes-invented"
        )
    if not wipe:
        require_untouched(folder.absolute(), home_in(folder.absolute()))
    story = Story(quiet=as_json)
    outcome = rehearse(folder.absolute(), visits, pinned=place.pinned, clock=place.clock, tell=story)
    if as_json:
        show.as_object(folder=folder.absolute(), reconciled=outcome.reconciled, holds=outcome.reconciled.holds)
    else:
        story.end(outcome, folder.absolute())
        _by_itself(Place(home=outcome.home, pinned=outcome.today))
    reconciled = outcome.reconciled
    whole = reconciled.holds and not outcome.unanswered
    return Status.DONE if whole else Status.NEEDS_A_PERSON


def _by_itself(place: Place) -> None:
    """Say what the service would do next, and when."""
    from gateway.schedule.foreseen import foresee
    from gateway.timetable import on_the_wall

    with place.office() as office:
        seen = foresee(office, days=4)
    say("With a clinic of your own, `gateway serve` does the rest by itself. Here it would do next:")
    for at, zone, name in seen.coming[:_TOLD]:
        say(f"  {on_the_wall(at, zone)}  {name}")
    for name, number, _ in seen.often:
        say(f"  {number} times a day  {name}")


_TOLD = 4


def _money(place: Place, folder: Path, *, wipe: bool, as_json: bool) -> int:
    from gateway.cli.demo.money import end, play
    from gateway.service.setup.rehearsal_folder import require_untouched
    from gateway.service.setup.rehearse import home_in

    if not wipe:
        require_untouched(folder, home_in(folder))
    played = play(folder, pinned=place.pinned, quiet=as_json)
    if as_json:
        show.as_object(
            folder=folder,
            reconciled=played.reconciled,
            holds=played.reconciled.holds,
            on_desk=played.open_on_desk,
            failed=played.failed,
        )
    else:
        end(played, folder)
    whole = played.reconciled.holds and not played.failed
    return Status.DONE if whole else Status.NEEDS_A_PERSON
