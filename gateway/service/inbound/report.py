"""Reports that a clearinghouse writes for people: known by their names, kept, and nobody is woken for each.

A name alone never keeps an answer from being read: whatever holds the beginning of an interchange is none.
"""

import re
from collections import Counter
from fnmatch import fnmatchcase
from typing import Final

from gateway.event import Event
from gateway.ledger import inbound
from gateway.ledger.inbound import InboundFile, InboundState
from gateway.service.inbound.outcome import Posted, posted
from gateway.service.office import Office

_INTERCHANGE: Final = re.compile(rb"ISA[^A-Za-z0-9\s]\d\d[^A-Za-z0-9\s]").search


def is_report(office: Office, file: InboundFile, raw: bytes) -> bool:
    """Tell whether the partner's profile says of such a name that it is a report; capitals do not count."""
    known = office.settings.partners.get(file.partner)
    if known is None or not known.reports:
        return False
    name = file.name.rpartition("/")[2].lower()
    return any(fnmatchcase(name, one.lower()) for one in known.reports) and _INTERCHANGE(raw) is None


def keep_report(office: Office, file: InboundFile) -> Posted:
    """Say that it is kept as a report. Raises LedgerConflict if another process had it first."""
    why = f"a report for people, by its name; nothing in it was read; to read it: gateway inbox export {file.id}"
    said = Event(
        kind="inbound.report",
        about=file.name,
        partner=file.partner,
        said=f"{file.name}: {why}",
        before=file.state,
        after=InboundState.REPORT,
        artefact=f"inbound {file.id}",
        actor=office.actor,
    )
    with office.ledger.writing() as tx:
        at = office.clock.now()
        inbound.move(tx, office.practice.key, file, InboundState.REPORT, why=why, event=said, at=at)
    return posted(file, InboundState.REPORT, Counter(), why, needs_a_person=False)
