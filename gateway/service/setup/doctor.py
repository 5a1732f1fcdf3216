"""Is everything there that the gateway needs? Each fault comes with how to mend it."""

import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from gateway.accounts import Right
from gateway.clock import Clock
from gateway.codes.table import codes_folder
from gateway.edi.checking.hot import is_compiled
from gateway.edi.guide.compiled import guide_of
from gateway.edi.guide.overlay import read_overlay
from gateway.edi.wire.segment import STANDARD
from gateway.errors import ConfigError, GatewayError, LedgerBusy
from gateway.ledger import accounts, migrate, open_ledger, standings
from gateway.ledger.filesystem import kind_of
from gateway.ledger.lock import require_nobody_alone
from gateway.partner import MailboxKind, PgpPolicy, TradingPartner
from gateway.service.identity.instance import why_held
from gateway.service.partners.calls import resume_command
from gateway.service.partners.renamed import known_as
from gateway.service.recovery.backup import folder_of, newest
from gateway.service.setup.code_lists import code_tables
from gateway.settings import Settings, load
from gateway.standing import Standing, StandingState

_DISK_MIN = 1024**3
_BACKUP_AGE_MAX = timedelta(hours=25)


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
        *_instance(settings),
        *_accounts(settings),
        _backup(settings, clock),
        *_partners(settings),
        *_names(settings),
        *_tables(settings, clock),
        _x12(),
    )


def _x12() -> Check:
    how = (
        "its hot modules are compiled"
        if is_compiled()
        else "runs as Python; a wheel with it compiled checks files faster"
    )
    return Check(what="X12 engine", health=Health.GOOD, said=how)


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


def _instance(settings: Settings) -> Iterator[Check]:
    """Where the ledger lies, whether somebody works alone on it, and whether it may number and send."""
    try:
        ledger = open_ledger(settings.database_url)
    except GatewayError:
        return  # the ledger's own check says it
    try:
        if ledger.engine.dialect.name == "sqlite":
            kind = kind_of(Path(ledger.engine.url.database or "").parent) or "of a kind that the kernel does not name"
            yield Check(what="file system", health=Health.GOOD, said=f"{kind}, on this machine")
        try:
            require_nobody_alone(ledger)
            yield Check(what="lock", health=Health.GOOD, said="nobody works alone on the ledger")
        except LedgerBusy as busy:
            yield Check(what="lock", health=Health.LOOK, said=str(busy), fix="wait until it is done")
        held = why_held(ledger, settings.home, settings.practice.key)
        if held:
            yield Check(what="instance", health=Health.BAD, said=f"HELD: {held}", fix="gateway reconcile")
        else:
            yield Check(what="instance", health=Health.GOOD, said="the ledger is the one this home folder works with")
    except GatewayError as wrong:
        yield Check(what="instance", health=Health.BAD, said=str(wrong), fix="see the ledger's line")
    finally:
        ledger.close()


def _accounts(settings: Settings) -> Iterator[Check]:
    """Who may do what here; a ledger that is not ready says nothing of it."""
    try:
        ledger = open_ledger(settings.database_url)
    except GatewayError:
        return
    try:
        if not accounts.are_kept(ledger):
            return
        with ledger.reading() as tx:
            known = accounts.all_of(tx, settings.practice.key)
    finally:
        ledger.close()
    in_use = [one for one in known if one.disabled_at is None]
    admins = ", ".join(one.name for one in in_use if one.may(Right.RUN_ACCOUNTS))
    said = (
        f"{len(in_use)} in use, {len(known) - len(in_use)} disabled; run by {admins}"
        if known
        else "none: whoever can run commands here may do everything, and who decides is what they type in --by; "
        "to change that: gateway users add"
    )
    yield Check(what="accounts", health=Health.GOOD, said=said)


def _backup(settings: Settings, clock: Clock) -> Check:
    """The newest verified backup in the folder where they are kept unless told otherwise."""
    last = newest(folder_of(settings.home), settings.practice.key)
    if last is None:
        said = f"no verified one in {folder_of(settings.home)}"
        return Check(what="backup", health=Health.LOOK, said=said, fix="gateway backup, every day, from cron")
    age = clock.now() - last.created_at
    said = f"{last.file}, verified, {age.days} days and {age.seconds // 3600} hours old"
    if age > _BACKUP_AGE_MAX:
        return Check(what="backup", health=Health.LOOK, said=said, fix="gateway backup, every day, from cron")
    return Check(what="backup", health=Health.GOOD, said=said)


def _partners(settings: Settings) -> Iterator[Check]:
    stand = _standings(settings)
    for name in sorted(settings.partners):
        yield from _partner(settings.partners[name], settings.home, stand.get(name))


def _standings(settings: Settings) -> dict[str, Standing]:
    """How each partner stands; of none where the ledger cannot be read, which its own check says."""
    try:
        ledger = open_ledger(settings.database_url)
    except GatewayError:
        return {}
    try:
        migrate.require_newest(ledger)
        with ledger.reading() as tx:
            return {name: standings.of(tx, settings.practice.key, name) for name in settings.partners}
    except GatewayError:
        return {}
    finally:
        ledger.close()


