"""What should stand of a claim, reason by reason, from the order of its answers alone; beside what the ledger has."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from tests.bench.month.books import Books, Found, Told

_REVERSAL: Final = "22"
_PRICED: Final = "25"
_PATIENT: Final = {"1", "2", "3"}
_MEDICAID: Final = ("MDCD1", "MDCD2")


def of_reasons(books: Books, told: dict[str | None, list[Told]], moved: set[str], found: Found) -> Iterator[str]:
    """Of visits with one claim, nothing on the desk and nothing typed in: what stands, by the answers' own CAS.

    moved  claims whose refused dollars a person has moved to the patient
    """
    by_visit, states, waits = _buckets(books), _states(books), _waiting(books)
    checked = Counter[int]()
    for key, some in told.items():
        if key is None or len(states[key]) != 1 or any(one.state != "posted" for one in some):
            continue
        if any((one.remittance, one.clp.ordinal) in waits for one in some) or key in books.on_paper:
            continue
        standing = stands(some)
        if standing is None:
            continue
        checked[len(some)] += 1
        yield from (f"visit {key}: {said}" for said in _differs(standing, by_visit[key], states[key], moved))
    found.figures["claims checked reason by reason, by number of answers"] = dict(sorted(checked.items()))


def stands(some: Sequence[Told]) -> Told | str | None:
    """Give the one answer that stands; empty if none does, None if that is not told by their order and amounts alone.

    A reversal takes back what it negates; what paid nothing is overtaken by a later answer; a pricing is no answer.
    """
    reversals = [one for one in some if one.clp.status == _REVERSAL]
    in_order = sorted(some, key=lambda one: one.st.day)
    found = [one for one in in_order if one.clp.status not in {_REVERSAL, _PRICED}]
    for back in reversals:
        taken = [one for one in found if _is_of(back, one)]
        if len(taken) != 1:
            return None
        found.remove(taken[0])
    if len({one.st.day for one in found}) != len(found):
        return None
    if len(found) > 1 and all(one.clp.paid == 0 for one in found[:-1]):
        found = found[-1:]
    return "" if not found else found[0] if len(found) == 1 else None


def _is_of(back: Told, one: Told) -> bool:
    same = back.clp.number == one.clp.number
    return same and (back.clp.charge, back.clp.paid) == (-one.clp.charge, -one.clp.paid)


def _differs(standing: Told | str, buckets: Counter[str], states: set[str], moved: set[str]) -> Iterator[str]:
    if isinstance(standing, str):
        if any(buckets.values()):
            yield f"everything was taken back, the ledger has {dict(buckets)}"
        return
    clp = standing.clp
    if sum(buckets.values()) != clp.charge or buckets["paid"] != clp.paid:
        yield f"charged {clp.charge}, paid {clp.paid}, the ledger has {dict(buckets)}"
    # Of Medicaid only the copay is the patient's; what is else left to the patient is not.
    asked = {"3"} if standing.st.payer.endswith(_MEDICAID) else _PATIENT
    patient = sum(amount for group, carc, amount in clp.cas if group == "PR" and carc in asked)
    left = buckets["patient"] + buckets["other_payer"]
    if clp.control not in moved and (left < patient or (not _others(clp.cas) and left != patient)):
        yield f"PR {', '.join(sorted(asked))} are {patient}, the ledger has {dict(buckets)}"
    shares = any(group == "PR" and carc in _PATIENT for group, carc, _ in clp.cas)
    if clp.paid == 0 and clp.charge > 0 and not shares and "paid" in states and clp.control not in moved:
        yield f"nothing was paid and nothing is a share, and it reads paid: {clp.cas}"
    if clp.paid > 0 and all(paid > 0 for _, paid in clp.lines) and states & {"denied", "partial"}:
        yield f"every line was paid, and it reads {states}"


def _others(cas: tuple[tuple[str, str, int], ...]) -> bool:
    """Whether anything but contract and shares is adjusted: then more may be left to the patient or to another payer."""
    return any((group, carc) != ("CO", "45") and (group != "PR" or carc not in _PATIENT) for group, carc, _ in cas)


def _buckets(books: Books) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    query = (
        "SELECT s.key, p.bucket, sum(p.cents) FROM postings p JOIN payments y ON y.id = p.payment_id "
        "JOIN claim_versions v ON v.id = y.claim_version_id JOIN claims c ON c.id = v.claim_id "
        "JOIN visits s ON s.id = c.visit_id GROUP BY 1, 2"
    )
    for key, bucket, amount in books.rows(query):
        found[key][bucket.replace(" ", "_")] += amount
    return found


def _states(books: Books) -> dict[str, set[str]]:
    """The state of each claim version of a visit; a visit with several versions has as many, numbered."""
    found: dict[str, set[str]] = defaultdict(set)
    query = (
        "SELECT s.key, v.state, v.version FROM claim_versions v JOIN claims c ON c.id = v.claim_id "
        "JOIN visits s ON s.id = c.visit_id"
    )
    for key, state, version in books.rows(query):
        found[key].add(state if version == 1 else f"{version}: {state}")
    return found


def _waiting(books: Books) -> set[tuple[int, int]]:
    query = "SELECT remittance_id, ordinal FROM desk_items WHERE account = '' AND (held_cents <> 0 OR state = 'open')"
    return {(number, ordinal) for number, ordinal in books.rows(query)}
