"""What a person does to take a route, and what to type for it.

The gateway makes and sends claims; records, appeals, reopenings, statements and bills to a second payer go by hand. What
goes by hand is ended by its answer, which is posted, or by a person who closes the claim.
"""

from types import MappingProxyType
from typing import Final, NamedTuple

from gateway.denials.route import Route

_WHO: Final = "--by NAME --reason TEXT"
_FIX: Final = f"gateway visits fix {{visit}} --set FIELD=VALUE {_WHO}"
_CLOSE: Final = f"gateway claims close {{claim}} {_WHO}"


class NextStep(NamedTuple):
    """What goes by hand, empty if nothing does; and the command that takes the route, or ends it where all goes by hand."""

    by_hand: str
    command: str


_STEPS: Final = MappingProxyType(
    {
        Route.CORRECTED_CLAIM: NextStep("", _FIX),
        Route.NEW_CLAIM: NextStep("", _FIX),
        Route.VOID: NextStep("", f"gateway claims void {{claim}} {_WHO}"),
        # The member's number goes by a file: a command line can be read by everybody on the machine.
        Route.REPAIR_COVERAGE: NextStep(
            "", f"gateway visits fix {{visit}} --set coverages.1.payer_id=PAYER --set-from FILE {_WHO}"
        ),
        Route.MEDICARE_REOPENING: NextStep("ask for the reopening; its answer, once posted, settles it", _CLOSE),
        Route.APPEAL: NextStep("send the appeal; its answer, once posted, settles it", _CLOSE),
        Route.SEND_RECORDS: NextStep("send the records; the payer's answer, once posted, settles it", _CLOSE),
        Route.BILL_SECONDARY: NextStep("bill the second payer, or the patient if there is none", _CLOSE),
        Route.BILL_PATIENT: NextStep("send the patient a statement", f"gateway denials bill-patient {{claim}} {_WHO}"),
        Route.WRITE_OFF: NextStep("nothing, unless the fix applies", _CLOSE),
        Route.NONE: NextStep("nothing, unless the fix applies", _CLOSE),
    }
)


def next_step(route: Route, *, visit: str, claim: str) -> NextStep:
    """Give the next step on a route; `visit` is the visit's key, `claim` the claim's patient control number."""
    step = _STEPS[route]
    return step._replace(command=step.command.format(visit=visit, claim=claim))
