"""A rehearsal: the whole way of a clinic's visits, against a simulated clearinghouse, in a folder of its own.

Each step is the very use case that a clinic calls; the only things made up are the partners, who are played by the
simulator over real SFTP on 127.0.0.1. Killed anywhere, the steps can be called again by hand and end the same.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

import tomlkit

from gateway.clock import Clock
from gateway.ledger import claims, open_ledger
from gateway.ledger.denials import StoredDenial
from gateway.lifecycle import ClaimState
from gateway.partner import MailboxKind, TradingPartner
from gateway.service.inbound.collect import Collected, collect
from gateway.service.inbound.outcome import Posted
from gateway.service.inbound.post import post
from gateway.service.money.reconcile import Reconciled, reconcile
from gateway.service.office import Office
from gateway.service.outbound.batch import Sealed, seal_batches
from gateway.service.outbound.deliver import Round, deliver
from gateway.service.partners.host_keys import mailbox_of
from gateway.service.setup.establish import register, write_configuration
from gateway.service.setup.rehearsal_folder import ACTOR, make_room, remember
from gateway.service.views.claims import ClaimShown, claim_shown
from gateway.service.views.denials import DENIALS
from gateway.service.views.lists import Request, rows
from gateway.service.visits.import_visits import TakenIn, take_in
from gateway.service.visits.scrub import Scrubbed, scrub_visits
from gateway.settings import SAMPLES_SHIPPED, Settings, load
from gateway.simulator.keys import make_key_pair
from gateway.simulator.played import Played
from gateway.simulator.simulator import Simulator

SAMPLE_TODAY = date(2026, 11, 16)
"""The day of the sample visits, so that they do not age."""

_PAGE = 1000


class Telling(Protocol):
    """Somebody who is told how the rehearsal goes, step by step."""

    def step(self, what: str) -> None:
        """A step begins."""

    def taken_in(self, outcome: TakenIn) -> None:
        """Visits were taken in."""

    def scrubbed(self, outcome: tuple[Scrubbed, ...]) -> None:
        """Visits were scrubbed."""

    def sealed(self, outcome: Sealed) -> None:
        """Files were sealed."""

    def delivered(self, outcome: tuple[Round, ...]) -> None:
        """Files were delivered."""

    def collected(self, outcome: tuple[Collected, ...]) -> None:
        """Answers were fetched."""

    def posted(self, outcome: tuple[Posted, ...]) -> None:
        """Answers were posted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """How it ended. `unanswered` counts claims that no answer came for; the lists are for the story."""

    reconciled: Reconciled
    unanswered: int
    rejected: tuple[ClaimShown, ...]
    denials: tuple[StoredDenial, ...]
    home: Path
    today: date


def home_in(folder: Path) -> Path:
    """Give the home folder of the clinic in a rehearsal's folder."""
    return folder / "clinic"


def rehearse(
    folder: Path,
    visits: Path | None,
    *,
    pinned: date | None,
    clock: Callable[[str], Clock],
    tell: Telling,
) -> Rehearsed:
    """Play the whole way in `folder`, with the sample visits or a file of somebody's own.

    Raises UsageError if the folder holds anything but an earlier rehearsal, and whatever the steps raise.
    """
    home = home_in(folder)
    source = visits or SAMPLES_SHIPPED / "visits" / "clinic.json"
    with stage(folder, is_open=visits is not None, tell=tell.step) as simulator:
        settings = load(home)
        today = pinned or (SAMPLE_TODAY if visits is None else clock(settings.practice.zone).today())
        at_work = Clock(read=clock("UTC").read, zone=clock(settings.practice.zone).zone, pinned=today)
        register(settings, at_work)
        ledger = open_ledger(settings.database_url)
        try:
            office = Office(ledger=ledger, settings=settings, clock=at_work, actor=ACTOR)
            _play(office, simulator, source, tell)
            return _ended(office, home, today)
        finally:
            ledger.close()


