"""Deliver sealed files, partner by partner and side by side: one partner's trouble or slowness keeps no other back."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from gateway.capability import Answer, Capability
from gateway.delivery import Delivery
from gateway.errors import ConfigError, GatewayError, LedgerBusy, LedgerConflict, PartnerRefusal
from gateway.event import Event, EventSeverity
from gateway.ledger import capabilities, events, outbox
from gateway.ledger.outbox import SealedFile, Step
from gateway.partner import TradingPartner
from gateway.service.identity.instance import require_released
from gateway.service.office import Office
from gateway.service.outbound import sealed_files as sealed
from gateway.service.outbound.courier import Courier
from gateway.service.outbound.mailbox_meant import is_meant_for, misaddressed
from gateway.service.outbound.overdue import report_overdue
from gateway.service.outbound.sweep import sweep
from gateway.service.partners.calls import TROUBLE, Calls, OpenMailbox, not_called, reached

PARTNERS_AT_ONCE = 16
REFUSALS_MAX = 5
"""Refusals in a row of the same step, after which a file is held: a person has to look at the partner's side."""
_REFUSED_IN_A_ROUND_MAX = 3
_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What became of one file."""

    file: str
    partner: str
    state: Delivery
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One partner's round.

    problem  why the partner was not called, why it ended early, or what was refused; files not reached are as they were
    waiting  files that still wait
    """

    partner: str
    files: tuple[Delivered, ...] = ()
    problem: GatewayError | None = None
    waiting: int = 0


def waiting(office: Office, *, partner: str = "") -> tuple[SealedFile, ...]:
    """List the files that a round would take up. Raises ConfigError if there is no partner of that name."""
    return _in_states(office, outbox.WAITING, partner)


def by_hand(office: Office, *, partner: str = "") -> tuple[SealedFile, ...]:
    """List the files that no round takes up, because a person has them for an upload by hand. Raises as `waiting` does."""
    return _in_states(office, (Delivery.EXPORTED,), partner)


def _in_states(office: Office, states: tuple[Delivery, ...], partner: str) -> tuple[SealedFile, ...]:
    if partner:
        office.settings.partner(partner)
    found: list[SealedFile] = []
    with office.ledger.reading() as tx:
        while True:
            after = found[-1].id if found else 0
            page = outbox.files(tx, office.practice.key, states=states, partner=partner, after=after, limit=_PAGE)
            if not page:
                return tuple(found)
            found += page


def deliver(
    office: Office, open_mailbox: OpenMailbox, *, partner: str = "", calls: Calls = Calls.NOW
) -> tuple[Round, ...]:
    """Take up every waiting file. Gives a round for each partner that has one, in the order of their names.

    Files that should have been answered by now are said to be overdue, once.
    Raises ConfigError if there is no partner of that name, LedgerHeld if the ledger may be older than what was sent,
    LedgerBusy if another process holds the database.
    """
    require_released(office)
    report_overdue(office)
    due = _by_partner(waiting(office, partner=partner)).items()
    if len(due) < 2:  # noqa: PLR2004 one partner needs no threads
        return tuple(_round(office, open_mailbox, calls, one, files) for one, files in due)
    with ThreadPoolExecutor(min(len(due), PARTNERS_AT_ONCE), thread_name_prefix="deliver") as pool:
        rounds = [pool.submit(_round, office, open_mailbox, calls, one, files) for one, files in due]
        return tuple(one.result() for one in rounds)


def _by_partner(files: Iterable[SealedFile]) -> dict[str, list[SealedFile]]:
    found: dict[str, list[SealedFile]] = {}
    for file in sorted(files, key=lambda one: (one.partner, one.id)):
        found.setdefault(file.partner, []).append(file)
    return found


def _round(office: Office, open_mailbox: OpenMailbox, calls: Calls, name: str, files: list[SealedFile]) -> Round:
    try:
        partner = office.settings.partner(name)
    except ConfigError as gone:
        return Round(partner=name, problem=gone, waiting=len(files))
    why = not_called(office, partner, calls)
    if why is not None:
        return Round(partner=partner.name, problem=why, waiting=len(files))
    meant = [file for file in files if is_meant_for(file, partner)]
    elsewhere = (
        misaddressed(office, partner, [file for file in files if file not in meant])
        if len(meant) < len(files)
        else None
    )
    if not meant:
        return Round(partner=partner.name, problem=elsewhere, waiting=len(files))
    done: list[Delivered] = []
    refused: list[PartnerRefusal] = []
    problem: GatewayError | None = elsewhere
    try:
        with reached(office, partner, open_mailbox) as mailbox:
            courier = Courier(office, partner, mailbox, seen_at(office, partner))
            for file in meant:
                try:
                    now = _brought_on(courier, file)
                except PartnerRefusal as no:
                    refused.append(no)
                    now = _refused(courier, file, no)
                if now is not None:
                    done.append(Delivered(file=now.name, partner=partner.name, state=now.state, why=now.why))
                if len(refused) == _REFUSED_IN_A_ROUND_MAX:
                    break
            sweep(courier)
    except TROUBLE as trouble:
        problem = trouble
    return Round(
        partner=partner.name,
        files=tuple(done),
        problem=problem or next(iter(refused), None),
        waiting=len(waiting(office, partner=partner.name)),
    )


def seen_at(office: Office, partner: TradingPartner) -> Mapping[Capability, Answer]:
    """Give what the last `gateway partners check` saw at the address that the profile names now."""
    with office.ledger.reading() as tx:
        seen = capabilities.of(tx, office.practice.key, partner.name, address=partner.mailbox.fingerprint)
    return {one.capability: one.answer for one in seen}


def _brought_on(courier: Courier, file: SealedFile) -> SealedFile | None:
    """Take a file up and bring it on; None if another worker has it, or has brought it to its end meanwhile."""
    office = courier.office
    try:
        with office.ledger.writing(beside=True) as tx:
            taken = outbox.take_up(tx, office.practice.key, file.id)
        return None if taken is None else courier.bring_on(taken)
    except LedgerBusy:
        raise
    except LedgerConflict:
        return None


def _refused(courier: Courier, file: SealedFile, no: PartnerRefusal) -> SealedFile:
    """Count a refusal, and hold the file when there were too many in a row: nobody wins by asking for ever."""
    office, at = courier.office, courier.office.clock.now()
    said = Event(
        kind="file.refused",
        about=file.name,
        partner=file.partner,
        said=str(no),
        severity=EventSeverity.WAKE,
        artefact=f"file {file.name}",
        actor=office.actor,
        next_command=f"gateway deliveries show {file.name}",
    )
    with office.ledger.writing() as tx:
        now = outbox.by_id(tx, office.practice.key, file.id)
        times = outbox.count_refusal(tx, office.practice.key, now)
        if times == 1:
            events.write(tx, office.practice.key, said, at=at)
    if times < REFUSALS_MAX:
        return now
    try:
        why = f"the partner has refused it {times} times: {no}"
        return sealed.move(office, now, Step(after=Delivery.HELD, why=why), artefact="mailbox")
    except LedgerConflict:
        return now
