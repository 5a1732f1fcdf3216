"""gateway partners"""

from typing import TYPE_CHECKING

import click

from gateway.cli.face import show
from gateway.cli.face.place import Place
from gateway.cli.face.say import say
from gateway.cli.face.status import Status, worst

if TYPE_CHECKING:
    from gateway.service.partners.check import Checked


@click.group()
def partners() -> None:
    """Trading partners: list, check, trust a host key, pause, resume, renumber."""


@partners.command("list", epilog="Example: gateway partners list")
@show.json_option
@click.pass_obj
def list_(place: Place, as_json: bool) -> int:
    """List the configured trading partners, and how each stands."""
    from gateway.service.partners.host_keys import standing_of

    with place.office() as office:
        settings = office.settings
        known = [settings.partners[name] for name in sorted(settings.partners)]
        standings = {one.name: standing_of(office, one.name) for one in known}
    if as_json:
        show.as_object(partners=known, standings=standings.values())
        return Status.DONE
    rows = []
    for one in known:
        box = one.mailbox
        where = f"{box.user}@{box.host}:{box.port}" if box.host else box.root
        payers = ", ".join(sorted(p.id for p in settings.payers.values() if p.partner == one.name))
        pinned = "pinned" if box.host_keys else "NOT PINNED" if box.host else "-"
        standing = standings[one.name]
        stands = f"{standing.state}: {standing.reason}" if standing.state != "open" else "open"
        stands += f", {standing.failures} calls in a row failed" if standing.failures else ""
        rows.append((one.name, one.envelope.receiver_id, one.envelope.usage, where, pinned, stands, payers))
    columns = ["partner", "receiver", "usage", "mailbox", "host key", "stands", "payers"]
    show.table(columns, rows, empty="no partner is configured")
    return Status.DONE


@partners.command(epilog="Example: gateway partners check northgate")
@click.argument("name")
@click.option(
    "--wait", type=click.FloatRange(0, 600), default=2.0, help="Seconds in which it must not take a temporary file [2]."
)
@show.json_option
@click.pass_obj
def check(place: Place, name: str, wait: float, as_json: bool) -> int:
    """Prove what a partner's server can do, with harmless files that are removed again; deliveries follow what was seen."""
    import time

    from gateway.service.partners.check import check as run
    from gateway.service.partners.host_keys import mailbox_of

    with place.office() as office:
        done = run(office, name, mailbox_of, wait=lambda: time.sleep(wait))
    if as_json:
        show.as_object(partner=name, seen=done.seen, manner=done.manner, problem=done.problem)
    else:
        _checked(done)
    return worst([done.problem], attention=False)


def _checked(done: "Checked") -> None:
    show.table(
        ["tried", "answer", "seen"],
        [(one.capability, one.answer, one.said) for one in done.seen],
        empty="nothing was tried",
    )
    if done.manner:
        say(f"files get their final names by {done.manner}")
    if done.problem is not None:
        say(f"{done.partner}: {done.problem}", err=True)


@partners.command(
    epilog="Example: gateway partners trust northgate --fingerprint SHA256:... --by 'Ana Reyes' --reason 'their portal'"
)
@click.argument("name")
@click.option("--fingerprint", default="", help="The fingerprint that the partner published.")
@click.option(
    "--by",
    default="",
    metavar="NAME",
    help="Who compared the two; it is kept. With accounts: yours, and it may be left out.",
)
@click.option("--reason", default="", help="Where the published fingerprint was seen; it is kept.")
@click.pass_obj
def trust(place: Place, name: str, fingerprint: str, by: str, reason: str) -> int:
    """Show the host key of a partner's server; pin it when you give the fingerprint that the partner published."""
    from gateway.service.partners.host_keys import host_key
    from gateway.service.partners.host_keys import trust as run

    if bool(fingerprint) != bool(reason) or (by and not fingerprint):
        raise click.UsageError("--fingerprint, --by and --reason go together: pinning a key is a person's decision")
    with place.office(actor=by if fingerprint else None) as office:
        if fingerprint:
            run(office, name, fingerprint, reason=reason)
            say(f"{fingerprint} is pinned for {name}; try it: gateway partners check {name}")
            return Status.DONE
        seen = host_key(office, name)
    say(f"{name} shows {seen}")
    pin = f"gateway partners trust {name} --fingerprint {seen} --by NAME --reason WHERE"
    say(f"compare it with what {name} published, then: {pin}")
    return Status.DONE


@partners.command(
    epilog="Example: gateway partners pause northgate --by 'Ana Reyes' --reason 'their portal is down until Monday'"
)
@click.argument("name")
@show.decided
@click.pass_obj
def pause(place: Place, name: str, by: str, reason: str) -> int:
    """Stop calling a partner: its files wait, nothing is collected. Sealing goes on."""
    from gateway.service.partners.calls import pause as run

    with place.office(actor=by) as office:
        run(office, name, reason=reason)
    say(f"{name} is paused; gateway partners resume {name} ends it")
    return Status.DONE


@partners.command(
    epilog="Example: gateway partners resume northgate --by 'Ana Reyes' --reason 'they renewed our login'"
)
@click.argument("name")
@show.decided
@click.pass_obj
def resume(place: Place, name: str, by: str, reason: str) -> int:
    """Call a partner again that was paused, or that had refused our login or shown another host key."""
    from gateway.service.partners.calls import resume as run

    with place.office(actor=by) as office:
        run(office, name, reason=reason)
    say(f"{name} is called again; try it: gateway partners check {name}")
    return Status.DONE


@partners.command(
    epilog="Example: gateway partners rename northgate north --by 'Ana Reyes' --reason 'they merged, and are called so now'"
)
@click.argument("old")
@click.argument("new")
@show.decided
@click.pass_obj
def rename(place: Place, old: str, new: str, by: str, reason: str) -> int:
    """Let the ledger know a partner by the new name of its file: its numbers go on, and its answers find what was sent.

    Rename the file in partners/, and the partner in payers/, first. The log keeps the old name.
    """
    from gateway.ledger.lock import alone
    from gateway.service.partners.renamed import rename as run

    with place.office(actor=by, lock=alone) as office:
        files = run(office, old, new, reason=reason)
    say(f"{old} is {new} from now on, with {show.counted(files, 'sealed file')}; next: gateway doctor")
    say("where gateway serve runs, let it read the configuration again (SIGHUP)")
    return Status.DONE


@partners.command(
    epilog="Example: gateway partners renumber northgate --to 5000 --by 'Ana Reyes' --reason 'they saw 4312 from the old PC'"
)
@click.argument("name")
@click.option("--to", type=int, required=True, help="Interchange control numbers go on behind this one.")
@show.decided
@click.pass_obj
def renumber(place: Place, name: str, to: int, by: str, reason: str) -> int:
    """Let interchange control numbers jump forward; never back. The gap stands in the log, with who and why."""
    from gateway.service.recovery.recover import renumber as run

    with place.office(actor=by) as office:
        before, after = run(office, name, to=to, reason=reason)
    say(f"{name}: {before.number:09d} was last; the next file gets the number behind {after.number:09d}")
    return Status.DONE
