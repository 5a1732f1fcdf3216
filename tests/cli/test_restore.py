"""Backup, loss, restore, recovery and release, as a person types them; and a command that is told to stop."""

import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.cli.test_commands import SAMPLE, free_port, point
from tests.e2e.command import COMMAND, ROOT, environment, gateway, simulator


@pytest.fixture
def home(tmp_path: Path) -> Path:
    place = tmp_path / "home"
    assert gateway("init", home=place).status == 0
    return place


def in_two_halves(home: Path) -> tuple[Path, Path]:
    """The sample's visits, ten in each file; a visit has a row for each service."""
    header, *lines = SAMPLE.read_text().splitlines()
    ids = list(dict.fromkeys(line.split(",")[0] for line in lines))
    halves = [[line for line in lines if line.split(",")[0] in half] for half in (ids[:10], ids[10:])]
    paths = home.parent / "first.csv", home.parent / "second.csv"
    for path, half in zip(paths, halves, strict=True):
        path.write_text("\n".join([header, *half]) + "\n")
    return paths


def sent(home: Path, visits: Path) -> None:
    assert gateway("visits", "import", visits, home=home).status == 0
    assert gateway("scrub", "run", home=home).status == 0
    assert gateway("batch", "seal", home=home).status == 0
    assert gateway("deliver", home=home).status == 0


def claims_at(sim: Path) -> list[str]:
    """The member, charge and first day of each claim that ever arrived, from the partner's own folders."""
    found = []
    for path in sim.rglob("inbound/*.837"):
        member = claim = ""
        for segment in path.read_text().split("~"):
            parts = segment.strip().split("*")
            if parts[:2] == ["NM1", "IL"]:
                member = parts[9]
            elif parts[0] == "CLM":
                claim = parts[2]
            elif parts[:2] == ["DTP", "472"] and claim:
                found.append(f"{member} {claim} {parts[3]}")
                claim = ""
    return sorted(found)


def test_f49_restored_on_another_machine_by_hand_against_the_simulator(home: Path, tmp_path: Path) -> None:
    first, second = in_two_halves(home)
    port, sim = free_port(), tmp_path / "sim"
    point(home, port)
    with simulator(home, sim, port, "--open"):
        fingerprint = gateway("partners", "trust", "northgate", home=home).out.split()[2]
        for name in ("northgate", "southport"):
            pin = ("--fingerprint", fingerprint, "--by", "Ana Reyes", "--reason", "r")
            assert gateway("partners", "trust", name, *pin, home=home).status == 0
        sent(home, first)
        backed = gateway("backup", "--to", tmp_path / "safe", "--json", home=home)
        assert (backed.status, backed.facts["manifest"]["verified"]) == (0, True)
        sent(home, second)
        arrived = claims_at(sim)
        assert len(arrived) == 20

        new = tmp_path / "new"
        shutil.copytree(home, new, ignore=shutil.ignore_patterns("gateway.db*", "instance.toml", "backups"))
        shutil.rmtree(home)
        put_back = gateway("db", "restore", backed.facts["path"], home=new)
        assert (put_back.status, "HELD" in put_back.out) == (1, True)
        again = gateway("db", "restore", backed.facts["path"], home=new)
        assert (again.status, "already" in again.err) == (2, True)

        for command in (("deliver",), ("batch", "seal"), ("post",)):
            refused = gateway(*command, home=new)
            assert (refused.status, "gateway reconcile" in refused.err) == (5, True), command
        looked = gateway("claims", "list", home=new)
        assert (looked.status, looked.err.startswith("HELD: it was restored")) == (0, True)
        assert "HELD" in gateway("doctor", home=new).out
        steps = gateway("reconcile", home=new)
        assert (steps.status, "next: gateway reconcile --recover" in steps.out) == (1, True)
        assert gateway("reconcile", "--release", home=new).status == 2
        early = gateway("reconcile", "--release", "--by", "Ana Reyes", "--reason", "r", home=new)
        assert (early.status, "--recover" in early.err) == (2, True)
        recovered = gateway("reconcile", "--recover", home=new)
        assert (recovered.status, "next: look at the files" in recovered.out) == (1, True), recovered
        released = gateway(
            "reconcile", "--release", "--ready-unsent", "--by", "Ana Reyes", "--reason", "portal read", home=new
        )
        assert released.status == 0, released.err

        # The practice's system exports the same day again, and nothing of it may go out twice.
        gateway("visits", "import", second, home=new)
        gateway("scrub", "run", home=new)
        kept = gateway("batch", "seal", "--json", home=new)
        assert kept.facts["files"] == []
        assert len(kept.facts["unwritable"]) == 10
        assert gateway("deliver", home=new).status == 0
        assert claims_at(sim) == arrived
    after = gateway("reconcile", home=new)
    assert after.out.count("kept back: claim") == 10
    line = gateway("reconcile", "--line", home=new)
    assert (line.status, "lost=0 duplicated=0" in line.out) == (after.status, True)
    assert gateway("db", "check", home=new).status == 0


