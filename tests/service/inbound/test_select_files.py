"""Which names of a listing are taken now, which later, and when a file without its end is whole after all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.ledger.arrivals import Look
from gateway.service.inbound.select_files import Picked, looked_at, pick, unfinished
from gateway.transport.listing import Entry, Stat

NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
SETTLED = timedelta(minutes=10)
ENTRY = Entry("a.835", 20, NOW, regular=True)
LATER = "it may still be growing; the next round will look again"
CHANGED = "it changed while it was read; the next round will look again"


def verdict(
    entry: Entry, after: Stat | None, *, size: int = 20, tail: bytes = b"SE*3*1~", look: Look | None = None
) -> str:
    return unfinished(entry, after, size=size, tail=tail, look=look, now=NOW, settled=SETTLED)


def picked(*entries: Entry, size_max: int = 100) -> Picked:
    return pick(entries, temporary=".part", size_max=size_max, read_before={}, looks={}, young=NOW - SETTLED)


def test_each_name_is_taken_left_or_waited_for_with_its_reason() -> None:
    found = picked(
        Entry("a.835", 100, NOW, regular=True),
        Entry("b.835", 101, NOW, regular=True),
        Entry("c.835.part", 5, NOW, regular=True),
        Entry(".in.d.835.", 5, NOW, regular=True),
        Entry(".e", 5, NOW - SETTLED, regular=True),
        Entry(".f\n", 5, NOW, regular=True),
        Entry("folder", None, NOW, regular=False),
    )
    assert [one.name for one in found.fresh] == ["a.835"]
    assert dict(found.later) == {
        ".in.d.835.": "it is hidden, and may still be being received",
        "c.835.part": "it is still being written",
    }
    left = dict(found.left)
    assert left.pop("b.835") == "it is longer than 100 bytes; it was left there; look at it by hand"
    assert set(left.values()) == {"it is not a plain file name; it was left there; ask the partner to rename it"}
    assert len(left) == 2
    assert not any("\n" in name for name in left)


def test_a_file_that_looks_as_before_keeps_since_when_and_how_often_it_failed() -> None:
    first = looked_at(ENTRY, None, now=NOW, failed=1)
    again = looked_at(ENTRY, first, now=NOW + SETTLED, failed=1)
    assert (again.first_at, again.failures) == (NOW, 2)
    assert again.modified == int(NOW.timestamp())


@pytest.mark.parametrize("changed", [ENTRY._replace(size=21), ENTRY._replace(modified=NOW + timedelta(seconds=1))])
def test_a_file_that_has_changed_begins_anew(changed: Entry) -> None:
    first = looked_at(ENTRY, None, now=NOW, failed=3)
    again = looked_at(changed, first, now=NOW + SETTLED)
    assert (again.first_at, again.failures) == (NOW + SETTLED, 0)


@pytest.mark.parametrize(
    "tail",
    [
        b"~IEA*1*000000001~",
        b"~IEA*1*000000001~\r\n",
        b"PK\x05\x06" + bytes(18),
        b"\n=aBcD\n-----END PGP MESSAGE-----",
        b"\n-----END PGP MESSAGE-----\r\n",
    ],
)
def test_a_file_with_its_end_is_whole_at_once(tail: bytes) -> None:
    assert verdict(ENTRY, Stat(20, NOW), tail=tail) == ""


@pytest.mark.parametrize("tail", [b"IEA*1*00000001~", b"-----END PGP MESSAGE----", b"PK\x05\x06", b""])
def test_what_only_looks_like_an_end_is_none(tail: bytes) -> None:
    assert verdict(ENTRY, Stat(20, NOW), tail=tail) == LATER


@pytest.mark.parametrize("after", [Stat(21, NOW), Stat(20, NOW + timedelta(seconds=1))])
def test_a_file_that_changed_while_it_was_read_waits(after: Stat) -> None:
    assert verdict(ENTRY, after, tail=b"~IEA*1*000000001~") == CHANGED


@pytest.mark.parametrize("after", [Stat(None, None), Stat(20, None), Stat(None, NOW)])
def test_what_the_partner_does_not_say_is_no_change(after: Stat) -> None:
    assert verdict(ENTRY, after, tail=b"~IEA*1*000000001~") == ""


def test_a_file_without_its_end_is_taken_once_it_is_old_and_was_read_as_long_as_it_was_listed() -> None:
    old = ENTRY._replace(modified=NOW - SETTLED)
    assert verdict(old, Stat(20, old.modified)) == ""
    assert verdict(old._replace(size=None), Stat(20, old.modified)) == ""
    assert verdict(old._replace(size=19), Stat(20, old.modified)) == LATER
    young = ENTRY._replace(modified=NOW - SETTLED + timedelta(seconds=1))
    assert verdict(young, Stat(20, young.modified)) == LATER


def test_a_file_without_its_end_is_taken_once_it_was_seen_unchanged_for_so_long_by_our_own_clock() -> None:
    seen = looked_at(ENTRY, None, now=NOW - SETTLED)
    assert verdict(ENTRY, Stat(20, NOW), look=seen) == ""
    assert verdict(ENTRY, Stat(20, NOW), look=looked_at(ENTRY, None, now=NOW - SETTLED + timedelta(seconds=1))) == LATER
    assert verdict(ENTRY, Stat(20, NOW), look=replace(seen, size=19)) == LATER


def test_a_file_that_is_gone_is_looked_for_again() -> None:
    assert verdict(ENTRY, None) == "it was gone once it was read; the next round will look again"
