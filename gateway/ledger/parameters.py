"""Ids by the thousand: each database takes a limited number of parameters in one statement."""

from collections.abc import Collection, Iterator
from typing import Final, TypeVar

T = TypeVar("T")

_AT_ONCE: Final = 1000


def some_at_once(values: Collection[T]) -> Iterator[list[T]]:
    """Give the values in lists that are short enough for one statement."""
    every = list(values)
    for first in range(0, len(every), _AT_ONCE):
        yield every[first : first + _AT_ONCE]
