"""gateway codes: what is in use, and importing a newer edition."""

import json
import subprocess
import sys
from pathlib import Path

from gateway.cli.codes import _KINDS
from gateway.codes.official.kinds import KINDS
from tests.codes import downloads
from tests.edi.checking.test_check import SAMPLES


def gateway(home: Path, *words: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "gateway", "--home", str(home), "--today", "2026-11-26", "codes", *words]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60, text=True)
    return done.returncode, done.stdout, done.stderr


def test_the_kinds_that_are_offered_are_those_there_are() -> None:
    assert tuple(KINDS) == _KINDS


def test_lists_are_shown_with_their_age_and_end(tmp_path: Path) -> None:
    status, out, _ = gateway(tmp_path, "list")
    assert status == 1
    line = next(one for one in out.splitlines() if one.startswith("icd10cm"))
    assert " ".join(line.split()).startswith(
        "icd10cm 74719 2025-10-01 2026-09-30 ENDED 2026-04-01 3 days shipped icd10cm CDC"
    )
    tables = {one["name"]: one for one in json.loads(gateway(tmp_path, "list", "--json")[1])["tables"]}
    assert (tables["ptp"]["in_force"], tables["ptp"]["ends"], tables["ptp"]["kind"]) == (False, "2024-09-30", "ptp")


def test_an_import_says_what_it_did(tmp_path: Path) -> None:
    file = tmp_path / "icd10cm-codes-2027.txt"
    file.write_text(downloads.CODES)
    status, out, _ = gateway(tmp_path, "import", "icd10cm", str(file), "--dry-run")
    assert (status, "would write" in out, (tmp_path / "codes").exists()) == (0, True, False)
    status, out, _ = gateway(tmp_path, "import", "icd10cm", str(file))
    assert status == 0
    assert f"wrote {tmp_path}/codes/icd10cm.csv: 3 rows, from 2026-10-01 to 2027-09-30" in out
    assert "0 codes added, 74716 gone" in out
    told = json.loads(gateway(tmp_path, "import", "icd10cm", str(file), "--json")[1])
    assert (told["codes"], told["added"], told["in_force"]) == (3, 0, True)


def test_another_file_is_input_that_cannot_be_used(tmp_path: Path) -> None:
    file = tmp_path / "HCPC2026_OCT_ANWEB.txt"
    file.write_text(downloads.CODES)
    status, out, said = gateway(tmp_path, "import", "hcpcs", str(file))
    assert (status, out) == (3, "")
    assert "line 1 is no record of an HCPCS file; want HCPC20YY_MON_ANWEB.txt" in said
    assert gateway(tmp_path, "import", "hcpcs", str(tmp_path / "HCPC2026_OCT.txt"))[0] == 3
    assert gateway(tmp_path, "import", "ptp", str(file))[0] == 3
    assert gateway(tmp_path, "import", "carc", str(file))[0] == 2
    assert gateway(tmp_path, "import", "icd9", str(file))[0] == 2


def test_a_file_by_itself_is_checked_by_the_lists_that_were_imported(tmp_path: Path) -> None:
    """An edition of three codes: the sample's diagnosis is in none of them."""
    file = tmp_path / "icd10cm-codes-2027.txt"
    file.write_text(downloads.CODES)
    check = (
        sys.executable,
        "-m",
        "gateway",
        "--home",
        str(tmp_path),
        "--today",
        "2026-11-26",
        "x12",
        "check",
        str(SAMPLES / "medicare_self.edi"),
    )
    assert subprocess.run(check, capture_output=True, check=False, timeout=60).returncode == 0
    assert gateway(tmp_path, "import", "icd10cm", str(file))[0] == 0
    done = subprocess.run(check, capture_output=True, check=False, timeout=60, text=True)
    assert done.returncode == 1
    assert "DIAGNOSIS" in done.stdout
