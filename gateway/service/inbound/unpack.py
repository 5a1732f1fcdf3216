"""Make files of their own of what is in an archive, where the partner is known to send any."""

from collections import Counter
from hashlib import sha256

from gateway.event import Event
from gateway.ledger import Transaction, inbound
from gateway.ledger.inbound import InboundFile, InboundState, Reason
from gateway.service.files.zip_archive import ArchiveLimits, ArchiveRefused, members
from gateway.service.inbound.outcome import Posted, Refused, posted, read_event
from gateway.service.office import Office

_LIMITS = ArchiveLimits()


def unpack(office: Office, file: InboundFile, raw: bytes) -> Posted:
    """Make files of their own of what is in an archive. Raises Refused if the partner sends none, or not such a one."""
    partner, practice, at = office.settings.partners.get(file.partner), office.practice.key, office.clock.now()
    if partner is None or not partner.mailbox.zipped:
        raise Refused(
            Reason.ARCHIVE,
            f"it is a zip archive, and {file.partner} is not known to send any; nothing of it was read. If it does, set "
            f"mailbox.zipped = true in partners/{file.partner}.toml, then: gateway inbox reprocess {file.id}",
        )
    try:
        inside = tuple(members(raw, _LIMITS))
    except ArchiveRefused as refused:
        raise Refused(
            Reason.ARCHIVE,
            f"it is a zip archive that is not opened here: {refused}; nothing of it was read; ask the partner",
        ) from refused
    with office.ledger.writing() as tx:
        new = sum(_store_member(office, tx, file, name, body) for name, body in inside)
        kinds = Counter({"file": len(inside)})
        why = f"{len(inside)} files were in it, {new} of them new"
        inbound.move(tx, practice, file, InboundState.UNPACKED, why=why, event=read_event(file, kinds, why), at=at)
    return posted(file, InboundState.UNPACKED, kinds, why, needs_a_person=False)


def _store_member(office: Office, tx: Transaction, archive: InboundFile, name: str, body: bytes) -> bool:
    """Store one file of an archive; False if its very bytes had come before."""
    digest = sha256(body).hexdigest()
    own = f"{archive.name}/{name}"
    said = Event(
        kind="inbound.stored",
        about=own,
        partner=archive.partner,
        said=f"{own} from {archive.partner}, {len(body)} bytes, sha256 {digest[:12]}",
        after=InboundState.STORED,
        artefact=f"inbound {archive.id}",
        actor=office.actor,
    )
    stored = inbound.store(
        tx,
        office.practice.key,
        partner=archive.partner,
        name=own,
        body=body,
        sha256=digest,
        event=said,
        at=office.clock.now(),
    )
    return stored is not None
