"""What the bookkeeper asks of the month's end; every answer that is not nothing is a fault of somebody's."""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from tests.bench.month.books import Books, Found, St, Told, uploads
from tests.bench.month.clinic import Clinic
from tests.bench.month.reasons import of_reasons

_SETTLED: Final = {"paid", "closed", "voided", "replaced"}
_ASIDE: Final = {"set aside", "closed"}
_NEW_CLAIM: Final = {"31", "109"}
_WITH_THE_PAYER: Final = {"sent", "received", "accepted"}
_WAITING_DAYS_MAX: Final = 45


def audit(books: Books, clinic: Clinic, *, moved: set[str]) -> Found:
    found = Found()
    reconciled = json.loads(clinic.types("reconcile", "--json").out)
    found.check("reconcile holds, and all its laws", _laws(reconciled))
    found.check("the payers' own sets add up, but those that are to be a cent off", _adds_up(books, found))
    found.check("every set has its place, and what was paid is where the ledger says", _of_sets(books, found))
    found.check("all that payers paid is on the manager's page", _of_page(books, reconciled["reconciled"]))
    told = _told(books)
    found.check("what payers say of a claim over all versions is what stands", _of_claims(books, told))
    found.check("what stands of a claim stands reason by reason", of_reasons(books, told, moved, found))
    found.check("no claim is twice at a partner, none is lost", _of_uploads(books, told, found))
    late = reconciled["reconciled"]["unanswered"]["claims"]
    found.check(
        "every claim is settled, or listed with a next step and an owner", _of_people(books, clinic, late, found)
    )
    found.check("no money in doubt without candidate, reason or person", _of_desk(clinic, found))
    found.figures["reconciled"] = reconciled["reconciled"]
    return found


def _laws(reconciled: dict[str, Any]) -> Iterator[str]:
    if not reconciled.get("holds", True):
        yield "it does not hold"
    for law in reconciled["reconciled"]["laws"]:
        yield from (f"{law['law']}: {one}" for one in law["broken"])
    for name in ("lost", "duplicated"):
        if reconciled["reconciled"][name]:
            yield f"{name}: {reconciled['reconciled'][name]}"


def _adds_up(books: Books, found: Found) -> Iterator[str]:
    """The bookkeeper's own reading, checked: what does not add up has been set aside, and nothing else."""
    off = [one for one in books.sets if not one.adds_up]
    found.figures["sets"] = len(books.sets)
    found.figures["sets that are off"] = len(off)
    for one in off:
        row = books.place_of(one)
        if row is not None and row["state"] not in _ASIDE:
            yield f"{_name(one)} is a cent off, and is {row['state']}"
    for one in set(books.sets) - set(off):
        row = books.place_of(one)
        if row is not None and row["state"] in _ASIDE:
            yield f"{_name(one)} adds up, and is {row['state']}"


def _of_sets(books: Books, found: Found) -> Iterator[str]:
    """Per set: BPR02 = on claims + on the desk and its accounts, or set aside whole; added up per partner and payer."""
    by_payer: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for one in books.sets:
        row = books.place_of(one)
        places = by_payer[one.partner, one.payer]
        places["paid by the payer"] += one.paid
        if row is None:
            yield f"{_name(one)}: {one.paid} cents in no row of the ledger"
            continue
        if row["payment_cents"] != one.paid or row["payer_id"] != one.payer or row["trace"] != one.trace:
            yield f"{_name(one)}: the ledger has {row['payment_cents']} of {row['payer_id']}, {row['trace']}"
        if row["state"] in _ASIDE:
            places[row["state"]] += one.paid
            continue
        places["on claims"] += books.on_claims[row["id"]]
        places.update(books.on_desk[row["id"]])
        held = books.on_claims[row["id"]] + sum(books.on_desk[row["id"]].values())
        if row["state"] != "posted" or held != one.paid:
            yield f"{_name(one)} is {row['state']}: {one.paid} paid, {held} kept"
    ours = {books.place_of(one)["id"] for one in books.sets if books.place_of(one) is not None}  # type: ignore[index]
    for row in books.rows("SELECT id, payer_id, trace, payment_cents FROM remittances"):
        if row["id"] not in ours and (row["payer_id"], row["trace"], row["payment_cents"]) not in books.papers:
            yield f"remittance {row['id']}, trace {row['trace']}, is of no set and no paper"
    found.figures["money by partner and payer"] = {key: dict(value) for key, value in sorted(by_payer.items())}
    for (partner, payer), places in by_payer.items():
        kept = sum(value for name, value in places.items() if name != "paid by the payer")
        if kept != places["paid by the payer"]:
            yield f"{partner} {payer}: {places['paid by the payer']} paid, {kept} kept"


