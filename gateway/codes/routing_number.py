"""ABA routing transit number: nine digits, the last a check digit (BPR07 and BPR13 of the 835, with qualifier 01)."""

from typing import Final

_DIGITS: Final = 9


def is_routing_number(text: str) -> bool:
    """Tell whether `text` is nine digits of which the weights 3, 7, 1 make a sum that ends in 0."""
    if len(text) != _DIGITS or not (text.isascii() and text.isdigit()):
        return False
    # A digit's byte is 48 more than the digit; 48 times all weights is 48 * 33, whose last place is 4.
    digits = text.encode()
    return (3 * sum(digits[::3]) + 7 * sum(digits[1::3]) + sum(digits[2::3])) % 10 == 4  # noqa: PLR2004 as told above
