"""The states of an outbound file, their moves, and what the names at the partner prove: tables, no I/O.

No remote effect on the final name happens before COMMITTING is durable. From COMMITTING the only way out is evidence:
what a look at the names shows, an acknowledgment, or a person's named decision. Nothing uncertain is ever sent again by
itself.
"""

from enum import StrEnum
from typing import Final, NamedTuple


class Delivery(StrEnum):
    """Where an outbound file stands."""

    SEALED = "sealed"
    UPLOADING = "uploading"
    COMMITTING = "committing"
    SENT = "sent"
    PRESUMED = "presumed"
    HELD = "held"
    CANCELLED = "cancelled"
    EXPORTED = "exported"
    """A person has its bytes, to upload them by hand: out of the courier's queue until a person says what became of them."""


MOVES: Final[dict[Delivery, frozenset[Delivery]]] = {
    Delivery.SEALED: frozenset({Delivery.UPLOADING, Delivery.HELD}),
    # SENT: by the acknowledgment of an earlier copy, while a resend is on its way.
    Delivery.UPLOADING: frozenset({Delivery.UPLOADING, Delivery.COMMITTING, Delivery.SENT, Delivery.HELD}),
    Delivery.COMMITTING: frozenset({Delivery.SENT, Delivery.PRESUMED, Delivery.HELD}),
    Delivery.PRESUMED: frozenset({Delivery.SENT, Delivery.HELD}),
    Delivery.HELD: frozenset({Delivery.SENT}),
    Delivery.SENT: frozenset(),
    Delivery.CANCELLED: frozenset(),
    # HELD: by a recovery, which cannot know what a person has said since the backup.
    Delivery.EXPORTED: frozenset({Delivery.SENT, Delivery.HELD}),
}
"""What the gateway does by itself: each by evidence, which is a look at the names, or an acknowledgment of exactly this file."""

DECISIONS: Final[dict[Delivery, frozenset[Delivery]]] = {
    Delivery.SEALED: frozenset({Delivery.CANCELLED, Delivery.EXPORTED}),
    Delivery.UPLOADING: frozenset({Delivery.CANCELLED, Delivery.EXPORTED}),
    Delivery.COMMITTING: frozenset(),
    # UPLOADING, from here and below: a resend of the same bytes, which takes two people.
    Delivery.PRESUMED: frozenset({Delivery.SENT, Delivery.UPLOADING}),
    Delivery.HELD: frozenset(
        {Delivery.UPLOADING, Delivery.COMMITTING, Delivery.SENT, Delivery.CANCELLED, Delivery.EXPORTED}
    ),
    Delivery.SENT: frozenset({Delivery.UPLOADING}),
    Delivery.CANCELLED: frozenset(),
    Delivery.EXPORTED: frozenset({Delivery.SENT, Delivery.SEALED}),
}
"""What people may decide, with their names and a reason."""

UNCERTAIN: Final = frozenset({Delivery.COMMITTING, Delivery.PRESUMED, Delivery.SENT, Delivery.EXPORTED})
"""The states in which the file may be at the partner under its final name."""


class Meaning(NamedTuple):
    """What a state means to a person: in words, who acts, whether it can wait, and what to type."""

    means: str
    owner: str
    waits: str
    command: str


EXPLAINED: Final[dict[Delivery, Meaning]] = {
    Delivery.SEALED: Meaning("its bytes are fixed; nothing is at the partner", "gateway", "yes", "gateway deliver"),
    Delivery.UPLOADING: Meaning("at most a temporary file is at the partner", "gateway", "yes", "gateway deliver"),
    Delivery.COMMITTING: Meaning(
        "it may have got its final name; nothing is uploaded again",
        "gateway",
        "yes",
        "gateway deliver (it looks first)",
    ),
    Delivery.SENT: Meaning("seen under its final name, or acknowledged", "partner", "yes", "nothing"),
    Delivery.PRESUMED: Meaning(
        "the partner seems to have taken it; its TA1 or 999 will close this",
        "partner",
        "until its answer is due",
        "gateway collect; when overdue: gateway deliveries show FILE",
    ),
    Delivery.HELD: Meaning(
        "what is at the partner is not what we expect, or cannot be known",
        "operator",
        "no",
        "gateway deliveries show FILE; then release, resend or cancel",
    ),
    Delivery.CANCELLED: Meaning(
        "a person took it back before it left; its claims are ready again", "nobody", "yes", "nothing"
    ),
    Delivery.EXPORTED: Meaning(
        "a person has it, to upload it by hand; the gateway never sends it",
        "operator",
        "until it is uploaded, or its answer is due",
        "upload it; then gateway deliveries uploaded FILE, or gateway deliveries not-uploaded FILE",
    ),
}
"""The table in docs/operator.md is made from it."""


