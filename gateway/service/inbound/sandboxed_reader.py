"""The process that `gateway.service.trial` starts: it reads bytes from standard input, and ends.

Its exit status says how, and nothing else leaves it. Limits of memory and processor time are set before a byte is read.
"""

import resource
import sys
from importlib import import_module
from typing import Final

from gateway.errors import InboundWireError

READ: Final = 0
OUT_OF_MEMORY: Final = 12

_LOOKED_AFTER: Final = (
    InboundWireError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    LookupError,
    AssertionError,
    RuntimeError,
)


def main(reader: str, processor_seconds: str, memory_bytes: str) -> int:
    """Read with `module:function` within the limits. Gives READ also where the bytes were refused."""
    # At the soft limit it is ended with a signal that says so; at the hard one it would just be killed.
    resource.setrlimit(resource.RLIMIT_CPU, (int(processor_seconds), int(processor_seconds) + 1))
    for which, limit in (
        (resource.RLIMIT_AS, int(memory_bytes)),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        resource.setrlimit(which, (limit, limit))
    module, _, name = reader.partition(":")
    read = getattr(import_module(module), name)
    try:
        read(sys.stdin.buffer.read())
    except MemoryError:
        return OUT_OF_MEMORY
    except _LOOKED_AFTER:
        # Reading came to an end. What it means is decided where the bytes are read again.
        return READ
    return READ


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
