"""The engine compiled is the engine: it says the same of any file, passes its tests, and steps aside for its sources."""

import re
import sysconfig
from pathlib import Path

import pytest

from tests.compiled import ROOT, compiled_tree, lacking, run_in
from tests.edi import spoilt

_SPOILT = 500
_ROOMS = ("checking", "follow", "guide", "read", "rules", "wire")
"""Of tests/edi: what runs compiled, and the agreement with pyx12. That memory stays bounded, the sources show too."""
_IS_COMPILED = "from gateway.edi.checking.hot import is_compiled; print(is_compiled())"
_SLOW = "not memory and not let_go and not s20 and not cut_interchange and not marks_at_every"


@pytest.mark.skipif(bool(lacking()), reason=lacking() or "all is there")
def test_the_engine_compiled_says_the_same_and_passes_its_tests(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = compiled_tree(tmp_path)
    assert run_in(tree, "-c", _IS_COMPILED).stdout == "True\n"
    _every_hot_module_is_there_twice(tree)

    spoilt.main(_SPOILT)
    assert run_in(tree, "-m", "tests.edi.spoilt", str(_SPOILT)).stdout == capsys.readouterr().out

    folders = [f"tests/edi/{room}" for room in _ROOMS]
    tested = run_in(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not corpus", "-k", _SLOW, *folders)
    assert tested.returncode == 0, tested.stdout[-5000:]
    assert int(re.findall(r"(\d+) passed", tested.stdout)[0]) > 1000

    _made_for_another_python(tree)
    assert run_in(tree, "-c", _IS_COMPILED).stdout == "False\n"
    checked = run_in(tree, "-m", "gateway", "x12", "check", str(ROOT / "samples" / "837p" / "medicare_self.edi"))
    assert checked.returncode == 0, checked.stderr


def _every_hot_module_is_there_twice(tree: Path) -> None:
    """As source, and as an extension for this Python."""
    suffix = str(sysconfig.get_config_var("EXT_SUFFIX"))
    extensions = {path.relative_to(tree).as_posix().removesuffix(suffix) for path in tree.glob(f"gateway/**/*{suffix}")}
    assert "gateway/edi/follow/walk" in extensions
    assert all((tree / f"{name}.py").is_file() for name in extensions)


def _made_for_another_python(tree: Path) -> None:
    """Give every extension the name that it would have there."""
    suffix = str(sysconfig.get_config_var("EXT_SUFFIX"))
    for path in list(tree.rglob(f"*{suffix}")):
        path.rename(path.with_name(path.name.removesuffix(suffix) + ".cpython-399-another.so"))
