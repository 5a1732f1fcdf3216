import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest
from sqlalchemy import update

from gateway.claim import Claim, ServiceLine
from gateway.event import Event
from gateway.ledger import claims, numbers, visits
from gateway.ledger.claims import NewClaim
from gateway.ledger.tables import claim_versions
from gateway.ledger.visits import NewVersion
from gateway.lifecycle import VisitState
from gateway.remit.ladder import Candidate, Step
from gateway.remittance import ClaimPayment, LinePayment
from gateway.service.money.find_claims import Found, candidates, find_claims
from gateway.service.office import Office
from gateway.service.outbound.batch import seal_batches
from tests import people
from tests.people import NOW
from tests.service import clinic

DAY: Final = date(2026, 11, 2)
Services = tuple[tuple[str, str], ...]
USUAL: Final[Services] = (("97110", "120.00"), ("97140", "60.50"))


@dataclass
class Desk:
    """An office that sends claims and asks which of them answers are about."""

    office: Office
    count: int = 0

    def made(
        self,
        member: str = "M1",
        name: str = "Quill",
        *,
        services: Services = USUAL,
        partner: str = "north",
        day: date = DAY,
        earlier: Claim | None = None,
    ) -> Claim:
        """Make a claim ready to be sent; of the visit of an earlier one where that is given."""
        practice = self.office.practice.key
        with self.office.ledger.writing() as tx:
            if earlier is None:
                self.count += 1
                visit = visits.add(tx, practice, _visit(f"V-{self.count}", day), at=NOW)
            else:
                stored = claims.by_pcn(tx, practice, earlier.patient_control_number)
                assert stored is not None
                found = visits.find(tx, practice, stored.visit_key)
                assert found is not None
                visit = found
            (pcn,) = numbers.patient_control_numbers(tx, 1)
            claim = _claim(pcn, member, name, services, day)
            event = Event(kind="claim.ready", about=pcn, claim=pcn, said="ready", after="ready", artefact="a test")
            claims.add_all(tx, practice, [NewClaim(visit=visit, claim=claim, partner=partner, event=event)], at=NOW)
        return claim

    def sent(self, member: str = "M1", name: str = "Quill", **how: Any) -> Claim:
        claim = self.made(member, name, **how)
        clinic.delivered(self.office)
        return claim

    def learns(self, claim: Claim, number: str) -> None:
        with self.office.ledger.writing() as tx:
            its = claim_versions.c.pcn == claim.patient_control_number
            tx.execute(update(claim_versions).where(its).values(payer_claim_number=number))

    def found(self, *payments: ClaimPayment, partner: str = "north") -> dict[int, Found]:
        with self.office.ledger.reading() as tx:
            return find_claims(tx, self.office.practice.key, payments, partners={partner}, payer_id="PAYER1")

    def proposed(self, payment: ClaimPayment, partner: str = "north", limit: int = 5) -> tuple[Candidate, ...]:
        with self.office.ledger.reading() as tx:
            return candidates(tx, self.office.practice.key, payment, partner=partner, limit=limit)


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office)


def _visit(key: str, day: date) -> NewVersion:
    return NewVersion(
        key=key,
        state=VisitState.CLAIMED,
        payer="PAYER1",
        day=day,
        discipline="PT",
        sha256="0" * 64,
        document=json.dumps(clinic.visit(key)).encode(),
        imported=True,
        source="a test",
        actor="test",
        reason="a test",
    )


def _claim(pcn: str, member: str, name: str, services: Services, day: date) -> Claim:
    body = people.claim(pcn)
    lines = tuple(
        ServiceLine(
            control=f"{pcn}{number:02}",
            procedure=code,
            modifiers=("GP",),
            charge=Decimal(charge),
            units=1,
            pointers=(1,),
            day=day,
        )
        for number, (code, charge) in enumerate(services, 1)
    )
    patient = replace(body.patient, last_name=name)
    return replace(body, patient=patient, coverage=replace(body.coverage, member_id=member), lines=lines)


