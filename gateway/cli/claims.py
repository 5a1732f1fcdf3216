"""gateway claims"""

from typing import TYPE_CHECKING

import click

from gateway.cli.denials import denial_told
from gateway.cli.face import lists, show
from gateway.cli.face.place import Place
from gateway.cli.face.say import say
from gateway.cli.face.status import Status

if TYPE_CHECKING:
    from gateway.service.views.claims import ClaimListed, ClaimShown


@click.group()
def claims() -> None:
    """Claims: list, and show one's timeline."""


@claims.command(
    "list",
    cls=lists.command("gateway.service.views.claims:CLAIMS"),
    epilog="Example: gateway claims list 'state:denied payer:HLTH1 age:>30d carc:197'",
)
@click.option("--state", "states", multiple=True, help="As state: in the filter.")
@click.option("--partner", default="", help="As partner: in the filter.")
@click.option("--payer", default="", help="As payer: in the filter.")
@lists.asked
@click.pass_obj
def claims_list(place: Place, states: tuple[str, ...], partner: str, payer: str, wanted: lists.Wanted) -> int:
    """List claims by where they stand, with what to do next. Replaced versions are shown when asked for."""
    from gateway.lifecycle import EXPLAINED
    from gateway.money import from_cents, shown
    from gateway.service.views.claims import CLAIMS

    shape: lists.Shape[ClaimListed] = lists.Shape(
        command="gateway claims list",
        key="claims",
        columns=(
            lists.Column(name="claim", of=lambda c: c.pcn),
            lists.Column(name="visit", of=lambda c: c.visit_key, keep=1),
            lists.Column(name="date", of=lambda c: c.day, keep=2),
            lists.Column(name="payer", of=lambda c: c.payer, keep=5),
            lists.Column(name="partner", of=lambda c: c.partner, keep=7),
            lists.Column(name="charge", of=lambda c: shown(from_cents(c.charge_cents))),
            lists.Column(name="state", of=lambda c: c.state),
            lists.Column(name="payer's number", of=lambda c: c.payer_claim_number, keep=6),
            lists.Column(name="whose", of=lambda c: c.owner, keep=4),
            lists.Column(name="what to do", of=lambda c: EXPLAINED[c.state][1], wraps=True, keep=3),
            lists.Column(name="left to others", of=_left, wraps=True, keep=0 if "left:" in wanted.filter else 8),
        ),
        none="no claims yet; make some with: gateway scrub run",
    )
    with place.office() as office:
        return lists.tell(office, CLAIMS, shape, wanted.also(state=states, partner=partner, payer=payer))


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
            other_payers=[each.name for each in one.body.other_payers],
            lines=one.lines,
            of_claim=one.of_claim,
            timeline=one.timeline,
            answers=one.answers,
            payments=one.payments,
            denials=one.denials,
            waits=one.waits,
            versions=one.versions,
        )
        return Status.DONE
    meaning, what_to_do = EXPLAINED[one.claim.state]
    if what_to_do == "nothing" and any(denial.state == "open" for denial in one.denials):
        # Paid, with a refusal that the payer leaves to the patient: somebody looks into it all the same.
        what_to_do = f"gateway denials show {one.claim.pcn}"
    say(f"claim {one.claim.pcn} (version {one.claim.version} of visit {one.claim.visit_key}): {one.claim.state}")
    say(f"  {meaning}; what to do: {what_to_do}")
    carried = f", in file {one.file}" if one.file else ""
    number = f", payer's number {one.claim.payer_claim_number}" if one.claim.payer_claim_number else ""
    say(
        f"  date {one.claim.day}, payer {one.claim.payer} by {one.claim.partner}, frequency {one.claim.frequency}, "
        f"charge {dollars(from_cents(one.claim.charge_cents))}{carried}{number}"
    )
    if others := ", ".join(each.name for each in one.body.other_payers):
        say(
            f"  covered by {others} too: what this payer leaves is theirs before it is the patient's, and billed by hand"
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
    if one.of_claim:
        amounts = (f"{bucket} {dollars(from_cents(c))}" for bucket, c in sorted(one.of_claim.items()))
        say(f"  for the claim as a whole, beside its lines: {', '.join(amounts)}")
    for item in one.waits:
        say(f"  on the desk: {dollars(from_cents(item.left_cents))}, {item.kind}; gateway money show {item.id}")
    say("timeline (UTC):")
    for logged in one.timeline:
        caused = f" [{logged.event.artefact}]" if logged.event.artefact else ""
        say(f"  {logged.at:%Y-%m-%d %H:%M:%S} {logged.event.said}{show.decided_by(logged.event) or caused}")
    for denial in one.denials:
        denial_told(denial)
    return Status.DONE


def _left(one: "ClaimListed") -> str:
    """Say who is to be asked for how much, and the figures that a bill to them wants."""
    from gateway.money import from_cents, shown

    if one.left is None:
        return ""
    said = [f"paid {shown(from_cents(one.left.paid_cents))}"]
    said += [f"{each.group} {each.carc} {shown(from_cents(each.cents))}" for each in one.left.adjusted]
    told_in = ", ".join(f"{each.trace} of {each.paid_on}" for each in one.left.advices)
    payers = ", ".join(one.left.payers) or "a payer that the visit does not name"
    return f"{shown(from_cents(one.left.cents))} to {payers}: {', '.join(said)}; remittance {told_in}"


def _unanswered(one: "ClaimShown") -> str:
    """Say where the money of a line is that no payer has answered. It is not waited for once another version stands."""
    if one.claim.state == "voided":
        return "taken back"
    if one.claim.state != "replaced":
        return "it takes another version back" if one.claim.frequency == "8" else "not yet answered"
    later = one.versions[-1]
    if later.pcn != one.claim.pcn:
        return f"not on this version: claim {later.pcn} stands for it"
    if any(logged.event.kind == "claim.withdrawn" for logged in one.timeline):
        return "not on this version: it was withdrawn before it was sent"
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
    say(f"claim {closed.pcn} of visit {closed.visit_key} is closed")
    return Status.DONE


@claims.command(
    epilog="Example: gateway claims withdraw V-1001 --by 'Ana Reyes' --reason 'the patient pays by herself'"
)
@click.argument("claim")
@show.decided
@click.pass_obj
def withdraw(place: Place, claim: str, by: str, reason: str) -> int:
    """Take a ready claim out of the next batch. Its visit is withdrawn until a person decides what becomes of it."""
    from gateway.service.claims.withdraw import withdraw_claim

    with place.office(actor=by) as office:
        withdrawn = withdraw_claim(office, claim, reason=reason)
    key = withdrawn.visit_key
    if withdrawn.frequency == "8":
        say(f"void claim {withdrawn.pcn} of visit {key} is not sent; the claim stands as before")
        return Status.DONE
    say(f"claim {withdrawn.pcn} of visit {key} is not sent; the visit is withdrawn")
    say(f"  to send it after all: gateway visits fix {key} --by NAME --reason TEXT")
    return Status.DONE


@claims.command(epilog="Example: gateway claims void V-1001 --by 'Ana Reyes' --reason 'another patient was billed'")
@click.argument("claim")
@show.decided
@click.pass_obj
def void(place: Place, claim: str, by: str, reason: str) -> int:
    """Take back a claim that the payer has adjudicated: a void (frequency 8) goes with the next batch.

    Where the payer takes none it says what to do instead. What was paid stands until the payer's reversal is posted.
    """
    from gateway.service.claims.void import void_claim

    with place.office(actor=by) as office:
        voided, pcn = void_claim(office, claim, reason=reason)
    say(f"void claim {pcn} is ready for the next batch; it takes back claim {voided.pcn} of visit {voided.visit_key}")
    return Status.DONE


@claims.command(
    epilog="Example: gateway claims resubmit --file elm_northgate_000000001.837 --by 'Ana Reyes' --reason 'enrolled now'"
)
@click.argument("claim", required=False, default="")
@click.option(
    "--file", "file", default="", metavar="NAME", help="Every claim of this sealed file that can be, instead."
)
@click.option("--partner", default="", help="Whose file, where several partners have one of that name.")
@click.option("--dry-run", is_flag=True, help="Say what would be sent again, and what not; change nothing.")
@show.decided
@show.json_option
@click.pass_obj
def resubmit(
    place: Place, claim: str, file: str, partner: str, dry_run: bool, by: str, reason: str, as_json: bool
) -> int:
    """Send a rejected claim again as it is, because the cause lay outside it: enrolment, receiver, envelope.

    The next batch takes it, with the same content under new numbers. Where the claim itself was wrong, fix its visit instead.
    """
    from gateway.service.claims.resubmit import resubmit_claim, resubmit_file

    if bool(claim) == bool(file):
        raise click.UsageError("name one claim, or a file with --file")
    if partner and not file:
        raise click.UsageError("--partner goes with --file")
    with place.office(actor=by) as office:
        if file:
            done = resubmit_file(office, file, partner=partner, reason=reason, dry_run=dry_run)
        else:
            done = resubmit_claim(office, claim, reason=reason, dry_run=dry_run)
    if as_json:
        show.as_object(dry_run=dry_run, resubmitted=done.made, refused=done.refused)
    else:
        for made in done.made:
            ready = "could be sent again" if dry_run else f"stands in claim {made.pcn}, ready for the next batch"
            say(f"visit {made.visit}: rejected claim {made.rejected} {ready}")
        for one in done.refused:
            say(f"visit {one.visit}: {one.why}")
        would = "would be " if dry_run else ""
        say(f"{show.counted(len(done.made), 'claim')} {would}sent again, {len(done.refused)} not")
    return Status.NEEDS_A_PERSON if done.refused else Status.DONE
