"""gateway tail"""

import json
import time
from contextlib import nullcontext
from typing import TYPE_CHECKING

import click

from gateway.cli.face import show
from gateway.cli.face.place import Place
from gateway.cli.face.status import Status

if TYPE_CHECKING:
    from gateway.ledger.events import Logged

_POLL_SECONDS = 0.5


@click.command(epilog="Example: gateway tail -f --needs-a-person")
@click.option("-f", "--follow", is_flag=True, help="Go on as it happens, until interrupted.")
@click.option("--claim", default="", help="Only this claim (its patient control number).")
@click.option("--partner", default="", help="Only this trading partner.")
@click.option("--kind", default="", help="Only this kind, such as claim or claim.denied.")
@click.option("--about", default="", help="Only this visit, file or trace.")
@click.option("--needs-a-person", is_flag=True, help="Only lines that need a person, each with the next command.")
@click.option("--severity", type=click.Choice(["routine", "can wait", "wake"]), help="Only this severity.")
@click.option("-n", "--lines", type=click.IntRange(0), default=0, help="Begin with the last so many [0: all].")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each line.")
@click.pass_obj
def tail(
    place: Place,
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
    from gateway.event import EventSeverity
    from gateway.service.views.log import log_end, log_read

    severities: tuple[EventSeverity, ...] = (EventSeverity(severity),) if severity else ()
    if needs_a_person:
        severities = (EventSeverity.CAN_WAIT, EventSeverity.WAKE)
    # It may run for days: it must not keep an upgrade or a release waiting.
    with place.office(lock=nullcontext) as office:
        after = max(0, log_end(office) - lines) if lines else 0
        while True:
            read = log_read(
                office, after=after, claim=claim, partner=partner, about=about, kind=kind, severities=severities
            )
            for one in read:
                click.echo(_line(one, as_json=as_json))
                after = one.number
            if not read:
                if not follow:
                    return Status.DONE
                time.sleep(_POLL_SECONDS)


def _line(one: "Logged", *, as_json: bool) -> str:
    event = one.event
    if as_json:
        return json.dumps({"number": one.number, "at": one.at.isoformat(), **show.plain(event)})
    mark = {"wake": "!! ", "can wait": "!  ", "routine": "   "}[event.severity]
    move = f" ({event.before} -> {event.after})" if event.before and event.after else ""
    following = f" => {event.next_command}" if event.next_command else ""
    return f"{one.at:%Y-%m-%d %H:%M:%S} {mark}{event.kind:20} {event.said}{move}{show.decided_by(event)}{following}"