def _of_page(books: Books, reconciled: dict[str, Any]) -> Iterator[str]:
    """The page for a manager has every cent that came."""
    paid = sum(one.paid for one in books.sets) + sum(amount for _, _, amount in books.papers)
    closed = sum(row[0] for row in books.rows("SELECT payment_cents FROM remittances WHERE state = 'closed'"))
    names = ("on_earlier_versions", "parked", "paid_back", "not_ours", "set_aside")
    parts = {name: _cents(reconciled[name]) for name in names} | {"closed": closed}
    parts["paid"] = _cents(reconciled["buckets"].get("paid", "0"))
    parts["accounts"] = sum(map(_cents, reconciled["accounts"].values()))
    if sum(parts.values()) != paid:
        yield f"{paid} cents came, the page has {sum(parts.values())}: {parts}"


def _cents(text: str) -> int:
    return round(float(text) * 100)


def _told(books: Books) -> dict[str | None, list[Told]]:
    """Every answer by the visit that it is about; None are strangers."""
    found: dict[str | None, list[Told]] = defaultdict(list)
    for one in books.sets:
        row = books.place_of(one)
        for clp in one.clps:
            told = Told(one, clp, row["id"] if row is not None else 0, row["state"] if row is not None else "")
            found[books.visit_of(clp)].append(told)
    return found


def _of_claims(books: Books, told: dict[str | None, list[Told]]) -> Iterator[str]:
    """Per visit: CLP04 over all its answers, less what waits on the desk of just those, is what is on its claims."""
    stands = Counter[str]()
    query = (
        "SELECT s.key, sum(p.cents) FROM postings p JOIN payments y ON y.id = p.payment_id "
        "JOIN claim_versions v ON v.id = y.claim_version_id JOIN claims c ON c.id = v.claim_id "
        "JOIN visits s ON s.id = c.visit_id WHERE p.bucket = 'paid' GROUP BY 1"
    )
    for key, amount in books.rows(query):
        stands[key] = amount
    waits = Counter[tuple[int, int]]()
    for number, ordinal, amount in books.rows(
        "SELECT remittance_id, ordinal, sum(held_cents) FROM desk_items WHERE account = '' GROUP BY 1, 2"
    ):
        waits[number, ordinal] = amount
    for key in {*told, *stands} - {None}:
        assert key is not None
        said = sum(one.clp.paid for one in told[key] if one.state == "posted") + books.on_paper[key]
        held = sum(waits[one.remittance, one.clp.ordinal] for one in told[key] if one.state == "posted")
        if said - held != stands[key]:
            yield f"visit {key}: told {said}, of which {held} wait; {stands[key]} on its claims"


def _of_uploads(books: Books, told: dict[str | None, list[Told]], found: Found) -> Iterator[str]:
    """Each claim version that left is in one file at its partner; no original is answered as a duplicate of one of ours."""
    there = uploads(books.folder)
    query = "SELECT v.pcn, v.state, v.partner, s.key FROM claim_versions v JOIN claims c ON c.id = v.claim_id "
    versions = {row["pcn"]: row for row in books.rows(f"{query} JOIN visits s ON s.id = c.visit_id")}
    for pcn, files in there.items():
        if len(files) > 1:
            yield f"claim {pcn} is in {len(files)} files: {', '.join(files)}"
        if pcn not in versions:
            yield f"claim {pcn} is at a partner and not in the ledger"
        elif versions[pcn]["partner"] != files[0].split()[0]:
            yield f"claim {pcn} is at another partner than its own"
    never = {"ready", "sealed", "replaced", "closed", "voided"}
    for pcn, row in versions.items():
        if pcn not in there and row["state"] not in never:
            yield f"claim {pcn} of visit {row['key']} is {row['state']} and at no partner"
    for key, some in told.items():
        # Where a payer never knew the patient, or has passed the claim on, a new original is what is asked for.
        asked_for = any(carc in _NEW_CLAIM for one in some for _, carc, _ in one.clp.cas)
        for one in some if not asked_for else ():
            if any((group, carc) == ("CO", "18") for group, carc, _ in one.clp.cas):
                yield f"visit {key}: claim {one.clp.control} was refused as a duplicate"
    found.figures["claims that left"] = len(there)


