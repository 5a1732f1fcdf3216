"""Statuses, messages and bad input, as a person meets them."""

import json
import shlex
import socket
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.e2e.command import COMMAND, ROOT, environment, gateway, simulator

SAMPLE = ROOT / "samples" / "visits" / "claims-only.csv"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    place = tmp_path / "home"
    assert gateway("init", home=place).status == 0
    return place


def test_the_version_and_the_help_say_who_it_is_and_what_to_type() -> None:
    assert gateway("--version").out.startswith("claims-gateway ")
    shown = gateway("--help")
    assert shown.status == 0
    assert "Example:" in shown.out


def test_a_mistyped_command_is_answered_with_the_one_that_was_meant() -> None:
    ran = gateway("visit")
    assert ran.status == 2
    assert "Did you mean visits?" in ran.err


def test_an_option_of_every_command_that_stands_behind_one_is_told_where_to_go(tmp_path: Path) -> None:
    said = gateway("x12", "check", "a.837", "--today", "2026-11-26", home=tmp_path)
    assert (said.status, "--today stands before the command: gateway --today" in said.err) == (2, True)


def test_without_a_home_folder_every_command_says_how_to_make_one(tmp_path: Path) -> None:
    ran = gateway("claims", "list", home=tmp_path / "none")
    assert ran.status == 5
    assert "init" in ran.err


def test_errors_are_objects_where_json_was_asked_for(tmp_path: Path) -> None:
    ran = gateway("claims", "list", "--json", home=tmp_path / "none")
    assert (ran.status, ran.facts["error"]["code"], ran.facts["error"]["status"]) == (5, "ConfigError", 5)


def test_init_keeps_what_is_there_and_the_folder_to_its_owner(home: Path) -> None:
    assert home.stat().st_mode & 0o777 == 0o700
    assert (home / "gateway.db").stat().st_mode & 0o777 == 0o600
    (home / "gateway.toml").write_text((home / "gateway.toml").read_text().replace("Elm Street Therapy", "Oak Therapy"))
    again = gateway("init", home=home)
    assert again.status == 0
    assert "Oak Therapy" in again.out


def test_a_wrong_setting_is_named_with_file_and_key(home: Path) -> None:
    path = home / "partners" / "northgate.toml"
    path.write_text(path.read_text().replace("port = 2222", 'port = "many"\nprot = 3'))
    ran = gateway("partners", "list", home=home)
    assert ran.status == 5
    assert "partners/northgate.toml: mailbox.port:" in ran.err
    assert "mailbox.prot: there is no such setting" in ran.err
    assert "many" not in ran.err


def test_the_environment_overrides_the_file(home: Path) -> None:
    ran = gateway("db", "current", home=home, GATEWAY_DATABASE__URL="sqlite:////no/such/folder/x.db")
    assert ran.status == 5
    assert "/no/such/folder" in ran.err


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b'{"visits": [', b"visit_id,colour\n1,red\n"])
def test_an_unusable_file_of_visits_has_its_own_status(home: Path, content: bytes) -> None:
    (home / "bad.json").write_bytes(content)
    ran = gateway("visits", "import", home / "bad.json", home=home)
    assert ran.status == 3
    assert "nothing was taken in" in ran.err


def test_good_rows_go_in_and_bad_ones_are_listed(home: Path) -> None:
    lines = SAMPLE.read_text().splitlines()
    header = lines[0].split(",")
    cells = lines[1].split(",")
    cells[header.index("date")] = "soon"
    (home / "v.csv").write_text("\n".join([lines[0], ",".join(cells), *lines[2:]]) + "\n")
    ran = gateway("visits", "import", home / "v.csv", "--json", home=home)
    assert ran.status == 1
    assert ran.facts["counts"] == {"new": 19}
    assert [fault["field"] for fault in ran.facts["faults"]] == ["date"]
    assert gateway("visits", "list", "--faults", home=home).out.count("soon") == 0
    again = gateway("visits", "import", home / "v.csv", "--json", home=home)
    assert again.facts["counts"] == {"unchanged": 19}