@contextmanager
def stage(
    folder: Path, *, is_open: bool, scenario: Path | None = None, tell: Callable[[str], None]
) -> Iterator[Simulator]:
    """Make a clinic's home and its keys in a folder of ours, and play its partners while the context lasts.

    Raises UsageError if the folder holds anything but an earlier rehearsal.
    """
    home = home_in(folder)
    tell(f"making a clinic, its ledger and its keys in {folder}")
    make_room(folder)
    write_configuration(home)
    world = SAMPLES_SHIPPED / "simulator"
    with Simulator(folder / "simulator", world, is_open=is_open, scenario=scenario) as simulator:
        tell(f"starting a clearinghouse and payers on 127.0.0.1:{simulator.port} (SFTP, host key pinned)")
        authorize_keys(simulator, home / "keys")
        for name in simulator.partners:
            _point(home / "partners" / f"{name}.toml", simulator.port, simulator.fingerprint)
        remember(folder, home)
        yield simulator


def authorize_keys(simulator: Simulator, keys: Path) -> None:
    """Let the simulator's partners be reached with the keys in a folder; a partner without a key gets one."""
    for name in simulator.partners:
        _authorize(simulator, name, keys / name)


def authorize_configured(simulator: Simulator, settings: Settings) -> tuple[str, ...]:
    """Let each partner be reached with the key that its configuration names; one that is not there is made.

    Give the partners that cannot log in: the simulator takes keys alone, and wants the public one beside the private.
    """
    without: list[str] = []
    for name in simulator.partners:
        kind, _, path = settings.partners[name].mailbox.key.partition(":")
        private = Path(path)
        if kind != "file" or (private.exists() and not _public(private).is_file()):
            without.append(name)
        else:
            _authorize(simulator, name, private)
    return tuple(without)


def played_of(settings: Settings) -> tuple[Played, ...]:
    """Give the partners of a home that are reached by SFTP, as they are called there. Raises ConfigError."""
    return tuple(_played(one) for one in settings.partners.values() if one.mailbox.kind is MailboxKind.SFTP)


def _played(one: TradingPartner) -> Played:
    box = one.mailbox

    def placed(folder: str) -> str:
        return f"{box.root}/{folder}" if folder else ""

    return Played.of(
        one.name,
        box.user,
        uploads=placed(box.outbound),
        answers=placed(box.inbound),
        archive=placed(box.archive),
        writes=placed(box.temporary_folder),
    )


def _authorize(simulator: Simulator, name: str, private: Path) -> None:
    public = _public(private)
    line = public.read_text(encoding="ascii") if public.is_file() else make_key_pair(private)
    simulator.authorize(name, line)


def _public(private: Path) -> Path:
    return private.with_name(f"{private.name}.pub")


def _play(office: Office, simulator: Simulator, source: Path, tell: Telling) -> None:
    tell.step(f"taking in the visits of {source.name}")
    tell.taken_in(take_in(office, source.name, source.read_bytes()))
    tell.step("checking every visit against the documentation and billing rules")
    tell.scrubbed(scrub_visits(office))
    tell.step("writing the clean claims as 837P files; each is judged before it is sealed")
    tell.sealed(seal_batches(office))
    tell.step("delivering the files over SFTP")
    tell.delivered(deliver(office, mailbox_of))
    tell.step("waiting for the clearinghouse and the payers")
    # The simulator wakes by itself; asking it makes sure that it is done before we fetch.
    simulator.process_now()
    tell.step("fetching their answers")
    tell.collected(collect(office, mailbox_of))
    tell.step("posting acknowledgments and money")
    tell.posted(post(office))
    tell.step("checking that every claim and every cent is accounted for")


def _ended(office: Office, home: Path, today: date) -> Rehearsed:
    in_flight = (ClaimState.READY, ClaimState.SEALED, ClaimState.SENT, ClaimState.RECEIVED, ClaimState.ACCEPTED)
    with office.ledger.reading() as tx:
        waiting = claims.current(tx, office.practice.key, states=in_flight, limit=_PAGE)
        refused = claims.current(tx, office.practice.key, states=(ClaimState.REJECTED,), limit=_PAGE)
    return Rehearsed(
        reconciled=reconcile(office),
        unanswered=len(waiting),
        rejected=tuple(claim_shown(office, one.pcn) for one in refused),
        denials=rows(office, DENIALS, Request(limit=_PAGE)).rows,
        home=home,
        today=today,
    )


def _point(path: Path, port: int, fingerprint: str) -> None:
    """Point a partner's configuration at the simulator; comments and order stay as they are."""
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    document["mailbox"]["port"] = port
    document["mailbox"]["host_keys"] = [fingerprint]
    path.write_text(tomlkit.dumps(document), encoding="utf-8")
