"""Whether a claim enters adjudication: the front door of a payer, answered with a 277CA.

Each fault is a category, a status and an entity (STC01; code sources 507 and 508). A claim without a fault is accepted.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

from gateway.acknowledgment import Status
from gateway.codes.npi import is_npi
from gateway.edi.wire.figures import as_day
from gateway.money import ZERO
from gateway.simulator.incoming import ReceivedClaim, ReceivedLine
from gateway.simulator.memory import History
from gateway.simulator.world import Member, Plan, World

ACCEPTED: Final = Status(category="A2", status="20", entity="PR")
_CORRECTIONS: Final = ("7", "8")


def faults(claim: ReceivedClaim, *, world: World, history: History, partner: str, at: date) -> tuple[Status, ...]:
    """Say why the claim is rejected; empty when it is accepted into adjudication."""
    plan = world.plan(claim.payer, claim.payer_name)
    if plan is None or not claim.payer:
        return (Status(category="A7", status="153", entity="PR"),)
    if plan.partner and plan.partner != partner:
        return (Status(category="A3", status="116", entity="PR"),)
    found = (
        *_of_member(claim, plan, world.member(plan.payer, claim.member)),
        *_of_providers(claim, plan, world),
        *_of_claim(claim, plan, history),
        *(fault for line in claim.lines for fault in _of_line(claim, line, at)),
    )
    return tuple(dict.fromkeys(found))


def _of_member(claim: ReceivedClaim, plan: Plan, member: Member | None) -> Iterator[Status]:
    if member is None or not claim.member:
        yield Status(category="A7", status="33", entity="IL")
    elif claim.birth_date and member.birth_date and as_day(claim.birth_date) != member.birth_date and claim.is_self:
        yield Status(category="A7", status="158", entity="IL")
    if plan.claim_number and not claim.claim_number:
        yield Status(category="A6", status="629")


def _of_providers(claim: ReceivedClaim, plan: Plan, world: World) -> Iterator[Status]:
    for npi, role in ((claim.billing_npi, "85"), (claim.rendering, "82")):
        if role == "82" and not claim.names_rendering:
            continue
        if not is_npi(npi):
            yield Status(category="A7", status="562", entity=role)
        elif world.enrolled(npi, plan.payer) is None:
            yield Status(category="A3", status="496", entity=role)
    if claim.referring and not is_npi(claim.referring):
        yield Status(category="A7", status="562", entity="DN")


def _of_claim(claim: ReceivedClaim, plan: Plan, history: History) -> Iterator[Status]:
    charges = [line.charge for line in claim.lines]
    if claim.charge is None or claim.charge < ZERO or None in charges:
        yield Status(category="A7", status="178")
    elif claim.charge != sum((charge for charge in charges if charge is not None), ZERO):
        yield Status(category="A8", status="178")
    if claim.frequency not in ("1", *_CORRECTIONS) or (claim.frequency != "1" and not plan.takes_replacements):
        yield Status(category="A7", status="535")
    elif claim.frequency in _CORRECTIONS and not claim.original:
        yield Status(category="A6", status="464")
    elif claim.frequency in _CORRECTIONS and history.claim(plan.payer, claim.original) is None:
        yield Status(category="A7", status="464")


def _of_line(claim: ReceivedClaim, line: ReceivedLine, at: date) -> Iterator[Status]:
    if line.charge is not None and line.charge < ZERO:
        yield Status(category="A7", status="178")
    if not line.code:
        yield Status(category="A7", status="454")
    if line.units is None or line.units <= 0:
        yield Status(category="A7", status="476")
    if line.day is None or line.until is None or line.until < line.day:
        yield Status(category="A7", status="187")
    elif line.until > at:
        yield Status(category="A7", status="510")
    if not all(1 <= pointer <= len(claim.diagnoses) for pointer in line.pointers):
        yield Status(category="A7", status="477")
