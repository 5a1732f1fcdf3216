"""With real GnuPG and keys made for the session: what goes out can be read, what comes in is whole, ours and signed."""

import logging
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from gateway.errors import ConfigError, GatewayError, PgpRefused
from gateway.partner import PgpPolicy
from gateway.transport.pgp import decrypt, encrypt

pytestmark = pytest.mark.gnupg

PASSPHRASE = "corréct horse"
BODY = b"ISA*00*          *00*          *ZZ*ELMSTREET      ~" * 100
NOBODY = "0" * 40


@dataclass(frozen=True)
class Keys:
    """Ours has a passphrase, theirs none; a stranger's is known to nobody."""

    folder: Path
    fingerprints: dict[str, str]

    def gpg(self, whose: str, *arguments: str, body: bytes = b"") -> bytes:
        """Run gpg as one of them would."""
        passphrase = PASSPHRASE if whose == "us" else ""
        common = ["--batch", "--yes", "--trust-model", "always", "--pinentry-mode", "loopback"]
        command = ["gpg", "--homedir", str(self.folder / whose), *common, "--passphrase", passphrase, *arguments]
        return subprocess.run(command, input=body, check=True, capture_output=True).stdout

    def policy(self, whose: str, other: str) -> PgpPolicy:
        return PgpPolicy(
            recipient=self.fingerprints[other],
            public_keys=str(self.folder / f"{other}.pub"),
            key=f"file:{self.folder / whose}.sec",
            passphrase="env:OURS" if whose == "us" else "",
            signs=True,
            signed_by=self.fingerprints[other],
        )

    @property
    def ours(self) -> PgpPolicy:
        return self.policy("us", "them")

    @property
    def theirs(self) -> PgpPolicy:
        return self.policy("them", "us")


@pytest.fixture(scope="session")
def keys() -> Iterator[Keys]:
    if shutil.which("gpg") is None or shutil.which("gpgconf") is None:
        pytest.skip("GnuPG is not here: install gnupg to run this")
    # Not below pytest's folder: the path of an agent's socket has to be short.
    folder = Path(tempfile.mkdtemp(prefix="gpg"))
    made = Keys(folder, {})
    for whose in ("us", "them", "stranger"):
        home = folder / whose
        home.mkdir(mode=0o700)
        (home / "gpg-agent.conf").write_text("s2k-count 65536\n")
        made.gpg(whose, "--quick-generate-key", whose, "ed25519", "sign,cert", "never")
        listed = made.gpg(whose, "--with-colons", "--list-keys").decode().splitlines()
        made.fingerprints[whose] = next(line.split(":")[9] for line in listed if line.startswith("fpr"))
        made.gpg(whose, "--quick-add-key", made.fingerprints[whose], "cv25519", "encr", "never")
        (folder / f"{whose}.pub").write_bytes(made.gpg(whose, "--armor", "--export"))
        secret = folder / f"{whose}.sec"
        secret.touch(0o600)
        secret.write_bytes(made.gpg(whose, "--armor", "--export-secret-keys"))
    for whose, other in (("us", "them"), ("them", "us"), ("stranger", "us")):
        made.gpg(whose, "--import", body=(folder / f"{other}.pub").read_bytes())
    yield made
    for whose in made.fingerprints:
        subprocess.run(["gpgconf", "--homedir", str(folder / whose), "--kill", "all"], check=False)
    shutil.rmtree(folder, ignore_errors=True)


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


def test_what_we_send_is_what_they_read_with_plain_gpg_and_signed_by_us(keys: Keys, home: Path) -> None:
    encrypted = sent(keys.ours, home)
    assert b"ISA*" not in encrypted
    status = keys.folder / "status"
    assert keys.gpg("them", "--status-file", str(status), "--decrypt", body=encrypted) == BODY
    assert f"VALIDSIG {keys.fingerprints['us']}" in status.read_text()


def test_what_they_send_with_plain_gpg_is_what_we_read(keys: Keys, home: Path) -> None:
    for more in ([], ["--armor"], ["--compress-algo", "zlib"], ["--compress-algo", "none"]):
        signed = keys.gpg("them", *more, "--sign", "--encrypt", "--recipient", "us", body=BODY)
        assert read(keys.ours, home, signed) == BODY


def test_an_armored_file_is_text(keys: Keys, home: Path) -> None:
    assert sent(replace(keys.ours, armored=True), home).startswith(b"-----BEGIN PGP MESSAGE-----")


