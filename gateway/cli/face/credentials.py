"""What somebody at the command line shows of themselves: a key from the environment, an agent or a file, and the machine's user."""

import os
import shlex
import stat
import sys
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

    Raises NotAllowed if the key is not theirs, or their account has not the right that is needed here; UsageError if there
    is no key, and nobody to ask for it.
    """
    from gateway.accounts import Right
    from gateway.errors import NotAllowed
    from gateway.service.accounts.known import of_key, require

    if office.account is None:
        return None
    key = os.environ.get(_SECOND, "").strip() or _typed(name)
    with office.ledger.reading() as tx:
        account = of_key(tx, office.practice.key, key)
    if account.name != name:
        raise NotAllowed(f"that key is not {name}'s; nothing was changed")
    require(account, Right.DECIDE_FILES)
    return account


def _typed(name: str) -> str:
    from gateway.errors import UsageError

    if not sys.stdin.isatty():
        raise UsageError(f"the key of {name} is asked for, and nobody can type it here: put it into {_SECOND}")
    return asked_unseen(f"key of {name}")


def _key(environment: Mapping[str, str]) -> str:
    """Give the key that is at hand, empty where none is. A way that is named has to give one: else another would be tried."""
    for name, given in ((_KEY, str), (_COMMAND, _of_agent), (_FILE, read_key)):
        if name in environment:
            key = given(environment[name]).strip()
            if not key:
                raise ConfigError(f"{name} is set, and gives no key; take it away, or let it give yours")
            return key
    usual = _usual_file(environment)
    return read_key(usual) if usual is not None and usual.is_file() else ""


def _usual_file(environment: Mapping[str, str]) -> Path | None:
    """Give where a person's key is kept, or None: not everybody on a machine has a home folder."""
    try:
        folder = Path(environment.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    except RuntimeError:
        return None
    return folder / "gateway" / "key"


def read_key(path: str | Path) -> str:
    """Read a key from a file that nobody else can read. Raises ConfigError, without a word of what is in it."""
    try:
        # A pipe in its place would wait for somebody to write.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, encoding="ascii") as file:  # noqa: PTH123 it is open already
            seen = os.fstat(descriptor)
            if not stat.S_ISREG(seen.st_mode):
                raise ConfigError(f"{path}: is no file; a key is the first line of one")
            if seen.st_uid != os.geteuid():
                raise ConfigError(f"{path}: this key's file is another user's; name your own in {_FILE}")
            if stat.S_IMODE(seen.st_mode) & 0o077:
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
