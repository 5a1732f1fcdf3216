"""ZIP codes of the United States (N403 of every guide): five digits, or nine without a hyphen."""

from typing import Final

_ZIP: Final = 5
_ZIP_PLUS_4: Final = 9

_LOWEST: Final = "00501"


def is_zip(text: str) -> bool:
    """Tell whether `text` has the shape of a ZIP code, with or without its four further digits."""
    return len(text) in (_ZIP, _ZIP_PLUS_4) and text.isascii() and text.isdigit() and text[:_ZIP] >= _LOWEST


def is_zip_plus_4(text: str) -> bool:
    """Tell whether `text` has all nine digits, as the billing provider's must (loop 2010AA N403 of 005010X222A1)."""
    return len(text) == _ZIP_PLUS_4 and is_zip(text)
