"""What stands of a claim, from all that payers ever answered to it.

It is worked out from the set of the answers, whichever was read first: a correction that comes before its reversal waits,
and stands once that has come. Answers are laid beside each other line by line.

- A reversal takes back the answer whose amounts it negates, of the same claim number of the payer where there are several: line by
  line, but as a whole where one of the two spoke of the claim, or of several lines, as one: which cents of that are on which line
  is our own word, not the payer's.
- Money that was not taken back stands: a second payment of a line waits for the reversal of the first.
- Payers answer again what they have paid nothing for, and send no reversal of nothing: the later answer stands. An answer of
  nothing takes no money away: beside a payment it waits for that one's reversal. The same denial again does not count.
- A second payer's answer is laid over what the first one left, to the cent.
- What a person has paid back, or closed, stands no more; the reversal of it takes that back, and nothing else.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Final, NamedTuple

from gateway.money import ZERO
from gateway.remit.posting import Bucket, Posting
from gateway.remittance import EARLIER_PAYER

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
    ENDED = "ended"
    """It waited, and a person paid its money back or closed it. A reversal of it may come yet."""
    PLACED = "placed"
    """A person put its money elsewhere, or on other lines: another answer stands for it."""


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
    fits      it can be laid on the claim's lines
    is_ended  a person has paid back or closed what of it waited: that stands no more, but may be reversed
    kept      of one that is ended, the lines that it stands on all the same
    is_shared its cents on lines are shares that we made: it adjusts the claim as a whole, or answers several lines as one
    parts     where its cents go on the lines it speaks of; of a reversal the negatives
    """

    id: int
    order: Order
    number: str
    is_reversal: bool
    is_later: bool
    charge: Decimal
    paid: Decimal
    speaks_of_lines: bool
    fits: bool
    parts: tuple[Posting, ...]
    is_ended: bool = False
    kept: frozenset[str] = frozenset()
    is_shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What becomes of an answer.

    posted     what of it is posted, also where that was taken back
    stands     what of that stands
    waits      the dollars of it that wait
    overtaken  the lines that it paid nothing for and that a later answer stands for; others of its lines may stand
    """

    fate: Fate
    posted: tuple[Posting, ...] = ()
    stands: tuple[Posting, ...] = ()
    waits: Decimal = ZERO
    overtaken: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Piece:
    """What an answer says of one line. `taken_by` is the reversal that took it back."""

    answer: Answer
    line: str
    parts: tuple[Posting, ...]
    taken_by: Answer | None = None

    @property
    def paid(self) -> Decimal:
        return sum((one.amount for one in self.parts if one.bucket is Bucket.PAID), ZERO)

    @property
    def is_ended(self) -> bool:
        return self.answer.is_ended and self.line not in self.answer.kept

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
    stands: dict[int, list[Posting]] = field(default_factory=lambda: defaultdict(list))
    passed_over: dict[int, Fate] = field(default_factory=dict)
    overtaken: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    taken_back: set[int] = field(default_factory=set)

    def outcomes(self) -> dict[int, Outcome]:
        self.pieces = [
            _Piece(one, line, parts)
            for one in self.answers
            if not one.is_reversal
            for line, parts in _by_line(one.parts).items()
        ]
        for one in self.answers:
            if one.is_reversal and not one.is_ended:
                self._take_back(one)
        for line in dict.fromkeys(piece.line for piece in self.pieces):
            self._stand([piece for piece in self.pieces if piece.line == line and not piece.is_ended])
        return {one.id: self._outcome(one) for one in self.answers}

    def _outcome(self, one: Answer) -> Outcome:
        posted, stands = tuple(self.posted.get(one.id, ())), tuple(self.stands.get(one.id, ()))
        paid = sum((part.amount for part in posted if part.bucket is Bucket.PAID), ZERO)
        # A claim of lines that are charged with nothing is answered by nothing.
        if one.is_ended and one.id not in self.taken_back:
            fate = Fate.ENDED
        elif stands or (one.fits and not one.parts and not one.is_reversal):
            fate = Fate.STANDS
        elif one.id in self.taken_back:
            fate = Fate.TAKEN_BACK
        else:
            fate = self.passed_over.get(one.id, Fate.WAITS)
        overtaken = frozenset(self.overtaken.get(one.id, ()))
        return Outcome(fate=fate, posted=posted, stands=stands, waits=one.paid - paid, overtaken=overtaken)

    def _take_back(self, reversal: Answer) -> None:
        for piece in self._negated_by(reversal):
            piece.taken_by = reversal
            self.taken_back |= {reversal.id, piece.answer.id}
            self.posted[piece.answer.id] += piece.parts
            self.posted[reversal.id] += _negated(piece.parts)

    def _negated_by(self, reversal: Answer) -> list[_Piece]:
        """Give what a reversal takes back: pieces of one answer, else of several; none if it negates other amounts."""
        wanted = {line: _content(_negated(parts)) for line, parts in _by_line(reversal.parts).items()}
        live = [piece for piece in self.pieces if piece.taken_by is None]
        of_its_number = sorted(live, key=lambda piece: (piece.answer.number != reversal.number, not piece.is_ended))
        for answer in dict.fromkeys(piece.answer for piece in of_its_number):
            own = [piece for piece in live if piece.answer is answer]
            meant = [piece for piece in own if not reversal.speaks_of_lines or piece.line in wanted]
            if _negates(reversal, meant, wanted):
                return meant
        if whole := self._negated_as_a_whole(reversal):
            return whole
        if not reversal.speaks_of_lines:
            together = [piece for piece in live if piece.answer.number == reversal.number]
        else:
            found = (
                next((one for one in of_its_number if (one.line, one.content) == asked), None)
                for asked in wanted.items()
            )
            together = [piece for piece in found if piece is not None]
        return together if _negates(reversal, together, wanted) else []

    def _negated_as_a_whole(self, reversal: Answer) -> list[_Piece]:
        """Give all of the answer of its number that a reversal negates in its sums, where one of the two is shared by us."""
        for answer in dict.fromkeys(piece.answer for piece in self.pieces if piece.answer.number == reversal.number):
            own = [piece for piece in self.pieces if piece.answer is answer]
            is_whole = answer.number and not any(piece.taken_by for piece in own)
            if is_whole and (answer.is_shared or reversal.is_shared) and _comes_to_nothing_with(reversal, own):
                return own
        return []

    def _stand(self, pieces: list[_Piece]) -> None:
        """Tell which of the answers to one line stand."""
        first = [piece for piece in pieces if not piece.answer.is_later]
        later = [piece for piece in pieces if piece.answer.is_later and piece.taken_by is None]
        if all(piece.taken_by for piece in first):
            # A payer that was second to somebody whom we did not bill.
            first, later = pieces, []
        standing = self._first_of(first)
        if standing is not None:
            self._let_stand(standing, standing.parts)
            together = list(standing.parts)
            for piece in later:
                laid = _laid_over(piece.parts, together)
                self._let_stand(piece, laid)
                together += laid

    def _let_stand(self, piece: _Piece, parts: Sequence[Posting]) -> None:
        self.posted[piece.answer.id] += parts
        self.stands[piece.answer.id] += parts

    def _first_of(self, ever: list[_Piece]) -> _Piece | None:
        """Tell which of a payer's answers stands: money that was not taken back, else the newest answer of nothing.

        ever  all that were given for the line, those that were taken back among them: what is older than one of them is past
        """
        repeated = self._repeated(ever)
        paid = [piece for piece in ever if piece.paid and piece.taken_by is None]
        newest: list[_Piece] = []
        for piece in ever:
            if piece.paid or piece.taken_by or id(piece) in repeated:
                continue
            if any(_is_past(piece, other) for other in ever if id(other) not in repeated):
                self.passed_over.setdefault(piece.answer.id, Fate.OVERTAKEN)
                self.overtaken[piece.answer.id].add(piece.line)
            else:
                newest.append(piece)
        return next(iter((*paid, *newest)), None)

    def _repeated(self, ever: list[_Piece]) -> frozenset[int]:
        """Pass over the same denial again, where nothing was said between: the first of them counts."""
        again: set[int] = set()
        for before, piece in pairwise(ever):
            is_nothing = not (piece.paid or piece.taken_by or before.taken_by)
            if is_nothing and (before.answer.number, before.content) == (piece.answer.number, piece.content):
                again.add(id(piece))
                self.passed_over.setdefault(piece.answer.id, Fate.REPEATED)
        return frozenset(again)


def _is_past(piece: _Piece, other: _Piece) -> bool:
    """Tell whether an answer of nothing is older than another one.

    What is taken back in the remittance of an answer is older than that, whatever their traces are.
    """
    mine = piece.answer.order
    if other.taken_by is not None and other.taken_by.order[:2] == mine[:2]:
        return False
    return other.answer.order > mine


def _negates(reversal: Answer, pieces: Sequence[_Piece], wanted: Mapping[str, Content]) -> bool:
    """Tell whether a reversal takes back just these pieces: line by line, or all it says of the claim as a whole."""
    if not pieces:
        return False
    if reversal.speaks_of_lines:
        return {piece.line: piece.content for piece in pieces} == wanted
    charge = sum((part.amount for piece in pieces for part in piece.parts), ZERO)
    return (charge, sum((piece.paid for piece in pieces), ZERO)) == (-reversal.charge, -reversal.paid)


def _comes_to_nothing_with(reversal: Answer, pieces: Sequence[_Piece]) -> bool:
    """Tell whether a reversal negates these pieces together: what was paid, and the sum of each reason."""
    parts = [part for piece in pieces for part in piece.parts]
    paid = sum((piece.paid for piece in pieces), ZERO)
    return paid == -reversal.paid and _content(parts) == _content(_negated(reversal.parts))


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
    own = tuple(one for one in parts if one.carc != EARLIER_PAYER)
    left = [one for one in standing if one.bucket in _LEFT]
    if sum((one.amount for one in own), ZERO) != sum((one.amount for one in left), ZERO):
        return ()
    return (*_negated(left), *own)
