"""The states of a visit version and of a claim version, and their moves, as tables.

```
visit  NEW -> HELD | CLAIMED          (a fix makes the next version, which starts again)
claim  READY -> SEALED -> SENT -> RECEIVED -> ACCEPTED -> PAID | PARTIAL | DENIED
```
SENT, RECEIVED and ACCEPTED may also become REJECTED: the claim never entered adjudication and a new one is due.
A state is entered only on evidence that the ledger holds: a finding, a stat, a TA1, a 999, a 277CA, an 835, or a
person's named decision.
"""

from enum import StrEnum
from typing import Final


class VisitState(StrEnum):
    """Where a visit version stands."""

    NEW = "new"
    """Taken in; not scrubbed yet."""
    HELD = "held"
    """A finding holds it; a person fixes the visit."""
    PROPOSED = "proposed"
    """It came in with other content after its claim had left; a person decides whether the claim is corrected."""
    CLAIMED = "claimed"
    """Clean; a claim version was made from it."""
    WITHDRAWN = "withdrawn"
    """A person took its claim out of the next batch, or back from the payer: a person decides. The scrubber leaves it alone."""
    NOT_BILLED = "not billed"
    """A person decided that it is not billed."""
    SUPERSEDED = "superseded"
    """A later version of the visit stands for it."""


class ClaimState(StrEnum):
    """Where a claim version stands."""

    READY = "ready"
    """Clean; it goes into the next batch of its partner."""
    SEALED = "sealed"
    """In an interchange whose bytes never change again; not yet known to be at the partner."""
    SENT = "sent"
    """The interchange is in the partner's mailbox."""
    RECEIVED = "received"
    """A 999 accepted its transaction set."""
    ACCEPTED = "accepted"
    """A 277CA accepted it into adjudication."""
    REJECTED = "rejected"
    """A TA1, 999 or 277CA refused it; it was never adjudicated. Correct it and send a new claim, or send the same again."""
    PAID = "paid"
    """Adjudicated; nothing is open with this payer."""
    PARTIAL = "partial"
    """Adjudicated; at least one line was paid and at least one denied."""
    DENIED = "denied"
    """Adjudicated; nothing was paid and a denial is open."""
    REVERSED = "reversed"
    """The payer took its answer back (CLP02 = 22); a correction should follow."""
    REPLACED = "replaced"
    """A later version of the same claim took its place."""
    VOIDED = "voided"
    """Taken back by us, and by the payer's reversal; or the void that asked for it. The visit may be billed anew."""
    CLOSED = "closed"
    """A person decided that nothing more will be done."""


IN_FLIGHT: Final = (ClaimState.SEALED, ClaimState.SENT, ClaimState.RECEIVED, ClaimState.ACCEPTED)
"""In a file, and not answered yet: a correction now would be a second original of the same claim."""


# REVERSED: an answer and the reversal of it may come in one file.
_ANSWERED: Final = frozenset({ClaimState.PAID, ClaimState.PARTIAL, ClaimState.DENIED, ClaimState.REVERSED})
_UNANSWERED: Final = frozenset({ClaimState.SEALED, ClaimState.SENT, ClaimState.RECEIVED, ClaimState.ACCEPTED})

VISIT_MOVES: Final[dict[VisitState, frozenset[VisitState]]] = {
    VisitState.NEW: frozenset({VisitState.HELD, VisitState.CLAIMED, VisitState.SUPERSEDED, VisitState.NOT_BILLED}),
    VisitState.HELD: frozenset({VisitState.HELD, VisitState.CLAIMED, VisitState.SUPERSEDED, VisitState.NOT_BILLED}),
    VisitState.PROPOSED: frozenset({VisitState.NEW, VisitState.SUPERSEDED, VisitState.NOT_BILLED}),
    VisitState.CLAIMED: frozenset({VisitState.SUPERSEDED, VisitState.WITHDRAWN}),
    # CLAIMED: what was taken back from the payer was answered again.
    VisitState.WITHDRAWN: frozenset({VisitState.NEW, VisitState.CLAIMED, VisitState.SUPERSEDED, VisitState.NOT_BILLED}),
    VisitState.NOT_BILLED: frozenset({VisitState.SUPERSEDED}),
    VisitState.SUPERSEDED: frozenset(),
}

