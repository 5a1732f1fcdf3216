"""Every element of ISA, GS, GE, IEA and TA1 is looked at, and none of them keeps a file from being read."""

import pytest

from gateway.acknowledgment import Verdict
from gateway.edi import acknowledge, check, read_claims
from gateway.edi.wire.finding import WireLevel, WireSeverity
from tests.edi.answer.judging import AT
from tests.edi.checking.test_check import FAULTLESS, joined, only, segments, starting
from tests.service.clinic import ta1


@pytest.mark.parametrize(
    ("segment", "element", "value", "level", "code"),
    [
        ("ISA", 1, "09", WireLevel.INTERCHANGE, "010"),
        ("ISA", 3, "05", WireLevel.INTERCHANGE, "012"),
        ("ISA", 5, "Q1", WireLevel.INTERCHANGE, "005"),
        ("ISA", 6, " " * 15, WireLevel.INTERCHANGE, "006"),
        ("ISA", 7, "!!", WireLevel.INTERCHANGE, "007"),
        ("ISA", 8, "CLÉAR          ", WireLevel.INTERCHANGE, "008"),
        ("ISA", 10, "120³", WireLevel.INTERCHANGE, "015"),
        ("GS", 2, "", WireLevel.GROUP, ""),
        ("GS", 2, "A", WireLevel.GROUP, ""),
        ("GS", 3, "A" * 16, WireLevel.GROUP, ""),
        ("GS", 4, "20261399", WireLevel.GROUP, ""),
        ("GS", 5, "2561", WireLevel.GROUP, ""),
        ("GS", 5, "1²05", WireLevel.GROUP, ""),
        ("GS", 7, "T", WireLevel.GROUP, ""),
        ("GS", 9, "X", WireLevel.GROUP, ""),
        ("GE", 1, "0000001", WireLevel.GROUP, ""),
        ("GE", 3, "X", WireLevel.GROUP, ""),
        ("IEA", 1, "000001", WireLevel.INTERCHANGE, "022"),
        ("IEA", 3, "X", WireLevel.INTERCHANGE, "022"),
    ],
)
def test_each_element_of_the_envelope_is_looked_at(
    segment: str, element: int, value: str, level: WireLevel, code: str
) -> None:
    texts = segments(FAULTLESS)
    place = starting(texts, f"{segment}*")
    parts = [*texts[place].split("*"), ""]
    parts[element] = value
    texts[place] = "*".join(parts if element == len(parts) - 1 else parts[:-1])
    raw = joined(texts).decode().encode("latin-1")
    found = only(check(raw))
    assert (found.level, found.code, found.segment, found.element) == (level, code, segment, element)
    answers = acknowledge(check(raw).interchanges, at=AT, control=1)
    assert any(one.verdict is Verdict.REJECTED for one in answers) or code in {"006", "008"}, (
        "there is nobody to answer"
    )
    claims = read_claims(raw)
    assert len(list(claims)) == 1
    assert claims.is_whole or code == "015"


@pytest.mark.parametrize(
    ("was", "now", "element"),
    [("*A*000", "*Q*000", 4), ("*A*000", "*A*999", 5), ("*A*000", "*A*000*X", 6), ("*261116*", "*269999*", 2)],
)
def test_each_element_of_a_ta1_is_looked_at(was: str, now: str, element: int) -> None:
    head, mark, tail = ta1(1).decode().partition("~TA1")
    found = only(check(f"{head}{mark}{tail.replace(was, now, 1)}".encode()))
    assert (found.level, found.code, found.segment, found.element) == (WireLevel.INTERCHANGE, "022", "TA1", element)


def test_a_qualifier_of_another_trade_is_a_warning() -> None:
    report = check(FAULTLESS.replace(b"*ZZ*RIVERBEND", b"*12*RIVERBEND"))
    assert (report.accepted, only(report).code, only(report).severity) == (True, "005", WireSeverity.WARNING)
