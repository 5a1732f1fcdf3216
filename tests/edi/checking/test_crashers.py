"""Files that once ended a check otherwise than with a report; people in them are invented."""

from datetime import date
from pathlib import Path
from typing import Final

import pytest

from gateway.edi.checking.check import check

CRASHERS: Final = sorted((Path(__file__).parents[3] / "samples" / "crashers").glob("*.edi"))


@pytest.mark.parametrize("path", CRASHERS, ids=lambda path: path.stem)
def test_what_once_crashed_a_check_has_findings_now(path: Path) -> None:
    assert check(path.read_bytes(), today=date(2026, 11, 26)).findings


def test_crashers_are_where_they_are_looked_for() -> None:
    assert CRASHERS
