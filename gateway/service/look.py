"""What people and programs ask to see. Every list comes in pages; nothing here changes anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from gateway.claim import Claim
from gateway.delivery import DECISIONS, Delivery
from gateway.errors import UsageError
from gateway.event import EventSeverity
from gateway.finding import Finding, RowFault
from gateway.ledger import claims, denials, events, inbound, outbox, resends, visits
from gateway.ledger import remittances as money
from gateway.ledger.claims import StoredClaim, StoredLine
from gateway.ledger.denials import StoredDenial
from gateway.ledger.events import Logged
from gateway.ledger.inbound import InboundFile, InboundState, StoredAnswer
from gateway.ledger.outbox import SealedFile
from gateway.ledger.remittances import Parked, RemittanceState, StoredPayment, StoredRemittance
from gateway.ledger.resends import Resend
from gateway.ledger.visits import StoredVisit
from gateway.lifecycle import ClaimState, VisitState
from gateway.service.office import Office
from gateway.service.outcome import numbered
from gateway.service.sealed import named


class _Numbered(Protocol):
    @property
    def id(self) -> int: ...


T = TypeVar("T")
N = TypeVar("N", bound=_Numbered)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, and where the next page begins: 0 when there is none."""

    rows: tuple[T, ...]
    next_after: int


