"""What bash is answered when somebody presses the tab key: asked of bash itself."""

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.command import environment

BREAKS = " \t\n\"'><=;|&(:"
ASK = """
eval "$(_GATEWAY_COMPLETE=bash_source "$1")"
COMP_LINE=$2 COMP_POINT=${#2} COMP_WORDS=("$3") COMP_CWORD=0 COMP_WORDBREAKS=$4
compopt() { printf '%s\\n' "$*"; }
_gateway_completion "$1" "$3" ''
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "gateway"
    path.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m gateway "$@"\n')
    path.chmod(0o755)
    return path


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
@pytest.mark.parametrize(
    ("line", "word", "answered"),
    [
        ("gateway claims li", "li", ["list"]),
        ("gateway claims list sta", "sta", ["-o nospace", "state:"]),
        ("gateway claims list state:de", "de", ["denied"]),
        ("gateway inbox list state:", ":", ["stored", "posted", "set_aside", "unpacked", "ignored", "report"]),
        ("gateway claims list payer:A state:denied,pai", "denied,pai", ["denied,paid"]),
        ('gateway claims list "state:de', '"state:de', ["state:denied"]),
        ("gateway claims list 'payer:A -state:de", "'payer:A -state:de", ["payer:A -state:denied"]),
        ("gateway claims list 'state:denied ca", "'state:denied ca", ["-o nospace", "state:denied carc:"]),
        ("gateway tail severity:w", "w", ["wake"]),
        ("gateway claims list colour:r", "r", [""]),
    ],
)
def test_fields_and_their_words_are_completed(program: Path, line: str, word: str, answered: list[str]) -> None:
    """`word` is what bash takes for the word at hand."""
    command = ["bash", "-c", ASK, "bash", str(program), line, word, BREAKS]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=60, check=False)
    assert (done.stdout.splitlines(), done.stderr) == (answered, "")


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
def test_files_are_left_to_bash(program: Path) -> None:
    command = ["bash", "-c", ASK, "bash", str(program), "gateway visits import CH", "CH", BREAKS]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=60, check=False)
    assert done.stdout.splitlines()[0] == "-o default"
