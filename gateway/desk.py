"""The desk: money that came, or was kept back, and is on no claim. Each sum is an item until a person or an answer ends it."""

from enum import StrEnum
from typing import Final


class ItemKind(StrEnum):
    """Why an item is on the desk."""

    STRANGER = "claim not ours"
    """An answer to a claim that we did not send, or that cannot be told with certainty."""
    MISFIT = "does not fit"
    """An answer to a claim of ours that fits none of its lines, or not yet."""
    PROVIDER = "provider adjustment"
    """What a payer adds to a payment, or keeps back from it, for the practice as a whole (PLB)."""
    OVERPAID = "overpayment"
    """More than the claim was to be paid: a second payment, or more than was charged."""
    REFUND = "refund"
    """What a person has paid back, until the payer acknowledges it."""
    SET_ASIDE = "set aside"
    """A whole remittance of which nothing was posted."""


class ItemState(StrEnum):
    """What became of an item."""

    OPEN = "open"
    TAKEN_UP = "taken up"
    """An answer that came later made room for it: it is on its claim."""
    PLACED = "placed"
    """A person put it on a claim."""
    SET_OFF = "set off"
    """Another item of the same payer and claim came to the same with the other sign."""
    BOOKED = "booked"
    """It is on an account by its nature, such as interest."""
    RETURNED = "returned"
    """A person paid it back."""
    CLOSED = "closed"
    """A person decided that it is not ours, or needs nothing more."""


class Account(StrEnum):
    """Where what a payer adjusts for the practice as a whole is kept (PLB03-1)."""

    RECOVERED = "recovered"
    CARRIED_FORWARD = "carried forward"
    INTEREST = "interest"
    TAX_WITHHELD = "tax withheld"
    REFUND_ACKNOWLEDGED = "refund acknowledged"
    ADJUSTMENT = "adjustment"
    ADVANCE = "advance"
    REBATE = "rebate"
    LATE_CHARGE = "late charge"
    LEVY = "levy"
    CAPITATION = "capitation"
    OTHER = "other"


KIND_EXPLAINED: Final[dict[ItemKind, tuple[str, str]]] = {
    ItemKind.STRANGER: (
        "an answer to a claim that is not known here, or not with certainty",
        "gateway money show ITEM; then place it, return it, or close it with proof",
    ),
    ItemKind.MISFIT: (
        "an answer to your claim that fits none of its lines, or waits for another answer",
        "wait for the payer's correction, or gateway money place ITEM CLAIM --says ...",
    ),
    ItemKind.PROVIDER: (
        "what the payer added or kept back for the practice as a whole (PLB)",
        "see which claim it names; it goes by itself once its counterpart comes, else close it with proof",
    ),
    ItemKind.OVERPAID: (
        "the payer paid more than it owes for the claim",
        "ask the payer; gateway money return ITEM when you pay it back",
    ),
    ItemKind.REFUND: (
        "you paid it back; it goes by itself once the payer acknowledges it (PLB 72)",
        "ask the payer if nothing comes; gateway money list 'kind:refund' --state returned",
    ),
    ItemKind.SET_ASIDE: (
        "a remittance of which nothing was posted",
        "mend the cause, then gateway inbox reprocess FILE; or gateway money close ITEM once it was replaced",
    ),
}
"""For each kind of item: what it means, and what to do. The table in docs/biller.md is made from it."""
