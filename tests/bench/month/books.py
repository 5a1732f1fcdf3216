"""An independent bookkeeper: what the payers' own bytes say, beside what the clinic's ledger holds.

It reads the 835s of the partners' journal with a reader of its own (segments split by hand, cents as whole numbers), the files
that the partners got, and the tables of the ledger, by SQL of its own. Nothing here is from the gateway's rooms of money, and
nothing is assumed of how the gateway decides: it says what differs.
"""

import base64
import hashlib
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.bench.month.world import PARTNERS

Meant = dict[tuple[str, str], str]
"""The visit of a member id and a day of service."""
_NO_PLACE: Final = "no row of the ledger"


class Clp(NamedTuple):
    """An answer to a claim as its segments say. `cas` is group, reason and cents, of the claim and of its lines together."""

    ordinal: int
    control: str
    status: str
    charge: int
    paid: int
    number: str
    member: str
    days: frozenset[str]
    cas: tuple[tuple[str, str, int], ...]
    lines: tuple[tuple[int, int], ...]
    claim_cas: int


class St(NamedTuple):
    """A transaction set of an 835: BPR02 in cents, whose it is, and what it says of which claims."""

    partner: str
    sha256: str
    control: str
    payer: str
    trace: str
    day: str
    paid: int
    clps: tuple[Clp, ...]
    plb: tuple[tuple[str, str, int], ...]

    @property
    def adds_up(self) -> bool:
        """Whether payment, claims, lines and adjustments come out to the cent."""
        claims = all(
            one.charge - one.paid == sum(cents for _, _, cents in one.cas)
            and (not one.lines or one.paid == sum(paid for _, paid in one.lines) - one.claim_cas)
            for one in self.clps
        )
        return claims and self.paid == sum(one.paid for one in self.clps) - sum(cents for _, _, cents in self.plb)


class Told(NamedTuple):
    """An answer to a visit's claim, with the set that it stands in, and number and state of the ledger's row of that."""

    st: St
    clp: Clp
    remittance: int
    state: str


def cents(text: str) -> int:
    amount = Decimal(text or "0") * 100
    assert amount == int(amount), f"a fraction of a cent: {text}"
    return int(amount)


def sets_in(partner: str, body: bytes) -> Iterator[St]:
    """Read an 835 with nothing but split."""
    text = body.decode("ascii")
    element, component, end = text[3], text[104], text[105]
    digest = hashlib.sha256(body).hexdigest()
    held: list[list[str]] = []
    for raw in text.split(end):
        row = raw.strip("\r\n").split(element)
        if row[0] == "ST":
            held = []
        held.append(row)
        if row[0] == "SE":
            yield _set(partner, digest, held, component)


def _set(partner: str, digest: str, rows: list[list[str]], component: str) -> St:
    first = {row[0]: row for row in reversed(rows)}
    payer = next(row[2] for row in rows if row[0] == "REF" and row[1] == "2U")
    places = [number for number, row in enumerate(rows) if row[0] == "CLP"]
    ends = [*places[1:], next((number for number, row in enumerate(rows) if row[0] in {"PLB", "SE"}), len(rows))]
    clps = tuple(_clp(rows[begin:end], begin + 1) for begin, end in zip(places, ends, strict=True))
    plb = tuple(
        (row[at].partition(component)[0], row[at].partition(component)[2], cents(row[at + 1]))
        for row in rows
        if row[0] == "PLB"
        for at in range(3, len(row) - 1, 2)
        if row[at]
    )
    debit = -1 if first["BPR"][3] == "D" else 1
    return St(
        partner=partner,
        sha256=digest,
        control=first["ST"][2],
        payer=payer,
        trace=first["TRN"][2],
        day=first["BPR"][-1],
        paid=debit * cents(first["BPR"][2]),
        clps=clps,
        plb=plb,
    )


def _clp(rows: list[list[str]], ordinal: int) -> Clp:
    head = rows[0]
    days = {row[2] for row in rows if row[0] == "DTM" and row[1] in {"472", "150", "232"}}
    lines = tuple((cents(row[2]), cents(row[3])) for row in rows if row[0] == "SVC")
    until = next((number for number, row in enumerate(rows) if row[0] == "SVC"), len(rows))
    return Clp(
        ordinal=ordinal,
        control=head[1],
        status=head[2],
        charge=cents(head[3]),
        paid=cents(head[4]),
        number=head[7],
        member=next((row[9] for row in rows if row[0] == "NM1" and row[1] == "QC"), ""),
        days=frozenset(f"{day[:4]}-{day[4:6]}-{day[6:]}" for day in days),
        cas=tuple(_triples(rows)),
        lines=lines,
        claim_cas=sum(amount for _, _, amount in _triples(rows[:until])),
    )


def _triples(rows: Iterable[list[str]]) -> Iterator[tuple[str, str, int]]:
    for row in rows:
        if row[0] == "CAS":
            yield from ((row[1], row[at], cents(row[at + 1])) for at in range(2, len(row) - 1, 3) if row[at])


