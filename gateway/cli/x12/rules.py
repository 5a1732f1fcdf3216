"""gateway x12 rules"""

import click

from gateway.cli.face import show
from gateway.cli.face.status import Status


@click.command(short_help="List the rules of SNIP 3 to 5.", epilog="Example: gateway x12 rules --guide 005010X221A1")
@click.option("--guide", help="Only the rules of this guide, such as 005010X222A1 (837P) or 005010X221A1 (835).")
@show.json_option
def rules(guide: str | None, as_json: bool) -> int:
    """List what `check` asks beyond the guide's own grammar: balances (SNIP 3), situations (4), code sets (5)."""
    from gateway.edi.rules.rulebook import BOOKS, rules_of

    if guide is not None and guide not in BOOKS:
        raise click.UsageError(f"--guide: there are rules of {', '.join(sorted(BOOKS))}")
    found = {version: rules_of(version) for version in BOOKS if guide in (None, version)}
    if as_json:
        show.as_object(
            rules=[
                {
                    "guide": version,
                    "id": one.id,
                    "snip": one.snip,
                    "severity": one.severity,
                    "asked_at": one.on,
                    "says": one.says,
                    "cites": one.cites,
                    "fix": one.fix,
                }
                for version, several in found.items()
                for one in several
            ]
        )
        return Status.DONE
    show.table(
        ("guide", "snip", "severity", "rule", "finds"),
        ((version, one.snip, one.severity, one.id, one.says) for version, several in found.items() for one in several),
        empty="no rules",
    )
    return Status.DONE
