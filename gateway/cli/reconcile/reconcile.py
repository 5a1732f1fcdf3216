"""gateway reconcile"""

from typing import TYPE_CHECKING

import click

from gateway.cli.face import show
from gateway.cli.face.place import Place
from gateway.cli.face.say import say
from gateway.cli.face.status import Status

if TYPE_CHECKING:
    from gateway.service.money.reconcile import Reconciled


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
    from gateway.cli.reconcile import recovery

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
    from gateway.cli.reconcile import recovery
    from gateway.service.money.reconcile import kept_back
    from gateway.service.money.reconcile import reconcile as run

    with place.office() as office, show.steps() as tell:
        outcome, held, kept = run(office, tell), recovery.standing(office), kept_back(office)
    if as_json:
        show.as_object(reconciled=outcome, holds=outcome.holds, held=held, kept_back=kept)
    else:
        for law in outcome.laws:
            say(f"{'holds ' if not law.broken else 'BROKEN'} {law.law}")
            for broken in law.broken:
                say(f"         {broken}")
        for overdue in outcome.overdue:
            say(f"overdue {overdue}")
        recovery.tell_kept_back(kept)
        if held is not None:
            recovery.tell(held)
        say(summary(outcome))
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
    buckets = ("not yet answered", "paid", "contractual", "patient", "other payer", "denied", "written off")
    zero = outcome.charged - outcome.charged
    parts += [f"money_{_key(name)}=${outcome.buckets.get(name, zero)}" for name in buckets]
    parts += [f"money_parked=${outcome.parked}", f"money_set_aside=${outcome.set_aside}"]
    parts += [f"money_{_key(name)}=${amount}" for name, amount in outcome.accounts.items()]
    parts += [f"money_paid_back=${outcome.paid_back}", f"money_not_ours=${outcome.not_ours}"]
    parts.append(f"money_on_earlier_versions=${outcome.on_earlier_versions}")
    parts += [f"lost={outcome.lost}", f"duplicated={outcome.duplicated}", f"unexplained=${outcome.unexplained}"]
    return " ".join(parts)


def _key(words: str) -> str:
    return words.replace(" ", "_")
