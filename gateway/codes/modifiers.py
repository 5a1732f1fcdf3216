"""The modifiers of therapy claims: whose plan of care, given by an assistant, released from a pair edit.

Discipline and assistant modifiers: Medicare Claims Processing Manual ch. 5 sec. 20.1. 59 and the X modifiers: NCCI
Policy Manual ch. 1 sec. E. Disciplines are named as in visit.Discipline.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

DISCIPLINE_MODIFIERS: Final[Mapping[str, str]] = MappingProxyType({"PT": "GP", "OT": "GO", "SLP": "GN"})
"""Discipline to the modifier of its plan of care."""

ASSISTANT_MODIFIERS: Final[Mapping[str, str]] = MappingProxyType({"PT": "CQ", "OT": "CO"})
"""Discipline to the modifier of its assistants; speech-language pathology has none."""

NEEDED_BY_ASSISTANT: Final[Mapping[str, str]] = MappingProxyType({"CQ": "GP", "CO": "GO"})
"""Assistant modifier to the discipline modifier that must stand on the same line."""

DISTINCT_SERVICE: Final = frozenset({"59", "XE", "XS", "XP", "XU"})
"""Modifiers that release the second code of a pair edit."""

_DISCIPLINES: Final[Mapping[str, str]] = MappingProxyType({m: d for d, m in DISCIPLINE_MODIFIERS.items()})


def discipline_modifier(discipline: str) -> str | None:
    """Give GP, GO or GN for a discipline, or None if it has none (chiropractic, massage)."""
    return DISCIPLINE_MODIFIERS.get(discipline)


def discipline_of(modifier: str) -> str | None:
    """Give the discipline that GP, GO or GN names, or None for any other modifier."""
    return _DISCIPLINES.get(modifier)


def discipline_modifiers(modifiers: Iterable[str]) -> tuple[str, ...]:
    """Give those of a line that name a discipline, in their order; exactly one may."""
    return tuple(m for m in modifiers if m in _DISCIPLINES)


def assistant_conflict(modifiers: Iterable[str]) -> tuple[str, str] | None:
    """Give the first assistant modifier that lacks its discipline modifier, and the one it needs; None if none does."""
    present = tuple(modifiers)
    for modifier in present:
        needed = NEEDED_BY_ASSISTANT.get(modifier)
        if needed is not None and needed not in present:
            return modifier, needed
    return None


def is_released(modifiers: Iterable[str]) -> bool:
    """Tell whether a line carries 59 or one of XE, XS, XP, XU."""
    return not DISTINCT_SERVICE.isdisjoint(modifiers)
