"""Lines that a payer splits, joins or changes, without our control on them: posted to the cent, and taken back to the cent."""

from decimal import Decimal
from typing import Any, Final

import pytest

from gateway.ledger import claims, events
from gateway.ledger import remittances as money
from gateway.money import from_cents
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from tests.service import clinic
from tests.service.money.answer_case import Played

LINES: Final = [
    {"code": "97110", "modifiers": ["GP"], "units": 2, "charge": "120.00"},
    {"code": "97140", "modifiers": ["GP"], "units": 1, "charge": "60.00"},
    {"code": "97140", "modifiers": ["GP", "59"], "units": 1, "charge": "30.00"},
]
ANSWERS: Final[dict[str, tuple[tuple[str, ...], list[dict[str, str]], int]]] = {
    "split": (
        (
            "SVC*HC:97110:GP*60*50**1",
            "CAS*CO*45*10",
            "SVC*HC:97110:GP*60*0**1",
            "CAS*CO*151*60",
            "SVC*HC:97140:GP*60*60**1",
            "SVC*HC:97140:GP:59*30*30**1",
        ),
        [
            {"paid": "50.00", "contractual": "10.00", "denied": "60.00"},
            {"paid": "60.00"},
            {"paid": "30.00"},
        ],
        0,
    ),
    "joined": (
        ("SVC*HC:97110:GP*120*120**2", "SVC*HC:97140:GP*90*60**2", "CAS*CO*45*18", "CAS*PR*2*12"),
        [
            {"paid": "120.00"},
            {"paid": "40.00", "contractual": "12.00", "patient": "8.00"},
            {"paid": "20.00", "contractual": "6.00", "patient": "4.00"},
        ],
        # Joined lines, and the modifier that one of them had.
        2,
    ),
    "changed": (
        (
            "SVC*HC:97530:GP*120*100**1*HC:97110:GP*2",
            "CAS*CO*45*20",
            "SVC*HC:97140:GP*60*60**1",
            "SVC*HC:97140:59:GP*30*30**1",
        ),
        [{"paid": "100.00", "contractual": "20.00"}, {"paid": "60.00"}, {"paid": "30.00"}],
        # Another procedure, and one unit of two.
        2,
    ),
}


@pytest.fixture
def played(office: Office) -> Played:
    one = {"program": "commercial", "lines": LINES}
    played = Played(office, {"claims": {"A": one}, "files": []})
    played.begin()
    return played


def body(pcn: str, lines: tuple[str, ...], *, reverses: bool = False) -> tuple[str, ...]:
    paid = sum((Decimal(one.split("*")[3]) for one in lines if one.startswith("SVC")), Decimal(0))
    patient = sum((Decimal(one.split("*")[3]) for one in lines if one.startswith("CAS*PR")), Decimal(0))
    if reverses:
        return (f"CLP*{pcn}*22*-210*-{paid}**CI*ICN1*11*1", "NM1*QC*1*QUILL*MARA****MI*M1", *map(_negated, lines))
    return (f"CLP*{pcn}*1*210*{paid}*{patient}*CI*ICN1*11*1", "NM1*QC*1*QUILL*MARA****MI*M1", *lines)


def _negated(text: str) -> str:
    name, first, *others = text.split("*")
    if name == "CAS":
        return "*".join([name, first, others[0], f"-{others[1]}"])
    charge, paid, *more = others
    return "*".join([name, first, f"-{charge}", f"-{paid}" if paid != "0" else paid, *more])


def posted(played: Played) -> list[dict[str, str]]:
    practice, claim = played.office.practice.key, played.claims["A"]
    with played.office.ledger.reading() as tx:
        balances = money.balances(tx, practice, claim.id)
        lines = claims.lines_of(tx, practice, claim.id)
    each = [balances[line.id].own if line.id in balances else {} for line in lines]
    return [{bucket: str(from_cents(cents)) for bucket, cents in one.items() if cents} for one in each]


def differs(office: Office) -> list[str]:
    with office.ledger.reading() as tx:
        every: Any = events.read(tx, office.practice.key, limit=1000)
    return [one.event.said for one in every if one.event.kind == "answer.differs"]


@pytest.mark.parametrize("name", ANSWERS)
def test_lines_without_controls_are_posted_and_taken_back(played: Played, name: str) -> None:
    lines, wanted, doubts = ANSWERS[name]
    office, pcn = played.office, played.claims["A"].pcn
    paid = sum((Decimal(one.split("*")[3]) for one in lines if one.startswith("SVC")), Decimal(0))
    clinic.arrived(office, clinic.answer_835(str(paid), body(pcn, lines), payer="OWNCOMMERCIAL"), name="one")
    clinic.all_posted(office)
    assert posted(played) == wanted
    assert len(differs(office)) == doubts
    taken = clinic.answer_835(
        "0",
        body(pcn, lines, reverses=True),
        trace="T2",
        payer="OWNCOMMERCIAL",
        plb=f"PLB*1234567893*20261231*FB:T2*-{paid}",
    )
    clinic.arrived(office, taken, name="two")
    clinic.all_posted(office)
    assert posted(played) == [{}, {}, {}]
    assert [one for law in reconcile(office).laws for one in law.broken] == []


def test_joined_with_another_procedure_is_parked_whole(played: Played) -> None:
    office, pcn = played.office, played.claims["A"].pcn
    lines = ("SVC*HC:97110:GP*120*120**2", "SVC*HC:97530:GP*90*90**2*HC:97140:GP*2")
    clinic.arrived(office, clinic.answer_835("210", body(pcn, lines), payer="OWNCOMMERCIAL"))
    clinic.all_posted(office)
    assert posted(played) == [{}, {}, {}]
    assert reconcile(office).parked == Decimal(210)
