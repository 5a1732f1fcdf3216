"""Claims to bytes and back: the one translation between a stored row and the nouns."""

from collections.abc import Callable
from functools import cache

from gateway.claim import Claim
from gateway.document import Stored, parsed, reader_of, written


@cache
def _reader() -> Callable[[Stored], Claim]:
    return reader_of(Claim)


def claim_to_bytes(claim: Claim) -> bytes:
    """Write every field, also those at their default: a default may change, what was billed may not."""
    return written(claim)


def claim_from_bytes(body: bytes) -> Claim:
    """Read a claim back exactly as it was stored; it was checked when it was made."""
    return _reader()(parsed(body))
