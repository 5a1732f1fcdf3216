"""What a partner or a payer wrote is shown to a person, never obeyed by the terminal."""

from pathlib import Path
from typing import Any

import pytest

from gateway.cli.face.say import legible
from tests.e2e.command import ROOT, Ran, gateway
from tests.service.clinic import answer_835

DAY = ("--today", "2026-11-16")
HOSTILE = b"\x1b[2J\r\nholds  all is well\xe2\x80\xae"
"""Clears the screen, begins a line of its own, and turns the direction of what follows."""


def is_harmless(ran: Ran) -> bool:
    return all(mark == "\n" or mark.isprintable() for mark in ran.out + ran.err)


def has_no_forged_line(ran: Ran) -> bool:
    return not any(line.lstrip().startswith("holds  all is well") for line in (ran.out + ran.err).splitlines())


def remittance(claim: dict[str, Any]) -> bytes:
    """An 835 that denies a claim; its trace, the payer's name and CLP07 are hostile."""
    charge = f"{claim['charge_cents'] / 100:g}"
    body = (f"CLP*{claim['pcn']}*4*{charge}*0**CI*QQQ*11*1", f"CAS*CO*50*{charge}", "NM1*QC*1*QUILL*MARA****MI*M1")
    raw = answer_835("0", body, trace="QQQ").replace(b"PAYER ONE", b"QQQ")
    assert raw.count(b"QQQ") == 3
    return raw.replace(b"QQQ", HOSTILE)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which that remittance was posted, and a file with a hostile name was left alone."""
    folder = tmp_path_factory.mktemp("clinic")
    home, box = folder / "home", folder / "box"
    assert gateway("init", home=home).status == 0
    for name in ("inbound", "outbound", "archive"):
        (box / name).mkdir(parents=True)
    path = home / "partners" / "northgate.toml"
    path.write_text(path.read_text().replace('kind = "sftp"', f'kind = "folder"\nroot = "{box}"'))
    assert gateway(*DAY, "visits", "import", ROOT / "samples" / "visits" / "claims-only.csv", home=home).status == 0
    for command in (("scrub", "run"), ("batch", "seal"), ("deliver", "--partner", "northgate")):
        gateway(*DAY, *command, home=home)
    (claim, *_) = gateway("claims", "list", "--state", "sent", "--json", home=home).facts["claims"]
    (box / "outbound" / "pay.835").write_bytes(remittance(claim))
    (box / "outbound" / "\u202e\x1b[2J.835").write_bytes(b"x")
    seen = gateway(*DAY, "collect", "--partner", "northgate", home=home)
    assert (is_harmless(seen), "it was left there" in seen.out) == (True, True)
    assert gateway(*DAY, "post", home=home).status == 1
    return home


@pytest.mark.parametrize(
    "command",
    [
        ("tail",),
        ("remits", "list"),
        ("remits", "show", "1"),
        ("claims", "show", "{pcn}"),
        ("inbox", "list"),
        ("inbox", "show", "1"),
        ("denials", "list"),
        ("denials", "show", "{pcn}"),
        ("reconcile",),
    ],
    ids=" ".join,
)
def test_no_command_lets_a_terminal_obey_what_a_payer_wrote(home: Path, command: tuple[str, ...]) -> None:
    (claim,) = gateway("claims", "list", "--state", "denied", "--json", home=home).facts["claims"]
    ran = gateway(*(word.format(**claim) for word in command), home=home)
    assert ran.out
    assert (is_harmless(ran), has_no_forged_line(ran)) == (True, True)


@pytest.mark.parametrize("command", [("remits", "list"), ("remits", "show", "1"), ("tail",)], ids=" ".join)
def test_what_was_written_is_shown_and_json_keeps_it_as_it_came(home: Path, command: tuple[str, ...]) -> None:
    assert r"\x1b[2J\r\nholds" in gateway(*command, home=home).out
    told = gateway(*command, "--json", home=home).out
    assert "\\u001b[2J\\r\\nholds" in told
    assert told.isascii()


def test_a_wrong_word_of_the_command_line_is_shown_too() -> None:
    ran = gateway("x12", "check", "\x1b[2J")
    assert (ran.status, is_harmless(ran)) == (2, True)


@pytest.mark.parametrize(
    "mark", ["\x00", "\x07", "\b", "\x1b", "\x7f", "\x9b", "\u200f", "\u202e", "\u2028", "\ufeff", "\udc9b"]
)
def test_a_mark_that_a_terminal_obeys_is_written_out(mark: str) -> None:
    assert legible(f"a{mark}b") == f"a{mark!r}b".replace("'", "")


@pytest.mark.parametrize("text", ["Zo\u00eb's Clinic", "a\tb", "\u00a0", "\u8a3a", "[bold]", r"C:\x1b", ""])
def test_what_a_person_can_read_stays_as_it_is(text: str) -> None:
    assert legible(text) == text
