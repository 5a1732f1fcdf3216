"""Tell a repetition of an interchange from another one of the same number."""

import io
from hashlib import sha256
from typing import Final

from gateway.edi.wire.segment import decode
from gateway.edi.wire.stream import Stream
from gateway.errors import InboundWireError

_TOLD: Final = {"GS": (1, 2, 3, 6, 8)}
"""What counts of a segment: of GS all but when the group was made. What a trailer says was counted."""
_TRAILERS: Final = frozenset({"GE", "IEA"})


def fingerprint(raw: bytes, place: int) -> str:
    """Give a hash of what is in the interchange whose ISA is that segment of the file, from 1.

    It is the same wherever the interchange stands, however it is delimited and whatever stands between its segments: sender,
    receiver, usage, date and time (ISA06, 08, 15, 09, 10), TA1, GS and all of every set. Raises InboundWireError if no
    interchange begins there.
    """
    stream, ordinal = Stream(io.BytesIO(raw)), 0
    while (header := stream.header()) is not None:
        ordinal += 1
        is_it = ordinal == place
        hashed = sha256(repr([header.elements[at - 1].strip() for at in (6, 8, 15, 9, 10)]).encode())
        for text in stream.texts:
            ordinal += 1
            segment = decode(text, header.marks)
            if is_it and segment.id not in _TRAILERS:
                told = _TOLD.get(segment.id)
                hashed.update(repr(segment if told is None else [segment.at(at) for at in told]).encode())
            if segment.id == "IEA":
                break
        if is_it:
            return hashed.hexdigest()
    raise InboundWireError(ordinal=place, said="no interchange begins there")