def test_visits_can_come_through_a_pipe_and_a_dry_run_stores_nothing(home: Path) -> None:
    ran = gateway("visits", "import", "-", "--dry-run", home=home, stdin=SAMPLE.read_text())
    assert (ran.status, "20 new" in ran.out) == (0, True)
    assert gateway("visits", "list", "--json", home=home).facts["visits"] == []


def test_the_schema_is_json_schema_and_the_columns_are_listed() -> None:
    schema = json.loads(gateway("visits", "schema").out)
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert "service.code\trequired" in gateway("visits", "schema", "--csv").out


def test_a_visit_is_held_fixed_by_name_and_claimed(home: Path) -> None:
    bad = json.loads((ROOT / "samples" / "scrub" / "SIGNATURE_MISSING" / "bad.json").read_text())
    (home / "one.json").write_text(json.dumps([bad["visit"]]))
    key, today = bad["visit"]["visit_id"], ("--today", bad["today"])
    assert gateway(*today, "visits", "import", home / "one.json", home=home).status == 0
    held = gateway(*today, "scrub", "run", home=home)
    assert (held.status, "SIGNATURE_MISSING" in held.out) == (1, True)
    assert gateway(*today, "visits", "fix", key, "--set", "x", "--by", "A B", "--reason", "r", home=home).status == 2
    assert gateway(*today, "visits", "fix", key, "--set", "note.signed_by=X", home=home).status == 2
    fixed = gateway(
        *today,
        "visits",
        "fix",
        key,
        "--set",
        "note.signed_by=Ida Stone PT",
        "--set",
        f"note.signed_at={bad['visit']['date']}T18:00",
        "--by",
        "Ida Stone",
        "--reason",
        "signed late",
        home=home,
    )
    assert fixed.status == 0, fixed.err
    shown = gateway(*today, "visits", "show", key, home=home).out
    assert "version 2: claimed" in shown
    assert "by Ida Stone (signed late)" in shown
    timeline = gateway(*today, "claims", "show", key, home=home)
    assert (timeline.status, "ready" in timeline.out) == (0, True)
    explained = gateway(*today, "scrub", "explain", key, home=home)
    assert explained.status == 0


def test_patients_data_is_corrected_from_standard_input_and_not_from_the_command_line(home: Path) -> None:
    assert gateway("visits", "import", SAMPLE, home=home).status == 0
    fix = ("visits", "fix", "RR-2601", "--by", "Ida Stone", "--reason", "married", "--set-from")
    fixed = gateway(*fix, "-", home=home, stdin='{"patient.last_name": "Quill"}\n')
    assert "visit RR-2601 version 2" in fixed.out, fixed.err
    assert "Quill" not in fixed.out
    (home / "fields.txt").write_text("patient.first_name=Mara\npatient.address.city=Peoria\n")
    assert "visit RR-2601 version 3" in gateway(*fix, home / "fields.txt", home=home).out
    for wrong in ("", "Quill", '{"patient.last_name": Quill}'):
        ran = gateway(*fix, "-", home=home, stdin=wrong)
        assert (ran.status, "nothing was changed" in ran.err, "Quill" in ran.err) == (2, True, False)
    assert "--set-from - " in gateway("visits", "fix", "--help").out


def test_rules_are_listed_and_shown() -> None:
    listed = gateway("rules", "list", "--json").facts["rules"]
    assert len(listed) >= 14
    assert all(rule["cites"] and rule["fix"] and rule["says"] for rule in listed)
    assert "20.2" in gateway("rules", "show", "unit_mismatch").out
    assert gateway("rules", "show", "NO_SUCH").status == 2


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def point(home: Path, port: int) -> None:
    for name in ("northgate", "southport"):
        path = home / "partners" / f"{name}.toml"
        path.write_text(path.read_text().replace("port = 2222", f"port = {port}"))


