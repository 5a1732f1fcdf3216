"""What a partner's file may say about how it is reached, and what it may not hold."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from gateway.errors import ConfigError
from gateway.partner import TradingPartner
from gateway.settings import CONFIG_SHIPPED, load

FINGERPRINT = "ABCDEF0123" * 4
PASTED = "c2VjcmV0"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    shutil.copytree(CONFIG_SHIPPED, tmp_path / "home")
    return tmp_path / "home"


def northgate(home: Path, **tables: dict[str, Any]) -> TradingPartner:
    """Load the partner with these keys written into its file; None takes one out."""
    path = home / "partners" / "northgate.toml"
    document = tomlkit.parse(path.read_text())
    for table, keys in tables.items():
        written = document.setdefault(table, tomlkit.table())
        for key, value in keys.items():
            if value is None:
                del written[key]
            else:
                written[key] = value
    path.write_text(tomlkit.dumps(document))
    return load(home).partner("northgate")


def refused(home: Path, **tables: dict[str, Any]) -> str:
    with pytest.raises(ConfigError) as caught:
        northgate(home, **tables)
    said = str(caught.value)
    assert PASTED not in said
    return said


def test_secrets_are_references_and_relative_files_start_at_the_configuration(home: Path) -> None:
    box = northgate(home, mailbox={"passphrase": "cmd:pass show acme", "password": "file:keys/password"}).mailbox
    assert box.key == f"file:{home}/keys/northgate"
    assert box.password == f"file:{home}/keys/password"
    assert box.passphrase == "cmd:pass show acme"


@pytest.mark.parametrize("key", ["key", "password", "passphrase"])
@pytest.mark.parametrize(
    "value", [PASTED, f"plain:{PASTED}", "env:", f"\n-----BEGIN OPENSSH PRIVATE KEY-----\n{PASTED}"]
)
def test_a_secret_pasted_in_place_of_a_reference_is_refused_and_not_repeated(home: Path, key: str, value: str) -> None:
    said = refused(home, mailbox={key: value})
    assert f"mailbox.{key}" in said
    assert "never the secret itself" in said


def test_a_password_will_do_without_a_key_and_neither_will_not(home: Path) -> None:
    assert northgate(home, mailbox={"key": None, "password": "env:ACME"}).mailbox.key == ""
    assert "key or password" in refused(home, mailbox={"password": None})


def test_allowed_addresses_are_addresses_or_networks(home: Path) -> None:
    allowed = ["192.0.2.7", "198.51.100.0/24", "2001:db8::/32"]
    assert northgate(home, mailbox={"allowed_addresses": allowed}).mailbox.allowed_addresses == tuple(allowed)
    for wrong in ("192.0.2.7/24", "sftp.acme.example", ""):
        assert "allowed_addresses" in refused(home, mailbox={"allowed_addresses": [wrong]})


def test_a_server_without_strict_key_exchange_is_put_up_with_for_a_reason(home: Path) -> None:
    assert northgate(home, mailbox={"without_strict_kex": "they update in May"}).mailbox.without_strict_kex
    assert "without_strict_kex" in refused(home, mailbox={"without_strict_kex": "yes"})


def test_host_keys_may_be_several(home: Path) -> None:
    keys = ["SHA256:" + letter * 43 for letter in "AB"]
    assert northgate(home, mailbox={"host_keys": keys}).mailbox.host_keys == tuple(keys)


def test_a_partner_without_pgp_has_none(home: Path) -> None:
    assert northgate(home).pgp is None


def test_companion_guides_lie_beside_the_configuration(home: Path) -> None:
    assert northgate(home).companions == ()
    path = home / "partners" / "northgate.toml"
    path.write_text(f'companions = ["guides/northgate.toml"]\n{path.read_text()}')
    assert load(home).partner("northgate").companions == (home / "guides/northgate.toml",)


def test_reports_are_named_by_more_than_signs_for_anything(home: Path) -> None:
    path = home / "partners" / "northgate.toml"
    text = path.read_text()
    path.write_text(f'reports = ["*_report_*.txt", "day??.rpt"]\n{text}')
    assert load(home).partner("northgate").reports == ("*_report_*.txt", "day??.rpt")
    for wrong in ("*", "*.*", "a*", "", "re port"):
        path.write_text(f'reports = ["{wrong}"]\n{text}')
        with pytest.raises(ConfigError, match="reports"):
            load(home)


def test_pgp_both_ways(home: Path) -> None:
    pgp = northgate(
        home,
        pgp={
            "recipient": FINGERPRINT.lower(),
            "public_keys": "keys/northgate.asc",
            "key": "file:keys/ours.asc",
            "passphrase": "env:OURS",
            "signs": True,
            "signed_by": FINGERPRINT,
        },
    ).pgp
    assert pgp is not None
    assert pgp.recipient == pgp.signed_by == FINGERPRINT
    assert pgp.public_keys == f"{home}/keys/northgate.asc"
    assert pgp.key == f"file:{home}/keys/ours.asc"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({}, "want recipient"),
        ({"recipient": FINGERPRINT}, "want public_keys"),
        ({"recipient": FINGERPRINT, "public_keys": "x", "signs": True}, "want key"),
        ({"public_keys": "x", "signed_by": FINGERPRINT, "recipient": FINGERPRINT}, "want key"),
        ({"key": "env:X", "signs": True}, "want recipient"),
        ({"key": PASTED}, "never the secret itself"),
        ({"recipient": "ABCDEF01", "public_keys": "x"}, "pgp.recipient"),
        ({"recipients": FINGERPRINT}, "there is no such setting"),
    ],
)
def test_pgp_names_what_is_missing(home: Path, keys: dict[str, Any], said: str) -> None:
    assert said in refused(home, pgp=keys)
