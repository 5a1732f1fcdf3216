"""Codes of outside lists: a list's own dates decide, and what a list cannot know may only warn."""

import re
from collections.abc import Sequence
from datetime import date
from types import MappingProxyType

import pytest

from gateway.codes.lists import CodeList, Kind
from gateway.codes.table import Span
from gateway.edi.checking.check import check
from gateway.edi.follow.loop import Loop
from gateway.edi.follow.origin import NOWHERE
from gateway.edi.rules import code_sets
from gateway.edi.rules.context.lists import Lists
from gateway.edi.rules.context.unit import Setting, Unit
from gateway.edi.rules.rule import Rule
from gateway.edi.wire.finding import WireSeverity
from tests.service.clinic import answer_277ca

LAPSED: Span = (None, date(2020, 1, 1))


def held(dated: dict[str, tuple[Span, ...]]) -> CodeList:
    return CodeList(
        always=frozenset(),
        dated=MappingProxyType(dated),
        starts=None,
        ends=None,
        addable=re.compile("[0-9]+"),
        elsewhere=None,
        lines="",
    )


class _Held(Lists):
    def of(self, kind: Kind) -> CodeList:  # noqa: ARG002 they are all alike
        return held({"45": (LAPSED,), "225100000X": (LAPSED,)})


def severities(rules: Sequence[Rule[Unit]], on: str, text: str) -> list[WireSeverity]:
    """Ask the one rule that is asked there."""
    (rule,) = (one for one in rules if on in one.on)
    unit, parts = Unit(Loop("2100"), Setting(NOWHERE, _Held())), text.split("*")
    verdict = rule.check(parts, unit.piece, unit)
    return [one.severity for one in rule.findings(verdict, 1, parts, unit.piece, unit)] if verdict else []


def test_a_reason_that_has_lapsed_may_be_repeated_by_a_later_message() -> None:
    assert severities(code_sets.RULES, "2100 CAS", "CAS*CO*45*20") == [WireSeverity.WARNING]
    assert severities(code_sets.RULES, "2100 CAS", "CAS*CO*46*20") == [WireSeverity.ERROR]


def test_a_taxonomy_code_is_asked_for_once_a_list_is_there() -> None:
    assert severities(code_sets.RULES, "* PRV", "PRV*PE*PXC*225100000X") == [WireSeverity.ERROR]
    assert severities(code_sets.RULES, "* PRV", "PRV*PE*PXC*") == []


@pytest.mark.parametrize(
    ("status", "rules"),
    [
        ("X9:20:QC", {"STATUS_CATEGORY_NOT_LISTED", "STATUS_OF_NO_ACKNOWLEDGMENT"}),
        ("F1:20:QC", {"STATUS_OF_NO_ACKNOWLEDGMENT"}),
        ("E0:20:QC", {"STATUS_OF_NO_ACKNOWLEDGMENT"}),
        ("E1:20:QC", set()),
        ("A2:X20:QC", {"STATUS_NOT_LISTED"}),
        ("A2:20:Z?", {"ENTITY_NOT_LISTED"}),
    ],
)
def test_a_status_of_a_277ca_is_made_of_listed_codes(status: str, rules: set[str]) -> None:
    sound = answer_277ca("RB-41", ("RB01", "A2:20:QC", "175.5")).replace(b":PR*", b":QC*")
    assert rules_of(sound) == set()
    assert rules_of(sound.replace(b"A2:20:QC", status.encode())) == rules


def rules_of(raw: bytes) -> set[str]:
    return {one.rule for one in check(raw).findings if one.rule}