def test_a_file_that_is_not_to_be_signed_needs_no_key_of_ours(keys: Keys, home: Path) -> None:
    encrypted = sent(replace(keys.ours, key="", passphrase="", signs=False), home)
    assert read(replace(keys.theirs, signed_by=""), home, encrypted) == BODY
    assert "there is: no signature" in fails(keys.theirs, home, encrypted)


def test_the_signature_of_another_is_not_theirs(keys: Keys, home: Path) -> None:
    body = keys.gpg("stranger", "--sign", "--encrypt", "--recipient", "us", body=BODY)
    assert "no public key" in fails(keys.ours, home, body)
    both = keys.folder / "both.pub"
    both.write_bytes(b"".join((keys.folder / f"{one}.pub").read_bytes() for one in ("them", "stranger")))
    assert keys.fingerprints["stranger"] in fails(replace(keys.ours, public_keys=str(both)), home, body)
    assert read(replace(keys.ours, signed_by=""), home, body) == BODY


def test_what_was_signed_and_not_encrypted_is_refused_whoever_signed(keys: Keys, home: Path) -> None:
    signed = keys.gpg("them", "--sign", body=BODY)
    assert "not encrypted" in fails(keys.ours, home, signed)
    assert "not encrypted" in fails(replace(keys.ours, signed_by=""), home, signed)


@pytest.mark.parametrize("body", [b"", BODY, BODY * 1000, b"\x85\x01\x0c", b"-----BEGIN PGP MESSAGE-----\n\nAAAA\n"])
def test_what_is_no_message_is_refused(keys: Keys, home: Path, body: bytes) -> None:
    assert "not encrypted, or is damaged" in fails(keys.ours, home, body)


def test_a_message_for_another_is_refused_with_the_key_it_is_for(keys: Keys, home: Path) -> None:
    body = keys.gpg("us", "--encrypt", "--recipient", "them", body=BODY)
    assert "which is not ours" in fails(keys.ours, home, body)


def test_a_message_cut_or_changed_anywhere_is_refused(keys: Keys, home: Path) -> None:
    whole = sent(keys.theirs, home)
    policies = (keys.ours, replace(keys.ours, signed_by=""))
    for place in range(0, len(whole), len(whole) // 6):
        for policy in policies:
            fails(policy, home, whole[:place])
            changed = whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :]
            fails(policy, home, changed)


def test_a_message_that_unpacks_to_more_than_it_may_is_cut_off(keys: Keys, home: Path) -> None:
    """S11 for PGP: 20 MB of zeros in 30 kB."""
    bomb = keys.gpg("them", "--encrypt", "--sign", "--recipient", "us", body=bytes(20_000_000))
    assert len(bomb) < 100_000
    for policy in (keys.ours, replace(keys.ours, signed_by="")):
        assert "holds more than 1000 bytes" in fails(policy, home, bomb, size_max=1000)


def test_a_message_of_exactly_the_most_is_read(keys: Keys, home: Path) -> None:
    encrypted = sent(keys.theirs, home)
    assert read(keys.ours, home, encrypted, size_max=len(BODY)) == BODY
    assert "holds more than" in fails(keys.ours, home, encrypted, size_max=len(BODY) - 1)


def test_two_messages_in_one_are_not_one_file(keys: Keys, home: Path) -> None:
    one = sent(keys.theirs, home)
    fails(keys.ours, home, one + one)
    fails(replace(keys.ours, signed_by=""), home, one + one)


def test_a_passphrase_that_is_wrong_or_missing_is_ours_to_correct(keys: Keys, home: Path) -> None:
    encrypted = sent(keys.theirs, home)
    for policy in (keys.ours, replace(keys.ours, passphrase="")):
        assert "passphrase" in fails(policy, home, encrypted, ConfigError, passphrase="wrong")
        with pytest.raises(ConfigError, match="passphrase"):
            sent(policy, home, passphrase="wrong")


def test_keys_that_are_not_there_are_ours_to_correct(keys: Keys, home: Path) -> None:
    for policy, said in (
        (replace(keys.ours, recipient=NOBODY), f"holds no key {NOBODY}"),
        (replace(keys.ours, public_keys="/no/such/file"), "cannot be read"),
        (replace(keys.ours, key=f"file:{keys.folder / 'nothing'}"), "cannot be opened"),
        (replace(keys.ours, key="cmd:echo not a key"), "no private key that gpg can read"),
        (replace(keys.ours, key=f"cmd:cat {keys.folder / 'us.pub'}"), "no private key that gpg can read"),
    ):
        for body in (BODY, BODY * 1000):
            with pytest.raises(ConfigError, match=said):
                sent(policy, home, body)
    fails(replace(keys.ours, signed_by=NOBODY), home, b"x", ConfigError)


