"""Who may do what: accounts, their roles, and the rights of each role as one table.

A practice has no accounts until somebody makes the first one; then every command asks who is there. A person has as many
roles as a small practice gives them. Least privilege follows 45 CFR 164.308(a)(4) and 164.312(a)(1), a person's own
account 164.312(a)(2)(i).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What somebody does in the practice."""

    BILLER = "biller"
    CLINICIAN = "clinician"
    FRONT_DESK = "front-desk"
    PRACTICE_MANAGER = "practice-manager"
    OPERATOR = "operator"
    """Who keeps it running: files, partners, the ledger as a whole. Decides no claim and no money."""
    AUDITOR = "auditor"
    """Looks at everything, changes nothing."""
    ADMIN = "admin"
    """Who decides who has an account, and nothing else."""


class Right(StrEnum):
    """What a command needs. Each command needs one."""

    SEE_VISITS = "see visits"
    SEE_MONEY = "see claims and money"
    SEE_FILES = "see files and partners"
    SEE_LOG = "see the log"
    SEE_ACCOUNTS = "see accounts"
    RECONCILE = "reconcile"
    TAKE_IN = "take visits in"
    CORRECT = "correct visits"
    SEND = "seal and send"
    POST = "collect and post"
    DECIDE_CLAIMS = "decide claims"
    DECIDE_MONEY = "decide money"
    DECIDE_FILES = "decide files"
    TAKE_OUT = "take files out"
    RUN_PARTNERS = "run partners"
    RUN_SERVICE = "run the service"
    RUN_LEDGER = "run the ledger"
    RUN_ACCOUNTS = "run accounts"


_SEE: Final = frozenset(
    {Right.SEE_VISITS, Right.SEE_MONEY, Right.SEE_FILES, Right.SEE_LOG, Right.SEE_ACCOUNTS, Right.RECONCILE}
)
_BILL: Final = _SEE | {
    Right.TAKE_IN,
    Right.CORRECT,
    Right.SEND,
    Right.POST,
    Right.DECIDE_CLAIMS,
    Right.DECIDE_MONEY,
    Right.DECIDE_FILES,
}
RIGHTS: Final[Mapping[Role, frozenset[Right]]] = {
    Role.BILLER: _BILL,
    Role.CLINICIAN: frozenset({Right.SEE_VISITS, Right.SEE_ACCOUNTS, Right.CORRECT}),
    Role.FRONT_DESK: frozenset({Right.SEE_VISITS, Right.SEE_ACCOUNTS, Right.TAKE_IN, Right.CORRECT}),
    Role.PRACTICE_MANAGER: _BILL | {Right.TAKE_OUT, Right.RUN_PARTNERS},
    Role.OPERATOR: frozenset(
        {
            Right.SEE_FILES,
            Right.SEE_LOG,
            Right.SEE_ACCOUNTS,
            Right.RECONCILE,
            Right.TAKE_IN,
            Right.SEND,
            Right.POST,
            Right.DECIDE_FILES,
            Right.RUN_PARTNERS,
            Right.RUN_SERVICE,
            Right.RUN_LEDGER,
        }
    ),
    Role.AUDITOR: _SEE,
    Role.ADMIN: frozenset({Right.RUN_ACCOUNTS, Right.SEE_ACCOUNTS, Right.SEE_LOG}),
}
"""The one table of rights. A right that nobody has, or a role without any, is a mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One person's account in one practice.

    name         what they type: short, lower case, one person's alone
    person       their name, as it stands beside their decisions
    os_user      user of the operating system who is this account without a key; empty where nobody is
    limit        dollars that they may decide at once; None is without limit
    disabled_at  since when it lets nobody in; None while it does
    """

    name: str
    person: str
    roles: frozenset[Role]
    os_user: str = ""
    limit: Decimal | None = None
    created_at: datetime
    disabled_at: datetime | None = None

    @property
    def rights(self) -> frozenset[Right]:
        """All that its roles allow."""
        return frozenset().union(*(RIGHTS[role] for role in self.roles))

    def may(self, right: Right) -> bool:
        """Tell whether it is let in and one of its roles has the right."""
        return self.disabled_at is None and right in self.rights

    def may_decide(self, amount: Decimal) -> bool:
        """Tell whether an amount, of either sign, is within its limit of authority."""
        return self.limit is None or abs(amount) <= self.limit


def roles_with(right: Right) -> tuple[Role, ...]:
    """Give the roles that have a right, in order."""
    return tuple(role for role in Role if right in RIGHTS[role])
