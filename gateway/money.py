"""Dollars and cents as Decimal; whole cents in the database; X12 type R on the wire. Never a float."""

from decimal import Decimal, InvalidOperation

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
_CENTS_MAX = 10**15


def dollars(text: str) -> Decimal:
    """Read an amount such as 1234.5, -3 or .75 as dollars and cents.

    Raises ValueError if it is not a plain finite number with at most two decimals; exponents are refused.
    """
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError("not an amount in dollars and cents") from None
    return exact(amount) if "e" not in text.lower() else _refuse()


def exact(amount: Decimal) -> Decimal:
    """Return the same amount with two decimals. Raises ValueError if it is not finite or has fractions of a cent."""
    # NaN and huge exponents must go first: quantize answers them with InvalidOperation.
    if not amount.is_finite() or abs(amount) * 100 >= _CENTS_MAX:
        _refuse()
    rounded = amount.quantize(CENT)
    if rounded != amount:
        _refuse()
    return rounded


def cents(amount: Decimal) -> int:
    """Whole cents of an exact amount. Raises ValueError as `exact` does."""
    return int(exact(amount) * 100)


def from_cents(count: int) -> Decimal:
    """Give the amount of so many cents."""
    return (Decimal(count) / 100).quantize(CENT)


def wire(amount: Decimal) -> str:
    """Write X12 type R: no leading or trailing zeros, no point when whole (5010 appendix B.1.1.3.1.2)."""
    text = f"{exact(amount):f}".rstrip("0").rstrip(".")
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    bare = digits.lstrip("0") or "0"
    return "0" if bare == "0" else sign + bare


def shown(amount: Decimal) -> str:
    """Write for a person: $1,234.50, with the minus in front."""
    return f"-${-amount:,.2f}" if amount < 0 else f"${amount:,.2f}"


def _refuse() -> Decimal:
    raise ValueError("want an amount in dollars and cents, such as 42.50")
