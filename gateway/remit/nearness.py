"""How near a garbled number is to one of ours: cut, with something before or behind it, or some characters changed."""

from typing import Final

_CUT_MIN: Final = 5
"""So many characters of a number that was cut still tell it."""
_WHOLE_IN_IT: Final = 0.95
_CUT: Final = 0.6
_LEAST: Final = 0.6
_PAIRS_MIN: Final = 3
"""Numbers that share fewer pairs of neighbours are far from each other: each change breaks two or three of them."""


def nearness(text: str, number: str) -> float:
    """Give 1 for the number itself, 0 for another one, and between them the share of characters that need no change.

    Both are without blanks, in upper case. What is less than six tenths counts as another number.
    """
    if text == number:
        return 1
    if len(text) < _CUT_MIN:
        return 0
    if number in text:
        return _WHOLE_IN_IT
    if number.startswith(text) or number.endswith(text):
        return max(_CUT, len(text) / len(number))
    if len(_pairs(text) & _pairs(number)) < _PAIRS_MIN:
        return 0
    near = 1 - distance(text, number) / max(len(text), len(number))
    return near if near >= _LEAST else 0


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def distance(one: str, other: str) -> int:
    """Count how many characters have to be put in, left out, changed, or changed with their neighbour, to make one the other."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, a in enumerate(one):
        before, last, row = row, before, [at + 1]
        for place, b in enumerate(other):
            least = min(before[place + 1] + 1, row[place] + 1, before[place] + (a != b))
            if at and place and a == other[place - 1] and one[at - 1] == b:
                least = min(least, last[place - 1] + 1)
            row.append(least)
    return row[-1]
