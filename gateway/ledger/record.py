"""Claims to bytes and back: the one translation between a stored row and the nouns."""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from gateway.claim import Claim, ServiceLine
from gateway.document import Stored, parsed, reader_of, written


@cache
def _reader() -> Callable[[Stored], Claim]:
    return reader_of(Claim)


@cache
def _line_reader() -> Callable[[Stored], ServiceLine]:
    return reader_of(ServiceLine)


class Billed(NamedTuple):
    """What an answer is laid over: the lines of a claim, and by which numbers (NPI, tax id) its provider is paid."""

    lines: tuple[ServiceLine, ...]
    payees: frozenset[str]


def claim_to_bytes(claim: Claim) -> bytes:
    """Write every field, also those at their default: a default may change, what was billed may not."""
    return written(claim)


def claim_from_bytes(body: bytes) -> Claim:
    """Read a claim back exactly as it was stored; it was checked when it was made."""
    return _reader()(parsed(body))


def billed_from_bytes(body: bytes) -> Billed:
    """Read that much of a stored claim; the whole of it takes four times as long."""
    stored, line = parsed(body), _line_reader()
    billing = stored["billing"]
    return Billed(tuple(map(line, stored["lines"])), frozenset({billing["npi"], billing["tax_id"]}))
