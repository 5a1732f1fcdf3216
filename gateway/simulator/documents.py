"""plans.toml, members.toml and providers.toml, read strictly: an unknown key or a wrong kind of value is refused.

Messages name the file, the entry by its place, and the key; never a member id or a birth date.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from gateway.codes.npi import is_npi
from gateway.edi.wire.segment import STANDARD, fault_in
from gateway.money import ZERO
from gateway.simulator.toml_file import Place, read
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


def load_world(folder: Path, *, open_mode: bool = False) -> World:
    """Read the three files of a world folder. Raises ConfigError with file, entry and key.

    In open mode a missing file is an empty one.
    """
    plans = read(_PlanFile, folder / "plans.toml", may_miss=open_mode)
    members = read(_MemberFile, folder / "members.toml", may_miss=open_mode)
    providers = read(_ProviderFile, folder / "providers.toml", may_miss=open_mode)
    known = frozenset(plan.payer for plan in plans.plan)
    for number, plan in enumerate((*plans.plan, plans.default), start=1):
        is_default = number > len(plans.plan)
        _check_plan(plan, Place("plans.toml", "default" if is_default else f"plan {number}"), is_default=is_default)
    for number, member in enumerate(members.member, start=1):
        _check_member(member, known, Place("members.toml", f"member {number}"))
    for number, one in enumerate(providers.provider, start=1):
        _check_provider(one, known, Place("providers.toml", f"provider {number}"))
    return World(
        plans=_by(((one.payer, one) for one in plans.plan), Place("plans.toml", "plan")),
        members=_by((((one.payer, one.id), one) for one in members.member), Place("members.toml", "member")),
        providers=_by(((one.npi, one) for one in providers.provider), Place("providers.toml", "provider")),
        fallback=plans.default if open_mode else None,
    )


def _check_plan(plan: Plan, place: Place, *, is_default: bool) -> None:
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


def _check_figures(plan: Plan, place: Place) -> None:
    for key in ("allowed_percent", "coinsurance_percent"):
        if not 0 <= getattr(plan, key) <= 100:  # noqa: PLR2004  per cent
            raise place.at(key).refuse("want 0 to 100")
    for key, amount in (("deductible", plan.deductible), ("copay", plan.copay), *plan.allowed.items()):
        if amount < ZERO:
            raise place.at(key).refuse("want 0.00 or more")


def _check_member(member: Member, payers: frozenset[str], place: Place) -> None:
    if member.payer not in payers:
        raise place.at("payer").refuse("no plan of plans.toml has this payer")
    if not member.id:
        raise place.at("id").refuse("must not be empty")
    if member.deductible_left is not None and member.deductible_left < ZERO:
        raise place.at("deductible_left").refuse("want 0.00 or more")
    numbers = [one.number for one in member.authorization]
    if len(set(numbers)) != len(numbers):
        raise place.at("authorization").refuse("two authorizations have the same number")


def _check_provider(one: EnrolledProvider, payers: frozenset[str], place: Place) -> None:
    if not is_npi(one.npi):
        raise place.at("npi").refuse("is no NPI: ten digits, the last a check digit")
    for payer in one.enrolled:
        if payer not in payers:
            raise place.at("enrolled").at(payer).refuse("no plan of plans.toml has this payer")


Key = TypeVar("Key")


def _by(pairs: Iterable[tuple[Key, Entry]], place: Place) -> Mapping[Key, Entry]:
    found: dict[Key, Entry] = {}
    for number, (key, one) in enumerate(pairs, start=1):
        if key in found:
            raise Place(place.file, f"{place.path} {number}").refuse("stands twice in the file")
        found[key] = one
    return found
