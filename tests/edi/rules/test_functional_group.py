"""A 999 that does not agree with itself is found out."""

import pytest

from gateway.edi.checking.check import check
from tests.service.clinic import answer_999

SOUND = answer_999(1)


@pytest.mark.parametrize(
    ("ak9", "rules", "element"),
    [
        ("AK9*A*1*1*1", [], 0),
        ("AK9*E*1*1*1", [], 0),
        ("AK9*P*2*2*1", [], 0),
        ("AK9*R*1*1*0", [], 0),
        ("AK9*A*1*1*2", ["MORE_ACCEPTED_THAN_RECEIVED"], 4),
        ("AK9*A*2*2*1", ["GROUP_VERDICT_IS_NOT_ITS_COUNTS"], 1),
        ("AK9*A*2*2*0", ["GROUP_VERDICT_IS_NOT_ITS_COUNTS"], 1),
        ("AK9*R*2*2*2", ["GROUP_VERDICT_IS_NOT_ITS_COUNTS"], 1),
        ("AK9*P*2*2*2", ["GROUP_VERDICT_IS_NOT_ITS_COUNTS"], 1),
    ],
)
def test_the_verdict_on_a_group_is_what_its_counts_say(ak9: str, rules: list[str], element: int) -> None:
    was = next(text for text in SOUND.decode().split("~") if text.startswith("AK9"))
    found = check(SOUND.replace(was.encode(), ak9.encode())).findings
    assert [one.rule for one in found] == rules
    assert [(one.segment, one.element, one.loop) for one in found] == [("AK9", element, "HEADER") for _ in rules]
