"""Read what came in: acknowledgments move files and claims, remittances post money. One transaction for each set of a file.

A file is read to its end before anything of it is posted: one that is not X12, is cut, or of the other usage, or whose
number came before with other bytes, is set aside whole. Of an 835, a transaction set that does not balance is set aside
whole; the others are posted. What an answer is about is looked up by our own numbers, and only among what that partner
was sent.
"""

from collections import Counter
from collections.abc import Callable

from gateway.errors import InboundWireError, LedgerBusy, LedgerConflict
from gateway.event import Event
from gateway.ledger import events, inbound
from gateway.ledger.inbound import InboundFile, InboundState, Reason
from gateway.service.desk.take_up import take_up
from gateway.service.files.zip_archive import is_archive
from gateway.service.inbound.outcome import Posted, Refused, posted, put_aside
from gateway.service.inbound.outline import outline
from gateway.service.inbound.plan import bytes_read, plan_of
from gateway.service.inbound.post_sets import DOES_NOT_GO_TOGETHER, OUR_FAULTS, FilePosting
from gateway.service.inbound.report import is_report, keep_report
from gateway.service.inbound.sandbox import SMALL_BYTES, TRIAL, Trial
from gateway.service.inbound.unpack import unpack
from gateway.service.office import Office, quietly

_PAGE = 200
_TRIES = 3
_STRIKES = 3


def post(
    office: Office,
    *,
    partner: str = "",
    trial: Trial = TRIAL,
    tell: Callable[[int], None] = quietly,
    tell_set: Callable[[str], None] = quietly,
) -> tuple[Posted, ...]:
    """Post every stored file, in the order they came, after what of earlier ones has waited for its claim to leave.

    Raises ConfigError if there is no partner of that name.

    `tell` is told, after each file, how many there were; `tell_set` before each transaction set which one it is.
    """
    if partner:
        office.settings.partner(partner)
    practice = office.practice.key
    take_up(office)
    done: list[Posted] = []
    after = 0
    while True:
        with office.ledger.reading() as tx:
            page = inbound.files(tx, practice, states=(InboundState.STORED,), partner=partner, after=after, limit=_PAGE)
        if not page:
            return tuple(done)
        # Should one that is read in this process end it, the next one sees it by this mark, and tries each apart from itself.
        with office.ledger.writing() as tx:
            inbound.begin_reading(tx, practice, [file.id for file in page if file.size <= SMALL_BYTES])
        for file in page:
            office.give_way()
            one = _in_turn(office, file, trial, tell_set)
            done += [one] if one is not None else []
            tell(len(done))
        after = page[-1].id


def _in_turn(office: Office, file: InboundFile, trial: Trial, tell: Callable[[str], None]) -> Posted | None:
    """Post a file; None if another process has posted it meanwhile. Raises LedgerBusy if the ledger is."""
    for _ in range(_TRIES):
        try:
            return post_one(office, file, trial, tell=tell)
        except LedgerBusy:
            raise
        except LedgerConflict:
            with office.ledger.reading() as tx:
                now = inbound.by_id(tx, office.practice.key, file.id)
            if now.state is not InboundState.STORED:
                return None
    return _aside(office, file, Reason.CANNOT_POST, f"{DOES_NOT_GO_TOGETHER}; nothing of it was posted")


def _aside(office: Office, file: InboundFile, reason: Reason, why: str) -> Posted:
    """Set a file aside that is not to be posted; of one that was begun with before, some sets stand all the same."""
    with office.ledger.reading() as tx:
        now = inbound.by_id(tx, office.practice.key, file.id)
    if now.sets_done:
        why += f"; before that, {now.sets_done} of its {now.sets} sets were posted, and they stand"
    return put_aside(office, file, reason, why)


def post_one(
    office: Office,
    file: InboundFile,
    trial: Trial,
    *,
    although: Reason | None = None,
    tell: Callable[[str], None] = quietly,
) -> Posted:
    """Post one stored file, or what is left of it.

    Raises LedgerConflict if another process has it, ConfigError if none can be started to try it.
    """
    try:
        with office.ledger.reading() as tx:
            raw = bytes_read(office, tx, file)
        if (done := _without_reading(office, file, raw)) is not None:
            return done
        # A strike says that an earlier reading did not come to its end.
        fault = trial.fault_of(raw) if file.strikes or len(raw) > SMALL_BYTES else None
        if fault is not None:
            return _struck(office, file, fault)
        plan = plan_of(office, file, outline(raw), although)
        posting = FilePosting(office, file, plan, tell, although)
        posting.run(raw)
        # SQLite writes the file's row anew with all of its bytes: they are not held here a second time meanwhile.
        del raw
        return posting.end()
    except Refused as refused:
        return _aside(office, file, refused.reason, str(refused))
    except InboundWireError as refused:
        return _aside(office, file, Reason.NOT_X12, str(refused))
    except OUR_FAULTS as fault:
        # Whatever we made of it wrongly was rolled back. The file is kept for a person, and the others go on.
        why = f"we could not post it ({type(fault).__name__}); nothing of it was posted; update the gateway, then reprocess"
        return _aside(office, file, Reason.CANNOT_POST, why)


def _without_reading(office: Office, file: InboundFile, raw: bytes) -> Posted | None:
    """Do with an archive, or a report for people, what is done with it; None for a file that is to be read."""
    if is_archive(raw):
        return unpack(office, file, raw)
    return keep_report(office, file, raw) if is_report(office, file, raw) else None


def _struck(office: Office, file: InboundFile, fault: Reason) -> Posted:
    """Count a reading that did not come to its end. The file is tried again in later rounds, and then no more."""
    practice, at = office.practice.key, office.clock.now()
    with office.ledger.writing() as tx:
        strikes = inbound.strike(tx, practice, file.id)
        why = f"reading it did not come to its end ({fault}), strike {strikes} of {_STRIKES}"
        said = Event(
            kind="inbound.struck",
            about=file.name,
            partner=file.partner,
            said=f"{file.name}: {why}",
            artefact=f"inbound {file.id}",
            actor=office.actor,
        )
        if strikes < _STRIKES:
            events.write(tx, practice, said, at=at)
            return posted(file, InboundState.STORED, Counter(), f"{why}; it is tried again", needs_a_person=False)
    return _aside(office, file, fault, f"{why}; it is tried no more; nothing of it was posted; ask for the file again")
