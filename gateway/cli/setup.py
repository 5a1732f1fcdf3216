"""gateway init, doctor"""

import click

from gateway.cli.face import show
from gateway.cli.face.place import Place
from gateway.cli.face.say import say
from gateway.cli.face.status import Status


@click.command(epilog="Example: gateway --home clinic init")
@show.json_option
@click.pass_obj
def init(place: Place, as_json: bool) -> int:
    """Make a home folder with a sample configuration and an empty ledger. What is there already stays as it is; an older ledger is upgraded."""
    from gateway.accounts import Right
    from gateway.service.setup.establish import found, is_older

    if is_older(place.home):
        place.admit(right=Right.RUN_LEDGER)
    made = found(place.home, place.clock("UTC"), told=lambda step: say(step, err=True))
    if as_json:
        show.as_object(home=made.home, written=made.written, practice=made.settings.practice.key, is_new=made.is_new)
        return Status.DONE
    say(f"home folder {made.home}: practice {made.settings.practice.key}, {made.settings.practice.name}")
    for name in made.written:
        say(f"  wrote {name}")
    say("next: put your own clinic into gateway.toml, your partners into partners/, your payers into payers/;")
    say(f"then: gateway --home {made.home} doctor")
    return Status.DONE


@click.command(epilog="Example: gateway doctor")
@show.json_option
@click.pass_obj
def doctor(place: Place, as_json: bool) -> int:
    """Check configuration, ledger, keys, disk and tables; say for each fault how to mend it."""
    from gateway.service.setup.doctor import Health, examine

    done = examine(place.home, place.clock("UTC"))
    if as_json:
        show.as_object(checks=done)
    else:
        for one in done:
            say(f"{one.health:5} {one.what}: {one.said}")
            if one.fix:
                say(f"      {one.fix}")
    if any(one.health is Health.BAD for one in done):
        return Status.NOT_READY
    return Status.NEEDS_A_PERSON if any(one.health is Health.LOOK for one in done) else Status.DONE