class Manner(StrEnum):
    """How a file gets its final name at a partner. It is pinned to the delivery before anything is uploaded."""

    RENAME = "rename"
    """A temporary file, verified, then renamed. The temporary name's absence proves the rename."""
    HARDLINK = "hardlink"
    """For a server whose rename replaces what is there: the final name is a second link, which never does."""
    DIRECT = "direct"
    """For a server that renames and links nothing: written under its final name. Each failure after that is uncertain."""


class Heard(StrEnum):
    """What this worker has heard from the server about giving the file its final name."""

    NOTHING = "nothing"
    """Another worker may have asked: it died, was paused, or lost the line."""
    DONE = "done"
    REFUSED = "refused"


class Shown(NamedTuple):
    """What the mailbox shows of one name. `size` is in bytes; None where the server does not say."""

    there: bool
    size: int | None = None

    def agrees(self, size: int) -> bool:
        """Whether it is there with that size, as far as the server says."""
        return self.there and self.size in {None, size}


class Verdict(StrEnum):
    """What the names prove."""

    SENT = "sent"
    PRESUMED = "presumed"
    HELD = "held"
    AGAIN = "again"
    """It certainly did not happen: the same step may be done again."""
    COMPARE = "compare"
    """Only the bytes under the final name can tell."""
    COMPLETE = "complete"
    """The final name holds a beginning of our bytes, and the partner does not take such a file: write the rest."""


class Judgement(NamedTuple):
    """A verdict and its reason, in words for the log."""

    verdict: Verdict
    why: str


class Habits(NamedTuple):
    """What the partner does to files by itself.

    purges_temporary  deletes temporary files: then their absence proves nothing
    takes_unfinished  may take a file before it was closed: then a beginning that is seen may have been taken as it is
    """

    purges_temporary: bool
    takes_unfinished: bool


def judge(manner: Manner, heard: Heard, size: int, final: Shown, temporary: Shown, habits: Habits) -> Judgement:
    """Decide what is known of a file in COMMITTING by what its names show. `size` is that of the sealed bytes."""
    if manner is Manner.DIRECT:
        return _judge_direct(heard, size, final, habits)
    if not final.there and not temporary.there:
        return _both_gone(heard, habits)
    if final.agrees(size) and not temporary.there:
        return Judgement(Verdict.SENT, "seen under its final name")
    if temporary.agrees(size) and not final.there:
        return _not_renamed() if manner is Manner.RENAME else _linked_perhaps(heard)
    if temporary.agrees(size) and final.agrees(size) and manner is Manner.HARDLINK:
        return _both_there(heard)
    return Judgement(
        Verdict.HELD, f"the names do not show what was done (final {_said(final)}, temporary {_said(temporary)})"
    )


def _not_renamed() -> Judgement:
    return Judgement(Verdict.AGAIN, "uploaded, and not renamed")


def _both_gone(heard: Heard, habits: Habits) -> Judgement:
    if heard is Heard.DONE:
        return Judgement(Verdict.SENT, "given its final name, and already taken by the partner")
    if habits.purges_temporary:
        return Judgement(Verdict.HELD, "neither name is there, and this partner deletes temporary files")
    return Judgement(Verdict.PRESUMED, "neither name is there: the partner took it; its TA1 or 999 will close this")


def _both_there(heard: Heard) -> Judgement:
    if heard is Heard.DONE:
        return Judgement(Verdict.SENT, "linked, and seen under its final name")
    return Judgement(Verdict.COMPARE, "both names are there")


def _linked_perhaps(heard: Heard) -> Judgement:
    """A second link that the partner has taken leaves the temporary name behind, just as one that was never made."""
    if heard is Heard.DONE:
        return Judgement(Verdict.PRESUMED, "linked, and gone: the partner took it; its TA1 or 999 will close this")
    return Judgement(Verdict.HELD, "its final name is not there: it was never made, or the partner has taken it")


def _judge_direct(heard: Heard, size: int, final: Shown, habits: Habits) -> Judgement:
    if final.agrees(size):
        return Judgement(Verdict.SENT, "seen under its final name, whole")
    if not final.there:
        if heard is Heard.DONE:
            said = "written whole, and not to be seen: the partner took it, or shows nothing; its TA1 or 999 will close this"
            return Judgement(Verdict.PRESUMED, said)
        return Judgement(Verdict.HELD, "its name is not there: it was never written, or the partner has taken it")
    assert final.size is not None, "a size that is not told agrees with any"
    if final.size < size and heard is not Heard.DONE and not habits.takes_unfinished:
        return Judgement(Verdict.COMPLETE, f"{final.size} of {size} bytes are there")
    return Judgement(Verdict.HELD, f"{final.size} bytes are there under its name, and ours are {size}")


def _said(shown: Shown) -> str:
    if not shown.there:
        return "absent"
    return "of unknown size" if shown.size is None else f"{shown.size} bytes"