def answer(claim: Claim, pcn: str = "", *, controls: bool = False, **changes: Any) -> ClaimPayment:
    """An answer that pays a claim in full, under another number where one is given."""
    lines = tuple(
        LinePayment(
            procedure=line.procedure,
            modifiers=line.modifiers,
            charge=line.charge,
            paid=line.charge,
            units=Decimal(line.units),
            day=line.day,
            control=line.control if controls else "",
            adjustments=(),
            remarks=(),
            ordinal=20 + number,
        )
        for number, line in enumerate(claim.lines)
    )
    one = ClaimPayment(
        patient_control_number=pcn or claim.patient_control_number,
        status="1",
        charge=claim.charge,
        paid=claim.charge,
        patient_share=Decimal(0),
        filing_code="CI",
        payer_claim_number="ICN1",
        adjustments=(),
        remarks=(),
        lines=lines,
        ordinal=12,
        member_id=claim.coverage.member_id,
        patient=f"{claim.patient.last_name}, {claim.patient.first_name}".upper(),
    )
    return one._replace(**changes)


def only(claim: Claim, step: Step) -> dict[int, Found]:
    return {12: Found(claim.patient_control_number, step)}


def pcns(found: tuple[Candidate, ...]) -> list[str]:
    return [one.pcn for one in found]


Garble = Callable[[str], str]
GARBLED: Final[dict[str, Garble]] = {
    "cut": lambda pcn: pcn[:8],
    "its end": lambda pcn: pcn[5:],
    "in a longer one": lambda pcn: f"00{pcn}X",
    "two changed": lambda pcn: pcn[:6] + "".join("Z" if one != "Z" else "A" for one in pcn[6:8]) + pcn[8:],
    "another one": lambda _: "STRANGER1",
}


@pytest.mark.parametrize(
    "form", [str, str.lower, lambda pcn: f" {pcn[:4]} {pcn[4:]}"], ids=["as is", "lower", "blanks"]
)
def test_a_claim_is_found_by_its_own_number_however_it_is_written(desk: Desk, form: Garble) -> None:
    claim = desk.sent()
    assert desk.found(answer(claim, form(claim.patient_control_number))) == only(claim, Step.CONTROL)


def test_each_answer_is_found_by_its_place(desk: Desk) -> None:
    one, other = desk.sent(), desk.sent("M2")
    found = desk.found(
        answer(one),
        answer(other, ordinal=30),
        answer(other, "STRANGER", controls=True, ordinal=40),
        answer(one, "X", ordinal=50),
    )
    assert found == {
        12: Found(one.patient_control_number, Step.CONTROL),
        30: Found(other.patient_control_number, Step.CONTROL),
        40: Found(other.patient_control_number, Step.LINES),
    }


def test_a_claim_that_has_not_left_or_left_for_another_partner_is_not_found(desk: Desk) -> None:
    south, ready = desk.sent(partner="south"), desk.made("M2")
    for claim in (south, ready):
        desk.learns(claim, "ICN1" if claim is south else "ICN2")
        assert desk.found(answer(claim)) == {}
        assert desk.found(answer(claim, "STRANGER", controls=True)) == {}
        number = "ICN1" if claim is south else "ICN2"
        assert desk.found(answer(claim, "STRANGER", payer_claim_number=number)) == {}
    assert desk.found(answer(south), partner="south") == only(south, Step.CONTROL)


def test_a_file_that_is_only_sealed_has_not_left(desk: Desk) -> None:
    claim = desk.made()
    seal_batches(desk.office)
    assert desk.found(answer(claim)) == {}
    assert desk.proposed(answer(claim)) == ()


