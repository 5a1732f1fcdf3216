"""Which of our lines each line of an answer is about.

By our line control (REF*6R) where the payer gives it back; else by all that it names as billed; else by procedure, charge
and day, where nothing else fits; else by the charges of what it split or joined. Of what fits in several ways it is placed
only what comes to the same in each of them. Nothing is guessed: what is not certain is nobody's, and is parked.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from gateway.claim import ServiceLine
from gateway.remit.as_billed import (
    billed_of,
    content_of,
    is_alike,
    is_near,
    is_same_service,
    may_have_lost,
    plain,
    procedure_of,
)
from gateway.remit.pieces import Ways, add_up, go_one_way, is_joined, merged, shared
from gateway.remittance import ClaimPayment, LinePayment


class MatchedLine(NamedTuple):
    """One of our lines and its answer: the payer's own, or one made of its pieces, or its share of a joined one."""

    line: ServiceLine
    answer: LinePayment


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An answer laid over a stored claim.

    lines       all lines of the stored claim, in its order
    matched     our lines with their answers, in the stored claim's order
    unmatched   answers that are about no line of ours, or nobody knows which
    unanswered  lines of ours that the answer does not speak of
    split       by our control, the payer's own lines of which an answer was made
    joined      by our control, the payer's own line of which an answer is a share
    by_content  controls of lines that were found by what the payer says of them
    """

    lines: tuple[ServiceLine, ...]
    matched: tuple[MatchedLine, ...]
    unmatched: tuple[LinePayment, ...]
    unanswered: tuple[ServiceLine, ...]
    split: Mapping[str, tuple[LinePayment, ...]] = field(default_factory=dict)
    joined: Mapping[str, LinePayment] = field(default_factory=dict)
    by_content: frozenset[str] = frozenset()

    @property
    def is_whole(self) -> bool:
        """Tell whether every line has its answer and every answer its line."""
        return not self.unmatched and not self.unanswered


def match(payment: ClaimPayment, lines: Sequence[ServiceLine]) -> Match:
    """Lay the lines of an answer over those of the stored claim. An answer without lines leaves all unanswered."""
    return _Laying(payment.lines, lines).done()


class _Laying:
    """An answer being laid over a claim; answers and lines go by their places.

    of_line   the answers of each line that has any
    joins     lines that are answered by one answer together, by its place
    named     answers whose control names a line, but not its charge: a piece of it, or joined with others
    twice     several answers that name one line and do not come to it: only what is all alike tells them apart
    astray    answers of which what they say contradicts their control: nobody's
    """

    def __init__(self, answers: Sequence[LinePayment], lines: Sequence[ServiceLine]) -> None:
        self.answers, self.lines = answers, lines
        self.of_line: dict[int, tuple[int, ...]] = {}
        self.joins: dict[int, tuple[int, ...]] = {}
        self.named: dict[int, int] = {}
        self.twice: set[int] = set()
        self.astray: set[int] = set()
        self.free = set(range(len(answers)))
        self.open = set(range(len(lines)))
        self.by_content: set[int] = set()

    def done(self) -> Match:
        self._by_control()
        if self.free - self.astray:
            self.by_content = set(self.open)
            self._pair()
            self._put_together()
        for place, at in self.named.items():
            if place in self.free and at in self.open:
                self._take(at, (place,))  # its charge is another one: who posts it says so
        return self._match()

    def _take(self, at: int, places: Sequence[int]) -> None:
        self.of_line[at] = tuple(places)
        self.open.discard(at)
        self.free.difference_update(places)

    def _by_control(self) -> None:
        of_control = {plain(line.control): at for at, line in enumerate(self.lines)}
        naming: defaultdict[int, list[int]] = defaultdict(list)
        for place, answer in enumerate(self.answers):
            at = of_control.get(plain(answer.control)) if answer.control else None
            if at is not None:
                naming[at].append(place)
        for at, places in naming.items():
            line, some = self.lines[at], [self.answers[place] for place in places]
            strays = [place for place in places if self._says_another(place, at, naming)]
            if len(places) > 1 and (strays or not add_up(some, line.charge)):
                self.twice.update(places)
            elif strays:
                self.astray.update(strays)
            elif len(places) == 1 and abs(some[0].charge) != line.charge and procedure_of(some[0]) == line.procedure:
                self.named[places[0]] = at
            else:
                self._take(at, places)

    def _says_another(self, place: int, at: int, naming: Mapping[int, Sequence[int]]) -> bool:
        """Tell whether an answer names another procedure than its line's, and is all alike a line that has no such answer."""
        answer = self.answers[place]
        if procedure_of(answer) == self.lines[at].procedure:
            return False
        return any(
            is_alike(answer, line) and not any(is_alike(self.answers[each], line) for each in naming.get(other, ()))
            for other, line in enumerate(self.lines)
            if other != at
        )

    def _pair(self) -> None:
        """Pair answers with lines of the same procedure, charge and day.

        One that is all alike a line proves nothing beside one that is not, or beside a line without an answer: it may be
        the other one's, and have lost what told them apart.
        """
        for places, lines in self._knots(self.free - self.astray - self.named.keys(), self.open, is_near):
            alike = [self._pairs(*knot) for knot in self._knots(places, lines, is_alike)]
            pairs = {place: at for each in alike for place, at in each.items()}
            if len(pairs) < len(places) or self._may_be_of_others(pairs, lines):
                pairs = self._pairs(places, lines) if self.twice.isdisjoint(places) else {}
            for place, at in pairs.items():
                self._take(at, (place,))

    def _may_be_of_others(self, pairs: Mapping[int, int], lines: Sequence[int]) -> bool:
        silent = [self.lines[at] for at in lines if at not in pairs.values()]
        return any(
            may_have_lost(self.answers[place], line) and billed_of(line) != billed_of(self.lines[at])
            for place, at in pairs.items()
            for line in silent
        )

    def _knots(
        self, places: Iterable[int], lines: Iterable[int], fits: Callable[[LinePayment, ServiceLine], bool]
    ) -> Iterator[tuple[list[int], list[int]]]:
        """Give the answers and lines that hang together by what fits what; what fits nothing is left out."""
        some = sorted(set(lines) - set(self.named.values()))
        fitting = {place: {at for at in some if fits(self.answers[place], self.lines[at])} for place in sorted(places)}
        left = {place for place, each in fitting.items() if each}
        while left:
            together, its_lines = {min(left)}, set(fitting[min(left)])
            while more := {place for place in left - together if not its_lines.isdisjoint(fitting[place])}:
                together |= more
                its_lines.update(*(fitting[place] for place in more))
            left -= together
            yield sorted(together), sorted(its_lines)

    def _pairs(self, places: Sequence[int], lines: Sequence[int]) -> dict[int, int]:
        """Pair answers with lines of one knot, in order, where it is certain which, or makes no difference."""
        one_line = _all_one(billed_of(self.lines[at]) for at in lines)
        one_answer = _all_one(content_of(self.answers[place]) for place in places)
        if (one_line and len(places) <= len(lines)) or (one_answer and len(places) == len(lines)):
            return dict(zip(places, lines, strict=False))
        return {}

    def _put_together(self) -> None:
        """Put together what was split, and find what was joined: of one procedure all that is left, and in one way only."""
        left = sorted(self.free - self.astray)
        for procedure in dict.fromkeys(procedure_of(self.answers[place]) for place in left):
            places = [place for place in left if procedure_of(self.answers[place]) == procedure]
            lines = [at for at in sorted(self.open) if self.lines[at].procedure == procedure]
            if not lines or not self.twice.isdisjoint(places):
                continue
            if len(places) > 1:
                self._put_pieces_together(places, lines)
            elif len(lines) > 1 and is_joined(self.answers[places[0]], [self.lines[at] for at in lines]):
                self._join(places[0], lines)

    def _put_pieces_together(self, places: Sequence[int], lines: Sequence[int]) -> None:
        answers = [self.answers[place] for place in places]
        if not go_one_way(answers):
            return
        ways = Ways(
            [self.lines[at].charge for at in lines],
            [(abs(self.answers[place].charge), self._may_be_of(place, lines)) for place in places],
            (_numbered(map(content_of, answers)), _numbered(billed_of(self.lines[at]) for at in lines)),
        )
        for number, pieces in (ways.only() or {}).items():
            self._take(lines[number], [places[one] for one in pieces])

    def _may_be_of(self, place: int, lines: Sequence[int]) -> tuple[int, ...]:
        named = self.named.get(place)
        return tuple(
            number
            for number, at in enumerate(lines)
            if (at == named if named is not None else is_same_service(self.answers[place], self.lines[at]))
        )

    def _join(self, place: int, lines: Sequence[int]) -> None:
        self.joins[place] = tuple(lines)
        for at in lines:
            self._take(at, (place,))

    def _match(self) -> Match:
        lines, answers = self.lines, self.answers
        said: dict[int, LinePayment] = {}
        split: dict[str, tuple[LinePayment, ...]] = {}
        joined: dict[str, LinePayment] = {}
        for at, places in self.of_line.items():
            said[at] = answers[places[0]]
            if len(places) > 1:
                pieces = tuple(answers[place] for place in places)
                said[at] = merged(pieces, lines[at])
                split[lines[at].control] = pieces
        for place, its_lines in self.joins.items():
            said.update(zip(its_lines, shared(answers[place], [lines[at] for at in its_lines]), strict=True))
            joined |= {lines[at].control: answers[place] for at in its_lines}
        return Match(
            lines=tuple(lines),
            matched=tuple(MatchedLine(line, said[at]) for at, line in enumerate(lines) if at in said),
            unmatched=tuple(answer for place, answer in enumerate(answers) if place in self.free),
            unanswered=tuple(line for at, line in enumerate(lines) if at not in said),
            split=split,
            joined=joined,
            by_content=frozenset(lines[at].control for at in self.by_content if at in said),
        )


def _all_one(each: Iterable[object]) -> bool:
    first, *others = each
    return all(one == first for one in others)


def _numbered(each: Iterable[object]) -> list[int]:
    """Give numbers for things: the same for equal ones."""
    known: list[object] = []
    numbers = []
    for one in each:
        if one not in known:
            known.append(one)
        numbers.append(known.index(one))
    return numbers
