"""A new version of a claim takes the place of the earlier ones that still stand."""

from collections.abc import Iterable
from typing import Final

from gateway.event import Event
from gateway.ledger import Transaction, claims, denials
from gateway.ledger.claims import NewClaim, StoredClaim
from gateway.lifecycle import ClaimState
from gateway.service.office import Office

PAST: Final = (ClaimState.REPLACED, ClaimState.VOIDED)
"""A version that stands no more."""


def let_stand(
    tx: Transaction, office: Office, new: NewClaim, earlier: Iterable[StoredClaim], *, artefact: str, reason: str
) -> None:
    """Let a new claim stand for the earlier versions that still stand; what is denied on them is settled by it.

    artefact  what proves it, such as the visit's version that the new claim was made from
    Raises LedgerConflict if one of them may not be replaced, or is not in the state it was read in.
    """
    practice, at, pcn = office.practice.key, office.clock.now(), new.claim.patient_control_number
    for one in earlier:
        if one.state in PAST:
            continue
        said = Event(
            kind="claim.replaced",
            about=one.pcn,
            claim=one.pcn,
            said=f"claim {pcn} stands for claim {one.pcn} from now on",
            before=one.state,
            after=ClaimState.REPLACED,
            artefact=artefact,
            actor=office.actor,
            reason=reason,
        )
        claims.move(tx, practice, one, ClaimState.REPLACED, event=said, at=at)
        denials.close_of_claim(tx, practice, one.id)