def _not_open(standing: Standing | None) -> Check | None:
    """Say that a partner is not called, or that the last calls failed; None if all is well."""
    if standing is None or (standing.state is StandingState.OPEN and not standing.failures):
        return None
    what, since = f"partner {standing.partner}", f"since {standing.since:%Y-%m-%d %H:%M} UTC" if standing.since else ""
    if standing.state is StandingState.PAUSED:
        said = f"paused {since} by {standing.actor}: {standing.reason}; nothing is sent to it or fetched from it"
        fix = f"when that is over: {resume_command(standing.partner)}"
        return Check(what=what, health=Health.LOOK, said=said, fix=fix)
    if standing.state is StandingState.REFUSED:
        said = f"it refused us {since}: {standing.reason}; it is not called again, for that could lock the account"
        fix = f"when it is mended: {resume_command(standing.partner)}"
        return Check(what=what, health=Health.BAD, said=said, fix=fix)
    said = "the last call" if standing.failures == 1 else f"the last {standing.failures} calls"
    said += " failed"
    return Check(what=what, health=Health.LOOK, said=said, fix=f"gateway partners check {standing.partner}")


def _partner(partner: TradingPartner, home: Path, standing: Standing | None = None) -> Iterator[Check]:
    what, box = f"partner {partner.name}", partner.mailbox
    not_open = _not_open(standing)
    if not_open is not None:
        yield not_open
    if partner.pgp is not None:
        yield _pgp(partner, partner.pgp, home)
    if partner.companions:
        yield _companions(partner)
    if box.kind is MailboxKind.FOLDER:
        there = Path(box.root).is_dir()
        health = Health.GOOD if there else Health.BAD
        if not there or not_open is None:
            fix = "" if there else f"mkdir -p {box.root}"
            yield Check(what=what, health=health, said=f"folder {box.root}", fix=fix)
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
    elif box.host_keys and not_open is None:
        fix = f"to try the connection: gateway partners check {partner.name}"
        yield Check(what=what, health=Health.GOOD, said=f"{box.user}@{box.host}:{box.port}, pinned; {fix}")


def _names(settings: Settings) -> Iterator[Check]:
    """Partners whose file got another name: the ledger still knows them by the old one."""
    try:
        ledger = open_ledger(settings.database_url)
        try:
            with ledger.reading() as tx:
                found = {one: known_as(tx, settings.practice.key, settings.partners[one]) for one in settings.partners}
        finally:
            ledger.close()
    except GatewayError:
        return  # the ledger's own check says it
    for name, old in sorted(found.items()):
        if old:
            said = f"the ledger knows its sender and receiver as {old}: nothing is sealed for it, nor collected"
            fix = f"gateway partners rename {old} {name} --by NAME --reason TEXT, or give the file its old name"
            yield Check(what=f"partner {name}, name", health=Health.BAD, said=said, fix=fix)


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


def _companions(partner: TradingPartner) -> Check:
    """Lay each companion guide over its guide."""
    what = f"partner {partner.name}, companion guides"
    try:
        overlays = [read_overlay(one) for one in partner.companions]
        strange = [one for one in overlays if guide_of(one.guide, STANDARD, (one,)) is None]
    except ConfigError as wrong:
        return Check(what=what, health=Health.BAD, said=str(wrong), fix=_mend(partner, "companions"))
    if strange:
        said = "; ".join(f"{one.named}: there is no guide {one.guide}" for one in strange)
        return Check(what=what, health=Health.BAD, said=said, fix=_mend(partner, "companions"))
    said = "; ".join(f"{one.named} ({one.guide}), {len(one.changes)} change(s)" for one in overlays)
    return Check(what=what, health=Health.GOOD, said=said)


def _mend(partner: TradingPartner, table: str) -> str:
    return f"correct {table} of partners/{partner.name}.toml, or what it refers to"


def _tables(settings: Settings, clock: Clock) -> Iterator[Check]:
    try:
        found = code_tables(codes_folder(settings.home), clock.today())
    except ConfigError as wrong:
        yield Check(what="tables", health=Health.BAD, said=str(wrong), fix="gateway codes import, or remove the file")
        return
    for one in found:
        whose = "imported" if one.imported else "shipped"
        said = f"{one.source.split(';')[0][:60]}, published {one.published}, {whose}"
        if one.in_force:
            yield Check(what=f"table {one.name}", health=Health.GOOD, said=said)
            continue
        holds = (
            " and holds all the same, as the practice set" if one.name in settings.still_holds else ": it only warns"
        )
        ended = (
            f"it ended {one.ends}" if one.ends is not None and one.ends < clock.today() else f"it begins {one.starts}"
        )
        newer = (
            f"gateway codes import {one.kind} FILE" if one.kind else "update the gateway when a newer one is shipped"
        )
        yield Check(what=f"table {one.name}", health=Health.LOOK, said=f"{said}; {ended}{holds}", fix=newer)
