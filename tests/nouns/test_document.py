"""Nouns as stored documents: what has a form there comes back as it was, and what has none is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

import pytest

from gateway.document import parsed, reader_of, written


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    at: datetime
    on: date
    clock: time
    amount: Decimal
    seconds: float
    where: Path
    prices: Mapping[Colour, Decimal]
    tables: frozenset[str]
    leaves: tuple[Leaf, ...]
    colour: Colour | None = None
    marks: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        assert self.amount >= 0


TREE = Tree(
    at=datetime(2026, 11, 16, 15, 0, tzinfo=UTC),
    on=date(2026, 11, 16),
    clock=time(9, 5, 30),
    amount=Decimal("10.50"),
    seconds=0.1,
    where=Path("/somewhere"),
    prices=MappingProxyType({Colour.BLUE: Decimal("1.0")}),
    tables=frozenset({"b", "a"}),
    leaves=(Leaf(name="one"), Leaf(name="two")),
    colour=Colour.RED,
)


def test_every_form_comes_back_as_it_was() -> None:
    read = reader_of(Tree)(parsed(written(TREE)))
    assert read == TREE
    assert str(read.amount) == "10.50"
    assert read.colour is Colour.RED
    assert list(read.prices) == [Colour.BLUE]


def test_the_same_noun_is_always_written_alike() -> None:
    assert b'"tables":["a","b"]' in written(TREE)
    assert written(TREE) == written(reader_of(Tree)(parsed(written(TREE))))


def test_a_default_is_taken_and_a_check_is_not_made() -> None:
    document = {**parsed(written(TREE)), "amount": "-1", "stranger": 1}
    for name in ("colour", "marks"):
        del document[name]
    read = reader_of(Tree)(document)
    assert (read.colour, read.marks, read.amount) == (None, {}, Decimal(-1))


def test_what_has_no_form_is_refused_without_saying_it() -> None:
    with pytest.raises(TypeError, match=r"^bytes has no form in a stored document$"):
        written({"secret": b"hunter2"})