@pytest.mark.parametrize("garble", GARBLED.values(), ids=GARBLED)
def test_a_garbled_number_gives_way_to_the_lines(desk: Desk, garble: Garble) -> None:
    claim = desk.sent()
    desk.sent("M2")
    payment = answer(claim, garble(claim.patient_control_number), controls=True)
    assert desk.found(payment) == only(claim, Step.LINES)
    lower = tuple(line._replace(control=f"{line.control.lower()} ") for line in payment.lines)
    assert desk.found(payment._replace(lines=lower)) == only(claim, Step.LINES)
    assert desk.found(payment._replace(charge=-payment.charge, status="22")) == only(claim, Step.LINES)


def test_lines_are_not_believed_against_charge_member_or_each_other(desk: Desk) -> None:
    claim, other = desk.sent(), desk.sent("M2")
    payment = answer(claim, "STRANGER", controls=True)
    assert desk.found(payment._replace(charge=Decimal("180.00"))) == {}
    assert desk.found(payment._replace(member_id="M2")) == {}
    first, second = payment.lines
    for control in (other.lines[1].control, "NOT-OURS"):
        assert desk.found(payment._replace(lines=(first, second._replace(control=control)))) == {}
    part = payment._replace(lines=(first, second._replace(control="")))
    assert desk.found(part) == only(claim, Step.LINES)


def test_the_number_of_one_claim_and_the_lines_of_another_are_proposed_both(desk: Desk) -> None:
    claim, other = desk.sent(), desk.sent("M2", "Stone")
    payment = answer(claim, other.patient_control_number, controls=True)
    assert desk.found(payment) == {}
    first, second = desk.proposed(payment)
    assert (first.pcn, second.pcn) == (claim.patient_control_number, other.patient_control_number)
    assert "line control" in first.why
    assert "control number" in second.why
    assert "another member id" in second.why


def test_the_payers_number_finds_its_claim_where_all_agrees(desk: Desk) -> None:
    claim = desk.sent()
    desk.learns(claim, "ICN1")
    payment = answer(claim, "STRANGER")
    assert desk.found(payment) == only(claim, Step.NUMBER)
    assert desk.found(payment._replace(charge=-payment.charge, status="22")) == only(claim, Step.NUMBER)
    assert desk.found(payment._replace(payer_claim_number="ICN2")) == {}
    assert desk.found(payment._replace(payer_claim_number="")) == {}
    assert desk.found(payment._replace(member_id="M2")) == {}
    assert desk.found(payment._replace(lines=payment.lines[:1])) == {}
    assert desk.found(payment._replace(lines=())) == {}


def test_a_payers_number_of_two_claims_finds_none(desk: Desk) -> None:
    claim, other = desk.sent(), desk.sent("M2")
    for one in (claim, other):
        desk.learns(one, "ICN1")
    payment = answer(claim, "STRANGER")
    assert desk.found(payment) == {}
    assert pcns(desk.proposed(payment))[0] == claim.patient_control_number


def test_of_a_replaced_claim_the_version_that_has_the_number_is_found(desk: Desk) -> None:
    claim = desk.sent()
    desk.learns(claim, "ICN1")
    later = desk.sent(earlier=claim)
    assert desk.found(answer(claim, "STRANGER")) == only(claim, Step.NUMBER)
    desk.learns(later, "ICN1")
    assert desk.found(answer(claim, "STRANGER")) == {}


def test_the_lines_of_another_claim_stand_against_the_payers_number(desk: Desk) -> None:
    claim, other = desk.sent(), desk.sent("M2")
    desk.learns(claim, "ICN1")
    payment = answer(claim, "STRANGER")
    first, second = payment.lines
    lines = (first._replace(control=other.lines[0].control), second._replace(control="NOT-OURS"))
    assert desk.found(payment._replace(lines=lines)) == {}


