"""Trading partners: reach one, check that it works, pin its host key."""

import re
from dataclasses import dataclass
from pathlib import Path

import tomlkit

from gateway.errors import ConfigError, GatewayError, NameTaken, UsageError
from gateway.event import Event
from gateway.ledger import events
from gateway.partner import MailboxKind, TradingPartner
from gateway.service.office import Office
from gateway.transport.mailbox import Mailbox, open_mailbox

_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")


def mailbox_of(partner: TradingPartner) -> Mailbox:
    """Reach a partner's mailbox. Raises ConfigError, PartnerRefusal or NotReached."""
    return open_mailbox(partner.mailbox, partner=partner.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One thing that was tried at a partner. `said` is what was seen, or why it failed."""

    what: str
    works: bool
    said: str
    problem: GatewayError | None = None


def check(partner: TradingPartner) -> tuple[Checked, ...]:
    """Try everything that delivery and collection need, with a harmless file that is removed again."""
    done: list[Checked] = []
    try:
        with mailbox_of(partner) as mailbox:
            done.append(Checked(what="log in", works=True, said=mailbox.evidence()))
            for what, attempt in (
                ("list answers", _list_answers),
                ("write, see and rename a file", _write_and_rename),
            ):
                try:
                    done.append(Checked(what=what, works=True, said=attempt(partner, mailbox)))
                except GatewayError as failed:
                    done.append(Checked(what=what, works=False, said=str(failed), problem=failed))
    except GatewayError as failed:
        done.append(Checked(what="log in", works=False, said=str(failed), problem=failed))
    return tuple(done)


def _list_answers(partner: TradingPartner, mailbox: Mailbox) -> str:
    return f"{len(mailbox.list(partner.mailbox.inbound))} names in {partner.mailbox.inbound}"


def _write_and_rename(partner: TradingPartner, mailbox: Mailbox) -> str:
    """Both names end as temporary files do, so that the partner does not pick either up."""
    folder, suffix = partner.mailbox.outbound, partner.mailbox.temporary
    first, second = f"{folder}/gateway-check-1{suffix}", f"{folder}/gateway-check-2{suffix}"
    for name in (first, second):
        mailbox.remove(name)
    try:
        mailbox.create_exclusive(first, b"A harmless file of a connection check. It may be deleted.\n")
        mailbox.rename_no_clobber(first, second)
        seen = mailbox.stat(second)
        mailbox.create_exclusive(first, b"x")
        try:
            mailbox.rename_no_clobber(first, second)
        except NameTaken:
            safe = True
        else:
            safe = False
    finally:
        for name in (first, second):
            mailbox.remove(name)
    if seen is None:
        return "written, but not to be seen afterwards: deliveries will end as presumed"
    return "works; a rename never overwrites" if safe else "works, but a rename overwrites: ask the partner"


def host_key(office: Office, name: str) -> str:
    """Ask a partner's server for its host key's fingerprint; nothing is sent and nobody logs in."""
    from gateway.transport.sftp import fingerprint  # noqa: PLC0415 paramiko is slow to import

    box = office.settings.partner(name).mailbox
    if box.kind is not MailboxKind.SFTP:
        raise UsageError(f"partner {name} has a {box.kind} mailbox; only sftp has a host key")
    return fingerprint(box.host, box.port, timeout_seconds=box.timeout_seconds)


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
    with office.ledger.writing() as tx:
        events.write(tx, office.practice.key, said, at=office.clock.now())


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
