"""gateway scrub, gateway rules"""

from collections import Counter

import click

from gateway.cli.face import show
from gateway.cli.face.place import Place
from gateway.cli.face.say import say
from gateway.cli.face.status import Status
from gateway.cli.visits import findings


@click.group()
def scrub() -> None:
    """Check visits against the rules; make claims of the clean ones."""


@scrub.command(epilog="Example: gateway scrub run --payer MCRB1")
@click.option("--payer", default="", help="Only visits of this payer id.")
@click.option("--again", is_flag=True, help="Also held visits for which nothing has changed since they were looked at.")
@click.option("--dry-run", is_flag=True, help="Say what would be found; change nothing.")
@show.json_option
@click.pass_obj
def run(place: Place, payer: str, again: bool, dry_run: bool, as_json: bool) -> int:
    """Check every new visit, and held ones for which something has changed; clean ones become claims.

    A held visit is looked at again once it is corrected, or the patient's other visits, an answer, the payer's file, a
    waiver, the practice's settings, the rules or a code list changed, or a day has come that the rules wait for.
    """
    from gateway.service.views.lists import Request, total
    from gateway.service.views.visits import VISITS
    from gateway.service.visits.scrub import scrub_visits

    with place.office() as office, show.progress("scrubbing") as advance:
        done = scrub_visits(office, payer=payer, again=again, dry_run=dry_run, progress=advance)
        waits = total(office, VISITS, Request(filter=f"state:held payer:{payer}" if payer else "state:held")).count
    held = [one for one in done if one.holds]
    looked_at = [one for one in done if one.before == "held"] if dry_run else held
    unchanged = waits - len(looked_at)
    broken = Counter(rule for one in done for rule in one.broken)
    status = Status.OUR_BUG if broken else Status.NEEDS_A_PERSON if held or unchanged else Status.DONE
    if as_json:
        show.as_object(
            scrubbed=done,
            held=len(held),
            claims=len(done) - len(held),
            held_unchanged=unchanged,
            broken=broken,
        )
        return status
    would = "would be " if dry_run else ""
    say(f"{show.counted(len(done), 'visit')} scrubbed: {len(done) - len(held)} {would}claims, {len(held)} {would}held")
    for rule, number in Counter(f.rule for one in held for f in one.holds).most_common():
        say(f"  {number:4} held by {rule}")
    for one in held:
        for found in one.holds:
            say(f"visit {one.visit}: {found.rule} at {found.where}: {found.what}; {found.fix}")
    if unchanged:
        say(
            f"{show.counted(unchanged, 'visit')} held as before, for nothing has changed: gateway visits list state:held"
        )
    for rule, number in broken.most_common():
        said = f"a fault of ours: rule {rule} broke on {show.counted(number, 'visit')}; all others were scrubbed"
        say(said, err=True)
    return status


@scrub.command(epilog="Example: gateway scrub explain V-1001")
@click.argument("visit")
@show.json_option
@click.pass_obj
def explain(place: Place, visit: str, as_json: bool) -> int:
    """Show how a visit's units came about and everything the rules find in it; change nothing."""
    from gateway.service.visits.explain import explain_visit

    with place.office() as office:
        said = explain_visit(office, visit)
    if as_json:
        show.as_object(explained=said)
        return Status.DONE
    say(f"visit {said.visit} version {said.version}, payer {said.payer} ({said.payer_name}), {said.unit_rule} units")
    if said.units:
        say(f"units: {said.units}")
    for each in said.assistant:
        say(f"assistant: {each}")
    show.table(
        ["line", "code", "modifiers", "minutes", "units", "charge", "diagnoses"],
        [
            (
                line.place,
                line.procedure,
                " ".join(line.modifiers),
                "" if line.service.minutes_given is None else line.service.minutes_given,
                "?" if line.units is None else line.units,
                "?" if line.charge is None else line.charge,
                " ".join(map(str, line.pointers)),
            )
            for line in said.lines
        ],
        empty="no services",
    )
    if said.stands and said.findings:
        say(f"claim {said.stands} stands; what follows holds it no more: only a change of the visit would meet it")
    findings(said.findings, met_by=", by a change only:" if said.stands else "")
    return Status.DONE


@click.group()
def rules() -> None:
    """The scrub rules: list, show."""


@rules.command("list", epilog="Example: gateway rules list")
@show.json_option
def list_(as_json: bool) -> int:
    """List every rule with what it finds."""
    from gateway.scrub import RULES

    if as_json:
        facts = [
            {"id": r.id, "severity": r.severity, "owner": r.owner, "says": r.says, "fix": r.fix, "cites": r.cites}
            for r in RULES
        ]
        show.as_object(rules=facts)
    else:
        show.table(
            ["rule", "severity", "owner", "finds"],
            [(rule.id, rule.severity, rule.owner, rule.says) for rule in RULES],
            empty="no rules",
        )
    return Status.DONE


@rules.command("show", epilog="Example: gateway rules show UNIT_MISMATCH")
@click.argument("rule")
@show.json_option
def show_(rule: str, as_json: bool) -> int:
    """Show a rule: what it finds, how to fix it, where it is written."""
    from gateway.scrub import rule_by_id

    found = rule_by_id(rule.upper())
    if found is None:
        raise click.UsageError(f"there is no rule {rule}; `gateway rules list` shows them")
    facts = {"id": found.id, "severity": found.severity, "owner": found.owner, "finds": found.says}
    facts |= {"fix": found.fix, "cites": found.cites}
    if found.needs:
        facts["waivers"] = f"none: there is no claim to make without {found.needs}"
    if as_json:
        show.as_object(**facts)
    else:
        for name, said in facts.items():
            say(f"{name:9} {said}")
    return Status.DONE
