"""The folder of a rehearsal: made, known again, and wiped for the next one, unless somebody has worked in it.

Its mark names the configuration it was made with, so that what a person changed, added or decided since is seen.
"""

import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from gateway.errors import GatewayError, UsageError
from gateway.ledger import events, migrate, open_ledger
from gateway.settings import load
from gateway.settings.checked import KEPT

ACTOR = "demo"
"""Who does what a rehearsal does, in its log."""
BILLER = "Ana Reyes"
"""The person who decides in a rehearsal."""

_MARK = ".gateway-demo"
_NOT_FOR_PATIENTS = (
    "This folder was made by `gateway demo`. It is wiped by the next demo unless somebody has worked in it, and not for "
    "real patients' records. The configuration that it was made with (SHA-256):\n"
)
_OURS = {"", ACTOR}
_LOG = "log"
_MADE = {_MARK, "clinic", "simulator"}
_MADE_AT_HOME = {
    "gateway.toml",
    "staff.toml",
    "waivers.toml",
    "instance.toml",
    KEPT,
    "partners",
    "payers",
    "policies",
    "keys",
    "spool",
}
_LEDGER = "gateway.db"
_PAGE = 1000


def make_room(folder: Path) -> None:
    """Wipe an earlier rehearsal and begin anew. Raises UsageError if the folder is not one of ours."""
    if folder.exists():
        if not (folder / _MARK).is_file() and any(folder.iterdir()):
            raise UsageError(
                f"{folder} holds something that is no earlier demo; nothing was touched; choose another --folder"
            )
        shutil.rmtree(folder)
    folder.mkdir(mode=0o700, parents=True)
    (folder / _MARK).write_text(_NOT_FOR_PATIENTS, encoding="utf-8")


def remember(folder: Path, home: Path, *, lines: int = 0) -> None:
    """Keep in the mark what the configuration is, and up to which line the log is the rehearsal's own, whoever acts in it."""
    kept = [f"{digest}  {name}\n" for name, digest in sorted(_configuration(home).items())]
    (folder / _MARK).write_text(_NOT_FOR_PATIENTS + "".join((*kept, f"{lines}  {_LOG}\n")), encoding="utf-8")


def require_untouched(folder: Path, home: Path) -> None:
    """Raise UsageError if somebody has worked in an earlier rehearsal: it would be wiped with what they did."""
    mark = folder / _MARK
    if not mark.is_file():
        return
    work = next(_work(mark, home), "")
    if work:
        raise UsageError(
            f"{folder} holds a demo in which somebody has worked: {work}; nothing was touched; choose another --folder, "
            "or say --wipe if it may go"
        )


def _work(mark: Path, home: Path) -> Iterator[str]:
    """Say what was done since: in the configuration, beside it, and in the ledger."""
    remembered = dict(line.split("  ", 1)[::-1] for line in mark.read_text(encoding="utf-8").splitlines()[1:])
    lines = int(remembered.pop(_LOG, "0"))
    found = _configuration(home)
    # A mark without names is of a demo that was stopped early, or of an earlier version.
    for name in sorted(remembered.keys() | found.keys()) if remembered else ():
        if remembered.get(name) != found.get(name):
            yield f"clinic/{name} was {'changed' if name in remembered and name in found else 'added or removed'}"
    for place, made in ((mark.parent, _MADE), (home, _MADE_AT_HOME)):
        for path in sorted(place.iterdir()) if place.is_dir() else ():
            if path.name not in made and not path.name.startswith(_LEDGER):
                yield f"{path.relative_to(mark.parent)} was added"
    if (home / _LEDGER).is_file():
        yield from _decided(home, lines)


def _configuration(home: Path) -> dict[str, str]:
    files = (*home.glob("*.toml"), *home.glob("partners/*"), *home.glob("payers/*"))
    return {
        str(path.relative_to(home)): sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.is_file() and path.name != "instance.toml"
    }


def _decided(home: Path, after: int) -> Iterator[str]:
    """Say the first line of the log, behind that one, that the rehearsal did not write, or why it cannot be read."""
    try:
        settings = load(home)
        ledger = open_ledger(settings.database_url)
    except GatewayError as unreadable:
        yield f"what it holds cannot be read ({unreadable})"
        return
    try:
        if migrate.current(ledger) is None:
            return  # stopped before there was anything
        migrate.require_newest(ledger)
        with ledger.reading() as tx:
            while page := events.read(tx, settings.practice.key, after=after, limit=_PAGE):
                after = page[-1].number
                for one in page:
                    if one.event.actor not in _OURS:
                        yield f"{one.event.kind} at {one.at:%Y-%m-%d %H:%M:%S} UTC"
    except GatewayError as unreadable:
        yield f"its ledger cannot be read ({unreadable})"
    finally:
        ledger.close()
