"""Exit statuses: one table for every command."""

from collections.abc import Iterable
from enum import IntEnum
from typing import Final

from gateway import errors


class Status(IntEnum):
    """What a command's exit status says."""

    DONE = 0
    NEEDS_A_PERSON = 1
    USAGE = 2
    UNUSABLE_INPUT = 3
    PARTNER_REFUSED = 4
    NOT_READY = 5
    BUSY = 6
    OUR_BUG = 70
    NOT_REACHED = 75
    INTERRUPTED = 130
    STOPPED = 143


EXPLAINED: Final[dict[Status, str]] = {
    Status.DONE: "done",
    Status.NEEDS_A_PERSON: "done, and something needs a person: findings, holds, money set aside, a law broken",
    Status.USAGE: "the command was called wrongly, or asked for what does not exist; nothing changed",
    Status.UNUSABLE_INPUT: "the input cannot be used: not X12, unreadable, wrong columns",
    Status.PARTNER_REFUSED: "the partner refused: login, host key, permission, quota",
    Status.NOT_READY: "the configuration or the database is not ready",
    Status.BUSY: "another process holds the lock; try again in a moment",
    Status.OUR_BUG: "our bug; a crash file without patient data says where; --debug shows it",
    Status.NOT_REACHED: "the partner was not reached; try again later",
    Status.INTERRUPTED: "interrupted from the keyboard; what was done stays done",
    Status.STOPPED: "told to stop (SIGTERM); what was done stays done, and the next call goes on from there",
}

_OF_ERRORS: Final[tuple[tuple[type[errors.GatewayError], Status], ...]] = (
    (errors.ConfigError, Status.NOT_READY),
    (errors.IntakeError, Status.UNUSABLE_INPUT),
    (errors.InboundWireError, Status.UNUSABLE_INPUT),
    (errors.ConversionRefused, Status.UNUSABLE_INPUT),
    (errors.UsageError, Status.USAGE),
    (errors.OutboundWireError, Status.OUR_BUG),
    (errors.OutOfBalance, Status.NEEDS_A_PERSON),
    (errors.PartnerRefusal, Status.PARTNER_REFUSED),
    (errors.PgpRefused, Status.UNUSABLE_INPUT),
    (errors.LineLost, Status.NOT_REACHED),
    (errors.NotReached, Status.NOT_REACHED),
    (errors.LedgerRefusal, Status.UNUSABLE_INPUT),
    (errors.LedgerConflict, Status.BUSY),
)


def status_of(error: errors.GatewayError) -> Status:
    """Give the status that an error ends a command with."""
    return next((status for kind, status in _OF_ERRORS if isinstance(error, kind)), Status.NEEDS_A_PERSON)


def worst(problems: Iterable[errors.GatewayError | None], *, attention: bool) -> Status:
    """Give the status of a round: the first there is of refused, not reached, not ready, and what a person looks at."""
    statuses = [status_of(problem) for problem in problems if problem is not None]
    for status in (Status.PARTNER_REFUSED, Status.NOT_REACHED, Status.NOT_READY):
        if status in statuses:
            return status
    return statuses[0] if statuses else Status.NEEDS_A_PERSON if attention else Status.DONE
