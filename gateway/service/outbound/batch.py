"""Ready claims into sealed files: each partner's claims, numbered, written, judged, and stored in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from hashlib import sha256
from typing import TypeAlias
from zoneinfo import ZoneInfo

from gateway.batch import Batch, BatchPlan
from gateway.billing import plan
from gateway.claim import Claim, Frequency
from gateway.codes.table import codes_folder
from gateway.edi.checking import conformance
from gateway.edi.guide.overlay import read_overlay
from gateway.edi.write import professional
from gateway.errors import ConfigError, LedgerBusy, LedgerChanged, LedgerConflict, OutboundWireError
from gateway.event import Event, EventSeverity
from gateway.ledger import Transaction, claims, events, numbers, outbox, visits
from gateway.ledger.claims import StoredClaim
from gateway.ledger.numbers import Number
from gateway.ledger.outbox import NewFile, SealedFile
from gateway.lifecycle import ClaimState
from gateway.money import ZERO
from gateway.partner import TradingPartner
from gateway.service.claims.accepted_after_all import accepted_after_all
from gateway.service.claims.answered import earlier_of
from gateway.service.files.pgp import closed
from gateway.service.identity.instance import require_released
from gateway.service.office import Office
from gateway.service.outbound.possible_duplicates import undoubted
from gateway.service.outbound.test_or_production import refuse_mixed
from gateway.service.partners.renamed import renamed

_PAGE = 1000
_TRIES = 5
Judge: TypeAlias = Callable[[bytes], None]
AtEnd: TypeAlias = Callable[[Transaction], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What would go to a partner in one file."""

    partner: str
    claims: int
    charge: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwritable:
    """A claim that cannot be written as X12; it stays ready and the others go without it."""

    pcn: str
    visit: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What was sealed, what could not be written, and which partners' profiles forbid it, with the reason."""

    files: tuple[SealedFile, ...]
    claims: int
    unwritable: tuple[Unwritable, ...]
    refused: tuple[tuple[str, ConfigError], ...] = ()


def plan_batches(office: Office, *, partner: str = "") -> tuple[Planned, ...]:
    """Say which files would be sealed now. Takes no number and changes nothing."""
    return tuple(
        Planned(partner=one.name, claims=len(batch.claims), charge=sum((c.charge for c in batch.claims), ZERO))
        for one in _partners(office, partner)
        for batch in plan(one, (body for _, body in _ready(office, one)))
    )


def seal_batches(office: Office, *, partner: str = "", at_end: AtEnd | None = None) -> Sealed:
    """Seal a file for each batch of ready claims. Every interchange is judged before it is sealed.

    at_end  called in the transaction that seals the last of a partner's files: what it writes is kept with that file, and
            if it raises, the file is not sealed

    A claim that cannot be written, or is refused when it is judged, stays ready; the others go without it.
    Raises LedgerHeld if the ledger may be older than what was sent.
    """
    require_released(office)
    done = _Done()
    for one in _partners(office, partner):
        try:
            _seal_partner(office, one, done, at_end)
        except LedgerChanged:
            raise
        except ConfigError as mixed:
            done.refused.append((one.name, mixed))
            _report_partner(office, one, mixed)
    if done.unwritable:
        _report(office, done.unwritable)
    return Sealed(
        files=tuple(done.files), claims=done.claims, unwritable=tuple(done.unwritable), refused=tuple(done.refused)
    )


@dataclass(slots=True)
class _Done:
    """What a call has done so far, over its partners."""

    files: list[SealedFile] = field(default_factory=list)
    claims: int = 0
    unwritable: list[Unwritable] = field(default_factory=list)
    refused: list[tuple[str, ConfigError]] = field(default_factory=list)


def _seal_partner(office: Office, partner: TradingPartner, done: _Done, at_end: AtEnd | None) -> None:
    """Seal what waits for a partner; where others have sealed some of it meanwhile, what is left then."""
    for turn in range(1, _TRIES + 1):
        try:
            done.unwritable += _seal_ready(office, partner, done, at_end)
        except LedgerBusy:
            raise
        except LedgerConflict:
            if turn == _TRIES:
                raise
        else:
            return


