"""A file posted set by set: each transaction set whole or not at all, in a transaction of its own.

Whatever is read, matched and worked out for a set is so before its transaction. What a set says of itself stands in it as a
row that moves on with it: two processes that post the same file, or one that was killed and is started again, post each
set once. The first set also keeps that its interchange came, and the last one of a small file that the file is done.
"""

from collections import Counter
from collections.abc import Callable

from gateway.acknowledgment import ClaimAcknowledgment, GroupAnswer, Ta1
from gateway.edi.read.inbound_file import What
from gateway.errors import LedgerBusy, LedgerConflict, LedgerRefusal
from gateway.ledger import Transaction, inbound, visits
from gateway.ledger.inbound import InboundFile, InboundState, Reason, SetState
from gateway.remittance import Remittance
from gateway.service.claims.void import see_to_voids
from gateway.service.inbound.acknowledgments import Acknowledging
from gateway.service.inbound.outcome import Posted, posted, put_aside, read_event
from gateway.service.inbound.outline import SetRead, each_set
from gateway.service.inbound.plan import Plan, is_kept, write_plan
from gateway.service.inbound.sandbox import SMALL_BYTES
from gateway.service.money.post_remittance import Prepared, Remitting
from gateway.service.office import Office

OUR_FAULTS = (
    LedgerRefusal,
    ValueError,
    ArithmeticError,
    LookupError,
    AssertionError,
    TypeError,
    AttributeError,
    RuntimeError,
    MemoryError,
)
"""What our own code raises on bytes that it did not foresee, or the ledger on a value."""
DOES_NOT_GO_TOGETHER = "it does not go together with what the ledger holds"
_TRIES = 3


