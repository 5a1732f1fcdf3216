"""PGP keys of three who write to each other, each in a GnuPG home of its own, made once per test session.

Mark the tests that use them with `pytest.mark.gnupg`.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.partner import PgpPolicy

PASSPHRASE = "corréct horse"


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
def pgp_keys() -> Iterator[Keys]:
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
