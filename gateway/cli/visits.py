"""gateway visits"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.face import show
from gateway.cli.face.place import Place
from gateway.cli.face.status import Status

if TYPE_CHECKING:
    from gateway.finding import Finding, RowFault
    from gateway.service.visits.correct import Fixed


@click.group()
def visits() -> None:
    """Import, list, show and fix visits; print their schema."""


@visits.command("import", epilog="Example: gateway visits import clinic.json")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True, allow_dash=True))
@click.option("--dry-run", is_flag=True, help="Say what would be taken in; change nothing.")
@show.json_option
@click.pass_obj
def import_(place: Place, file: Path, dry_run: bool, as_json: bool) -> int:
    """Take in a file of visits, JSON or CSV. Good visits go in; each fault of the others is listed.

    The same file again changes nothing; a visit with other content becomes a new version.
    """
    from gateway.service.visits.import_visits import take_in

    raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    name = "standard input" if str(file) == "-" else file.name
    with place.office() as office:
        outcome = take_in(office, name, raw, dry_run=dry_run)
    if as_json:
        show.as_object(source=outcome.source, counts=outcome.counts, faults=outcome.faults, proposed=outcome.proposed)
    else:
        counts = ", ".join(f"{number} {what}" for what, number in outcome.counts.items()) or "none"
        click.echo(f"visits {'that would be ' if dry_run else ''}taken in from {outcome.source}: {counts}")
        _faults(outcome.faults)
        for key in outcome.proposed:
            click.echo(
                f"visit {key} changed after its claim had left: gateway visits fix {key} --by NAME --reason TEXT"
            )
    return Status.NEEDS_A_PERSON if outcome.faults or outcome.proposed else Status.DONE


@visits.command("list", epilog="Example: gateway visits list --state held")
@click.option("--state", "states", multiple=True, help="Only these: new, held, proposed, claimed, 'not billed'.")
@click.option("--payer", default="", help="Only visits of this payer id.")
@click.option("--faults", is_flag=True, help="The rows that could not be taken in, instead.")
@show.paged
@show.json_option
@click.pass_obj
def list_(
    place: Place, states: tuple[str, ...], payer: str, faults: bool, limit: int, after: int, as_json: bool
) -> int:
    """List visits with what holds them: the worklist."""
    from gateway.lifecycle import VisitState
    from gateway.service.views.visits import refused_rows, visits_listed

    with place.office() as office:
        if faults:
            refused = refused_rows(office, after=after, limit=limit)
            if as_json:
                show.as_object(faults=[{"source": source, "fault": fault} for source, fault in refused])
            else:
                rows = [(s, f.row, f.visit_key, f.field, f.what, f.fix) for s, f in refused]
                show.table(["file", "row", "visit", "field", "what", "what to do"], rows, empty="no row was refused")
            return Status.DONE
        page = visits_listed(office, states=show.states(VisitState, states), payer=payer, after=after, limit=limit)
    if as_json:
        show.as_object(visits=page.rows, next_after=page.next_after)
        return Status.DONE
    show.table(
        ["visit", "version", "date", "payer", "state", "held by", "what to do"],
        [
            (
                one.visit.key,
                one.visit.version,
                one.visit.day,
                one.visit.payer,
                one.visit.state,
                ", ".join(dict.fromkeys(f.rule for f in _holding(one.findings))),
                next((f.fix for f in _holding(one.findings)), ""),
            )
            for one in page.rows
        ],
        empty="no visits; take some in with: gateway visits import FILE",
    )
    show.more(page.next_after, "gateway visits list")
    return Status.DONE


@visits.command("show", epilog="Example: gateway visits show V-1001")
@click.argument("visit")
@show.json_option
@click.pass_obj
def show_(place: Place, visit: str, as_json: bool) -> int:
    """Show a visit: its versions, what was found and how to fix it, and its claims."""
    from gateway.service.views.visits import visit_shown

    with place.office() as office:
        shown = visit_shown(office, visit)
    if as_json:
        show.as_object(versions=shown.versions, findings=shown.findings, claims=shown.claims)
        return Status.DONE
    for version in shown.versions:
        click.echo(
            f"visit {version.key} version {version.version}: {version.state}, date {version.day}, payer {version.payer}, "
            f"from {version.source} by {version.actor} ({version.reason}) at {version.at:%Y-%m-%d %H:%M}"
        )
    findings(shown.findings)
    for claim in shown.claims:
        click.echo(f"claim {claim.pcn} version {claim.version}: {claim.state}; gateway claims show {claim.pcn}")
    return Status.DONE


@visits.command(
    epilog="Example: gateway visits fix V-1001 --set note.signed_at=2026-11-16T17:05 --by 'Ida Stone' --reason 'late entry'"
)
@click.argument("visit")
@click.option("--set", "settings", multiple=True, metavar="FIELD=VALUE", help="A field's path and its new value.")
@click.option("--do-not-bill", is_flag=True, help="Decide that this visit is not billed.")
@click.option("--decline", is_flag=True, help="Decline a proposed change: what was claimed stands.")
@show.decided
@show.json_option
@click.pass_obj
def fix(
    place: Place,
    visit: str,
    settings: tuple[str, ...],
    do_not_bill: bool,
    decline: bool,
    by: str,
    reason: str,
    as_json: bool,
) -> int:
    """Correct a visit: the next version is made and scrubbed again. Without --set, accept a proposed version.

    Lists count from 1: services.1.units=2. A value may be JSON: accident=null, services.1.modifiers='["GP","59"]'.
    """
    from gateway.service.visits import correct

    pairs = tuple(_pair(one) for one in settings)
    with place.office(actor=by) as office:
        if do_not_bill:
            correct.do_not_bill(office, visit, reason=reason)
            click.echo(f"visit {visit} is not billed")
            return Status.DONE
        if decline:
            correct.decline(office, visit, reason=reason)
            click.echo(f"the proposed change of visit {visit} is declined; what was claimed stands")
            return Status.DONE
        fixed = correct.fix_visit(office, visit, pairs, reason=reason)
    if as_json:
        show.as_object(visit=fixed.visit, faults=fixed.faults, scrubbed=fixed.scrubbed)
    else:
        _fixed(fixed)
    held = fixed.faults or (fixed.scrubbed is not None and fixed.scrubbed.holds)
    return Status.NEEDS_A_PERSON if held else Status.DONE


@visits.command(epilog="Example: gateway visits schema --csv")
@click.option("--csv", "as_csv", is_flag=True, help="The columns of a CSV file instead.")
def schema(as_csv: bool) -> int:
    """Print the JSON Schema of a file of visits, or the CSV columns."""
    import json

    from gateway.intake import csv_columns, json_schema

    if as_csv:
        for name, required in csv_columns():
            click.echo(f"{name}\t{'required' if required else ''}".rstrip())
    else:
        click.echo(json.dumps(json_schema(), indent=1))
    return Status.DONE


_ORDER = ("hold", "warn", "not checked")


def findings(found: "tuple[Finding, ...]", met_by: str = "") -> None:
    """Print findings, those that hold first, each with its fix. `met_by` says behind HOLD what alone would be held."""
    for one in sorted(found, key=lambda one: _ORDER.index(one.severity)):
        holds = met_by if one.severity == "hold" else ""
        click.echo(f"  {one.severity.upper()}{holds} {one.rule} at {one.where}: {one.what}")
        if one.severity != "not checked":
            click.echo(f"    fix ({one.owner}): {one.fix}")
            click.echo(f"    see: {one.cites}")


def _holding(found: "tuple[Finding, ...]") -> "tuple[Finding, ...]":
    return tuple(one for one in found if one.severity == "hold")


def _fixed(fixed: "Fixed") -> None:
    _faults(fixed.faults)
    if fixed.faults:
        click.echo(f"visit {fixed.visit} was not changed")
    elif fixed.scrubbed is not None:
        made = f"; claim {fixed.scrubbed.pcn} is ready" if fixed.scrubbed.pcn else ""
        click.echo(f"visit {fixed.visit} version {fixed.scrubbed.version}: {fixed.scrubbed.state}{made}")
        findings(fixed.scrubbed.findings)


def _faults(faults: "tuple[RowFault, ...]") -> None:
    for one in faults:
        click.echo(f"  row {one.row}, visit {one.visit_key or '(no id)'}: {one.field} {one.what}; {one.fix}")


def _pair(text: str) -> tuple[str, str]:
    field, separator, value = text.partition("=")
    if not separator or not field.strip():
        raise click.UsageError(f"--set: want FIELD=VALUE, such as services.1.units=2, instead of {field}")
    return field.strip(), value
