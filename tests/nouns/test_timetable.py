"""Times on a wall clock: as people write them, once each on nights when clocks change, and none on closed days."""

from datetime import UTC, date, datetime, time
from itertools import pairwise

import pytest

from gateway.timetable import Closed, Job, Timetable, banking_holiday, read_times


def table(
    *times: str, zone: str = "America/Chicago", closed: tuple[Closed, ...] = (), banking: bool = False
) -> Timetable:
    return Timetable(
        job=Job.SEND,
        partner="north",
        zone=zone,
        times=tuple(map(read_times, times)),
        closed=closed,
        banking=banking,
    )


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "days", "wanted"),
    [
        ("16:30", range(7), ["16:30"]),
        ("Mon-Fri 16:30", range(5), ["16:30"]),
        ("mon-fri  11:00, 16:30", range(5), ["11:00", "16:30"]),
        ("Mon,Thu 09:00 09:00", (0, 3), ["09:00"]),
        ("Sat-Mon 07:15", (0, 5, 6), ["07:15"]),
        ("every 30 min 06:00-07:30", range(7), ["06:00", "06:30", "07:00", "07:30"]),
        ("Tue every 90 minutes 08:00-11:59", (1,), ["08:00", "09:30", "11:00"]),
        ("every 720 min", range(7), ["00:00", "12:00"]),
    ],
)
def test_times_as_people_write_them(text: str, days: range, wanted: list[str]) -> None:
    read = read_times(text)
    assert read.days == frozenset(days)
    assert [f"{one:%H:%M}" for one in read.at] == wanted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "24:00",
        "4:30",
        "16.30",
        "Mon-Fri",
        "Mon-Foo 10:00",
        "every 0 min",
        "every 5000 min",
        "every min",
        "noon",
        "16:30 CST",
    ],
)
def test_what_is_no_time_is_refused_with_what_is_wanted(text: str) -> None:
    with pytest.raises(ValueError, match="want times such as"):
        read_times(text)


def test_a_span_over_midnight_is_two() -> None:
    with pytest.raises(ValueError, match="write two"):
        read_times("every 30 min 22:00-02:00")


def test_f53_on_the_night_when_clocks_go_back_a_time_comes_once_at_the_first_of_the_two() -> None:
    night = list(table("01:30").between(at("2026-10-31T12:00"), at("2026-11-02T12:00")))
    assert [(one.local, one.at) for one in night] == [
        ("2026-11-01T01:30", at("2026-11-01T06:30")),
        ("2026-11-02T01:30", at("2026-11-02T07:30")),
    ]


def test_f53_on_the_night_when_clocks_go_forward_a_time_that_there_is_not_comes_all_the_same() -> None:
    night = list(table("02:30").between(at("2026-03-07T12:00"), at("2026-03-09T12:00")))
    assert [(one.local, one.at) for one in night] == [
        ("2026-03-08T02:30", at("2026-03-08T08:30")),  # 03:30 on the clock
        ("2026-03-09T02:30", at("2026-03-09T07:30")),
    ]


@pytest.mark.parametrize(
    "zone",
    [
        "America/Chicago",
        "America/Phoenix",
        "America/Puerto_Rico",
        "Pacific/Honolulu",
        "America/St_Johns",
        "Pacific/Guam",
    ],
)
def test_windows_that_meet_give_each_time_once_and_none_between_them(zone: str) -> None:
    one = table("every 15 min", zone=zone)
    whole = list(one.between(at("2026-02-27T00:00"), at("2026-11-30T00:00")))
    assert len({each.local for each in whole}) == len(whole)
    assert whole == sorted(whole, key=lambda each: (each.at, each.local))
    edges = [
        at("2026-02-27T00:00"),
        at("2026-03-08T08:07"),
        at("2026-03-08T08:30"),
        at("2026-11-01T06:59"),
        at("2026-11-30T00:00"),
    ]
    pieces = [each for a, b in pairwise(edges) for each in one.between(a, b)]
    assert sorted(pieces) == sorted(whole)


def test_closed_days_and_banking_holidays_have_no_times() -> None:
    own = table("Mon-Fri 16:30", closed=(Closed(day=date(2026, 11, 27), why="inventory"),), banking=True)
    week = [each.local for each in own.between(at("2026-11-25T12:00"), at("2026-12-01T00:00"))]
    assert week == ["2026-11-25T16:30", "2026-11-30T16:30"]
    assert own.why_closed(date(2026, 11, 26)) == "Thanksgiving Day"
    assert own.why_closed(date(2026, 11, 27)) == "inventory"
    # The Federal Reserve works on the Friday before a holiday that falls on a Saturday.
    assert banking_holiday(date(2026, 7, 3)) == ""
    assert table("16:30").why_closed(date(2026, 11, 26)) == ""


def test_the_next_time_is_behind_a_moment_and_may_be_none() -> None:
    upcoming = table("Mon 10:00").upcoming(at("2026-11-30T16:00"))
    assert upcoming is not None
    assert upcoming.local == "2026-12-07T10:00"
    every_day = tuple(Closed(day=date.fromordinal(date(2026, 11, 29).toordinal() + n), why="x") for n in range(420))
    assert table("10:00", closed=every_day).upcoming(at("2026-11-30T16:00")) is None


def test_times_of_a_day_are_in_order() -> None:
    assert [each.local[11:] for each in table("16:30", "Mon-Fri 11:00").on(date(2026, 11, 25))] == ["11:00", "16:30"]
    assert read_times("23:59").at == (time(23, 59),)
