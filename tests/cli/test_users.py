"""Accounts at the command line: a key made once, every command asked of every role, and decisions of two by two keys."""

import json
import os
import pwd
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import pytest

from gateway.accounts import RIGHTS, Right, Role
from gateway.cli.face import credentials
from gateway.cli.face.commands import gateway as root
from gateway.cli.face.rights import NEEDS, OPEN, right_of
from gateway.cli.face.run import run
from gateway.errors import ConfigError
from gateway.ledger import migrate
from tests.e2e.command import ROOT, gateway

DECIDED = ("--reason", "test")
PEOPLE = {role: role.value.replace("-", "") for role in Role}


def commands(at: click.Command = root, path: tuple[str, ...] = ()) -> Iterator[str]:
    if isinstance(at, click.Group):
        for name in at.list_commands(click.Context(at)):
            found = at.get_command(click.Context(at), name)
            assert found is not None
            yield from commands(found, (*path, name))
    else:
        yield " ".join(path)


def test_every_command_says_which_right_it_needs_or_why_none() -> None:
    every = set(commands())
    for command in every:
        right_of(command)
    assert set(NEEDS) <= every
    assert [one for one in OPEN if one not in every and not any(each.startswith(f"{one} ") for each in every)] == []
    assert all(OPEN.values())


WORDS: Mapping[str, tuple[str, ...]] = {
    "visits show": ("V-1",),
    "visits import": (str(ROOT / "samples/visits/claims-only.csv"),),
    "visits fix": ("V-1", "--set", "onset=2026-01-01", *DECIDED),
    "scrub explain": ("V-1",),
    "deliveries show": ("F",),
    "deliveries cancel": ("F", *DECIDED),
    "deliveries countersign": ("F", *DECIDED),
    "deliveries export": ("F", "--to", "{tmp}/out.837", *DECIDED),
    "deliveries not-uploaded": ("F", *DECIDED),
    "deliveries readdress": ("F", *DECIDED),
    "deliveries release": ("F", *DECIDED),
    "deliveries resend": ("F", *DECIDED),
    "deliveries uploaded": ("F", "--evidence", "x", *DECIDED),
    "inbox show": ("1",),
    "inbox ignore": ("1", *DECIDED),
    "inbox import": (str(ROOT / "samples/835/two_claims.edi"), "--partner", "nobody", *DECIDED),
    "inbox reprocess": ("1", *DECIDED),
    "inbox export": ("1", "--to", "{tmp}/out.835"),
    "claims show": ("C",),
    "claims close": ("C", *DECIDED),
    "claims resubmit": ("C", *DECIDED),
    "claims void": ("C", *DECIDED),
    "claims withdraw": ("C", *DECIDED),
    "denials show": ("C",),
    "denials bill-patient": ("C", *DECIDED),
    "remits show": ("1",),
    "remits enter": ("--payer", "P", "--trace", "T", "--amount", "1", "--paid-on", "2026-11-02", *DECIDED),
    "remits unpost": ("1", "--claim", "C", *DECIDED),
    "money show": ("1",),
    "money alias": ("P", "Q", *DECIDED),
    "money close": ("1", *DECIDED),
    "money investigate": ("1", *DECIDED),
    "money place": ("1", "C", *DECIDED),
    "money return": ("1", *DECIDED),
    "partners check": ("nobody",),
    "partners pause": ("nobody", *DECIDED),
    "partners rename": ("nobody", "other", *DECIDED),
    "partners renumber": ("nobody", "--to", "5000", *DECIDED),
    "partners resume": ("nobody", *DECIDED),
    "partners trust": ("nobody",),
    "schedule again": DECIDED,
    "schedule run": ("scrub",),
    "schedule pause": ("backup", *DECIDED),
    "schedule resume": ("backup", *DECIDED),
    "serve": ("--once",),
    "users add": ("zoe", "--person", "Zoe", "--role", "biller", "--os-user", "zoe", "--no-key", *DECIDED),
    "users change": ("nobody", "--no-limit", *DECIDED),
    "users disable": ("nobody", *DECIDED),
    "users rotate": ("nobody", *DECIDED),
    "backup": ("--to", "{tmp}/backups"),
    "db upgrade": (),
}
"""What a command has to be given so that it comes as far as asking who is there."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A practice with an account of each role, known by keys."""
    where = tmp_path_factory.mktemp("practice") / "home"
    assert gateway("init", home=where).status == 0
    key = ""
    for role in (Role.ADMIN, *(one for one in Role if one is not Role.ADMIN)):
        file = where.parent / f"{role}.key"
        words = ("users", "add", PEOPLE[role], "--person", f"A {role}", "--role", role, "--key-file", file)
        by = ("--by", "Ada") if not key else ()
        made = gateway(*words, *by, *DECIDED, home=where, GATEWAY_KEY=key)
        assert made.status == 0, made.err
        key = key or file.read_text().strip()
        assert file.read_text().strip() not in made.out + made.err
    return where


