"""The filter language of every list: `state:denied payer:HLTH1 age:>30d carc:197`.

Terms stand beside each other and all must hold. A term is FIELD:VALUE. Several values with commas between: any of them.
A minus before it: none of them. A value with spaces stands in quotes: `reason:"not x12"`. Days, ages and amounts are
compared as well: `charge:>100`, `charge:<=50.25`, `day:2026-11-01..2026-11-15`, `age:>30d`, `age:<2w`.
"""

import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from gateway.errors import UsageError
from gateway.money import cents

_COMPARED: Final = re.compile(r"(?P<sign><=|>=|<|>)?(?P<value>.*)", re.DOTALL)
_AGE: Final = re.compile(r"(\d{1,5})([dw])")
_AMOUNT_MAX: Final = Decimal("99999999.99")
"""Amounts of more than eight digits do not exist on the wire (X12, appendix B)."""


class Kind(StrEnum):
    """What a field's values are."""

    CHOICE = "choice"
    """One of a few words that the gateway itself uses."""
    CODE = "code"
    """A code, number or name, exactly as it stands."""
    DAY = "day"
    AGE = "age"
    """How many days (30d) or weeks (4w) ago; compared with a day."""
    MONEY = "money"
    """Dollars and cents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What a list may be asked by. `choices` are the words of a CHOICE."""

    name: str
    kind: Kind
    says: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One term, understood.

    wanted        the values of a CHOICE or CODE: any of them
    least, most   bounds of a DAY or AGE (as days) or of MONEY (as cents), both inclusive; None where open
    negated       whether none of it may hold
    """

    field: str
    wanted: tuple[str, ...] = ()
    least: date | int | None = None
    most: date | int | None = None
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of a list.

    sort   the field that rows are sorted by, a minus before it for the largest first; empty: the oldest entry first
    after  where the page before ended, as it said so; empty: the first page
    zone   the practice's: days and ages are counted in it
    """

    conditions: tuple[Condition, ...] = ()
    sort: str = ""
    after: str = ""
    limit: int = 100
    zone: tzinfo = UTC


def asked_for(*, after: int = 0, limit: int, **wanted: Iterable[str] | str) -> Asked:
    """Ask a list in code: each field with the values of which any will do; a field without values does not filter."""
    named = {name: (values,) if isinstance(values, str) else tuple(values) for name, values in wanted.items()}
    conditions = tuple(Condition(field=name, wanted=values) for name, values in named.items() if any(values))
    return Asked(conditions=conditions, after=str(after) if after else "", limit=limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """How many rows there are in all pages, and their cents where the list has an amount."""

    count: int
    cents: int | None


def read(text: str, fields: Sequence[Field], *, today: date) -> tuple[Condition, ...]:
    """Understand a filter. Raises UsageError naming the term, what is wrong with it, and what there is."""
    known = {one.name: one for one in fields}
    return tuple(_term(term, known, today) for term in _terms(text))


def _terms(text: str) -> Iterator[str]:
    lexer = shlex.shlex(text, posix=True, punctuation_chars="")
    lexer.whitespace_split, lexer.commenters, lexer.escape, lexer.quotes = True, "", "", '"'
    try:
        yield from lexer
    except ValueError:
        raise UsageError('the filter has an opening " without its end; close it') from None


def _term(term: str, known: dict[str, Field], today: date) -> Condition:
    if not term.isprintable():
        raise UsageError("filter: a term holds a character that cannot be printed; nothing is called so")
    negated = term.startswith("-")
    name, colon, said = term.removeprefix("-").partition(":")
    if not colon or name not in known:
        raise UsageError(f"filter: {term!r} is not FIELD:VALUE of this list; its fields are {', '.join(known)}")
    field = known[name]
    if not said:
        raise UsageError(f"filter: {name}: has no value; {field.says}")
    if field.kind in {Kind.CHOICE, Kind.CODE}:
        return Condition(field=name, wanted=_words(field, said), negated=negated)
    try:
        least, most = _bounds(field, said, today)
    except OverflowError:
        raise UsageError(f"filter: {term!r} goes beyond the calendar") from None
    if least is None and most is None:
        raise UsageError(f"filter: {term!r} has neither a first nor a last {field.kind}; give one of them")
    return Condition(field=name, least=least, most=most, negated=negated)


def _words(field: Field, said: str) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(_word(field, word) for word in said.split(",") if word))
    unknown = [word for word in words if field.kind is Kind.CHOICE and word not in field.choices]
    if unknown or not words:
        raise UsageError(
            f"filter: {field.name} is one of {_listed(field.choices)}; not {unknown[0] if unknown else said!r}"
        )
    return words


def _word(field: Field, word: str) -> str:
    """Let a word of two parts be written in one: state:set_aside."""
    parted = word.replace("_", " ")
    return parted if parted in field.choices else word


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f'"{word}"' if " " in word else word for word in words)


def _bounds(field: Field, said: str, today: date) -> tuple[date | int | None, date | int | None]:
    if ".." in said:
        first, _, last = said.partition("..")
        bounds = (_value(field, first, today) if first else None, _value(field, last, today) if last else None)
        if field.kind is Kind.AGE:
            bounds = (bounds[1], bounds[0])  # the older, the earlier the day
        return bounds
    compared = _COMPARED.fullmatch(said)
    assert compared is not None, "the pattern takes anything"
    sign, value = compared["sign"] or "", _value(field, compared["value"], today)
    if field.kind is Kind.AGE:
        sign = sign.translate(str.maketrans("<>", "><"))
    if not sign:
        return value, value
    step: timedelta | int = 1 if isinstance(value, int) else timedelta(days=1)
    if ">" in sign:
        return (value if "=" in sign else value + step), None  # type: ignore[operator]
    return None, (value if "=" in sign else value - step)  # type: ignore[operator]


def _value(field: Field, said: str, today: date) -> date | int:
    try:
        if field.kind is Kind.DAY:
            return {"today": today, "yesterday": today - timedelta(days=1)}.get(said) or date.fromisoformat(said)
        if field.kind is Kind.AGE:
            found = _AGE.fullmatch(said)
            if found is not None:
                return today - timedelta(days=int(found[1]) * (7 if found[2] == "w" else 1))
        else:
            amount = Decimal(said.removeprefix("$"))
            if amount.is_finite() and abs(amount) <= _AMOUNT_MAX:
                return cents(amount)
    except (ValueError, InvalidOperation, OverflowError):
        pass
    wanted = {
        Kind.DAY: "a day such as 2026-11-16",
        Kind.AGE: "an age such as 30d or 4w",
        Kind.MONEY: "an amount such as 120.50",
    }
    raise UsageError(
        f"filter: {field.name} wants {wanted[field.kind]}, with <, >, <=, >= before it or .. between two; not {said!r}"
    )
