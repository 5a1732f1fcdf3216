"""gateway claims"""

from typing import TYPE_CHECKING

import click

from gateway.cli.denials import denial_told
from gateway.cli.face import show
from gateway.cli.face.place import Place
from gateway.cli.face.status import Status

if TYPE_CHECKING:
    from gateway.service.views.claims import ClaimShown


@click.group()
def claims() -> None:
    """Claims: list, and show one's timeline."""


@claims.command("list", epilog="Example: gateway claims list --state rejected")
@click.option("--state", "states", multiple=True, help="ready, sealed, sent, received, accepted, rejected, paid, ...")
@click.option("--partner", default="", help="Only claims that go by this trading partner.")
@click.option("--payer", default="", help="Only claims to this payer id.")
@show.paged
@show.json_option
@click.pass_obj
def claims_list(
    place: Place, states: tuple[str, ...], partner: str, payer: str, limit: int, after: int, as_json: bool
) -> int:
    """List claims by where they stand, with what to do next."""
    from gateway.lifecycle import EXPLAINED, ClaimState
    from gateway.money import from_cents, shown
    from gateway.service.views.claims import claims_listed

    with place.office() as office:
        page = claims_listed(
            office,
            states=show.states(ClaimState, states),
            partner=partner,
            payer=payer,
            after=after,
            limit=limit,
        )
    if as_json:
        show.as_object(claims=page.rows, next_after=page.next_after)
        return Status.DONE
    show.table(
        ["claim", "visit", "date", "payer", "charge", "state", "what to do"],
        [
            (c.pcn, c.visit_key, c.day, c.payer, shown(from_cents(c.charge_cents)), c.state, EXPLAINED[c.state][1])
            for c in page.rows
        ],
        empty="no claims yet; make some with: gateway scrub run",
    )
    show.more(page.next_after, "gateway claims list")
    return Status.DONE


@claims.command("show", epilog="Example: gateway claims show V-1001 (a visit's id, or a claim's number)")
@click.argument("claim")
@show.json_option
@click.pass_obj
def claims_show(place: Place, claim: str, as_json: bool) -> int:
    """Show a claim's timeline: every state, what caused it and when; its lines, money and denials."""
    from gateway.lifecycle import EXPLAINED
    from gateway.money import from_cents
    from gateway.money import shown as dollars
    from gateway.service.views.claims import claim_shown

    with place.office() as office:
        one = claim_shown(office, claim)
    if as_json:
        show.as_object(
            claim=one.claim,
            file=one.file,
            lines=one.lines,
            timeline=one.timeline,
            answers=one.answers,
            payments=one.payments,
            denials=one.denials,
            versions=one.versions,
        )
        return Status.DONE
    meaning, what_to_do = EXPLAINED[one.claim.state]
    click.echo(f"claim {one.claim.pcn} (version {one.claim.version} of visit {one.claim.visit_key}): {one.claim.state}")
    click.echo(f"  {meaning}; what to do: {what_to_do}")
    carried = f", in file {one.file}" if one.file else ""
    number = f", payer's number {one.claim.payer_claim_number}" if one.claim.payer_claim_number else ""
    click.echo(
        f"  date {one.claim.day}, payer {one.claim.payer} by {one.claim.partner}, frequency {one.claim.frequency}, "
        f"charge {dollars(from_cents(one.claim.charge_cents))}{carried}{number}"
    )
    show.table(
        ["line", "code", "modifiers", "units", "charge", "where its money is"],
        [
            (
                place_,
                shown.line.procedure,
                " ".join(shown.line.modifiers),
                shown.line.units,
                dollars(from_cents(shown.line.charge_cents)),
                ", ".join(f"{bucket} {dollars(from_cents(c))}" for bucket, c in sorted(shown.buckets.items()))
                or _unanswered(one),
            )
            for place_, shown in enumerate(one.lines, start=1)
        ],
        empty="",
    )
    click.echo("timeline (UTC):")
    for logged in one.timeline:
        caused = f" [{logged.event.artefact}]" if logged.event.artefact else ""
        click.echo(f"  {logged.at:%Y-%m-%d %H:%M:%S} {logged.event.said}{show.decided_by(logged.event) or caused}")
    for denial in one.denials:
        denial_told(denial)
    return Status.DONE


def _unanswered(one: "ClaimShown") -> str:
    """Say where the money of a line is that no payer has answered. It is not waited for once another version stands."""
    if one.claim.state != "replaced":
        return "not yet answered"
    later = one.versions[-1]
    if later.pcn != one.claim.pcn:
        return f"not on this version: claim {later.pcn} stands for it"
    return "not on this version: its visit was changed before it was sent"


@claims.command(epilog="Example: gateway claims close V-1001 --by 'Ana Reyes' --reason 'write-off approved'")
@click.argument("claim")
@show.decided
@click.pass_obj
def close(place: Place, claim: str, by: str, reason: str) -> int:
    """Decide that nothing more is done about a claim that was answered or rejected; its denials are closed with it."""
    from gateway.service.claims.close import close_claim

    with place.office(actor=by) as office:
        closed = close_claim(office, claim, reason=reason)
    click.echo(f"claim {closed.pcn} of visit {closed.visit_key} is closed")
    return Status.DONE
