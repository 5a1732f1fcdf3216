"""Whether this is the ledger that the home folder has worked with, and nothing is missing at its end.

The home holds a marker, `instance.toml`: which ledger, in which epoch, in which file, and how far its log and its control
numbers had come when the last command ended. A ledger that does not agree with it was restored, copied, moved or
rewound. It could send what was sent before and give out numbers again, so it is held: looking works, numbering and
sending do not, until `gateway reconcile` has led a person through (gateway/service/recovery/recover.py).
"""

import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gateway.errors import ConfigError
from gateway.ledger import Ledger, events, instance, migrate, numbers
from gateway.ledger.leftovers import draft
from gateway.ledger.lock import AtWork
from gateway.ledger.numbers import Number
from gateway.service.identity.giving_way import GivingWay
from gateway.service.office import Office

_NAME = "instance.toml"
_SAYS = (
    "Written by the gateway: which ledger this home folder works with, and how far it had come.",
    "Do not copy it to another home folder, and do not put an older one back.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """What the home folder remembers of its ledger.

    file     inode of an SQLite ledger, 0 for PostgreSQL
    events   the last line of the log
    numbers  the last control number of each kind and partner
    """

    instance: str
    epoch: int
    file: int
    events: int
    numbers: dict[tuple[str, str], Number]


def read_marker(home: Path) -> Marker | None:
    """Read the marker; None if the home has none. Raises ConfigError if it is not as we wrote it."""
    path = home / _NAME
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
        kept = {tuple(name.split("/", 1)): Number(*map(int, pair)) for name, pair in written["numbers"].items()}
        return Marker(
            instance=str(written["instance"]),
            epoch=int(written["epoch"]),
            file=int(written["file"]),
            events=int(written["events"]),
            numbers={(kind, partner): number for (kind, partner), number in kept.items()},
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as fault:
        raise ConfigError(
            f"{path}: cannot be read ({type(fault).__name__}); it says which ledger this home works with; move it away, "
            "and the ledger is held until it is released (gateway reconcile)"
        ) from None


def write_marker(home: Path, marker: Marker) -> None:
    """Write the marker in one piece and onto the disk. Raises ConfigError if the home cannot be written."""
    import tomlkit  # noqa: PLC0415 a command that changed nothing writes no marker

    document = tomlkit.document()
    for line in _SAYS:
        document.add(tomlkit.comment(line))
    for name in ("instance", "epoch", "file", "events"):
        document[name] = getattr(marker, name)
    known = sorted(marker.numbers.items())
    document["numbers"] = {f"{kind}/{partner}": list(number) for (kind, partner), number in known}
    path = home / _NAME
    try:
        with draft(path) as (written, descriptor):
            with open(descriptor, "wb", closefd=False) as opened:
                opened.write(tomlkit.dumps(document).encode())
            os.fsync(descriptor)
            written.replace(path)
    except OSError as refused:
        raise ConfigError(f"{path}: cannot be written ({refused.strerror}); what was done stays done") from None


def settle_in(ledger: Ledger, home: Path, practice: str, *, is_new: bool) -> None:
    """Bind a ledger that has no place yet to this one, and let the home remember it.

    A practice that is new in a ledger has sent nothing from it: its home may begin to work with a ledger that is where
    it belongs and not held. Everything else stays as it is, and is held if it does not agree.
    """
    place = instance.place_of(ledger)
    with ledger.writing() as tx:
        unbound = not instance.read(tx).place
        instance.bind(tx, place)
        row = instance.read(tx)
    may_begin = unbound or (is_new and row.place == place and not row.held)
    if may_begin and read_marker(home) is None:
        write_marker(home, _head(ledger, practice))


def why_held(ledger: Ledger, home: Path, practice: str) -> str:
    """Say why the ledger must not number or send; empty if it may."""
    marker, head = read_marker(home), _head(ledger, practice)
    with ledger.reading() as tx:
        row = instance.read(tx)
    if row.held:
        return row.held
    if row.place != instance.place_of(ledger):
        return "it was restored, copied or moved: it is not where it last worked"
    if marker is None:
        return f"this home folder has not worked with it before, or its {_NAME} was lost"
    return _disagreement(marker, head)


def _disagreement(marker: Marker, head: Marker) -> str:
    if (marker.instance, marker.epoch) != (head.instance, head.epoch):
        return f"this home folder's {_NAME} is about another ledger, or about another epoch of it"
    if marker.file != head.file:
        return "its file took another's place (restored, or copied back)"
    if marker.events > head.events:
        return f"its log ends at line {head.events}, and this home has seen line {marker.events}: the end is missing"
    if any(number > head.numbers.get(of, Number(1, 0)) for of, number in marker.numbers.items()):
        return "its control numbers are behind those that this home has seen"
    return ""


def require_its_tables(ledger: Ledger, home: Path) -> None:
    """Raise ConfigError if the ledger is empty and this home had one: it is gone, and not to be begun anew in silence."""
    if read_marker(home) is not None and migrate.current(ledger) is None:
        raise ConfigError(
            f"the ledger is empty, and this home folder had one ({_NAME}): it was truncated, deleted or replaced; nothing "
            f"was written; restore the newest backup (move the empty file away first), or move {home / _NAME} away to "
            "begin anew"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A ledger that was opened, and how work on it gives way to those who wait to work alone."""

    ledger: Ledger
    give_way: GivingWay


@contextmanager
def opened(ledger: Ledger, home: Path, practice: str, lock: AtWork | None = None) -> Iterator[Opened]:
    """Hand out a ledger whose lock is held; one that must not number or send is handed out as held.

    lock  that of a command at work beside others; without it nobody is let in between

    At the end the home remembers how far the ledger has come. Raises ConfigError.
    """
    why, give_way = why_held(ledger, home, practice), GivingWay(ledger, practice, lock)
    if why:
        yield Opened(ledger=instance.as_held(ledger, why), give_way=give_way)
        return
    try:
        yield Opened(ledger=ledger, give_way=give_way)
    finally:
        # Where nothing can be written, nothing came that would have to be remembered. And who stepped aside for another
        # one and could not come back knows no more what this ledger is: the other one has remembered it.
        if not ledger.look_only and not give_way.is_over:
            _remember(ledger, home, practice)


def remember(office: Office) -> None:
    """Let the home remember how far the ledger has come, before something happens that cannot be taken back.

    A journal that is lost after a crash is then noticed. A home without a marker (a rehearsal, a test) stays without.
    """
    _remember(office.ledger, office.settings.home, office.practice.key)


def require_released(office: Office) -> None:
    """Raise LedgerHeld if nothing may be numbered or sent; else let the home remember how far the ledger has come."""
    with office.ledger.reading() as tx:
        instance.require_released(tx)
    remember(office)


def forward(home: Path, ledger: Ledger, practice: str) -> None:
    """Let the home work with the ledger as it stands now: the last step of a release."""
    write_marker(home, _head(ledger, practice))


def _remember(ledger: Ledger, home: Path, practice: str) -> None:
    before = read_marker(home)
    if before is None:
        return
    now = _head(ledger, practice)
    # Of another ledger, or another epoch of it, only a release lets the home work with it.
    is_same = (now.instance, now.epoch, now.file) == (before.instance, before.epoch, before.file)
    if is_same and now != before and now.events >= before.events:
        write_marker(home, now)


def _head(ledger: Ledger, practice: str) -> Marker:
    """Give what a marker written now would say."""
    with ledger.reading() as tx:
        row = instance.read(tx)
        return Marker(
            instance=row.instance,
            epoch=row.epoch,
            file=instance.file_number(ledger),
            events=events.last_number(tx, practice),
            numbers=numbers.every(tx, practice),
        )
