"""gateway tail"""

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from gateway.cli.face import lists, show
from gateway.cli.face.place import Place
from gateway.cli.face.say import say
from gateway.cli.face.status import Status

if TYPE_CHECKING:
    from gateway.ledger.events import Logged
    from gateway.service.office import Office
    from gateway.service.views.lists import Request

_POLL_SECONDS = 0.5
_PAGE = 500


@click.command(
    cls=lists.command("gateway.service.views.log:LOG"),
    epilog="Example: gateway tail -f 'kind:claim.denied,claim.rejected'",
)
@click.argument("terms", nargs=-1, metavar="[FILTER]...", shell_complete=lists.complete)
@click.option("-f", "--follow", is_flag=True, help="Go on as it happens, until interrupted.")
@click.option("--claim", default="", help="As claim: in the filter.")
@click.option("--partner", default="", help="As partner: in the filter.")
@click.option("--kind", default="", help="As kind: in the filter.")
@click.option("--about", default="", help="As about: in the filter.")
@click.option("--needs-a-person", is_flag=True, help="Only lines that need a person, each with the next command.")
@click.option("--severity", type=click.Choice(["routine", "can wait", "wake"]), help="As severity: in the filter.")
@click.option("-n", "--lines", type=click.IntRange(0), default=0, help="Begin with the last so many of them [0: all].")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each line.")
@click.pass_obj
def tail(
    place: Place,
    terms: tuple[str, ...],
    follow: bool,
    claim: str,
    partner: str,
    kind: str,
    about: str,
    needs_a_person: bool,
    severity: str | None,
    lines: int,
    as_json: bool,
) -> int:
    """Read the reconciliation log: what happened, on whose word, and what to type where a person is needed.

    It never holds names, birth dates, member ids or note text; claims are known by their patient control numbers.
    """
    wanted = lists.Wanted(filter=lists.typed(terms), sort="", limit=_PAGE, after="", output="table", columns="")
    severities = ("can wait", "wake") if needs_a_person else (severity or "",)
    wanted = wanted.also(claim=claim.upper(), partner=partner, kind=kind, about=about, severity=severities)
    from gateway.ledger.lock import looking

    request = replace(wanted.request, awaits=follow)
    # It may run for days: it must not keep an upgrade or a release waiting.
    with place.office(lock=looking) as office:
        after = _last(office, request, lines, as_json=as_json) if lines else 0
        while True:
            after = _rest(office, request, after, as_json=as_json)
            if not follow:
                return Status.DONE
            _until_more(office, after)


def _last(office: "Office", request: "Request", lines: int, *, as_json: bool) -> int:
    """Print the last so many lines that match; gives the number of the newest."""
    from gateway.service.views.lists import rows
    from gateway.service.views.log import LOG

    page = rows(office, LOG, replace(request, sort="-entry", limit=lines))
    for one in reversed(page.rows):
        _tell(one, as_json=as_json)
    return page.rows[0].number if page.rows else 0


def _rest(office: "Office", request: "Request", after: int, *, as_json: bool) -> int:
    """Print every line behind a number; gives the number that was looked at last."""
    from gateway.service.views.lists import rows
    from gateway.service.views.log import LOG, log_end

    while True:
        end = log_end(office)
        page = rows(office, LOG, replace(request, after=str(after)))
        for one in page.rows:
            _tell(one, as_json=as_json)
        if not page.next_after:
            # Lines that do not match need not be looked at again; one written meanwhile stands behind `end`.
            return max(end, page.rows[-1].number if page.rows else 0, after)
        after = int(page.next_after)


def _until_more(office: "Office", after: int) -> None:
    from gateway.service.views.log import log_end

    while log_end(office) <= after:
        time.sleep(_POLL_SECONDS)


def _tell(one: "Logged", *, as_json: bool) -> None:
    event = one.event
    if as_json:
        under = {"account": one.account, "way": one.way}
        show.as_json({"number": one.number, "at": one.at.isoformat(), **show.plain(event), **under}, indent=None)
        return
    mark = {"wake": "!! ", "can wait": "!  ", "routine": "   "}[event.severity]
    move = f" ({event.before} -> {event.after})" if event.before and event.after else ""
    following = f" => {event.next_command}" if event.next_command else ""
    say(f"{one.at:%Y-%m-%d %H:%M:%S} {mark}{event.kind:20} {event.said}{move}{show.decided_by(event)}{following}")
