"""To which account a provider adjustment (PLB03-1) goes, and whether anybody has to act on it."""

import pytest

from gateway.desk import Account
from gateway.remit.accounts import account_of, is_booked, meets


@pytest.mark.parametrize(
    ("code", "account", "booked"),
    [
        ("WO", "recovered", False),
        ("FB", "carried forward", False),
        ("L6", "interest", True),
        ("IR", "tax withheld", True),
        ("72", "refund acknowledged", False),
        ("CS", "adjustment", False),
        ("AP", "advance", False),
        ("B2", "rebate", True),
        ("50", "late charge", True),
        ("LE", "levy", False),
        ("CT", "capitation", True),
        ("ZZ", "other", False),
        ("", "other", False),
    ],
)
def test_each_reason_has_its_account(code: str, account: str, *, booked: bool) -> None:
    assert account_of(code) == account
    assert is_booked(account_of(code)) is booked


def test_what_is_carried_forward_meets_what_is_recovered_and_all_else_its_own() -> None:
    assert meets(Account.CARRIED_FORWARD) == meets(Account.RECOVERED) == Account.RECOVERED
    others = set(Account) - {Account.CARRIED_FORWARD, Account.RECOVERED}
    assert {one: meets(one) for one in others} == {one: one for one in others}