@pytest.mark.parametrize("garble", GARBLED.values(), ids=GARBLED)
def test_who_is_meant_by_a_garbled_number_is_proposed_first(desk: Desk, garble: Garble) -> None:
    meant = desk.sent("M2", "Stone")
    for member, name in (("M1", "Quill"), ("M3", "Stone"), ("M4", "Ash")):
        desk.sent(member, name)
    payment = answer(meant, garble(meant.patient_control_number))
    assert desk.found(payment) == {}
    first, *others = desk.proposed(payment)
    assert first.pcn == meant.patient_control_number
    assert set(first.why) >= {"member id", "name", "day of service", "charge", "2 of 2 procedures"}
    assert all(one.score < first.score for one in others)


def test_visits_of_one_patient_are_told_apart_by_the_day(desk: Desk) -> None:
    days = [date(2026, 11, day) for day in (2, 4, 6)]
    each = [desk.sent(day=day) for day in days]
    for claim in each:
        assert pcns(desk.proposed(answer(claim, "STRANGER")))[0] == claim.patient_control_number


def test_two_visits_of_one_patient_on_one_day_are_told_apart_by_what_was_done(desk: Desk) -> None:
    services = (("97530", "80.00"), ("97140", "60.50"))
    one, other = desk.sent(), desk.sent(services=services)
    for claim in (one, other):
        first, second = desk.proposed(answer(claim, "STRANGER"))
        assert first.pcn == claim.patient_control_number
        assert "1 of 2 procedures" in second.why


def test_those_alike_are_all_proposed_and_say_so(desk: Desk) -> None:
    each = {desk.sent().patient_control_number for _ in range(3)}
    found = desk.proposed(answer(desk.made(), "STRANGER"), limit=2)
    assert set(pcns(found)) == each
    assert {one.why[-1] for one in found} == {"one of 3 alike"}
    assert len({one.score for one in found}) == 1


def test_a_claim_that_left_for_another_partner_is_proposed_with_that(desk: Desk) -> None:
    claim = desk.sent(partner="south")
    (found,) = desk.proposed(answer(claim))
    assert (found.pcn, found.why[0], found.why[-1]) == (claim.patient_control_number, "control number", "sent by south")
    assert desk.proposed(answer(claim), partner="south")[0].score > found.score


def test_nothing_is_proposed_for_somebody_elses_claim(desk: Desk) -> None:
    desk.sent()
    other = _claim("7K3MQ9ZX2WVBT", "M9", "Nobody", USUAL, DAY)
    assert desk.proposed(answer(other)) == ()


def test_of_a_full_day_those_are_opened_that_have_its_charge_or_its_lines(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The claim that is meant was made last of many, and the answer speaks of one of its lines."""
    for number in range(3):
        desk.sent(member=f"X{number}", services=(("97530", "80.00"), ("97140", "70.00")))
    meant = desk.sent(member="M7")
    monkeypatch.setattr("gateway.service.money.find_claims._OPENED_MAX", 1)
    whole = answer(meant, "STRANGER")
    some = whole._replace(charge=Decimal("60.50"), lines=whole.lines[1:])
    for payment in (
        whole,
        some,
        some._replace(charge=Decimal("-60.50"), lines=(whole.lines[1]._replace(charge=Decimal("-60.50")),)),
    ):
        assert pcns(desk.proposed(payment)) == [meant.patient_control_number]


def test_an_answer_without_lines_or_days_is_proposed_by_its_number(desk: Desk) -> None:
    claim = desk.sent()
    payment = answer(claim, claim.patient_control_number[:9], lines=())
    assert pcns(desk.proposed(payment)) == [claim.patient_control_number]
    assert desk.proposed(answer(claim, "STRANGER", lines=())) == ()
    dated = answer(claim, "STRANGER", lines=(), day=DAY)
    assert pcns(desk.proposed(dated)) == [claim.patient_control_number]


def test_another_practices_claims_are_never_looked_at(desk: Desk) -> None:
    claim = desk.sent()
    desk.learns(claim, "ICN1")
    payment = answer(claim, controls=True)
    with desk.office.ledger.reading() as tx:
        assert find_claims(tx, "other", [payment], partners={"north"}, payer_id="PAYER1") == {}
        assert candidates(tx, "other", payment, partner="north") == ()
