"""gateway.edi as a library: its examples are true, and it brings nothing that only a gateway needs."""

import doctest
import subprocess
import sys
from pathlib import Path

import pytest

import gateway.edi

HEAVY = ("sqlalchemy", "alembic", "paramiko", "apscheduler", "pydantic", "psycopg", "cryptography", "logging", "socket")


def test_its_examples_print_what_they_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])
    told = doctest.testmod(gateway.edi)
    assert (told.failed, told.attempted > 10) == (0, True)


def test_importing_it_loads_no_database_driver_and_nothing_of_the_network() -> None:
    said = f"import sys, gateway.edi; print([one for one in {HEAVY} if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"


def test_check_is_the_function_whatever_was_imported_before() -> None:
    """Its module has the same name, in a room of its own."""
    said = "import gateway.edi.checking.check; from gateway.edi import check; print(check(b'').accepted)"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "False"


def test_what_it_promises_is_there_and_explained() -> None:
    for name in gateway.edi.__all__:
        assert getattr(gateway.edi, name).__doc__