def _seal_ready(office: Office, partner: TradingPartner, done: _Done, at_end: AtEnd | None) -> list[Unwritable]:
    """Seal what waits for a partner now, and give what cannot be. Raises LedgerConflict if somebody else was quicker."""
    ready = _ready(office, partner)
    other = renamed(office, partner) if ready else None
    if other is not None:
        raise other
    fresh, doubled = _originals(office, ready)
    good, bad = _tried(office, partner, fresh, professional.write)
    good, doubted = undoubted(office, partner, good)
    unwritable = [*doubled, *bad, *(Unwritable(pcn=c.pcn, visit=c.visit_key, why=why) for c, why in doubted)]
    stored = {body.patient_control_number: claim for claim, body in good}
    batches = tuple(plan(partner, (body for _, body in good)))
    for number, batch in enumerate(batches, start=1):
        office.give_way()
        file, unfit = _seal_what_fits(office, batch, stored, at_end if number == len(batches) else None)
        unwritable += unfit
        if file is not None:
            done.files.append(file)
            done.claims += len(batch.claims) - len(unfit)
    return unwritable


def _seal_what_fits(
    office: Office, batch: BatchPlan, stored: dict[str, StoredClaim], at_end: AtEnd | None
) -> tuple[SealedFile | None, list[Unwritable]]:
    """Seal a batch, without the claims that spoil it if there are such; None if nothing of it could be sealed."""
    judge = _judging(office, batch.partner)
    try:
        return _seal(office, batch, stored, judge, at_end), []
    except OutboundWireError:
        # Which it is, judging each claim by itself tells.
        pairs = [(stored[body.patient_control_number], body) for body in batch.claims]
        fit, unfit = _tried(office, batch.partner, pairs, lambda alone: judge(professional.write(alone)))
    if not fit:
        return None, unfit
    try:
        return _seal(office, replace(batch, claims=tuple(body for _, body in fit)), stored, judge, at_end), unfit
    except OutboundWireError as together:
        return None, [*unfit, *(Unwritable(pcn=c.pcn, visit=c.visit_key, why=str(together)) for c, _ in fit)]


def _originals(
    office: Office, ready: list[tuple[StoredClaim, Claim]]
) -> tuple[list[tuple[StoredClaim, Claim]], list[Unwritable]]:
    """Keep back an original of which an earlier version was adjudicated since it was made: it would be paid twice."""
    good: list[tuple[StoredClaim, Claim]] = []
    doubled: list[Unwritable] = []
    with office.ledger.reading() as tx:
        answered = _second_originals(tx, office, [stored for stored, _ in ready])
    for stored, body in ready:
        if stored.id in answered:
            doubled.append(Unwritable(pcn=stored.pcn, visit=stored.visit_key, why=answered[stored.id]))
        else:
            good.append((stored, body))
    return good, doubled


def _second_originals(tx: Transaction, office: Office, some: Sequence[StoredClaim]) -> dict[int, str]:
    """Give those of some claim versions that would be paid twice, with why.

    They are originals of what its payer has adjudicated, or accepted after all, or another one has paid.
    """
    originals = [one for one in some if one.frequency == Frequency.ORIGINAL]
    earlier = earlier_of(tx, office, [one.visit_id for one in originals])
    before = {
        one.visit_id: [each for each in earlier[one.visit_id].versions if each.version < one.version]
        for one in originals
    }
    accepted = accepted_after_all(tx, office, before)
    whys: dict[int, str] = {}
    for one in originals:
        held = earlier[one.visit_id]
        if held.adjudicated_by(one.payer):
            whys[one.id] = "an earlier version was adjudicated meanwhile; correct the visit again to replace it"
        elif held.paid_by_another(one.payer):
            whys[one.id] = held.why_not_before(one.payer)
        elif one.visit_id in accepted:
            whys[one.id] = (
                f"claim {accepted[one.visit_id].pcn}, which this one stands for, was accepted after all: wait for its answer, "
                f"or ask the payer; if it holds nothing, gateway claims withdraw {one.pcn} --by NAME --reason TEXT, then "
                f"gateway visits fix {one.visit_key} --by NAME --reason TEXT sends it after all"
            )
    return whys


