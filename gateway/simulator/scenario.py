"""What can be rehearsed of payers' answers: a closed vocabulary, and which claims and files a scenario steers.

What a payer says of a claim comes in rounds. The first is its answer to the claim's file; each further one comes out once
a partner's outbox is empty, that is once everything before it was fetched.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from gateway.simulator.incoming import ReceivedClaim
from gateway.simulator.memory import History


class Answer(StrEnum):
    """What a payer says of a claim, round by round."""

    PAID = "paid"
    DENIED = "denied"
    DENIED_THEN_PAID = "denied-then-paid"
    CORRECTED = "corrected"
    CORRECTED_FIRST = "corrected-first"
    REVERSED = "reversed"
    TAKEN_BACK = "taken-back"
    PAID_TWICE = "paid-twice"
    PAID_ABOVE_CHARGE = "paid-above-charge"
    INTEREST = "interest"
    CROSSED_OVER = "crossed-over"
    PRICED_ONLY = "priced-only"
    STRANGER = "stranger"
    UNBALANCED = "unbalanced"
    SILENT = "silent"


EXPLAINED: Final[Mapping[Answer, str]] = {
    Answer.PAID: "paid as the plan prices it, whatever the plan would deny",
    Answer.DENIED: "every line denied for `denial`",
    Answer.DENIED_THEN_PAID: "denied; next round paid, and the denial never taken back",
    Answer.CORRECTED: "paid; next round taken back and paid anew at `percent`, in one remittance",
    Answer.CORRECTED_FIRST: "paid; next round paid anew at `percent`; the round after that, the first payment taken back",
    Answer.REVERSED: "paid; next round taken back, and nothing follows",
    Answer.TAKEN_BACK: "paid; next round taken back and carried forward (PLB FB); then kept back of the payer's later "
    "payments (PLB WO), in `parts`, one a payment",
    Answer.PAID_TWICE: "paid; next round paid once more under another trace",
    Answer.PAID_ABOVE_CHARGE: "the first line paid `extra` above its charge (CO 94)",
    Answer.INTEREST: "paid, and `extra` of interest on the first line (CO 225)",
    Answer.CROSSED_OVER: "paid by the first payer and sent on to `sent_on_to` (CLP02 = 19)",
    Answer.PRICED_ONLY: "priced only (CLP02 = 25, nothing paid); next round paid",
    Answer.STRANGER: "paid, and beside it a claim that nobody here has sent",
    Answer.UNBALANCED: "paid by a remittance that is a cent off; next round the right one, under the same trace",
    Answer.SILENT: "accepted (277CA), and never answered by a remittance",
}
"""`gateway sim --scenarios` and the table in docs/operator.md are made from it."""


class Written(StrEnum):
    """How an answer is written, in every round."""

    GARBLED_NUMBER = "garbled-number"
    FOREIGN_NUMBER = "foreign-number"
    NO_LINE_NUMBERS = "no-line-numbers"
    SPLIT_LINES = "split-lines"
    JOINED_LINES = "joined-lines"
    NO_LINES = "no-lines"
    CHANGED_CODE = "changed-code"
    OTHER_PAYER = "other-payer"


WRITTEN_EXPLAINED: Final[Mapping[Written, str]] = {
    Written.GARBLED_NUMBER: "our claim number (CLP01) in lower case, with blanks, cut short, or a digit wrong: by the seed",
    Written.FOREIGN_NUMBER: "numbers of another system, in place of ours and of the payer's own",
    Written.NO_LINE_NUMBERS: "without our line numbers (REF*6R)",
    Written.SPLIT_LINES: "a line of two units and more is answered in two",
    Written.JOINED_LINES: "lines of one code and day are answered as one",
    Written.NO_LINES: "no lines at all: everything is adjusted for the claim as a whole",
    Written.CHANGED_CODE: "the first line under another code; SVC06 says what was billed",
    Written.OTHER_PAYER: "paid under another payer id: OTHER- and its own",
}

WITHHELD: Final = ("ta1", "999", "277", "835")
"""What `withholds` of a file may name."""

_PERCENT: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Steered:
    """One [[claim]] of a scenario: which first claims (frequency 1) it steers, and how they are answered.

    member, payer, control, day  what the claim has to have: NM109 of 2010BA and 2010BB, CLM01, a date of service
    claims      at most so many, in the order in which they come; None is all
    chance      in how many of a hundred, by the seed
    answer      one of Answer
    round       in which the first word of it is said
    denial      group, CARC and remarks, such as "CO 197 M62"
    percent     of the plan's payment, in a correction
    extra       dollars
    parts       in how many a take-back is recovered
    sent_on_to  the id of the next payer
    written     some of Written
    """

    member: str = ""
    payer: str = ""
    control: str = ""
    day: date | None = None
    claims: int | None = None
    chance: int = _PERCENT
    answer: str
    round: int = 1
    denial: str = "CO 197 M62"
    percent: int = 80
    extra: Decimal = Decimal("10.00")
    parts: int = 1
    sent_on_to: str = "NEXT1"
    written: tuple[str, ...] = ()

    def fits(self, claim: ReceivedClaim) -> bool:
        """Tell whether the claim is one of those that are meant."""
        return (
            self.member in ("", claim.member)
            and self.payer in ("", claim.payer)
            and self.control in ("", claim.control)
            and (self.day is None or self.day in claim.days)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SteeredFile:
    """One [[file]] of a scenario: the partner's file of that number (1 is its first) is refused, or answers are kept back.

    refused    a 277CA refuses it whole, for the receiver does not know the submitter: no claim is looked at
    withholds  some of ta1, 999, 277, 835
    """

    number: int
    partner: str = ""
    refused: bool = False
    withholds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A scenario file: the same one gives the same answers. `seed` decides what is left to chance."""

    seed: int = 0
    claim: tuple[Steered, ...] = ()
    file: tuple[SteeredFile, ...] = field(default=())

    def steers(self, claim: ReceivedClaim, history: History) -> tuple[int, Steered] | None:
        """Give the first entry that fits the claim and has any left, with its place; None if none does."""
        if claim.frequency != "1":
            return None
        for place, one in enumerate(self.claim):
            has_left = one.claims is None or history.steered(place) < one.claims
            if has_left and one.fits(claim) and self.number(f"{place} {claim.control}", _PERCENT) < one.chance:
                return place, one
        return None

    def refuses(self, partner: str, number: int) -> bool:
        """Tell whether a partner's file of that number is refused whole."""
        return any(one.refused for one in self._of_file(partner, number))

    def withholds(self, partner: str, number: int) -> frozenset[str]:
        """Give the kinds of answer to a partner's file of that number that are kept back."""
        return frozenset(kind for one in self._of_file(partner, number) for kind in one.withholds)

    def number(self, about: str, below: int) -> int:
        """Draw a number from 0 to below `below`; of the same seed and matter it is the same."""
        drawn = hashlib.sha256(f"{self.seed} {about}".encode()).digest()
        return int.from_bytes(drawn[:8], "big") % below

    def _of_file(self, partner: str, number: int) -> tuple[SteeredFile, ...]:
        return tuple(one for one in self.file if one.number == number and one.partner in ("", partner))
