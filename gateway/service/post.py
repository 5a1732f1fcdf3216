"""Read what came in: acknowledgments move files and claims, remittances post money. One transaction for each file.

A file that is not X12 is set aside whole. Of an 835, a transaction set that does not balance is set aside whole; the
others are posted. What an answer is about is looked up by our own numbers, and only among what that partner was sent.
"""

from collections import Counter
from dataclasses import dataclass

from gateway.acknowledgment import ClaimAcknowledgment, GroupAnswer, Ta1
from gateway.edi.answers import Answer, What, read_answers
from gateway.errors import InboundWireError, LedgerBusy, LedgerConflict, LedgerRefusal, UsageError
from gateway.event import Event, EventSeverity
from gateway.ledger import Transaction, inbound
from gateway.ledger.inbound import InboundFile, InboundState
from gateway.remittance import Remittance
from gateway.service.acknowledge import Acknowledging
from gateway.service.office import Office
from gateway.service.remit import Remitting

_PAGE = 200
_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What became of one inbound file. `kinds` counts what it held; `why` is said when it was set aside."""

    id: int
    name: str
    partner: str
    state: InboundState
    kinds: dict[str, int]
    why: str
    needs_a_person: bool


def post(office: Office, *, partner: str = "") -> tuple[Posted, ...]:
    """Post every stored file, in the order they came. Raises ConfigError if there is no partner of that name."""
    if partner:
        office.settings.partner(partner)
    done: list[Posted] = []
    after = 0
    while True:
        with office.ledger.reading() as tx:
            page = inbound.files(
                tx, office.practice.key, states=(InboundState.STORED,), partner=partner, after=after, limit=_PAGE
            )
        if not page:
            return tuple(done)
        for file in page:
            posted = _in_turn(office, file)
            done += [posted] if posted is not None else []
        after = page[-1].id


def _in_turn(office: Office, file: InboundFile) -> Posted | None:
    """Post a file; None if another process has posted it meanwhile. Raises LedgerBusy if the ledger is."""
    for _ in range(_TRIES):
        try:
            return _post(office, file)
        except LedgerBusy:
            raise
        except LedgerConflict:
            with office.ledger.reading() as tx:
                file = inbound.by_id(tx, office.practice.key, file.id)
            if file.state is not InboundState.STORED:
                return None
    return _put_aside(office, file, "it does not go together with what the ledger holds; nothing of it was posted")


def reprocess(office: Office, inbound_id: int, *, reason: str) -> Posted:
    """Read a file again that was set aside. Raises UsageError if there is none, or it was posted."""
    practice, at = office.practice.key, office.clock.now()
    with office.ledger.writing() as tx:
        file = inbound.find(tx, practice, inbound_id)
        if file is None:
            raise UsageError(f"there is no inbound file {inbound_id}; `gateway inbox list` shows what there is")
        if file.state is InboundState.POSTED:
            raise UsageError(f"inbound file {inbound_id} was posted; reading it again would change nothing")
        said = Event(
            kind="inbound.decided",
            about=file.name,
            partner=file.partner,
            said=f"{file.name} is read again",
            before=file.state,
            after=InboundState.STORED,
            artefact="person",
            actor=office.actor,
            reason=reason,
        )
        inbound.move(tx, practice, file, InboundState.STORED, why="", event=said, at=at)
        again = inbound.by_id(tx, practice, inbound_id)
    return _post(office, again)


def _post(office: Office, file: InboundFile) -> Posted:
    practice, at = office.practice.key, office.clock.now()
    with office.ledger.reading() as tx:
        raw = inbound.bytes_of(tx, practice, file.id)
    try:
        answers = read_answers(raw)
        _same_usage(office, file, answers)
        kinds: Counter[str] = Counter()
        attention = False
        with office.ledger.writing() as tx:
            for answer in answers:
                kinds[_kind(answer.what)] += 1
                attention |= _apply(office, tx, file, answer.what)
            inbound.move(tx, practice, file, InboundState.POSTED, why="", event=_read(file, kinds), at=at)
    except InboundWireError as refused:
        why = str(refused)
    except (LedgerRefusal, ValueError, ArithmeticError, LookupError, AssertionError) as fault:
        # Whatever we made of it wrongly was rolled back. The file is kept for a person, and the others go on.
        why = f"we could not post it ({type(fault).__name__}); nothing of it was posted; update the gateway, then reprocess"
    else:
        return _posted(file, InboundState.POSTED, kinds, "", needs_a_person=attention)
    return _put_aside(office, file, why)


def _put_aside(office: Office, file: InboundFile, why: str) -> Posted:
    with office.ledger.writing() as tx:
        event, at = _set_aside(file, why), office.clock.now()
        inbound.move(tx, office.practice.key, file, InboundState.SET_ASIDE, why=why, event=event, at=at)
    return _posted(file, InboundState.SET_ASIDE, Counter(), why, needs_a_person=True)


def _same_usage(office: Office, file: InboundFile, answers: tuple[Answer, ...]) -> None:
    """Refuse test answers from a production partner, and the other way round: their money is not real, or not a test."""
    known = office.settings.partners.get(file.partner)
    for answer in answers:
        if known is not None and answer.usage is not known.envelope.usage:
            raise InboundWireError(
                ordinal=1, said=f"ISA15 is {answer.usage}, and partner {file.partner} is set to {known.envelope.usage}"
            )


def _apply(office: Office, tx: Transaction, file: InboundFile, what: What) -> bool:
    """Act on one answer; tells whether a person has to look."""
    if isinstance(what, Remittance):
        return Remitting(office, tx, file).apply(what)
    return Acknowledging(office, tx, file).apply(what)


def _kind(what: What) -> str:
    names: dict[type, str] = {Ta1: "TA1", GroupAnswer: "999", ClaimAcknowledgment: "277CA", Remittance: "835"}
    return names[type(what)]


def _posted(file: InboundFile, state: InboundState, kinds: Counter[str], why: str, *, needs_a_person: bool) -> Posted:
    return Posted(
        id=file.id,
        name=file.name,
        partner=file.partner,
        state=state,
        kinds=dict(kinds),
        why=why,
        needs_a_person=needs_a_person,
    )


def _set_aside(file: InboundFile, why: str) -> Event:
    return Event(
        kind="inbound.set_aside",
        about=file.name,
        partner=file.partner,
        said=f"{file.name}: {why}",
        severity=EventSeverity.WAKE,
        before=file.state,
        after=InboundState.SET_ASIDE,
        artefact=f"inbound {file.id}",
        next_command=f"gateway inbox show {file.id}",
    )


def _read(file: InboundFile, kinds: Counter[str]) -> Event:
    held = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()))
    return Event(
        kind="inbound.posted",
        about=file.name,
        partner=file.partner,
        said=f"{file.name}: {held}",
        before=file.state,
        after=InboundState.POSTED,
        artefact=f"inbound {file.id}",
    )
