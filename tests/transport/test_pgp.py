"""With real GnuPG and keys made for the session: what goes out can be read, what comes in is whole, ours and signed."""

import logging
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.errors import ConfigError, GatewayError, PgpRefused
from gateway.partner import PgpPolicy
from gateway.transport.pgp import decrypt, encrypt
from tests.servers.gnupg_keys import PASSPHRASE, Keys

pytestmark = pytest.mark.gnupg

BODY = b"ISA*00*          *00*          *ZZ*ELMSTREET      ~" * 100
NOBODY = "0" * 40


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder in which homes are made; whatever a test did, none is left and no agent lives."""
    folder = Path(tempfile.mkdtemp(prefix="gwy"))
    yield folder
    left = [path.name for path in folder.iterdir()]
    shutil.rmtree(folder)
    assert left == []


def sent(policy: PgpPolicy, home: Path, body: bytes = BODY, passphrase: str = PASSPHRASE) -> bytes:
    return encrypt(body, policy, home, partner="acme", environment={"OURS": passphrase})


def read(policy: PgpPolicy, home: Path, body: bytes, size_max: int = 1_000_000, passphrase: str = PASSPHRASE) -> bytes:
    return decrypt(body, policy, home, size_max, partner="acme", environment={"OURS": passphrase})


def fails(policy: PgpPolicy, home: Path, body: bytes, error: type[GatewayError] = PgpRefused, **more: int | str) -> str:
    with pytest.raises(error) as caught:
        read(policy, home, body, **more)  # type: ignore[arg-type]
    said = str(caught.value)
    assert said.startswith("partner acme, pgp")
    assert not any(secret in said for secret in (PASSPHRASE, "ISA*"))
    return said


def agents(home: Path) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(home).encode() in path.read_bytes():
                found.append(path.parent.name)
        except OSError:
            continue
    return found


def test_what_we_send_is_what_they_read_with_plain_gpg_and_signed_by_us(pgp_keys: Keys, home: Path) -> None:
    encrypted = sent(pgp_keys.ours, home)
    assert b"ISA*" not in encrypted
    status = pgp_keys.folder / "status"
    assert pgp_keys.gpg("them", "--status-file", str(status), "--decrypt", body=encrypted) == BODY
    assert f"VALIDSIG {pgp_keys.fingerprints['us']}" in status.read_text()


def test_what_they_send_with_plain_gpg_is_what_we_read(pgp_keys: Keys, home: Path) -> None:
    for more in ([], ["--armor"], ["--compress-algo", "zlib"], ["--compress-algo", "none"]):
        signed = pgp_keys.gpg("them", *more, "--sign", "--encrypt", "--recipient", "us", body=BODY)
        assert read(pgp_keys.ours, home, signed) == BODY


def test_an_armored_file_is_text(pgp_keys: Keys, home: Path) -> None:
    assert sent(replace(pgp_keys.ours, armored=True), home).startswith(b"-----BEGIN PGP MESSAGE-----")


def test_a_file_that_is_not_to_be_signed_needs_no_key_of_ours(pgp_keys: Keys, home: Path) -> None:
    encrypted = sent(replace(pgp_keys.ours, key="", passphrase="", signs=False), home)
    assert read(replace(pgp_keys.theirs, signed_by=""), home, encrypted) == BODY
    assert "there is: no signature" in fails(pgp_keys.theirs, home, encrypted)


def test_the_signature_of_another_is_not_theirs(pgp_keys: Keys, home: Path) -> None:
    body = pgp_keys.gpg("stranger", "--sign", "--encrypt", "--recipient", "us", body=BODY)
    assert "no public key" in fails(pgp_keys.ours, home, body)
    both = pgp_keys.folder / "both.pub"
    both.write_bytes(b"".join((pgp_keys.folder / f"{one}.pub").read_bytes() for one in ("them", "stranger")))
    assert pgp_keys.fingerprints["stranger"] in fails(replace(pgp_keys.ours, public_keys=str(both)), home, body)
    assert read(replace(pgp_keys.ours, signed_by=""), home, body) == BODY


def test_what_was_signed_and_not_encrypted_is_refused_whoever_signed(pgp_keys: Keys, home: Path) -> None:
    signed = pgp_keys.gpg("them", "--sign", body=BODY)
    assert "not encrypted" in fails(pgp_keys.ours, home, signed)
    assert "not encrypted" in fails(replace(pgp_keys.ours, signed_by=""), home, signed)


@pytest.mark.parametrize("body", [b"", BODY, BODY * 1000, b"\x85\x01\x0c", b"-----BEGIN PGP MESSAGE-----\n\nAAAA\n"])
def test_what_is_no_message_is_refused(pgp_keys: Keys, home: Path, body: bytes) -> None:
    assert "not encrypted, or is damaged" in fails(pgp_keys.ours, home, body)


def test_a_message_for_another_is_refused_with_the_key_it_is_for(pgp_keys: Keys, home: Path) -> None:
    body = pgp_keys.gpg("us", "--encrypt", "--recipient", "them", body=BODY)
    assert "which is not ours" in fails(pgp_keys.ours, home, body)


def test_a_message_cut_or_changed_anywhere_is_refused(pgp_keys: Keys, home: Path) -> None:
    whole = sent(pgp_keys.theirs, home)
    policies = (pgp_keys.ours, replace(pgp_keys.ours, signed_by=""))
    for place in range(0, len(whole), len(whole) // 6):
        for policy in policies:
            fails(policy, home, whole[:place])
            changed = whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :]
            fails(policy, home, changed)


def test_s11_a_message_that_unpacks_to_more_than_it_may_is_cut_off(pgp_keys: Keys, home: Path) -> None:
    """20 MB of zeros in 30 kB."""
    bomb = pgp_keys.gpg("them", "--encrypt", "--sign", "--recipient", "us", body=bytes(20_000_000))
    assert len(bomb) < 100_000
    for policy in (pgp_keys.ours, replace(pgp_keys.ours, signed_by="")):
        assert "holds more than 1000 bytes" in fails(policy, home, bomb, size_max=1000)


def test_a_message_of_exactly_the_most_is_read(pgp_keys: Keys, home: Path) -> None:
    encrypted = sent(pgp_keys.theirs, home)
    assert read(pgp_keys.ours, home, encrypted, size_max=len(BODY)) == BODY
    assert "holds more than" in fails(pgp_keys.ours, home, encrypted, size_max=len(BODY) - 1)


def test_two_messages_in_one_are_not_one_file(pgp_keys: Keys, home: Path) -> None:
    one = sent(pgp_keys.theirs, home)
    fails(pgp_keys.ours, home, one + one)
    fails(replace(pgp_keys.ours, signed_by=""), home, one + one)


def test_a_passphrase_that_is_wrong_or_missing_is_ours_to_correct(pgp_keys: Keys, home: Path) -> None:
    encrypted = sent(pgp_keys.theirs, home)
    for policy in (pgp_keys.ours, replace(pgp_keys.ours, passphrase="")):
        assert "passphrase" in fails(policy, home, encrypted, ConfigError, passphrase="wrong")
        with pytest.raises(ConfigError, match="passphrase"):
            sent(policy, home, passphrase="wrong")


def test_keys_that_are_not_there_are_ours_to_correct(pgp_keys: Keys, home: Path) -> None:
    for policy, said in (
        (replace(pgp_keys.ours, recipient=NOBODY), f"holds no key {NOBODY}"),
        (replace(pgp_keys.ours, public_keys="/no/such/file"), "cannot be read"),
        (replace(pgp_keys.ours, key=f"file:{pgp_keys.folder / 'nothing'}"), "cannot be opened"),
        (replace(pgp_keys.ours, key="cmd:echo not a key"), "no private key that gpg can read"),
        (replace(pgp_keys.ours, key=f"cmd:cat {pgp_keys.folder / 'us.pub'}"), "no private key that gpg can read"),
    ):
        for body in (BODY, BODY * 1000):
            with pytest.raises(ConfigError, match=said):
                sent(policy, home, body)
    fails(replace(pgp_keys.ours, signed_by=NOBODY), home, b"x", ConfigError)


def test_a_private_key_that_others_can_read_is_refused(pgp_keys: Keys, home: Path) -> None:
    seen = pgp_keys.folder / "seen.sec"
    shutil.copyfile(pgp_keys.folder / "us.sec", seen)
    seen.chmod(0o640)
    assert "0640" in fails(replace(pgp_keys.ours, key=f"file:{seen}"), home, b"x", ConfigError)


def test_a_key_that_has_expired_encrypts_nothing(pgp_keys: Keys, home: Path) -> None:
    folder = pgp_keys.folder / "late"
    folder.mkdir(mode=0o700)
    late = Keys(pgp_keys.folder, {})
    late.gpg("late", "--faked-system-time", "20200101T000000!", "--quick-generate-key", "late", "rsa2048", "encr", "1d")
    listed = late.gpg("late", "--with-colons", "--list-keys").decode().splitlines()
    fingerprint = next(line.split(":")[9] for line in listed if line.startswith("fpr"))
    (pgp_keys.folder / "late.pub").write_bytes(late.gpg("late", "--export"))
    policy = replace(pgp_keys.ours, recipient=fingerprint, public_keys=str(pgp_keys.folder / "late.pub"))
    for body in (BODY, BODY * 1000):
        with pytest.raises(ConfigError, match="see whether that key has expired"):
            sent(policy, home, body)
    subprocess.run(["gpgconf", "--homedir", str(folder), "--kill", "all"], check=False)


def test_where_gpg_is_not_installed_the_message_says_so(
    pgp_keys: Keys, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ConfigError, match="apt-get install gnupg"):
        sent(pgp_keys.ours, home)


def test_a_data_folder_too_deep_for_the_agent_is_told(pgp_keys: Keys, home: Path) -> None:
    with pytest.raises(ConfigError, match="too long for gpg"):
        sent(pgp_keys.ours, home / ("d" * 100))
    (home / ("d" * 100)).rmdir()


def test_every_data_folder_that_is_not_told_to_be_too_deep_works(pgp_keys: Keys, home: Path) -> None:
    """A GnuPG home has 13 characters in its folder, and the longest name of a socket in it 20, with their slashes."""
    longest = 106 - len(str(home)) - 13 - 20 - 1
    for length, works in ((longest, True), (longest + 1, False)):
        folder = home / ("d" * length)
        if works:
            assert read(pgp_keys.theirs, home, sent(pgp_keys.ours, folder)) == BODY
        else:
            with pytest.raises(ConfigError, match="too long for gpg"):
                sent(pgp_keys.ours, folder)
        folder.rmdir()


def test_a_home_is_ours_alone_holds_no_plaintext_and_is_gone_with_its_agent(pgp_keys: Keys, home: Path) -> None:
    """A program that gives the passphrase looks at what is there meanwhile."""
    seen = pgp_keys.folder / "seen"
    look = f"""cmd:sh -c 'stat -c "%a" {home}/pgp-* > {seen}; echo "{PASSPHRASE}"'"""
    read(replace(pgp_keys.ours, passphrase=look), home, sent(pgp_keys.theirs, home))
    assert seen.read_text() == "700\n"
    assert list(home.iterdir()) == []
    assert agents(home) == []


def test_what_a_killed_process_has_left_is_swept_and_what_is_in_use_is_not(pgp_keys: Keys, home: Path) -> None:
    (home / "pgp-left").mkdir()
    (home / "pgp-left" / "private-keys-v1.d").mkdir()
    seen = pgp_keys.folder / "seen"
    inner = f"""cmd:sh -c 'ls {home} > {seen}; echo "{PASSPHRASE}"'"""
    sent(replace(pgp_keys.ours, passphrase=inner), home)
    assert len(seen.read_text().split()) == 1
    assert "left" not in seen.read_text()


def test_the_log_holds_nothing_of_a_key_a_passphrase_or_a_file(
    pgp_keys: Keys, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        read(pgp_keys.ours, home, sent(pgp_keys.theirs, home))
        sent(pgp_keys.ours, home)
    canaries = [PASSPHRASE, "ISA*", *(pgp_keys.folder / "us.sec").read_text().splitlines()[2:-1]]
    assert not [one for one in canaries if one in caplog.text]


def test_s49_gpg_is_told_nothing_of_our_environment(
    pgp_keys: Keys, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is started with two variables, which a program put in its place writes down."""
    fake = home / "bin"
    fake.mkdir()
    gpg = fake / "gpg"
    gpg.write_text(f"#!/bin/sh\nenv > {pgp_keys.folder}/environment\nexit 1\n")
    gpg.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake}:{os.environ['PATH']}")
    monkeypatch.setenv("GATEWAY_SECRET", "c2VjcmV0")
    with pytest.raises(ConfigError, match="does not work"):
        sent(pgp_keys.ours, home)
    assert "c2VjcmV0" not in (pgp_keys.folder / "environment").read_text()
    shutil.rmtree(fake)
