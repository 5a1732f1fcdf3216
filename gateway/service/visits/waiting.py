"""Which visits the scrubber has to look at, page by page."""

from collections.abc import Iterator

from gateway.ledger import claims, visits
from gateway.ledger.visits import StoredVisit
from gateway.lifecycle import VisitState
from gateway.service.office import Office
from gateway.service.visits.judged_by import Grounds, allowed_among, with_allowed

PAGE = 200
"""Visits that are read, judged and written together."""


def waiting(office: Office, grounds: Grounds, *, payer: str, again: bool) -> Iterator[tuple[StoredVisit, ...]]:
    """Give the held visits for which something has changed, then the new ones; all held ones `again`, if asked."""
    yield from _changed(office, grounds, payer=payer, again=again)
    after = 0
    while True:
        with office.ledger.reading() as tx:
            page = visits.current(
                tx, office.practice.key, states=(VisitState.NEW,), payer=payer, after=after, limit=PAGE
            )
        if not page:
            return
        yield page
        after = page[-1].id


def _changed(office: Office, grounds: Grounds, *, payer: str, again: bool) -> Iterator[tuple[StoredVisit, ...]]:
    practice, after = office.practice.key, 0
    while True:
        with office.ledger.reading() as tx:
            page = visits.held(tx, practice, payer=payer, after=after, limit=PAGE)
            if not page:
                return
            beside = visits.others_of(tx, practice, [one.id for one in page])
            answers = claims.answers_of(tx, practice, [one.visit_id for one in page])
            allowed = allowed_among(tx, office, ((one.payer, beside.get(one.id, ())) for one in page))
            changed = []
            for one in page:
                others = with_allowed(beside.get(one.id, ()), allowed)
                by = grounds.of(one.payer, others, answers.get(one.visit_id, ""))
                a_day_came = one.look_again_on is not None and office.clock.today() >= one.look_again_on
                if again or by != one.judged_by or a_day_came:
                    changed.append(one.id)
            some = visits.current_of(tx, practice, changed) if changed else ()
        if some:
            yield some
        after = page[-1].id
