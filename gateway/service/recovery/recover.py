"""The way out of HELD, step by step, for a ledger that was restored, copied or moved.

Such a ledger does not know what was sent after the moment it remembers. For each partner:

answers  fetch every answer again, from the archive too; what is known already changes nothing
numbers  let control numbers jump past every one that was seen, and 1,000 more: the gap is in the log
files    match each file that was not known to be sent with the partner's folder and the answers: seen is SENT; not seen
         is HELD for a person. A file of ours that the ledger does not know is taken back into it from the partner's copy
claims   keep back the claims that were ready: the lost ledger may have sent them
posted   post the answers, now that what they are about is known

Nothing here sends. The last step is a person's: `release`. Killed anywhere, it is called again and goes on.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from gateway.errors import GatewayError, LedgerChanged, PartnerRefusal, Paused, UsageError
from gateway.event import Event, EventSeverity
from gateway.ledger import Transaction, doubts, events, instance, laws, numbers
from gateway.ledger.numbers import Number
from gateway.partner import TradingPartner
from gateway.service.identity.instance import forward, read_marker
from gateway.service.inbound.collect import collect
from gateway.service.inbound.post import post
from gateway.service.office import Office
from gateway.service.partners.calls import TROUBLE, OpenMailbox, reached
from gateway.service.recovery.file_after_loss import Recovering
from gateway.service.recovery.partner_evidence import answered, number_in
from gateway.transport.mailbox import Entry

GAP = 1_000
_PLAUSIBLE = 1_000_000
_PAGE = 200


class Step(StrEnum):
    """What has to be done for each partner before a person may release the ledger."""

    ANSWERS = "answers"
    NUMBERS = "numbers"
    FILES = "files"
    CLAIMS = "claims"
    POSTED = "posted"


EXPLAINED = {
    Step.ANSWERS: "fetch every answer again, from the archive too",
    Step.NUMBERS: "let control numbers jump past all that were seen",
    Step.FILES: "match files with what the partner shows and answered",
    Step.CLAIMS: "keep back ready claims that may have been sent",
    Step.POSTED: "post the answers",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One step at one partner. `said` is what was found; empty while it is not done."""

    partner: str
    step: Step
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """How far it has come. `problems` are partners that could not be worked with now."""

    why: str
    steps: tuple[Done, ...]
    kept_back: tuple[doubts.Doubt, ...] = ()
    problems: tuple[tuple[str, GatewayError], ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """The partners with a step that is not done."""
        return tuple(dict.fromkeys(one.partner for one in self.steps if not one.said))


def standing(office: Office) -> Recovery | None:
    """Say how far the recovery has come; None if the ledger is not held."""
    place = instance.place_of(office.ledger)
    with office.ledger.reading() as tx:
        why = instance.why_held(tx)
        if not why:
            return None
        row = instance.read(tx)
        recovery = row.recovery if row.held and row.place == place else ""
        done = _steps_done(tx, office, recovery) if recovery else {}
        kept = doubts.kept_back(tx, office.practice.key)
    return Recovery(
        why=why,
        steps=tuple(
            Done(partner=name, step=step, said=done.get((name, step), ""))
            for name in sorted(office.settings.partners)
            for step in Step
        ),
        kept_back=kept,
    )


def recover(office: Office, open_mailbox: OpenMailbox, *, partner: str = "") -> Recovery:
    """Do every step that is not done, partner by partner. Sends nothing. Raises UsageError if the ledger is not held."""
    names = [office.settings.partner(partner).name] if partner else sorted(office.settings.partners)
    recovery = _begun(office)
    problems: list[tuple[str, GatewayError]] = []
    for name in names:
        try:
            _recover_partner(office, open_mailbox, office.settings.partner(name), recovery)
        except LedgerChanged:
            raise
        except (*TROUBLE, Paused) as problem:
            problems.append((name, problem))
    now = standing(office)
    assert now is not None
    return replace(now, problems=tuple(problems))


def hold(office: Office, *, reason: str) -> None:
    """Hold the ledger on a person's word: its machine was set back to a snapshot, say, which nothing in it can notice."""
    with office.ledger.writing() as tx:
        if instance.why_held(tx):
            raise UsageError("the ledger is held already; next: gateway reconcile")
        why = f"{office.actor} holds it: {reason}"
        instance.hold(tx, why, place=instance.read(tx).place)
        _log(tx, office, "ledger.held", f"the ledger is held: {why}", reason=reason, severity=EventSeverity.WAKE)


def release(office: Office, *, reason: str, without: tuple[str, ...] = (), ready_unsent: bool = False) -> int:
    """Let the ledger number and send again; gives its new epoch. The person's decision that ends a recovery.

    without       partners that cannot be reached: their files stay held and their ready claims kept back
    ready_unsent  the person knows that claims which were ready, and were seen nowhere, were never sent

    Raises UsageError if the ledger is not held, or steps are missing.
    """
    unknown = [name for name in without if name not in office.settings.partners]
    if unknown:
        raise UsageError(f"there is no partner {unknown[0]}; `gateway partners list` shows them")
    recovery = _begun(office)
    with office.ledger.reading() as tx:
        strangers = laws.partners_waited_for(tx, office.practice.key) - set(office.settings.partners)
    if strangers:
        # Configured again later, their files would go out unlooked at.
        raise UsageError(
            f"claims or files wait for {', '.join(sorted(strangers))}, which has no file in partners/: put it back, then: "
            "gateway reconcile --recover; nothing was released"
        )
    for name in without:
        _recover_blind(office, office.settings.partner(name), recovery)
    now = standing(office)
    assert now is not None
    if now.missing:
        raise UsageError(
            f"not everything was looked at: {', '.join(now.missing)}; next: gateway reconcile --recover (a partner that "
            "cannot be reached any more: --without NAME); nothing was released"
        )
    practice, marker = office.practice.key, read_marker(office.settings.home)
    with office.ledger.writing() as tx:
        freed = doubts.free_unseen(tx, practice, by=office.actor) if ready_unsent else 0
        epoch = max(instance.read(tx).epoch, marker.epoch if marker else 0) + 1
        instance.release(tx, epoch)
        kept = len(doubts.kept_back(tx, practice))
        said = f"the ledger is released as epoch {epoch}; {freed} claims freed, {kept} kept back"
        if without:
            said += f"; without looking at {', '.join(without)}"
        _log(tx, office, "ledger.released", said, reason=reason)
    forward(office.settings.home, office.ledger, practice)
    return epoch


def free(office: Office, pcn: str, *, reason: str) -> None:
    """Let a claim that was kept back be sealed after all, or whatever is new to a partner (then `pcn` is its name).

    Raises UsageError if it is not kept back.
    """
    with office.ledger.writing() as tx:
        if not doubts.free(tx, office.practice.key, pcn, by=office.actor):
            raise UsageError(f"{pcn} is not kept back; `gateway reconcile` lists what is")
        _log(tx, office, "doubt.decided", f"{pcn} is no longer kept back", reason=reason, about=pcn)


def renumber(office: Office, name: str, *, to: int, reason: str) -> tuple[Number, Number]:
    """Let a partner's interchange numbers go on behind `to`, forward only; gives the last number before, and now.

    Raises UsageError if `to` is not ahead in the present cycle.
    """
    partner, practice = office.settings.partner(name), office.practice.key
    with office.ledger.writing() as tx:
        parties = partner.envelope.parties
        before = numbers.latest(tx, practice, partner.name, parties) or Number(1, 0)
        after = Number(before.cycle, to)
        numbers.jump(tx, practice, partner.name, parties, after)
        _log_jump(tx, office, partner, before, after, reason=reason)
    return before, after


def _begun(office: Office) -> str:
    """Give the name of this recovery; what this process found is written into the ledger first."""
    place = instance.place_of(office.ledger)
    with office.ledger.writing() as tx:
        why, row = instance.why_held(tx), instance.read(tx)
        if not why:
            raise UsageError("the ledger is not held: there is nothing to recover; nothing was changed")
        if row.held and row.place == place and row.recovery:
            return row.recovery
        recovery = instance.hold(tx, why, place=place)
        _log(tx, office, "ledger.held", f"the ledger is held: {why}", severity=EventSeverity.WAKE)
        return recovery


def _recover_partner(office: Office, open_mailbox: OpenMailbox, partner: TradingPartner, recovery: str) -> None:
    with office.ledger.reading() as tx:
        done = {step for name, step in _steps_done(tx, office, recovery) if name == partner.name}
    if Step.ANSWERS not in done:
        _record(office, partner, Step.ANSWERS, _collected(office, open_mailbox, partner), recovery)
    if not {Step.NUMBERS, Step.FILES, Step.CLAIMS} <= done:
        with reached(office, partner, open_mailbox) as mailbox:
            try:
                listed = mailbox.list(partner.mailbox.outbound)
            except PartnerRefusal:
                listed = ()  # a drop box that shows nothing: what is in doubt there stays held
            names = {entry.name: entry for entry in listed if entry.regular}
            _numbered(office, partner, names, recovery)
            with office.ledger.reading() as tx:
                seen = answered(tx, office.practice.key, partner.name)
            recovering = Recovering(office, partner, mailbox, names, seen)
            _record(office, partner, Step.FILES, recovering.files(), recovery)
            _record(office, partner, Step.CLAIMS, recovering.ready_claims(), recovery)
    if Step.POSTED not in done:
        posted = post(office, partner=partner.name)
        look = sum(one.needs_a_person for one in posted)
        _record(office, partner, Step.POSTED, f"{len(posted)} files posted, {look} of them need a person", recovery)


def _recover_blind(office: Office, partner: TradingPartner, recovery: str) -> None:
    """Do what can be done without the partner: everything in doubt there is held."""
    _record(office, partner, Step.ANSWERS, "not fetched", recovery)
    _numbered(office, partner, {}, recovery)
    with office.ledger.reading() as tx:
        seen = answered(tx, office.practice.key, partner.name)
    recovering = Recovering(office, partner, None, {}, seen)
    _record(office, partner, Step.FILES, recovering.files(), recovery)
    _record(office, partner, Step.CLAIMS, recovering.ready_claims(), recovery)
    _record(office, partner, Step.POSTED, "left for later", recovery)


def _collected(office: Office, open_mailbox: OpenMailbox, partner: TradingPartner) -> str:
    """Fetch from the inbound folder, then read the archive as if it were one: nothing is moved out of it."""
    box, found, known = partner.mailbox, 0, 0
    places = [partner]
    if box.archive:
        places.append(replace(partner, mailbox=replace(box, inbound=box.archive, archive="")))
    for place in places:
        partners = MappingProxyType({**office.settings.partners, partner.name: place})
        there = replace(office, settings=replace(office.settings, partners=partners))
        (one,) = collect(there, open_mailbox, partner=partner.name)
        if one.problem is not None:
            raise one.problem
        found, known = found + len(one.files), known + one.known
    return f"{found} files that the ledger did not have, {known} known" + (", archive read" if box.archive else "")


def _numbered(office: Office, partner: TradingPartner, names: dict[str, Entry], recovery: str) -> None:
    """Jump once in a recovery: called again after a kill, the gap is not made again."""
    practice, marker = office.practice.key, read_marker(office.settings.home)
    with office.ledger.writing() as tx:
        if (partner.name, Step.NUMBERS) in _steps_done(tx, office, recovery):
            return
        parties = partner.envelope.parties
        before = numbers.latest(tx, practice, partner.name, parties) or Number(1, 0)
        seen = [*answered(tx, practice, partner.name).numbers(before)]
        seen += [number for name in names if (number := number_in(partner, practice, name)) is not None]
        if marker is not None and (anchor := marker.numbers.get(("interchange", partner.name))):
            seen.append(anchor)
        # A number far beyond ours is damage or somebody else's: it must not use up the cycle.
        near = [number for number in seen if number <= before.plus(_PLAUSIBLE)]
        highest = max([before, *near])
        after = highest.plus(GAP)
        numbers.jump(tx, practice, partner.name, parties, after)
        _log_jump(tx, office, partner, before, after, reason="recovery")
        said = f"{_shown(before)} was ours, {_shown(highest)} the highest seen; the next is behind {_shown(after)}"
        if len(near) < len(seen):
            said += f"; {len(seen) - len(near)} implausible numbers passed over (gateway partners renumber)"
        _step(tx, office, partner, Step.NUMBERS, said, recovery)


def _record(office: Office, partner: TradingPartner, step: Step, said: str, recovery: str) -> None:
    with office.ledger.writing() as tx:
        _step(tx, office, partner, step, said, recovery)


def _step(tx: Transaction, office: Office, partner: TradingPartner, step: Step, said: str, recovery: str) -> None:
    event = Event(
        kind=f"recovery.{step}",
        about=partner.name,
        partner=partner.name,
        said=said,
        artefact=f"recovery {recovery}",
        actor=office.actor,
    )
    events.write(tx, office.practice.key, event, at=office.clock.now())


def _steps_done(tx: Transaction, office: Office, recovery: str) -> dict[tuple[str, Step], str]:
    """Give what the log says of this very recovery, by partner and step."""
    return {
        (logged.event.partner, Step(logged.event.kind.removeprefix("recovery."))): logged.event.said
        for logged in _recovery_log(tx, office)
        if logged.event.artefact == f"recovery {recovery}"
    }


def _recovery_log(tx: Transaction, office: Office) -> Iterator[events.Logged]:
    after = 0
    while page := events.read(tx, office.practice.key, kind="recovery", after=after, limit=_PAGE):
        yield from page
        after = page[-1].number


def _log_jump(
    tx: Transaction, office: Office, partner: TradingPartner, before: Number, after: Number, *, reason: str
) -> None:
    said = f"interchange numbers to {partner.name} jump from {_shown(before)} to {_shown(after)}; the gap is meant"
    _log(tx, office, "partner.renumbered", said, reason=reason, about=partner.name, partner=partner.name)


def _log(
    tx: Transaction,
    office: Office,
    kind: str,
    said: str,
    *,
    reason: str = "",
    severity: EventSeverity = EventSeverity.ROUTINE,
    about: str = "ledger",
    partner: str = "",
) -> None:
    event = Event(
        kind=kind,
        about=about,
        said=said,
        severity=severity,
        partner=partner,
        artefact="person" if reason and reason != "recovery" else "ledger",
        actor=office.actor,
        reason=reason,
        next_command="gateway reconcile" if severity is EventSeverity.WAKE else "",
    )
    events.write(tx, office.practice.key, event, at=office.clock.now())


def _shown(number: Number) -> str:
    return f"{number.number:09d}" + (f" of cycle {number.cycle}" if number.cycle > 1 else "")
