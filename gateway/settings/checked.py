"""The configuration as it was last checked, kept so that an unchanged one is read without being checked anew.

Checking costs more than most commands: the checker has to be loaded first. So what was found good is kept in the home
folder, under a digest of every configuration file, of the code that reads them, and of the folder's path. It is believed only if
that digest is still the same, if it is whole, and if nobody but the owner can have written it; on any doubt everything
is read and checked. It holds no secret: the ledger's address, which may hold a password, is never kept but read anew.
"""

import os
import stat
import tomllib
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gateway import __version__
from gateway.document import parsed, reader_of, written
from gateway.settings.place import CONFIG_SHIPPED
from gateway.settings.values import Settings, database_url

if TYPE_CHECKING:
    from collections.abc import Callable

KEPT: Final = ".settings-checked.json"
PREFIX: Final = "gateway_"
FROM_ENVIRONMENT: Final = ("environment", "database", "practice", "unknown_payer", "schedule", "still_holds")
"""What of gateway.toml the environment can override: its keys at the top."""
_ADDRESS: Final = "gateway_database__url"
_NOT_KEPT: Final = ("home", "database_url")
_CODE: Final = (
    "settings/documents.py",
    "settings/read.py",
    "settings/values.py",
    "partner.py",
    "payer.py",
    "people.py",
    "policy.py",
    "timetable.py",
    "visit.py",
)
_OPTIONAL: Final = ("staff.toml", "waivers.toml")
_PACKAGE: Final = Path(__file__).parent.parent


def load(home: Path) -> Settings:
    """Read the configuration below `home`; one that is unchanged since it was checked is not checked again.

    Raises ConfigError naming every fault of a file with its key and what is wanted.
    """
    overridden = _overridden()
    digest = _digest(home) if overridden <= {_ADDRESS} else ""
    kept = _kept(home, digest) if digest else None
    if kept is not None:
        return kept
    from gateway.settings.read import read_whole  # noqa: PLC0415 it loads the checker, which is what is saved here

    settings = read_whole(home)
    # A file that somebody changes meanwhile may not be the one that was checked.
    if digest and digest == _digest(home):
        _keep(home, digest, settings)
    return settings


def _overridden() -> set[str]:
    """Name the settings that the environment overrides, in lower case as they are compared."""
    given = (name.lower() for name, value in os.environ.items() if value)
    return {
        name
        for name in given
        if name.startswith(PREFIX) and name.removeprefix(PREFIX).partition("__")[0] in FROM_ENVIRONMENT
    }


def _digest(home: Path) -> str:
    """Give 64 hex digits that change with whatever decides what is read; empty if that cannot be told."""
    folders = (sorted((home / folder).glob("*.toml")) for folder in ("partners", "payers", "policies"))
    files = [
        home / "gateway.toml",
        *(home / name for name in _OPTIONAL),
        *(path for folder in folders for path in folder),
    ]
    digest = sha256(f"{__version__}\n{home}\n".encode(errors="surrogateescape"))
    try:
        for path in (*files, *(_PACKAGE / name for name in _CODE), *sorted((_PACKAGE / "scrub").glob("*.py"))):
            if path.name in _OPTIONAL and not path.is_file():
                continue
            content = path.read_bytes()
            digest.update(f"{path.parent.name}/{path.name} {len(content)}\n".encode(errors="surrogateescape"))
            digest.update(content)
    except OSError:
        return ""
    return digest.hexdigest()


def _kept(home: Path, digest: str) -> Settings | None:
    """Give what was kept under this digest; None if there is none that can be believed."""
    if not _is_ours_alone(home):
        return None
    try:
        descriptor = os.open(home / KEPT, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as opened:
            if not _is_private(os.fstat(descriptor), stat.S_ISREG):
                return None
            head, _, body = opened.read().partition(b"\n")
        if head.decode() != f"{digest} {sha256(body).hexdigest()}":
            return None
        facts: dict[str, Any] = parsed(body)
        return reader_of(Settings)({**facts, "home": home, "database_url": _address(home)})
    except (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError):
        return None


def _keep(home: Path, digest: str, settings: Settings) -> None:
    """Keep what was checked, in one piece. Where that cannot be written the next command checks again."""
    if not _is_ours_alone(home):
        return
    facts: dict[str, Any] = parsed(written(settings))
    body = written({name: fact for name, fact in facts.items() if name not in _NOT_KEPT})
    beside = home / f"{KEPT}.new"
    with suppress(OSError):
        # One name for all: what a killed command left is written over, and of two at once the digest tells a torn one.
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(beside, flags, 0o600), "wb") as opened:
            opened.write(f"{digest} {sha256(body).hexdigest()}\n".encode() + body)
        beside.replace(home / KEPT)


def _address(home: Path) -> str:
    """Give the ledger's address: of the environment, else of the file, which was checked and is unchanged."""
    given = [value for name, value in os.environ.items() if name.lower() == _ADDRESS and value]
    if given:
        return given[-1]
    document = tomllib.loads((home / "gateway.toml").read_text(encoding="utf-8"))
    return database_url(document.get("database", {}).get("url", ""), home)


def _is_ours_alone(home: Path) -> bool:
    """Tell whether nobody else can put a file into the home folder. The configuration that we ship is no home."""
    try:
        return home != CONFIG_SHIPPED and _is_private(home.stat(), stat.S_ISDIR)
    except OSError:
        return False


def _is_private(seen: os.stat_result, is_kind: "Callable[[int], bool]") -> bool:
    return is_kind(seen.st_mode) and seen.st_uid == os.geteuid() and not seen.st_mode & 0o077
