"""The way out of HELD, as `gateway reconcile` tells it."""

from typing import TYPE_CHECKING

from gateway.accounts import Right
from gateway.cli.face import show
from gateway.cli.face.place import Place
from gateway.cli.face.say import say
from gateway.cli.face.status import Status, worst

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.ledger.doubts import Doubt
    from gateway.service.office import Office
    from gateway.service.recovery.recover import Recovery

_SHOWN = 20


def recover(place: Place, *, as_json: bool) -> int:
    """Do every step that does not need a person's word. Nothing is sent."""
    from gateway.service.partners.host_keys import mailbox_of
    from gateway.service.recovery.recover import recover as run

    with place.office(right=Right.RUN_LEDGER) as office:
        outcome = run(office, mailbox_of)
    if as_json:
        show.as_object(held=outcome)
    else:
        tell(outcome)
        tell_kept_back(outcome.kept_back)
        for partner, problem in outcome.problems:
            say(f"{partner}: {problem}", err=True)
    return worst((problem for _, problem in outcome.problems), attention=True)


def decide(
    place: Place, way: str, *, free: str, without: tuple[str, ...], ready_unsent: bool, by: str, reason: str
) -> int:
    """Do what a person decided: release the ledger, hold it, or free a claim."""
    from gateway.ledger.lock import alone, at_work
    from gateway.service.recovery import recover as service

    # Nobody may be at work on the ledger while it becomes a later one of itself.
    lock, right = (at_work, Right.DECIDE_FILES) if free else (alone, Right.RUN_LEDGER)
    with place.office(actor=by, lock=lock, right=right) as office:
        if free:
            service.free(office, free, reason=reason)
            say(f"{free} is no longer kept back; next: gateway batch seal")
        elif way == "hold":
            service.hold(office, reason=reason)
            say("the ledger is HELD; next: gateway reconcile")
        else:
            epoch = service.release(office, reason=reason, without=without, ready_unsent=ready_unsent)
            say(f"the ledger is released (epoch {epoch}); next: gateway reconcile, then gateway deliver")
    return Status.DONE


def standing(office: "Office") -> "Recovery | None":
    """Say how far the recovery has come; None if the ledger is not held: then the recovery is not even loaded."""
    from gateway.ledger.instance import why_held

    with office.ledger.reading() as tx:
        if not why_held(tx):
            return None
    from gateway.service.recovery.recover import standing as run

    return run(office)


def tell(held: "Recovery") -> None:
    """Say why it is held, what is done, and what is next."""
    from gateway.service.recovery.recover import EXPLAINED, Step

    say(f"HELD: {held.why}; nothing is numbered or sent until this is done:")
    for number, step in enumerate(Step, start=1):
        say(f"  {number}. {EXPLAINED[step]}")
        for one in held.steps:
            if one.step is step:
                say(f"       {one.partner}: {one.said or 'not done'}")
    say(f"  {len(Step) + 1}. a person's decision")
    if held.missing:
        say("next: gateway reconcile --recover")
    else:
        say(
            "next: look at the files that are held (gateway deliveries list --state held) and the claims kept back, then: "
            "gateway reconcile --release --by NAME --reason TEXT"
        )


def tell_kept_back(kept: "Sequence[Doubt]") -> None:
    """Name the claims that are not sealed."""
    for one in kept[:_SHOWN]:
        what = f"claim {one.pcn} to" if one.pcn else f"every claim for a day up to {one.at:%Y-%m-%d} to"
        say(f"kept back: {what} {one.partner}: {one.why}")
    if len(kept) > _SHOWN:
        say(f"kept back: {len(kept) - _SHOWN} claims more (--json lists them all)")
