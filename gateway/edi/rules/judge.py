"""Asks the rules about each piece of a set as it is read."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from gateway.edi.follow.loop import Builder, Loop, Parts
from gateway.edi.guide.compiled import UNITS
from gateway.edi.guide.places import Guide, Place
from gateway.edi.rules.context.claim_unit import ClaimsSeen, ClaimUnit
from gateway.edi.rules.context.levels_seen import LevelsSeen
from gateway.edi.rules.context.payment_unit import PaymentsSeen, PaymentUnit
from gateway.edi.rules.context.status_unit import StatusUnit
from gateway.edi.rules.context.unit import Setting, Unit
from gateway.edi.rules.rule import Verdict
from gateway.edi.rules.rulebook import AnyRule, Asked, Group
from gateway.edi.wire.finding import WireFinding

MakesUnits: TypeAlias = Callable[[Loop], Unit]


_Late: TypeAlias = tuple[Group, int, Parts, Place | None, Loop, Unit]
"""Rules that are asked at a segment once all that stands in its level was read: with its ordinal, place, loop and unit."""


class Judge(Builder):
    """Follows one set: makes its pieces and judges each. Nothing is handed on."""

    def __init__(
        self,
        guide: Guide,
        setting: Setting,
        asked: Asked,
        tell: Callable[[WireFinding], None],
    ) -> None:
        origin = setting.origin
        super().__init__(guide, UNITS[origin.version], list(origin.st))
        self._origin, self._asked, self._tell = origin, asked, tell
        self._unit = _units(setting)
        self._late: list[_Late] = []

    def ended_with(self, piece: Loop) -> Loop | None:
        """Judge a piece, and the levels that it shows to have ended."""
        while self._late and not _is_in(piece, self._late[-1][-1].piece):
            self._ask(self._late.pop())
        self._judge(piece, self._unit(piece))
        return None

    def end(self, *, is_cut: bool = False) -> Loop:
        """Judge what is left; nothing of a set that is cut, for nobody knows what it would have come to."""
        last = super().end()
        if is_cut:
            return last
        self.ended_with(last)
        while self._late:
            self._ask(self._late.pop())
        return last

    def _judge(self, loop: Loop, unit: Unit) -> None:
        asked_at = self._asked.get
        for ordinal, parts, place in loop.segments:
            asked = asked_at(place)
            if asked is None:
                continue
            for look, rules, late in asked:
                if late:
                    self._late.append(((look, rules, late), ordinal, parts, place, loop, unit))
                elif look is None or not look(parts, unit):
                    for rule in rules:
                        if verdict := rule.check(parts, loop, unit):
                            self._say(rule, verdict, ordinal, parts, place, loop, unit)
        for inner in loop.loops:
            self._judge(inner, unit)

    def _ask(self, late: _Late) -> None:
        (look, rules, _), ordinal, parts, place, loop, unit = late
        if look is None or not look(parts, unit):
            for rule in rules:
                if verdict := rule.check(parts, loop, unit):
                    self._say(rule, verdict, ordinal, parts, place, loop, unit)

    def _say(
        self,
        rule: AnyRule,
        verdict: Verdict,
        ordinal: int,
        parts: Parts,
        place: Place | None,
        loop: Loop,
        unit: Unit,
    ) -> None:
        # What is missing stands nowhere, and has no number.
        use = place.use if place is not None and not rule.lacks else None
        for finding in rule.findings(verdict, ordinal, parts, loop, unit):
            number = use.number_of(finding.element, finding.component) if use is not None else ""
            self._tell(replace(self._origin.located(finding), unit=unit.name, number=number))


def _is_in(piece: Loop, level: Loop) -> bool:
    """Tell whether a piece is a level, more of it, or stands in it."""
    here: Loop | None = piece
    while here is not None:
        if here is level or here.continues is level:
            return True
        here = here.around
    return False


def _units(setting: Setting) -> MakesUnits:
    """Give what makes the units of a set's guide."""
    if setting.origin.version == "005010X222A1":
        return _claim_units(setting)
    if setting.origin.version == "005010X221A1":
        return _payment_units(setting)
    if setting.origin.version == "005010X214":
        seen = LevelsSeen()
        return lambda piece: StatusUnit(piece, setting, seen)
    return lambda piece: Unit(piece, setting)


def _claim_units(setting: Setting) -> MakesUnits:
    seen = ClaimsSeen()

    def made(piece: Loop) -> ClaimUnit:
        seen.take(piece)
        return ClaimUnit(piece, setting, seen)

    return made


def _payment_units(setting: Setting) -> MakesUnits:
    seen = PaymentsSeen()

    def made(piece: Loop) -> PaymentUnit:
        unit = PaymentUnit(piece, setting, seen)
        seen.take(unit)
        return unit

    return made
