"""The spool: for the owner only, below the data folder, nameless, counted and bounded."""

import os
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from time import monotonic

import pytest

from gateway.errors import ConfigError, NotReached
from gateway.service.files.spool import Spool

FAR = 3600.0


def later() -> float:
    return monotonic() + FAR


def test_what_is_written_is_counted_hashed_and_given_back_and_never_had_a_name(tmp_path: Path) -> None:
    spool = Spool(tmp_path, reserve_bytes=0)
    with spool.opened(until=later()) as spooled:
        for piece in (b"ISA", b"", b"*00" * 1000):
            assert spooled.write(piece) == len(piece)
        assert list(spool.folder.iterdir()) == []
        assert (spooled.size, spooled.sha256) == (3003, sha256(b"ISA" + b"*00" * 1000).hexdigest())
        assert spooled.bytes() == b"ISA" + b"*00" * 1000
    assert spool.folder.stat().st_mode & 0o777 == 0o700


def test_s34_a_folder_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    (tmp_path / "spool").mkdir(mode=0o755)
    with Spool(tmp_path).opened(until=later()):
        assert (tmp_path / "spool").stat().st_mode & 0o777 == 0o700


def test_s8_a_spool_that_is_a_link_or_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "spool").symlink_to("/tmp")
    spool = Spool(tmp_path)
    with pytest.raises(ConfigError, match="spool"), spool.opened(until=later()):
        pass
    with pytest.raises(ConfigError):
        spool.clear()
    with pytest.raises(ConfigError), Spool(tmp_path / "none").opened(until=later()):
        pass


def test_a_killed_process_leaves_nothing_of_a_file_behind(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path; from gateway.service.files.spool import Spool\n"
        "with Spool(Path(sys.argv[1]), 0).opened(until=1e18) as spooled:\n"
        "    spooled.write(b'QUILL' * 1000); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    place = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run([sys.executable, "-c", script, tmp_path], check=False, env=place)
    assert ran.returncode == -9
    assert list((tmp_path / "spool").iterdir()) == []


def test_only_what_is_ours_is_cleared_and_a_live_workers_file_goes_on(tmp_path: Path) -> None:
    spool = Spool(tmp_path, reserve_bytes=0)
    with spool.opened(until=later()) as spooled:
        spooled.write(b"one")
        (spool.folder / f"{'0' * 32}.part").touch()
        (spool.folder / "notes.txt").touch()
        (spool.folder / f"{'1' * 32}.part").mkdir()
        Spool(tmp_path).clear()
        assert sorted(path.name for path in spool.folder.iterdir()) == [f"{'1' * 32}.part", "notes.txt"]
        spooled.write(b"two")
        assert spooled.bytes() == b"onetwo"


def test_s9_the_reserve_is_kept_free_also_while_a_file_comes_in(tmp_path: Path) -> None:
    with Spool(tmp_path, reserve_bytes=1 << 62).opened(until=later()) as spooled:
        with pytest.raises(ConfigError, match="free some space"):
            spooled.require_space(1)
        spooled.write(b"x")
        with pytest.raises(ConfigError, match="free some space"):
            spooled.write(b"x" * (8 << 20))


def test_a_disk_that_fails_says_so_and_a_folder_that_refuses_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(tmp_path, reserve_bytes=0)
    spool.clear()
    with spool.opened(until=later()) as spooled:
        with open(os.devnull, "rb") as unwritable:  # noqa: PTH123 its descriptor is wanted
            os.dup2(unwritable.fileno(), spooled._descriptor)
        for attempt in (lambda: spooled.write(b"x"), spooled.bytes):
            with pytest.raises(ConfigError, match="could not be written"):
                attempt()
    monkeypatch.setattr("gateway.service.files.spool._NEW", os.O_RDONLY)
    with pytest.raises(ConfigError, match="nothing was taken"), spool.opened(until=later()):
        pass


def test_s10_a_file_that_drips_is_given_up_when_the_time_is_over(tmp_path: Path) -> None:
    with (
        Spool(tmp_path, reserve_bytes=0).opened(until=monotonic() - 1) as spooled,
        pytest.raises(NotReached, match="time for this round"),
    ):
        spooled.write(b"x")


def test_room_is_wanted_twice_and_beside_the_reserve_and_told_in_megabytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(tmp_path, reserve_bytes=3_000_000)
    with spool.opened(until=later()) as spooled:
        free = os.statvfs_result((1000, 1000, 20_000, 20_000, 7_000, 0, 0, 0, 0, 255))
        monkeypatch.setattr("gateway.service.files.spool.os.fstatvfs", lambda _descriptor: free)
        spooled.require_space(2_000_000)  # seven million are free: exactly what is wanted
        with pytest.raises(ConfigError) as refused:
            spooled.require_space(2_500_000)
    assert str(refused.value) == (
        f"{spool.folder}: 7 MB are free, and 8 are wanted; nothing was taken; free some space, then run: gateway collect"
    )


def test_a_spooled_file_is_for_its_owner_alone_even_while_it_has_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named: list[str] = []
    monkeypatch.setattr("gateway.service.files.spool.os.unlink", lambda name, **_: named.append(name))
    with Spool(tmp_path, reserve_bytes=0).opened(until=later()) as spooled:
        assert os.fstat(spooled._descriptor).st_mode & 0o777 == 0o600
    (name,) = named
    assert re.fullmatch(r"[0-9a-f]{32}\.part", name), "a name that `clear` knows as ours"
