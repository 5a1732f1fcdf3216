"""How a visit would be billed and what the rules find in it, without changing anything."""

from dataclasses import dataclass

from gateway.billing import DraftLine, draft
from gateway.errors import UsageError
from gateway.finding import Finding
from gateway.intake import visit_of
from gateway.ledger import claims, visits
from gateway.lifecycle import VisitState
from gateway.scrub import scrub
from gateway.service.office import Office
from gateway.service.visits.judging import case_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A visit's lines as they would be billed.

    units      the arithmetic of the timed minutes, empty without minutes
    assistant  the arithmetic of the assistant's minutes, a sentence for each code; empty where no modifier depends on them
    stands     number and state of the claim that was made of this version, empty while there is none: nothing holds that one,
            and what is found would be met only by a change of the visit
    """

    visit: str
    version: int
    payer: str
    payer_name: str
    unit_rule: str
    units: str
    assistant: tuple[str, ...]
    lines: tuple[DraftLine, ...]
    findings: tuple[Finding, ...]
    stands: str = ""


def explain_visit(office: Office, key: str) -> Explained:
    """Explain the current version of a visit. Raises UsageError if there is none of that key."""
    with office.ledger.reading() as tx:
        stored = visits.find(tx, office.practice.key, key)
        versions = claims.of_visit(tx, office.practice.key, stored.visit_id) if stored else ()
    if stored is None:
        raise UsageError(f"there is no visit {key}; `gateway visits list` shows what there is")
    payer = office.settings.payer(stored.payer)
    billed = draft(visit_of(stored.document), payer)
    return Explained(
        visit=key,
        version=stored.version,
        payer=payer.id,
        payer_name=payer.name,
        unit_rule=payer.unit_rule,
        units=billed.timed.because if billed.timed else "",
        assistant=billed.assisted.because,
        lines=billed.lines,
        findings=scrub(case_of(office, stored)),
        stands=f"{versions[-1].pcn} ({versions[-1].state})" if stored.state is VisitState.CLAIMED and versions else "",
    )
