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
    drafted = draft(noun, office.settings.payer(visit.payer))
    timed = drafted.timed
    own = [line for line in drafted.lines if not line.borne_by and timed is not None and line.procedure in timed.tied]
    undecided = list(dict.fromkeys(line.procedure for line in own if line.units is None))
    if timed is None or not undecided:
        raise UsageError(f"visit {key}: no codes tie for a unit; nothing was changed; see: gateway scrub explain {key}")
    several = next((code for code in codes if sum(line.procedure == code for line in own) > 1), None)
    if several is not None:
        places = ", ".join(f"services.{line.place}.units" for line in own if line.procedure == several)
        raise UsageError(
            f"visit {key}: {several} stands on several lines; set the units of each: {places}; nothing was changed"
        )
    used = sum(max(0, (line.units or 0) - timed.by_code[line.procedure]) for line in own)
    left = timed.open_units - used
    if any(code not in undecided for code in codes) or len(set(codes)) < len(codes) or len(codes) > left:
        raise UsageError(
            f"visit {key}: {left} of {', '.join(undecided)} get one more unit; name so many of them, each once; "
            "nothing was changed"
        )
    places_of = {line.procedure: line.place for line in own}
    return tuple((f"services.{places_of[code]}.units", str(timed.by_code[code] + 1)) for code in codes)
