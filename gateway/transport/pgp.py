"""PGP for partners that ask for it inside SFTP: what is sent is encrypted, what comes is decrypted and its signer checked.

GnuPG does it, over pipes: no plaintext touches a disk. Each use has a GnuPG home of its own with only the keys of that
partner in it, below a folder of ours.
"""

import logging
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

import gnupg

from gateway.errors import ConfigError, PgpRefused
from gateway.partner import PgpPolicy
from gateway.transport.pgp_home import gnupg_home, surroundings
from gateway.transport.secret import read_key, read_secret

GPG_SECONDS: Final = 120.0
"""How long one run of gpg may take."""

_KEYS_MAX: Final = 1024 * 1024
# Nothing is looked up or fetched; the fingerprint in the profile is the trust; a passphrase is never asked of a person.
_OPTIONS: Final = (
    "--no-options", "--no-auto-key-locate", "--no-auto-key-retrieve", "--disable-dirmngr", "--no-auto-check-trustdb",
    "--trust-model", "always", "--pinentry-mode", "loopback",
)  # fmt: skip
_LOCKED: Final = ("NEED_PASSPHRASE ", "MISSING_PASSPHRASE", "BAD_PASSPHRASE", "Bad passphrase")
_SIGNATURE_PROBLEMS: Final = ("signature", "signing key", "no public key", "unexpected")


def encrypt(body: bytes, policy: PgpPolicy, folder: Path, *, partner: str, environment: Mapping[str, str]) -> bytes:
    """Encrypt a file for the partner, and sign it if its profile says so. Two calls never give the same bytes.

    folder  of ours, on the data folder's disk, in which the GnuPG home is made

    Raises ConfigError for whatever fails: both keys are in our hands.
    """
    where = f"partner {partner}, pgp"
    with gnupg_home(folder, where) as home:
        gpg = _Gpg(home, where)
        gpg.import_public(policy, policy.recipient)
        signer, passphrase = gpg.import_ours(policy, environment) if policy.signs else (None, None)
        made = gpg.encrypt(
            body, policy.recipient, sign=signer, always_trust=True, passphrase=passphrase, armor=policy.armored
        )
        encrypted = bytes(made.data)
        if made.returncode or not made.ok:
            raise ConfigError(
                f"{where}: gpg does not encrypt for {policy.recipient} ({_said(made)}); nothing was sent; see whether that "
                f"key has expired or is not for encryption" + (", and our passphrase" if signer else "")
            )
        return encrypted


def decrypt(
    body: bytes, policy: PgpPolicy, folder: Path, size_max: int, *, partner: str, environment: Mapping[str, str]
) -> bytes:
    """Decrypt a file from the partner, and check its signer if its profile names one.

    folder    of ours, on the data folder's disk, in which the GnuPG home is made
    size_max  bytes that may come out: a few encrypted ones can hold very many

    Raises ConfigError (our key or passphrase), PgpRefused (theirs: not for us, damaged, too long, not signed as agreed).
    """
    where = f"partner {partner}, pgp"
    with gnupg_home(folder, where) as home:
        gpg = _Gpg(home, where)
        _, passphrase = gpg.import_ours(policy, environment)
        if policy.signed_by:
            gpg.import_public(policy, policy.signed_by)
        limits = ["--max-output", str(size_max + 1)]
        found = gpg.decrypt(
            body,
            always_trust=True,
            passphrase=passphrase,
            extra_args=limits if policy.signed_by else [*limits, "--skip-verify"],
        )
        _require_whole(found, size_max, where)
        if policy.signed_by:
            _require_signer(found, policy.signed_by, where)
        if found.returncode:  # gpg calls it decrypted even where it has given only a part of it
            raise PgpRefused(
                f"{where}: the file is damaged ({_said(found)}); it is set aside; ask them to send it again"
            )
        return bytes(found.data)


def try_keys(policy: PgpPolicy, folder: Path, *, partner: str, environment: Mapping[str, str]) -> None:
    """See that we can encrypt for the partner, and read what is encrypted for us. Raises ConfigError unless we can."""
    if policy.recipient:
        encrypt(b"a trial", policy, folder, partner=partner, environment=environment)
    where = f"partner {partner}, pgp"
    if policy.key:
        with gnupg_home(folder, where) as home:
            gpg = _Gpg(home, where)
            ours, passphrase = gpg.import_ours(policy, environment)
            if policy.signed_by:
                gpg.import_public(policy, policy.signed_by)
            made = gpg.encrypt(b"a trial", ours, always_trust=True)
            if gpg.decrypt(made.data, passphrase=passphrase).data != b"a trial":
                raise ConfigError(
                    f"{where}: what is encrypted for our key {ours} is not read with it ({_said(made)}); nobody could send "
                    f"us anything; see whether it has expired or is not for encryption, and whether its passphrase is right"
                )


