"""Take away our own temporary files that nobody needs any more: workers that died leave them at the partner."""

import re
from datetime import timedelta
from typing import Final

from gateway.errors import PartnerRefusal
from gateway.ledger import outbox
from gateway.service.outbound.courier import Courier
from gateway.transport.mailbox import Entry

KEPT_FOR: Final = timedelta(hours=24)


def sweep(courier: Courier) -> tuple[str, ...]:
    """Remove orphans: a sealed file's name, a fence and the temporary suffix, a day old, and pinned by no delivery.

    Gives their names. A partner that lets us neither list nor remove keeps them; that harms nothing.
    Raises NotReached, LineLost.
    """
    box = courier.partner.mailbox
    folder = box.temporary_folder or box.outbound
    try:
        orphans = _orphans(courier, folder, courier.mailbox.list(folder))
        for name in orphans:
            courier.mailbox.remove(f"{folder}/{name}")
    except PartnerRefusal:
        return ()
    return orphans


def _orphans(courier: Courier, folder: str, listed: tuple[Entry, ...]) -> tuple[str, ...]:
    ours = re.compile(rf"(?P<file>.+)\.\d+{re.escape(courier.partner.mailbox.temporary)}").fullmatch
    old = courier.office.clock.read() - KEPT_FOR
    found = {
        entry.name: match["file"]
        for entry in listed
        if entry.regular and entry.modified is not None and entry.modified < old and (match := ours(entry.name))
    }
    if not found:
        return ()
    practice, partner = courier.office.practice.key, courier.partner.name
    with courier.office.ledger.reading() as tx:
        known = outbox.names_known(tx, practice, partner, frozenset(found.values()))
        pinned = {courier.path(name) for name in outbox.pinned_names(tx, practice, partner) if name}
    return tuple(name for name, file in sorted(found.items()) if file in known and f"{folder}/{name}" not in pinned)
