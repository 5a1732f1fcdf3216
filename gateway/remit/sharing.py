"""Sharing an amount over lines so that no cent is lost or made: deterministic, and the same for the negative amount."""

from collections.abc import Sequence
from decimal import Decimal

from gateway.money import ZERO, cents, from_cents


def share(amount: Decimal, weights: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """Share `amount` in proportion to `weights` (dollars, none negative); evenly if all are zero.

    The shares add up to the amount exactly, and each is within a cent of its due. Raises ValueError without weights.
    """
    if not weights:
        raise ValueError("want at least one line to share over")
    scale = [cents(weight) for weight in weights]
    if not any(scale):
        scale = [1] * len(scale)
    whole, sign = abs(cents(amount)), (-1 if amount < 0 else 1)
    shares, running, given = [], 0, 0
    for weight in scale:
        running += weight
        upto = whole * running // sum(scale)
        shares.append(from_cents(sign * (upto - given)))
        given = upto
    return tuple(shares)


def partition(amounts: Sequence[Decimal], rows: Sequence[Decimal]) -> tuple[tuple[Decimal, ...], ...]:
    """Share each of `amounts` over `rows` (dollars) so that both add up: give for each row its part of each amount.

    The parts of an amount add up to it, and the parts of a row to the row. Raises ValueError if the amounts and the rows
    do not have the same total, or if either is empty.
    """
    if not amounts or sum(amounts) != sum(rows):
        raise ValueError("want amounts and rows with the same total")
    weights = [max(row, ZERO) for row in rows]
    columns = [share(amount, weights) for amount in amounts]
    # Rounded each by itself, the parts of a row may miss it by a cent or two; the largest amount takes that up.
    largest = max(range(len(amounts)), key=lambda at: abs(amounts[at]))
    misses = [row - sum((column[at] for column in columns), ZERO) for at, row in enumerate(rows)]
    columns[largest] = tuple(part + miss for part, miss in zip(columns[largest], misses, strict=True))
    return tuple(zip(*columns, strict=True))
