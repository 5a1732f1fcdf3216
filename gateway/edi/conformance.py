"""The one function through which each outgoing interchange is judged before it is sealed."""

from typing import Final

from gateway.edi.envelope import interchanges
from gateway.edi.second_opinion import Fault, opinion
from gateway.errors import InboundWireError, OutboundWireError

_SHOWN_MAX: Final = 10


def check(raw: bytes) -> tuple[Fault, ...]:
    """Give what is wrong with an interchange, by place and code; empty when it conforms."""
    try:
        interchanges(raw)
    except InboundWireError as wrong:
        return (Fault(f"segment {wrong.ordinal} of the file", wrong.said),)
    return opinion(raw)


def judge(raw: bytes) -> None:
    """Raise OutboundWireError with the places if the interchange does not conform."""
    faults = check(raw)
    if not faults:
        return
    shown = "; ".join(map(str, faults[:_SHOWN_MAX]))
    more = f"; and {len(faults) - _SHOWN_MAX} more" if len(faults) > _SHOWN_MAX else ""
    raise OutboundWireError(f"the interchange does not conform: {shown}{more}; nothing was sealed; correct the claims")