def test_an_unpinned_partner_is_refused_and_told_how_to_be_trusted(home: Path, tmp_path: Path) -> None:
    port = free_port()
    point(home, port)
    with simulator(home, tmp_path / "sim", port):
        ran = gateway("partners", "check", "northgate", home=home)
    assert ran.status == 4
    assert "gateway partners trust northgate" in ran.out


def test_the_whole_way_by_hand_with_a_pinned_simulator(home: Path, tmp_path: Path) -> None:
    port = free_port()
    point(home, port)
    with simulator(home, tmp_path / "sim", port, "--open"):
        shown = gateway("partners", "trust", "northgate", home=home)
        fingerprint = shown.out.split()[2]
        assert fingerprint.startswith("SHA256:")
        wrong = fingerprint[:-1] + ("A" if fingerprint[-1] != "A" else "B")
        refused = gateway(
            "partners", "trust", "northgate", "--fingerprint", wrong, "--by", "Ana", "--reason", "r", home=home
        )
        assert (refused.status, "nothing was pinned" in refused.err) == (2, True)
        for name in ("northgate", "southport"):
            trusted = gateway(
                "partners", "trust", name, "--fingerprint", fingerprint, "--by", "Ana Reyes", "--reason", "r", home=home
            )
            assert trusted.status == 0
        checked = gateway("partners", "check", "northgate", home=home)
        assert (checked.status, "files get their final names by rename" in checked.out) == (0, True)
        assert gateway("visits", "import", SAMPLE, home=home).status == 0
        assert gateway("scrub", "run", home=home).status == 0
        assert "northgate" in gateway("batch", "plan", home=home).out
        assert gateway("batch", "seal", home=home).status == 0
        assert "elm_northgate_000000001.837" in gateway("deliver", "--dry-run", home=home).out
        assert gateway("deliver", home=home).status == 0
        states: dict[str, int] = {}
        for _ in range(60):
            assert gateway("collect", home=home).status == 0
            gateway("post", home=home)
            states = gateway("reconcile", "--json", home=home).facts["reconciled"]["claims"]
            if states == {"paid": 20}:
                break
        assert states == {"paid": 20}
    assert gateway("deliveries", "show", "elm_northgate_000000001.837", home=home).out.count("999") >= 1
    assert "SHA256:" in gateway("tail", "--kind", "partner", home=home).out
    assert gateway("inbox", "list", "--state", "posted", "--json", home=home).facts["files"]
    assert gateway("inbox", "list", "--state", "nonsense", home=home).status == 2
    remits = gateway("remits", "list", "--json", home=home).facts["remittances"]
    assert gateway("remits", "show", str(remits[0]["id"]), home=home).status == 0
    assert gateway("denials", "list", home=home).out == "no denials\n"


def test_a_dead_server_is_not_reached_and_the_file_waits(home: Path, tmp_path: Path) -> None:
    port = free_port()
    point(home, port)
    with simulator(home, tmp_path / "sim", port, "--open"):
        fingerprint = gateway("partners", "trust", "northgate", home=home).out.split()[2]
        for name in ("northgate", "southport"):
            gateway(
                "partners", "trust", name, "--fingerprint", fingerprint, "--by", "Ana Reyes", "--reason", "r", home=home
            )
    gateway("visits", "import", SAMPLE, home=home)
    gateway("scrub", "run", home=home)
    gateway("batch", "seal", home=home)
    ran = gateway("deliver", home=home)
    assert ran.status == 75
    assert gateway("deliveries", "list", "--json", home=home).facts["files"][0]["state"] == "sealed"
    again = gateway("deliver", home=home)
    assert (again.status, "left alone until" in again.err) == (75, True)
    assert "cannot be reached" in gateway("deliver", "--now", home=home).err
    assert gateway("collect", home=home).status == 75
    waiting = gateway("tail", "--needs-a-person", home=home).out
    assert "gateway partners check northgate" in waiting


