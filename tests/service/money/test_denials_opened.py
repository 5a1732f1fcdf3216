"""The denials that answers open: what is kept of each, with what the table advises, and which are settled again."""

from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

from gateway.denials.due import due_on
from gateway.denials.table import advise
from gateway.ledger import claims, denials
from gateway.ledger.denials import StoredDenial
from gateway.payer import Program
from gateway.remittance import GroupCode
from gateway.service.office import Office
from gateway.service.visits.scrub import scrub_visits
from tests.service import clinic
from tests.service.clinic import answer_835, denied, paid_in_full, the_claim
from tests.service.desk.played import posted

COVERAGES = [{"payer_id": "PAYER1", "member_id": "M1"}, {"payer_id": "PAYER2", "member_id": "X1"}]


def of(office: Office, state: str = "open") -> tuple[StoredDenial, ...]:
    with office.ledger.reading() as tx:
        return denials.listed(tx, office.practice.key, state=state)


def by_an_earlier_payer(office: Office) -> tuple[str, ...]:
    """97110 paid; of 97140 an earlier payer is said to have taken all (OA 23)."""
    texts = [text.replace("CAS*CO*50", "CAS*OA*23") for text in denied(the_claim(office))]
    return tuple(text for text in texts if not text.startswith("LQ"))


def test_a_denial_is_kept_with_what_the_table_advises(sent: Office) -> None:
    claim = the_claim(sent)
    posted(sent, answer_835("100", denied(claim)))
    (one,) = of(sent)
    with sent.ledger.reading() as tx:
        _, line = claims.lines_of(tx, sent.practice.key, claim.id)
    assert (one.claim_version_id, one.line_id, one.pcn, one.payer) == (claim.id, line.id, claim.pcn, "PAYER1")
    assert (one.group_code, one.carc, one.rarcs, one.procedure, one.cents) == ("CO", "50", "N115", "97140", 6050)
    payer = sent.settings.payer("PAYER1")
    advice = advise(carc="50", rarcs=("N115",), group=GroupCode.CONTRACTUAL, procedure="97140", payer=payer)
    for name in ("category", "owner", "note_section", "cause", "missing", "route", "decided_by"):
        assert getattr(one, name) == getattr(advice, name), name
    assert one.fix == advice.fix + (f" ({advice.route_because})" if advice.route_because else "")
    decided_on = date(2026, 11, 12)
    assert one.due_on == due_on(advice, payer=payer, day_of_service=claim.day, decided_on=decided_on)


def test_a_denial_is_settled_when_another_answer_stands(sent: Office) -> None:
    claim = the_claim(sent)
    posted(sent, answer_835("100", denied(claim)))
    texts = [text.replace("CO*50*60.5", "CO*16*60.5") for text in denied(claim)]
    again = (texts[0].replace("180.5*100", "60.5*0"), texts[1], *texts[6:])
    posted(sent, answer_835("0", again, trace="T2"))
    assert [one.carc for one in of(sent)] == ["16"]
    assert [one.carc for one in of(sent, "closed")] == ["50"]
    paid = paid_in_full(claim)
    posted(sent, answer_835("40.5", (paid[0].replace("180.5*140.5", "60.5*40.5"), paid[1], *paid[6:]), trace="T3"))
    assert of(sent) == ()


def test_what_an_earlier_payer_took_is_a_denial_only_where_there_is_none(office: Office) -> None:
    coverages: list[dict[str, Any]] = COVERAGES
    clinic.taken(office, clinic.visit("V-1", coverages=coverages), clinic.visit("V-2"))
    scrub_visits(office)
    clinic.delivered(office)
    posted(office, answer_835("100", by_an_earlier_payer(office)))
    assert of(office) == ()
    one = tuple(
        text.replace(the_claim(office).pcn, the_claim(office, "V-2").pcn) for text in by_an_earlier_payer(office)
    )
    posted(office, answer_835("100", one, trace="T2"))
    assert [(each.pcn, each.carc) for each in of(office)] == [(the_claim(office, "V-2").pcn, "23")]


def test_advice_follows_the_program_of_the_payer(sent: Office) -> None:
    payer = replace(sent.settings.payer("PAYER1"), program=Program.WORKERS_COMPENSATION)
    payers = MappingProxyType({**sent.settings.payers, "PAYER1": payer})
    posted(
        replace(sent, settings=replace(sent.settings, payers=payers)),
        answer_835("100", denied(the_claim(sent), "197", "N706")),
    )
    (one,) = of(sent)
    assert one.cause == "The carrier had not approved the visit"


def test_what_a_second_payer_leaves_as_the_first_did_is_no_denial_of_its_own(sent: Office) -> None:
    """It pays the copay; what the first one refused it refuses too, and that is one denial."""
    claim = the_claim(sent)
    texts = paid_in_full(claim)
    refused = ("SVC*HC:97140*60.5*35.5**1", "DTM*472*20261102", "CAS*PR*96*20**3*5", texts[9])
    posted(sent, answer_835("135.5", (texts[0].replace("140.5*20", "135.5*25"), *texts[1:6], *refused)))
    assert [(one.carc, one.cents) for one in of(sent)] == [("96", 2000)]
    second = (
        f"CLP*{claim.pcn}*2*180.5*5*20*CI*SEC1*11*1",
        "NM1*QC*1*QUILL*MARA****MI*M1",
        "SVC*HC:97110*120*0**2",
        "DTM*472*20261102",
        "CAS*OA*23*120",
        f"REF*6R*{claim.pcn}01",
        "SVC*HC:97140*60.5*5**1",
        "DTM*472*20261102",
        "CAS*OA*23*35.5",
        "CAS*PR*96*20",
        f"REF*6R*{claim.pcn}02",
    )
    posted(sent, answer_835("5", second, trace="T2"))
    assert [(one.carc, one.cents) for one in of(sent)] == [("96", 2000)]
    assert [one.cents for one in of(sent, "closed")] == [2000]
