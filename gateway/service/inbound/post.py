"""Read what came in: acknowledgments move files and claims, remittances post money. One transaction for each file.

A file that is not X12 is set aside whole. Of an 835, a transaction set that does not balance is set aside whole; the
others are posted. What an answer is about is looked up by our own numbers, and only among what that partner was sent.
"""

from collections import Counter
from collections.abc import Callable
from itertools import groupby

from gateway.acknowledgment import ClaimAcknowledgment, GroupAnswer, Ta1
from gateway.edi.read.inbound_file import Answer, What, read_answers
from gateway.edi.wire.fingerprint import fingerprint
from gateway.errors import ConfigError, InboundWireError, LedgerBusy, LedgerConflict, LedgerRefusal, PgpRefused
from gateway.event import Event
from gateway.ledger import Transaction, events, inbound
from gateway.ledger.inbound import InboundFile, InboundState, InterchangeKey, KnownInterchange, Reason
from gateway.remittance import Remittance
from gateway.service.files.pgp import content
from gateway.service.files.zip_archive import is_archive
from gateway.service.inbound.acknowledgments import Acknowledging
from gateway.service.inbound.outcome import Posted, Refused, posted, put_aside, read_event
from gateway.service.inbound.sandbox import SMALL_BYTES, TRIAL, Trial
from gateway.service.inbound.unpack import unpack
from gateway.service.money.post_remittance import Remitting
from gateway.service.office import Office, quietly

