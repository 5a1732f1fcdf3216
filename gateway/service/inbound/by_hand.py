"""A person hands in an answer: a file from a partner's portal, stored as if it had been collected.

Its name says that it came by hand: a folder's slash, which no collected name has. That it is plain, although the partner
encrypts what it puts into its mailbox, is then no objection: the person who is named vouches for where it came from.
"""

import os
import re
import stat
from dataclasses import dataclass
from hashlib import sha256
from math import inf
from pathlib import Path
from typing import Final

from gateway.errors import IntakeError, UsageError
from gateway.event import Event
from gateway.ledger import Transaction, inbound
from gateway.ledger.inbound import InboundFile, InboundState
from gateway.service.files.spool import Spool
from gateway.service.files.zip_archive import is_archive
from gateway.service.inbound.collect import LIMITS
from gateway.service.office import Office
from gateway.service.partners.renamed import renamed

FOLDER: Final = "by-hand"
_OPENED: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe that nobody writes to would keep us waiting
_PLAIN: Final = b"ISA"
_HOSTILE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_NAME_MAX: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The inbound file that holds the bytes; `is_new` is false where they had come before, under any name."""

    file: InboundFile
    is_new: bool


def import_file(
    office: Office, path: Path, *, partner: str, reason: str, bytes_max: int = LIMITS.bytes_max
) -> Imported:
    """Store an answer that a person has fetched. The file itself is only read.

    Raises UsageError if there is no such file, it is none, or it changed meanwhile; IntakeError if it is empty or too
    long; ConfigError if there is no partner of that name, the ledger knows it under another, or our disk is full.
    """
    known = office.settings.partner(partner)
    other_name = renamed(office, known)
    if other_name is not None:
        raise other_name
    body = _read(office, path, bytes_max)
    plain = body.lstrip().startswith(_PLAIN) or is_archive(body)
    encrypts = known.pgp is not None and bool(known.pgp.key)
    own = plain_name(path.name)
    name = own if encrypts and not plain else f"{FOLDER}/{own}"
    said = f"{name}, {len(body)} bytes, brought in by hand by {office.actor}, as from {partner}"
    with office.ledger.writing() as tx:
        return keep(tx, office, name, body, partner=partner, said=said, reason=reason)


def plain_name(name: str) -> str:
    """Give a name as the ledger and a terminal can have it: what browsers put into names besides becomes a line."""
    return _HOSTILE.sub("_", name).lstrip("._-")[-_NAME_MAX:].lstrip("._-") or "answer"


def keep(tx: Transaction, office: Office, name: str, body: bytes, *, partner: str, said: str, reason: str) -> Imported:
    """Store bytes that a person has brought, once for the same ones, with the event that says who and why."""
    digest = sha256(body).hexdigest()
    before = inbound.same_bytes(tx, office.practice.key, partner, digest)
    if before is not None:
        return Imported(file=before, is_new=False)
    event = Event(
        kind="inbound.stored",
        about=name,
        partner=partner,
        said=f"{said}, sha256 {digest[:12]}",
        after=InboundState.STORED,
        artefact="person",
        actor=office.actor,
        reason=reason,
    )
    stored = inbound.store(
        tx,
        office.practice.key,
        partner=partner,
        name=name,
        body=body,
        sha256=digest,
        event=event,
        at=office.clock.now(),
    )
    assert stored is not None, "its bytes were looked for in this transaction"
    return Imported(file=stored, is_new=True)


def _read(office: Office, path: Path, bytes_max: int) -> bytes:
    """Read a file whole. Nothing of it is quoted, and nothing is done to it."""
    try:
        with os.fdopen(os.open(path, _OPENED), "rb") as opened:
            before = os.fstat(opened.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise UsageError(f"{path} is no plain file; nothing was stored; name one file")
            if before.st_size > bytes_max:
                raise IntakeError(f"{path} is longer than {bytes_max} bytes; nothing was stored; look at it by hand")
            with Spool(office.settings.home).opened(until=inf) as spooled:
                spooled.require_space(before.st_size)
            body = opened.read(bytes_max + 1)
            after = os.fstat(opened.fileno())
    except IsADirectoryError:
        raise UsageError(f"{path} is a folder; nothing was stored; name one file in it") from None
    except OSError as refused:
        raise UsageError(f"{path}: cannot be read ({refused.strerror}); nothing was stored") from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(body) != after.st_size:
        raise UsageError(f"{path} changed while it was read; nothing was stored; wait until it is whole, then again")
    if not body.strip():
        raise IntakeError(f"{path} is empty; nothing was stored; download it again")
    return body
