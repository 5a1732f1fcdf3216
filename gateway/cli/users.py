"""gateway users"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.accounts import RIGHTS, Role
from gateway.cli.face import show
from gateway.cli.face.place import Place
from gateway.cli.face.say import say
from gateway.cli.face.status import Status

if TYPE_CHECKING:
    from gateway.accounts import Account

_ROLES = click.Choice([role.value for role in Role])
_key_file = click.option(
    "--key-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the key into this new file, readable by you alone, instead of showing it.",
)


class _Dollars(click.ParamType[Decimal]):
    name = "dollars"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        from gateway.money import dollars

        try:
            return value if isinstance(value, Decimal) else dollars(str(value))
        except ValueError:
            self.fail("want dollars, such as 250 or 250.00", param, ctx)


@click.group()
def users() -> None:
    """Accounts: add, list, change, disable, rotate. Once there is one, every command asks who is there."""


@users.command(
    "add",
    epilog="Example: gateway users add ana --person 'Ana Reyes' --role biller --limit 250 --by admin --reason 'new biller'",
)
@click.argument("name")
@click.option("--person", required=True, help="Whose account it is: it stands beside what they decide.")
@click.option("--role", "roles", multiple=True, required=True, type=_ROLES, help="What they do here; may be repeated.")
@click.option("--os-user", default="", help="User of this machine who is this account without a key.")
@click.option(
    "--limit", type=_Dollars(), default=None, help="Dollars that they may decide at once; left out: no limit."
)
@click.option("--no-key", is_flag=True, help="Make no key: only --os-user lets them in.")
@_key_file
@show.decided
@click.pass_obj
def add(
    place: Place,
    name: str,
    person: str,
    roles: tuple[str, ...],
    os_user: str,
    limit: Decimal | None,
    no_key: bool,
    key_file: Path | None,
    by: str,
    reason: str,
) -> int:
    """Make an account, and its personal key. The first one has to be an admin's; from then on nobody works without one."""
    from gateway.service.accounts.manage import NewAccount
    from gateway.service.accounts.manage import add as make

    if no_key and key_file:
        raise click.UsageError("--no-key and --key-file contradict each other")
    new = NewAccount(
        name=name, person=person, roles=frozenset(map(Role, roles)), os_user=os_user, limit=limit, key=not no_key
    )
    with place.office(actor=by) as office, _kept_in(key_file) as keep:
        make(office, new, reason=reason, keep=keep)
    say(f"account {name} is made: {', '.join(sorted(roles))}")
    return Status.DONE


@users.command("list", epilog="Example: gateway users list")
@show.json_option
@click.pass_obj
def list_(place: Place, as_json: bool) -> int:
    """List the accounts with their roles, limits and how they are known; and what each role may do."""
    from gateway.service.accounts.manage import listed

    with place.office() as office:
        found = listed(office)
    if as_json:
        show.as_object(accounts=[_as_json(one) for one in found], roles={role: sorted(RIGHTS[role]) for role in Role})
        return Status.DONE
    show.table(
        ["account", "person", "roles", "limit", "os user", "since", "disabled"],
        [
            (
                one.name,
                one.person,
                " ".join(sorted(one.roles)),
                "" if one.limit is None else str(one.limit),
                one.os_user,
                f"{one.created_at:%Y-%m-%d}",
                f"{one.disabled_at:%Y-%m-%d}" if one.disabled_at else "",
            )
            for one in found
        ],
        empty="no accounts: whoever can run commands here may do everything, and --by is what they type",
    )
    if found:
        for role in Role:
            say(f"{role}: {', '.join(sorted(RIGHTS[role]))}")
    return Status.DONE


@users.command(
    "change",
    epilog="Example: gateway users change ana --role biller --role practice-manager --by admin --reason 'runs the office now'",
)
@click.argument("name")
@click.option("--person", default=None, help="Another name of the same person.")
@click.option("--role", "roles", multiple=True, type=_ROLES, help="What they do here from now on; may be repeated.")
@click.option("--limit", type=_Dollars(), default=None, help="Dollars that they may decide at once.")
@click.option("--no-limit", is_flag=True, help="Let them decide any amount.")
@click.option("--os-user", default=None, help="User of this machine who is this account without a key; '' for none.")
@show.decided
@click.pass_obj
def change(
    place: Place,
    name: str,
    person: str | None,
    roles: tuple[str, ...],
    limit: Decimal | None,
    no_limit: bool,
    os_user: str | None,
    by: str,
    reason: str,
) -> int:
    """Give an account other roles, another limit or another user of the machine. What is left out stays; so does the key."""
    from gateway.service.accounts.manage import Change
    from gateway.service.accounts.manage import change as run

    if no_limit and limit is not None:
        raise click.UsageError("--limit and --no-limit contradict each other")
    wanted = Change(
        person=person,
        roles=frozenset(map(Role, roles)) or None,
        os_user=os_user,
        limit=limit,
        no_limit=no_limit,
    )
    with place.office(actor=by) as office:
        after = run(office, name, wanted, reason=reason)
    up_to = "any amount" if after.limit is None else f"up to {after.limit} dollars"
    say(f"account {name} is changed: {', '.join(sorted(after.roles))}; decides {up_to}")
    return Status.DONE


@users.command("disable", epilog="Example: gateway users disable ana --by admin --reason 'left the practice'")
@click.argument("name")
@show.decided
@click.pass_obj
def disable(place: Place, name: str, by: str, reason: str) -> int:
    """Let nobody in under an account any more. What was decided under it stays, and the name is never given again."""
    from gateway.service.accounts.manage import disable as end

    with place.office(actor=by) as office:
        end(office, name, reason=reason)
    say(f"account {name} is disabled")
    return Status.DONE


@users.command("rotate", epilog="Example: gateway users rotate ana --by admin --reason 'her laptop was lost'")
@click.argument("name")
@_key_file
@show.decided
@click.pass_obj
def rotate(place: Place, name: str, key_file: Path | None, by: str, reason: str) -> int:
    """Give an account another key; the one before is worth nothing from now on."""
    from gateway.service.accounts.manage import rotate as renew

    with place.office(actor=by) as office, _kept_in(key_file) as keep:
        renew(office, name, reason=reason, keep=keep)
    say(f"account {name} has another key; the one before lets nobody in any more")
    return Status.DONE


@contextmanager
def _kept_in(path: Path | None) -> Iterator[Callable[[str], None]]:
    """Give what hands a key out: into a new file, which is opened before there is a key, or onto the screen.

    The file is gone again if the account was not made after all.
    """
    from gateway.service.files.new_file import new_file

    if path is None:
        yield _shown
        return
    with new_file(path) as file:

        def keep(key: str) -> None:
            file.write(f"{key}\n".encode())
            file.flush()
            os.fsync(file.fileno())
            say(f"its key is in {path}: put it to ~/.config/gateway/key of that person, or name it in GATEWAY_KEY_FILE")

        try:
            yield keep
        except BaseException:
            path.unlink()
            raise


def _shown(key: str) -> None:
    say("its key, shown this once and kept nowhere:", f"  {key}")
    say("put it into ~/.config/gateway/key of that person (chmod 600), or into GATEWAY_KEY")


def _as_json(one: "Account") -> dict[str, object]:
    return {
        "name": one.name,
        "person": one.person,
        "roles": sorted(one.roles),
        "os_user": one.os_user,
        "limit": one.limit,
        "created_at": one.created_at,
        "disabled_at": one.disabled_at,
    }
