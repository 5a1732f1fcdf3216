"""Which visits the scrubber has to look at, and all that it may look at for each."""

from collections.abc import Iterator

from gateway.billing import draft
from gateway.codes.table import codes_folder
from gateway.intake import visit_of
from gateway.ledger import Transaction, claims, visits
from gateway.ledger.visits import HeldVisit, StoredVisit
from gateway.lifecycle import VisitState
from gateway.scrub import Case
from gateway.service.claims.answered import adjudicated
from gateway.service.office import Office
from gateway.service.visits.judged_by import Grounds

_PAGE = 200


def waiting(office: Office, grounds: Grounds, *, payer: str, again: bool) -> Iterator[StoredVisit]:
    """Give the held visits for which something has changed, then the new ones; all held ones `again`, if asked."""
    yield from _changed(office, grounds, payer=payer, again=again)
    after = 0
    while True:
        with office.ledger.reading() as tx:
            page = visits.current(
                tx, office.practice.key, states=(VisitState.NEW,), payer=payer, after=after, limit=_PAGE
            )
        if not page:
            return
        yield from page
        after = page[-1].id


def _changed(office: Office, grounds: Grounds, *, payer: str, again: bool) -> Iterator[StoredVisit]:
    practice, after = office.practice.key, 0
    while True:
        with office.ledger.reading() as tx:
            page = visits.held(tx, practice, payer=payer, after=after, limit=_PAGE)
            beside, answers = visits.others_of(tx, practice, [one.id for one in page]), _answers(tx, practice, page)
        for one in page:
            by = grounds.of(one.payer, beside.get(one.id, ()), answers.get(one.visit_id, ""))
            a_day_came = one.look_again_on is not None and office.clock.today() >= one.look_again_on
            if again or by != one.judged_by or a_day_came:
                yield from _whole(office, one)
        if not page:
            return
        after = page[-1].id


def _whole(office: Office, held: HeldVisit) -> Iterator[StoredVisit]:
    with office.ledger.reading() as tx:
        one = visits.find(tx, office.practice.key, held.key)
    if one is not None and one.id == held.id:
        yield one


def case_of(office: Office, visit: StoredVisit) -> Case:
    """Put together what the rules may read."""
    return _judged(office, visit)[0]


def judged(office: Office, grounds: Grounds, visit: StoredVisit) -> tuple[Case, str]:
    """Put together what the rules may read, with the digest of what the visit is judged by."""
    case, others, answers = _judged(office, visit)
    return case, grounds.of(visit.payer, others, answers)


def _judged(office: Office, visit: StoredVisit) -> tuple[Case, tuple[int, ...], str]:
    document = visit_of(visit.document)
    payer = office.settings.payer(visit.payer)
    practice = office.practice.key
    with office.ledger.reading() as tx:
        others = visits.of_same_patient(tx, practice, visit)
        is_adjudicated, number = adjudicated(tx, practice, visit.visit_id)
        answers = claims.answers_of(tx, practice, [visit.visit_id]).get(visit.visit_id, "")
    case = Case(
        visit=document,
        draft=draft(document, payer),
        payer=payer,
        practice=office.practice,
        today=office.clock.today(),
        history=tuple(visit_of(one.document) for one in others),
        still_holds=office.settings.still_holds,
        codes=codes_folder(office.settings.home),
        adjudicated=is_adjudicated,
        payer_claim_number=number,
    )
    return case, tuple(one.id for one in others), answers


def _answers(tx: Transaction, practice: str, held: tuple[HeldVisit, ...]) -> dict[int, str]:
    return claims.answers_of(tx, practice, [one.visit_id for one in held])
