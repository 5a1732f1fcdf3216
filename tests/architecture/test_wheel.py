"""What travels in the wheel is what a checkout has."""

import subprocess
import sys
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


def test_configuration_samples_tables_and_migrations_are_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("config", "samples"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file():
                assert f"gateway/shipped/{path.relative_to(ROOT).as_posix()}" in names
    for path in (ROOT / "gateway").rglob("*"):
        if path.suffix in {".py", ".csv", ".mako", ".typed"}:
            assert path.relative_to(ROOT).as_posix() in names


def test_an_installed_wheel_plays_the_demo_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """The wheel is put on the path by itself: nothing of the checkout is in reach."""
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    code = (
        "import sys; sys.path = [p for p in sys.path if 'site-packages' in p or 'lib' in p or p.endswith('.zip')];"
        f"sys.path.insert(0, {str(tmp_path / 'site')!r});"
        "import gateway; assert 'site' in gateway.__file__, gateway.__file__;"
        f"sys.argv = ['gateway', 'demo', '--folder', {str(tmp_path / 'demo')!r}];"
        "from gateway.__main__ import main; main()"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "lost=0 duplicated=0 unexplained=$0.00" in done.stdout
