"""Is everything there that the gateway needs? Each fault comes with how to mend it."""

import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from gateway.clock import Clock
from gateway.codes.table import tables
from gateway.errors import ConfigError, GatewayError
from gateway.ledger import migrate, open_ledger
from gateway.partner import MailboxKind, PgpPolicy, TradingPartner
from gateway.settings import Settings, load

_DISK_MIN = 1024**3


class Health(StrEnum):
    """How a check went."""

    GOOD = "ok"
    LOOK = "look"
    BAD = "BAD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at. `fix` is empty when it is well."""

    what: str
    health: Health
    said: str
    fix: str = ""


def examine(home: Path, clock: Clock) -> tuple[Check, ...]:
    """Look at everything that can be looked at without calling a partner."""
    try:
        settings = load(home)
    except GatewayError as wrong:
        return (Check(what="configuration", health=Health.BAD, said=str(wrong), fix="correct it, then ask me again"),)
    said = f"practice {settings.practice.key}, {len(settings.partners)} partners, {len(settings.payers)} payers"
    return (
        Check(what="configuration", health=Health.GOOD, said=said),
        _home(home),
        _disk(home),
        _ledger(settings),
        *(one for name in sorted(settings.partners) for one in _partner(settings.partners[name], home)),
        *_tables(settings, clock),
    )


def _home(home: Path) -> Check:
    mode = stat.S_IMODE(home.stat().st_mode)
    if mode & 0o077:
        said = f"others may read it (mode {mode:04o}); it holds health records"
        return Check(what="home folder", health=Health.BAD, said=said, fix=f"chmod 0700 {home}")
    return Check(what="home folder", health=Health.GOOD, said=f"{home} is its owner's alone")


def _disk(home: Path) -> Check:
    free = shutil.disk_usage(home).free
    said = f"{free / _DISK_MIN:.1f} GiB free"
    if free < _DISK_MIN:
        return Check(what="disk", health=Health.LOOK, said=said, fix="free some space before the next batch")
    return Check(what="disk", health=Health.GOOD, said=said)


def _ledger(settings: Settings) -> Check:
    try:
        ledger = open_ledger(settings.database_url)
        try:
            migrate.require_newest(ledger)
            kind = ledger.engine.dialect.name
        finally:
            ledger.close()
    except GatewayError as wrong:
        return Check(what="ledger", health=Health.BAD, said=str(wrong), fix="gateway db upgrade, or gateway init")
    said = f"{kind}, revision {migrate.newest()}"
    if kind == "sqlite":
        said += f", SQLite {sqlite3.sqlite_version}"
    return Check(what="ledger", health=Health.GOOD, said=said)


def _partner(partner: TradingPartner, home: Path) -> Iterator[Check]:
    what, box = f"partner {partner.name}", partner.mailbox
    if partner.pgp is not None:
        yield _pgp(partner, partner.pgp, home)
    if box.kind is MailboxKind.FOLDER:
        there = Path(box.root).is_dir()
        health = Health.GOOD if there else Health.BAD
        yield Check(what=what, health=health, said=f"folder {box.root}", fix="" if there else f"mkdir -p {box.root}")
        return
    if not box.host_keys:
        yield Check(
            what=what,
            health=Health.BAD,
            said="no host key is pinned: it would be refused",
            fix=f"gateway partners trust {partner.name}",
        )
    wrong = _login(partner)
    if wrong is not None:
        yield wrong
    elif box.host_keys:
        fix = f"to try the connection: gateway partners check {partner.name}"
        yield Check(what=what, health=Health.GOOD, said=f"{box.user}@{box.host}:{box.port}, pinned; {fix}")


def _login(partner: TradingPartner) -> Check | None:
    """Fetch key, passphrase and password from where they are said to be. Nothing of them is shown."""
    from gateway.transport.sftp import credentials_of  # noqa: PLC0415 paramiko is slow to import

    what, box = f"partner {partner.name}", partner.mailbox
    kind, _, key = box.key.partition(":")
    if kind == "file" and not Path(key).is_file():
        fix = f"ssh-keygen -q -t ed25519 -N '' -f {key}, and give {key}.pub to the partner"
        return Check(what=what, health=Health.BAD, said=f"the key {key} is not there", fix=fix)
    try:
        credentials_of(box, partner=partner.name, environment=os.environ)
    except ConfigError as wrong:
        return Check(what=what, health=Health.BAD, said=str(wrong), fix=_mend(partner, "[mailbox]"))
    return None


def _pgp(partner: TradingPartner, policy: PgpPolicy, home: Path) -> Check:
    """Encrypt and decrypt something with the keys that are named."""
    from gateway.transport.pgp import try_keys  # noqa: PLC0415 most practices go without

    what = f"partner {partner.name}, pgp"
    try:
        try_keys(policy, home / "spool", partner=partner.name, environment=os.environ)
    except ConfigError as wrong:
        return Check(what=what, health=Health.BAD, said=str(wrong), fix=_mend(partner, "[pgp]"))
    out = f"for {policy.recipient}" if policy.recipient else "nothing that is sent"
    signer = f", signed by {policy.signed_by}" if policy.signed_by else ""
    comes = f"what comes is decrypted{signer}" if policy.key else "what comes is taken as it is"
    return Check(what=what, health=Health.GOOD, said=f"encrypts {out}; {comes}")


def _mend(partner: TradingPartner, table: str) -> str:
    return f"correct {table} of partners/{partner.name}.toml, or what it refers to"


def _tables(settings: Settings, clock: Clock) -> Iterator[Check]:
    today = clock.today()
    for table in (*tables(), *tables("gateway.denials")):
        ended = table.ends is not None and table.ends < today
        said = f"{table.source.split(';')[0][:60]}, published {table.published}"
        if not ended:
            yield Check(what=f"table {table.name}", health=Health.GOOD, said=said)
            continue
        holds = (
            " and holds all the same, as the practice set" if table.name in settings.still_holds else ": it only warns"
        )
        yield Check(
            what=f"table {table.name}",
            health=Health.LOOK,
            said=f"{said}; it ended {table.ends}{holds}",
            fix="update the gateway when a newer table is shipped",
        )
