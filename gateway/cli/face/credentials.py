"""What somebody at the command line shows of themselves: a key from the environment, an agent or a file, and the machine's user."""

import os
import shlex
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway.cli.face.say import asked_unseen
from gateway.errors import ConfigError

if TYPE_CHECKING:
    from gateway.accounts import Account
    from gateway.service.accounts.known import Offered
    from gateway.service.office import Office

_KEY: Final = "GATEWAY_KEY"
_COMMAND: Final = "GATEWAY_KEY_COMMAND"
_FILE: Final = "GATEWAY_KEY_FILE"
_SECOND: Final = "GATEWAY_SECOND_KEY"
_WAITS: Final = 30
"""Seconds that an agent may take: it may ask a person."""


def offered(environment: Mapping[str, str] = os.environ) -> "Offered":
    """Give the key that is at hand, and the user of the machine. Raises ConfigError if it is named and cannot be had."""
    from gateway.service.accounts.known import Offered

    return Offered(key=_key(environment), os_user=_os_user())


def second_account(office: "Office", name: str) -> "Account | None":
    """Give the account of the second of two people, by their own key; None where the practice has no accounts.

    Raises NotAllowed if the key is not theirs, or their account has not the right that is needed here.
    """
    from gateway.accounts import Right
    from gateway.errors import NotAllowed
    from gateway.service.accounts.known import of_key, require

    if office.account is None:
        return None
    key = os.environ.get(_SECOND, "") or asked_unseen(f"key of {name}")
    with office.ledger.reading() as tx:
        account = of_key(tx, office.practice.key, key)
    if account.name != name:
        raise NotAllowed(f"that key is not {name}'s; nothing was changed")
    require(account, Right.DECIDE_FILES)
    return account


def _key(environment: Mapping[str, str]) -> str:
    if environment.get(_KEY):
        return environment[_KEY].strip()
    if environment.get(_COMMAND):
        return _of_agent(environment[_COMMAND])
    if environment.get(_FILE):
        return read_key(Path(environment[_FILE]))
    usual = Path(environment.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "gateway" / "key"
    return read_key(usual) if usual.is_file() else ""


def read_key(path: Path) -> str:
    """Read a key from a file that nobody else can read. Raises ConfigError, without a word of what is in it."""
    try:
        with path.open(encoding="ascii") as file:
            seen = os.fstat(file.fileno())
            if seen.st_uid != os.geteuid() or stat.S_IMODE(seen.st_mode) & 0o077:
                raise ConfigError(
                    f"{path}: others can read this key; make it yours alone: chmod 600 {shlex.quote(str(path))}"
                )
            return file.readline().strip()
    except (OSError, UnicodeError) as fault:
        raise ConfigError(f"{path}: the key cannot be read ({type(fault).__name__})") from None


def _of_agent(command: str) -> str:
    """Ask a program that keeps the key, such as a password manager, for its first line."""
    import subprocess

    try:
        told = subprocess.run(shlex.split(command), stdout=subprocess.PIPE, timeout=_WAITS, check=True, text=True)  # noqa: S603 the person's own setting
    except (OSError, ValueError, subprocess.SubprocessError) as fault:
        raise ConfigError(f"{_COMMAND}: it gave no key ({type(fault).__name__}); run it by hand to see why") from None
    return told.stdout.split("\n", 1)[0].strip()


def _os_user() -> str:
    """Give the name of the user that this process runs as: by its number, never by what the environment says."""
    import pwd

    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return ""
