"""The commands by name. Each is imported when it is called: a help page costs no database driver."""

from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import click

from gateway import __version__
from gateway.cli.face.place import Place
from gateway.cli.face.say import say


class _Command(NamedTuple):
    where: str
    says: str


_COMMANDS = {
    "init": _Command("setup:init", "Make a home folder with configuration and an empty ledger."),
    "demo": _Command("demo.demo:demo", "Watch sample visits become claims, money and fixes, end to end."),
    "doctor": _Command("setup:doctor", "Check everything the gateway needs, and say how to mend what is wrong."),
    "visits": _Command("visits:visits", "Import, list, show and fix visits; print their schema."),
    "scrub": _Command("scrub:scrub", "Check visits against the rules; make claims of the clean ones."),
    "batch": _Command("batch:batch", "Plan and seal 837P files."),
    "deliver": _Command("deliveries:deliver", "Deliver sealed files to the partners."),
    "collect": _Command("inbox:collect", "Fetch the partners' answers."),
    "post": _Command("inbox:post", "Read what came in; post acknowledgments and money."),
    "deliveries": _Command(
        "deliveries:deliveries", "Outbound files: list, show, release, resend, countersign, cancel."
    ),
    "inbox": _Command("inbox:inbox", "Inbound files: list, show, read again, ignore, export."),
    "claims": _Command("claims:claims", "Claims: list, and show one's timeline."),
    "denials": _Command("denials:denials", "Denials with their fix in the documentation."),
    "remits": _Command(
        "remits:remits", "Remittances: list, show one's money; type in a paper EOB; take money off its claims again."
    ),
    "money": _Command("money:money", "The desk: money on no claim; place it, pay it back, close it."),
    "reconcile": _Command("reconcile.reconcile:reconcile", "Check the laws; show where every claim and dollar is."),
    "tail": _Command("tail:tail", "Read or follow the reconciliation log."),
    "partners": _Command(
        "partners:partners", "Trading partners: list, check, trust a host key, pause, resume, rename."
    ),
    "schedule": _Command("schedule:schedule", "What is done by itself, and when: next, run, pause, resume, again."),
    "serve": _Command("schedule:serve", "Do by itself what is due: send, collect, post, back up, until told to stop."),
    "users": _Command("users:users", "Accounts: add, list, change, disable, rotate; roles, rights and limits."),
    "rules": _Command("scrub:rules", "The scrub rules: list, show."),
    "policies": _Command("policies:policies", "What payers, programs and states cover: list, explain."),
    "codes": _Command("codes:codes", "Code lists: how old each is; import newer ones."),
    "x12": _Command("x12:x12", "X12 files by themselves: check, show, explain, write anew, compare, split."),
    "sim": _Command("sim:sim", "A clearinghouse and payers in a box, over real SFTP on 127.0.0.1."),
    "docs": _Command("docs:docs", "Pages of the documentation: list, print."),
    "backup": _Command("ledger:backup", "Back up the ledger while it is in use; the copy is tried out."),
    "db": _Command("ledger:db", "The ledger: upgrade its tables, check it, restore a backup."),
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 click's signature
        known = _COMMANDS.get(cmd_name)
        if known is None:
            return None
        module, _, name = known.where.partition(":")
        command: click.Command = getattr(import_module(f"gateway.cli.{module}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 click's signature
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.says) for name, command in _COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as unknown:
            from difflib import get_close_matches

            near = get_close_matches(args[0], _COMMANDS, n=1)
            hint = f" Did you mean {near[0]}?" if near else " `gateway --help` lists them."
            raise click.UsageError(f"{args[0]} is not a command.{hint}", ctx) from unknown


def _version(ctx: click.Context, _parameter: click.Parameter, wanted: Any) -> None:  # noqa: ANN401 click's signature
    if wanted and not ctx.resilient_parsing:
        say(f"claims-gateway {__version__}")
        ctx.exit()


@click.group(
    cls=_Lazy,
    epilog="Example: gateway init && gateway visits import visits.json && gateway scrub run",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of configuration and ledger [GATEWAY_HOME, else ./gateway-data].",
)
@click.option("--today", metavar="DATE", help="Pretend it is this day, such as 2026-11-16 (samples, rehearsals).")
@click.option("--debug", is_flag=True, help="Show the traceback of a fault.")
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
@click.pass_context
def gateway(ctx: click.Context, home: Path | None, today: str | None, debug: bool) -> None:  # noqa: ARG001 click's
    """Claims gateway for therapy clinics: visits in, claims out, money and documentation fixes back."""
    ctx.obj = Place.of(home, today)
