"""What travels in the wheel is what a checkout has."""

import posixpath
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = f"from hatchling.build import build_wheel; build_wheel({str(folder)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return next(folder.glob("*.whl"))


def test_configuration_samples_pages_tables_and_migrations_are_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert "gateway/shipped/README.md" in names
    for folder in ("config", "docs", "samples"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file():
                assert f"gateway/shipped/{path.relative_to(ROOT).as_posix()}" in names
    for path in (ROOT / "gateway").rglob("*"):
        if path.suffix in {".py", ".csv", ".mako", ".typed"}:
            assert path.relative_to(ROOT).as_posix() in names


def test_each_link_of_a_page_leads_somewhere_in_the_wheel_too(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for page in ("README.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))):
        links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", (ROOT / page).read_text(encoding="utf-8"))
        there = {posixpath.normpath(f"gateway/shipped/{posixpath.dirname(page)}/{link}") for link in links}
        assert there - names == set(), page


def installed(site: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the wheel that was unpacked in `site`. It is on the path by itself: no checkout is in reach."""
    code = (
        "import sys; sys.path = [p for p in sys.path if 'site-packages' in p or 'lib' in p or p.endswith('.zip')];"
        f"sys.path.insert(0, {str(site)!r});"
        "import gateway; assert 'site' in gateway.__file__, gateway.__file__;"
        f"sys.argv = ['gateway', *{words!r}];"
        "from gateway.__main__ import main; main()"
    )
    return subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=site.parent, capture_output=True, text=True, check=False
    )


def test_an_installed_wheel_plays_the_demo_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    done = installed(tmp_path / "site", "demo", "--folder", str(tmp_path / "demo"))
    assert done.returncode == 0, done.stderr
    assert "lost=0 duplicated=0 unexplained=$0.00" in done.stdout


def test_an_installed_wheel_shows_the_pages_that_it_carries(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    for name, page in (("readme", "README.md"), ("biller", "docs/biller.md")):
        shown, where = installed(tmp_path / "site", "docs", name), installed(tmp_path / "site", "docs", name, "--path")
        assert (shown.stdout, shown.stderr) == ((ROOT / page).read_text(encoding="utf-8"), "")
        assert where.stdout == f"{tmp_path / 'site' / 'gateway' / 'shipped' / page}\n"


def test_pages_tests_and_all_that_the_wheel_is_made_of_are_in_the_source_archive(tmp_path: Path) -> None:
    build = f"from hatchling.build import build_sdist; build_sdist({str(tmp_path)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(next(tmp_path.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for folder in ("config", "docs", "gateway", "samples", "tests"):
        files = {path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts}
        assert {path.relative_to(ROOT).as_posix() for path in files} - names == set(), folder
    assert {"README.md", "CHANGELOG.md", "pyproject.toml", "run"} <= names
