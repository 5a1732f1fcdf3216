"""Third-party files: each is read or refused, and where it is read, we agree with an independent splitter."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from gateway.acknowledgment import ClaimAcknowledgment, GroupAnswer, Ta1
from gateway.edi.checking.second_opinion import opinion
from gateway.edi.read.inbound_file import Answer, read_answers
from gateway.errors import InboundWireError
from gateway.remittance import Remittance

CORPUS = Path(__file__).parents[3].parent / "shared" / "corpus"
FILES = sorted(path for path in (CORPUS / "files").rglob("*") if path.is_file())

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not FILES, reason="the corpus of third-party files is not here"),
]


def _read(path: Path) -> tuple[Answer, ...]:
    try:
        return read_answers(path.read_bytes())
    except InboundWireError:
        return ()


def _facts(path: Path) -> list[dict[str, object]]:
    told = CORPUS / "expected" / path.parent.name / f"{path.name}.json"
    if not told.exists():
        return []
    found: list[dict[str, object]] = json.loads(told.read_text())["transactions"]
    return found


def test_every_file_is_read_or_refused() -> None:
    read = {path.parent.name for path in FILES if _read(path)}
    assert read == {"835", "999", "277CA", "TA1"}


def test_every_file_gets_a_second_opinion_without_an_exception() -> None:
    assert all(isinstance(opinion(path.read_bytes()), tuple) for path in FILES if path.parent.name in ("835", "277CA"))


def test_remittances_agree_with_an_independent_splitter() -> None:
    compared = 0
    for path in FILES:
        found = [answer.what for answer in _read(path) if isinstance(answer.what, Remittance)]
        for one, told in zip(found, _facts(path), strict=False):
            assert _figures(one) == _told(told), path.name
            compared += 1
    assert compared >= 15


def _figures(one: Remittance) -> object:
    claims = [
        (
            claim.patient_control_number,
            claim.status,
            claim.charge,
            claim.paid,
            claim.adjusted,
            [(line.procedure, line.charge, line.paid) for line in claim.lines],
        )
        for claim in one.claims
    ]
    return one.payment, one.trace, claims


def _told(facts: dict[str, object]) -> object:
    stated = facts["claims"]
    assert isinstance(stated, list)
    claims = [
        (
            claim["clp01"],
            claim["clp02"],
            Decimal(claim["clp03"]),
            Decimal(claim["clp04"]),
            Decimal(claim["cas_all_total"]),
            [(line["code"], Decimal(line["charge"]), Decimal(line["paid"])) for line in claim["services"]],
        )
        for claim in stated
    ]
    return Decimal(str(facts["bpr02"])), facts["trn02"], claims


def test_acknowledgments_agree_with_an_independent_splitter() -> None:
    compared = 0
    for path in FILES:
        found = [answer.what for answer in _read(path)]
        answers = [what for what in found if not isinstance(what, Ta1 | Remittance)]
        for what, told in zip(answers, _facts(path), strict=False):
            if isinstance(what, GroupAnswer):
                sets = told["sets"]
                assert isinstance(sets, list)
                assert [each.control for each in what.sets] == [each["control"] for each in sets], path.name
            else:
                assert isinstance(what, ClaimAcknowledgment)
                levels = told["levels"]
                assert isinstance(levels, list)
                patients = [level for level in levels if level["code"] == "PT"]
                assert len(what.claims) == len(patients), path.name
            compared += 1
    assert compared >= 10
