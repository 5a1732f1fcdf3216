"""The states of an outbound file and their moves, as a table.

No remote effect on the final name happens before COMMITTING is durable. From COMMITTING the only way out is evidence:
what a probe of both names shows, or a person's named decision. Nothing uncertain is ever sent again by itself.
"""

from enum import StrEnum
from typing import Final


class Delivery(StrEnum):
    """Where an outbound file stands."""

    SEALED = "sealed"
    UPLOADING = "uploading"
    COMMITTING = "committing"
    SENT = "sent"
    PRESUMED = "presumed"
    HELD = "held"


MOVES: Final[dict[Delivery, frozenset[Delivery]]] = {
    Delivery.SEALED: frozenset({Delivery.UPLOADING, Delivery.HELD}),
    Delivery.UPLOADING: frozenset({Delivery.UPLOADING, Delivery.COMMITTING, Delivery.HELD}),
    Delivery.COMMITTING: frozenset({Delivery.SENT, Delivery.PRESUMED, Delivery.HELD}),  # on evidence only
    Delivery.PRESUMED: frozenset({Delivery.SENT, Delivery.HELD}),
    # By a named person with a reason; or SENT by the partner's acknowledgment of exactly this interchange.
    Delivery.HELD: frozenset({Delivery.UPLOADING, Delivery.COMMITTING, Delivery.SENT}),
    Delivery.SENT: frozenset(),
}

EXPLAINED: Final[dict[Delivery, tuple[str, str]]] = {
    Delivery.SEALED: ("its bytes are fixed; nothing is at the partner", "gateway deliver"),
    Delivery.UPLOADING: ("at most a temporary file is at the partner", "gateway deliver"),
    Delivery.COMMITTING: ("the rename to its final name may have happened", "gateway deliver (it looks first)"),
    Delivery.SENT: ("seen under its final name, or acknowledged", "nothing"),
    Delivery.PRESUMED: (
        "both names are gone: the partner took it; its TA1 or 999 will close this",
        "gateway collect; or release --as-sent",
    ),
    Delivery.HELD: ("what is at the partner is not what we expect", "gateway deliveries show FILE, then release"),
}
"""For each state: what it means, and what to do. The README's table is made from it."""
