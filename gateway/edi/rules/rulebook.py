"""All rules of a guide, and at which of its places each is asked."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final, TypeAlias

from gateway.edi.guide.compiled import guide_of
from gateway.edi.guide.places import Guide, LoopPlace, Place
from gateway.edi.rules import code_sets, levels, shapes
from gateway.edi.rules import parties as party
from gateway.edi.rules.answer import claim_status as statuses
from gateway.edi.rules.answer import functional_group as group_answers
from gateway.edi.rules.claim import balance as claim_balance
from gateway.edi.rules.claim import billing, claim, coverage, days, diagnoses, lines, other_payers, providers
from gateway.edi.rules.fast_accept import PLAIN, Look
from gateway.edi.rules.payment import balance as payment_balance
from gateway.edi.rules.payment import method as payment_method
from gateway.edi.rules.payment import payment
from gateway.edi.rules.rule import Rule
from gateway.edi.wire.segment import STANDARD

AnyRule: TypeAlias = Rule[Any]
"""The rules of a guide share its unit; which, `context/` knows."""

_EVERYWHERE: Final[tuple[AnyRule, ...]] = (*party.RULES, *shapes.RULES, *code_sets.RULES)

BOOKS: Final[dict[str, tuple[AnyRule, ...]]] = {
    "005010X222A1": (
        *claim_balance.RULES,
        *levels.RULES,
        *billing.RULES,
        *coverage.RULES,
        *claim.RULES,
        *days.RULES,
        *diagnoses.RULES,
        *providers.RULES,
        *other_payers.RULES,
        *lines.RULES,
        *_EVERYWHERE,
    ),
    "005010X221A1": (*payment_balance.RULES, *payment_method.RULES, *payment.RULES, *_EVERYWHERE),
    "005010X223A2": (levels.hl_below_another, *_EVERYWHERE),
    "005010X214": (levels.hl_below_another, *statuses.RULES, *_EVERYWHERE),
    "005010X231A1": group_answers.RULES,
    "005010X212": (levels.hl_below_another, *_EVERYWHERE),
}
"""Rules by guide, in the order in which they are asked. A rule that a guide has no place for is not asked there."""


def rules_of(version: str) -> tuple[AnyRule, ...]:
    """Give the rules of a guide that it has a place for, in the order in which they are asked."""
    guide = guide_of(version, STANDARD)
    if guide is None:
        return ()
    names = {name for place in _places(guide.root) for name in _names(place)}
    return tuple(one for one in BOOKS.get(version, ()) if not names.isdisjoint(one.on))


Group: TypeAlias = tuple[Look | None, tuple[AnyRule, ...], bool]
"""Rules, with the look that stands for them, None if there is none, and whether all are asked late; else all are at once.

A plain tuple, for it is unpacked at every segment.
"""

Asked: TypeAlias = dict[Place | None, tuple[Group, ...]]
"""The rules of each place."""


@lru_cache(maxsize=16)  # each keeps its guide
def asked_at(guide: Guide, version: str, snip: int) -> Asked:
    """Give the rules of each place of a guide, up to a SNIP level; places without any are left out."""
    rules = [one for one in BOOKS.get(version, ()) if one.snip <= snip]
    by_name: dict[str, list[int]] = {}
    for number, one in enumerate(rules):
        for name in one.on:
            by_name.setdefault(name, []).append(number)
    found: Asked = {}
    for place in _places(guide.root):
        names = frozenset(_names(place))
        if numbers := {number for name in names for number in by_name.get(name, ())}:
            found[place] = tuple(_grouped([rules[number] for number in sorted(numbers)], names, version))
    return found


def _grouped(rules: list[AnyRule], names: frozenset[str], version: str) -> Iterable[Group]:
    """Put the rules that one look covers together; none of what is asked late can be covered by what is asked at once."""
    for late in (False, True):
        left = [one for one in rules if one.late is late]
        for plain in PLAIN:
            if names.isdisjoint(plain.on) or plain.guide not in {"", version}:
                continue
            if covered := tuple(one for one in left if one in plain.covers):
                yield plain.look, covered, late
                left = [one for one in left if one not in covered]
        if left:
            yield None, tuple(left), late


def _places(loop: LoopPlace) -> Iterable[Place]:
    for child in loop.children:
        if isinstance(child, Place):
            yield child
        elif isinstance(child, LoopPlace):
            yield from _places(child)


def _names(place: Place) -> Iterable[str]:
    """Give every name by which a rule may say that it is asked here."""
    use, key = place.use, place.use.key
    for segment in (use.id, *(f"{use.id}*{code}" for code in (use.codes_at(*key) if key is not None else ()))):
        yield f"{place.within.id} {segment}"
        yield f"* {segment}"
