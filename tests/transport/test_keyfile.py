from pathlib import Path

import pytest

from gateway.errors import ConfigError
from gateway.transport.keyfile import key_path, read_key


def test_a_file_reference_is_its_path() -> None:
    assert key_path("file:/etc/keys/acme", partner="acme", environment={}) == Path("/etc/keys/acme")


def test_an_environment_reference_is_the_path_that_the_variable_holds() -> None:
    found = key_path("env:ACME_KEY", partner="acme", environment={"ACME_KEY": "/run/secrets/acme"})
    assert found == Path("/run/secrets/acme")


@pytest.mark.parametrize("reference", ["", "file:", "env:", "/etc/keys/acme", "file:keys/acme", "env:UNSET", "vault:x"])
def test_any_other_reference_is_refused_with_the_partners_name(reference: str) -> None:
    with pytest.raises(ConfigError, match="partner acme, mailbox key"):
        key_path(reference, partner="acme", environment={})


def test_a_key_pasted_in_place_of_its_reference_is_not_shown() -> None:
    with pytest.raises(ConfigError) as caught:
        key_path("-----BEGIN OPENSSH PRIVATE KEY-----c2VjcmV0", partner="acme", environment={})
    assert "c2VjcmV0" not in str(caught.value)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620])
def test_a_key_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "key"
    path.write_text("secret")
    path.chmod(mode)
    with pytest.raises(ConfigError, match=f"{mode:04o}") as caught:
        read_key(path, partner="acme")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_key_that_is_ours_alone_is_read(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "key"
    path.write_text("secret")
    path.chmod(mode)
    assert read_key(path, partner="acme") == "secret"


def test_an_absent_key_or_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be opened"):
        read_key(tmp_path / "absent", partner="acme")
    with pytest.raises(ConfigError, match="is not a file"):
        read_key(tmp_path, partner="acme")
