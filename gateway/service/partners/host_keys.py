"""Trading partners: how they stand, reach one, pin its host key."""

import re
from pathlib import Path

import tomlkit

from gateway.errors import ConfigError, UsageError
from gateway.event import Event
from gateway.ledger import standings
from gateway.partner import MailboxKind, TradingPartner
from gateway.service.office import Office
from gateway.standing import Standing, StandingState
from gateway.transport.mailbox import Mailbox, open_mailbox

_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")


def mailbox_of(partner: TradingPartner) -> Mailbox:
    """Reach a partner's mailbox. Raises ConfigError, PartnerRefusal or NotReached."""
    return open_mailbox(partner.mailbox, partner=partner.name)


def standing_of(office: Office, name: str) -> Standing:
    """Tell how a partner stands. Raises ConfigError if there is none of that name."""
    partner = office.settings.partner(name)
    with office.ledger.reading() as tx:
        return standings.of(tx, office.practice.key, partner.name)


def host_key(office: Office, name: str) -> str:
    """Ask a partner's server for its host key's fingerprint; nothing is sent and nobody logs in."""
    from gateway.transport.sftp import fingerprint  # noqa: PLC0415 paramiko is slow to import

    box = office.settings.partner(name).mailbox
    if box.kind is not MailboxKind.SFTP:
        raise UsageError(f"partner {name} has a {box.kind} mailbox; only sftp has a host key")
    return fingerprint(box.host, box.port, timeout_seconds=box.timeout_seconds, allowed_addresses=box.allowed_addresses)


def trust(office: Office, name: str, accepted: str, *, reason: str) -> None:
    """Pin the fingerprint that a person compared with what the partner published.

    Raises UsageError if it is not the one the server shows, for then somebody may stand in between.
    """
    if not _FINGERPRINT.fullmatch(accepted):
        raise UsageError("--fingerprint: want SHA256: and 43 characters, as the partner publishes it")
    seen = host_key(office, name)
    if seen != accepted:
        raise UsageError(
            f"partner {name} shows {seen}, not the fingerprint you gave; nothing was pinned; ask the partner which is right"
        )
    path = office.settings.home / "partners" / f"{name}.toml"
    before = office.settings.partner(name).mailbox.host_keys
    pin(path, accepted)
    said = Event(
        kind="partner.trusted",
        about=name,
        partner=name,
        said=f"host key {accepted} of {name} is pinned" + (f" in place of {', '.join(before)}" if before else ""),
        artefact="person",
        actor=office.actor,
        reason=reason,
    )
    at = office.clock.now()
    # What was refused because of its host key is called again; what a person has paused stays paused.
    with office.ledger.writing() as tx:
        standing = standings.of(tx, office.practice.key, name)
        if standing.state is StandingState.REFUSED:
            standing = Standing(partner=name, actor=office.actor, reason=reason, since=at)
        standings.put(tx, office.practice.key, standing, event=said, at=at)


def pin(path: Path, fingerprint: str) -> None:
    """Write a fingerprint into a partner's file; comments and order stay as they are."""
    try:
        document = tomlkit.parse(path.read_text(encoding="utf-8"))
    except OSError as missing:
        raise ConfigError(f"{path}: cannot be read ({missing.strerror})") from None
    document["mailbox"]["host_keys"] = [fingerprint]
    written = path.with_suffix(".toml.new")
    written.write_text(tomlkit.dumps(document), encoding="utf-8")
    written.replace(path)
