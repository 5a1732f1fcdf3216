"""Third-party files: what we read of claims and payments is what an independent splitter found in them."""

import json
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

import pytest

from gateway.edi.follow.loop import Loop, at
from gateway.edi.guide.compiled import ALIASES
from gateway.edi.read import claim as claim_file
from gateway.edi.read import remittance as remittance_file
from gateway.edi.read.claim import ClaimReading
from gateway.edi.read.remittance import PaymentReading
from gateway.edi.read.service_line import LineReading
from gateway.edi.values.party import PartyReading
from gateway.edi.wire.finding import WireLevel

CORPUS: Final = Path(__file__).parents[3].parent / "shared" / "corpus"
FILES: Final = [path for kind in ("837P", "835", "mixed") for path in sorted((CORPUS / "files" / kind).glob("*"))]
GUIDES: Final = {"837": "005010X222A1", "835": "005010X221A1"}

NO_CLAIMS: Final = {
    "DrewThomas09-RCM__fixture_06_partial_837_claims.edi": "its third CLM is cut: it has no terminator",
    "imsweb-x12-parser__x12_no_isa_line.txt": "no ISA, so no delimiters",
}
"""Files of whose claims we do not read all, though the splitter does, which knows no guide."""

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not FILES, reason="the corpus of third-party files is not here"),
]


def told(path: Path, kind: str) -> list[dict[str, Any]]:
    """The facts of each set of a guide that we read."""
    facts = json.loads((CORPUS / "expected" / path.parent.name / f"{path.name}.json").read_text())
    sets: list[dict[str, Any]] = [one for one in facts["transactions"] if one["set"] == kind]
    named = [one.get("st03") or one["gs08"] if kind == "837" else one["gs08"] for one in sets]
    return [one for one, version in zip(sets, named, strict=True) if ALIASES.get(version, version) == GUIDES[kind]]


def number(text: str | None) -> Decimal | None:
    try:
        return Decimal(text or "")
    except InvalidOperation:
        return None


def test_claims_agree() -> None:
    compared = wholly = 0
    for path in FILES:
        claims = [claim for one in told(path, "837") for claim in one["claims"]]
        found = list(claim_file.read(path.read_bytes()))
        if path.name in NO_CLAIMS:
            assert len(found) != len(claims), f"{path.name} need not be named any more"
            continue
        assert [one.patient_control_number for one in found] == [one["clm01"] for one in claims], path.name
        for one, facts in zip(found, claims, strict=True):
            assert itself(one) == its_facts(facts), (path.name, facts["clm01"])
            compared += 1
            # A party whose code is wrong is read by its place, which the facts do not tell.
            if not any(
                each.level is WireLevel.SEGMENT or (each.segment, each.element) == ("NM1", 1) for each in one.findings
            ):
                assert around(one) == facts_around(facts), (path.name, facts["clm01"])
                wholly += 1
    assert compared > 1_500
    assert wholly > 1_000


def itself(one: ClaimReading) -> object:
    diagnoses = [diagnosis.code for diagnosis in one.diagnoses]
    return one.charge, one.place_of_service, one.frequency, one.payer_claim_number, diagnoses


def its_facts(facts: dict[str, Any]) -> object:
    return (
        *(number(facts["clm02"]), facts["pos"] or "", facts["freq"] or "", facts["original_ref"] or ""),
        facts["diagnoses"],
    )


def around(one: ClaimReading) -> object:
    """What has to be in the right loop to be right. The splitter gives a claim all that stands before other payers, or lines."""
    named = PartyReading(["NM1"])
    patient = one.patient if one.loop.level("2000C") else None
    return (
        *((party or named).id for party in (one.billing_provider, one.subscriber, one.payer)),
        (patient.name, patient.first_name) if patient else None,
        [(other.sequence, other.filing_code) for other in one.other_payers],
        values(before(one.loop, "2320"), "REF"),
        [parts[1] for parts in values(before(one.loop, "2400"), "NM1", "82")],
        [line_of(line) for line in one.lines],
    )


def facts_around(facts: dict[str, Any]) -> object:
    patient = facts["patient"]
    return (
        *(facts[name] or "" for name in ("billing_npi", "subscriber_id", "payer_id")),
        (patient["last"] or "", patient["first"] or "") if patient else None,
        [(other["sbr01"] or "", other["sbr09"] or "") for other in facts["other_payers"]],
        [tuple(ref) for ref in facts["refs"]],
        facts["rendering"],
        [facts_of_line(line) for line in facts["lines"]],
    )


def line_of(line: LineReading) -> object:
    return (
        *(line.number, line.code, line.charge, line.units, list(line.modifiers), line.pointers),
        values([line.loop], "REF"),
        [parts[1] for parts in values([line.loop], "NM1", "82")],
    )


def facts_of_line(line: dict[str, Any]) -> object:
    pointers = tuple(int(one) if one.isdecimal() else 0 for one in line.get("pointers", []))
    return (
        *(
            line["lx"],
            line["code"] or "",
            number(line["charge"]),
            number(line["units"]),
            line.get("mods", []),
            pointers,
        ),
        [tuple(ref) for ref in line["ref"]],
        line["rendering"],
    )


def before(loop: Loop, loop_id: str) -> list[Loop]:
    return [Loop("", segments=loop.segments), *(one for one in loop.loops if one.id < loop_id)]


def values(loops: list[Loop], segment: str, code: str = "") -> list[tuple[str, str]]:
    """First element, and what matters of the others (REF02, NM109), of every segment of an id."""
    position = 9 if segment == "NM1" else 2
    every = (parts for loop in loops for _, parts, _ in loop.every())
    return [
        (at(parts, 1), at(parts, position)) for parts in every if parts[0] == segment and code in {"", at(parts, 1)}
    ]


def test_payments_agree() -> None:
    compared = unread = 0
    for path in FILES:
        sets = told(path, "835")
        found = [(one, list(one.payments())) for one in remittance_file.read(path.read_bytes())]
        assert [one.trace for one, _ in found] == [one["trn02"] or "" for one in sets], path.name
        for (one, payments), facts in zip(found, sets, strict=True):
            assert one.payment == number(facts["bpr02"]), path.name
            assert len(payments) == len(facts["claims"]), path.name
            for payment, claim in zip(payments, facts["claims"], strict=True):
                if payment.payment is None:
                    assert not claim["clp02"], "only those without a status cannot be read"
                    unread += 1
                    continue
                assert paid(payment) == facts_paid(claim), (path.name, claim["clp01"])
                compared += 1
    assert compared > 50
    assert unread <= 10


def paid(reading: PaymentReading) -> object:
    one = reading.payment
    assert one is not None
    lines = [(line.procedure, list(line.modifiers), line.charge, line.paid) for line in one.lines]
    return one.patient_control_number, one.status, one.charge, one.paid, one.adjusted, lines


def facts_paid(claim: dict[str, Any]) -> object:
    return (
        *(claim["clp01"], claim["clp02"], number(claim["clp03"]), number(claim["clp04"])),
        number(claim["cas_all_total"]),
        [(one["code"], one["mods"], number(one["charge"]), number(one["paid"])) for one in claim["services"]],
    )
