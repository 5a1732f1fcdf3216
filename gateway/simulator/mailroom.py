"""The partners' folders: takes what was uploaded in order of arrival, has it answered, and puts the answers out.

Once a partner's outbox is empty, everything in it was fetched: then the next round of its payers' answers is put out.

state/PARTNER/inbound   what partners upload; it is left there, so that they can see that it arrived
state/PARTNER/outbound  the answers
state/PARTNER/archive   where partners move the answers that they have read
state/PARTNER/taken     uploads that were taken away at once, where a fault says so
"""

import hashlib
import os
import stat
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from gateway.simulator.answer_faults import AnswerFaults, is_out
from gateway.simulator.clearinghouse import answers_to
from gateway.simulator.journal import Journal, write_durably
from gateway.simulator.records import Record
from gateway.simulator.rounds import next_round
from gateway.simulator.scenario import Scenario
from gateway.simulator.strikes import Strikes
from gateway.simulator.world import World

INBOUND: Final = "inbound"
OUTBOUND: Final = "outbound"
TAKEN: Final = "taken"
ARCHIVE: Final = "archive"
FOLDERS: Final = (INBOUND, OUTBOUND, ARCHIVE)
TEMPORARY: Final = ".part"
"""Files whose name ends so are still being written."""


class Inode(NamedTuple):
    """A file by what does not change when it is renamed."""

    device: int
    number: int


def inode_of(told: os.stat_result) -> Inode:
    """Give the inode that a look at a file tells."""
    return Inode(told.st_dev, told.st_ino)


class Uploads:
    """Which files are being written right now, by inode, and whom to tell when one is done."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._lock = threading.Lock()
        self._open: dict[Inode, int] = {}
        self.wake = wake

    def begins(self, inode: Inode) -> None:
        """One more writer has it open."""
        with self._lock:
            self._open[inode] = self._open.get(inode, 0) + 1

    def ends(self, inode: Inode) -> None:
        """A writer has closed it."""
        with self._lock:
            self._open[inode] -= 1
            if not self._open[inode]:
                del self._open[inode]
        self.wake()

    def now(self) -> frozenset[Inode]:
        """Give those that are open."""
        with self._lock:
            return frozenset(self._open)


class _Arrival(NamedTuple):
    modified: int
    name: str
    partner: str
    path: Path
    inode: Inode


class Mailroom:
    """Works through the uploads of all partners, one after the other. Not safe for two threads at once."""

    def __init__(
        self,
        state: Path,
        partners: tuple[str, ...],
        world: World,
        strikes: Strikes | None = None,
        scenario: Scenario | None = None,
    ) -> None:
        self._state = state
        self._scenario = scenario or Scenario()
        self._faults = AnswerFaults(strikes or Strikes())
        self._partners = partners
        self._world = world
        self._done: set[tuple[str, str, int, Inode]] = set()
        for partner in partners:
            for folder in FOLDERS:
                (state / partner / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        self.journal = Journal(state / "journal")
        self._numbers: dict[tuple[str, str], int] = {}
        self._files: Counter[str] = Counter()
        for record in self.journal.records:
            self._count(record)

    def put_out_again(self) -> None:
        """Put out every answer of the journal that is neither in the outbox nor archived."""
        for record in self.journal.records:
            self._put_out(record)

    def take(self, being_written: Collection[Inode] = ()) -> int:
        """Answer every upload not yet seen, oldest first, leaving those that are being written; give how many."""
        taken = 0
        for one in sorted(self._arrivals()):
            key = (one.partner, one.name, one.modified, one.inode)
            if key in self._done or one.inode in being_written:
                continue
            body = _read(one)
            if body is not None:
                self._put_out(self._answered(one, body))
                self._done.add(key)
                taken += 1
        self._go_on()
        return taken

    def _go_on(self) -> None:
        """Put out the next round of each partner that has fetched everything."""
        for partner in self._partners:
            if any((self._state / partner / OUTBOUND).iterdir()):
                continue
            answers = next_round(world=self._world, history=self.journal.history, partner=partner)
            if answers is None:
                continue
            name = f"round {answers.memory.rounds[0][1]}"
            sha256 = hashlib.sha256(f"{partner} {name}".encode()).hexdigest()
            record = Record(partner=partner, name=name, sha256=sha256, answers=answers)
            self.journal.append(record)
            self._put_out(record)

    def _count(self, record: Record) -> None:
        """Number a partner's files in the order in which they came; a round is none."""
        if not record.answers.memory.rounds:
            self._files[record.partner] += 1
            self._numbers[record.partner, record.sha256] = self._files[record.partner]

    def _answered(self, one: _Arrival, body: bytes) -> Record:
        """Give the journal's record of these bytes; make it first if there is none."""
        sha256 = hashlib.sha256(body).hexdigest()
        if known := self.journal.find(one.partner, sha256):
            return known
        answers = answers_to(
            body,
            world=self._world,
            history=self.journal.history,
            partner=one.partner,
            scenario=self._scenario,
            number=self._files[one.partner] + 1,
        )
        record = Record(partner=one.partner, name=one.name, sha256=sha256, answers=answers)
        self.journal.append(record)
        self._count(record)
        return record

    def _put_out(self, record: Record) -> None:
        box = self._state / record.partner
        if record.partner not in self._partners:
            return
        number = self._numbers.get((record.partner, record.sha256), 0)
        kept_back = self._scenario.withholds(record.partner, number)
        files = [one for one in record.answers.files if one.kind not in kept_back]
        for answer in self._faults.put_out(box, files):
            if not is_out(box, answer):
                write_durably(box / OUTBOUND / answer.name, answer.body, by_way_of=self._state / "journal")

    def _arrivals(self) -> Iterator[_Arrival]:
        for partner in self._partners:
            for folder in (INBOUND, TAKEN):
                yield from _arrived(partner, self._state / partner / folder)


def _arrived(partner: str, folder: Path) -> Iterator[_Arrival]:
    if not folder.exists():
        return
    with os.scandir(folder) as found:
        for entry in found:
            if entry.name.endswith(TEMPORARY) or entry.name.startswith("."):
                continue
            try:
                told = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if stat.S_ISREG(told.st_mode):
                yield _Arrival(told.st_mtime_ns, entry.name, partner, Path(entry.path), inode_of(told))


def _read(one: _Arrival) -> bytes | None:
    """Give the bytes; None if the partner took the file away meanwhile."""
    try:
        return one.path.read_bytes()
    except FileNotFoundError:
        return None
