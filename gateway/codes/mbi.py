"""Medicare Beneficiary Identifiers (CMS, Understanding the MBI format): 11 characters, each place of its own kind."""

import re
from typing import Final

_LETTER: Final = "[AC-HJKMNP-RT-Y]"
"""Not S, L, O, I, B and Z, which look like digits."""
_EITHER: Final = "[0-9AC-HJKMNP-RT-Y]"
_MBI: Final = re.compile(f"[1-9]{_LETTER}{_EITHER}[0-9]{_LETTER}{_EITHER}[0-9]{_LETTER}{_LETTER}[0-9][0-9]", re.ASCII)


def is_mbi(number: str) -> bool:
    """Tell whether a number, in capitals and without hyphens, has the shape of a Medicare card's. There is no check digit."""
    return _MBI.fullmatch(number) is not None