@dataclass(slots=True)
class Found:
    """What the bookkeeper found: what differs, by what it should be, and figures for the page."""

    wrong: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    figures: dict[str, Any] = field(default_factory=dict)

    def check(self, what: str, said: Iterable[str]) -> None:
        self.wrong[what] += list(said)

    @property
    def faults(self) -> int:
        return sum(map(len, self.wrong.values()))


class Books:
    """The partners' journal and the clinic's ledger, side by side.

    meant   which visit a member and a day are
    papers  what persons typed in from paper: payer, trace and cents
    """

    def __init__(self, folder: Path, meant: Meant, papers: list[tuple[str, str, int]]) -> None:
        self.folder = folder
        self.meant = meant
        self.papers = papers
        self.ledger = sqlite3.connect(folder / "clinic" / "gateway.db")
        self.ledger.row_factory = sqlite3.Row

    def close(self) -> None:
        self.ledger.close()

    def rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        return self.ledger.execute(query, values).fetchall()

    @cached_property
    def sets(self) -> tuple[St, ...]:
        """Every set of every 835 that a partner's payers ever wrote, in the order in which they wrote them."""
        found: list[St] = []
        seen: set[tuple[str, str]] = set()
        for path in sorted((self.folder / "state" / "journal").glob("*.json")):
            record = json.loads(path.read_text(encoding="ascii"))
            for name, body in _files_of(record):
                key = record["partner"], hashlib.sha256(body).hexdigest()
                if name.endswith(".835") and key not in seen:
                    seen.add(key)
                    found += sets_in(record["partner"], body)
        return tuple(found)

    @cached_property
    def remittance_of(self) -> dict[tuple[str, str, str], sqlite3.Row]:
        """The ledger's row of each set: by partner, digest of the file, and ST02."""
        query = (
            "SELECT r.*, f.sha256 AS of_file, f.partner AS came_by FROM remittances r "
            "JOIN inbound_files f ON f.id = r.inbound_id"
        )
        return {(row["came_by"], row["of_file"], row["set_control"]): row for row in self.rows(query)}

    @cached_property
    def on_claims(self) -> Counter[int]:
        """Cents that stand as paid on lines, by remittance."""
        query = (
            "SELECT y.remittance_id, sum(p.cents) FROM postings p JOIN payments y ON y.id = p.payment_id "
            "WHERE p.bucket = 'paid' GROUP BY 1"
        )
        return Counter(dict(map(tuple, self.rows(query))))

    @cached_property
    def on_desk(self) -> dict[int, Counter[str]]:
        """Cents that the desk and its accounts hold, by remittance and by what became of them."""
        found: dict[int, Counter[str]] = defaultdict(Counter)
        for row in self.rows("SELECT remittance_id, kind, state, account, held_cents FROM desk_items"):
            place = f"account {row['account']}" if row["account"] else f"desk, {row['state']}"
            found[row["remittance_id"]][place] += row["held_cents"]
        return found

    @cached_property
    def on_paper(self) -> Counter[str]:
        """Cents that persons typed in from paper, by visit."""
        query = (
            "SELECT s.key, sum(y.paid_cents) FROM payments y JOIN claim_versions v ON v.id = y.claim_version_id "
            "JOIN claims c ON c.id = v.claim_id JOIN visits s ON s.id = c.visit_id "
            "JOIN remittances r ON r.id = y.remittance_id WHERE r.trace LIKE 'PAPER%' GROUP BY 1"
        )
        return Counter(dict(map(tuple, self.rows(query))))

    def visit_of(self, clp: Clp) -> str | None:
        """The visit that an answer is about, by its member and day; None if it is about nobody's."""
        member = clp.member.removeprefix("R")
        return next((key for day in clp.days if (key := self.meant.get((member, day)))), None)

    def place_of(self, one: St) -> sqlite3.Row | None:
        return self.remittance_of.get((one.partner, one.sha256, one.control))


def _files_of(record: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    for one in record["answers"]:
        yield one["name"], base64.b64decode(one["base64"])


def uploads(folder: Path) -> dict[str, list[str]]:
    """Every claim number (CLM01) that a partner got, with the digests of the different files that hold it."""
    found: dict[str, list[str]] = defaultdict(list)
    seen: set[tuple[str, str]] = set()
    for partner in PARTNERS:
        for box in ("inbound", "taken"):
            path = folder / "state" / partner / box
            for file in sorted(path.iterdir()) if path.exists() else ():
                body = file.read_bytes()
                key = partner, hashlib.sha256(body).hexdigest()
                if key in seen or not body.startswith(b"ISA") or not body.rstrip().endswith(b"~"):
                    continue
                seen.add(key)
                for raw in body.decode("ascii").split("~"):
                    row = raw.strip().split("*")
                    if row[0] == "CLM":
                        found[row[1]].append(f"{partner} {key[1][:12]}")
    return found
