"""gateway visits"""

import sys
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.face import lists, show
from gateway.cli.face.place import Place
from gateway.cli.face.say import say
from gateway.cli.face.status import Status

if TYPE_CHECKING:
    from gateway.finding import Finding, RowFault
    from gateway.service.office import Office
    from gateway.service.views.visits import VisitOnWorklist
    from gateway.service.visits.correct import Fixed
    from gateway.service.visits.import_visits import CoveredBeside


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
    from gateway.schedule.foreseen import next_cutoffs
    from gateway.service.visits.import_visits import Taking, take_in

    name = "standard input" if str(file) == "-" else file.name
    # What comes by a pipe can be read once only, and patients' data are put into no temporary file.
    opened = BytesIO(sys.stdin.buffer.read()) if str(file) == "-" else file.open("rb")
    with opened, place.office() as office, show.progress("taking in") as tell:
        outcome = take_in(office, name, opened, dry_run=dry_run, tell=tell)
        cutoffs = {} if dry_run else next_cutoffs(office)
    if as_json:
        show.as_object(
            source=outcome.source,
            counts=outcome.counts,
            faults=outcome.faults,
            proposed=outcome.proposed,
            other_coverages=outcome.beside,
            cutoffs=cutoffs,
        )
    else:
        counts = ", ".join(f"{number} {what}" for what, number in outcome.counts.items()) or "none"
        say(f"visits {'that would be ' if dry_run else ''}taken in from {outcome.source}: {counts}")
        _faults(outcome.faults)
        _covered_beside(outcome.beside)
        for key in outcome.proposed:
            say(f"visit {key} changed after its claim had left: gateway visits fix {key} --by NAME --reason TEXT")
        if cutoffs and set(outcome.counts) - {Taking.UNCHANGED}:
            goes = ", ".join(f"{partner} {when}" for partner, when in cutoffs.items())
            say(f"what is clean goes with the next cutoff, where gateway serve runs: {goes}")
    return Status.NEEDS_A_PERSON if outcome.faults or outcome.proposed else Status.DONE


@visits.command(
    "list",
    cls=lists.command("gateway.service.views.visits:VISITS"),
    epilog="Example: gateway visits list 'state:held owner:clinician'",
)
@click.option("--state", "states", multiple=True, help="As state: in the filter.")
@click.option("--payer", default="", help="As payer: in the filter.")
@click.option("--faults", is_flag=True, help="The rows that could not be taken in, instead.")
@lists.asked
@click.pass_obj
def list_(place: Place, states: tuple[str, ...], payer: str, faults: bool, wanted: lists.Wanted) -> int:
    """List visits with what holds them: the worklist."""
    from gateway.finding import holding
    from gateway.service.views.visits import VISITS

    shape: lists.Shape[VisitOnWorklist] = lists.Shape(
        command="gateway visits list",
        key="visits",
        columns=(
            lists.Column(name="visit", of=lambda one: one.visit.key),
            lists.Column(name="version", of=lambda one: one.visit.version, keep=5),
            lists.Column(name="date", of=lambda one: one.visit.day, keep=3),
            lists.Column(name="payer", of=lambda one: one.visit.payer, keep=4),
            lists.Column(name="state", of=lambda one: one.visit.state),
            lists.Column(
                name="held by",
                of=lambda one: ", ".join(dict.fromkeys(f.rule for f in holding(one.findings))),
                wraps=True,
                keep=1,
            ),
            lists.Column(
                name="what to do",
                of=lambda one: next((f.fix for f in holding(one.findings)), ""),
                wraps=True,
                keep=2,
            ),
        ),
        none="no visits; take some in with: gateway visits import FILE",
    )
    with place.office() as office:
        if faults:
            return _refused(office, wanted)
        return lists.tell(office, VISITS, shape, wanted.also(state=states, payer=payer))


def _refused(office: "Office", wanted: lists.Wanted) -> Status:
    from gateway.service.views.visits import refused_rows

    if wanted.filter or not (wanted.after or "0").isdigit():
        raise click.UsageError("--faults takes no filter; --after is a number")
    refused = refused_rows(office, after=int(wanted.after or 0), limit=wanted.limit)
    if wanted.output == "json":
        show.as_object(faults=[{"source": source, "fault": fault} for source, fault in refused])
    else:
        rows = [(s, f.row, f.visit_key, f.field, f.what, f.fix) for s, f in refused]
        show.table(["file", "row", "visit", "field", "what", "what to do"], rows, empty="no row was refused")
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
        say(
            f"visit {version.key} version {version.version}: {version.state}, date {version.day}, payer {version.payer}, "
            f"from {version.source} by {version.actor} ({version.reason}) at {version.at:%Y-%m-%d %H:%M}"
        )
    findings(shown.findings)
    for claim in shown.claims:
        say(f"claim {claim.pcn} version {claim.version}: {claim.state}; gateway claims show {claim.pcn}")
    return Status.DONE


