"""gateway schedule, serve"""

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from gateway.accounts import Right
from gateway.cli.face import show
from gateway.cli.face.place import Place
from gateway.cli.face.say import say
from gateway.cli.face.status import Status
from gateway.timetable import Job, on_the_wall

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.schedule.foreseen import Foreseen
    from gateway.service.office import Office
    from gateway.settings import Settings
    from gateway.timetable import Timetable

_job = click.argument("job", type=click.Choice([job.value for job in Job]))
_partner = click.option("--partner", default="", help="Which partner's, for send, deliver and collect.")


@click.group()
def schedule() -> None:
    """What is done by itself, and when: see it, do it now, let it rest."""


@schedule.command("next", epilog="Example: gateway schedule next --days 7")
@click.option("--days", type=click.IntRange(1, 366), default=7, show_default=True, help="How far to look.")
@click.option("--all", "with_all", is_flag=True, help="Also every time of work that comes more than four times a day.")
@show.json_option
@click.pass_obj
def next_(place: Place, days: int, with_all: bool, as_json: bool) -> int:
    """Show what `gateway serve` would do next, what it has missed or failed, closed days, and what rests."""
    from gateway.schedule.foreseen import foresee

    with place.office() as office:
        seen = foresee(office, days=days, with_all=with_all)
        zone = office.practice.zone
    if as_json:
        show.as_object(**show.plain(seen))
    else:
        _foreseen(seen, zone)
    return Status.NEEDS_A_PERSON if seen.open or (seen.missed and not seen.is_served) else Status.DONE


def _foreseen(seen: "Foreseen", zone: str) -> None:
    for one in seen.open:
        again = f"; again at {_wall(one.again_at, zone)}" if one.again_at else ""
        say(
            f"not done: {one.name} of {one.local}, begun {show.counted(one.tries, 'time')}: {one.said or 'waits'}{again}"
        )
    if not seen.is_served:
        say("nobody serves: start gateway serve, or call gateway serve --once from cron")
        for name, number, last in seen.missed:
            say(f"missed: {name}, {show.counted(number, 'time')}, the last on {_wall(last, zone)}")
    show.table(
        ["when", "zone", "what"],
        [(on_the_wall(at, where), where, name) for at, where, name in seen.coming],
        empty="nothing is done by itself in that time",
    )
    for day, name, why in seen.closed:
        say(f"closed: {day:%a %Y-%m-%d}, {name}: {why}")
    for name, number, at in seen.often:
        say(f"{name}: {number} times a day, next at {_wall(at, zone)}")
    for name, stands in seen.paused:
        say(f"paused: {name}, since {_wall(stands.paused_at, zone)}, by {stands.paused_by} ({stands.reason})")
    for name in seen.without:
        say(
            f"{name} has no cutoff: nothing goes there by itself; give it one in partners/{name}.toml: [schedule] sends"
        )


def _wall(at: datetime | None, zone: str) -> str:
    return "" if at is None else on_the_wall(at, zone)


@schedule.command("run", epilog="Example: gateway schedule run send --partner northgate")
@_job
@_partner
@click.pass_obj
def run(place: Place, job: str, partner: str) -> int:
    """Do a job now, beside its times, which stay as they are."""
    from gateway.schedule.steps import STEPS

    with place.office() as office:
        table = _table(office.settings, job, partner)
        came = STEPS[table.job](office, table.partner, None)
    say(f"{table.name}: {came.said}")
    return Status.NEEDS_A_PERSON if came.looks else Status.DONE


@schedule.command(
    "pause", epilog="Example: gateway schedule pause backup --by 'Ana Reyes' --reason 'the disk is replaced'"
)
@_job
@_partner
@show.decided
@click.pass_obj
def pause(place: Place, job: str, partner: str, by: str, reason: str) -> int:
    """Let a job rest. What would have come meanwhile is not made up for; `gateway partners pause` lets a whole partner rest."""
    from gateway.schedule.slots import pause as run

    name = _decided(place, job, partner, by, lambda office, table: run(office, table, reason=reason))
    named = f" --partner {partner}" if partner else ""
    say(f"{name} is paused; gateway schedule resume {job}{named} lets it go on")
    return Status.DONE


