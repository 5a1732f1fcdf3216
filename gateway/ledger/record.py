"""Claims to bytes and back: the one translation between a stored row and the nouns."""

from functools import cache

from pydantic import TypeAdapter

from gateway.claim import Claim


@cache
def _claims() -> TypeAdapter[Claim]:
    return TypeAdapter(Claim)


def claim_to_bytes(claim: Claim) -> bytes:
    """Write every field, also those at their default: a default may change, what was billed may not."""
    return _claims().dump_json(claim)


def claim_from_bytes(body: bytes) -> Claim:
    """Read a claim back exactly as it was stored."""
    return _claims().validate_json(body)
