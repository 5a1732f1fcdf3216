"""gateway partners"""

import click

from gateway.cli import show
from gateway.cli.mail import worst
from gateway.cli.place import Place
from gateway.cli.status import Status


@click.group()
def partners() -> None:
    """Trading partners: list, check, trust a host key, renumber."""


@partners.command("list", epilog="Example: gateway partners list")
@show.json_option
@click.pass_obj
def list_(place: Place, as_json: bool) -> int:
    """List the configured trading partners."""
    settings = place.settings()
    known = [settings.partners[name] for name in sorted(settings.partners)]
    if as_json:
        show.as_object(partners=known)
        return Status.DONE
    rows = []
    for one in known:
        box = one.mailbox
        where = f"{box.user}@{box.host}:{box.port}" if box.host else box.root
        payers = ", ".join(sorted(p.id for p in settings.payers.values() if p.partner == one.name))
        pinned = "pinned" if box.host_keys else "NOT PINNED" if box.host else "-"
        rows.append((one.name, one.envelope.receiver_id, one.envelope.usage, where, pinned, payers))
    show.table(
        ["partner", "receiver", "usage", "mailbox", "host key", "payers"], rows, empty="no partner is configured"
    )
    return Status.DONE


@partners.command(epilog="Example: gateway partners check northgate")
@click.argument("name")
@show.json_option
@click.pass_obj
def check(place: Place, name: str, as_json: bool) -> int:
    """Log in and try what delivery and collection need, with a harmless file that is removed again."""
    from gateway.service.partners import check as run

    done = run(place.settings().partner(name))
    if as_json:
        show.as_object(partner=name, checks=done)
    else:
        show.table(
            ["tried", "works", "seen"], [(one.what, "yes" if one.works else "NO", one.said) for one in done], empty=""
        )
    return worst((one.problem for one in done), attention=False)


@partners.command(
    epilog="Example: gateway partners trust northgate --fingerprint SHA256:... --by 'Ana Reyes' --reason 'their portal'"
)
@click.argument("name")
@click.option("--fingerprint", default="", help="The fingerprint that the partner published.")
@click.option("--by", default="", metavar="NAME", help="Who compared the two; it is kept.")
@click.option("--reason", default="", help="Where the published fingerprint was seen; it is kept.")
@click.pass_obj
def trust(place: Place, name: str, fingerprint: str, by: str, reason: str) -> int:
    """Show the host key of a partner's server; pin it when you give the fingerprint that the partner published."""
    from gateway.service.partners import host_key
    from gateway.service.partners import trust as run

    if len({bool(fingerprint), bool(by), bool(reason)}) > 1:
        raise click.UsageError("--fingerprint, --by and --reason go together: pinning a key is a person's decision")
    with place.office(actor=by or "gateway") as office:
        if fingerprint:
            run(office, name, fingerprint, reason=reason)
            click.echo(f"{fingerprint} is pinned for {name}; try it: gateway partners check {name}")
            return Status.DONE
        seen = host_key(office, name)
    click.echo(f"{name} shows {seen}")
    click.echo(
        f"compare it with what {name} published, then: gateway partners trust {name} --fingerprint {seen} --by NAME"
    )
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
    from gateway.service.recover import renumber as run

    with place.office(actor=by) as office:
        before, after = run(office, name, to=to, reason=reason)
    click.echo(f"{name}: {before.number:09d} was last; the next file gets the number behind {after.number:09d}")
    return Status.DONE
