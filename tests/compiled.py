"""A tree in which the engine runs compiled: the wheel of `./run build --compiled`, unpacked, with the tests beside it."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
_BESIDE = ("CHANGELOG.md", "NOTICE", "README.md", "SECURITY.md", "pyproject.toml")


def lacking() -> str:
    """Say what is missing for compiling; empty if nothing is."""
    compiler = str(sysconfig.get_config_var("CC") or "cc").split()[0]
    if shutil.which(compiler) is None:
        return f"there is no C compiler ({compiler})"
    headers = Path(sysconfig.get_path("include")) / "Python.h"
    return "" if headers.exists() else f"Python's headers are not installed ({headers})"


def compiled_tree(folder: Path) -> Path:
    """Build the compiled wheel and unpack it; tests that run there, with `run_in`, see no other gateway."""
    build = f"from hatchling.build import build_wheel; build_wheel({str(folder)!r})"
    subprocess.run(
        [sys.executable, "-c", build],
        cwd=ROOT,
        check=True,
        env={**os.environ, "GATEWAY_COMPILED": "1"},
        stdout=subprocess.DEVNULL,
    )
    tree = folder / "tree"
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tree)
    for name in ("config", "docs", "samples", "tests"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in _BESIDE:
        shutil.copy(ROOT / name, tree)
    return tree


def run_in(tree: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python there; what is imported is what stands there."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, *words],
        cwd=tree,
        env={**kept, "PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        check=False,
    )
