"""What import-linter cannot see: names at every depth, one door for each library, nothing left undone."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "gateway"
MODULES = sorted(PACKAGE.rglob("*.py"))
REFUSED_FILES = {"utils.py", "helpers.py", "common.py", "base.py", "managers.py", "constants.py"}
REFUSED_NAMES = {"data", "info", "item", "obj", "process", "handle", "manager", "helper", "util", "misc", "wrapper"}
DOORS = {
    "pyx12": {"gateway/edi/checking/second_opinion.py"},
    "paramiko": {"gateway/transport/", "gateway/simulator/server.py", "gateway/simulator/folders.py"},
    "gnupg": {"gateway/transport/pgp.py"},
    "lxml": {"gateway/edi/guide/tree.py"},
    "apscheduler": {"gateway/schedule/serve.py"},
    "pydantic": {"gateway/intake/", "gateway/settings/", "gateway/console/"},
    "pydantic_settings": {"gateway/settings/"},
    "pickle": set(),  # threat S29
    "xml": set(),  # threat S28: no XML is read but the guide's own, by lxml
    "random": set(),
}


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in MODULES:
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def test_no_file_is_a_drawer_for_odds_and_ends() -> None:
    assert not [path for path in MODULES if path.name in REFUSED_FILES or path.parent.name + ".py" in REFUSED_FILES]


@pytest.mark.parametrize("library", sorted(DOORS))
def test_a_library_has_one_door(library: str) -> None:
    strangers = [
        where
        for where, tree in trees()
        if library in set(imported(tree)) and not any(where.startswith(door) for door in DOORS[library])
    ]
    assert strangers == []


def test_definitions_are_named_for_what_they_mean() -> None:
    refused = [
        f"{where}:{node.lineno} {node.name}"
        for where, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name.lower().strip("_") in REFUSED_NAMES
    ]
    assert refused == []


def test_the_time_of_day_is_read_only_where_a_face_hands_it_in() -> None:
    readers = [
        where
        for where, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"now", "utcnow", "today"}
        and isinstance(node.value, ast.Name)
        and node.value.id in {"datetime", "date"}
    ]
    assert not [where for where in readers if not where.startswith(("gateway/cli/", "gateway/schedule/serve.py"))]


def test_a_rule_asks_whether_a_day_has_come_and_reads_no_clock() -> None:
    """Else nobody knows on which day it may find otherwise, and what it holds would wait for ever."""
    reads = [
        f"{where}:{node.lineno}"
        for where, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "today" and where.startswith("gateway/scrub/")
    ]
    assert {place.partition(":")[0] for place in reads} == {"gateway/scrub/rule.py"}


def test_nothing_is_left_undone_and_no_fault_is_swallowed() -> None:
    undone = [
        f"{path.name}:{number}"
        for path in MODULES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", line) or re.search(r"except Exception\b|except:", line)
    ]
    assert undone == []


def test_no_file_of_the_project_names_a_place_outside_it() -> None:
    index = re.compile(r"https?://[^\s\"'>]*(/simple|pypi|npmjs|pythonhosted)", re.IGNORECASE)
    for path in (*ROOT.glob("*.lock"), *ROOT.glob("*.toml"), ROOT / "run", ROOT / ".ci" / "run"):
        text = path.read_text(encoding="utf-8")
        assert not index.search(text), path
        assert "--index-url" not in text, path


@pytest.mark.parametrize("lock", sorted(ROOT.glob("*.lock")), ids=lambda path: path.name)
def test_s50_every_package_is_pinned_to_one_version_and_its_hashes(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    packages = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert len(packages) > 20
    assert [line[:60] for line in packages if not re.match(r"[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)] == []


def test_whatever_is_printed_passes_the_one_door() -> None:
    """`say` and `show` write out what a terminal would obey; the bytes of X12 and JSON files go to stdout as they are."""
    refused = re.compile(
        r"\bclick\.(echo|secho|echo_via|prompt|confirm|progressbar|pager)\b|(?<![\w.])print\(|"
        r"\bsys\.(stdout|stderr)(?!\.(buffer|isatty)\b)|\bConsole\("
    )
    doors = {"gateway/cli/face/say.py", "gateway/cli/face/show.py"}
    strangers = [
        f"{path.relative_to(ROOT).as_posix()}:{number}"
        for path in (*(PACKAGE / "cli").rglob("*.py"), PACKAGE / "__main__.py")
        if path.relative_to(ROOT).as_posix() not in doors
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if refused.search(line)
    ]
    assert strangers == []


def test_every_function_is_small_enough_to_read() -> None:
    """A smell, not a gate in general; but nothing may grow past a screen and a half."""
    long = [
        f"{where}:{node.lineno} {node.name}"
        for where, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and "migrations" not in where
        and (node.end_lineno or node.lineno) - node.lineno > 80
    ]
    assert long == []
