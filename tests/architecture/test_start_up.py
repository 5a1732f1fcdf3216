"""What each command loads. A module that is heavy and not in a command's row makes every call of it slower."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.command import ROOT, environment, gateway

HEAVY = (
    "alembic",
    "cryptography",
    "gateway.edi",
    "gateway.intake",
    "gateway.scrub",
    "gateway.simulator",
    "gateway.transport",
    "gnupg",
    "lxml",
    "mako",
    "paramiko",
    "psycopg",
    "pydantic",
    "pydantic_settings",
    "pyx12",
    "rich",
    "sqlalchemy",
    "sqlalchemy.dialects.postgresql",
    "sqlalchemy.orm",
    "tomlkit",
)
LEDGER = frozenset({"sqlalchemy"})
LOADED = {
    "--version": frozenset[str](),
    "--help": frozenset[str](),
    "codes list": frozenset[str](),
    "rules list": frozenset({"gateway.scrub"}),
    "db current": LEDGER,
    "claims list": LEDGER,
    "denials list": LEDGER,
    "remits list": LEDGER,
    "visits list": LEDGER,
    "deliveries list": LEDGER,
    "inbox list": LEDGER,
    "tail": LEDGER,
    "reconcile": LEDGER,
    "partners list": LEDGER | {"gateway.transport", "tomlkit"},
    # Compares payments with the stored 835s, and so reads them.
    "db check": LEDGER | {"gateway.edi", "gateway.transport", "lxml", "pyx12"},
    # Looks again at stored visits, by way of the room that takes them in.
    "scrub run": LEDGER | {"gateway.scrub", "gateway.intake", "pydantic"},
    "batch plan": LEDGER | {"gateway.edi", "gateway.transport", "lxml", "pyx12"},
    "post": LEDGER | {"gateway.edi", "gateway.transport", "lxml", "pyx12"},
}
"""For each command the heavy modules that it may load, on an SQLite ledger whose configuration was checked before."""

PROGRAM = """
import json, sys
from gateway.cli.face.run import run
run(sys.argv[2:])
json.dump(sorted(set(json.loads(sys.argv[1])) & set(sys.modules)), sys.stderr)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = tmp_path_factory.mktemp("start-up") / "home"
    assert gateway("init", home=made).status == 0
    # Rows to list: an empty table is never drawn.
    assert gateway("visits", "import", ROOT / "samples/visits/clinic.json", home=made).status in {0, 1}
    assert gateway("scrub", "run", home=made).status in {0, 1}
    assert len(gateway("claims", "list", home=made).out.splitlines()) > 10
    return made


@pytest.mark.parametrize("command", LOADED)
def test_a_command_loads_only_what_it_uses(home: Path, command: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(HEAVY), "--home", str(home), *command.split()],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment(),
        check=True,
    )
    loaded = frozenset(json.loads(ran.stderr.splitlines()[-1]))
    assert loaded == LOADED[command]