MOVES: Final[dict[ClaimState, frozenset[ClaimState]]] = {
    ClaimState.READY: frozenset({ClaimState.SEALED, ClaimState.REPLACED, ClaimState.CLOSED}),
    # An answer can arrive before our own record of the delivery, and a payer may skip its acknowledgments.
    # READY: its file was cancelled before it left.
    ClaimState.SEALED: frozenset(
        {ClaimState.READY, ClaimState.SENT, ClaimState.RECEIVED, ClaimState.ACCEPTED, ClaimState.REJECTED}
        | {ClaimState.VOIDED}
        | _ANSWERED
    ),
    # CLOSED, while on its way: by a person, when its answer came and fits none of its lines, or a void is answered by none.
    # VOIDED, while on its way: a void, once the payer has taken back what it names.
    ClaimState.SENT: frozenset(
        {ClaimState.RECEIVED, ClaimState.ACCEPTED, ClaimState.REJECTED, ClaimState.CLOSED, ClaimState.VOIDED}
        | _ANSWERED
    ),
    ClaimState.RECEIVED: frozenset(
        {ClaimState.ACCEPTED, ClaimState.REJECTED, ClaimState.CLOSED, ClaimState.VOIDED} | _ANSWERED
    ),
    ClaimState.ACCEPTED: frozenset({ClaimState.REJECTED, ClaimState.CLOSED, ClaimState.VOIDED} | _ANSWERED),
    ClaimState.REJECTED: frozenset({ClaimState.REPLACED, ClaimState.CLOSED} | _ANSWERED),
    ClaimState.PAID: frozenset({ClaimState.REPLACED, ClaimState.VOIDED, ClaimState.CLOSED} | _ANSWERED),
    ClaimState.PARTIAL: frozenset({ClaimState.REPLACED, ClaimState.VOIDED, ClaimState.CLOSED} | _ANSWERED),
    ClaimState.DENIED: frozenset({ClaimState.REPLACED, ClaimState.VOIDED, ClaimState.CLOSED} | _ANSWERED),
    ClaimState.REVERSED: frozenset({ClaimState.REPLACED, ClaimState.VOIDED, ClaimState.CLOSED} | _ANSWERED),
    # Money may come for it all the same, and be taken back by a void.
    ClaimState.REPLACED: frozenset({ClaimState.VOIDED}),
    # The payer corrected what it took back, in a later set or file: its money stands again.
    ClaimState.VOIDED: _ANSWERED - {ClaimState.REVERSED},
    # A person takes it up again by correcting its visit, or takes it back.
    ClaimState.CLOSED: frozenset({ClaimState.REPLACED, ClaimState.VOIDED}),
}

VISIT_EXPLAINED: Final[dict[VisitState, tuple[str, str]]] = {
    VisitState.NEW: ("taken in, not scrubbed yet", "gateway scrub run"),
    VisitState.HELD: ("a finding holds it", "gateway visits show VISIT, then gateway visits fix VISIT --set ..."),
    VisitState.PROPOSED: ("it changed after its claim had left", "gateway visits fix VISIT --by NAME --reason TEXT"),
    VisitState.CLAIMED: ("clean; its claim is on its way", "gateway claims show CLAIM"),
    VisitState.WITHDRAWN: (
        "a person took its claim out of the next batch, or back from the payer",
        "gateway visits fix VISIT --by NAME --reason TEXT sends it after all; or --set ..., or --do-not-bill",
    ),
    VisitState.NOT_BILLED: ("a person decided not to bill it", "nothing"),
    VisitState.SUPERSEDED: ("a later version stands for it", "nothing"),
}
"""For each state of a visit: what it means, and what to do. The table in docs/biller.md is made from it."""

EXPLAINED: Final[dict[ClaimState, tuple[str, str]]] = {
    ClaimState.READY: ("clean; waits for its partner's batch", "gateway batch seal"),
    ClaimState.SEALED: ("in a sealed file that is not yet known to be delivered", "gateway deliver"),
    ClaimState.SENT: ("delivered; no answer yet", "gateway collect, then gateway post"),
    ClaimState.RECEIVED: ("its file passed the partner's syntax check (999)", "wait; gateway collect"),
    ClaimState.ACCEPTED: ("the payer took it into adjudication (277CA); keep this as proof of timely filing", "wait"),
    ClaimState.REJECTED: (
        "refused before adjudication; there is nothing to appeal",
        "gateway visits fix VISIT --set ...; or, if the cause lies outside the claim, gateway claims resubmit CLAIM",
    ),
    ClaimState.PAID: ("adjudicated; what remains is the patient's or another payer's", "nothing"),
    ClaimState.PARTIAL: ("some lines paid, some denied", "gateway denials list"),
    ClaimState.DENIED: ("adjudicated and not paid", "gateway denials show CLAIM"),
    ClaimState.REVERSED: (
        "the payer took its answer back, or a person took it off",
        "wait for the correction, or place it anew; gateway claims show CLAIM",
    ),
    ClaimState.REPLACED: ("a later version stands for it", "nothing"),
    ClaimState.VOIDED: (
        "taken back by us; the payer has reversed it",
        "its visit is withdrawn: gateway visits list --state withdrawn",
    ),
    ClaimState.CLOSED: ("closed by a person", "nothing"),
}
"""The same for each state of a claim."""

OWNERS: Final[dict[ClaimState, str]] = {
    ClaimState.READY: "gateway",
    ClaimState.SEALED: "gateway",
    ClaimState.SENT: "payer",
    ClaimState.RECEIVED: "payer",
    ClaimState.ACCEPTED: "payer",
    ClaimState.REJECTED: "biller",
    ClaimState.PAID: "nobody",
    ClaimState.PARTIAL: "as its denials say",
    ClaimState.DENIED: "as its denials say",
    ClaimState.REVERSED: "biller",
    ClaimState.REPLACED: "nobody",
    ClaimState.VOIDED: "nobody",
    ClaimState.CLOSED: "nobody",
}
"""For each state of a claim: whose the next step is. What stays with a payer for too long is the biller's to ask for."""
