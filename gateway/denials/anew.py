"""Whether a payer that answered a claim holds anything that could be replaced.

It holds nothing after a rejection on the remittance (MA130: unprocessable, no appeal rights), nor where all that it refuses
asks for a new claim. A payer that takes no replacements is sent a new claim where any of it asks for one: nothing was paid,
so nothing can be paid twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.denials.kind import never_adjudicated
from gateway.denials.route import Route
from gateway.denials.table import advise
from gateway.payer import Payer
from gateway.remittance import GroupCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a payer paid nothing for one line."""

    group: GroupCode
    carc: str
    rarcs: tuple[str, ...]
    procedure: str


def starts_anew(refusals: Iterable[Refusal], payer: Payer) -> bool:
    """Tell whether what corrects a claim of which nothing was paid is a new original for this payer.

    refusals  every amount that the payer refused; of none it cannot be told
    """
    some = tuple(refusals)
    if any(never_adjudicated(one.rarcs) for one in some):
        return True
    routes = {
        advise(carc=one.carc, rarcs=one.rarcs, group=one.group, procedure=one.procedure, payer=payer).route
        for one in some
    }
    return routes == {Route.NEW_CLAIM} if payer.takes_replacements else Route.NEW_CLAIM in routes
