"""deliveries export, uploaded and not-uploaded, as a person types them."""

from pathlib import Path

import pytest

from tests.cli.test_commands import SAMPLE
from tests.e2e.command import gateway

BY = ("--by", "Ana Reyes", "--reason", "their SFTP is down")


@pytest.fixture
def sealed(tmp_path: Path) -> tuple[Path, str]:
    """A home with the invented visits, sealed, and one of its files."""
    home = tmp_path / "home"
    assert gateway("init", home=home).status == 0
    gateway("visits", "import", SAMPLE, home=home)
    gateway("scrub", "run", home=home)
    gateway("batch", "seal", home=home)
    return home, gateway("deliveries", "list", "--json", home=home).facts["files"][0]["name"]


def test_a_file_goes_by_hand_and_every_command_tells_it(sealed: tuple[Path, str], tmp_path: Path) -> None:
    (home, name), copy = sealed, tmp_path / "upload.837"
    ran = gateway("deliveries", "export", name, "--to", str(copy), *BY, home=home)
    assert (ran.status, "does not send any more" in ran.out, "delete it" in ran.out) == (0, True, True)
    assert copy.read_bytes().startswith(b"ISA*")
    would = gateway("deliver", "--dry-run", home=home).out
    assert f"{name} to" in would
    assert "not sent, a person has it" in would
    assert gateway("deliver", "--dry-run", "--json", home=home).facts["exported"][0]["name"] == name
    listed = gateway("deliveries", "list", "state:exported", "--json", home=home).facts["files"]
    assert [one["name"] for one in listed] == [name]
    shown = gateway("deliveries", "show", name, home=home).out
    assert all(word in shown for word in ("never sends it", "deliveries uploaded", "not-uploaded", "Ana Reyes"))
    for verb in (("cancel",), ("release",), ("resend", "--approved-by", "Bo Lund")):
        ran = gateway("deliveries", verb[0], name, *verb[1:], *BY, home=home)
        assert (ran.status, f"gateway deliveries not-uploaded {name}" in ran.err) == (2, True)
    ran = gateway("deliveries", "not-uploaded", name, *BY, home=home)
    assert (ran.status, ran.out) == (0, f"{name} is sealed; now run: gateway deliver\n")
    assert gateway("deliveries", "export", name, "--to", str(copy), *BY, home=home).status == 2
    assert gateway("deliveries", "export", name, "--to", str(tmp_path / "b"), *BY, home=home).status == 0
    ran = gateway("deliveries", "uploaded", name, "--evidence", "receipt 4711", *BY, home=home)
    assert (ran.status, f"{name} is sent; its answer is due by" in ran.out) == (0, True)
    assert "receipt 4711" in gateway("deliveries", "show", name, home=home).out
