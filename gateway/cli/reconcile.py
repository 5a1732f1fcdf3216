"""gateway reconcile, gateway tail"""

import json
import time
from contextlib import nullcontext
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
@click.option("--recover", "way", flag_value="recover", help="HELD: do every step that does not need a person's word.")
@click.option("--release", "way", flag_value="release", help="HELD: let the ledger number and send again.")
@click.option("--hold", "way", flag_value="hold", help="Hold the ledger: you know that it was set back.")
@click.option(
    "--free",
    metavar="CLAIM",
    default="",
    help="Let a claim that is kept back be sealed after all; a PARTNER: all new ones.",
)
@click.option("--without", metavar="PARTNER", multiple=True, help="With --release: do not wait for this partner.")
@click.option("--ready-unsent", is_flag=True, help="With --release: you know that the ready claims were never sent.")
@click.option("--by", default="", metavar="NAME", help="Who decides; it is kept.")
@click.option("--reason", default="", help="Why, in your own words; it is kept.")
@show.json_option
@click.pass_obj
def reconcile(
    place: Place,
    way: str | None,
    free: str,
    without: tuple[str, ...],
    ready_unsent: bool,
    by: str,
    reason: str,
    as_json: bool,
) -> int:
    """Check the laws on what the ledger holds; show where every claim and every dollar is.

    A ledger that was restored, copied or moved is HELD: then it shows the steps that lead out, and which is next.
    """
    from gateway.cli import recovery

    if way == "recover":
        return recovery.recover(place, as_json=as_json)
    if way or free:
        if not (by and reason):
            raise click.UsageError("this is a person's decision: say --by NAME and --reason TEXT")
        return recovery.decide(
            place, way or "", free=free, without=without, ready_unsent=ready_unsent, by=by, reason=reason
        )
    return _laws(place, as_json=as_json)


def _laws(place: Place, *, as_json: bool) -> int:
    from gateway.cli import recovery
    from gateway.service.reconcile import kept_back
    from gateway.service.reconcile import reconcile as run
    from gateway.service.recover import standing

    with place.office() as office:
        outcome, held, kept = run(office), standing(office), kept_back(office)
    if as_json:
        show.as_object(reconciled=outcome, holds=outcome.holds, held=held, kept_back=kept)
    else:
        for law in outcome.laws:
            click.echo(f"{'holds ' if not law.broken else 'BROKEN'} {law.law}")
            for broken in law.broken:
                click.echo(f"         {broken}")
        for overdue in outcome.overdue:
            click.echo(f"overdue {overdue}")
        recovery.tell_kept_back(kept)
        if held is not None:
            recovery.tell(held)
        click.echo(summary(outcome))
    well = outcome.holds and not outcome.overdue and held is None and not kept
    return Status.DONE if well else Status.NEEDS_A_PERSON


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
    # It may run for days: it must not keep an upgrade or a release waiting.
    with place.office(lock=nullcontext) as office:
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
