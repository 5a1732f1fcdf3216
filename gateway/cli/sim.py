"""gateway sim"""

from pathlib import Path

import click

from gateway.cli.face.place import Place
from gateway.cli.face.say import say
from gateway.cli.face.status import Status


def _list(context: click.Context, _: click.Parameter, is_asked: bool) -> None:
    """Answer --faults, as --help is answered: nothing else is done."""
    if not is_asked or context.resilient_parsing:
        return
    from gateway.simulator.faults import EXPLAINED, Fault, pattern

    for fault in Fault:
        told = EXPLAINED[fault]
        say(f"{pattern(fault):26}{told.says}{'; once' if told.times == 1 else ''}")
    say("each always, or once where it says so; NAME,3 is: three times, and then no more")
    context.exit()


@click.command(epilog="Example: gateway sim --fault cut-after-rename --fault greedy")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=2222, help="Where to listen on 127.0.0.1 [2222]; 0 picks one."
)
@click.option("--state", type=click.Path(path_type=Path, file_okay=False), help="Its own folder [HOME/simulator].")
@click.option(
    "--world",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder with plans.toml, members.toml, providers.toml [the samples'].",
)
@click.option(
    "--open", "is_open", is_flag=True, help="Take payers, members and providers that the world does not know."
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="NAME[:ARG][,TIMES]",
    help="Go wrong in this way, so that you can rehearse a bad day; may be given several times.",
)
@click.option(
    "--faults", "listed", is_flag=True, is_eager=True, expose_value=False, callback=_list, help="List them, and end."
)
@click.pass_obj
def sim(place: Place, port: int, state: Path | None, world: Path | None, is_open: bool, faults: tuple[str, ...]) -> int:
    """Play a clearinghouse and its payers over real SFTP on 127.0.0.1, until interrupted.

    It answers each 837P with TA1, 999, 277CA and 835, by what the claim says and what its world holds. The keys
    below HOME/keys may log in; the partners of the sample configuration get a key if they have none.
    With --fault it goes wrong, and says so in a line each time; started again without, it puts right what it kept back.
    """
    from gateway.service.setup.rehearse import authorize_keys
    from gateway.settings import SAMPLES_SHIPPED
    from gateway.simulator.faults import all_planned
    from gateway.simulator.simulator import Simulator

    wrong = all_planned(faults)
    home = state or place.home / "simulator"
    try:
        simulator = Simulator(
            home,
            world or SAMPLES_SHIPPED / "simulator",
            port=port,
            is_open=is_open,
            faults=wrong,
            tell=say,
        )
    except OSError as taken:
        raise click.UsageError(f"port {port} cannot be used ({taken.strerror}); choose another with --port") from None
    authorize_keys(simulator, place.home / "keys")
    say(f"simulator: sftp on {simulator.host}:{simulator.port}, host key {simulator.fingerprint}")
    for name in simulator.partners:
        pin = f"partners trust {name} --fingerprint {simulator.fingerprint} --by NAME --reason rehearsal"
        say(f"  pin it: gateway --home {place.home} {pin}")
    for one in wrong:
        say(f"fault {one}")
    say("stop it with Ctrl-C; it goes on where it was when it is started again")
    simulator.serve_forever()
    return Status.DONE