def test_a_private_key_that_others_can_read_is_refused(keys: Keys, home: Path) -> None:
    seen = keys.folder / "seen.sec"
    shutil.copyfile(keys.folder / "us.sec", seen)
    seen.chmod(0o640)
    assert "0640" in fails(replace(keys.ours, key=f"file:{seen}"), home, b"x", ConfigError)


def test_a_key_that_has_expired_encrypts_nothing(keys: Keys, home: Path) -> None:
    folder = keys.folder / "late"
    folder.mkdir(mode=0o700)
    late = Keys(keys.folder, {})
    late.gpg("late", "--faked-system-time", "20200101T000000!", "--quick-generate-key", "late", "rsa2048", "encr", "1d")
    listed = late.gpg("late", "--with-colons", "--list-keys").decode().splitlines()
    fingerprint = next(line.split(":")[9] for line in listed if line.startswith("fpr"))
    (keys.folder / "late.pub").write_bytes(late.gpg("late", "--export"))
    policy = replace(keys.ours, recipient=fingerprint, public_keys=str(keys.folder / "late.pub"))
    for body in (BODY, BODY * 1000):
        with pytest.raises(ConfigError, match="see whether that key has expired"):
            sent(policy, home, body)
    subprocess.run(["gpgconf", "--homedir", str(folder), "--kill", "all"], check=False)


def test_where_gpg_is_not_installed_the_message_says_so(
    keys: Keys, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ConfigError, match="apt-get install gnupg"):
        sent(keys.ours, home)


def test_a_data_folder_too_deep_for_the_agent_is_told(keys: Keys, home: Path) -> None:
    with pytest.raises(ConfigError, match="too long for gpg"):
        sent(keys.ours, home / ("d" * 100))
    (home / ("d" * 100)).rmdir()


def test_a_home_is_ours_alone_holds_no_plaintext_and_is_gone_with_its_agent(keys: Keys, home: Path) -> None:
    """A program that gives the passphrase looks at what is there meanwhile."""
    seen = keys.folder / "seen"
    look = f"""cmd:sh -c 'stat -c "%a" {home}/pgp-* > {seen}; echo "{PASSPHRASE}"'"""
    read(replace(keys.ours, passphrase=look), home, sent(keys.theirs, home))
    assert seen.read_text() == "700\n"
    assert list(home.iterdir()) == []
    assert agents(home) == []


def test_what_a_killed_process_has_left_is_swept_and_what_is_in_use_is_not(keys: Keys, home: Path) -> None:
    (home / "pgp-left").mkdir()
    (home / "pgp-left" / "private-keys-v1.d").mkdir()
    seen = keys.folder / "seen"
    inner = f"""cmd:sh -c 'ls {home} > {seen}; echo "{PASSPHRASE}"'"""
    sent(replace(keys.ours, passphrase=inner), home)
    assert len(seen.read_text().split()) == 1
    assert "left" not in seen.read_text()


def test_the_log_holds_nothing_of_a_key_a_passphrase_or_a_file(
    keys: Keys, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        read(keys.ours, home, sent(keys.theirs, home))
        sent(keys.ours, home)
    canaries = [PASSPHRASE, "ISA*", *(keys.folder / "us.sec").read_text().splitlines()[2:-1]]
    assert not [one for one in canaries if one in caplog.text]


def test_gpg_is_told_nothing_of_our_environment(keys: Keys, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """S49: it is started with two variables, which a program put in its place writes down."""
    fake = home / "bin"
    fake.mkdir()
    gpg = fake / "gpg"
    gpg.write_text(f"#!/bin/sh\nenv > {keys.folder}/environment\nexit 1\n")
    gpg.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake}:{os.environ['PATH']}")
    monkeypatch.setenv("GATEWAY_SECRET", "c2VjcmV0")
    with pytest.raises(ConfigError, match="does not work"):
        sent(keys.ours, home)
    assert "c2VjcmV0" not in (keys.folder / "environment").read_text()
    shutil.rmtree(fake)
