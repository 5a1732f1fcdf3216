from datetime import UTC, date, datetime

from gateway.clock import Clock
from tests.people import CHICAGO


def test_today_is_the_practices_day_not_utcs() -> None:
    late = Clock(read=lambda: datetime(2026, 11, 17, 3, 0, tzinfo=UTC), zone=CHICAGO)
    assert late.today() == date(2026, 11, 16)


def test_a_pinned_day_keeps_the_time_of_day() -> None:
    clock = Clock(read=lambda: datetime(2030, 1, 5, 18, 30, tzinfo=UTC), zone=CHICAGO, pinned=date(2026, 11, 16))
    assert clock.today() == date(2026, 11, 16)
    assert clock.now().astimezone(CHICAGO).date() == date(2026, 11, 16)
    assert clock.now().minute == 30
