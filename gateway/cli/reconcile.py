"""gateway reconcile, gateway tail"""

import json
import time
from typing import TYPE_CHECKING

import click

from gateway.cli import show
from gateway.cli.place import Place
from gateway.cli.status import Status

if TYPE_CHECKING:
    from gateway.ledger.events import Logged
    from gateway.service.reconcile import Reconciled

_POLL_SECONDS = 0.5


@click.command(epilog="Example: gateway reconcile --json")
@show.json_option
@click.pass_obj
def reconcile(place: Place, as_json: bool) -> int:
    """Check the laws on what the ledger holds; show where every claim and every dollar is."""
    from gateway.service.reconcile import reconcile as run

    with place.office() as office:
        outcome = run(office)
    if as_json:
        show.as_object(reconciled=outcome, holds=outcome.holds)
    else:
        for law in outcome.laws:
            click.echo(f"{'holds ' if not law.broken else 'BROKEN'} {law.law}")
            for broken in law.broken:
                click.echo(f"         {broken}")
        for overdue in outcome.overdue:
            click.echo(f"overdue {overdue}")
        click.echo(summary(outcome))
    return Status.DONE if outcome.holds and not outcome.overdue else Status.NEEDS_A_PERSON


def summary(outcome: "Reconciled") -> str:
    """Write the one line with every state's count and every bucket; it begins visits=."""
    from gateway.lifecycle import ClaimState, VisitState

    visits = sum(outcome.visits.values())
    parts = [f"visits={visits}"]
    parts += [f"visits_{_key(state)}={outcome.visits.get(state, 0)}" for state in VisitState if state != "superseded"]
    parts.append(f"claims={sum(outcome.claims.values())}")
    parts += [f"claims_{_key(state)}={outcome.claims.get(state, 0)}" for state in ClaimState]
    parts.append(f"charged=${outcome.charged}")
    buckets = ("not yet answered", "paid", "contractual", "patient", "other payer", "denied", "written off", "recouped")
    zero = outcome.charged - outcome.charged
    parts += [f"money_{_key(name)}=${outcome.buckets.get(name, zero)}" for name in (*buckets, "voided")]
    parts += [f"money_parked=${outcome.parked}", f"money_set_aside=${outcome.set_aside}"]
    parts.append(f"money_on_earlier_versions=${outcome.on_earlier_versions}")
    parts += [f"lost={outcome.lost}", f"duplicated={outcome.duplicated}", f"unexplained=${outcome.unexplained}"]
    return " ".join(parts)


def _key(words: str) -> str:
    return words.replace(" ", "_")


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
    from gateway.service import look

    severities: tuple[EventSeverity, ...] = (EventSeverity(severity),) if severity else ()
    if needs_a_person:
        severities = (EventSeverity.CAN_WAIT, EventSeverity.WAKE)
    with place.office() as office:
        after = max(0, look.log_end(office) - lines) if lines else 0
        while True:
            read = look.log_read(
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
    return f"{one.at:%Y-%m-%d %H:%M:%S} {mark}{event.kind:20} {event.said}{move}{following}"
