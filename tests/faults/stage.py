"""Where the runs of a campaign take place: prepared ledgers, their copies, and folders of the partner."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from gateway.ledger import Ledger, open_ledger
from gateway.partner import MailboxAddress, Publish, TradingPartner
from gateway.service.office import Office
from gateway.service.outbound.batch import seal_batches
from tests.faults.ledgers import Databases, databases_at, prepare
from tests.faults.partner import PartnerFolder
from tests.faults.workers import (
    DONE,
    Doom,
    Ended,
    Work,
    Worker,
    gateway_work,
    living_work,
    naive_work,
    start,
    two_way_work,
    whole_work,
)
from tests.servers.postgres import Server
from tests.service import clinic

CLAIMS_PER_FILE = 2
CLAIMS = (2, 4, 6)
"""How many claims a prepared ledger may hold: in one, two and three files, of which the first is always the same."""
MANNERS: Final[Mapping[Publish, tuple[str, ...]]] = {
    Publish.AUTO: ("keeping", "greedy"),
    Publish.HARDLINK: ("keeping", "greedy"),
    Publish.DIRECT: ("keeping",),
}
"""The partners that each manner is tried at. Whoever takes what is still being written can only be sent to by rename or link."""
_COPY = "copy"
_WORK: dict[str, Work] = {
    "server": living_work,
    "resets": living_work,
    "syscalls": two_way_work,
    "disk": living_work,
    "postgres": living_work,
    "trace": whole_work,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """So many runs with one seed.

    kind          what befalls the gateway: see tests/faults/kinds.py
    database_url  an SQLite file, beside which ledgers are made, or a PostgreSQL database, on whose server they are
    mailbox       where the partner's SFTP server is; `root` is the folder of this machine in which its sessions begin,
                  `server` its process
    postgres      the server of the database, for a kind that strikes at it
    partners      one for each run, in turn: `keeping` keeps what it gets, `greedy` takes a file away the moment it has its
                  final name
    runs          how many; 0 is one at each place, for a kind that strikes at one after the other
    publish       the manner of delivery; by rename unless given
    naive         whether the control works instead of the gateway
    first         the number of the first run, for campaigns that are made in batches
    """

    kind: str = "kills"
    seed: int
    runs: int
    database_url: str
    mailbox: MailboxAddress
    root: Path
    server: int = 0
    postgres: Server | None = None
    partners: tuple[str, ...] = ("keeping", "greedy")
    publish: Publish = Publish.AUTO
    naive: bool = False
    progress: bool = False
    first: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A ledger to copy, its claims' control numbers, and what a worker that nothing befalls takes on it."""

    name: str
    pcns: tuple[str, ...]
    points: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run's place: a copy of a prepared ledger, and a folder of the partner that no other run uses.

    office  closed whenever somebody forks, so that no connection is inherited; what SQLAlchemy has compiled is

    A killed worker's last request may still be on its way when the next run begins: it must not meet the same names.
    """

    number: int
    prepared: Prepared
    office: Office
    partner: TradingPartner
    folder: PartnerFolder

    def through(self, port: int) -> "Run":
        """Reach the partner through another port."""
        partner = replace(self.partner, mailbox=replace(self.partner.mailbox, port=port))
        return replace(
            self,
            partner=partner,
            office=replace(self.office, settings=clinic.settings(partner, home=self.office.settings.home)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What all runs of a campaign share."""

    campaign: Campaign
    databases: Databases
    ledger: Ledger

    def placed(self, name: str, prepared: Prepared, number: int = 0) -> Run:
        place = f"{self.campaign.seed}/{name}"  # several campaigns may share a server, one after another
        folder = PartnerFolder(self.campaign.root / place / "outbound", self.campaign.root / place / "taken")
        folder.make()
        partner = self._partner(place)
        home = self.campaign.root / place / "home"  # where what is collected is spooled
        home.mkdir()
        settings = clinic.settings(partner, home=home)
        office = Office(ledger=self.ledger, settings=settings, clock=clinic.clock(), actor="crash")
        return Run(number=number, prepared=prepared, office=office, partner=partner, folder=folder)

    def copy(self, run: Run) -> None:
        self.databases.renew(run.prepared.name, _COPY)

    def start(self, run: Run, doom: Doom, *, gate: int | None = None) -> Worker:
        return start(self._work(), run.office, run.partner, doom, gate=gate)

    def wave(self, run: Run, dooms: tuple[Doom, ...]) -> list[Ended]:
        """Have workers work at once, each to its doom."""
        workers = [self.start(run, doom) for doom in dooms]
        return [worker.ended() for worker in workers]

    def ready(self, *, claims: int) -> Prepared:
        """Prepare a ledger whose claims are ready."""
        name = f"ready{claims}"
        return Prepared(name=name, pcns=prepare(self.databases, name, self._partner("nowhere"), claims=claims))

    def prepared(self, claims: int) -> Prepared:
        """Prepare a ledger, have what will be sealed from it judged, and see what a worker takes on a copy."""
        prepared = self.ready(claims=claims)
        run = self.placed(f"rehearsal{claims}", prepared)
        self.copy(run)
        sealed = seal_batches(run.office)
        self.ledger.close()
        assert (sealed.claims, sealed.unwritable) == (claims, ()), "not every prepared claim can be sealed"
        self.copy(run)
        (ended,) = self.wave(run, (Doom(),))
        assert ended.status == DONE, "a worker that nothing befalls does not finish"
        return replace(prepared, points=ended.points, seconds=ended.seconds)

    def strike(self, prepared: tuple[Prepared, ...]) -> None:
        """Take the stage down."""
        for name in (_COPY, *(one.name for one in prepared)):
            self.databases.drop(name)

    def _work(self) -> Work:
        return naive_work if self.campaign.naive else _WORK.get(self.campaign.kind, gateway_work)

    def _partner(self, place: str) -> TradingPartner:
        mailbox = replace(self.campaign.mailbox, outbound=f"{place}/outbound", inbound=f"{place}/inbound", archive="")
        publish = self.campaign.publish
        return replace(
            clinic.partner(),
            mailbox=mailbox,
            claims_max=CLAIMS_PER_FILE,
            publish=publish,
            # What is cut while it has its final name can be completed only where nobody has taken it.
            takes_unfinished=publish is not Publish.DIRECT,
        )


def stage_of(campaign: Campaign) -> Stage:
    databases = databases_at(campaign.database_url)
    databases.create(_COPY)
    return Stage(campaign=campaign, databases=databases, ledger=open_ledger(databases.address(_COPY)))
