"""Nouns written as JSON documents, and read back by the nouns' own fields.

What is stored was checked when it came in. It is not checked again at each read: a field that has become stricter since
must not make an old row unreadable. So a noun is built here without its checks; a field that the noun no longer has is
passed over, and one that the document does not have yet takes its default.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from pathlib import Path
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
Reading = Callable[[Any], Any]
Stored = Mapping[str, Any]
Changes = Mapping[type, Callable[[Stored], Stored]]
"""By noun: what turns the document's fields into the noun's, where the two are called or shaped differently."""

_NO_CHANGES: Final[Changes] = MappingProxyType({})


def _as_it_is(value: Any) -> Any:  # noqa: ANN401 whatever JSON gave
    return value


_PLAIN: Final[Mapping[Any, Reading]] = {
    str: _as_it_is,
    int: _as_it_is,
    bool: _as_it_is,
    float: float,
    Decimal: Decimal,
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
    time: time.fromisoformat,
    Path: Path,
}


def written(noun: object) -> bytes:
    """Write every field of a noun in its order, also those at their default, as UTF-8 without blanks.

    Amounts are text, so that they come back to the digit; dates are ISO text.
    """
    return json.dumps(noun, default=_written, separators=(",", ":"), ensure_ascii=False).encode()


def parsed(document: bytes) -> Any:  # noqa: ANN401 any JSON
    """Read what `written` wrote; fractions stay exact."""
    return json.loads(document, parse_float=Decimal)


def reader_of(noun: type[T], changes: Changes = _NO_CHANGES) -> Callable[[Stored], T]:
    """Give the function that makes this noun of a parsed document. Keep it: making it costs more than using it.

    It raises ValueError, naming the noun and the field, if a field without a default is not there.
    """
    return _noun(noun, changes)


def _written(value: object) -> object:
    if is_dataclass(value):
        return {one.name: getattr(value, one.name) for one in fields(value)}
    if isinstance(value, Decimal | Path):
        return str(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no form in a stored document")


def _reading(form: Any, changes: Changes) -> Reading:  # noqa: ANN401 any annotation
    origin, inner = get_origin(form), get_args(form)
    if origin in {Union, UnionType}:
        return _either(tuple(one for one in inner if one is not NoneType), changes)
    if origin in {tuple, frozenset}:
        each = _reading(inner[0], changes)
        return lambda value: origin(map(each, value))
    if origin is Mapping:
        key, each = (_reading(one, changes) for one in inner)
        return lambda value: MappingProxyType({key(name): each(one) for name, one in value.items()})
    if is_dataclass(form):
        assert isinstance(form, type)
        return _noun(form, changes)
    return form if isinstance(form, type) and issubclass(form, Enum) else _PLAIN[form]


def _either(forms: tuple[Any, ...], changes: Changes) -> Reading:
    """Read null as None, and anything else as the first form that it fits."""
    if len(forms) == 1:
        only = _reading(forms[0], changes)
        return lambda value: None if value is None else only(value)
    tried = tuple((_fits(form, changes), _reading(form, changes)) for form in forms)

    def read(value: Any) -> Any:  # noqa: ANN401 whatever JSON gave
        if value is None:
            return None
        return next(reading for fits, reading in tried if fits(value))(value)

    return read


def _fits(form: Any, changes: Changes) -> Callable[[Any], bool]:  # noqa: ANN401 any annotation
    if is_dataclass(form):
        assert isinstance(form, type)
        needed = frozenset(one.name for one in fields(form) if _is_needed(one))
        change: Callable[[Stored], Stored] = changes.get(form, _as_it_is)
        return lambda value: needed <= change(value).keys()
    if isinstance(form, type) and issubclass(form, Enum):
        known = frozenset(one.value for one in form)
        return lambda value: value in known
    return lambda _value: True


def _is_needed(one: Field[Any]) -> bool:
    return one.default is MISSING and one.default_factory is MISSING


def _noun(noun: type[T], changes: Changes) -> Callable[[Stored], T]:
    hints = get_type_hints(noun)
    readings = {one.name: _reading(hints[one.name], changes) for one in fields(noun)}  # type: ignore[arg-type]
    absent = {one.name: _absent(noun, one) for one in fields(noun)}  # type: ignore[arg-type]
    change: Callable[[Stored], Stored] = changes.get(noun, _as_it_is)

    def read(stored: Stored) -> T:
        stored = change(stored)
        made = object.__new__(noun)
        for name, reading in readings.items():
            # Not the constructor: it would check anew what was checked when it came in.
            object.__setattr__(made, name, reading(stored[name]) if name in stored else absent[name]())
        return made

    return read


def _absent(noun: type, one: Field[Any]) -> Callable[[], Any]:
    if one.default_factory is not MISSING:
        return one.default_factory
    if one.default is not MISSING:
        default = one.default
        return lambda: default

    def refuse() -> None:
        raise ValueError(f"a stored {noun.__name__} has no {one.name}, which has no default")

    return refuse