@schedule.command(
    "resume", epilog="Example: gateway schedule resume backup --by 'Ana Reyes' --reason 'the disk is new'"
)
@_job
@_partner
@show.decided
@click.pass_obj
def resume(place: Place, job: str, partner: str, by: str, reason: str) -> int:
    """Let a job that rests go on from now."""
    from gateway.schedule.slots import resume as run

    name = _decided(place, job, partner, by, lambda office, table: run(office, table, reason=reason))
    say(f"{name} goes on; gateway schedule next says when")
    return Status.DONE


@schedule.command(
    "again", epilog="Example: gateway schedule again --by 'Ana Reyes' --reason 'the clock was a week ahead'"
)
@show.decided
@click.pass_obj
def again(place: Place, by: str, reason: str) -> int:
    """The clock had been ahead: let what was done before its time come again when it is its time."""
    from gateway.schedule.slots import again as decide

    with place.office(actor=by) as office:
        names = decide(office, reason=reason)
    say(f"come again at their time: {', '.join(names)}")
    return Status.DONE


@click.command(epilog="Example: gateway serve")
@click.option("--once", is_flag=True, help="Do what is due and end: for cron, or before a shutdown.")
@click.pass_obj
def serve(place: Place, once: bool) -> int:
    """Do by itself what is due, until told to stop: cutoffs, collecting, posting, the drop folder, checks and backups.

    Ctrl-C or SIGTERM stops it within ten seconds, wherever it is; it goes on at the next start. SIGHUP reads the
    configuration again. A second one for the same practice stands by, and takes over when the first one ends.
    """
    from gateway.ledger import open_ledger
    from gateway.schedule.foreseen import foresee
    from gateway.schedule.serve import Service, serve_once
    from gateway.schedule.serve import serve as work

    with place.office() as office:
        # Whether the ledger is ready, and who is there may serve, is told at once, not by a lane.
        settings = office.settings
    service = Service(
        opens=lambda held: place.office(settings=held, right=Right.RUN_SERVICE),
        reads=place.settings,
        clock=lambda held: place.clock(held.practice.zone),
        ledger=lambda held: open_ledger(held.database_url),
        told=_told,
    )
    if once:
        done = serve_once(service, settings)
        if done is None:
            say("another gateway process serves this practice: what is due is its to do", err=True)
            return Status.BUSY
        with place.office() as office:
            waits = foresee(office, days=1).open
        return Status.NEEDS_A_PERSON if waits or any(one.failed for one in done) else Status.DONE
    if not work(service, settings):
        # A lane that waits for a partner cannot be called back. Every step is safe to be cut anywhere.
        os._exit(Status.STOPPED)
    say("stopped; what was done stays done", err=True)
    return Status.STOPPED


def _told(what: str) -> None:
    for one in what.splitlines() or [""]:
        say(f"{datetime.now(tz=UTC):%Y-%m-%dT%H:%M:%SZ} {one}", err=True)


def _decided(place: Place, job: str, partner: str, by: str, decide: "Callable[[Office, Timetable], None]") -> str:
    """Let a person decide about a job; gives its name."""
    with place.office(actor=by) as office:
        table = _table(office.settings, job, partner)
        decide(office, table)
    return table.name


def _table(settings: "Settings", job: str, partner: str) -> "Timetable":
    """Give the timetable that a person means. Raises UsageError if there is none."""
    found = [one for one in settings.timetables if one.job == job and one.partner == partner]
    if found:
        return found[0]
    known = ", ".join(sorted(one.name for one in settings.timetables if one.job == job))
    hint = f"there is: {known}" if known else "give it times in gateway.toml or partners/NAME.toml, [schedule]"
    raise click.UsageError(f"{f'{job} {partner}'.strip()} has no times; {hint}")
