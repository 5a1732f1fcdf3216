"""The configuration that was checked before: read without the checker while it is unchanged, and on any doubt checked anew."""

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from gateway.document import written
from gateway.errors import ConfigError
from gateway.settings import CONFIG_SHIPPED, Settings, load
from gateway.settings.checked import FROM_ENVIRONMENT, KEPT, PREFIX
from gateway.settings.documents import GatewayDocument
from gateway.settings.read import read_whole
from tests.e2e.command import ROOT, environment


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose configuration was checked once, in an environment that overrides nothing."""
    for name in list(os.environ):
        if name.upper().startswith("GATEWAY_"):
            monkeypatch.delenv(name)
    made = tmp_path / "home"
    for source in CONFIG_SHIPPED.rglob("*.toml"):
        target = made / source.relative_to(CONFIG_SHIPPED)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    made.chmod(0o700)
    load(made)
    assert is_kept(made)
    return made


def is_kept(home: Path) -> bool:
    """Whether what is kept is read: in a process that does not have the checker yet."""
    program = (
        "import sys; from pathlib import Path; from gateway.settings import load; load(Path(sys.argv[1]));"
        "sys.exit('pydantic' in sys.modules)"
    )
    given = {name: value for name, value in os.environ.items() if name.upper().startswith("GATEWAY_")}
    ran = subprocess.run(
        [sys.executable, "-c", program, str(home)], cwd=ROOT, env=environment(**given), check=False, capture_output=True
    )
    assert ran.returncode in {0, 1}, ran.stderr
    return ran.returncode == 0


def forge(home: Path) -> None:
    """Let what is kept say something else, whole by its own digest."""
    head, _, body = (home / KEPT).read_bytes().partition(b"\n")
    facts = json.loads(body)
    facts["practice"]["name"] = "Somebody Else"
    changed = json.dumps(facts).encode()
    (home / KEPT).write_bytes(head.split()[0] + b" " + sha256(changed).hexdigest().encode() + b"\n" + changed)


def same(one: Settings, other: Settings) -> bool:
    return one == other and written(one) == written(other)


def test_what_is_kept_is_read_as_the_whole_was(home: Path) -> None:
    assert same(load(home), read_whole(home))


def test_it_is_its_owners_alone_and_holds_neither_the_ledgers_address_nor_the_home(home: Path) -> None:
    path = home / "gateway.toml"
    path.write_text(path.read_text().replace('url = ""', 'url = "postgresql://u:hunter2@db/x"'))
    assert load(home).database_url == "postgresql://u:hunter2@db/x"
    kept = (home / KEPT).read_bytes()
    assert (home / KEPT).stat().st_mode & 0o777 == 0o600
    assert b"hunter2" not in kept
    assert b"postgresql" not in kept
    assert load(home).database_url == "postgresql://u:hunter2@db/x", "read anew from the unchanged file"
    assert is_kept(home)


@pytest.mark.parametrize("name", ["gateway.toml", "waivers.toml", "partners/northgate.toml", "payers/new.toml"])
def test_a_file_that_changed_or_came_is_checked(home: Path, name: str) -> None:
    path = home / name
    path.write_text((path.read_text() if path.exists() else "") + "\nstranger = 1\n")
    with pytest.raises(ConfigError, match=r"stranger|is missing|there is no such setting"):
        load(home)


def test_a_file_that_is_gone_is_noticed(home: Path) -> None:
    (home / "gateway.toml").unlink()
    with pytest.raises(ConfigError, match=r"holds no gateway\.toml"):
        load(home)


def test_the_ledgers_address_of_the_environment_counts_each_time(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GATEWAY_DATABASE__URL", "gateway_database__url"):
        with monkeypatch.context() as patched:
            patched.setenv(name, "sqlite:////elsewhere/x.db")
            assert load(home).database_url == "sqlite:////elsewhere/x.db"
            assert same(load(home), read_whole(home))
            assert is_kept(home)
    monkeypatch.setenv("GATEWAY_DATABASE__URL", "")
    assert load(home).database_url == f"sqlite:///{home / 'gateway.db'}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GATEWAY_PRACTICE__NAME", "Other Clinic"),
        ("gateway_environment", "production"),
        ("GATEWAY_DATABASE", '{"url": "sqlite:////elsewhere/x.db"}'),
        ("GATEWAY_UNKNOWN_PAYER__UNIT_RULE", "cms"),
        ("GATEWAY_STILL_HOLDS", '[{"table": "mue", "by": "Ana", "why": "as agreed"}]'),
    ],
)
def test_whatever_else_the_environment_overrides_is_checked_and_not_kept(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    before, plain = (home / KEPT).read_bytes(), load(home)
    monkeypatch.setenv(name, value)
    assert load(home) != plain
    assert same(load(home), read_whole(home))
    assert (home / KEPT).read_bytes() == before


def test_the_environment_overrides_what_is_known_to_be_overridden() -> None:
    assert set(GatewayDocument.model_fields) == set(FROM_ENVIRONMENT)
    assert GatewayDocument.model_config["env_prefix"].lower() == PREFIX


def test_a_variable_that_is_no_setting_does_not_matter(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_NORTH_PASSWORD", "hunter2")
    assert is_kept(home)


@pytest.mark.parametrize("spoiled", [b"", b"x", b"\xff\xfe\n{}", b"0 0\n{}"])
def test_what_is_torn_is_not_believed_and_made_anew(home: Path, spoiled: bytes) -> None:
    (home / KEPT).write_bytes(spoiled)
    assert same(load(home), read_whole(home))
    assert is_kept(home)


def test_a_body_that_is_not_the_one_kept_is_not_believed(home: Path) -> None:
    kept = (home / KEPT).read_bytes()
    (home / KEPT).write_bytes(kept.replace(b"Elm", b"Oak", 1) if b"Elm" in kept else kept[:-1])
    assert same(load(home), read_whole(home))


def test_what_others_could_have_written_is_not_believed(home: Path) -> None:
    forge(home)
    assert load(home).practice.name == "Somebody Else", "the forgery itself is good: only who could write it tells"
    (home / KEPT).chmod(0o620)
    assert same(load(home), read_whole(home))
    forge(home)
    home.chmod(0o770)
    assert same(load(home), read_whole(home))


def test_a_link_in_its_place_is_not_followed(home: Path, tmp_path: Path) -> None:
    forge(home)
    (home / KEPT).rename(tmp_path / "elsewhere.json")
    (home / KEPT).symlink_to(tmp_path / "elsewhere.json")
    assert same(load(home), read_whole(home))


def test_another_version_checks_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forge(home)
    monkeypatch.setattr("gateway.settings.checked.__version__", "99")
    assert same(load(home), read_whole(home))


def test_a_copied_home_checks_again(home: Path) -> None:
    forge(home)
    moved = home.rename(home.with_name("moved"))
    assert same(load(moved), read_whole(moved))


def test_the_configuration_that_is_shipped_stays_as_it_is() -> None:
    load(CONFIG_SHIPPED)
    assert not (CONFIG_SHIPPED / KEPT).exists()
