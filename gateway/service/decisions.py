"""A person's decision as the log keeps it, with their name and their reason, and how far their authority goes."""

from decimal import Decimal

from gateway.errors import NotAllowed
from gateway.event import Event
from gateway.ledger.visits import StoredVisit
from gateway.lifecycle import VisitState
from gateway.money import shown
from gateway.service.office import Office


def visit_decided(visit: StoredVisit, after: VisitState, said: str, office: Office, reason: str) -> Event:
    """Say that a person has decided what becomes of a visit."""
    return Event(
        kind="visit.decided",
        about=visit.key,
        said=said,
        before=visit.state,
        after=after,
        artefact="person",
        actor=office.actor,
        reason=reason,
    )


def require_authority(office: Office, amount: Decimal, what: str) -> None:
    """Raise NotAllowed if whoever decides may not decide so many dollars at once.

    what  the thing decided on, such as `item 12`
    """
    account = office.account
    if account is not None and not account.may_decide(amount):
        assert account.limit is not None, "without a limit anything may be decided"
        raise NotAllowed(
            f"account {account.name} decides up to {shown(account.limit)} at once, and {what} is about {shown(abs(amount))}; "
            "nothing was changed; ask somebody with a higher limit (gateway users list)"
        )