def _page(rows: Sequence[N], limit: int) -> Page[N]:
    return Page(tuple(rows), rows[-1].id if len(rows) == limit else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitOnWorklist:
    """A visit as a worklist shows it, with what the latest scrub found."""

    id: int
    visit: StoredVisit
    findings: tuple[Finding, ...]


def visits_listed(
    office: Office, *, states: Sequence[VisitState] = (), payer: str = "", after: int = 0, limit: int = 100
) -> Page[VisitOnWorklist]:
    """List visits with their findings."""
    practice = office.practice.key
    with office.ledger.reading() as tx:
        rows = visits.current(tx, practice, states=states, payer=payer, after=after, limit=limit)
        shown = [
            VisitOnWorklist(id=one.id, visit=one, findings=visits.findings_of(tx, practice, one.id)) for one in rows
        ]
    return _page(shown, limit)


def refused_rows(office: Office, *, after: int = 0, limit: int = 100) -> Sequence[tuple[str, RowFault]]:
    """List the rows of imported files that were not taken in, each with its file."""
    with office.ledger.reading() as tx:
        return visits.faults(tx, office.practice.key, after=after, limit=limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitShown:
    """A visit whole: its versions, what was found, and its claims."""

    versions: tuple[StoredVisit, ...]
    findings: tuple[Finding, ...]
    claims: tuple[StoredClaim, ...]

    @property
    def current(self) -> StoredVisit:
        """The version that stands."""
        return self.versions[-1]


def visit_shown(office: Office, key: str) -> VisitShown:
    """Show a visit. Raises UsageError if there is none of that key."""
    practice = office.practice.key
    with office.ledger.reading() as tx:
        versions = visits.versions(tx, practice, key)
        if not versions:
            raise UsageError(f"there is no visit {key}; `gateway visits list` shows what there is")
        return VisitShown(
            versions=versions,
            findings=visits.findings_of(tx, practice, versions[-1].id),
            claims=claims.of_visit(tx, practice, versions[-1].visit_id),
        )


def claims_listed(
    office: Office,
    *,
    states: Sequence[ClaimState] = (),
    partner: str = "",
    payer: str = "",
    after: int = 0,
    limit: int = 100,
) -> Page[StoredClaim]:
    """List the current version of each claim."""
    with office.ledger.reading() as tx:
        rows = claims.current(
            tx, office.practice.key, states=states, partner=partner, payer=payer, after=after, limit=limit
        )
    return _page(rows, limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineShown:
    """A service line and the cents in each bucket."""

    line: StoredLine
    buckets: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimShown:
    """A claim's timeline: every state, what caused it, when; its lines, answers, payments and denials."""

    claim: StoredClaim
    body: Claim
    versions: tuple[StoredClaim, ...]
    lines: tuple[LineShown, ...]
    file: str
    timeline: tuple[Logged, ...]
    answers: tuple[StoredAnswer, ...]
    payments: tuple[StoredPayment, ...]
    denials: tuple[StoredDenial, ...]


def claim_shown(office: Office, name: str) -> ClaimShown:
    """Show a claim by its patient control number, or the newest of a visit by the visit's key. Raises UsageError."""
    practice = office.practice.key
    with office.ledger.reading() as tx:
        claim = claims.by_pcn(tx, practice, name.upper())
        if claim is None:
            visit = visits.find(tx, practice, name)
            found = claims.of_visit(tx, practice, visit.visit_id) if visit else ()
            if not found:
                raise UsageError(
                    f"there is no claim, and no visit with a claim, called {name}; see: gateway claims list"
                )
            claim = found[-1]
        balances = money.balances(tx, practice, claim.id)
        carrier = outbox.carrying(tx, practice, claim.id)
        return ClaimShown(
            claim=claim,
            body=claims.body_of(tx, practice, claim.id),
            versions=claims.of_visit(tx, practice, claim.visit_id),
            lines=tuple(
                LineShown(line=line, buckets=balances.get(line.id, {}))
                for line in claims.lines_of(tx, practice, claim.id)
            ),
            file=carrier.name if carrier else "",
            timeline=events.read(tx, practice, claim=claim.pcn, limit=1000),
            answers=inbound.answers_about(tx, practice, claim_version_id=claim.id),
            payments=money.payments_of(tx, practice, claim_version_id=claim.id),
            denials=denials.listed(tx, practice, state="", pcn=claim.pcn),
        )


def denials_listed(
    office: Office,
    *,
    state: str = "open",
    pcn: str = "",
    owner: str = "",
    route: str = "",
    carc: str = "",
    after: int = 0,
    limit: int = 100,
) -> Page[StoredDenial]:
    """List denials with what to do about each."""
    with office.ledger.reading() as tx:
        rows = denials.listed(
            tx,
            office.practice.key,
            state=state,
            pcn=pcn,
            owner=owner,
            route=route,
            carc=carc,
            after=after,
            limit=limit,
        )
    return _page(rows, limit)


def remits_listed(
    office: Office, *, states: Sequence[RemittanceState] = (), after: int = 0, limit: int = 100
) -> Page[StoredRemittance]:
    """List remittances."""
    with office.ledger.reading() as tx:
        rows = money.listed(tx, office.practice.key, states=tuple(states), after=after, limit=limit)
    return _page(rows, limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemittanceShown:
    """A remittance whole: what it paid on which claim, and what is parked."""

    remittance: StoredRemittance
    payments: tuple[StoredPayment, ...]
    parked: tuple[Parked, ...]


def remit_shown(office: Office, remittance_id: int) -> RemittanceShown:
    """Show a remittance. Raises UsageError if there is none of that number."""
    practice = office.practice.key
    with office.ledger.reading() as tx:
        found = money.find(tx, practice, remittance_id)
        if found is None:
            raise UsageError(f"there is no remittance {remittance_id}; `gateway remits list` shows what there is")
        return RemittanceShown(
            remittance=found,
            payments=money.payments_of(tx, practice, remittance_id=remittance_id),
            parked=money.parked_of(tx, practice, remittance_id),
        )


def deliveries_listed(
    office: Office, *, states: Sequence[Delivery] = (), partner: str = "", after: int = 0, limit: int = 100
) -> Page[SealedFile]:
    """List outbound files."""
    with office.ledger.reading() as tx:
        rows = outbox.files(tx, office.practice.key, states=tuple(states), partner=partner, after=after, limit=limit)
    return _page(rows, limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryShown:
    """An outbound file whole: its steps, what it carries, what was answered, and what a person may decide now."""

    file: SealedFile
    claims: tuple[StoredClaim, ...]
    timeline: tuple[Logged, ...]
    answers: tuple[StoredAnswer, ...]
    resends: tuple[Resend, ...]

    @property
    def may_be(self) -> tuple[str, ...]:
        """Give the commands by which a person may go on with it."""
        return decisions(self.file, answered=bool(self.answers))


def delivery_shown(office: Office, name: str, *, partner: str = "") -> DeliveryShown:
    """Show an outbound file by its name. Raises UsageError if there is none, or several partners have one."""
    practice = office.practice.key
    with office.ledger.reading() as tx:
        file = named(tx, office, name, partner)
        return DeliveryShown(
            file=file,
            claims=claims.in_interchange(tx, practice, file.id),
            timeline=events.read(tx, practice, about=name, partner=file.partner, limit=1000),
            answers=inbound.answers_about(tx, practice, interchange_id=file.id),
            resends=resends.of_file(tx, practice, file.id),
        )


def decisions(file: SealedFile, *, answered: bool) -> tuple[str, ...]:
    """Give the commands by which a person may go on with a file, the most harmless first."""
    command = f"gateway deliveries {{}} {file.name} --by NAME --reason TEXT".format
    found = []
    if file.state is Delivery.HELD:
        found.append(command("release"))
    if file.state in {Delivery.HELD, Delivery.PRESUMED}:
        found.append(command("release") + " --as-sent")
    if not file.may_have_left and Delivery.CANCELLED in DECISIONS[file.state]:
        found.append(command("cancel"))
    if file.may_have_left and not answered and file.state in {Delivery.HELD, Delivery.PRESUMED, Delivery.SENT}:
        found.append(command("resend") + " --approved-by ANOTHER")
    return tuple(found)


def inbox_listed(
    office: Office,
    *,
    states: Sequence[InboundState] = (),
    partner: str = "",
    unmatched: bool = False,
    after: int = 0,
    limit: int = 100,
) -> Page[InboundFile]:
    """List inbound files; only those with an answer about nothing that we sent, if asked."""
    with office.ledger.reading() as tx:
        rows = inbound.files(
            tx,
            office.practice.key,
            states=tuple(states),
            partner=partner,
            unmatched=unmatched,
            after=after,
            limit=limit,
        )
    return _page(rows, limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundShown:
    """An inbound file, what the log says of it, the remittances in it, and what to type next (empty: nothing)."""

    file: InboundFile
    timeline: tuple[Logged, ...]
    remittances: tuple[StoredRemittance, ...]
    next_command: str


def inbound_shown(office: Office, inbound_id: int) -> InboundShown:
    """Show an inbound file by its number. Raises UsageError if there is none."""
    practice = office.practice.key
    with office.ledger.reading() as tx:
        file = numbered(tx, practice, inbound_id)
        held = money.of_file(tx, practice, inbound_id)
        return InboundShown(
            file=file,
            timeline=events.read(tx, practice, about=file.name, partner=file.partner, limit=1000),
            remittances=held,
            next_command=_next_for(file, held),
        )


def _next_for(file: InboundFile, held: Sequence[StoredRemittance]) -> str:
    if file.state is InboundState.STORED:
        return "gateway post"
    if file.state is InboundState.SET_ASIDE:
        decided = "--by NAME --reason TEXT"
        return f"gateway inbox reprocess {file.id} {decided}, or: gateway inbox ignore {file.id} {decided}"
    if any(one.state is RemittanceState.SET_ASIDE for one in held):
        return f"gateway inbox reprocess {file.id} --by NAME --reason TEXT, once its objection is met"
    if file.unmatched:
        return f"gateway inbox ignore {file.id} --by NAME --reason TEXT, once you know what it answers"
    return ""


def log_read(
    office: Office,
    *,
    after: int,
    claim: str = "",
    partner: str = "",
    about: str = "",
    kind: str = "",
    severities: tuple[EventSeverity, ...] = (),
    limit: int = 500,
) -> tuple[Logged, ...]:
    """Read the log in order, from the line behind number `after`."""
    with office.ledger.reading() as tx:
        return events.read(
            tx,
            office.practice.key,
            after=after,
            limit=limit,
            claim=claim,
            partner=partner,
            about=about,
            kind=kind,
            severities=severities,
        )


def log_end(office: Office) -> int:
    """Give the number of the newest line of the log."""
    with office.ledger.reading() as tx:
        return events.last_number(tx, office.practice.key)
