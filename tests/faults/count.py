"""What a run left behind: in the ledger, and at the partner."""

from collections import Counter
from dataclasses import dataclass, replace
from hashlib import sha256

from gateway.delivery import Delivery
from gateway.ledger import inbound, outbox
from gateway.ledger.outbox import SealedFile
from gateway.lifecycle import ClaimState
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from tests.faults.partner import PartnerFolder, claims_in

_ENDED = {Delivery.SENT, Delivery.PRESUMED, Delivery.HELD}
_FIGURES = ("runs", "killed", "files", "claims", "lost", "duplicated", "presumed", "held", "faults")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of the runs of one seed.

    killed      runs in which at least one worker was killed
    files       sealed; `claims` is how many there were to deliver
    lost        claims that are not at the partner, and whose file waits for nobody
    duplicated  claims that arrived more than once
    presumed    files whose arrival was concluded from both names being gone; they are counted like the others
    held        files that wait for a person
    faults      whatever else must not be, as sentences
    """

    seed: int
    runs: int = 0
    killed: int = 0
    files: int = 0
    claims: int = 0
    lost: int = 0
    duplicated: int = 0
    presumed: int = 0
    held: int = 0
    faults: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Whether nothing was lost, nothing came twice, and nothing else was wrong."""
        return not (self.lost or self.duplicated or self.faults)

    def plus(self, other: "Result") -> "Result":
        """Add another's figures; the seed stays."""
        return replace(self, **{name: getattr(self, name) + getattr(other, name) for name in _FIGURES})

    def __str__(self) -> str:
        return " ".join(f"{name}={getattr(self, name)}" for name in ("seed", *_FIGURES) if name != "faults")


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What the ledger says when all is done. `held` are the claims in files that wait for a person."""

    files: tuple[SealedFile, ...]
    held: frozenset[str]
    faults: tuple[str, ...]


def books_of(office: Office, *, naive: bool) -> Books:
    """Read the ledger of a run that is done, and check the laws. The control keeps no states: its files stay sealed."""
    with office.ledger.reading() as tx:
        files = outbox.files(tx, office.practice.key)
        waiting = [one for one in files if one.state is Delivery.HELD]
        held = frozenset(pcn for one in waiting for pcn in claims_in(outbox.bytes_of(tx, office.practice.key, one.id)))
    standing = reconcile(office)
    broken = [f"law broken: {law.law}: {law.broken}" for law in standing.laws if law.broken]
    if standing.claims.get(ClaimState.READY):
        broken.append("claims are ready and were not sealed")
    if [one.interchange for one in files] != list(range(1, len(files) + 1)):
        broken.append("interchange numbers have gaps")
    if not naive:
        broken += [f"{one.name} is still {one.state}" for one in files if one.state not in _ENDED]
    return Books(files=files, held=held, faults=tuple(broken))


def answers_missed(office: Office, folder: PartnerFolder) -> tuple[str, ...]:
    """What is wrong with the answers that were waiting for us: each has to be stored, once, byte for byte."""
    waiting = sorted(sha256(path.read_bytes()).hexdigest() for path in folder.answers.glob("*"))
    with office.ledger.reading() as tx:
        stored = sorted(one.sha256 for one in inbound.files(tx, office.practice.key))
    return () if stored == waiting else (f"{len(waiting)} answers were waiting, {len(stored)} are stored",)


def count(books: Books, folder: PartnerFolder, pcns: tuple[str, ...]) -> Result:
    """Count a run's claims at the partner. The seed and what was killed are the caller's to say."""
    sealed = {one.sha256 for one in books.files}
    faults = [*books.faults, *(f"stray name {name}" for name in folder.strays({one.name for one in books.files}))]
    arrivals: Counter[str] = Counter()
    for path in folder.arrived():
        body = path.read_bytes()
        if sha256(body).hexdigest() in sealed:
            arrivals += claims_in(body)
        else:
            faults.append(f"{path.name} holds {len(body)} bytes that were never sealed")
    return Result(
        seed=0,
        runs=1,
        files=len(books.files),
        claims=len(pcns),
        lost=sum(1 for pcn in pcns if not arrivals[pcn] and pcn not in books.held),
        duplicated=sum(1 for times in arrivals.values() if times > 1),
        presumed=sum(1 for one in books.files if one.state is Delivery.PRESUMED),
        held=sum(1 for one in books.files if one.state is Delivery.HELD),
        faults=tuple(faults),
    )
