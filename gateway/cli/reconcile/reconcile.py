"""gateway reconcile"""

import click

from gateway.cli.face import show
from gateway.cli.face.place import Place
from gateway.cli.face.say import say
from gateway.cli.face.status import Status


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
@click.option("--line", "as_line", is_flag=True, help="The figures as one line of key=value, for scripts.")
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
    as_line: bool,
    as_json: bool,
) -> int:
    """Check the laws on what the ledger holds; show where every claim and every dollar is, and what is to be done next.

    A ledger that was restored, copied or moved is HELD: then it shows the steps that lead out, and which is next.
    """
    from gateway.cli.reconcile import recovery

    if way == "recover":
        return recovery.recover(place, as_json=as_json)
    if way or free:
        if not reason:
            raise click.UsageError("this is a person's decision: say --by NAME and --reason TEXT")
        return recovery.decide(
            place, way or "", free=free, without=without, ready_unsent=ready_unsent, by=by, reason=reason
        )
    if as_line and as_json:
        raise click.UsageError("say --line or --json, not both")
    return _laws(place, as_line=as_line, as_json=as_json)


def _laws(place: Place, *, as_line: bool, as_json: bool) -> int:
    from gateway.cli.reconcile import recovery
    from gateway.service.money.reconcile import kept_back
    from gateway.service.money.reconcile import reconcile as run

    with place.office() as office, show.steps() as tell:
        outcome, held, kept = run(office, tell), recovery.standing(office), kept_back(office)
    if as_json:
        show.as_object(reconciled=outcome, holds=outcome.holds, held=held, kept_back=kept)
    elif as_line:
        from gateway.cli.reconcile.line import summary

        say(summary(outcome))
    else:
        from gateway.cli.reconcile.page import page

        page(outcome)
        recovery.tell_kept_back(kept)
        if held is not None:
            recovery.tell(held)
    well = outcome.holds and not outcome.overdue and held is None and not kept
    return Status.DONE if well else Status.NEEDS_A_PERSON
