"""Whether the engine's hot modules run as machine code: a wheel of `./run build --compiled` carries both (`hatch_build.py`)."""

from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec
from typing import Final

_HOTTEST: Final = "gateway.edi.follow.walk"
"""All of them are compiled together, or none is."""


def is_compiled() -> bool:
    """Tell whether this Python takes the compiled modules, without loading them."""
    found = find_spec(_HOTTEST)
    return found is not None and str(found.origin).endswith(tuple(EXTENSION_SUFFIXES))
