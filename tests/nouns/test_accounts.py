"""Roles and rights: one table in which no role is empty and no right is nobody's."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from gateway.accounts import RIGHTS, Account, Right, Role, roles_with

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
ANA = Account(name="ana", person="Ana Reyes", roles=frozenset({Role.BILLER}), created_at=NOW)


def test_every_role_may_something_and_every_right_is_somebodys() -> None:
    assert set(RIGHTS) == set(Role)
    assert all(RIGHTS.values())
    assert all(roles_with(right) for right in Right)


@pytest.mark.parametrize(
    ("right", "roles"),
    [
        (Right.SEE_VISITS, "biller clinician front-desk practice-manager auditor"),
        (Right.SEE_MONEY, "biller practice-manager auditor"),
        (Right.DECIDE_MONEY, "biller practice-manager"),
        (Right.CORRECT, "biller clinician front-desk practice-manager"),
        (Right.TAKE_OUT, "practice-manager"),
        (Right.RUN_LEDGER, "operator"),
        (Right.DECIDE_FILES, "biller practice-manager operator"),
        (Right.RECONCILE, "biller practice-manager operator auditor"),
        (Right.SEE_ACCOUNTS, " ".join(Role)),
        (Right.RUN_ACCOUNTS, "admin"),
    ],
)
def test_who_has_a_right(right: Right, roles: str) -> None:
    assert list(roles_with(right)) == roles.split()


def test_an_auditor_changes_nothing() -> None:
    assert all(right is Right.RECONCILE or right.value.startswith("see ") for right in RIGHTS[Role.AUDITOR])


def test_roles_add_up_and_a_disabled_account_may_nothing() -> None:
    both = replace(ANA, roles=frozenset({Role.BILLER, Role.ADMIN}))
    assert both.may(Right.RUN_ACCOUNTS)
    assert both.may(Right.DECIDE_MONEY)
    assert not ANA.may(Right.RUN_ACCOUNTS)
    assert not replace(both, disabled_at=NOW).may(Right.DECIDE_MONEY)


@pytest.mark.parametrize(
    ("limit", "amount", "wanted"),
    [
        (None, "99999.99", True),
        ("250.00", "250.00", True),
        ("250.00", "250.01", False),
        ("250.00", "-250.01", False),
        ("0.00", "0.00", True),
    ],
)
def test_a_limit_is_of_either_sign(limit: str | None, amount: str, wanted: object) -> None:
    account = replace(ANA, limit=None if limit is None else Decimal(limit))
    assert account.may_decide(Decimal(amount)) is wanted