def _require_whole(found: gnupg.Crypt, size_max: int, where: str) -> None:
    """Raise unless all of it was encrypted for us, undamaged, and is one file of at most `size_max` bytes."""
    if len(found.data) > size_max or "exceeded --max-output limit" in found.stderr:
        raise PgpRefused(f"{where}: the file holds more than {size_max} bytes; it is set aside, nothing of it was used")
    if not found.ok and any(mark in found.stderr for mark in _LOCKED):
        raise ConfigError(f"{where}: our key is not opened by the passphrase; correct passphrase; nothing was used")
    if "NO_SECKEY" in found.stderr and not found.ok:
        raise PgpRefused(
            f"{where}: the file is encrypted for key {found.key_id}, which is not ours; it is set aside; give the partner "
            f"our public key again"
        )
    if not found.ok or "DECRYPTION_FAILED" in found.stderr:
        raise PgpRefused(
            f"{where}: the file is not encrypted, or is damaged ({_said(found)}); it is set aside, nothing of it was used; "
            f"ask them to send it again"
        )
    if found.stderr.count("[GNUPG:] PLAINTEXT ") != 1:
        raise PgpRefused(f"{where}: what is in it is not one file; it is set aside, nothing of it was used")


def _require_signer(found: gnupg.Crypt, wanted: str, where: str) -> None:
    """Raise unless every signature is good and one of them was made by the wanted key."""
    problems = [one["status"] for one in found.problems if one["status"].startswith(_SIGNATURE_PROBLEMS)]
    signers = {one.get("pubkey_fingerprint") for one in found.sig_info.values() if one["status"] == "signature valid"}
    if problems or wanted not in signers:
        seen = ", ".join(problems) or ", ".join(sorted(map(str, signers))) or "no signature"
        raise PgpRefused(
            f"{where}: the file has to be signed by {wanted}, and there is: {seen}; it may be somebody else's; it is set "
            f"aside, nothing of it was used; ask the partner"
        )


def _said(result: gnupg.Crypt) -> str:
    return f"{result.status or 'no reason given'}, status {result.returncode}"


class _Gpg(gnupg.GPG):  # type: ignore[misc]  # it ships no type information
    """GnuPG on one home, whose runs end in time."""

    def __init__(self, home: Path, where: str) -> None:
        # At its lowest level it writes down the beginning of every key that it imports.
        logging.getLogger("gnupg").disabled = True
        self._where = where
        try:
            super().__init__(gnupghome=str(home), options=list(_OPTIONS), env=surroundings())
        except OSError:
            raise ConfigError(f"{where}: gpg is not here; install it: apt-get install gnupg") from None
        except ValueError:
            raise ConfigError(f"{where}: gpg is here but does not work; try: gpg --version") from None

    def import_public(self, policy: PgpPolicy, wanted: str) -> None:
        path = Path(policy.public_keys)
        try:
            with path.open("rb") as opened:
                keys = opened.read(_KEYS_MAX)
        except OSError as error:
            raise ConfigError(
                f"{self._where}: {path} cannot be read ({error.strerror}); put their keys there"
            ) from error
        if wanted not in self.import_keys(keys).fingerprints:
            raise ConfigError(
                f"{self._where}: {path} holds no key {wanted}; get it from the partner, and compare the fingerprint"
            )

    def import_ours(self, policy: PgpPolicy, environment: Mapping[str, str]) -> tuple[str, str | None]:
        """Import our private key; give its fingerprint, and its passphrase, as gpg has to be told it, if it has one."""
        key = read_key(policy.key, where=f"{self._where} key", environment=environment)
        passphrase = None
        if policy.passphrase:
            secret = read_secret(policy.passphrase, where=f"{self._where} passphrase", environment=environment)
            passphrase = secret.encode().decode("latin-1")  # which it is written in, so that UTF-8 arrives
        imported = self.import_keys(key.encode())
        if not imported.sec_read or not imported.fingerprints:
            raise ConfigError(f"{self._where} key: is no private key that gpg can read; export it with --armor")
        return imported.fingerprints[0], passphrase

    def _handle_io(
        self,
        args: list[str],
        fileobj_or_path: IO[bytes],
        result: gnupg.Crypt,
        passphrase: str | None = None,
        binary: bool = False,  # noqa: FBT001, FBT002  its signature
    ) -> gnupg.Crypt:
        # Where gpg ends before it has read everything, what it has said till then is in the result.
        with suppress(BrokenPipeError):
            super()._handle_io(args, fileobj_or_path, result, passphrase, binary)
        return result

    def _collect_output(
        self,
        process: subprocess.Popen[bytes],
        result: object,
        writer: threading.Thread | None = None,
        stdin: IO[bytes] | None = None,
    ) -> int:
        limit = threading.Timer(GPG_SECONDS, process.kill)
        limit.start()
        try:
            status: int = super()._collect_output(process, result, writer, stdin)
        finally:
            limit.cancel()
        return status
