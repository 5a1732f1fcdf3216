"""One line of the reconciliation log: what happened, to what, on whose word, and what to type next.

It never holds a name, a birth date, a member id or a word of a note: claims are known by their patient control number.
"""

from dataclasses import dataclass
from enum import StrEnum


class EventSeverity(StrEnum):
    """Who should look, and when."""

    ROUTINE = "routine"
    CAN_WAIT = "can wait"
    """Needs a person, during working hours."""
    WAKE = "wake"
    """Needs a person now: money or claims stand still until somebody looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened.

    kind           noun.verb, such as claim.accepted
    about          visit key, patient control number, file name or trace: what a person would search for
    said           one sentence
    before, after  states, where it was a move
    artefact       what proves it: `inbound 12`, `file 3`, `finding NOTE_UNSIGNED`, `person`
    next_command   what to type, when a person is needed
    """

    kind: str
    about: str
    said: str
    severity: EventSeverity = EventSeverity.ROUTINE
    partner: str = ""
    claim: str = ""
    before: str = ""
    after: str = ""
    artefact: str = ""
    actor: str = ""
    reason: str = ""
    next_command: str = ""

    def __post_init__(self) -> None:
        assert self.severity is EventSeverity.ROUTINE or self.next_command, f"{self.kind}: nobody is told what to do"
