"""ed25519 keys for the SFTP door: the server's own, a client's for trying it out, and who may log in.

Private keys are OpenSSH files of mode 0600. Who may log in stands in state/authorized_keys/USER, one public key a line.
"""

import base64
import binascii
import hashlib
import os
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from gateway.errors import ConfigError

HOST_KEY: Final = "host_key"
OTHER_HOST_KEY: Final = "other_host_key"
"""The one that is shown where a fault says so."""
AUTHORIZED: Final = "authorized_keys"
_FIELDS_MIN: Final = 2


def host_key(state: Path, name: str = HOST_KEY) -> Path:
    """Give the server's private key file, made on first use."""
    path = state / name
    if not path.exists():
        make_key_pair(path)
    return path


def make_key_pair(path: Path) -> str:
    """Write a new private key to `path` (it must not exist) and the public one beside it as .pub; give the public line.

    Raises FileExistsError rather than replace a key.
    """
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode("ascii")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(private)
        opened.flush()
        os.fsync(opened.fileno())
    path.with_name(f"{path.name}.pub").write_text(f"{public}\n", encoding="ascii")
    return public


def authorize(state: Path, user: str, public: str) -> None:
    """Let the holder of this public key log in as `user`; once is enough. Raises ConfigError if it is no public key."""
    key = public_key(public)
    if key is None:
        raise ConfigError(
            f"simulator, user {user}: this is no public key of OpenSSH; nobody was let in; give the line of the .pub file"
        )
    path = state / AUTHORIZED / user
    if key in authorized(state, user):
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("a", encoding="ascii") as opened:
        opened.write(" ".join(public.split()[:_FIELDS_MIN]) + "\n")


def authorized(state: Path, user: str) -> frozenset[bytes]:
    """Give the public keys, as SSH writes them, that may log in as `user`; lines that are none are passed over."""
    try:
        lines = (state / AUTHORIZED / user).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return frozenset()
    return frozenset(key for line in lines if (key := public_key(line)) is not None)


def public_key(line: str) -> bytes | None:
    """Read a line such as `ssh-ed25519 AAAA... comment`; None if it is no public key."""
    fields = line.split()
    if len(fields) < _FIELDS_MIN or line.startswith("#"):
        return None
    try:
        blob = base64.b64decode(fields[1], validate=True)
    except (binascii.Error, ValueError):
        return None
    kind = fields[0].encode()
    return blob if blob[4 : 4 + len(kind)] == kind and blob[:4] == len(kind).to_bytes(4, "big") else None


def fingerprint(blob: bytes) -> str:
    """Give `SHA256:...` of a public key, as OpenSSH shows it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode("ascii").rstrip("=")
