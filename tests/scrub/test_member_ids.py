"""Medicare numbers: their shape, and the hyphens of the card."""

import pytest

from gateway.finding import Severity
from tests.scrub.cases import case_of, found, sample, severities

HOLD, WARN = Severity.HOLD, Severity.WARN


def of(member_id: str, **changes: object) -> list[Severity]:
    document = sample("POC_MISSING", "good")
    return severities(case_of(document, {"coverages.1.member_id": member_id, **changes}), "MEMBER_ID_INVALID")


@pytest.mark.parametrize("number", ["1EG4TE5MK73", "1EG4-TE5-MK73", "1eg4-te5-mk73", "1EG4 TE5 MK73", "9AA9AA9AA99"])
def test_a_medicare_number_is_read_as_the_card_prints_it(number: str) -> None:
    assert of(number) == []


@pytest.mark.parametrize(
    "number",
    [
        "0EG4TE5MK73",  # never begins with 0
        "1SG4TE5MK73",  # S is never used
        "1EG4TE5MK7",
        "1EG4TE5MK733",
        "1EGOTE5MK73",  # O for 0
        "1EG4TE5MKI3",
        "123456789A",  # a number of before 2020
        "M100200300",
    ],
)
def test_a_number_of_another_shape_holds(number: str) -> None:
    assert of(number) == [HOLD]


def test_other_payers_number_as_they_like() -> None:
    assert of("HHP20071134", **{"coverages.1.payer_id": "HLTH1"}) == []


def test_medicare_behind_another_payer_holds_nothing() -> None:
    document = sample("POC_MISSING", "good")
    first = {"payer_id": "BLUE7", "member_id": "BLM4410027", "relationship": "self"}
    second = {"payer_id": "MCRB1", "member_id": "1EGOTE5MK73", "relationship": "self", "medicare_second_reason": "12"}
    case = case_of(document, {"coverages": [first, second]})
    assert [(one.where, one.severity) for one in found(case, "MEMBER_ID_INVALID")] == [("coverages.2.member_id", WARN)]
