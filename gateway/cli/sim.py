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


def _list_words(context: click.Context, _: click.Parameter, is_asked: bool) -> None:
    """Answer --scenarios: the words of a scenario file, and what each does."""
    if not is_asked or context.resilient_parsing:
        return
    from gateway.simulator.scenario import EXPLAINED, WITHHELD, WRITTEN_EXPLAINED

    say("[[claim]] answer = one of")
    for answer, told in EXPLAINED.items():
        say(f"  {answer:20}{told}")
    say("[[claim]] written = some of")
    for word, told in WRITTEN_EXPLAINED.items():
        say(f"  {word:20}{told}")
    say(
        "[[claim]] of which claims: member, payer, control, day, claims (how many), chance (percent); round (of its first word)"
    )
    say(f"[[file]] number = 1 (a partner's first), partner, refused = true, withholds = some of {', '.join(WITHHELD)}")
    say("every key is explained in samples/simulator/scenario.toml")
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
@click.option(
    "--scenario",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="A TOML file that says how payers answer which claims, round by round.",
)
@click.option(
    "--scenarios",
    "worded",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_words,
    help="List the words of a scenario file, and end.",
)
@click.pass_obj
def sim(
    place: Place,
    port: int,
    state: Path | None,
    world: Path | None,
    is_open: bool,
    faults: tuple[str, ...],
    scenario: Path | None,
) -> int:
    """Play your clearinghouses and their payers over real SFTP on 127.0.0.1, until interrupted.

    It answers each 837P with TA1, 999, 277CA and 835, by what the claim says and what its world holds. It plays the
    partners of HOME/partners, whatever their names, users and folders; without any, those of the sample configuration.
    Who holds a partner's key may log in; a key that is not there is made.
    With --fault it goes wrong, and says so in a line each time; started again without, it puts right what it kept back.
    """
    from gateway.service.setup.rehearse import authorize_configured, authorize_keys, played_of
    from gateway.settings import SAMPLES_SHIPPED
    from gateway.simulator.faults import all_planned
    from gateway.simulator.simulator import PARTNERS, Simulator

    wrong = all_planned(faults)
    settings = place.settings() if any((place.home / "partners").glob("*.toml")) else None
    played = played_of(settings) if settings is not None else PARTNERS
    if not played:
        raise click.UsageError(f"no partner in {place.home / 'partners'} is reached by sftp: nobody could call")
    home = state or place.home / "simulator"
    try:
        simulator = Simulator(
            home,
            world or SAMPLES_SHIPPED / "simulator",
            port=port,
            is_open=is_open,
            partners=played,
            scenario=scenario,
            faults=wrong,
            tell=say,
        )
    except OSError as taken:
        raise click.UsageError(f"port {port} cannot be used ({taken.strerror}); choose another with --port") from None
    if settings is None:
        authorize_keys(simulator, place.home / "keys")
    else:
        for name in authorize_configured(simulator, settings):
            say(
                f"partner {name} cannot log in: the simulator wants mailbox.key = file:..., and the public key beside it as .pub"
            )
    say(f"simulator: sftp on {simulator.host}:{simulator.port}, host key {simulator.fingerprint}")
    for name in simulator.partners:
        pin = f"partners trust {name} --fingerprint {simulator.fingerprint} --by NAME --reason rehearsal"
        say(f"  pin it: gateway --home {place.home} {pin}")
    for one in wrong:
        say(f"fault {one}")
    if scenario is not None:
        say(f"scenario {scenario.name}: the next round of answers comes out once a partner's outbox is empty")
    say("stop it with Ctrl-C; it goes on where it was when it is started again")
    simulator.serve_forever()
    return Status.DONE
