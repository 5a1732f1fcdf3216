"""What docs/operator.md promises an operator who rehearses each fault; the rehearsals keep it to that."""

from typing import Final, NamedTuple

from gateway.cli.face.status import Status
from gateway.delivery import Delivery
from gateway.simulator.faults import EXPLAINED, Fault, pattern

AT_ONCE: Final = "at once"
THIRD: Final = "the third time"
OVERDUE: Final = "when its answer is overdue"
NO: Final = "no"

_AGAIN: Final = "gateway deliver --now (it looks first)"
_ROOM: Final = "ask them; gateway deliver; once it is held, the fifth time: gateway deliveries release FILE --by NAME --reason TEXT"
_RENAMING: Final = f"{_ROOM}; for later files: gateway partners check NAME"
_ASK_TWO: Final = (
    "ask them; gateway deliveries resend FILE --by NAME --approved-by ANOTHER --reason TEXT; "
    "with purges_temporary = true in the profile it is held at once"
)


class Promise(NamedTuple):
    """What comes of it. `command` is the first that meets the fault; `state` the file's after it; `played` how it is asked for."""

    command: str
    status: Status
    state: Delivery
    wakes: str
    then: str
    played: str = ""

    def asked(self, fault: Fault) -> str:
        return f"{fault}{self.played}"


_S, _D = Status, Delivery
PROMISED: Final[dict[Fault, Promise]] = {
    Fault.REFUSE_LOGIN: Promise(
        "deliver", _S.PARTNER_REFUSED, _D.SEALED, AT_ONCE, "mend the login, then: gateway partners check NAME"
    ),
    Fault.OTHER_HOST_KEY: Promise(
        "deliver",
        _S.PARTNER_REFUSED,
        _D.SEALED,
        AT_ONCE,
        "ask them by phone; then gateway partners trust NAME ..., or gateway partners resume NAME --by NAME --reason TEXT",
    ),
    Fault.CUT_UPLOAD: Promise("deliver", _S.NOT_REACHED, _D.UPLOADING, THIRD, _AGAIN, ":300"),
    Fault.CUT_BEFORE_RENAME: Promise("deliver", _S.NOT_REACHED, _D.COMMITTING, THIRD, _AGAIN),
    Fault.CUT_AFTER_RENAME: Promise("deliver", _S.NOT_REACHED, _D.COMMITTING, NO, _AGAIN),
    Fault.STALL_WRITE: Promise("deliver", _S.NOT_REACHED, _D.UPLOADING, THIRD, _AGAIN, ":60,1"),
    Fault.STALL_CLOSE: Promise("deliver", _S.NOT_REACHED, _D.UPLOADING, THIRD, _AGAIN, ":60,1"),
    Fault.STALL_RENAME: Promise("deliver", _S.NOT_REACHED, _D.COMMITTING, THIRD, _AGAIN, ":60,1"),
    Fault.FULL: Promise("deliver", _S.PARTNER_REFUSED, _D.UPLOADING, AT_ONCE, _ROOM),
    Fault.QUOTA: Promise("deliver", _S.PARTNER_REFUSED, _D.UPLOADING, AT_ONCE, _ROOM),
    Fault.SHORT_WRITE: Promise("deliver", _S.PARTNER_REFUSED, _D.UPLOADING, AT_ONCE, _ROOM),
    Fault.WRONG_SIZE: Promise("deliver", _S.PARTNER_REFUSED, _D.UPLOADING, AT_ONCE, _ROOM),
    Fault.DENIES_RENAME: Promise("deliver", _S.NOT_REACHED, _D.COMMITTING, NO, _AGAIN),
    Fault.PRETENDS_RENAME: Promise("deliver", _S.PARTNER_REFUSED, _D.COMMITTING, AT_ONCE, _RENAMING),
    Fault.OVERWRITES: Promise(
        "deliver",
        _S.DONE,
        _D.SENT,
        NO,
        "nothing; gateway partners check NAME finds it, and later files take no temporary name",
    ),
    Fault.NO_RENAME: Promise("deliver", _S.PARTNER_REFUSED, _D.COMMITTING, AT_ONCE, _RENAMING),
    Fault.DROP_BOX: Promise(
        "deliver",
        _S.PARTNER_REFUSED,
        _D.UPLOADING,
        AT_ONCE,
        "gateway partners check NAME, then gateway deliver: it is presumed until its TA1 or 999",
    ),
    Fault.PURGES_TEMPORARY: Promise("deliver", _S.DONE, _D.PRESUMED, OVERDUE, _ASK_TWO),
    Fault.TAKES_TEMPORARY: Promise(
        "deliver",
        _S.NEEDS_A_PERSON,
        _D.HELD,
        AT_ONCE,
        "gateway collect, gateway post: its TA1 or 999 closes it; for later files: gateway partners check NAME",
    ),
    Fault.GREEDY: Promise("deliver", _S.DONE, _D.SENT, NO, "nothing"),
    Fault.NO_LIST: Promise("collect", _S.PARTNER_REFUSED, _D.SENT, AT_ONCE, "ask them, then: gateway collect --now"),
    Fault.CUT_DOWNLOAD: Promise("collect", _S.NOT_REACHED, _D.SENT, THIRD, "gateway collect --now", ":100"),
    Fault.NO_ARCHIVE: Promise(
        "collect", _S.NEEDS_A_PERSON, _D.SENT, NO, "ask them; nothing is fetched twice, and each collect tries again"
    ),
    Fault.HALF_ANSWERS: Promise(
        "collect",
        _S.DONE,
        _D.SENT,
        NO,
        "gateway collect later; after ten minutes a half is taken, and set aside by gateway post: ask them to send it again",
    ),
    Fault.ANSWERS_TWICE: Promise(
        "collect", _S.DONE, _D.SENT, NO, "nothing; the second one is known, and posts nothing"
    ),
    Fault.RECYCLES_NAMES: Promise("collect", _S.DONE, _D.SENT, NO, "nothing; a name is not what makes a file known"),
    Fault.SPOILS_ANSWERS: Promise(
        "collect",
        _S.DONE,
        _D.SENT,
        NO,
        "as with half-answers: gateway inbox show NUMBER, ask them, gateway inbox ignore NUMBER --by NAME --reason TEXT",
    ),
    Fault.WITHHOLDS: Promise(
        "collect",
        _S.DONE,
        _D.SENT,
        NO,
        "gateway reconcile names a file that nothing has answered in time: ask them",
        ":999",
    ),
}
"""For a partner that was not checked. PURGES_TEMPORARY shows only once a line was cut before the rename."""


FIFTH: Final = tuple(fault for fault, one in PROMISED.items() if one.then.startswith(_ROOM))
"""Whose file is held the fifth time."""


def row(fault: Fault) -> str:
    """A fault's row in docs/operator.md."""
    one, told = PROMISED[fault], EXPLAINED[fault]
    says = f"{told.says}{' (once)' if told.times == 1 else ''}"
    ends = f"{one.command}: {int(one.status)}"
    return f"| `{pattern(fault)}` | {says} | {ends} | {one.state} | {one.wakes} | {one.then} |"
