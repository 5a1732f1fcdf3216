"""The habits of bad servers, by name: what each does wrong, to be played by the lying SFTP server of the tests."""

from collections.abc import Mapping
from typing import Final

from tests.transport.paramiko_server import Behaviour, Lie, Manner

KEEPING: Final[tuple[str, ...]] = ()
GREEDY: Final[tuple[str, ...]] = (".837",)
"""What the partner takes away at once: nothing, or whatever has a final name."""

VERBS: Final = ("look", "create", "write", "close", "rename")
"""The requests of a delivery. (The server offers no fsync; OpenSSH does.)"""


def never_renames() -> Behaviour:
    """F29: every rename is refused, and nothing is done."""
    return Behaviour(refuses={"rename"})


def takes_temporary_names() -> Behaviour:
    """F31: the partner takes up a file as soon as it is closed, whatever its name."""
    return Behaviour(takes=(".part", ".837"))


def write_only() -> Behaviour:
    """F33: a drop box that tells nothing: no look, no list, no reading."""
    return Behaviour(refuses={"look", "list", "open"})


ONCE: Final[Mapping[str, Lie]] = {
    "f22 a quota told only at the close": Lie("close", Manner.REFUSED),
    "f22 a file kept and denied at the close": Lie("close", Manner.DENIED),
    "f23 a short write acknowledged": Lie("write", Manner.SHORT),
    "f23 a write acknowledged and dropped": Lie("write", Manner.PRETENDED),
    "f24 one byte too many told after the upload": Lie("look", Manner.LARGER, nth=2, about=".part"),
    "f24 absence told after the upload": Lie("look", Manner.ABSENT, nth=2, about=".part"),
    "f25 a rename refused once": Lie("rename", Manner.REFUSED),
    "f26 a rename done and denied": Lie("rename", Manner.DENIED),
    "f27 a line cut before a rename": Lie("rename", Manner.CUT_BEFORE),
    "f27 a line cut after a rename": Lie("rename", Manner.CUT_AFTER),
    "f28 a rename pretended": Lie("rename", Manner.PRETENDED),
    "f34 a create done and denied": Lie("create", Manner.DENIED),
    "f35 silence at a write": Lie("write", Manner.HUNG_BEFORE),
    "f35 silence at a write that was done": Lie("write", Manner.HUNG_AFTER),
    "f35 silence at a close": Lie("close", Manner.HUNG_BEFORE),
    "f35 silence at a close that was done": Lie("close", Manner.HUNG_AFTER),
    "f35 silence at a rename": Lie("rename", Manner.HUNG_BEFORE),
    "f35 silence at a rename that was done": Lie("rename", Manner.HUNG_AFTER),
}
"""Lies told once, after which the server is honest. By the fault of the matrix."""
