"""What stands of a claim, from all that payers ever answered to it.

It is worked out from the set of the answers, whichever was read first: a correction that comes before its reversal waits,
and stands once that has come. Answers are laid beside each other line by line.

- A reversal takes back the answer whose amounts it negates, of the same claim number of the payer where there are several.
- Money that was not taken back stands: a second payment of a line waits for the reversal of the first.
- Payers answer again what they have paid nothing for, and send no reversal of nothing: the later answer stands. An answer of
  nothing takes no money away: beside a payment it waits for that one's reversal. The same denial again does not count.
- A second payer's answer is laid over what the first one left, to the cent.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from gateway.money import ZERO
from gateway.remit.posting import Bucket, Posting

_EARLIER_PAYER: Final = "23"
_LEFT: Final = (Bucket.OTHER_PAYER, Bucket.PATIENT)
"""What an earlier payer leaves to a later one."""


Content = tuple[tuple[str, str, Decimal], ...]


class Fate(StrEnum):
    """What becomes of an answer."""

    STANDS = "stands"
    TAKEN_BACK = "taken back"
    """A reversal has taken it back; or it is that reversal."""
    OVERTAKEN = "overtaken"
    """It paid nothing, and a later answer stands for it."""
    REPEATED = "repeated"
    """It is the same denial again."""
    WAITS = "waits"
    """It fits nothing yet: its money is parked."""


class Order(NamedTuple):
    """In which order answers were given, whenever they were read: BPR16, TRN02, ST02, the place of CLP."""

    day: date
    trace: str
    control: str
    ordinal: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer to a claim.

    id        which of those that are handed in
    number    CLP07
    is_later  it comes from a second or third payer
    parts     where its cents go on the lines it speaks of; of a reversal the negatives; none of one that fits no line
    """

    id: int
    order: Order
    number: str
    is_reversal: bool
    is_later: bool
    charge: Decimal
    paid: Decimal
    speaks_of_lines: bool
    parts: tuple[Posting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What becomes of an answer: what of it is posted, and the dollars of it that wait."""

    fate: Fate
    posted: tuple[Posting, ...] = ()
    waits: Decimal = ZERO


@dataclass(slots=True)
class _Piece:
    """What an answer says of one line."""

    answer: Answer
    line: str
    parts: tuple[Posting, ...]
    taken: bool = False

    @property
    def paid(self) -> Decimal:
        return sum((one.amount for one in self.parts if one.bucket is Bucket.PAID), ZERO)

    @property
    def content(self) -> Content:
        return _content(self.parts)


def settle(answers: Sequence[Answer]) -> dict[int, Outcome]:
    """Tell of each answer to one claim, by its id, what becomes of it."""
    return _Settling(sorted(answers, key=lambda one: one.order)).outcomes()


@dataclass(slots=True)
class _Settling:
    answers: list[Answer]
    pieces: list[_Piece] = field(default_factory=list)
    posted: dict[int, list[Posting]] = field(default_factory=lambda: defaultdict(list))
    passed_over: dict[int, Fate] = field(default_factory=dict)
    taken_back: set[int] = field(default_factory=set)

    def outcomes(self) -> dict[int, Outcome]:
        self.pieces = [
            _Piece(one, line, parts)
            for one in self.answers
            if not one.is_reversal
            for line, parts in _by_line(one.parts).items()
        ]
        for one in self.answers:
            if one.is_reversal:
                self._take_back(one)
        for line in dict.fromkeys(piece.line for piece in self.pieces):
            self._stand([piece for piece in self.pieces if piece.line == line])
        return {one.id: self._outcome(one) for one in self.answers}

    def _outcome(self, one: Answer) -> Outcome:
        posted = tuple(self.posted.get(one.id, ()))
        paid = sum((part.amount for part in posted if part.bucket is Bucket.PAID), ZERO)
        if one.id in self.taken_back:
            fate = Fate.TAKEN_BACK
        elif posted:
            fate = Fate.STANDS
        else:
            fate = self.passed_over.get(one.id, Fate.WAITS)
        return Outcome(fate=fate, posted=posted, waits=one.paid - paid)

    def _take_back(self, reversal: Answer) -> None:
        taken = self._negated_by(reversal)
        for piece in taken:
            piece.taken = True
            self.taken_back |= {reversal.id, piece.answer.id}
            self.posted[piece.answer.id] += piece.parts
            self.posted[reversal.id] += _negated(piece.parts)

    def _negated_by(self, reversal: Answer) -> list[_Piece]:
        """Give what a reversal takes back: pieces of one answer, else of several; none if it negates other amounts."""
        wanted = {line: _content(_negated(parts)) for line, parts in _by_line(reversal.parts).items()}
        live = [piece for piece in self.pieces if not piece.taken]
        of_its_number = sorted(live, key=lambda piece: piece.answer.number != reversal.number)
        for answer in dict.fromkeys(piece.answer for piece in of_its_number):
            own = [piece for piece in live if piece.answer is answer]
            if not reversal.speaks_of_lines:
                if (answer.charge, answer.paid) == (-reversal.charge, -reversal.paid):
                    return own
            elif wanted.keys() <= {piece.line for piece in own}:
                meant = [piece for piece in own if piece.line in wanted]
                if all(piece.content == wanted[piece.line] for piece in meant):
                    return meant
        return []

    def _stand(self, pieces: list[_Piece]) -> None:
        """Tell which of the answers to one line stand."""
        live = [piece for piece in pieces if not piece.taken]
        first = [piece for piece in live if not piece.answer.is_later]
        later = [piece for piece in live if piece.answer.is_later]
        if not first and later:
            first, later = later[:1], later[1:]  # a payer that was second to somebody whom we did not bill
        is_later = bool(first) and first[0].answer.is_later
        stands = self._first_of(first, [piece for piece in pieces if piece.answer.is_later is is_later])
        if stands is not None:
            self.posted[stands.answer.id] += stands.parts
            standing = list(stands.parts)
            for piece in later:
                laid = _laid_over(piece.parts, standing)
                self.posted[piece.answer.id] += laid
                standing += laid

    def _first_of(self, live: list[_Piece], ever: list[_Piece]) -> _Piece | None:
        """Tell which answer of the first payer stands: money that was not taken back, else the newest answer of nothing.

        ever  all that were given for the line, those that were taken back among them: what is older than one of them is past
        """
        repeated = self._repeated(piece for piece in live if not piece.paid)
        newest = max((piece.answer.order for piece in ever if id(piece) not in repeated), default=None)
        open_ones: list[_Piece] = []
        for piece in live:
            if piece.paid or id(piece) in repeated:
                continue
            if piece.answer.order == newest:
                open_ones.append(piece)
            else:
                self.passed_over.setdefault(piece.answer.id, Fate.OVERTAKEN)
        paid = [piece for piece in live if piece.paid]
        return next(iter((*paid, *open_ones)), None)

    def _repeated(self, pieces: Iterable[_Piece]) -> frozenset[int]:
        """Pass over the same denial again: the first of them counts."""
        known: set[tuple[str, Content]] = set()
        again: set[int] = set()
        for piece in pieces:
            said = (piece.answer.number, piece.content)
            if said in known:
                again.add(id(piece))
                self.passed_over.setdefault(piece.answer.id, Fate.REPEATED)
            known.add(said)
        return frozenset(again)


def _by_line(parts: Iterable[Posting]) -> dict[str, tuple[Posting, ...]]:
    found: dict[str, list[Posting]] = defaultdict(list)
    for one in parts:
        found[one.line].append(one)
    return {line: tuple(some) for line, some in found.items()}


def _negated(parts: Iterable[Posting]) -> tuple[Posting, ...]:
    return tuple(replace(one, amount=-one.amount) for one in parts)


def _content(parts: Iterable[Posting]) -> Content:
    """Amounts by group and reason. In which bucket one goes depends on remarks, which reversals leave out."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for one in parts:
        sums[one.group or "", one.carc] += one.amount
    return tuple(sorted((*key, amount) for key, amount in sums.items() if amount))


def _laid_over(parts: Sequence[Posting], standing: Sequence[Posting]) -> tuple[Posting, ...]:
    """Give what a later payer's answer does to what the earlier one left; nothing if it answers another amount than that.

    What the earlier payer did (CARC 23) stands already.
    """
    own = tuple(one for one in parts if one.carc != _EARLIER_PAYER)
    left = [one for one in standing if one.bucket in _LEFT]
    if sum((one.amount for one in own), ZERO) != sum((one.amount for one in left), ZERO):
        return ()
    return (*_negated(left), *own)
