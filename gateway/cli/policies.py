"""gateway policies"""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from gateway.cli.face import show
from gateway.cli.face.place import Place
from gateway.cli.face.say import say
from gateway.cli.face.status import Status

if TYPE_CHECKING:
    from gateway.payer import Payer
    from gateway.policy import Policy
    from gateway.settings import Settings


@click.group()
def policies() -> None:
    """What payers, programs and states say of a procedure: list, explain."""


@policies.command("list", epilog="Example: gateway policies list")
@show.json_option
@click.pass_obj
def list_(place: Place, as_json: bool) -> int:
    """List every policy: for which codes, whom it binds, and how well it is known."""
    found = place.settings().policies
    if as_json:
        show.as_object(policies=found)
        return Status.DONE
    show.table(
        ["policy", "codes", "binds", "states", "known by", "says"],
        [(one.id, " ".join(one.codes), _binds(one), " ".join(one.states), one.confidence, one.says) for one in found],
        empty="no policies; see policies/ in the home folder",
    )
    return Status.DONE


@policies.command("explain", epilog="Example: gateway policies explain 97124 --payer MCRB1 --state FL")
@click.argument("code")
@click.option("--payer", required=True, help="The payer's id.")
@click.option(
    "--state", default="", help="Where the service is given, such as FL; the practice's own state if left out."
)
@click.option(
    "--on", type=click.DateTime(formats=["%Y-%m-%d"]), default=None, help="Day of service; today if left out."
)
@show.json_option
@click.pass_obj
def explain(place: Place, code: str, payer: str, state: str, on: datetime | None, as_json: bool) -> int:
    """Tell which policies bind a procedure for a payer in a state, what each wants, and where it is written."""
    settings = place.settings()
    policy, where = settings.payer(payer.upper()), state.upper() or settings.practice.billing.address.state
    day = on.date() if on is not None else place.clock(settings.practice.zone).today()
    bound = [one for one in settings.policies if one.binds(code.upper(), policy, where, day)]
    if as_json:
        show.as_object(
            code=code.upper(),
            payer=policy.id,
            state=where,
            day=day,
            policies=bound,
            patterns=_patterns(settings, code),
            own_file=_own_file(policy, code.upper()),
        )
        return Status.DONE
    say(f"{code.upper()} for {policy.name} ({policy.program}) in {where} on {day}:")
    for one in bound:
        _say_policy(one)
    if not any(one.says_when_covered for one in bound):
        say("  when it is covered: no policy of this payer, its program or the state is known")
        patterns = _patterns(settings, code)
        if patterns:
            say("  what other payers often say; it binds nobody until policies/ gives it your payer's id:")
        for one in patterns:
            _say_policy(one)
    own = _own_file(policy, code.upper())
    say(
        "  what the payer's own settings say of it (payers/*.toml, else the defaults):"
        if own
        else "  the payer's own settings say nothing of it"
    )
    for said in own:
        say(f"    {said}")
    return Status.DONE


def _patterns(settings: "Settings", code: str) -> list["Policy"]:
    return [one for one in settings.policies if one.is_pattern and code.upper() in one.codes]


def _say_policy(one: "Policy") -> None:
    say(f"  {one.id}: {one.says}")
    for asked in _asks(one):
        say(f"    {asked}")
    holds = "may hold a claim" if one.confidence == "published" else "only warns"
    say(f"    {one.confidence}, {holds}: {one.source}")


def _own_file(payer: "Payer", code: str) -> list[str]:
    """Say those settings of a payer that decide whether a procedure is paid."""
    told = [
        ("massage therapists are not paid, whatever they give", not payer.pays_massage_therapists),
        ("a plan of care is wanted", payer.wants_plan_of_care),
        ("an authorization is wanted", payer.wants_authorization),
        ("care for wellness alone is excluded", payer.excludes_wellness),
        (f"{code} is excluded", code in payer.excluded_codes),
    ]
    return [said for said, is_so in told if is_so]


def _binds(one: "Policy") -> str:
    return "nobody (a pattern)" if one.is_pattern else " ".join((*one.programs, *one.payers))


def _asks(one: "Policy") -> list[str]:
    """Say a policy's conditions, each in a line."""
    if not one.covered:
        return ["not covered" + "".join(f": {said}" for said in ["; ".join(one.excludes)] if said)]
    asked = [
        ("given by: " + ", ".join(one.given_by), bool(one.given_by)),
        ("not given by: " + ", ".join(one.not_given_by), bool(one.not_given_by)),
        ("only beside another procedure of the day", one.beside_another),
        ("with a prescription", one.prescription),
        ("under a plan of care", one.plan),
        ("with an authorization", one.authorization),
        (f"at most {one.units_max} units a day", one.units_max is not None),
        (f"at most {one.visits_max} visits a year", one.visits_max is not None),
        ("diagnoses named: " + " ".join(one.supporting), bool(one.supporting)),
        ("diagnoses that do not support it alone: " + " ".join(one.not_alone), bool(one.not_alone)),
        ("not covered: " + "; ".join(one.excludes), bool(one.excludes)),
    ]
    return [said for said, is_asked in asked if is_asked]
