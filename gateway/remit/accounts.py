"""What a payer adjusts for the practice as a whole (PLB of 005010X221A1): to which account it goes, and what meets what.

The reason codes are X12's list 2048; what each is for is our reading of sec. 1.10.2.10 and following of the guide.
"""

from typing import Final

from gateway.desk import Account

_ACCOUNTS: Final = {
    "WO": Account.RECOVERED,
    "FB": Account.CARRIED_FORWARD,
    "L6": Account.INTEREST,
    "IR": Account.TAX_WITHHELD,
    "72": Account.REFUND_ACKNOWLEDGED,
    "CS": Account.ADJUSTMENT,
    "AP": Account.ADVANCE,
    "B2": Account.REBATE,
    "50": Account.LATE_CHARGE,
    "LE": Account.LEVY,
    "CT": Account.CAPITATION,
}
_BOOKED: Final = frozenset(
    {Account.INTEREST, Account.TAX_WITHHELD, Account.REBATE, Account.LATE_CHARGE, Account.CAPITATION}
)
"""What they hold is what it says it is: nobody has to do anything."""
_RECOVERY: Final = frozenset({Account.RECOVERED, Account.CARRIED_FORWARD})
"""A reversal that could not be taken from its own payment is carried forward, and recovered from later ones."""


def account_of(code: str) -> Account:
    """Give the account of a PLB03-1."""
    return _ACCOUNTS.get(code, Account.OTHER)


def is_booked(account: Account) -> bool:
    """Tell whether an account needs nobody: interest, tax withheld, rebates, late charges, capitation."""
    return account in _BOOKED


def meets(account: Account) -> Account:
    """Give the account by which entries of this one are known to meet others, of one payer and claim."""
    return Account.RECOVERED if account in _RECOVERY else account
