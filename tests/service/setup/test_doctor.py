"""What doctor says of the keys and secrets that a partner's file refers to."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gateway.clock import Clock
from gateway.codes.table import codes_folder
from gateway.partner import MailboxAddress, MailboxKind, PgpPolicy, TradingPartner
from gateway.service.partners.calls import pause, resume
from gateway.service.setup.doctor import Check, Health, _partner, _partners, _tables
from gateway.settings import CONFIG_SHIPPED, load
from gateway.standing import Standing, StandingState
from tests.contract.openssh import SshKeys
from tests.edi.guide.test_overlay import DATED, overlay_file
from tests.people import NOW
from tests.servers.gnupg_keys import PASSPHRASE, Keys
from tests.service.clinic import partner as folder_partner
from tests.service.homes import begun, office_in

NOT_TO_BE_SHOWN = "c2VjcmV0"
CLOCK = Clock(read=lambda: datetime(2026, 11, 26, tzinfo=UTC), zone=ZoneInfo("UTC"))
PINNED = ("SHA256:" + "A" * 43,)


@pytest.fixture
def partner() -> TradingPartner:
    return load(CONFIG_SHIPPED).partner("northgate")


def test_tables_are_told_with_their_age_and_how_to_bring_newer_ones(tmp_path: Path) -> None:
    settings = replace(load(CONFIG_SHIPPED), home=tmp_path)
    told = {one.what: one for one in _tables(settings, CLOCK)}
    assert told["table countries"].health is Health.GOOD
    assert told["table adjustment_reasons"].health is Health.LOOK
    assert told["table adjustment_reasons"].fix == "gateway codes import carc FILE"
    assert "shipped; it ended 2026-10-31: it only warns" in told["table adjustment_reasons"].said
    codes_folder(tmp_path).mkdir()
    (codes_folder(tmp_path) / "ptp.csv").write_text("code\n")
    (bad,) = _tables(settings, CLOCK)
    assert bad.health is Health.BAD
    assert "ptp.csv" in bad.said


def looked(partner: TradingPartner, home: Path) -> tuple[Check, ...]:
    checks = tuple(_partner(partner, home))
    assert not [check for check in checks if NOT_TO_BE_SHOWN in check.said + check.fix]
    assert all(check.fix for check in checks if check.health is not Health.GOOD)
    return checks


def reached(partner: TradingPartner, **changes: str) -> TradingPartner:
    box: MailboxAddress = replace(partner.mailbox, kind=MailboxKind.SFTP, host_keys=PINNED, **changes)  # type: ignore[arg-type]
    return replace(partner, mailbox=box)


@pytest.mark.openssh
def test_a_mailbox_whose_secrets_can_be_had_is_well(partner: TradingPartner, ssh_keys: SshKeys, tmp_path: Path) -> None:
    key, password = f"file:{ssh_keys.path('client')}", f"cmd:echo {NOT_TO_BE_SHOWN}"
    for changes in ({"key": key}, {"key": "", "password": "env:PATH"}, {"key": key, "password": "env:PATH"}):
        assert [check.health for check in looked(reached(partner, **changes), tmp_path)] == [Health.GOOD]
    assert [check.health for check in tuple(_partner(reached(partner, key="", password=password), tmp_path))] == [
        Health.GOOD
    ]


def test_a_secret_that_cannot_be_had_is_bad_and_says_how_to_mend_it(partner: TradingPartner, tmp_path: Path) -> None:
    seen = tmp_path / "password"
    seen.write_text(NOT_TO_BE_SHOWN)
    seen.chmod(0o644)
    for changes, said in (
        ({"key": f"file:{tmp_path}/none"}, "is not there"),
        ({"key": f"file:{seen}"}, "0644"),
        ({"key": "", "password": f"file:{seen}"}, "mailbox password"),
        ({"key": "", "password": "env:NO_SUCH_VARIABLE"}, "NO_SUCH_VARIABLE is not set"),
        ({"key": "", "password": "cmd:false"}, "failed with status 1"),
    ):
        (check,) = looked(reached(partner, **changes), tmp_path)
        assert check.health is Health.BAD
        assert said in check.said


@pytest.mark.parametrize(
    ("standing", "health", "said", "fix"),
    [
        (Standing(partner="northgate"), Health.GOOD, "pinned", ""),
        (
            Standing(partner="northgate", state=StandingState.REFUSED, reason="login refused", since=NOW, failures=1),
            Health.BAD,
            "it refused us since 2026-11-16 15:00 UTC: login refused",
            "gateway partners resume northgate",
        ),
        (
            Standing(
                partner="northgate", state=StandingState.PAUSED, actor="Ana Reyes", reason="portal down", since=NOW
            ),
            Health.LOOK,
            "by Ana Reyes: portal down",
            "gateway partners resume northgate",
        ),
        (
            Standing(partner="northgate", failures=4, since=NOW),
            Health.LOOK,
            "the last 4 calls failed",
            "gateway partners check northgate",
        ),
    ],
)
def test_a_partner_that_is_not_called_is_never_said_to_be_well(
    partner: TradingPartner,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    standing: Standing,
    health: Health,
    said: str,
    fix: str,
) -> None:
    monkeypatch.setenv("NORTHGATE_PASSWORD", NOT_TO_BE_SHOWN)
    called = reached(partner, key="", password="env:NORTHGATE_PASSWORD")
    (check,) = _partner(called, tmp_path, standing)
    assert (check.health, said in check.said, fix in check.fix) == (health, True, True)


def test_how_a_partner_stands_is_read_from_the_ledger(tmp_path: Path, database_url: str) -> None:
    box = tmp_path / "box"
    box.mkdir()
    settings = begun(tmp_path / "home", database_url, folder_partner("north", mailbox={"root": str(box)}))
    assert [check.health for check in _partners(settings)] == [Health.GOOD]
    with office_in(settings, actor="Ana Reyes") as office:
        pause(office, "north", reason="portal down")
        assert [(check.health, "portal down" in check.said) for check in _partners(settings)] == [(Health.LOOK, True)]
        resume(office, "north", reason="portal up")
    assert [check.health for check in _partners(settings)] == [Health.GOOD]
    box.rmdir()
    unreadable = replace(settings, database_url=f"sqlite:///{tmp_path / 'none' / 'ledger.db'}")
    assert [check.health for check in _partners(unreadable)] == [Health.BAD]


@pytest.mark.parametrize(
    ("guide", "segment", "health", "said"),
    [
        ("005010X222A1", "K3", Health.GOOD, "companion.toml (005010X222A1), 1 change(s)"),
        ("005010X222A1", "XYZ", Health.BAD, "companion.toml, change 1: there is no such thing"),
        ("005010X999", "K3", Health.BAD, "companion.toml: there is no guide 005010X999"),
    ],
)
def test_a_companion_guide_is_laid_over_its_guide(
    partner: TradingPartner, tmp_path: Path, guide: str, segment: str, health: Health, said: str
) -> None:
    file = overlay_file(
        tmp_path, f'guide = "{guide}"\n[[change]]\nloop = "2300"\nsegment = "{segment}"\nusage = "R"\n{DATED}'
    )
    (told,) = [one for one in looked(replace(partner, companions=(file,)), tmp_path) if "companion" in one.what]
    assert told.health is health
    assert said in told.said
    assert health is Health.GOOD or "companions of partners/northgate.toml" in told.fix


@pytest.fixture
def home() -> Iterator[Path]:
    """Not below pytest's folder: the path of an agent's socket has to be short."""
    folder = Path(tempfile.mkdtemp(prefix="gwd"))
    yield folder
    shutil.rmtree(folder)


@pytest.mark.gnupg
def test_pgp_is_tried_with_the_keys_that_are_named(
    partner: TradingPartner, pgp_keys: Keys, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = replace(partner, mailbox=replace(partner.mailbox, kind=MailboxKind.FOLDER, root=str(home)))

    def said(policy: PgpPolicy) -> tuple[Health, str]:
        check = looked(replace(folder, pgp=policy), home)[0]
        return check.health, check.said

    monkeypatch.setenv("OURS", PASSPHRASE)
    health, told = said(pgp_keys.ours)
    assert health is Health.GOOD
    assert pgp_keys.ours.recipient in told
    assert said(replace(pgp_keys.ours, recipient="", signs=False))[0] is Health.GOOD
    assert said(replace(pgp_keys.ours, key="", passphrase="", signs=False, signed_by=""))[0] is Health.GOOD
    monkeypatch.setenv("OURS", NOT_TO_BE_SHOWN)
    for policy in (pgp_keys.ours, replace(pgp_keys.ours, recipient="", signs=False)):
        health, told = said(policy)
        assert health is Health.BAD
        assert "passphrase" in told
