"""Bring one sealed file to its partner: the durable steps by which no claim is lost and none is sent twice.

```
SEALED -> UPLOADING   durable; pins the manner, and names a temporary file of its own
          upload      exclusive create under the temporary name, size verified (hash too where the partner allows)
       -> COMMITTING  durable; pins exactly this temporary file. The uncertain window opens here and only here
          rename      to the final name, never over another file (hardlink and direct: see gateway/delivery.py)
          look        at both names: what they show is the evidence
       -> SENT | PRESUMED | HELD
```
(a) Nothing happens to the final name before COMMITTING is durable. (b) In COMMITTING nothing is uploaded again. (c) Each
step is a compare-and-set on state and fence, so that a worker that was paused can at worst write its own temporary file.
Whoever dies anywhere is taken up by the next call, which looks before it acts.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256

from gateway.capability import Answer, Capability, manner_of, shows_files
from gateway.delivery import Delivery, Habits, Heard, Manner, Shown, Verdict, judge
from gateway.errors import NameTaken, PartnerRefusal
from gateway.ledger import outbox
from gateway.ledger.outbox import SealedFile, Step
from gateway.partner import TradingPartner
from gateway.service.identity.instance import remember
from gateway.service.office import Office
from gateway.service.outbound import sealed_files as sealed
from gateway.service.outbound.test_or_production import refuse_mixed
from gateway.transport.mailbox import Mailbox


@dataclass(frozen=True, slots=True)
class Courier:
    """One worker in one partner's mailbox. Each step takes the file as it stands and gives it back as it then stands.

    capabilities  what the last check of that partner saw; nothing if it was never checked
    """

    office: Office
    partner: TradingPartner
    mailbox: Mailbox
    capabilities: Mapping[Capability, Answer]

    def bring_on(self, file: SealedFile) -> SealedFile:
        """Bring a file that was taken up as far as the evidence allows.

        Raises PartnerRefusal, NotReached, LineLost, ConfigError; LedgerConflict if another worker took it up meanwhile.
        """
        if file.state is Delivery.COMMITTING:
            return self._settle(file, Heard.NOTHING)
        body = self._wire_of(file)
        if sha256(body).hexdigest() != file.wire_sha256:
            return self._held(file, "the stored bytes no longer have their hash")
        self._refuse_mixed(file)
        manner = manner_of(self.partner, self.capabilities)
        if self._shown(file.name).there:
            return self._held(file, "the partner already has a file of that name")
        return self._write(file, body) if manner is Manner.DIRECT else self._upload(file, manner, body)

    def path(self, name: str) -> str:
        """Give a name's path from the mailbox's root; a path is one already."""
        return name if "/" in name else f"{self.partner.mailbox.outbound}/{name}"

    def _wire_of(self, file: SealedFile) -> bytes:
        with self.office.ledger.reading() as tx:
            return outbox.wire_of(tx, self.office.practice.key, file.id)

    def _refuse_mixed(self, file: SealedFile) -> None:
        with self.office.ledger.reading() as tx:
            raw = outbox.bytes_of(tx, self.office.practice.key, file.id)
        refuse_mixed(self.office.settings, self.partner, file.name, raw)

    def _shown(self, name: str) -> Shown:
        if not name or not shows_files(self.capabilities):
            return Shown(there=False)
        seen = self.mailbox.stat(self.path(name))
        return Shown(there=False) if seen is None else Shown(there=True, size=seen.size)

    def _upload(self, file: SealedFile, manner: Manner, body: bytes) -> SealedFile:
        """SEALED or UPLOADING to COMMITTING: a temporary file of this worker's own, verified."""
        if file.resends and file.temporary_name:
            # Should the worker of the first copy still be asleep somewhere, it must not find its file when it wakes up.
            self.mailbox.remove(self.path(file.temporary_name))
        box = self.partner.mailbox
        # The fence is in the name: a paused worker that wakes up writes to its own file, not to this one.
        name = f"{box.temporary_folder or box.outbound}/{file.name}.{file.fence}{box.temporary}"
        why = f"uploading as {name}"
        file = self._move(file, Step(after=Delivery.UPLOADING, why=why, manner=manner, temporary_name=name))
        try:
            self.mailbox.create_exclusive(name, body)
        except NameTaken as taken:
            # Nobody else gives a file this fence: the server has created it and told us that it had not.
            raise PartnerRefusal(
                f"partner {self.partner.name}: the upload of {file.name} was refused, though its name is there; it is not "
                "sent; the next round uses another name: gateway deliver"
            ) from taken
        # One look may err. Two that find nothing leave it open who has the file: it is not uploaded again.
        seen = self.mailbox.stat(name) or self.mailbox.stat(name)
        if seen is None:
            return self._held(
                file,
                f"it was written as {name}, which is gone: the partner took it under its temporary name, or deleted it; "
                f"gateway partners check {self.partner.name} shows which names it leaves alone",
                held_from=Delivery.COMMITTING,
            )
        fault = self._fault_of(name, seen.size, body)
        if fault:
            raise PartnerRefusal(
                f"partner {self.partner.name}: the upload of {file.name} {fault}; it is not sent; ask the partner "
                "about space and quota, then run: gateway deliver"
            )
        file = self._move(file, Step(after=Delivery.COMMITTING, why=f"uploaded and verified; about to {manner}"))
        return self._commit(file)

    def _fault_of(self, name: str, size: int | None, body: bytes) -> str:
        if size not in {None, len(body)}:
            return f"arrived with {size} of {len(body)} bytes"
        if self.partner.reads_back and self.mailbox.read(name, len(body)) != body:
            return "arrived with other bytes than were sent"
        return ""

    def _commit(self, file: SealedFile) -> SealedFile:
        """COMMITTING: give it its final name, then look. A lost line leaves the looking to the next round."""
        # Should the ledger's journal be lost after a crash, the home still knows that it had come this far.
        remember(self.office)
        give = self.mailbox.link_no_clobber if file.manner is Manner.HARDLINK else self.mailbox.rename_no_clobber
        try:
            give(self.path(file.temporary_name), self.path(file.name))
        except (NameTaken, PartnerRefusal):
            return self._settle(file, Heard.REFUSED)
        return self._settle(file, Heard.DONE)

    def _write(self, file: SealedFile, body: bytes) -> SealedFile:
        """SEALED or UPLOADING to the end, for a server that only takes files under their final names."""
        step = Step(after=Delivery.UPLOADING, why="taken up", manner=Manner.DIRECT, temporary_name="")
        file = self._move(file, step)
        file = self._move(file, Step(after=Delivery.COMMITTING, why="about to write it under its final name"))
        remember(self.office)
        try:
            self.mailbox.create_exclusive(self.path(file.name), body)
        except (NameTaken, PartnerRefusal):
            return self._settle(file, Heard.REFUSED)
        return self._settle(file, Heard.DONE)

    def _settle(self, file: SealedFile, heard: Heard) -> SealedFile:
        """Decide by what the names show. Only what has certainly not happened is done again, and once in a round."""
        manner = file.manner or Manner.RENAME  # a delivery that began under the first revision of the ledger
        habits = Habits(self.partner.purges_temporary, self.partner.takes_unfinished)
        final, temporary = self._shown(file.name), self._shown(file.temporary_name)
        verdict, why = judge(manner, heard, file.wire_size, final, temporary, habits)
        if verdict is Verdict.SENT:
            return self._sent(file, why, temporary)
        if verdict is Verdict.PRESUMED:
            return self._move(file, Step(after=Delivery.PRESUMED, why=why), proved=True)
        if verdict is Verdict.COMPARE:
            return self._compared(file, temporary)
        if verdict is Verdict.COMPLETE:
            self.mailbox.overwrite(self.path(file.name), self._wire_of(file))
            return self._settle(file, Heard.DONE)
        if verdict is Verdict.AGAIN:
            return self._again(file, heard, temporary)
        return self._held(file, why)

    def _again(self, file: SealedFile, heard: Heard, temporary: Shown) -> SealedFile:
        """Commit what another call has uploaded, perhaps under another configuration, or was held before it was verified."""
        if heard is not Heard.NOTHING:
            raise PartnerRefusal(
                f"partner {self.partner.name}: {file.name} was uploaded but not renamed; it is not sent; ask the "
                "partner whether renaming is allowed, then run: gateway deliver"
            )
        self._refuse_mixed(file)
        fault = self._fault_of(self.path(file.temporary_name), temporary.size, self._wire_of(file))
        return self._held(file, f"its upload {fault}") if fault else self._commit(file)

    def _compared(self, file: SealedFile, temporary: Shown) -> SealedFile:
        try:
            seen = self.mailbox.read(self.path(file.name), file.wire_size)
        except PartnerRefusal:
            return self._held(file, "both names are there, and the partner does not let us read what is in them")
        if seen != self._wire_of(file):
            return self._held(file, "both names are there, and the final one holds other bytes than ours")
        return self._sent(file, "linked: our very bytes are under its final name", temporary)

    def _sent(self, file: SealedFile, why: str, temporary: Shown) -> SealedFile:
        """SENT is durable before the other link goes: it is then nothing but an orphan, which the sweeper knows."""
        evidence = f"{why}; {self.mailbox.evidence()}"
        sent = self._move(file, Step(after=Delivery.SENT, why=evidence, sent_at=self.office.clock.now()), proved=True)
        if temporary.there:
            with suppress(PartnerRefusal):
                self.mailbox.remove(self.path(file.temporary_name))
        return sent

    def _held(self, file: SealedFile, why: str, *, held_from: Delivery | None = None) -> SealedFile:
        """Hold it. `held_from` COMMITTING says that the partner may have it, though it has no final name yet."""
        step = Step(after=Delivery.HELD, why=why, held_from=held_from)
        return self._move(file, step, proved=Delivery.COMMITTING in {file.state, held_from})

    def _move(self, file: SealedFile, step: Step, *, proved: bool = False) -> SealedFile:
        artefact = f"probe of {file.name}" if proved else ""
        return sealed.move(self.office, file, step, artefact=artefact)
