"""Orphans at the partner go after a day; what is not ours, not old, or still needed stays."""

from dataclasses import replace
from datetime import timedelta

from gateway.clock import Clock
from gateway.delivery import Delivery
from gateway.errors import PartnerRefusal
from gateway.partner import TradingPartner
from gateway.service.office import Office
from gateway.service.outbound.courier import Courier
from gateway.service.outbound.deliver import deliver
from gateway.service.outbound.sweep import KEPT_FOR, sweep
from gateway.transport.listing import NAMES_MAX, Entry
from tests.contract.memory_mailbox import MemoryMailbox
from tests.people import CHICAGO, NOW
from tests.service.partner_side import NAME, Server, file_of

OLD = NOW - KEPT_FOR - timedelta(seconds=1)


def swept(office: Office, mailbox: MemoryMailbox) -> tuple[str, ...]:
    office = replace(office, clock=Clock(read=lambda: NOW, zone=CHICAGO))
    return sweep(Courier(office, office.settings.partner("north"), mailbox, {}))


def test_only_our_own_old_temporary_files_go(sealed: Office) -> None:
    deliver(sealed, Server().open)
    mine, theirs = f"{NAME}.7.part", ["stranger.837.7.part", f"{NAME}.part", f"{NAME}.x.part", NAME, "notes.txt"]
    files = {f"in/{name}": b"x" for name in [mine, *theirs]}
    assert swept(sealed, MemoryMailbox(files=dict(files), modified=NOW - KEPT_FOR)) == ()
    mailbox = MemoryMailbox(files=files, modified=OLD)
    assert swept(sealed, mailbox) == (mine,)
    assert sorted(mailbox.files) == sorted(f"in/{name}" for name in theirs)


def test_a_temporary_file_that_a_delivery_still_needs_stays(sealed: Office) -> None:
    server = Server(cut_before={"rename_no_clobber"})
    deliver(sealed, server.open)
    assert file_of(sealed).state is Delivery.COMMITTING
    mailbox = MemoryMailbox(files={**server.files, f"in/{NAME}.0.part": b"x"}, modified=OLD)
    assert swept(sealed, mailbox) == (f"{NAME}.0.part",)
    assert file_of(sealed).temporary_name in mailbox.files


def test_a_partner_that_lists_nothing_keeps_them_and_nothing_fails(sealed: Office) -> None:
    class Unlisted(MemoryMailbox):
        def list(self, folder: str, *, names_max: int = NAMES_MAX) -> tuple[Entry, ...]:
            raise PartnerRefusal(f"{folder} may not be listed ({names_max})")

    assert swept(sealed, Unlisted(files={f"in/{NAME}.1.part": b"x"}, modified=OLD)) == ()


def test_a_round_sweeps_when_its_files_are_delivered(sealed: Office) -> None:
    class Old(Server):
        def open(self, _partner: TradingPartner) -> MemoryMailbox:  # type: ignore[override]
            return MemoryMailbox(files=self.files, modified=OLD)

    server = Old(files={f"in/{NAME}.99.part": b"x"})
    deliver(replace(sealed, clock=Clock(read=lambda: NOW, zone=CHICAGO)), server.open)
    assert sorted(server.files) == [f"in/{NAME}"]
