"""A partner whose file got another name is the same partner: its answers are about what was sent under the old one.

The name of a partner is the name of its file. Under a new one the ledger would match no answer to what went out before.
"""

from gateway.errors import ConfigError, UsageError
from gateway.event import Event
from gateway.ledger import Transaction, instance, numbers, partner_names
from gateway.partner import Parties, TradingPartner
from gateway.service.office import Office


def renamed(office: Office, partner: TradingPartner) -> ConfigError | None:
    """Say that the ledger knows this partner under another name; None if not, or if it has numbers of its own."""
    with office.ledger.reading() as tx:
        old = known_as(tx, office.practice.key, partner)
    if not old:
        return None
    return ConfigError(
        f"partner {partner.name}: the ledger knows this sender and receiver as {old}; under the new name "
        f"answers would match nothing that was sent; nothing was done; if partners/{old}.toml was renamed: "
        f"gateway partners rename {old} {partner.name} --by NAME --reason TEXT"
    )


def known_as(tx: Transaction, practice: str, partner: TradingPartner) -> str:
    """Give the other name under which files were sealed for that sender, receiver and usage; empty if there is none."""
    if numbers.last(tx, practice, partner.name) is not None:
        return ""
    for name, raw in partner_names.last_sealed(tx, practice):
        if name != partner.name and Parties.of_interchange(raw) == partner.envelope.parties:
            return name
    return ""


def rename(office: Office, old: str, new: str, *, reason: str) -> int:
    """Let the ledger know a partner by the new name of its file. Gives how many sealed files went with it.

    Raises UsageError if the old file is still there, or the new name has files of its own; ConfigError if there is no
    such partner; LedgerHeld.
    """
    office.settings.partner(new)
    if old in office.settings.partners:
        raise UsageError(
            f"partners/{old}.toml is there: {old} keeps its name as long as it has a file; nothing was changed"
        )
    practice = office.practice.key
    said = Event(
        kind="partner.renamed",
        about=new,
        partner=new,
        said=f"partner {old} is called {new} from now on",
        artefact="person",
        actor=office.actor,
        reason=reason,
    )
    with office.ledger.writing() as tx:
        instance.require_released(tx)
        if numbers.last(tx, practice, old) is None:
            raise UsageError(f"the ledger knows no partner {old}; nothing was changed; see: gateway partners list")
        return partner_names.rename(tx, practice, old, new, event=said, at=office.clock.now())
