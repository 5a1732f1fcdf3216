"""What each job does: what a person would type, said in a line. Plain functions in one table, so that workers may call them.

A partner that cannot be reached, or has refused us, is no failure of a slot: what waits for it is tried again by `deliver`
and the next time to collect, at the pace that its standing allows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from gateway.errors import GatewayError
from gateway.event import Event, EventSeverity
from gateway.ledger import events
from gateway.schedule.drop_folder import take_dropped
from gateway.service.identity.instance import require_released
from gateway.service.inbound.collect import collect
from gateway.service.inbound.post import post
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.outbound.batch import AtEnd, seal_batches
from gateway.service.outbound.deliver import deliver
from gateway.service.partners.calls import Calls
from gateway.service.partners.host_keys import mailbox_of
from gateway.service.recovery.backup import back_up, folder_of
from gateway.service.visits.scrub import scrub_visits
from gateway.timetable import Job


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a job.

    looks         whether a person has something to look at
    is_something  whether anything was done at all
    """

    said: str
    looks: bool = False
    is_something: bool = True


Step: TypeAlias = Callable[[Office, str, AtEnd | None], Came]
"""Does a job, for a partner where it has one. Raises GatewayError.

The last argument keeps, in a transaction of the step, that its slot is done; a step that has none leaves it to its caller.
"""


def send(office: Office, partner: str, ended: AtEnd | None) -> Came:
    """Do what a cutoff is for: scrub, seal, deliver. The slot is done with the last file that is sealed."""
    scrubbed = scrub(office, "", None)
    sealed = seal_batches(office, partner=partner, at_end=ended)
    for _, refused in sealed.refused:
        raise refused
    said = f"{_counted(sealed.claims, 'claim')} sealed in {_counted(len(sealed.files), 'file')}"
    if sealed.unwritable:
        said += f", {_counted(len(sealed.unwritable), 'claim')} not"
    delivered = redeliver(office, partner, None)
    looks = scrubbed.looks or delivered.looks or bool(sealed.unwritable)
    return Came(f"{scrubbed.said}; {said}; {delivered.said}", looks)


def redeliver(office: Office, partner: str, _ended: AtEnd | None) -> Came:
    """Take up what is sealed and has not arrived."""
    rounds = deliver(office, mailbox_of, partner=partner, calls=Calls.WHEN_DUE)
    told = [f"{_counted(len(one.files), 'file')} taken up{_because(one.problem)}" for one in rounds]
    looks = any(one.problem is not None for one in rounds)
    return Came("; ".join(told) or "nothing to deliver", looks, bool(rounds))


def fetch(office: Office, partner: str, _ended: AtEnd | None) -> Came:
    """Fetch a partner's answers, and post what came from it."""
    rounds = collect(office, mailbox_of, partner=partner, calls=Calls.WHEN_DUE)
    told = "; ".join(f"{_counted(len(one.files), 'file')} fetched{_because(one.problem)}" for one in rounds)
    posted = _posted(office, partner)
    troubled = any(one.problem is not None or one.left for one in rounds)
    fetched = troubled or any(one.files for one in rounds)
    return Came(f"{told}; {posted.said}", troubled or posted.looks, fetched or posted.is_something)


def take_in(office: Office, _partner: str, _ended: AtEnd | None) -> Came:
    """Take in what lies in the drop folder."""
    dropped = take_dropped(office)
    return Came(str(dropped), bool(dropped.rows or dropped.refused), bool(dropped.taken or dropped.refused))


def scrub(office: Office, _partner: str, _ended: AtEnd | None) -> Came:
    """Check new visits, and held ones for which something has changed."""
    done = scrub_visits(office)
    held = sum(bool(one.holds) for one in done)
    return Came(f"{_counted(len(done), 'visit')} scrubbed, {held} held", bool(held), bool(done))


def post_all(office: Office, _partner: str, _ended: AtEnd | None) -> Came:
    """Post whatever waits, from whomever: what was imported by hand, and what a fault had kept back."""
    return _posted(office, "")


def look_over(office: Office, _partner: str, _ended: AtEnd | None) -> Came:
    """Check the laws; a broken one wakes somebody."""
    if reconcile(office).holds:
        return Came("every law holds")
    said = "a law of the ledger does not hold: claims or dollars are not where they should be"
    _tell(office, "laws.broken", "ledger", said, EventSeverity.WAKE, "gateway reconcile")
    return Came("a law does not hold; see: gateway reconcile", looks=True)


def keep_copy(office: Office, _partner: str, _ended: AtEnd | None) -> Came:
    """Back the ledger up; the copy is restored into a scratch place and looked at. One that could not be is told."""
    made = back_up(office, folder_of(office.settings.home), keep=office.settings.backups_kept, progress=lambda _: None)
    if not made.manifest.verified:
        said = f"backup {made.path.name} was made and could not be tried out: {made.manifest.said}"
        _tell(office, "backup.not_tried_out", made.path.name, said, EventSeverity.CAN_WAIT, "gateway backup")
    return Came(f"{made.path.name}: {made.manifest.said}", not made.manifest.verified)


def _tell(office: Office, kind: str, about: str, said: str, severity: EventSeverity, then: str) -> None:
    event = Event(
        kind=kind,
        about=about,
        said=said,
        severity=severity,
        artefact="schedule",
        actor=office.actor,
        next_command=then,
    )
    with office.ledger.writing() as tx:
        events.write(tx, office.practice.key, event, at=office.clock.now())


STEPS: Final[Mapping[Job, Step]] = {
    Job.SEND: send,
    Job.DELIVER: redeliver,
    Job.COLLECT: fetch,
    Job.TAKE_IN: take_in,
    Job.SCRUB: scrub,
    Job.POST: post_all,
    Job.RECONCILE: look_over,
    Job.BACKUP: keep_copy,
}


def _posted(office: Office, partner: str) -> Came:
    require_released(office)
    done = post(office, partner=partner)
    look = sum(one.needs_a_person for one in done)
    said = f"{_counted(len(done), 'file')} read" + (f", {look} to be looked at" if look else "")
    return Came(said, bool(look), bool(done))


def _because(problem: GatewayError | None) -> str:
    return "" if problem is None else f" ({problem})"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
