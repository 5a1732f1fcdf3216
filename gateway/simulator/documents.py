"""plans.toml, members.toml and providers.toml, read strictly: an unknown key or a wrong kind of value is refused.

Messages name the file, the entry by its place, and the key; never a member id or a birth date.
"""

import dataclasses
import tomllib
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from gateway.codes.npi import is_npi
from gateway.edi.wire.segment import STANDARD, fault_in
from gateway.errors import ConfigError
from gateway.money import ZERO, dollars
from gateway.simulator.world import EnrolledProvider, Member, Plan, World

REQUIRABLE: Final = ("referring", "rendering", "accident", "initial_treatment")
"""What `required` of a plan may name."""

KINDS: Final = ("medicare", "medicaid", "commercial", "workers_compensation", "auto")

_WRITTEN: Final = ("payer", "name", "street", "city", "state", "zip_code", "phone")

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True, kw_only=True)
class _PlanFile:
    plan: tuple[Plan, ...] = ()
    default: Plan = field(default_factory=Plan)


@dataclass(frozen=True, slots=True, kw_only=True)
class _MemberFile:
    member: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _ProviderFile:
    provider: tuple[EnrolledProvider, ...] = ()


class _Place(NamedTuple):
    """Where in which file we are."""

    file: str
    path: str = ""

    def at(self, key: str) -> "_Place":
        return _Place(self.file, f"{self.path}, {key}" if self.path else key)

    def refuse(self, said: str) -> ConfigError:
        where = f"{self.file}: {self.path}" if self.path else self.file
        return ConfigError(f"{where}: {said}; the simulator was not started; correct the file")


def load_world(folder: Path, *, open_mode: bool = False) -> World:
    """Read the three files of a world folder. Raises ConfigError with file, entry and key.

    In open mode a missing file is an empty one.
    """
    plans = _read(_PlanFile, folder / "plans.toml", may_miss=open_mode)
    members = _read(_MemberFile, folder / "members.toml", may_miss=open_mode)
    providers = _read(_ProviderFile, folder / "providers.toml", may_miss=open_mode)
    known = frozenset(plan.payer for plan in plans.plan)
    for number, plan in enumerate((*plans.plan, plans.default), start=1):
        is_default = number > len(plans.plan)
        _check_plan(plan, _Place("plans.toml", "default" if is_default else f"plan {number}"), is_default=is_default)
    for number, member in enumerate(members.member, start=1):
        _check_member(member, known, _Place("members.toml", f"member {number}"))
    for number, one in enumerate(providers.provider, start=1):
        _check_provider(one, known, _Place("providers.toml", f"provider {number}"))
    return World(
        plans=_by(((one.payer, one) for one in plans.plan), _Place("plans.toml", "plan")),
        members=_by((((one.payer, one.id), one) for one in members.member), _Place("members.toml", "member")),
        providers=_by(((one.npi, one) for one in providers.provider), _Place("providers.toml", "provider")),
        fallback=plans.default if open_mode else None,
    )


def _check_plan(plan: Plan, place: _Place, *, is_default: bool) -> None:
    if bool(plan.payer) is is_default:
        raise place.refuse("a plan needs `payer`, and only the default has none")
    if plan.kind not in KINDS:
        raise place.at("kind").refuse(f"want one of {', '.join(KINDS)}")
    if not set(plan.required) <= set(REQUIRABLE):
        raise place.at("required").refuse(f"want some of {', '.join(REQUIRABLE)}")
    if len(plan.tax_id) != 9 or not plan.tax_id.isdecimal():  # noqa: PLR2004  nine digits, as the tax office issues them
        raise place.at("tax_id").refuse("want nine digits")
    for key in _WRITTEN:
        if fault := fault_in(getattr(plan, key), STANDARD):
            raise place.at(key).refuse(f"{fault}, and stands in every 835")
    _check_figures(plan, place)


def _check_figures(plan: Plan, place: _Place) -> None:
    for key in ("allowed_percent", "coinsurance_percent"):
        if not 0 <= getattr(plan, key) <= 100:  # noqa: PLR2004  per cent
            raise place.at(key).refuse("want 0 to 100")
    for key, amount in (("deductible", plan.deductible), ("copay", plan.copay), *plan.allowed.items()):
        if amount < ZERO:
            raise place.at(key).refuse("want 0.00 or more")


def _check_member(member: Member, payers: frozenset[str], place: _Place) -> None:
    if member.payer not in payers:
        raise place.at("payer").refuse("no plan of plans.toml has this payer")
    if not member.id:
        raise place.at("id").refuse("must not be empty")
    if member.deductible_left is not None and member.deductible_left < ZERO:
        raise place.at("deductible_left").refuse("want 0.00 or more")
    numbers = [one.number for one in member.authorization]
    if len(set(numbers)) != len(numbers):
        raise place.at("authorization").refuse("two authorizations have the same number")


def _check_provider(one: EnrolledProvider, payers: frozenset[str], place: _Place) -> None:
    if not is_npi(one.npi):
        raise place.at("npi").refuse("is no NPI: ten digits, the last a check digit")
    for payer in one.enrolled:
        if payer not in payers:
            raise place.at("enrolled").at(payer).refuse("no plan of plans.toml has this payer")


Key = TypeVar("Key")


def _by(pairs: Iterable[tuple[Key, Entry]], place: _Place) -> Mapping[Key, Entry]:
    found: dict[Key, Entry] = {}
    for number, (key, one) in enumerate(pairs, start=1):
        if key in found:
            raise _Place(place.file, f"{place.path} {number}").refuse("stands twice in the file")
        found[key] = one
    return found


def _read(kind: type[Entry], path: Path, *, may_miss: bool) -> Entry:
    place = _Place(path.name)
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


def _entry(kind: type, table: object, place: _Place) -> object:
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


def _value(wanted: Any, value: object, place: _Place) -> object:  # noqa: ANN401  a type hint may be anything
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


def _several(wanted: Any, value: object, place: _Place) -> tuple[object, ...]:  # noqa: ANN401  as above
    if not isinstance(value, list):
        raise place.refuse('want a list, such as ["97110"]')
    named = place.path.rpartition(", ")
    above = _Place(place.file, named[0])
    return tuple(_value(wanted, one, above.at(f"{named[2]} {number}")) for number, one in enumerate(value, start=1))


def _plain(wanted: type, value: object, place: _Place) -> object:
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


def _amount(value: object, place: _Place) -> Decimal:
    """Read dollars or percent. TOML's own fractions are floats, which money never is: they are refused."""
    text = value if isinstance(value, str) else str(value) if type(value) is int else ""
    try:
        return dollars(text)
    except ValueError:
        raise place.refuse('want an amount in quotes, such as "42.50"') from None
