"""A bad day rehearsed by hand: `gateway sim --fault` in one window, the gateway in another."""

import re
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

import pytest

from gateway.simulator.faults import EXPLAINED, Fault, pattern
from gateway.simulator.scenario import EXPLAINED as SCENARIO_WORDS
from gateway.simulator.scenario import WRITTEN_EXPLAINED
from tests.e2e.command import ROOT, gateway, simulator

SAMPLE = ROOT / "samples" / "visits" / "claims-only.csv"
FILE = "elm_northgate_000000001.837"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A clinic with one sealed file, for partners at a port of this machine."""
    place = tmp_path / "home"
    for words in (("init",), ("visits", "import", SAMPLE), ("scrub", "run")):
        assert gateway(*words, home=place).status == 0
    point(place)  # a file goes where it was sealed for, or nowhere
    assert gateway("batch", "seal", home=place).status == 0
    return place


def point(home: Path, *names: str) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    for name in names or ("northgate", "southport"):
        path = home / "partners" / f"{name}.toml"
        path.write_text(path.read_text().replace("port = 2222", f"port = {port}"))


def port_of(home: Path, name: str = "northgate") -> int:
    found = re.search(r"^port = (\d+)", (home / "partners" / f"{name}.toml").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1])


def trust(home: Path, *names: str) -> None:
    names = names or ("northgate", "southport")
    fingerprint = gateway("partners", "trust", names[0], home=home).out.split()[2]
    for name in names:
        pinned = ("--fingerprint", fingerprint, "--by", "Ana Reyes", "--reason", "rehearsal")
        assert gateway("partners", "trust", name, *pinned, home=home).status == 0


def state_of(home: Path) -> str:
    return str(gateway("deliveries", "list", "--json", home=home).facts["files"][0]["state"])


def rest(process: Popen[str]) -> list[str]:
    """What it said since it listened. Told to stop by SIGTERM: in the background of a script SIGINT is ignored."""
    process.send_signal(signal.SIGTERM)
    assert process.stdout is not None
    return process.stdout.read().splitlines()


@contextmanager
def well(home: Path, sim: Path, port: int) -> Iterator[None]:
    with simulator(home, sim, port, "--open"):
        yield


def test_the_faults_are_listed() -> None:
    shown = gateway("sim", "--faults")
    assert (shown.status, shown.err) == (0, "")
    *lines, _ = shown.out.splitlines()
    for fault, line in zip(Fault, lines, strict=True):
        assert line.startswith(pattern(fault))
        assert EXPLAINED[fault].says in line


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--fault", "gremlins"), "cut-upload:BYTES, cut-before-rename"),
        (("--fault", "cut-upload"), "cut-upload:1000"),
        (("--fault", "greedy", "--fault", "greedy"), "asked for 2 times"),
    ],
)
def test_a_fault_that_is_none_starts_nothing(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    ran = gateway("sim", *words, home=tmp_path / "home")
    assert (ran.status, said in ran.err) == (2, True)
    assert not (tmp_path / "home").exists()


def test_a_line_cut_after_the_rename_to_a_greedy_partner_ends_with_each_claim_paid_once(
    home: Path, tmp_path: Path
) -> None:
    port, told = port_of(home), list[str]()
    with simulator(home, tmp_path / "sim", port, "--open"):
        trust(home)
    wrong = ("--fault", "cut-after-rename", "--fault", "greedy")
    with simulator(home, tmp_path / "sim", port, "--open", *wrong, told=told) as process:
        assert "fault cut-after-rename, once: does a rename, and cuts the line in place of an answer" in told
        assert "fault greedy, always: takes an upload away as soon as it has its final name" in told
        cut = gateway("deliver", home=home)
        assert (cut.status, state_of(home)) == (75, "committing")
        assert "Server connection dropped; it may or may not have been done" in cut.err
        assert gateway("deliver", "--now", home=home).status == 0
        assert state_of(home) == "presumed"
        said = rest(process)
    assert said[:2] == [
        f"fault greedy: northgate inbound/{FILE}",
        f"fault cut-after-rename: northgate inbound/{FILE}.1.part",
    ]
    with well(home, tmp_path / "sim", port):
        assert gateway("collect", home=home).status == 0
        assert gateway("post", home=home).status == 0
    assert state_of(home) == "sent"
    facts = gateway("reconcile", "--json", home=home).facts
    assert (facts["holds"], facts["reconciled"]["claims"]) == (True, {"paid": 20})


def test_a_full_disk_at_the_partner_is_refused_told_and_mended(home: Path, tmp_path: Path) -> None:
    port = port_of(home)
    with simulator(home, tmp_path / "sim", port, "--open", "--fault", "full:100,1") as process:
        trust(home)
        refused = gateway("deliver", home=home)
        assert (refused.status, state_of(home)) == (4, "uploading")
        assert FILE in gateway("tail", "--needs-a-person", home=home).out
        assert gateway("deliver", "--now", home=home).status == 0
        assert state_of(home) == "sent"
        assert rest(process)[0] == f"fault full: northgate inbound/{FILE}.1.part"


def test_the_words_of_a_scenario_are_listed() -> None:
    shown = gateway("sim", "--scenarios")
    assert (shown.status, shown.err) == (0, "")
    for word, said in (*SCENARIO_WORDS.items(), *WRITTEN_EXPLAINED.items()):
        assert any(line.split() == [word, *said.split()] for line in shown.out.splitlines()), word


def test_a_wrong_scenario_starts_nothing(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[[claim]]\nanswer = 'payed'\n")
    ran = gateway("sim", "--scenario", path, "--state", tmp_path / "sim", home=home)
    assert ran.status == 5
    assert "mine.toml: claim 1, answer: 'payed' is none; want one of paid, denied," in ran.err
    assert not (tmp_path / "sim" / "host_key").exists()


def test_a_scenario_answers_a_claim_round_by_round(home: Path, tmp_path: Path) -> None:
    port, path = port_of(home), tmp_path / "mine.toml"
    path.write_text("[[claim]]\nmember = 'ZC8820007'\nday = 2026-09-25\nanswer = 'denied-then-paid'\n")
    with simulator(home, tmp_path / "sim", port, "--open", "--scenario", str(path)):
        trust(home)
        assert gateway("deliver", home=home).status == 0
        seen = [fetched(home, tmp_path / "sim" / "northgate") for _ in range(2)]
    assert seen == [{"paid": 19, "denied": 1}, {"paid": 20}]


def fetched(home: Path, box: Path) -> dict[str, int]:
    """Fetch what is put out next, once it is, and give the claims by state."""
    for _ in range(100):
        if any((box / "outbound").glob("*.835")):
            break
        time.sleep(0.1)
    assert gateway("collect", "--now", home=home).status == 0
    assert gateway("post", home=home).status in {0, 1}
    facts = gateway("reconcile", "--json", home=home).facts
    assert facts["holds"]
    claims: dict[str, int] = facts["reconciled"]["claims"]
    return claims


def test_it_plays_the_partners_of_a_home_whatever_their_names_users_and_folders(tmp_path: Path) -> None:
    home = tmp_path / "mine"
    assert gateway("init", home=home).status == 0
    (home / "partners" / "southport.toml").unlink()
    point(home, "northgate")
    profile = (home / "partners" / "northgate.toml").read_text()
    (home / "partners" / "northgate.toml").unlink()
    for old, new in (
        ('\nname = "northgate"', '\nname = "9-acme"'),
        ('\nuser = "northgate"', '\nuser = "ELM/77"'),
        ('"file:keys/northgate"', '"file:keys/of_acme"'),
        ('\noutbound = "inbound"', '\nroot = "/elm"\noutbound = "outbound"\ntemporary_folder = "being_written"'),
        ('\ninbound = "outbound"', '\ninbound = "reports"'),
        ('\narchive = "archive"', '\narchive = "reports/old"'),
    ):
        assert old in profile
        profile = profile.replace(old, new, 1)
    (home / "partners" / "9-acme.toml").write_text(profile)
    for path in (home / "gateway.toml", *(home / "payers").glob("*.toml")):
        path.write_text(re.sub(r'^partner = "\w+"', 'partner = "9-acme"', path.read_text(), flags=re.MULTILINE))
    for words in (("visits", "import", SAMPLE), ("scrub", "run"), ("batch", "seal")):
        ran = gateway(*words, home=home)
        assert ran.status == 0, ran.err
    box = tmp_path / "sim" / "9-acme"
    with simulator(home, tmp_path / "sim", port_of(home, "9-acme"), "--open"):
        trust(home, "9-acme")
        assert gateway("deliver", home=home).status == 0
        assert fetched(home, box) == {"paid": 20}
    assert len(list((box / "archive").iterdir())) == 5
    assert list((box / "outbound").iterdir()) == []
