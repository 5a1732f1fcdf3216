"""A TOML file read strictly into dataclasses: an unknown key or a wrong kind of value is refused.

Messages name the file, the entry by its place, and the key; never what stands there.
"""

import dataclasses
import tomllib
import types
import typing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from gateway.errors import ConfigError
from gateway.money import dollars

Entry = TypeVar("Entry")


class Place(NamedTuple):
    """Where in which file we are."""

    file: str
    path: str = ""

    def at(self, key: str) -> "Place":
        """Go on to a key."""
        return Place(self.file, f"{self.path}, {key}" if self.path else key)

    def refuse(self, said: str) -> ConfigError:
        """Give the error to raise."""
        where = f"{self.file}: {self.path}" if self.path else self.file
        return ConfigError(f"{where}: {said}; the simulator was not started; correct the file")


def read(kind: type[Entry], path: Path, *, may_miss: bool = False) -> Entry:
    """Read a file; its fields say which keys there are. Raises ConfigError, also if it is not there and may not miss."""
    place = Place(path.name)
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if may_miss:
            return kind()
        raise place.refuse(
            f"not found in {path.parent}; write it (samples/simulator/ shows how), or use open mode"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise place.refuse(f"cannot be read ({type(error).__name__})") from error
    except tomllib.TOMLDecodeError as error:
        raise place.refuse(f"is not TOML: {error}") from error
    return typing.cast("Entry", _entry(kind, document, place))


def _entry(kind: type, table: object, place: Place) -> object:
    """Make a dataclass of a TOML table; its fields say which keys there are, and which value each takes."""
    if not isinstance(table, dict):
        raise place.refuse("want a table")
    wanted = typing.get_type_hints(kind)
    for key in table:
        if key not in wanted:
            raise place.at(str(key)).refuse(f"is no key here; want some of {', '.join(sorted(wanted))}")
    for one in dataclasses.fields(kind):
        has_default = one.default is not dataclasses.MISSING or one.default_factory is not dataclasses.MISSING
        if one.name not in table and not has_default:
            raise place.at(one.name).refuse("is missing")
    return kind(**{key: _value(wanted[key], value, place.at(key)) for key, value in table.items()})


def _value(wanted: Any, value: object, place: Place) -> object:  # noqa: ANN401  a type hint may be anything
    origin, inner = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in (types.UnionType, typing.Union):
        return _value(next(one for one in inner if one is not types.NoneType), value, place)
    if origin is tuple:
        return _several(inner[0], value, place)
    if origin is not None:
        if not isinstance(value, dict):
            raise place.refuse("want a table")
        return {str(key): _value(inner[1], one, place.at(str(key))) for key, one in value.items()}
    if dataclasses.is_dataclass(wanted):
        return _entry(typing.cast("type", wanted), value, place)
    return _plain(wanted, value, place)


def _several(wanted: Any, value: object, place: Place) -> tuple[object, ...]:  # noqa: ANN401  as above
    if not isinstance(value, list):
        raise place.refuse('want a list, such as ["97110"]')
    named = place.path.rpartition(", ")
    above = Place(place.file, named[0])
    return tuple(_value(wanted, one, above.at(f"{named[2]} {number}")) for number, one in enumerate(value, start=1))


def _plain(wanted: type, value: object, place: Place) -> object:
    if wanted is Decimal:
        return _amount(value, place)
    if wanted is int and isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if wanted is date and isinstance(value, date) and not isinstance(value, datetime):
        return value
    if wanted in (str, bool) and isinstance(value, wanted):
        return value
    meant = {str: "text in quotes", bool: "true or false", int: "a whole number, 0 or more", date: "a day: 2026-01-31"}
    raise place.refuse(f"want {meant[wanted]}")


def _amount(value: object, place: Place) -> Decimal:
    """Read dollars or percent. TOML's own fractions are floats, which money never is: they are refused."""
    text = value if isinstance(value, str) else str(value) if type(value) is int else ""
    try:
        return dollars(text)
    except ValueError:
        raise place.refuse('want an amount in quotes, such as "42.50"') from None
