"""National Provider Identifier: ten digits, the last a check digit (45 CFR 162.406; ISO 7812 with the prefix 80840)."""

from typing import Final

from stdnum import luhn

_ISSUER: Final = "80840"
"""80 for health applications, 840 for the United States: the check digit is reckoned over it and the number."""

_DIGITS: Final = 10


def is_npi(text: str) -> bool:
    """Tell whether `text` can be an NPI: ten digits, the first 1 or 2, with a right check digit."""
    well_formed = len(text) == _DIGITS and text.isascii() and text.isdigit() and text[0] in "12"
    return well_formed and bool(luhn.is_valid(_ISSUER + text))