_PAGE = 200
_TRIES = 3
_STRIKES = 3
_OUR_FAULTS = (
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


def post(
    office: Office, *, partner: str = "", trial: Trial = TRIAL, tell: Callable[[int], None] = quietly
) -> tuple[Posted, ...]:
    """Post every stored file, in the order they came. Raises ConfigError if there is no partner of that name.

    `tell` is told, after each file, how many there were.
    """
    if partner:
        office.settings.partner(partner)
    practice = office.practice.key
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
            one = _in_turn(office, file, trial)
            done += [one] if one is not None else []
            tell(len(done))
        after = page[-1].id


def _in_turn(office: Office, file: InboundFile, trial: Trial) -> Posted | None:
    """Post a file; None if another process has posted it meanwhile. Raises LedgerBusy if the ledger is."""
    for _ in range(_TRIES):
        try:
            return post_one(office, file, trial)
        except LedgerBusy:
            raise
        except LedgerConflict:
            with office.ledger.reading() as tx:
                now = inbound.by_id(tx, office.practice.key, file.id)
            if now.state is not InboundState.STORED:
                return None
    why = "it does not go together with what the ledger holds; nothing of it was posted"
    return put_aside(office, file, Reason.CANNOT_POST, why)


def post_one(office: Office, file: InboundFile, trial: Trial, *, although: Reason | None = None) -> Posted:
    """Post one stored file. Raises LedgerConflict if another process has it, ConfigError if none can be started to try it."""
    try:
        with office.ledger.reading() as tx:
            raw = _read(office, tx, file)
        if is_archive(raw):
            return unpack(office, file, raw)
        # A strike says that an earlier reading did not come to its end.
        fault = trial.fault_of(raw) if file.strikes or len(raw) > SMALL_BYTES else None
        if fault is not None:
            return _struck(office, file, fault)
        return _apply_all(office, file, read_answers(raw), although)
    except Refused as refused:
        return put_aside(office, file, refused.reason, str(refused))
    except InboundWireError as refused:
        return put_aside(office, file, Reason.NOT_X12, str(refused))
    except _OUR_FAULTS as fault:
        # Whatever we made of it wrongly was rolled back. The file is kept for a person, and the others go on.
        why = f"we could not post it ({type(fault).__name__}); nothing of it was posted; update the gateway, then reprocess"
        return put_aside(office, file, Reason.CANNOT_POST, why)


def _read(office: Office, tx: Transaction, file: InboundFile) -> bytes:
    """Give what a file holds. Raises Refused if it is not encrypted and signed as agreed, or our own key cannot be used."""
    try:
        return content(office, tx, file)
    except (PgpRefused, ConfigError) as locked:
        raise Refused(Reason.PGP, f"{locked}; then: gateway inbox reprocess {file.id}") from locked


def _apply_all(office: Office, file: InboundFile, answers: tuple[Answer, ...], although: Reason | None) -> Posted:
    """Do what a file says, all in one transaction."""
    practice, at = office.practice.key, office.clock.now()
    _same_usage(office, file, answers)
    kinds: Counter[str] = Counter()
    notes: list[str] = []
    attention = False
    with office.ledger.writing() as tx:
        for _, several in groupby(answers, key=lambda one: one.place):
            together = list(several)
            fresh, note = _new_of(office, tx, file, together, although)
            notes += [note] if note else []
            for answer in fresh:
                kinds[_kind(answer.what)] += 1
                attention |= _apply(office, tx, file, answer.what)
        why = "; ".join(notes)
        inbound.move(tx, practice, file, InboundState.POSTED, why=why, event=read_event(file, kinds, why), at=at)
    return posted(file, InboundState.POSTED, kinds, why, needs_a_person=attention)


def _new_of(
    office: Office, tx: Transaction, file: InboundFile, answers: list[Answer], although: Reason | None
) -> tuple[list[Answer], str]:
    """Give what of one interchange is still to be done, and what to say of the rest.

    Raises Refused if an interchange of that number came before and was another one.
    """
    practice, one = office.practice.key, answers[0]
    key = InterchangeKey(sender=one.sender_id, interchange=one.interchange, date=one.date, time=one.time)
    before = inbound.interchange_before(tx, practice, file.partner, key)
    if before is None:
        inbound.keep_interchange(tx, practice, file, key, place=one.place)
        return answers, ""
    mine = KnownInterchange(inbound_id=file.id, place=one.place)
    if before == mine:
        remitting = Remitting(office, tx, file)
        again = [each for each in answers if isinstance(each.what, Remittance) and remitting.was_set_aside(each.what)]
        return again, "" if again else "what is in it was done when it was read first"
    came = f"its interchange {one.interchange:09d} came before, in inbound file {before.inbound_id}"
    if _fingerprint(office, tx, before) == _fingerprint(office, tx, mine):
        return [], f"{came}; nothing was done twice"
    if although is Reason.NUMBER_REUSED:
        return answers, f"a person let a second interchange {one.interchange:09d} count"
    raise Refused(
        Reason.NUMBER_REUSED,
        f"{came}, with other bytes; nothing of it was posted; ask the partner which one counts. If both do: "
        f"gateway inbox reprocess {file.id} --same-number",
    )


def _fingerprint(office: Office, tx: Transaction, known: KnownInterchange) -> str:
    """Tell what was in an interchange from the bytes it came in, which are kept: it is rarely asked."""
    raw = _read(office, tx, inbound.by_id(tx, office.practice.key, known.inbound_id))
    return fingerprint(raw, known.place)


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
    return put_aside(
        office, file, fault, f"{why}; it is tried no more; nothing of it was posted; ask for the file again"
    )


def _same_usage(office: Office, file: InboundFile, answers: tuple[Answer, ...]) -> None:
    """Refuse test answers from a production partner, and the other way round: their money is not real, or not a test."""
    known = office.settings.partners.get(file.partner)
    for answer in answers:
        if known is not None and answer.usage is not known.envelope.usage:
            raise Refused(
                Reason.USAGE,
                f"ISA15 is {answer.usage}, and partner {file.partner} is set to {known.envelope.usage}; the file is set "
                "aside, nothing was posted; ask the partner which is right",
            )


def _apply(office: Office, tx: Transaction, file: InboundFile, what: What) -> bool:
    """Act on one answer; tells whether a person has to look."""
    if isinstance(what, Remittance):
        return Remitting(office, tx, file).apply(what)
    return Acknowledging(office, tx, file).apply(what)


def _kind(what: What) -> str:
    names: dict[type, str] = {Ta1: "TA1", GroupAnswer: "999", ClaimAcknowledgment: "277CA", Remittance: "835"}
    return names[type(what)]
