"""X12 5010 as values: segments, envelopes, the 837P that we write and the answers that we read and write.

What is named here is imported when it is asked for: whoever wants a segment needs no guide.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gateway.edi.acknowledging import Acknowledgment, acknowledge

__all__ = ("Acknowledgment", "acknowledge")

_WHERE: Final = {
    "Acknowledgment": "gateway.edi.acknowledging",
    "acknowledge": "gateway.edi.acknowledging",
}


def __getattr__(name: str) -> object:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_WHERE[name]), name)
