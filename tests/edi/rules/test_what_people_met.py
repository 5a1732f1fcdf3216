"""What people of this trade met in files that were called clean, and what is right beside it."""

from pathlib import Path
from typing import Final

import pytest

from gateway.edi.checking.check import check
from gateway.edi.wire.finding import WireSeverity
from tests.edi.rules.broken import ERROR, WARNING, Change, put, swap
from tests.edi.rules.sound import BODIES, TODAY, file_of

CASES: Final = Path(__file__).parents[4] / "shared" / "cases"
"""The files themselves, where they are."""

MET: Final[dict[str, tuple[str, WireSeverity]]] = {
    "10-stedi-dob-150.edi": ("BORN_TOO_LONG_AGO", WARNING),
    "13-stedi-zip-abroad.edi": ("POSTAL_CODE_ABROAD", WARNING),
    "15-stedi-6r-too-long.edi": ("LINE_NUMBER_TOO_LONG", ERROR),
    "19-stedi-line-referrer-only.edi": ("LINE_REFERRING_WITHOUT_CLAIMS", WARNING),
    "23-stedi-two-auth-on-line.edi": ("AUTHORIZATION_OF_SAME_PAYER_TWICE", ERROR),
}


@pytest.mark.corpus
@pytest.mark.skipif(not CASES.is_dir(), reason="the cases that people met are not here")
@pytest.mark.parametrize("name", list(MET))
def test_a_file_that_somebody_met_has_the_finding_that_is_right(name: str) -> None:
    report = check((CASES / name).read_bytes(), today=TODAY)
    assert [(one.rule, one.severity) for one in report.findings] == [MET[name]]


def rules_found(base: str, *changes: Change) -> list[str]:
    body = BODIES[base].splitlines()
    for change in changes:
        body = change(body)
    return [one.rule for one in check(file_of(base, body), today=TODAY).findings]


@pytest.mark.parametrize(
    "change",
    [
        swap("REF*6R*L3", f"REF*6R*{'L' * 30}"),
        swap("CLM*RB01*", f"CLM*{'R' * 20}*"),
        swap("DMG*D8*19480229", "DMG*D8*19040101"),
        swap("N4*PEORIA*IL*61602", "N4*TORONTO*ON*M5V3L9*CA"),
        swap("N4*PEORIA*IL*61602", "N4*DUBLIN***IE"),
        # Who referred this line only is another than who referred the claim's others.
        put("REF*6R*L1", "NM1*DN*1*VANCE*TIL****XX*1900000054"),
    ],
    ids=["30 characters", "20 characters", "122 years", "Canada", "no postal code", "another who referred"],
)
def test_what_is_just_within_has_no_finding(change: Change) -> None:
    assert rules_found("office", change) == []


def test_each_payer_may_have_its_own_authorization_on_a_line() -> None:
    second = "REF*G1*AUTH-9**2U:COMM2"
    found = rules_found("office", put("REF*G1*AUTH-2", second))
    assert "AUTHORIZATION_OF_SAME_PAYER_TWICE" not in found
    again = rules_found("office", put("REF*G1*AUTH-2", second), put(second, "REF*G1*AUTH-8**2U:COMM2"))
    assert again.count("AUTHORIZATION_OF_SAME_PAYER_TWICE") == 1
