"""One line of ours that a payer answers in several pieces, and several that it answers in one."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from gateway.claim import ServiceLine
from gateway.money import ZERO
from gateway.remit.as_billed import is_same_service, plain
from gateway.remit.sharing import partition
from gateway.remittance import Adjustment, LinePayment

_TRIES_MAX: Final = 5_000
"""Ways of putting pieces together that are looked at; where there are more, a person looks."""


def add_up(pieces: Sequence[LinePayment], charge: Decimal) -> bool:
    """Tell whether the charges of pieces come to a charge, none of them the other way round."""
    return go_one_way(pieces) and abs(sum((piece.charge for piece in pieces), ZERO)) == charge


def go_one_way(pieces: Sequence[LinePayment]) -> bool:
    """Tell whether all pieces answer, or all take back."""
    charges = [piece.charge for piece in pieces]
    return min(charges) >= 0 or max(charges) <= 0


def merged(pieces: Sequence[LinePayment], line: ServiceLine) -> LinePayment:
    """Make one answer to a line of its pieces: amounts and units are added up, remarks joined.

    It names the procedure and modifiers of the line if any piece does.
    """
    like = next((one for one in pieces if plain(one.procedure) == line.procedure), pieces[0])
    like = next((one for one in pieces if _has_modifiers(one, line) and one.procedure == like.procedure), like)
    units = [one.units for one in pieces if one.units is not None]
    return like._replace(
        charge=sum((one.charge for one in pieces), ZERO),
        paid=sum((one.paid for one in pieces), ZERO),
        units=sum(units, Decimal(0)) if units else None,
        day=next((one.day for one in pieces if one.day), None),
        control=line.control,
        adjustments=_added([one for piece in pieces for one in piece.adjustments]),
        remarks=tuple(dict.fromkeys(code for piece in pieces for code in piece.remarks)),
        ordinal=pieces[0].ordinal,
        # Some payers name all that was billed beside each piece, and some the piece.
        billed_units=None,
    )


def _has_modifiers(piece: LinePayment, line: ServiceLine) -> bool:
    return sorted(piece.modifiers) == sorted(line.modifiers)


def _added(adjustments: Sequence[Adjustment]) -> tuple[Adjustment, ...]:
    """Add up adjustments of one group and reason."""
    sums: dict[tuple[str, str], Adjustment] = {}
    for one in adjustments:
        before = sums.get((one.group, one.carc))
        if before is not None:
            quantities = [each.quantity for each in (before, one) if each.quantity is not None]
            quantity = sum(quantities, Decimal(0)) if quantities else None
            one = before._replace(amount=before.amount + one.amount, quantity=quantity)  # noqa: PLW2901 the sum so far
        sums[one.group, one.carc] = one
    return tuple(sums.values())


def is_joined(answer: LinePayment, lines: Sequence[ServiceLine]) -> bool:
    """Tell whether an answer is that to all of some lines of one service and day, which it answers as that service.

    One that was put into another procedure is not: how much of it is whose, nobody said.
    """
    return (
        len({line.day for line in lines}) == 1
        and all(is_same_service(answer, line) and plain(answer.procedure) == line.procedure for line in lines)
        and abs(answer.charge) == sum((line.charge for line in lines), ZERO)
        and answer.charge - answer.adjusted == answer.paid
    )


def shared(answer: LinePayment, lines: Sequence[ServiceLine]) -> tuple[LinePayment, ...]:
    """Share an answer over the lines that it joins, by their charges: each part adds up to its line's charge.

    Of the negated answer it gives the negated parts. Raises ValueError if the answer is not balanced.
    """
    sign = -1 if answer.charge < 0 else 1
    amounts = [sign * answer.paid, *(sign * one.amount for one in answer.adjustments)]
    rows = partition(amounts, [line.charge for line in lines])
    is_whole = answer.units is not None and abs(answer.units) == sum(line.units for line in lines)
    return tuple(
        answer._replace(
            charge=sign * line.charge,
            paid=sign * paid,
            units=Decimal(line.units) if is_whole else None,
            adjustments=tuple(
                one._replace(amount=sign * part, quantity=None)
                for one, part in zip(answer.adjustments, parts, strict=True)
            ),
            billed_units=None,
        )
        for line, (paid, *parts) in zip(lines, rows, strict=True)
    )


class Ways:
    """In how many ways pieces come to the charges of lines, each piece to one line; a line may get none.

    charges  of the lines
    pieces   each one's charge, and which lines it may be of
    names    what tells pieces, and lines, from each other: ways that differ in nothing else are one way
    """

    def __init__(
        self,
        charges: Sequence[Decimal],
        pieces: Sequence[tuple[Decimal, Sequence[int]]],
        names: tuple[Sequence[int], Sequence[int]],
    ) -> None:
        self._left = list(charges)
        self._charges = tuple(charges)
        self._pieces = pieces
        self._names = names
        self._chosen: list[int] = []
        self._tries = 0
        self._found: dict[tuple[tuple[int, tuple[int, ...]], ...], dict[int, tuple[int, ...]]] = {}

    def only(self) -> dict[int, tuple[int, ...]] | None:
        """Give the only way: the pieces of each line that gets any. None if there is none, or more, or too many to look at."""
        self._go_on()
        if len(self._found) != 1 or self._tries > _TRIES_MAX:
            return None
        return next(iter(self._found.values()))

    def _go_on(self) -> None:
        self._tries += 1
        if self._tries > _TRIES_MAX or len(self._found) > 1:
            return
        if len(self._chosen) == len(self._pieces):
            self._keep()
            return
        charge, may_be = self._pieces[len(self._chosen)]
        for at in may_be:
            if charge <= self._left[at]:
                self._left[at] -= charge
                self._chosen.append(at)
                self._go_on()
                self._chosen.pop()
                self._left[at] += charge

    def _keep(self) -> None:
        way: dict[int, list[int]] = {}
        for piece, at in enumerate(self._chosen):
            way.setdefault(at, []).append(piece)
        if all(not self._left[at] for at in way):
            of_pieces, of_lines = self._names
            key = sorted((of_lines[at], tuple(sorted(of_pieces[one] for one in some))) for at, some in way.items())
            self._found.setdefault(tuple(key), {at: tuple(some) for at, some in way.items()})