def test_db_check_tells_what_it_looked_at_and_stops_on_damage(home: Path) -> None:
    assert gateway("visits", "import", SAMPLE, home=home).status == 0
    whole = gateway("db", "check", home=home)
    assert (whole.status, "integrity" in whole.out or "pages and keys" in whole.out) == (0, True)
    assert {one["what"] for one in gateway("db", "check", "--json", home=home).facts["checks"]} >= {"settings", "laws"}
    database = home / "gateway.db"
    size = database.stat().st_size
    with database.open("r+b") as opened:
        opened.seek(size // 2)
        opened.write(b"\xff" * (size // 4))
    broken = gateway("db", "check", home=home)
    assert broken.status == 5
    assert "restore" in broken.err
    assert "Traceback" not in broken.err + broken.out


@pytest.mark.parametrize("content", [b"", b"no database " * 1000])
def test_f43_no_command_shows_a_traceback_for_a_file_that_is_no_ledger(home: Path, content: bytes) -> None:
    (home / "gateway.db").write_bytes(content)
    for command in (("claims", "list"), ("deliver",), ("db", "check"), ("db", "current"), ("init",)):
        ran = gateway(*command, home=home)
        assert ran.status == 5, (command, ran)
        assert "restore" in ran.err or command == ("db", "current"), (command, ran)
        assert "crash" not in ran.err
    doctor = gateway("doctor", home=home)
    assert doctor.status == 5


def test_f40_a_read_only_ledger_takes_nothing_in_and_doctor_is_red(home: Path, tmp_path: Path) -> None:
    """As another user, who may read the home folder and not write to it: root may do everything."""
    mount = tmp_path / "read-only"
    mount.mkdir()
    script = (
        f"mount --bind {home} {mount} && mount -o remount,bind,ro {mount} && "
        f"{' '.join(COMMAND)} --home {mount} visits import {SAMPLE}; echo status=$?; "
        f"{' '.join(COMMAND)} --home {mount} doctor; echo status=$?"
    )
    done = subprocess.run(
        ["unshare", "-m", "/bin/sh", "-c", script], capture_output=True, text=True, env=environment(), check=False
    )
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip("this user may not mount")
    assert done.stdout.count("status=5") == 2, done
    assert "read-only" in (done.stdout + done.stderr).lower()
    assert "crash" not in done.stderr


def _in_a_read_only_mount(home: Path, folder: Path, *commands: str, before: str = "true") -> str:
    """What commands say of the home where it is mounted read-only, at its own place."""
    script = f"mount --bind {home} {home} && mount -o remount,bind,ro {home} && ({before}); " + "; ".join(
        f"{' '.join(COMMAND)} --home {home} {one}; echo status=$?" for one in commands
    )
    ran = ["unshare", "-m", "/bin/sh", "-c", script]
    done = subprocess.run(ran, capture_output=True, text=True, env=environment(), cwd=folder, check=False)
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip("this user may not mount")
    return done.stdout + done.stderr


def test_on_a_read_only_disk_looking_works_and_says_so_and_nothing_is_written(home: Path, tmp_path: Path) -> None:
    assert gateway("visits", "import", SAMPLE, home=home).status == 0
    assert sorted(path.name for path in home.glob("gateway.db*")) == [
        "gateway.db",
        *(f"gateway.db.{name}" for name in ("gate", "lock", "queue", "turn")),
    ]
    said = _in_a_read_only_mount(
        home,
        tmp_path,
        "visits list",
        "reconcile",
        "tail",
        "db check",
        "scrub run",
        "visits fix RR-2601 --do-not-bill --by A --reason r",
    )
    assert said.count("READ-ONLY: its disk is read-only; looking works") == 5, said
    assert ("RR-2601" in said, "20 new" in said, "crash" in said) == (True, True, False)
    statuses = [line for line in said.splitlines() if line.startswith("status=")]
    assert statuses == ["status=0", "status=0", "status=0", "status=0", "status=5", "status=5"], said
    assert "the ledger is read-only here" in said
    assert gateway("visits", "list", "--json", home=home).facts["visits"][0]["visit"]["state"] == "new"


def test_on_a_read_only_disk_the_newest_rows_are_shown_also_those_that_stand_in_the_journal(
    home: Path, tmp_path: Path
) -> None:
    assert gateway("visits", "import", SAMPLE, home=home).status == 0
    with closing(sqlite3.connect(home / "gateway.db")) as reader:
        # While this one reads, the journal cannot be written into the file, as after a power cut.
        reader.execute("BEGIN").execute("SELECT count(*) FROM visits").fetchone()
        assert gateway("visits", "fix", "RR-2601", "--do-not-bill", "--by", "A", "--reason", "r", home=home).status == 0
        for name in ("gateway.db", "gateway.db-wal"):
            shutil.copy(home / name, tmp_path / name)
    for name in ("gateway.db", "gateway.db-wal"):
        (home / name).write_bytes((tmp_path / name).read_bytes())
    said = _in_a_read_only_mount(home, tmp_path, "visits list --state 'not billed'")
    assert ("RR-2601" in said) != ("cannot be looked at here" in said), said


@contextmanager
def started(*words: str, home: Path) -> Iterator[subprocess.Popen[str]]:
    """Run a command beside the test; it does not outlive it."""
    command = [*COMMAND, "--home", str(home), *words]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_f64_a_command_that_is_told_to_stop_ends_at_once_and_the_next_call_goes_on(home: Path) -> None:
    many = home.parent / "many.csv"
    header, *lines = SAMPLE.read_text().splitlines()
    ids, member = header.split(",").index("visit_id"), header.split(",").index("coverage.member_id")
    rows = []
    for copy in range(300):  # enough that nobody is through before it is told to stop
        for line in lines:
            cells = line.split(",")
            cells[ids] = f"{cells[ids]}-{copy}"
            cells[member] = cells[member] and f"{cells[member]}{copy}"
            rows.append(",".join(cells))
    many.write_text("\n".join([header, *rows]) + "\n")
    assert gateway("visits", "import", many, home=home).status == 0
    # Who follows is there first: under load the work could be over before it has begun to look.
    with started("tail", "-f", "--kind", "claim", home=home) as follower, started("scrub", "run", home=home) as running:
        assert follower.stdout is not None
        assert follower.stdout.readline()  # the first claim is made: it is in the middle of its work
        for process in (running, follower):
            process.send_signal(signal.SIGTERM)
        for process in (running, follower):
            _, said = process.communicate(timeout=10)
            assert process.returncode == 143, said
            assert "what was done stays done" in said
            assert "crash" not in said
    done = gateway("scrub", "run", home=home)
    assert done.status in {0, 1}
    states = gateway("reconcile", "--json", home=home).facts
    assert states["holds"]
    assert "new" not in states["reconciled"]["visits"]


def test_a_number_is_moved_forward_by_name(home: Path) -> None:
    words = ("partners", "renumber", "northgate", "--by", "Ana Reyes", "--reason", "they saw 41")
    assert gateway(*words, "--to", "5000", home=home).status == 0
    back = gateway(*words, "--to", "41", home=home)
    assert (back.status, "only go forward" in back.err) == (2, True)
    assert ROOT.is_dir()


def _backing_up(home: Path, shows: str) -> subprocess.Popen[str]:
    """`gateway backup`, at the moment when that file of it is there."""
    started = subprocess.Popen(
        [*COMMAND, "--home", str(home), "backup"], stderr=subprocess.PIPE, text=True, env=environment()
    )
    while not list(home.glob(shows)):
        assert started.poll() is None, "it ended before"
    return started


@pytest.mark.parametrize("shows", ["backups/.gateway-*/*", ".verify-*/*"])
def test_a_backup_that_is_told_to_stop_leaves_nothing_and_one_that_is_killed_nothing_for_long(
    tmp_path: Path, shows: str
) -> None:
    home = tmp_path / "home"
    assert gateway("init", home=home).status == 0
    with closing(sqlite3.connect(home / "gateway.db")) as database:
        database.execute("CREATE TABLE weight (body BLOB)")
        database.executemany("INSERT INTO weight VALUES (zeroblob(4000000))", [()] * 25)
        database.commit()

    def left() -> list[Path]:
        return [*home.glob("backups/.*"), *home.glob(".verify*"), *home.glob("instance.toml.*")]

    stopped = _backing_up(home, shows)
    stopped.terminate()
    _, said = stopped.communicate(timeout=60)
    assert (stopped.returncode, left()) == (143, []), said
    killed = _backing_up(home, shows)
    killed.kill()
    killed.communicate(timeout=60)
    assert left()
    (home / "instance.toml.77.0123abcd").write_text("left by a command that was killed")
    assert gateway("backup", home=home).status == 0
    assert left() == []