def _judging(office: Office, partner: TradingPartner) -> Judge:
    """Give what raises OutboundWireError if a file for that partner does not conform.

    It raises ConfigError, as this does, if a companion guide of the partner is none.
    """
    return partial(
        conformance.judge,
        overlays=tuple(map(read_overlay, partner.companions)),
        today=office.clock.today(),
        codes=codes_folder(office.settings.home),
    )


def _partners(office: Office, name: str) -> tuple[TradingPartner, ...]:
    known = office.settings.partners
    return (office.settings.partner(name),) if name else tuple(known[one] for one in sorted(known))


def _ready(office: Office, partner: TradingPartner) -> list[tuple[StoredClaim, Claim]]:
    practice = office.practice.key
    found: list[tuple[StoredClaim, Claim]] = []
    with office.ledger.reading() as tx:
        while True:
            after = found[-1][0].id if found else 0
            page = claims.current(
                tx, practice, states=(ClaimState.READY,), partner=partner.name, after=after, limit=_PAGE
            )
            if not page:
                return found
            bodies = claims.bodies_of(tx, practice, [one.id for one in page])
            found += [(one, bodies[one.id]) for one in page]


def _tried(
    office: Office,
    partner: TradingPartner,
    ready: list[tuple[StoredClaim, Claim]],
    attempt: Callable[[Batch], object],
) -> tuple[list[tuple[StoredClaim, Claim]], list[Unwritable]]:
    """Try each claim by itself; one that is refused must not keep the others back."""
    good: list[tuple[StoredClaim, Claim]] = []
    bad: list[Unwritable] = []
    for stored, body in ready:
        try:
            attempt(_batch(office, BatchPlan(partner=partner, claims=(body,)), Number(1, 1)))
        except OutboundWireError as refused:
            bad.append(Unwritable(pcn=stored.pcn, visit=stored.visit_key, why=str(refused)))
        else:
            good.append((stored, body))
    return good, bad


def _batch(office: Office, batch: BatchPlan, number: Number) -> Batch:
    return Batch(
        practice=office.practice,
        partner=batch.partner,
        claims=batch.claims,
        interchange=number.number,
        group=number.number,
        # Unique per partner over all cycles: the 277CA gives it back.
        reference=f"{number.cycle}{number.number:09d}",
        at=office.clock.now().astimezone(ZoneInfo(office.practice.zone)),
    )


def _seal(
    office: Office, batch: BatchPlan, stored: dict[str, StoredClaim], judge: Judge, at_end: AtEnd | None
) -> SealedFile:
    """Write and judge outside the transaction, under the number that comes next; take that very number inside it.

    Raises LedgerConflict when others keep taking the number first, OutboundWireError if the file does not conform.
    """
    practice, partner, parties = office.practice.key, batch.partner, batch.partner.envelope.parties
    carried = [stored[one.patient_control_number] for one in batch.claims]
    for _ in range(_TRIES):
        with office.ledger.reading() as tx:
            number = numbers.upcoming(tx, practice, partner.name, parties)
        written = _batch(office, batch, number)
        raw = professional.write(written)
        judge(raw)
        wire = closed(office, partner, raw)
        _refuse_unfit(office, partner, _name(office, partner, number), raw, leaves=raw if wire is None else wire)
        with office.ledger.writing(beside=True) as tx:
            visits.lock(tx, practice, [one.visit_id for one in carried])
            if numbers.take(tx, practice, partner.name, parties, number):
                if at_end is not None:
                    at_end(tx)
                return _store(tx, office, written, number, (raw, wire), carried)
    raise LedgerConflict(f"another process seals files for {partner.name}; nothing was sealed here; try again")


def _name(office: Office, partner: TradingPartner, number: Number) -> str:
    """Give a file's name; in a later cycle of control numbers it says so, for a name is never used twice."""
    practice = office.practice.key
    name = partner.file_name.format(practice=practice, partner=partner.name, interchange=f"{number.number:09d}")
    return name if number.cycle == 1 else f"c{number.cycle}_{name}"