def key_of(home: Path, role: Role) -> str:
    return (home.parent / f"{role}.key").read_text().strip()


REFUSED = re.compile(r"account \w+ \([a-z-]+\) may not ")


@pytest.mark.parametrize("role", list(Role))
def test_every_command_is_let_through_by_the_roles_that_have_its_right_and_by_no_other(
    role: Role, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GATEWAY_KEY", key_of(home, role))
    wrong = []
    for command, right in NEEDS.items():
        words = [word.replace("{tmp}", str(tmp_path)) for word in WORDS.get(command, ())]
        status = run(["--home", str(home), *command.split(), *words])
        said = capsys.readouterr().err
        is_refused = bool(REFUSED.search(said))
        if is_refused is (right in RIGHTS[role]) or (is_refused and status != 2) or "Missing" in said:
            wrong.append((command, status, said))
    assert wrong == []


def test_options_that_do_more_ask_for_more(home: Path) -> None:
    for option in ("--release", "--hold", "--recover"):
        ran = gateway("reconcile", option, *DECIDED, home=home, GATEWAY_KEY=key_of(home, Role.BILLER))
        assert "may not run the ledger" in ran.err, (option, ran)
    freed = gateway("reconcile", "--free", "C", *DECIDED, home=home, GATEWAY_KEY=key_of(home, Role.BILLER))
    assert "may not" not in freed.err
    looked = gateway("reconcile", "--free", "C", *DECIDED, home=home, GATEWAY_KEY=key_of(home, Role.AUDITOR))
    assert "may not decide files" in looked.err
    unbilled = gateway(
        "visits", "fix", "V-1", "--do-not-bill", *DECIDED, home=home, GATEWAY_KEY=key_of(home, Role.CLINICIAN)
    )
    assert "may not decide claims" in unbilled.err


def test_an_older_ledger_is_upgraded_by_init_only_for_who_runs_it(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(migrate, "newest", lambda: "9999")
    monkeypatch.setenv("GATEWAY_KEY", key_of(home, Role.BILLER))
    assert run(["--home", str(home), "init"]) == 2
    assert "may not run the ledger" in capsys.readouterr().err


def test_open_commands_ask_nobody(home: Path) -> None:
    for words in (("rules", "list"), ("docs",), ("visits", "schema"), ("db", "current"), ("policies", "list")):
        assert gateway(*words, home=home).status == 0


def test_without_a_key_nobody_works_and_a_wrong_one_is_not_told(home: Path) -> None:
    nobody = gateway("claims", "list", home=home, HOME="/nonexistent")
    assert nobody.status == 2
    assert "no key is at hand" in nobody.err
    wrong = gateway("claims", "list", home=home, GATEWAY_KEY="gwk.biller.guess")
    assert wrong.status == 2
    assert "the key is nobody's" in wrong.err
    assert "guess" not in wrong.err


def test_by_is_the_account_and_may_be_left_out(home: Path) -> None:
    another = gateway(
        "money", "alias", "HLTH1", "77001", "--by", "bo", *DECIDED, home=home, GATEWAY_KEY=key_of(home, Role.BILLER)
    )
    assert another.status == 2
    assert "you are known as biller" in another.err
    as_job = gateway(
        "money",
        "alias",
        "HLTH1",
        "77001",
        "--by",
        "gateway",
        *DECIDED,
        home=home,
        GATEWAY_KEY=key_of(home, Role.BILLER),
    )
    assert (as_job.status, "you are known as biller" in as_job.err) == (2, True)
    named = gateway("money", "alias", "HLTH1", "77001", *DECIDED, home=home, GATEWAY_KEY=key_of(home, Role.BILLER))
    assert named.status == 0, named.err
    told = gateway("tail", "--json", home=home, GATEWAY_KEY=key_of(home, Role.AUDITOR))
    (event,) = [one for one in map(json.loads, told.out.splitlines()) if one.get("kind") == "payer.named"]
    assert (event["actor"], event["account"], event["way"]) == ("biller", "biller", "key")


def test_an_account_is_changed_by_who_runs_the_accounts(home: Path) -> None:
    admin = key_of(home, Role.ADMIN)
    words = ("users", "add", "sam", "--person", "Sam", "--role", "biller", "--os-user", "sam", "--no-key", *DECIDED)
    assert gateway(*words, home=home, GATEWAY_KEY=admin).status == 0
    ran = gateway(
        "users", "change", "sam", "--role", "auditor", "--limit", "250", *DECIDED, home=home, GATEWAY_KEY=admin
    )
    assert (ran.status, ran.out) == (0, "account sam is changed: auditor; decides up to 250.00 dollars\n")
    listed: Any = gateway("users", "list", "--json", home=home, GATEWAY_KEY=key_of(home, Role.FRONT_DESK)).facts
    (sam,) = [one for one in listed["accounts"] if one["name"] == "sam"]
    assert (sam["roles"], sam["limit"], sam["os_user"]) == (["auditor"], "250.00", "sam")
    both = gateway("users", "change", "sam", "--limit", "1", "--no-limit", *DECIDED, home=home, GATEWAY_KEY=admin)
    assert "contradict each other" in both.err


def test_a_key_file_is_its_owners_alone(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(key_of(home, Role.AUDITOR) + "\n")
    file.chmod(0o644)
    open_to_others = gateway("claims", "list", home=home, GATEWAY_KEY_FILE=str(file))
    assert open_to_others.status == 5
    assert f"chmod 600 {file}" in open_to_others.err
    file.chmod(0o600)
    assert gateway("claims", "list", home=home, GATEWAY_KEY_FILE=str(file)).status == 0
    os.mkfifo(tmp_path / "pipe", 0o600)
    piped = gateway("claims", "list", home=home, GATEWAY_KEY_FILE=str(tmp_path / "pipe"))
    assert (piped.status, "is no file" in piped.err) == (5, True)


@pytest.mark.parametrize("name", ["GATEWAY_KEY", "GATEWAY_KEY_COMMAND", "GATEWAY_KEY_FILE"])
def test_a_way_that_is_named_and_gives_no_key_is_not_passed_over(home: Path, tmp_path: Path, name: str) -> None:
    empty = tmp_path / "key"
    empty.touch(0o600)
    value = {"GATEWAY_KEY": " ", "GATEWAY_KEY_COMMAND": "true", "GATEWAY_KEY_FILE": str(empty)}[name]
    ran = gateway("claims", "list", home=home, **{name: value})  # type: ignore[arg-type]
    assert (ran.status, f"{name} is set, and gives no key" in ran.err) == (5, True)


def test_an_agent_gives_the_key_and_its_failure_is_told_without_it(home: Path) -> None:
    key = key_of(home, Role.AUDITOR)
    assert gateway("claims", "list", home=home, GATEWAY_KEY_COMMAND=f"printf '%s\\n' {key}").status == 0
    failed = gateway("claims", "list", home=home, GATEWAY_KEY_COMMAND=f"sh -c 'echo {key}; exit 1'")
    assert failed.status == 5
    assert key not in failed.err


def test_the_users_own_file_is_read_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = tmp_path / "gateway" / "key"
    usual.parent.mkdir()
    usual.write_text("gwk.ana.file\n")
    usual.chmod(0o600)
    assert credentials.offered({"XDG_CONFIG_HOME": str(tmp_path)}).key == "gwk.ana.file"
    assert credentials.offered({"XDG_CONFIG_HOME": str(tmp_path), "GATEWAY_KEY": "gwk.ana.env"}).key == "gwk.ana.env"
    monkeypatch.setenv("LOGNAME", "somebody-else")
    monkeypatch.setenv("USER", "somebody-else")
    assert credentials.offered({"XDG_CONFIG_HOME": "/nonexistent"}).os_user != "somebody-else"
    with pytest.raises(ConfigError, match="cannot be read"):
        credentials.offered({"GATEWAY_KEY_FILE": str(tmp_path / "none")})


def test_a_user_of_the_machine_is_an_account_without_a_key(home: Path) -> None:
    me = pwd.getpwuid(os.geteuid()).pw_name
    admin = key_of(home, Role.ADMIN)
    words = ("users", "add", "cron", "--person", "The night's work", "--role", "auditor", "--os-user", me, "--no-key")
    assert gateway(*words, *DECIDED, home=home, GATEWAY_KEY=admin).status == 0
    assert gateway("claims", "list", home=home, HOME="/nonexistent").status == 0
    assert gateway("users", "disable", "cron", *DECIDED, home=home, GATEWAY_KEY=admin).status == 0
    assert gateway("claims", "list", home=home, HOME="/nonexistent").status == 2


def test_accounts_are_listed_with_roles_and_rights_and_no_key(home: Path) -> None:
    listed: Any = gateway("users", "list", "--json", home=home, GATEWAY_KEY=key_of(home, Role.ADMIN)).facts
    assert {one["name"] for one in listed["accounts"]} >= set(PEOPLE.values())
    assert sorted(listed["roles"]["admin"]) == sorted([Right.RUN_ACCOUNTS, Right.SEE_ACCOUNTS, Right.SEE_LOG])
    assert "gwk." not in json.dumps(listed)
    assert "argon2" not in json.dumps(listed)
    page = gateway("users", "list", home=home, GATEWAY_KEY=key_of(home, Role.ADMIN)).out
    assert (
        "auditor: reconcile, see accounts, see claims and money, see files and partners, see the log, see visits"
        in page
    )


def test_a_key_that_cannot_be_kept_makes_no_account(home: Path, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine")
    words = ("users", "add", "late", "--person", "Late", "--role", "biller", "--key-file", taken, *DECIDED)
    ran = gateway(*words, home=home, GATEWAY_KEY=key_of(home, Role.ADMIN))
    assert ran.status == 2
    assert taken.read_text() == "mine"
    listed: Any = gateway("users", "list", "--json", home=home, GATEWAY_KEY=key_of(home, Role.ADMIN)).facts
    assert "late" not in {one["name"] for one in listed["accounts"]}


def test_a_practice_without_accounts_works_as_before_and_doctor_says_what_that_means(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert gateway("init", home=home).status == 0
    assert gateway("claims", "list", home=home, HOME="/nonexistent").status == 0
    nameless = gateway("money", "alias", "HLTH1", "77001", *DECIDED, home=home)
    assert nameless.status == 2
    assert "--by NAME" in nameless.err
    assert "whoever can run commands here may do everything" in gateway("doctor", home=home).out
    first = gateway(
        "users", "add", "ana", "--person", "Ana Reyes", "--role", "biller", "--by", "Ana", *DECIDED, home=home
    )
    assert first.status == 2
    assert "--role admin too" in first.err
