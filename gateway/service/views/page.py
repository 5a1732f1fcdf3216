"""Pages of a list, and where the next one begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class _Numbered(Protocol):
    @property
    def id(self) -> int: ...


T = TypeVar("T")
N = TypeVar("N", bound=_Numbered)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, and where the next page begins: 0 when there is none."""

    rows: tuple[T, ...]
    next_after: int


def page(rows: Sequence[N], limit: int) -> Page[N]:
    """Make a page of rows that were asked for at most `limit` at a time."""
    return Page(tuple(rows), rows[-1].id if len(rows) == limit else 0)