def test_a_changed_host_key_stops_everything_to_that_partner(home: Path, tmp_path: Path) -> None:
    port = free_port()
    point(home, port)
    with simulator(home, tmp_path / "sim", port, "--open"):
        fingerprint = gateway("partners", "trust", "northgate", home=home).out.split()[2]
        gateway(
            "partners",
            "trust",
            "northgate",
            "--fingerprint",
            fingerprint,
            "--by",
            "Ana Reyes",
            "--reason",
            "r",
            home=home,
        )
    with simulator(home, tmp_path / "another", port, "--open"):
        ran = gateway("collect", "--partner", "northgate", home=home)
    assert ran.status == 4
    assert fingerprint in ran.err
    again = gateway("collect", "--partner", "northgate", home=home)
    assert (again.status, "gateway partners resume northgate" in again.err) == (4, True)


def test_a_person_pauses_a_partner_and_cancels_a_file_that_has_not_left(home: Path) -> None:
    gateway("visits", "import", SAMPLE, home=home)
    gateway("scrub", "run", home=home)
    gateway("batch", "seal", home=home)
    decided = ("--by", "Ana Reyes", "--reason", "their portal is down")
    for name in ("northgate", "southport"):
        assert gateway("partners", "pause", name, *decided, home=home).status == 0
    ran = gateway("deliver", home=home)
    assert (ran.status, "paused by Ana Reyes: their portal is down; when" in ran.err) == (1, True)
    assert "paused: their portal is down" in gateway("partners", "list", home=home).out
    file = "elm_northgate_000000001.837"
    assert "gateway deliveries cancel" in gateway("deliveries", "show", file, home=home).out
    refused = gateway("deliveries", "resend", file, *decided, "--approved-by", "Bo Lund", home=home)
    assert (refused.status, "has not left" in refused.err) == (2, True)
    assert gateway("deliveries", "cancel", file, *decided, home=home).status == 0
    assert gateway("deliveries", "list", "--state", "cancelled", "--json", home=home).facts["files"][0]["name"] == file
    assert gateway("deliveries", "countersign", file, *decided, home=home).status == 2
    assert "elm_northgate_000000002.837" in gateway("batch", "seal", home=home).out
    assert gateway("partners", "resume", "northgate", *decided, home=home).status == 0


def test_a_test_gateway_seals_nothing_for_a_production_profile(home: Path) -> None:
    path = home / "partners" / "northgate.toml"
    path.write_text(path.read_text().replace('usage = "T"', 'usage = "P"'))
    gateway("visits", "import", SAMPLE, home=home)
    gateway("scrub", "run", home=home)
    ran = gateway("batch", "seal", "--partner", "northgate", home=home)
    assert (ran.status, "this gateway's environment is test" in ran.err) == (5, True)


def test_a_full_disk_at_the_ledger_is_said_and_nothing_is_half_done(home: Path) -> None:
    """RLIMIT_FSIZE stands in for a full disk: the database file may not grow."""
    limited = "ulimit -f 40; exec "
    command = limited + shlex.join([*COMMAND, "--home", str(home), "visits", "import", str(SAMPLE)])
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, env=environment(), check=False)
    assert done.returncode == 5, done.stderr
    assert "nothing was changed" in done.stderr
    assert gateway("visits", "list", "--json", home=home).facts["visits"] == []


def test_doctor_says_what_is_wrong_and_how_to_mend_it(home: Path) -> None:
    ran = gateway("doctor", home=home)
    assert ran.status == 5
    assert "gateway partners trust northgate" in ran.out
    home.chmod(0o755)
    assert f"chmod 0700 {home}" in gateway("doctor", home=home).out


def test_a_ledger_of_a_newer_gateway_is_refused(home: Path) -> None:
    database = sqlite3.connect(home / "gateway.db")
    database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.commit()
    database.close()
    ran = gateway("claims", "list", home=home)
    assert ran.status == 5
    assert "newer gateway" in ran.err


def test_a_closed_pipe_is_no_fault(home: Path) -> None:
    gateway("visits", "import", SAMPLE, home=home)
    command = [*COMMAND, "--home", str(home), "tail"]
    tail = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    assert tail.stdout is not None
    assert tail.stderr is not None
    tail.stdout.close()
    assert tail.stderr.read() == b""
    tail.stderr.close()
    tail.wait()