class FilePosting:
    """One file being posted. `tell` hears of each set before it is posted; `although` is what a person has overruled."""

    def __init__(
        self,
        office: Office,
        file: InboundFile,
        plan: Plan,
        tell: Callable[[str], None],
        although: Reason | None = None,
    ) -> None:
        self.office = office
        self.practice = office.practice.key
        self.file = file
        self.plan = plan
        self.tell = tell
        self.kinds: Counter[str] = Counter()
        self.needs_a_person = False
        self.done = plan.stands
        self.is_begun = not plan.interchanges and not plan.new
        self.is_closed = False
        self.faults: list[str] = []
        self.remitting = Remitting(office, file, although)

    def run(self, raw: bytes) -> None:
        """Post what is due of a file. Raises LedgerConflict if another process has begun with it meanwhile."""
        left = len(self.plan.due)
        for one in each_set(raw):
            if one.at in self.plan.due:
                self.office.give_way()
                left -= 1
                self.tell(f"{self.file.name}, set {self.done + len(self.faults) + 1} of {self.plan.sets}")
                self._post(one, is_last=not left and len(raw) <= SMALL_BYTES)

    def end(self) -> Posted:
        """Say what became of the file. Raises LedgerConflict if another process has done so."""
        if self.faults:
            return self._put_aside()
        if not self.is_closed:
            with self.office.ledger.writing() as tx:
                self._begin(tx)
                self._close(tx)
        needed = self.needs_a_person
        return posted(self.file, InboundState.POSTED, self.kinds, self._why(), needs_a_person=needed)

    def _post(self, one: SetRead, *, is_last: bool) -> None:
        """Post one set. A fault of ours costs that set alone: a person has to look, and the others are posted."""
        try:
            self._in_turn(one, is_last=is_last)
        except LedgerBusy:
            raise
        except LedgerConflict:
            if self._is_overtaken():
                raise
            self.faults.append(f"{self._named(one)}: {DOES_NOT_GO_TOGETHER}")
        except OUR_FAULTS as fault:
            # Whatever we made of it wrongly was rolled back.
            self.faults.append(f"we could not post {self._named(one)} ({type(fault).__name__})")

    def _in_turn(self, one: SetRead, *, is_last: bool) -> None:
        """Post a set as soon as what was read for it is still so. Raises LedgerConflict if it never is.

        A remittance is written beside other work: which claims it is about is known before. Acknowledgments look theirs up
        one by one, and are written alone.
        """
        for turn in range(_TRIES):
            prepared = [self.remitting.prepare(each.what) for each in one.answers if isinstance(each.what, Remittance)]
            try:
                with self.office.ledger.writing(beside=len(prepared) == len(one.answers)) as tx:
                    looks, closes = self._write(tx, one, prepared), is_last and not self.faults
                    if closes:
                        self._close(tx, with_one_more=one)
            except LedgerBusy:
                raise
            except LedgerConflict:
                if self.is_begun and self._is_done(one):
                    self.done += 1
                    return  # another process has posted it meanwhile
                if turn == _TRIES - 1 or self._is_overtaken():
                    raise
            else:
                self._count(one, looks=looks)
                self.is_begun, self.is_closed = True, closes
                return

    def _write(self, tx: Transaction, one: SetRead, prepared: list[Prepared]) -> bool:
        """Write one set; tells whether a person has to look."""
        inbound.lock(tx, self.practice, self.file.id)
        self._begin(tx)
        visits.lock(tx, self.practice, [visit_id for each in prepared for visit_id in each.answered.visit_ids])
        aside = any(each.why for each in prepared)
        inbound.move_set(tx, self.practice, self.file.id, one.at, SetState.SET_ASIDE if aside else SetState.POSTED)
        looks = False
        for each in prepared:
            looks |= self.remitting.write(tx, each, self._which())
            # What a void of ours asked for, or had got: those that stand with nothing now, or again; few of many.
            moved = ((one.claim, one.state) for one in each.answered.by_pcn.values())
            see_to_voids(tx, self.office, moved, artefact=f"inbound {self.file.id}")
        acknowledging = Acknowledging(self.office, tx, self.file)
        for answer in one.answers:
            if not isinstance(answer.what, Remittance):
                looks |= acknowledging.apply(answer.what)
        return looks

    def _begin(self, tx: Transaction) -> None:
        if not self.is_begun:
            write_plan(tx, self.practice, self.file, self.plan)

    def _close(self, tx: Transaction, with_one_more: SetRead | None = None) -> None:
        kinds = self.kinds + (_kinds(with_one_more) if with_one_more else Counter())
        why, at = self._why(), self.office.clock.now()
        event = read_event(self.file, kinds, "; ".join(part for part in (self._resumed(), why) if part))
        inbound.move(tx, self.practice, self.file, InboundState.POSTED, why=why, event=event, at=at)

    def _count(self, one: SetRead, *, looks: bool) -> None:
        self.done += 1
        self.kinds += _kinds(one)
        self.needs_a_person |= looks

    def _is_done(self, one: SetRead) -> bool:
        with self.office.ledger.reading() as tx:
            return inbound.sets_of(tx, self.practice, self.file.id).get(one.at) is not SetState.WAITING

    def _is_overtaken(self) -> bool:
        """Tell whether an interchange came meanwhile, or another process began with this file: it has to be planned anew."""
        if self.is_begun:
            return False
        with self.office.ledger.reading() as tx:
            return is_kept(tx, self.practice, self.file, self.plan)

    def _put_aside(self) -> Posted:
        """Set the file aside for the sets that could not be posted. The others stand, and are not posted again."""
        stand = (
            f"{self.done} of its {self.plan.sets} sets are posted and stand"
            if self.done
            else "nothing of it was posted"
        )
        why = f"{'; '.join(self.faults[:_SAID_MAX])}; {stand}; update the gateway, then reprocess"
        aside = put_aside(self.office, self.file, Reason.CANNOT_POST, why)
        return posted(self.file, aside.state, self.kinds, aside.why, needs_a_person=True)

    def _why(self) -> str:
        return "; ".join(self.plan.notes)

    def _resumed(self) -> str:
        """Say in the log how many sets had been posted before this reading."""
        return (
            f"{self.plan.stands} of its {self.plan.sets} sets stood before"
            if self.plan.stands and self.plan.due
            else ""
        )

    def _which(self) -> str:
        return f"; {self.done + 1} of the {self.plan.sets} sets of its file" if self.plan.sets > 1 else ""

    def _named(self, one: SetRead) -> str:
        if self.plan.sets == 1:
            return "it"
        return f"ST {self.plan.due[one.at]}" if self.plan.due[one.at] else "a TA1 of it"


_SAID_MAX = 5
"""So many faults are told of; there may be as many as there are sets."""


def _kinds(one: SetRead) -> Counter[str]:
    return Counter(_kind(answer.what) for answer in one.answers)


def _kind(what: What) -> str:
    names: dict[type, str] = {Ta1: "TA1", GroupAnswer: "999", ClaimAcknowledgment: "277CA", Remittance: "835"}
    return names[type(what)]
