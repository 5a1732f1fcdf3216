"""A clinician decides which of several codes with equal remainders gets the unit that is left."""

from collections.abc import Sequence

from gateway.billing import draft
from gateway.errors import UsageError
from gateway.intake import visit_of
from gateway.ledger import visits
from gateway.service.office import Office


def given_units(office: Office, key: str, codes: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Give the fields to set, so that each of some tied codes gets one more unit than its own minutes come to.

    Raises UsageError if there is no such visit, a code is not among those that tie, or more are named than units are left.
    """
    with office.ledger.reading() as tx:
        visit = visits.find(tx, office.practice.key, key)
    if visit is None:
        raise UsageError(f"there is no visit {key}; `gateway visits list` shows what there is")
    noun = visit_of(visit.document)
    timed = draft(noun, office.settings.payer(visit.payer)).timed
    tied = timed.tied if timed is not None else ()
    if timed is None or not tied:
        raise UsageError(
            f"visit {key}: no codes tie for a unit; nothing was changed; see: gateway visits explain {key}"
        )
    strangers = [code for code in codes if code not in tied]
    if strangers or len(set(codes)) < len(codes) or len(codes) > timed.open_units:
        raise UsageError(
            f"visit {key}: {timed.open_units} of {', '.join(tied)} get one more unit; name so many of them, each once; "
            "nothing was changed"
        )
    places = {code: 1 + next(i for i, one in enumerate(noun.services) if one.code == code) for code in codes}
    return tuple((f"services.{places[code]}.units", str(timed.by_code[code] + 1)) for code in codes)
