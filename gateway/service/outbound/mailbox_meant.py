"""A sealed file goes to the mailbox it was sealed for, or nowhere.

A profile that names another server, login, root or folder than when a file was sealed may be a mistake, such as another
partner's root: the file would be somebody else's to read. So it waits until the profile is put right, or a person says
that the partner has moved. What may be at the old mailbox is never looked for in the new one: there its absence would
look like proof.
"""

from collections.abc import Iterable

from gateway.delivery import Delivery
from gateway.errors import ConfigError, UsageError
from gateway.event import Event, EventSeverity
from gateway.ledger import Transaction, events, outbox
from gateway.ledger.outbox import SealedFile, Step
from gateway.partner import TradingPartner
from gateway.service.office import Office
from gateway.service.outbound.sealed_files import named, not_exported

_KIND = "file.misaddressed"


def is_meant_for(file: SealedFile, partner: TradingPartner) -> bool:
    """Whether the profile names the mailbox that the file was sealed for; true if that was not kept at the time."""
    return file.mailbox in {"", partner.mailbox.destination}


def misaddressed(office: Office, partner: TradingPartner, files: Iterable[SealedFile]) -> ConfigError:
    """Say which files are kept back because the profile names another mailbox; into the log, once for each."""
    names = [file.name for file in files]
    first, more = names[0], f" and {len(names) - 1} more" if len(names) > 1 else ""
    said = (
        f"partner {partner.name}: partners/{partner.name}.toml names another mailbox than when {first}{more} was sealed; "
        "nothing of it was sent; put host, port, user, root and outbound back, or, if the partner has moved: "
        f"gateway deliveries readdress {first} --by NAME --reason TEXT"
    )
    practice = office.practice.key
    with office.ledger.writing() as tx:
        for name in names:
            if not events.read(tx, practice, about=name, partner=partner.name, kind=_KIND, limit=1):
                events.write(tx, practice, _told(office, partner, name), at=office.clock.now())
    return ConfigError(said)


def _told(office: Office, partner: TradingPartner, name: str) -> Event:
    return Event(
        kind=_KIND,
        about=name,
        partner=partner.name,
        said=f"file {name}: the profile of {partner.name} names another mailbox than when it was sealed; it is not sent",
        severity=EventSeverity.WAKE,
        artefact="configuration",
        actor=office.actor,
        next_command=f"gateway deliveries readdress {name} --by NAME --reason TEXT",
    )


def readdress(office: Office, name: str, *, reason: str, partner: str = "") -> SealedFile:
    """Have a file go to the mailbox that the profile names now. One that may have got its name at the old one is held.

    Raises UsageError if it is meant for that mailbox already, or has left: only a resend sends it to another one.
    """
    practice, at = office.practice.key, office.clock.now()
    with office.ledger.writing() as tx:
        file = named(tx, office, name, partner)
        not_exported(file)
        known = office.settings.partner(file.partner)
        if is_meant_for(file, known):
            raise UsageError(f"file {name} is meant for the mailbox that the profile names; nothing was changed")
        if file.state is Delivery.COMMITTING:
            return _held(tx, office, file, reason)
        if file.may_have_left or file.state is Delivery.CANCELLED:
            raise UsageError(
                f"file {name} is {file.state}, and may be at the mailbox it was sealed for; nothing was changed; "
                f"what may be done: gateway deliveries show {name}"
            )
        said = _decided(office, file, "goes to the mailbox that the profile names now", reason)
        return outbox.readdress(tx, practice, file, known.mailbox.destination, event=said, at=at)


def _held(tx: Transaction, office: Office, file: SealedFile, reason: str) -> SealedFile:
    why = "it may be at the mailbox it was sealed for, which is not the partner's any more; ask the partner whether it came"
    said = _decided(office, file, why, reason, after=Delivery.HELD)
    return outbox.move(
        tx, office.practice.key, file, Step(after=Delivery.HELD, why=why), event=said, at=office.clock.now()
    )


def _decided(office: Office, file: SealedFile, what: str, reason: str, *, after: Delivery | None = None) -> Event:
    return Event(
        kind="file.readdressed",
        about=file.name,
        partner=file.partner,
        said=f"file {file.name}: {what}",
        before=file.state if after else "",
        after=after or "",
        artefact="person",
        actor=office.actor,
        reason=reason,
    )
