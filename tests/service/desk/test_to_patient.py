"""A person decides that the patient is asked for what a payer refused: only what was left to them, and only who may be asked."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from gateway.errors import UsageError
from gateway.ledger import denials
from gateway.lifecycle import ClaimState
from gateway.payer import Program
from gateway.service.desk.to_patient import bill_patient
from gateway.service.office import Office
from tests.service.clinic import answer_835, paid_in_full, the_claim
from tests.service.desk.played import buckets, kinds_said, posted


def refused(office: Office, group: str = "PR", carc: str = "96", remark: str = "") -> tuple[str, ...]:
    """97110 paid, 97140 refused whole."""
    claim = the_claim(office)
    return (
        f"CLP*{claim.pcn}*1*180.5*100*{'60.5' if group == 'PR' else '0'}*CI*ICN1*11*1",
        "NM1*QC*1*QUILL*MARA****MI*M1",
        "SVC*HC:97110*120*100**2",
        "DTM*472*20261102",
        "CAS*CO*45*20",
        f"REF*6R*{claim.pcn}01",
        "SVC*HC:97140*60.5*0**1",
        "DTM*472*20261102",
        f"CAS*{group}*{carc}*60.5",
        f"REF*6R*{claim.pcn}02",
        *([f"LQ*HE*{remark}"] if remark else []),
    )


def open_denials(office: Office) -> int:
    with office.ledger.reading() as tx:
        return len(denials.listed(tx, office.practice.key, pcn=the_claim(office).pcn))


def test_what_was_left_to_the_patient_is_moved_and_stays_so_and_the_payers_reversal_takes_it_back(sent: Office) -> None:
    posted(sent, answer_835("100", refused(sent)))
    assert (the_claim(sent).state, open_denials(sent), buckets(sent)["denied"]) == (ClaimState.PARTIAL, 1, "60.50")
    claim, cents = bill_patient(replace(sent, actor="Ana Reyes"), "V-1", reason="signed notice on file")
    assert (claim.pcn, cents) == (the_claim(sent).pcn, 6050)
    assert (the_claim(sent).state, open_denials(sent)) == (ClaimState.PAID, 0)
    wanted = {"not yet answered": "180.50", "paid": "100.00", "contractual": "20.00", "patient": "60.50"}
    assert buckets(sent) == wanted
    assert {"claim.patient_asked", "claim.paid"} <= set(kinds_said(sent, claim.pcn))
    with pytest.raises(UsageError, match="nothing that was denied"):
        bill_patient(sent, "V-1", reason="again")
    # The same denial again changes nothing, and the reversal takes all of it back.
    back = (
        f"CLP*{claim.pcn}*22*-180.5*-100**CI*ICN1*11*1",
        "NM1*QC*1*QUILL*MARA****MI*M1",
        "SVC*HC:97110*-120*-100**-2",
        "DTM*472*20261102",
        "CAS*CO*45*-20",
        f"REF*6R*{claim.pcn}01",
        "SVC*HC:97140*-60.5*0**-1",
        "DTM*472*20261102",
        "CAS*PR*96*-60.5",
        f"REF*6R*{claim.pcn}02",
    )
    posted(sent, answer_835("40.5", back, paid_in_full(the_claim(sent)), trace="T2"))
    assert buckets(sent) == {"not yet answered": "180.50", "paid": "140.50", "contractual": "20.00", "patient": "20.00"}


@pytest.mark.parametrize(
    ("group", "carc", "remark", "why"),
    [
        ("CO", "96", "", "nothing that was denied of claim .* was left to the patient"),
        ("PI", "96", "", "nothing that was denied"),
        ("PR", "96", "N781", "Qualified Medicare Beneficiary"),
    ],
)
def test_who_may_not_be_asked_is_not(sent: Office, group: str, carc: str, remark: str, why: str) -> None:
    posted(sent, answer_835("100", refused(sent, group, carc, remark)))
    before = buckets(sent)
    with pytest.raises(UsageError, match=why):
        bill_patient(sent, "V-1", reason="they owe it")
    assert buckets(sent) == before


def test_a_patient_of_medicaid_or_a_claim_without_an_answer_is_not_asked(sent: Office) -> None:
    with pytest.raises(UsageError, match="nothing that was denied"):
        bill_patient(sent, "V-2", reason="they owe it")
    payer = replace(sent.settings.payer("PAYER1"), program=Program.MEDICAID)
    settings = replace(sent.settings, payers=MappingProxyType({**sent.settings.payers, "PAYER1": payer}))
    posted(replace(sent, settings=settings), answer_835("100", refused(sent)))
    with pytest.raises(UsageError, match="the state's copay"):
        bill_patient(replace(sent, settings=settings), "V-1", reason="they owe it")
