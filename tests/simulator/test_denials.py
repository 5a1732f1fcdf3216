"""Each reason for which a payer denies, from a claim that gives it that reason."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from gateway.claim import Frequency
from gateway.people import Provider
from gateway.visit import Accident, AccidentKind
from tests.simulator.conftest import DAY, PLAN, Clinic, kinds, only, rows

REFERRER = Provider(npi="1900000039", last_name="Okafor", first_name="Lien")


def line(code: str, *modifiers: str, units: int = 1) -> tuple[tuple[str, str, int, tuple[str, ...]], ...]:
    return ((code, "100.00", units, modifiers),)


CASES: dict[str, tuple[str, str, dict[str, Any], dict[str, Any]]] = {
    "27 after the cover ended": ("27", "", {"member": {"ends": date(2026, 11, 1)}}, {}),
    "27 before it began": ("27", "", {"member": {"starts": date(2026, 11, 17)}}, {}),
    "22 another payer is primary": ("22", "MA04", {"member": {"primary_payer": "OTHER"}}, {}),
    "29 too late": ("29", "N211", {}, {"day": date(2026, 8, 14)}),
    "B7 enrolled later": ("B7", "N570", {"enrolled": date(2026, 11, 17)}, {}),
    "16 no referring provider": ("16", "N286", {"plan": replace(PLAN, required=("referring",))}, {}),
    "16 no accident date": ("16", "N305", {"plan": replace(PLAN, required=("accident",))}, {}),
    "16 no initial treatment date": ("16", "MA122", {"plan": replace(PLAN, required=("initial_treatment",))}, {}),
    "16 and to be sent afresh": (
        "16",
        "N286 MA130",
        {"plan": replace(PLAN, required=("referring",), takes_replacements=False)},
        {},
    ),
    "4 no discipline modifier": ("4", "N822", {}, {"lines": line("97110")}),
    "4 two disciplines": ("4", "N519", {}, {"lines": line("97140", "GP", "GO")}),
    "4 assistant without discipline": ("4", "N519", {}, {"lines": line("97110", "CQ", "GO")}),
    "11 diagnosis does not go with it": ("11", "", {}, {"lines": line("92507")}),
    "50 alone": ("50", "N115", {}, {"lines": line("97010")}),
    "50 by diagnosis": ("50", "N180", {}, {"lines": line("97116")}),
    "97 bundled": ("97", "M15", {}, {"lines": (*line("97140"), *line("97530"))}),
    "97 even with 59": ("97", "N390", {}, {"lines": (*line("97112", "59"), *line("97140"))}),
    "151 too many units": ("151", "N362", {}, {"lines": line("97110", "GP", units=5)}),
    "151 over two lines": (
        "151",
        "N362",
        {},
        {"lines": (*line("97110", "GP", units=2), *line("97110", "GP", units=3))},
    ),
    "197 no authorization": ("197", "M62", {}, {"lines": line("97750")}),
    "197 unknown authorization": ("197", "N54", {}, {"lines": line("97750"), "authorization": "NONE"}),
    "197 expired authorization": ("197", "N54", {}, {"lines": line("97750"), "authorization": "OLD1"}),
    "119 visits used up": ("119", "N362", {"plan": replace(PLAN, visits_per_year=3), "member": {"visits_used": 3}}, {}),
    "226 records by plan": ("226", "M127", {}, {"lines": line("97545")}),
    "226 records by member": ("226", "M127", {"member": {"records_wanted": ("97110",)}}, {}),
    "96 not covered": ("96", "N130", {}, {"lines": line("97124")}),
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_claim_is_denied_for_what_it_says(case: str, clinic_of: Callable[..., Clinic]) -> None:
    carc, remarks, world, parts = CASES[case]
    clinic = clinic_of(**world)
    answers = clinic.send(clinic.claim(**parts))
    group = "PR" if carc == "96" else "CO"
    charge = only(answers, "835", "SVC")[0][2]
    assert only(answers, "835", "CAS")[0] == ["CAS", group, carc, charge]
    assert only(answers, "835", "SVC")[0][3] == "0"
    first = rows(answers, "835")
    until = [at for at, row in enumerate(first) if row[0] in ("SVC", "SE")][1]
    assert [row[2] for row in first[:until] if row[0] == "LQ"] == remarks.split()


@pytest.mark.parametrize(
    ("world", "parts"),
    [
        ({"plan": replace(PLAN, required=("referring",))}, {"referring": REFERRER}),
        ({"plan": replace(PLAN, required=("rendering",))}, {}),
        (
            {"plan": replace(PLAN, required=("accident",))},
            {"accident": Accident(kind=AccidentKind.EMPLOYMENT, happened_on=date(2026, 10, 1))},
        ),
        ({}, {"lines": line("92507"), "diagnoses": ("R47.1",)}),
        ({}, {"lines": line("97116"), "diagnoses": ("R26.2",)}),
        ({}, {"lines": (*line("97140", "59"), *line("97530"))}),
        ({}, {"lines": line("97110", "GP", units=4)}),
        ({}, {"lines": line("97750"), "authorization": "OK1"}),
        ({}, {"day": date(2026, 8, 15)}),
        (
            {"plan": replace(PLAN, visits_per_year=3, visits_released_by="KX"), "member": {"visits_used": 3}},
            {"lines": line("97110", "GP", "KX")},
        ),
        ({"member": {"starts": DAY, "ends": DAY}}, {}),
        ({"enrolled": DAY}, {}),
    ],
)
def test_the_same_claim_put_right_is_paid(
    world: dict[str, Any], parts: dict[str, Any], clinic_of: Callable[..., Clinic]
) -> None:
    clinic = clinic_of(**world)
    answers = clinic.send(clinic.claim(**parts))
    assert {row[1] for row in only(answers, "835", "CAS")} <= {"CO", "PR"}
    assert all(row[2] == "45" for row in only(answers, "835", "CAS") if row[1] == "CO")
    assert all(float(row[3]) > 0 for row in only(answers, "835", "SVC"))
    assert only(answers, "835", "CLP")[0][2] == "1"


def test_one_line_may_be_denied_and_another_paid(clinic: Clinic) -> None:
    answers = clinic.send(clinic.claim(lines=(*line("97110", "GP"), *line("97545"))))
    paid, denied = only(answers, "835", "SVC")
    assert paid[3] != "0"
    assert denied[3] == "0"
    assert only(answers, "835", "CLP")[0][2] == "1"


def test_the_same_service_in_another_file_is_a_duplicate(clinic: Clinic) -> None:
    clinic.send(clinic.claim("RB1"))
    again = clinic.send(clinic.claim("RB2"))
    assert only(again, "835", "CAS") == [["CAS", "CO", "18", "120"]]
    assert only(again, "835", "CLP")[0][2] == "4"


def test_another_day_procedure_or_repeat_modifier_is_no_duplicate(clinic: Clinic) -> None:
    clinic.send(clinic.claim("RB1"))
    others: tuple[dict[str, Any], ...] = (
        {"day": date(2026, 11, 17)},
        {"lines": line("97140")},
        {"lines": line("97110", "GP", "76")},
    )
    for number, parts in enumerate(others):
        assert only(clinic.send(clinic.claim(f"RBX{number}", **parts)), "835", "CLP")[0][2] == "1"


def test_a_claim_that_was_never_adjudicated_may_come_again(clinic_of: Callable[..., Clinic]) -> None:
    clinic = clinic_of(plan=replace(PLAN, required=("referring",), takes_replacements=False))
    assert only(clinic.send(clinic.claim("RB1")), "835", "LQ")[-1][2] == "MA130"
    assert only(clinic.send(clinic.claim("RB2", referring=REFERRER)), "835", "CLP")[0][2] == "1"


def test_visits_are_counted_over_files(clinic_of: Callable[..., Clinic]) -> None:
    clinic = clinic_of(plan=replace(PLAN, visits_per_year=2))
    seen = [
        only(clinic.send(clinic.claim(f"RB{day}", day=date(2026, 11, day))), "835", "CLP")[0][2] for day in (2, 3, 4)
    ]
    assert seen == ["1", "1", "4"]


def test_an_authorization_is_used_up_over_files(clinic: Clinic) -> None:
    carcs = [
        only(
            clinic.send(clinic.claim(f"RB{day}", day=date(2026, 11, day), lines=line("97750"), authorization="OK1")),
            "835",
            "CAS",
        )[0][2]
        for day in (2, 3, 4)
    ]
    assert carcs == ["45", "45", "198"]


def test_deductible_copay_and_coinsurance_follow_the_plan(clinic_of: Callable[..., Clinic]) -> None:
    clinic = clinic_of(member={"deductible_left": None})
    first = clinic.send(clinic.claim("RB1", lines=(("97110", "60.00", 1, ("GP",)), ("97140", "45.50", 1, ()))))
    # 40.00 allowed, all deductible; then 30.00 allowed: 10.00 deductible left, 5.00 copay, 20 % of 15.00.
    assert only(first, "835", "CAS") == [
        ["CAS", "CO", "45", "20"],
        ["CAS", "PR", "1", "40"],
        ["CAS", "CO", "45", "15.5"],
        ["CAS", "PR", "1", "10", "", "2", "3", "", "3", "5"],
    ]
    assert only(first, "835", "CLP")[0][3:6] == ["105.5", "12", "58"]
    second = clinic.send(clinic.claim("RB2", day=date(2026, 11, 17)))
    assert only(second, "835", "CAS")[1] == ["CAS", "PR", "2", "15", "", "3", "5"]


def test_a_replacement_takes_the_first_payment_back_and_is_decided_anew(clinic: Clinic) -> None:
    first = clinic.send(clinic.claim("RB1"))
    number = only(first, "835", "CLP")[0][7]
    again = clinic.send(clinic.correction("RB2", Frequency.REPLACEMENT, number, lines=line("97140")))
    back, new = only(again, "835", "CLP")
    assert back[1:5] == ["RB1", "22", "-120", "-60"]
    assert back[7] == number
    assert new[1:4] == ["RB2", "1", "100"]
    assert new[7] not in ("", number)
    assert only(again, "835", "SVC")[0][1:4] == ["HC:97110:GP", "-120", "-60"]
    # The first one is gone: it can be replaced no more, and its visit, deductible and line are free again.
    gone = clinic.send(clinic.correction("RB3", Frequency.REPLACEMENT, number))
    assert only(gone, "277", "STC")[-1][1] == "A7:464"
    assert "835" not in kinds(gone.files)
    assert only(clinic.send(clinic.claim("RB4")), "835", "CLP")[0][2] == "1"


def test_what_a_void_takes_back_is_carried_forward_and_recovered(clinic: Clinic) -> None:
    number = only(clinic.send(clinic.claim("RB1")), "835", "CLP")[0][7]
    void = clinic.send(clinic.correction("RB2", Frequency.VOID, number))
    trace = only(void, "835", "TRN")[0][2]
    assert [row[2] for row in only(void, "835", "CLP")] == ["22"]
    assert only(void, "835", "BPR")[0][2:5] == ["0", "C", "NON"]
    assert only(void, "835", "PLB")[0][3:] == [f"FB:{trace}", "-60"]
    partly = clinic.send(clinic.claim("RB3", day=date(2026, 11, 17), lines=line("97140")))
    paid = Decimal(only(partly, "835", "CLP")[0][4])
    assert only(partly, "835", "PLB")[0][3:5] == [f"FB:{trace}", "60"]
    assert only(partly, "835", "PLB")[0][6] == str(paid - 60)
    rest = clinic.send(clinic.claim("RB4", day=date(2026, 11, 18)))
    assert only(rest, "835", "BPR")[0][2] == str(60 - (60 - paid))
    assert len(only(rest, "835", "PLB")[0]) == 5
    assert not only(clinic.send(clinic.claim("RB5", day=date(2026, 11, 19))), "835", "PLB")


OTHER_PAYER = (
    b"SBR*P*18*******CI~AMT*D*50~OI***Y***Y~NM1*IL*1*ZELLER*OTTILIE****MI*X1~NM1*PR*2*OTHER PAYER*****PI*OTHER~LX*1~"
)


def test_a_secondary_claim_pays_what_the_first_payer_left(clinic_of: Callable[..., Clinic]) -> None:
    clinic = clinic_of(member={"primary_payer": "OTHER"})
    raw = clinic.file(clinic.claim(payer_sequence="S")).replace(b"LX*1~", OTHER_PAYER)
    raw = raw.replace(b"REF*6R*L1~", b"REF*6R*L1~SVD*OTHER*50*HC:97110:GP**2~CAS*CO*45*70~DTP*573*D8*20261118~")
    head, _, tail = raw.partition(b"~SE*")
    count = head[head.index(b"~ST*") + 1 :].count(b"~") + 2
    answers = clinic.ask(head + b"~SE*%d*" % count + tail.partition(b"*")[2])
    # 80.00 allowed, 50.00 paid before; of 30.00 left 5.00 copay, then 20 %.
    assert only(answers, "835", "CAS") == [
        ["CAS", "CO", "45", "40"],
        ["CAS", "OA", "23", "50"],
        ["CAS", "PR", "2", "5", "", "3", "5"],
    ]
    assert only(answers, "835", "CLP")[0][2:6] == ["2", "120", "20", "10"]
