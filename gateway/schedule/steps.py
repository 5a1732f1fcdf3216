"""What each job does: what a person would type, said in a line. Plain functions in one table, so that workers may call them.

A partner that cannot be reached, or has refused us, is no failure of a slot: what waits for it is tried again by `deliver`
and the next time to collect, at the pace that its standing allows.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from gateway.errors import GatewayError
from gateway.event import Event, EventSeverity
from gateway.ledger import Transaction, events
from gateway.schedule.drop_folder import take_dropped
from gateway.service.identity.instance import require_released
from gateway.service.inbound.collect import collect
from gateway.service.inbound.post import post
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.outbound.batch import seal_batches
from gateway.service.outbound.deliver import deliver
from gateway.service.partners.calls import Calls
from gateway.service.partners.host_keys import mailbox_of
from gateway.service.recovery.backup import back_up, folder_of
from gateway.service.visits.scrub import scrub_visits
from gateway.timetable import Job

Ended: TypeAlias = Callable[[Transaction], None]
"""Keeps, in a transaction of the step, that its slot is done; a step that has none leaves it to whoever called it."""
Step: TypeAlias = Callable[[Office, str, Ended | None], str]
"""Does a job, for a partner where it has one, and says in a line what came of it. Raises GatewayError."""


def send(office: Office, partner: str, ended: Ended | None) -> str:
    """Do what a cutoff is for: scrub, seal, deliver. The slot is done with the last file that is sealed."""
    said = scrub(office, "", None)
    sealed = seal_batches(office, partner=partner, at_end=ended)
    for _, refused in sealed.refused:
        raise refused
    said = f"{said}; {_counted(sealed.claims, 'claim')} sealed in {_counted(len(sealed.files), 'file')}"
    if sealed.unwritable:
        said += f", {_counted(len(sealed.unwritable), 'claim')} not"
    return f"{said}; {redeliver(office, partner, None)}"


def redeliver(office: Office, partner: str, _ended: Ended | None) -> str:
    """Take up what is sealed and has not arrived."""
    rounds = deliver(office, mailbox_of, partner=partner, calls=Calls.WHEN_DUE)
    told = [f"{_counted(len(one.files), 'file')} taken up{_because(one.problem)}" for one in rounds]
    return "; ".join(told) or "nothing to deliver"


def fetch(office: Office, partner: str, _ended: Ended | None) -> str:
    """Fetch a partner's answers, and post what came from it."""
    rounds = collect(office, mailbox_of, partner=partner, calls=Calls.WHEN_DUE)
    told = [f"{_counted(len(one.files), 'file')} fetched{_because(one.problem)}" for one in rounds]
    return f"{'; '.join(told)}; {_posted(office, partner)}"


def take_in(office: Office, _partner: str, _ended: Ended | None) -> str:
    """Take in what lies in the drop folder."""
    return take_dropped(office)


def scrub(office: Office, _partner: str, _ended: Ended | None) -> str:
    """Check new visits, and held ones for which something has changed."""
    done = scrub_visits(office)
    held = sum(bool(one.holds) for one in done)
    return f"{_counted(len(done), 'visit')} scrubbed, {held} held"


def post_all(office: Office, _partner: str, _ended: Ended | None) -> str:
    """Post whatever waits, from whomever: what was imported by hand, and what a fault had kept back."""
    return _posted(office, "")


def look_over(office: Office, _partner: str, _ended: Ended | None) -> str:
    """Check the laws; a broken one wakes somebody."""
    outcome = reconcile(office)
    if outcome.holds:
        return "every law holds"
    broken = Event(
        kind="laws.broken",
        about="ledger",
        said="a law of the ledger does not hold: claims or dollars are not where they should be",
        severity=EventSeverity.WAKE,
        artefact="schedule",
        actor=office.actor,
        next_command="gateway reconcile",
    )
    with office.ledger.writing() as tx:
        events.write(tx, office.practice.key, broken, at=office.clock.now())
    return "a law does not hold; see: gateway reconcile"


def keep_copy(office: Office, _partner: str, _ended: Ended | None) -> str:
    """Back the ledger up; the copy is restored into a scratch place and looked at."""
    made = back_up(office, folder_of(office.settings.home), keep=office.settings.backups_kept, progress=lambda _: None)
    return f"{made.path.name}: {made.manifest.said}"


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


def _posted(office: Office, partner: str) -> str:
    require_released(office)
    done = post(office, partner=partner)
    look = sum(one.needs_a_person for one in done)
    return f"{_counted(len(done), 'file')} read" + (f", {look} to be looked at" if look else "")


def _because(problem: GatewayError | None) -> str:
    return "" if problem is None else f" ({problem})"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
