"""Personal keys: made here once, kept as a hash, asked for by every command of a practice with accounts.

A key names its account, so that one hash is tried and no other. Argon2id with the parameters of OWASP's Password Storage
Cheat Sheet (19 MiB, two passes, one lane); the hash says its own parameters, so that stronger ones can follow.
"""

import os
import secrets
from typing import Final

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

_PREFIX: Final = "gwk"
_BYTES: Final = 32
_SALT: Final = 16
_PASSES: Final = 2
_LANES: Final = 1
_MEMORY: Final = 19 * 1024
"""KiB."""
_PARTS: Final = 3


def new_key(name: str) -> str:
    """Make a key for an account. Nobody can give it again: it is kept nowhere."""
    return f"{_PREFIX}.{name}.{secrets.token_urlsafe(_BYTES)}"


def account_of(key: str) -> str:
    """Give the name of the account that a key is of; empty if it is no key of ours."""
    parts = key.strip().split(".")
    return parts[1] if len(parts) == _PARTS and parts[0] == _PREFIX else ""


def hashed(key: str) -> str:
    """Give what is kept of a key."""
    salt = os.urandom(_SALT)
    kept = Argon2id(salt=salt, length=_BYTES, iterations=_PASSES, lanes=_LANES, memory_cost=_MEMORY)
    return kept.derive_phc_encoded(key.strip().encode())


def is_of(key: str, kept: str) -> bool:
    """Tell whether a key is the one that was kept. Where nothing is kept it takes as long, and it is not."""
    try:
        Argon2id.verify_phc_encoded(key.strip().encode(), kept or _NOBODYS)
    except InvalidKey:
        return False
    return bool(kept)


_NOBODYS: Final = "$argon2id$v=19$m=19456,t=2,p=1$g3bCSAA5g8DDrpEgoBWN1Q$Wbl2W0PODGhKLpLmsNHbKIP0ZcLxipck39uBECSwonI"
"""A hash that is tried where there is none, so that the time does not tell which accounts there are."""