@visits.command(
    epilog="Example: gateway visits fix V-1001 --set note.signed_at=2026-11-16T17:05 --by 'Ida Stone' --reason 'late entry'"
)
@click.argument("visit")
@click.option("--set", "settings", multiple=True, metavar="FIELD=VALUE", help="A field's path and its new value.")
@click.option(
    "--set-from",
    "settings_file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True, allow_dash=True),
    metavar="FILE",
    help="The same from a file, or from standard input (-): lines FIELD=VALUE, or one JSON object of paths and values.",
)
@click.option(
    "--give-unit",
    "give_unit",
    multiple=True,
    metavar="CODE",
    help="Of codes that tie for a unit, the one that gets it.",
)
@click.option("--do-not-bill", is_flag=True, help="Decide that this visit is not billed.")
@click.option("--decline", is_flag=True, help="Decline a proposed change: what was claimed stands.")
@show.decided
@show.json_option
@click.pass_obj
def fix(
    place: Place,
    visit: str,
    settings: tuple[str, ...],
    settings_file: Path | None,
    give_unit: tuple[str, ...],
    do_not_bill: bool,
    decline: bool,
    by: str,
    reason: str,
    as_json: bool,
) -> int:
    """Correct a visit: the next version is made and scrubbed again.

    Without --set or --give-unit, accept a proposed version, or send a withdrawn one after all.

    Lists count from 1: services.1.units=2. A value may be JSON: accident=null, services.1.modifiers='["GP","59"]'.
    A command line can be read by everybody on the machine, and stays in the shell's history: patients' data goes by
    --set-from, such as: gateway visits fix V-1001 --set-from - --by NAME --reason TEXT < fields.txt
    """
    from gateway.accounts import Right
    from gateway.service.visits import correct
    from gateway.service.visits.tie import given_units

    pairs = (*(_pair(one) for one in settings), *_pairs_in(settings_file))
    with place.office(actor=by, right=Right.DECIDE_CLAIMS if do_not_bill else None) as office:
        if do_not_bill:
            correct.do_not_bill(office, visit, reason=reason)
            say(f"visit {visit} is not billed")
            return Status.DONE
        if decline:
            correct.decline(office, visit, reason=reason)
            say(f"the proposed change of visit {visit} is declined; what was claimed stands")
            return Status.DONE
        if give_unit:
            pairs = (*pairs, *given_units(office, visit, [one.strip().upper() for one in give_unit]))
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
    from gateway.intake import csv_columns, json_schema

    if as_csv:
        for name, required in csv_columns():
            say(f"{name}\t{'required' if required else ''}".rstrip())
    else:
        show.as_json(json_schema())
    return Status.DONE


_PAYERS_SHOWN = 5
_ORDER = ("hold", "warn", "not checked")


def findings(found: "tuple[Finding, ...]", met_by: str = "") -> None:
    """Print findings, those that hold first, each with its fix. `met_by` says behind HOLD what alone would be held."""
    for one in sorted(found, key=lambda one: _ORDER.index(one.severity)):
        holds = met_by if one.severity == "hold" else ""
        say(f"  {one.severity.upper()}{holds} {one.rule} at {one.where}: {one.what}")
        if one.severity != "not checked":
            say(f"    fix ({one.owner}): {one.fix}")
            say(f"    see: {one.cites}")


def _fixed(fixed: "Fixed") -> None:
    _faults(fixed.faults)
    if fixed.faults:
        say(f"visit {fixed.visit} was not changed")
    elif fixed.scrubbed is not None:
        made = f"; claim {fixed.scrubbed.pcn} is ready" if fixed.scrubbed.pcn else ""
        say(f"visit {fixed.visit} version {fixed.scrubbed.version}: {fixed.scrubbed.state}{made}")
        findings(fixed.scrubbed.findings)


def _faults(faults: "tuple[RowFault, ...]") -> None:
    for one in faults:
        say(f"  row {one.row}, visit {one.visit_key or '(no id)'}: {one.field} {one.what}; {one.fix}")


def _covered_beside(beside: "tuple[CoveredBeside, ...]") -> None:
    """Say in a line who else covers the patients, and whose the rest is; every visit has its own finding at scrub."""
    payers = Counter(name for one in beside for name in one.payers)
    if payers:
        number = sum(1 for one in beside if one.payers)
        names = ", ".join(f"{name} {times}" for name, times in payers.most_common(_PAYERS_SHOWN))
        more = f" and {len(payers) - _PAYERS_SHOWN} more" if len(payers) > _PAYERS_SHOWN else ""
        say(
            f"{show.counted(number, 'visit')} with another coverage ({names}{more}): we do not bill it yet, and what the "
            "first payer leaves is not the patient's; after scrub: gateway visits list rule:OTHER_COVERAGE,OTHER_COVERAGE_INCOMPLETE"
        )
    if repeated := sum(1 for one in beside if one.repeated):
        say(f"{show.counted(repeated, 'visit')} with a coverage that is given twice; it counts once")


def _pairs_in(file: Path | None) -> tuple[tuple[str, str], ...]:
    from gateway.intake import settings_in

    if file is None:
        return ()
    raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    try:
        pairs = settings_in(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise click.UsageError("--set-from: the fields are not UTF-8; nothing was changed") from None
    if not pairs:
        # Nothing would accept a proposed version, which nobody meant who sends fields.
        raise click.UsageError("--set-from: there are no fields in it; nothing was changed")
    return pairs


def _pair(text: str) -> tuple[str, str]:
    field, separator, value = text.partition("=")
    if not separator or not field.strip():
        raise click.UsageError(f"--set: want FIELD=VALUE, such as services.1.units=2, instead of {field}")
    return field.strip(), value
