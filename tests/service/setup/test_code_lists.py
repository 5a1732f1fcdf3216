import stat
from datetime import date
from pathlib import Path

import pytest

from gateway.codes.icd10cm import Standing, diagnosis
from gateway.codes.lists import Kind, Listed, listed
from gateway.codes.table import parse
from gateway.errors import ConfigError, IntakeError, UsageError
from gateway.service.setup.code_lists import code_tables, import_codes
from tests.codes import downloads

TODAY = date(2026, 11, 26)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / "codes"


@pytest.fixture(autouse=True)
def home(folder: Path) -> Path:
    folder.parent.mkdir()
    return folder.parent


def put(home: Path, name: str, text: str) -> Path:
    path = home / name
    path.write_text(text, encoding="utf-8")
    return path


def test_without_imports_the_shipped_lists_are_in_use(folder: Path) -> None:
    found = {one.name: one for one in code_tables(folder, TODAY)}
    assert not [one for one in found.values() if one.imported]
    assert {"icd10cm", "ptp", "remarks", "denials"} <= found.keys()
    assert not {"hcpcs", "taxonomy"} & found.keys()
    assert (found["icd10cm"].codes, found["icd10cm"].in_force, found["icd10cm"].kind) == (74719, False, "icd10cm")
    assert found["icd10cm"].age_days == 3
    assert found["countries"].in_force


def test_an_imported_edition_is_in_use_from_then_on(home: Path, folder: Path) -> None:
    file = put(home, "icd10cm-order-2027.txt", downloads.ORDER)
    done = import_codes(folder, "icd10cm", [file], today=TODAY)
    assert (done.codes, done.added, done.gone) == (3, 0, 74716)
    assert (done.starts, done.ends) == (date(2026, 10, 1), date(2027, 9, 30))
    assert done.in_force
    table = {one.name: one for one in code_tables(folder, TODAY)}["icd10cm"]
    assert (table.imported, table.in_force, table.starts) == (True, True, date(2025, 10, 1))
    assert listed(Kind.DIAGNOSIS, "A000", TODAY, folder) is Listed.YES
    assert [listed(Kind.DIAGNOSIS, "M5450", day, folder) for day in (date(2026, 9, 30), date(2026, 10, 1))] == [
        Listed.YES,
        Listed.NO,
    ]
    assert diagnosis("M54.50", date(2026, 9, 30), folder) is Standing.BILLABLE
    assert diagnosis("M54.50", date(2026, 10, 1), folder) is Standing.UNKNOWN
    assert diagnosis("M54.5", TODAY, folder) is Standing.NOT_SPECIFIC
    assert diagnosis("A00.0", date(2027, 10, 1), folder) is Standing.BILLABLE
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [one.name for one in folder.iterdir()] == ["icd10cm.csv"]


def test_a_rehearsal_writes_nothing(home: Path, folder: Path) -> None:
    file = put(home, "nucc_taxonomy_261.csv", downloads.TAXONOMY)
    done = import_codes(folder, "taxonomy", [file], today=TODAY, dry_run=True)
    assert (done.dry_run, done.codes, done.added, done.gone) == (True, 3, 3, 0)
    assert not folder.exists()


def test_x12s_lists_hold_until_the_next_publication_and_keep_retired_codes(home: Path, folder: Path) -> None:
    file = put(home, "carc.txt", downloads.CARC_COPIED)
    with pytest.raises(UsageError, match="--published DATE"):
        import_codes(folder, "carc", [file], today=TODAY)
    done = import_codes(folder, "carc", [file], today=TODAY, published=date(2026, 11, 1))
    assert (done.codes, done.added, done.gone, done.ends) == (4, 1, 0, date(2027, 2, 28))
    table = parse("carc", done.path.read_text())
    assert (table.starts, table.ends, table.retrieved) == (date(1995, 1, 1), date(2027, 2, 28), TODAY)
    assert listed(Kind.CARC, "309", TODAY, folder) is Listed.YES
    assert listed(Kind.CARC, "310", TODAY, folder) is Listed.NO


def test_several_files_are_one_edition(home: Path, folder: Path) -> None:
    first, _, rest = downloads.PAIRS.partition("98940")
    files = [put(home, "ccipra-v324r0-f1.txt", first), put(home, "ccipra-v324r0-f2.txt", "98940" + rest)]
    with pytest.raises(UsageError, match="--from DATE"):
        import_codes(folder, "ptp", files, today=TODAY)
    with pytest.raises(IntakeError, match=r"98940.*is not among them"):
        import_codes(folder, "ptp", files[:1], today=TODAY, starts=date(2026, 10, 1))
    done = import_codes(folder, "ptp", files, today=TODAY, starts=date(2026, 10, 1))
    assert (done.codes, done.ends) == (3, date(2026, 12, 31))


def test_a_list_that_windows_wrote_is_read(home: Path, folder: Path) -> None:
    file = home / "nucc_taxonomy_261.csv"
    file.write_bytes(
        downloads.TAXONOMY.replace("at length", "d\N{LATIN SMALL LETTER E WITH ACUTE}tail").encode("cp1252")
    )
    assert import_codes(folder, "taxonomy", [file], today=TODAY).codes == 3


def test_what_is_no_text_is_refused_and_nothing_is_written(home: Path, folder: Path) -> None:
    workbook = home / "MCR_MUE_PractitionerServices_Eff_10-01-2026.xlsx"
    workbook.write_bytes(b"PK\3\4")
    for file, said in ((workbook, "workbook"), (home / "Eff_10-01-2026.csv", "cannot be read")):
        with pytest.raises(IntakeError, match=said):
            import_codes(folder, "mue", [file], today=TODAY)
    assert not folder.exists()


def test_dates_that_contradict_are_refused(home: Path, folder: Path) -> None:
    file = put(home, "nucc_taxonomy_261.csv", downloads.TAXONOMY)
    with pytest.raises(UsageError, match="before it begins"):
        import_codes(folder, "taxonomy", [file], today=TODAY, ends=date(2020, 1, 1))


def test_a_home_that_is_not_there_is_said(home: Path, tmp_path: Path) -> None:
    file = put(home, "nucc_taxonomy_261.csv", downloads.TAXONOMY)
    with pytest.raises(ConfigError, match="gateway init"):
        import_codes(tmp_path / "none" / "codes", "taxonomy", [file], today=TODAY)
