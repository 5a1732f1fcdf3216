"""The same file gives the same answers, whatever happens to the process in between."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.errors import ConfigError
from gateway.simulator.journal import Journal
from gateway.simulator.mailroom import Inode, Mailroom
from tests.simulator.conftest import Clinic, world_of

PARTNERS = ("northgate", "southport")


def room(state: Path) -> Mailroom:
    return Mailroom(state, PARTNERS, world_of())


def put(state: Path, name: str, body: bytes, *, partner: str = "northgate", at: int = 1) -> Path:
    path = state / partner / "inbound" / name
    path.write_bytes(body)
    os.utime(path, (at, at))
    return path


def outbox(state: Path, partner: str = "northgate") -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (state / partner / "outbound").iterdir()}


@pytest.fixture(scope="module")
def files() -> tuple[bytes, bytes]:
    clinic = Clinic(world_of())
    return clinic.file(clinic.claim("RB1")), clinic.file(clinic.claim("RB2"))


def test_answers_depend_on_the_order_of_arrival(tmp_path: Path, files: tuple[bytes, bytes]) -> None:
    mailroom = room(tmp_path)
    put(tmp_path, "a.837", files[1], at=2)
    put(tmp_path, "b.837", files[0], at=1)
    assert mailroom.take() == 2
    advice = {name: body for name, body in outbox(tmp_path).items() if name.endswith(".835")}
    assert [b"CAS*CO*18*" in advice[name] for name in sorted(advice)] == [False, True]
    assert [record.name for record in mailroom.journal.records] == ["b.837", "a.837"]


def test_the_same_bytes_again_are_answered_from_the_journal(tmp_path: Path, files: tuple[bytes, bytes]) -> None:
    mailroom = room(tmp_path)
    put(tmp_path, "a.837", files[0])
    assert mailroom.take() == 1
    assert mailroom.take() == 0
    before = outbox(tmp_path)
    gone, read = sorted(before)[:2]
    (tmp_path / "northgate" / "outbound" / gone).unlink()
    (tmp_path / "northgate" / "outbound" / read).rename(tmp_path / "northgate" / "archive" / read)
    put(tmp_path, "again.837", files[0], at=2)
    assert mailroom.take() == 1
    assert outbox(tmp_path) == {name: body for name, body in before.items() if name != read}
    assert len(mailroom.journal.records) == 1
    assert mailroom.journal.history.counts.files == 1


def test_another_partner_may_get_the_same_bytes(tmp_path: Path, files: tuple[bytes, bytes]) -> None:
    mailroom = room(tmp_path)
    put(tmp_path, "a.837", files[0])
    put(tmp_path, "a.837", files[0], partner="southport", at=2)
    assert mailroom.take() == 2
    assert not set(outbox(tmp_path)) & set(outbox(tmp_path, "southport"))
    assert outbox(tmp_path, "southport")


def test_what_is_still_written_or_hidden_is_left(tmp_path: Path, files: tuple[bytes, bytes]) -> None:
    mailroom = room(tmp_path)
    put(tmp_path, "a.837.part", files[0])
    put(tmp_path, ".a.837", files[0])
    (tmp_path / "northgate" / "inbound" / "folder").mkdir()
    (tmp_path / "northgate" / "inbound" / "link").symlink_to("/etc/hostname")
    growing = put(tmp_path, "b.837", files[0]).stat()
    assert mailroom.take({Inode(growing.st_dev, growing.st_ino)}) == 0
    assert outbox(tmp_path) == {}
    assert mailroom.take() == 1


def test_a_file_without_an_isa_is_counted_and_not_answered(tmp_path: Path) -> None:
    mailroom = room(tmp_path)
    put(tmp_path, "a.837", b"not x12")
    assert mailroom.take() == 1
    assert mailroom.journal.history.counts.unreadable == 1
    assert outbox(tmp_path) == {}


def killed_at(state: Path, step: int) -> bool:
    """Work in a child process that dies at the so-manieth opening for writing or renaming; tell whether it did."""
    child = os.fork()
    if child == 0:
        seen = 0

        def count(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal seen
            writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
            if (event == "os.rename" or writes) and str(state) in str(arguments[0]):
                seen += 1
                if seen == step:
                    os._exit(9)

        try:
            sys.addaudithook(count)
            mailroom = room(state)
            mailroom.put_out_again()
            mailroom.take()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def test_killed_anywhere_the_answers_come_out_the_same(
    tmp_path_factory: pytest.TempPathFactory, files: tuple[bytes, bytes]
) -> None:
    def fresh() -> Path:
        state = tmp_path_factory.mktemp("state")
        room(state)
        put(state, "a.837", files[0], at=1)
        put(state, "b.837", files[1], at=2)
        return state

    calm = fresh()
    room(calm).take()
    expected, journal = outbox(calm), [path.read_text() for path in sorted((calm / "journal").glob("*.json"))]
    assert len(expected) == 8
    step = 1
    while killed_at(state := fresh(), step):
        # Killed once more while it recovers, then let it finish.
        killed_at(state, 2)
        again = room(state)
        again.put_out_again()
        again.take()
        assert outbox(state) == expected
        assert [path.read_text() for path in sorted((state / "journal").glob("*.json"))] == journal
        step += 1
    assert step > 2 * (len(expected) + len(journal))


def test_between_journal_and_outbox_nothing_is_lost(tmp_path: Path, files: tuple[bytes, bytes]) -> None:
    mailroom = room(tmp_path)
    put(tmp_path, "a.837", files[0])
    mailroom.take()
    expected = outbox(tmp_path)
    for path in (tmp_path / "northgate" / "outbound").iterdir():
        path.unlink()
    (tmp_path / "northgate" / "inbound" / "a.837").unlink()
    room(tmp_path).put_out_again()
    assert outbox(tmp_path) == expected


def test_a_damaged_journal_is_refused(tmp_path: Path, files: tuple[bytes, bytes]) -> None:
    mailroom = room(tmp_path)
    put(tmp_path, "a.837", files[0])
    mailroom.take()
    (record,) = (tmp_path / "journal").glob("*.json")
    assert record.stat().st_mode & 0o077 == 0
    record.write_text(record.read_text()[:-40])
    with pytest.raises(ConfigError, match=r"00000001.json: cannot be read"):
        Journal(tmp_path / "journal")


def test_a_disk_that_refuses_leaves_the_file_for_later(
    tmp_path: Path, files: tuple[bytes, bytes], without_room: Callable[[Path], None]
) -> None:
    mailroom = room(tmp_path)
    put(tmp_path, "a.837", files[0])
    without_room(tmp_path / "journal" / "00000001.json.part")
    with pytest.raises(IsADirectoryError):
        mailroom.take()
    assert outbox(tmp_path) == {}
    (tmp_path / "journal" / "00000001.json.part").rmdir()
    assert mailroom.take() == 1
    assert len(outbox(tmp_path)) == 4


@pytest.fixture
def without_room() -> Callable[[Path], None]:
    """Stand in the way of a temporary file: opening it for writing fails, whoever runs the tests."""
    return lambda path: path.mkdir()