def _of_people(books: Books, clinic: Clinic, late: int, found: Found) -> Iterator[str]:
    """Every claim that is not settled is on a list, which says what to do, and by whom.

    late  how many claims the page for a manager says the payers have had for too long
    """
    denied = {row["pcn"]: row for row in _listed(clinic, "denials", "denials")}
    steps = {row["claim"]: row["what to do"] for row in _table(clinic, "claims")}
    ends, old = Counter[str](), 0
    for row in _listed(clinic, "claims", "claims"):
        pcn, state = row["pcn"], row["state"]
        ends[state] += 1
        if state in _SETTLED:
            continue
        if row["owner"] in {"", "nobody", "as its denials say"} or steps.get(pcn, "") in {"", "nothing"}:
            yield f"claim {pcn} is {state}: whose it is, or what to do, is not said"
        one = denied.get(pcn)
        if state in {"denied", "partial"} and (one is None or not (one["owner"] and one["route"] and one["fix"])):
            yield f"claim {pcn} is {state}, and no denial of it says who does what"
        old += state in _WITH_THE_PAYER and (clinic.today - date.fromisoformat(row["day"])).days > _WAITING_DAYS_MAX
        if state in {"ready", "sealed"}:
            yield f"claim {pcn} is {state} though nothing was left to do"
    if old != late:
        yield f"{old} claims are with payers for more than {_WAITING_DAYS_MAX} days, the page names {late}"
    found.figures["claims"] = dict(ends)
    found.figures["with the payer for more than 45 days"] = old
    query = (
        "SELECT w.state, count(*) FROM visits s JOIN visit_versions w ON w.visit_id = s.id AND w.version = s.version"
    )
    found.figures["visits"] = dict(map(tuple, books.rows(f"{query} GROUP BY 1")))
    for row in _listed(clinic, "visits", "visits", "state:held"):
        if not any(one["severity"] == "hold" and one["owner"] and one["fix"] for one in row["findings"]):
            yield f"visit {row['visit']['key']} is held, and nobody is named, or nothing said"


def _table(clinic: Clinic, noun: str) -> Iterator[dict[str, str]]:
    said = clinic.types(noun, "list", "-o", "csv", "--limit", "10000")
    yield from csv.DictReader(said.out.splitlines())


def _of_desk(clinic: Clinic, found: Found) -> Iterator[str]:
    """Each open item says why and whose it is; an answer without a claim proposes some, or says that it is a stranger's."""
    kinds = Counter[str]()
    for row in _listed(clinic, "money", "items"):
        kinds[row["kind"]] += 1
        if not row["why"] or not row["owner"] or not row["at"]:
            yield f"item {row['id']} lacks why, owner or day"
        if row["kind"] == "overpayment" and not row["claim"]:
            yield f"item {row['id']} is an overpayment of no claim"
    found.figures["open on the desk"] = dict(kinds)


def _listed(clinic: Clinic, noun: str, key: str, *words: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    after: tuple[str, ...] = ()
    while True:
        page = json.loads(clinic.types(noun, "list", *words, "--json", "--limit", "1000", *after).out)
        rows += page[key]
        if len(page[key]) < 1000:
            return rows
        after = ("--after", str(page["next_after"]))


def _name(one: St) -> str:
    return f"{one.partner} {one.payer} {one.trace} ({one.sha256[:10]}, ST {one.control})"
