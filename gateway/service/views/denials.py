"""Denials with what to do about each. Nothing here changes anything."""

from gateway.ledger import denials
from gateway.ledger.denials import StoredDenial
from gateway.service.office import Office
from gateway.service.views.page import Page, page


def denials_listed(
    office: Office,
    *,
    state: str = "open",
    pcn: str = "",
    owner: str = "",
    route: str = "",
    carc: str = "",
    after: int = 0,
    limit: int = 100,
) -> Page[StoredDenial]:
    """List denials with what to do about each."""
    with office.ledger.reading() as tx:
        rows = denials.listed(
            tx,
            office.practice.key,
            state=state,
            pcn=pcn,
            owner=owner,
            route=route,
            carc=carc,
            after=after,
            limit=limit,
        )
    return page(rows, limit)
