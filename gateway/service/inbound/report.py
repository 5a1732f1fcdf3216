"""Reports that a clearinghouse writes for people: known by their names, kept, and nobody is woken for each.

Two layouts are read (`report_layouts`): that it took a claim in proves the hand-over, that it refused one rejects it.
A name alone never keeps an answer from being read: whatever holds the beginning of an interchange is none.
"""

import re
from collections import Counter
from fnmatch import fnmatchcase
from typing import Final

from gateway.event import Event
from gateway.ledger import Transaction, inbound
from gateway.ledger.inbound import InboundFile, InboundState, Reason
from gateway.service.claims.answered import sent_claims
from gateway.service.inbound.acknowledgments import Acknowledging
from gateway.service.inbound.outcome import Posted, Refused, posted
from gateway.service.inbound.report_layouts import ReadReport, read_report
from gateway.service.office import Office

_INTERCHANGE: Final = re.compile(rb"ISA[^A-Za-z0-9\s]\d\d[^A-Za-z0-9\s]").search


def is_report(office: Office, file: InboundFile, raw: bytes) -> bool:
    """Tell whether the partner's profile says of such a name that it is a report; capitals do not count."""
    known = office.settings.partners.get(file.partner)
    if known is None or not known.reports:
        return False
    name = file.name.rpartition("/")[2].lower()
    return any(fnmatchcase(name, one.lower()) for one in known.reports) and _INTERCHANGE(raw) is None


def keep_report(office: Office, file: InboundFile, raw: bytes) -> Posted:
    """Keep it as a report, and what it says of claims of ours where its layout is known.

    Raises Refused if a known layout was not understood to its end, LedgerConflict if another process had the file first.
    """
    read = read_report(raw)
    if read is not None and (read.unread or not read.rows):
        raise Refused(Reason.REPORT, _not_understood(read, file))
    with office.ledger.writing() as tx:
        looks, told = _apply(office, tx, file, read) if read is not None else (False, "nothing in it was read")
        why = f"a report for people, by its name; {told}; to read it: gateway inbox export {file.id}"
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
        inbound.move(tx, office.practice.key, file, InboundState.REPORT, why=why, event=said, at=office.clock.now())
    return posted(file, InboundState.REPORT, Counter(), why, needs_a_person=looks)


def _apply(office: Office, tx: Transaction, file: InboundFile, read: ReadReport) -> tuple[bool, str]:
    """Keep what each row says of a claim that was sent to this partner; tells whether a person has to look, and a summary."""
    numbers = {number for row in read.rows for number in row.numbers}
    known = sent_claims(tx, office.practice.key, numbers, partners=(file.partner,))
    acknowledging = Acknowledging(office, tx, file)
    looks, ours = False, 0
    for row in read.rows:
        named = [known[number][0] for number in row.numbers if number in known]
        if len(named) == 1:
            ours += 1
            looks |= acknowledging.row_of_report(named[0], row, read.layout)
    others = len(read.rows) - ours
    return looks, f"read as a {read.layout}: {ours} claims of ours" + (f", {others} rows of others" if others else "")


def _not_understood(read: ReadReport, file: InboundFile) -> str:
    where = (
        f"line {read.unread[0]} says nothing that we know"
        if read.unread
        else "it lists no claim: the file may have failed"
    )
    return (
        f"a {read.layout} that was not understood: {where}; nothing of it was taken in; read it (gateway inbox export "
        f"{file.id}) and act on it, then: gateway inbox ignore {file.id}"
    )