def _refuse_unfit(office: Office, partner: TradingPartner, name: str, raw: bytes, *, leaves: bytes) -> None:
    """Raise ConfigError before a file is sealed that this partner does not take, or that is of the other environment."""
    refuse_mixed(office.settings, partner, name, raw)
    if len(name) > partner.name_max:
        raise ConfigError(
            f"partner {partner.name}: the file name {name} has {len(name)} characters, it takes {partner.name_max}; "
            f"nothing was sealed; shorten file_name in partners/{partner.name}.toml"
        )
    if len(leaves) > partner.size_max:
        raise ConfigError(
            f"partner {partner.name}: the file has {len(leaves)} bytes, it takes {partner.size_max}; nothing was sealed; "
            f"lower claims_max in partners/{partner.name}.toml"
        )


def _store(
    tx: Transaction,
    office: Office,
    batch: Batch,
    number: Number,
    body: tuple[bytes, bytes | None],
    carried: list[StoredClaim],
) -> SealedFile:
    """Store a file: its X12, and what leaves where that is not the same."""
    raw, wire = body
    practice, at, partner = office.practice.key, office.clock.now(), batch.partner
    new = NewFile(
        partner=partner.name,
        cycle=number.cycle,
        interchange=number.number,
        group_control=batch.group,
        reference=batch.reference,
        name=_name(office, partner, number),
        size=len(raw),
        sha256=sha256(raw).hexdigest(),
        body=raw,
        mailbox=partner.mailbox.destination,
        wire=wire,
    )
    answered = _second_originals(tx, office, carried)
    if answered:
        pcn = next(one.pcn for one in carried if one.id in answered)
        raise LedgerConflict(f"claim {pcn} was answered just now; nothing was sealed; run it again")
    file = outbox.seal(
        tx, practice, new, tuple(one.id for one in carried), event=_sealed(new, len(carried), office.actor), at=at
    )
    moves = [(claim, _in_file(claim, file, office.actor)) for claim in carried]
    claims.move_all(tx, practice, moves, ClaimState.SEALED, at=at)
    return file


def _in_file(claim: StoredClaim, file: SealedFile, actor: str) -> Event:
    return Event(
        kind="claim.sealed",
        about=claim.pcn,
        claim=claim.pcn,
        partner=file.partner,
        said=f"claim {claim.pcn} is in file {file.name}",
        before=claim.state,
        after=ClaimState.SEALED,
        artefact=f"file {file.name}",
        actor=actor,
    )


def _sealed(new: NewFile, claims_in_it: int, actor: str) -> Event:
    return Event(
        kind="file.sealed",
        about=new.name,
        partner=new.partner,
        said=f"file {new.name} sealed with {claims_in_it} claims, {new.size} bytes, sha256 {new.sha256[:12]}",
        after="sealed",
        artefact=f"file {new.name}",
        actor=actor,
    )


def _report(office: Office, refused: list[Unwritable]) -> None:
    with office.ledger.writing() as tx:
        for one in refused:
            said = Event(
                kind="claim.unwritable",
                about=one.pcn,
                claim=one.pcn,
                said=f"claim {one.pcn} of visit {one.visit} cannot be written: {one.why}",
                severity=EventSeverity.CAN_WAIT,
                artefact="X12 writer",
                next_command=f"gateway visits fix {one.visit} --set FIELD=VALUE --by NAME --reason TEXT",
            )
            events.write(tx, office.practice.key, said, at=office.clock.now())


def _report_partner(office: Office, partner: TradingPartner, refused: ConfigError) -> None:
    said = Event(
        kind="partner.unfit",
        about=partner.name,
        partner=partner.name,
        said=str(refused),
        severity=EventSeverity.WAKE,
        artefact="configuration",
        actor=office.actor,
        next_command="gateway doctor",
    )
    with office.ledger.writing() as tx:
        events.write(tx, office.practice.key, said, at=office.clock.now())
