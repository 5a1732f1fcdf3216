"""How fast sealed files reach a partner over SFTP, and whether a slow partner keeps the others waiting.

`./run bench delivery [FILES [PARTNERS]]`. A real OpenSSH and this machine's own disk, through the loopback: what is measured
is our own work (SSH, SQLite with an fdatasync for each step), not a network. The files are real interchanges of 50 claims,
written by the writer and sealed by the ledger; pyx12's verdict on them is left out, for it is taken long before.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from gateway.batch import Batch
from gateway.clock import Clock
from gateway.delivery import Delivery
from gateway.edi.write import professional
from gateway.event import Event
from gateway.ledger import Ledger, migrate, open_ledger, outbox, practices, tables
from gateway.ledger.outbox import NewFile
from gateway.lifecycle import ClaimState
from gateway.partner import MailboxAddress, TradingPartner
from gateway.service.inbound.collect import collect
from gateway.service.inbound.post import post
from gateway.service.office import Office
from gateway.service.outbound.deliver import deliver
from gateway.service.visits.scrub import scrub_visits
from gateway.transport.mailbox import Mailbox, open_mailbox
from tests.contract.openssh import OpenSsh
from tests.faults.__main__ import server
from tests.people import CHICAGO, NOW, PRACTICE, claim
from tests.servers import chaos_proxy
from tests.servers.chaos_proxy import Trouble
from tests.service import clinic

CLAIMS = 50
_SLOW_SECONDS = 0.05
_FILES_EACH = 2


def say(what: str) -> None:
    print(what)  # noqa: T201 a benchmark prints


def reached(partner: TradingPartner) -> Mailbox:
    return open_mailbox(partner.mailbox, partner=partner.name)


def office_at(folder: Path, *partners: TradingPartner) -> Office:
    """An office on an empty ledger, with the time of day as its clock."""
    ledger = open_ledger(f"sqlite:///{folder / 'ledger.db'}")
    migrate.upgrade(ledger)
    with ledger.writing() as tx:
        practices.register(tx, PRACTICE, secret=b"s" * 32, at=NOW)
    clock = Clock(read=lambda: datetime.now(UTC), zone=CHICAGO)
    return Office(ledger=ledger, settings=clinic.settings(*partners, home=folder), clock=clock, actor="bench")


def sealed(office: Office, partner: TradingPartner, files: int) -> int:
    """Seal so many files of 50 claims each to a partner; give how many bytes one has."""
    numbers = _claims_cloned(office.ledger, partner, files * CLAIMS)
    size = 0
    for number in range(1, files + 1):
        ours = [next(numbers) for _ in range(CLAIMS)]
        raw = professional.write(_batch(partner, number, [pcn for _, pcn in ours]))
        size = len(raw)
        new = NewFile(
            partner=partner.name,
            cycle=1,
            interchange=number,
            group_control=number,
            reference=f"1{number:09d}",
            name=f"elm_{partner.name}_{number:09d}.837",
            size=size,
            sha256=sha256(raw).hexdigest(),
            body=raw,
            mailbox=partner.mailbox.destination,
        )
        event = Event(kind="file.sealed", about=new.name, said="sealed", after="sealed", artefact=f"file {new.name}")
        with office.ledger.writing() as tx:
            outbox.seal(tx, PRACTICE.key, new, tuple(one for one, _ in ours), event=event, at=NOW)
    return size


def _batch(partner: TradingPartner, number: int, pcns: list[str]) -> Batch:
    at = datetime(2026, 11, 16, 12, tzinfo=UTC)
    claims = tuple(
        replace(one, lines=tuple(replace(line, control=f"{pcn}{line.control}") for line in one.lines))
        for pcn in pcns
        for one in (claim(pcn),)
    )
    return Batch(
        practice=PRACTICE,
        partner=partner,
        claims=claims,
        interchange=number,
        group=number,
        reference=f"1{number:09d}",
        at=at,
    )


def _claims_cloned(ledger: Ledger, partner: TradingPartner, count: int) -> Iterator[tuple[int, str]]:
    """Copy the rows of one claim so often, as sealed claims of a partner; give their ids and control numbers."""
    with ledger.reading() as tx:
        if tx.execute(select(tables.visits.c.id)).first() is None:
            office = Office(ledger=ledger, settings=clinic.settings(), clock=clinic.clock(), actor="bench")
            clinic.taken(office, clinic.visit())
            scrub_visits(office)
    with ledger.writing() as tx:
        first = max(tx.execute(select(tables.visits.c.id)).scalars()) + 1
        ids = range(first, first + count)
        pcns = [f"B{one:012d}" for one in ids]
        _copied(tx, tables.visits, [{"id": one, "key": f"B-{one}"} for one in ids])
        _copied(tx, tables.visit_versions, [{"id": one, "visit_id": one} for one in ids])
        _copied(tx, tables.claims, [{"id": one, "visit_id": one} for one in ids])
        changes = [
            {
                "id": one,
                "claim_id": one,
                "visit_version_id": one,
                "pcn": pcn,
                "partner": partner.name,
                "state": ClaimState.SEALED,
            }
            for one, pcn in zip(ids, pcns, strict=True)
        ]
        _copied(tx, tables.claim_versions, changes)
    return iter(tuple(zip(ids, pcns, strict=True)))


def _copied(tx: Connection, table: Table, changes: list[dict[str, Any]]) -> None:
    row = dict(tx.execute(select(table).order_by(table.c.id).limit(1)).mappings().one())
    tx.execute(insert(table), [{**row, **change} for change in changes])


def one_partner(openssh: OpenSsh, folder: Path, files: int) -> None:
    """Files to one partner, delivered and then confirmed by a 999 each."""
    partner = replace(clinic.partner(), mailbox=_mailbox(openssh, "north"))
    office = office_at(folder, partner)
    size = sealed(office, partner, files)
    say(f"{files} files of {CLAIMS} claims ({size:,} bytes each) to one partner")
    since = time.monotonic()
    rounds = deliver(office, reached)
    took = time.monotonic() - since
    sent = sum(1 for one in rounds for file in one.files if file.state is Delivery.SENT)
    say(
        f"  delivered (seen under the final name): {sent} in {took:.1f} s, {sent / took:.1f} files/s, "
        f"{sent * CLAIMS / took:,.0f} claims/s"
    )
    for number in range(1, files + 1):
        answer = clinic.answer_999(number).replace(b"*000000008", f"*{number:09d}".encode())
        (openssh.root / "north" / "inbound" / f"{number:06d}.999").write_bytes(answer)
    since = time.monotonic()
    rounds_back = collect(office, reached)
    new = sum(len(one.files) for one in rounds_back)
    assert new == files, f"collected {new} of {files}: {[str(one.problem) for one in rounds_back if one.problem]}"
    collected = time.monotonic() - since
    since = time.monotonic()
    post(office)
    posted = time.monotonic() - since
    say(f"  confirmed: {new} acknowledgments (999) collected in {collected:.1f} s, posted in {posted:.1f} s")
    office.ledger.close()


def many_partners(openssh: OpenSsh, folder: Path, count: int, *, slow: bool) -> None:
    """Two files to each of many partners; the first of them may be at the end of a long line."""
    with chaos_proxy.running("127.0.0.1", openssh.port, Trouble(latency_seconds=_SLOW_SECONDS, lines=0)) as line:
        names = [f"p{number:02d}" for number in range(count)]
        partners = [replace(clinic.partner(name), mailbox=_mailbox(openssh, name)) for name in names]
        if slow:
            partners[0] = replace(partners[0], mailbox=replace(partners[0].mailbox, port=line.port))
        office = office_at(folder, *partners)
        for one in partners:
            sealed(office, one, _FILES_EACH)
        since = datetime.now(UTC)
        deliver(office, reached)
        waits = dict.fromkeys(names, 0.0)
        with office.ledger.reading() as tx:
            for file in outbox.files(tx, PRACTICE.key, limit=count * _FILES_EACH):
                assert file.sent_at is not None, f"{file.name} is {file.state}: {file.why}"
                waits[file.partner] = max(waits[file.partner], (file.sent_at - since).total_seconds())
        office.ledger.close()
    others = sorted(waits[name] for name in names[1:])
    said = f"the first {2 * _SLOW_SECONDS * 1000:.0f} ms away" if slow else "all near"
    say(
        f"  {said}: the first is done after {waits[names[0]]:.1f} s; the others after {others[0]:.1f} s (earliest), "
        f"{statistics.median(others):.1f} s (median), {others[-1]:.1f} s (last)"
    )


def _mailbox(openssh: OpenSsh, name: str) -> MailboxAddress:
    for folder in ("outbound", "inbound"):
        (openssh.root / name / folder).mkdir(parents=True, exist_ok=True)
    return replace(openssh.address(), outbound=f"{name}/outbound", inbound=f"{name}/inbound", archive="")


def main(files: int = 1000, partners: int = 50) -> int:
    with server() as openssh:
        with tempfile.TemporaryDirectory() as folder:
            one_partner(openssh, Path(folder), files)
        say(f"{_FILES_EACH} files of {CLAIMS} claims to each of {partners} partners")
        for slow in (False, True):
            with tempfile.TemporaryDirectory() as folder:
                many_partners(openssh, Path(folder), partners, slow=slow)
            for path in openssh.root.glob("p*/outbound/*"):
                path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
