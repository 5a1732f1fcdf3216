"""What payers have allowed for a visit: what they paid, and what they left to the patient, whoever bears it in the end."""

from gateway.ledger import standing_amounts
from gateway.service.office import Office
from tests.service.clinic import answer_835, paid_in_full, the_claim
from tests.service.desk.played import posted


def allowed(office: Office, *keys: str) -> list[int | None]:
    ids = [the_claim(office, key).visit_id for key in keys]
    with office.ledger.reading() as tx:
        found = standing_amounts.allowed_of_visits(tx, office.practice.key, ids)
    return [found.get(one) for one in ids]


def test_the_patients_share_is_allowed_and_a_visit_that_was_not_answered_is_left_out(sent: Office) -> None:
    posted(sent, answer_835("140.5", paid_in_full(the_claim(sent))))
    assert allowed(sent, "V-1", "V-2") == [16050, None]


def test_a_denied_visit_was_answered_and_nothing_was_allowed(sent: Office) -> None:
    claim = the_claim(sent)
    whole = (
        f"CLP*{claim.pcn}*4*180.5*0*0*CI*ICN1*11*1",
        "NM1*QC*1*QUILL*MARA****MI*M1",
        "SVC*HC:97110*120*0**2",
        "DTM*472*20261102",
        "CAS*CO*50*120",
        f"REF*6R*{claim.pcn}01",
        "SVC*HC:97140*60.5*0**1",
        "DTM*472*20261102",
        "CAS*PR*96*60.5",
        f"REF*6R*{claim.pcn}02",
    )
    posted(sent, answer_835("0", whole))
    assert allowed(sent, "V-1") == [0]


def test_what_was_taken_back_is_not_allowed_any_more(sent: Office) -> None:
    posted(sent, answer_835("140.5", paid_in_full(the_claim(sent))))
    posted(sent, answer_835("-140.5", paid_in_full(the_claim(sent), reverses=True), trace="T2"))
    assert allowed(sent, "V-1") == [0]
