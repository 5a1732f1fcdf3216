"""National Provider Identifier: ten digits, the last a check digit (45 CFR 162.406; ISO 7812 with the prefix 80840)."""

from typing import Final

_DIGITS: Final = 10

_ISSUER: Final = 24
"""What the prefix adds to the sum: 80 for health applications, 840 for the United States; 8 + 0 + 8 + 2 * 4 + 0."""

_DOUBLED: Final = bytes.maketrans(b"0123456789", b"0246813579")
"""Every second digit counts twice, its own digits added (8 becomes 16 becomes 7)."""


def is_npi(text: str) -> bool:
    """Tell whether `text` can be an NPI: ten digits, the first 1 or 2, with a right check digit."""
    if len(text) != _DIGITS or text[0] not in "12" or not (text.isascii() and text.isdigit()):
        return False
    # A digit's byte is 48 more than the digit, ten times 48 ends in 0, and only the last place of the sum is asked for.
    digits = text.encode()
    return (_ISSUER + sum(digits[1::2]) + sum(digits[::2].translate(_DOUBLED))) % 10 == 0
