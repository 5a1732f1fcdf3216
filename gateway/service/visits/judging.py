"""Visits judged by the rules, a page at a time: nothing is written here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from gateway.billing import draft
from gateway.codes.table import codes_folder
from gateway.finding import Finding, Severity, holding
from gateway.intake import visit_of
from gateway.ledger import claims, visits
from gateway.ledger.visits import StoredVisit
from gateway.money import from_cents
from gateway.same_patient import sort_by_patient
from gateway.scrub import BUGS, OUR_FAULT, Case, broken, scrub
from gateway.service.claims.answered import Earlier, earlier_of
from gateway.service.office import Office
from gateway.service.visits.judged_by import Grounds, allowed_among, waivers_for, with_allowed
from gateway.visit import Visit

_NOT_READ: Final = "VISIT_NOT_READ"
"""Named as a rule is, and no rule: it is waived by nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What was found in a visit.

    case  all that the rules could read; None where code of ours broke before they could
    by    the digest of what it was judged by; empty where a fault of ours holds it, which may be mended by the next run
    """

    visit: StoredVisit
    found: tuple[Finding, ...]
    case: Case | None
    by: str = ""

    @property
    def holds(self) -> tuple[Finding, ...]:
        """What holds it."""
        return holding(self.found)


def judged(office: Office, grounds: Grounds, page: Sequence[StoredVisit]) -> Iterator[Judged]:
    """Judge visits, in their order. One on which our own code breaks is held, and costs no other anything."""
    beside = _Beside(office, page)
    for visit in page:
        try:
            case = beside.case_of(visit)
            found = tuple(_waived(office, case, scrub(case)))
            by = beside.judged_by(visit, grounds)
        except BUGS as bug:
            yield broke(visit, _NOT_READ, bug)
        else:
            ours = any(one.where == OUR_FAULT for one in found)
            yield Judged(visit=visit, found=found, case=case, by="" if ours else by)


def broke(visit: StoredVisit, what: str, bug: BaseException) -> Judged:
    """Hold a visit on which our own code broke; `what` says at what."""
    fix = "Tell those who look after the gateway the visit and the place."
    return Judged(visit=visit, found=(broken(what, bug, fix),), case=None)


def case_of(office: Office, visit: StoredVisit) -> Case:
    """Put together what the rules may read."""
    return _Beside(office, (visit,)).case_of(visit)


class _Beside:
    """All that the rules may look at beside some visits, read in a few statements."""

    def __init__(self, office: Office, page: Sequence[StoredVisit]) -> None:
        practice, known = office.practice.key, {one.id: one.document for one in page}
        visit_ids = [one.visit_id for one in page]
        with office.ledger.reading() as tx:
            others = visits.others_of(tx, practice, list(known))
            unknown = {one.version_id for each in others.values() for one in each} - known.keys()
            self._documents = known | (visits.documents_of(tx, practice, unknown) if unknown else {})
            self._allowed = allowed_among(tx, office, ((one.payer, others.get(one.id, ())) for one in page))
            self._earlier = earlier_of(tx, office, visit_ids)
            self.answers = claims.answers_of(tx, practice, visit_ids)
        self._office = office
        self._nouns: dict[int, Visit] = {}
        self.others = {one.id: others.get(one.id, ()) for one in page}

    def judged_by(self, visit: StoredVisit, grounds: Grounds) -> str:
        """Digest what a visit is judged by."""
        others = with_allowed(self.others[visit.id], self._allowed)
        return grounds.of(visit.payer, others, self.answers.get(visit.visit_id, ""))

    def _allowed_of(self, version_id: int) -> Mapping[str, Decimal]:
        """Give what was allowed for the other visits that were answered, by their keys."""
        return {
            self._noun(one.version_id).key: from_cents(self._allowed[one.visit_id])
            for one in self.others[version_id]
            if one.visit_id in self._allowed
        }

    def case_of(self, visit: StoredVisit) -> Case:
        office, noun, earlier = self._office, self._noun(visit.id), self._earlier.get(visit.visit_id, Earlier())
        payer = office.settings.payer(visit.payer)
        others = sort_by_patient(noun, [self._noun(one.version_id) for one in self.others[visit.id]])
        return Case(
            visit=noun,
            draft=draft(noun, payer),
            payer=payer,
            other_policies=tuple(office.settings.payer(one.payer_id) for one in noun.coverages[1:]),
            practice=office.practice,
            staff=office.settings.staff,
            policies=office.settings.policies,
            today=office.clock.today(),
            history=others.same,
            doubtful=others.doubtful,
            allowed=self._allowed_of(visit.id),
            still_holds=office.settings.still_holds,
            codes=codes_folder(office.settings.home),
            adjudicated=earlier.adjudicated_by(visit.payer),
            payer_claim_number=earlier.number_of(visit.payer),
            paid_by_another=earlier.paid_by_another(visit.payer),
        )

    def _noun(self, version_id: int) -> Visit:
        # Each is the other's other visit: it is read once for both.
        if version_id not in self._nouns:
            self._nouns[version_id] = visit_of(self._documents[version_id])
        return self._nouns[version_id]


def _waived(office: Office, case: Case, found: tuple[Finding, ...]) -> Iterator[Finding]:
    """Let a finding pass as a warning where a named person said so, for this payer or partner, until a day."""
    for one in found:
        waiver = None
        if one.severity is Severity.HOLD:
            holding = (each for each in waivers_for(office, case.payer.id) if each.rule == one.rule)
            waiver = next((each for each in holding if case.today <= each.until), None)
        if waiver is None:
            yield one
        else:
            said = f"{one.what} (waived by {waiver.by} until {waiver.until}: {waiver.why})"
            yield replace(one, severity=Severity.WARN, what=said)
