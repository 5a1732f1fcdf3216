from collections.abc import Callable
from decimal import Decimal

import pytest

from gateway.acknowledgment import ClaimAcknowledgment, GroupAnswer, SegmentFault, SetAnswer, Status, Ta1, Verdict
from gateway.edi.checking.second_opinion import opinion
from gateway.edi.read.inbound_file import read_answers
from gateway.edi.wire.segment import Segment
from gateway.errors import InboundWireError

Written = Callable[..., bytes]

REJECTED_999 = """
AK1*HC*17*005010X222A1
AK2*837*0001*005010X222A1
IK3*CLM*22*2300*8
CTX*CLM01:RB00000000000001
IK4*5:3*1331*7*ZQCANARY
IK4*2*782*1
IK3*HI*25**3
IK5*R*5
AK2*837*0002*005010X222A1
IK5*A
AK9*P*2*2*1
"""

CLAIMS_277 = """
BHT*0085*08*CH-1*20261123*1210*TH
HL*1**20*1
NM1*AY*2*INVENTED CLEARINGHOUSE*****46*CH0001
TRN*1*CH-TRACE-1
DTP*050*D8*20261123
DTP*009*D8*20261123
HL*2*1*21*1
NM1*41*2*RIVERBEND THERAPY*****46*RB0001
TRN*2*RB-41
STC*A1:19:PR*20261123*WQ*475.5
QTY*90*2
AMT*YU*475.5
HL*3*2*19*1
NM1*85*2*RIVERBEND THERAPY*****XX*1900000013
TRN*1*PROVIDER
STC*A1:19:PR**WQ*475.5
HL*4*3*PT
NM1*QC*1*ZELLER*OTTILIE****MI*1ZZ0ZZ0ZZ00
TRN*2*RB00000000000001
STC*A2:20:PR*20261123*WQ*175.5
REF*1K*ICN0001
DTP*472*D8*20261116
HL*5*3*PT
NM1*QC*1*QUINT*BO****MI*1ZZ0ZZ0ZZ01
TRN*2*RB00000000000002
STC*A3:21*20261123*U*300******A7:562:82*A7:507
STC*A6:187*20261123*U*300********SEE REPORT
DTP*472*D8*20261116
"""


def answer_999(written: Written, body: str) -> GroupAnswer:
    (answer,) = read_answers(written("FA", "999", "005010X231A1", body, "005010X231A1"))
    assert isinstance(answer.what, GroupAnswer)
    return answer.what


def answer_277(written: Written, body: str) -> ClaimAcknowledgment:
    (answer,) = read_answers(written("HN", "277", "005010X214", body, "005010X214"))
    assert isinstance(answer.what, ClaimAcknowledgment)
    return answer.what


@pytest.mark.parametrize(
    ("code", "verdict"),
    [("A", Verdict.ACCEPTED), ("E", Verdict.ACCEPTED_WITH_ERRORS), ("R", Verdict.REJECTED)],
)
def test_a_ta1_says_what_became_of_the_interchange(ta1_file: Written, code: str, verdict: Verdict) -> None:
    raw = ta1_file(Segment("TA1", ("000000041", "261123", "1205", code, "025")))
    (answer,) = read_answers(raw)
    assert answer.what == Ta1(interchange=41, date="261123", verdict=verdict, note="025")
    assert (answer.interchange, answer.group, answer.set_control) == (906, None, "")


@pytest.mark.parametrize(
    ("control", "code"), [("000000041", ""), ("000000041", "X"), ("", "A"), ("4x", "A"), ("9" * 5_000, "A")]
)
def test_a_ta1_without_a_known_verdict_is_refused(ta1_file: Written, control: str, code: str) -> None:
    with pytest.raises(InboundWireError, match="TA10") as refused:
        read_answers(ta1_file(Segment("TA1", (control, "261123", "1205", code, "000"))))
    assert refused.value.ordinal == 2


def test_a_999_names_each_set_and_each_fault_but_no_value(written: Written) -> None:
    assert answer_999(written, REJECTED_999) == GroupAnswer(
        group=17,
        verdict=Verdict.PARTIAL,
        sets=(
            SetAnswer(
                control="0001",
                verdict=Verdict.REJECTED,
                codes=("5",),
                faults=(
                    SegmentFault(segment="CLM", ordinal=22, loop="2300", code="7", element=5),
                    SegmentFault(segment="CLM", ordinal=22, loop="2300", code="1", element=2),
                    SegmentFault(segment="HI", ordinal=25, loop="", code="3"),
                ),
            ),
            SetAnswer(control="0002", verdict=Verdict.ACCEPTED, codes=()),
        ),
    )


def test_a_999_may_answer_the_group_alone(written: Written) -> None:
    seen = answer_999(written, "AK1*HC*17*005010X222A1\nAK9*R*1*1*0*4")
    assert (seen.verdict, seen.sets) == (Verdict.REJECTED, ())


@pytest.mark.parametrize("code", ["M", "W", "X"])
def test_a_failure_of_security_is_a_rejection(written: Written, code: str) -> None:
    assert answer_999(written, f"AK1*HC*17\nAK9*{code}*1*1*0").verdict is Verdict.REJECTED


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("AK1*HC*17\nAK2*837*0001\nIK5*A", "AK9 is missing"),
        ("AK1*HC*17", "AK9 is missing"),
        ("AK1*HC*17\nAK9*A*1*1*1\nAK9*R*1*1*0", "AK9 is missing or not the last"),
        ("AK1*HC*17\nAK9**1*1*1", "AK901 is not a verdict"),
        ("AK1*HC*17\nAK9*Z*1*1*1", "AK901 is not a verdict"),
        ("AK1*HC*17\nAK2*837*0001\nAK9*A*1*1*1", "not exactly one verdict"),
        ("AK1*HC*17\nAK2*837*0001\nIK5*P\nAK9*A*1*1*1", "not exactly one verdict"),
        ("AK1*HC*17\nAK2*837*0001\nIK5*A\nIK5*R\nAK9*A*1*1*1", "not exactly one verdict"),
        ("AK1*HC*17\nAK2*837\nIK5*A\nAK9*A*1*1*1", "AK202 is missing"),
        ("AK9*A*1*1*1", "AK1 is missing"),
        ("AK1*HC\nAK9*A*1*1*1", "AK102 is not a group control number"),
        ("AK1*HC*" + "9" * 5_000 + "\nAK9*A*1*1*1", "AK102 is not a group control number"),
        ("AK1*HC*17\nAK2*837*0001\nIK3*CLM*" + "9" * 5_000 + "**8\nIK5*R\nAK9*A*1*1*1", "IK302 is not a position"),
        ("AK1*HC*17\nAK2*837*0001\nIK3*CLM**2300*8\nIK5*R\nAK9*A*1*1*1", "IK302 is not a position"),
    ],
)
def test_a_999_without_a_known_verdict_is_refused(written: Written, body: str, said: str) -> None:
    with pytest.raises(InboundWireError, match=said):
        answer_999(written, body)


def test_a_277ca_names_the_batch_and_each_claim(written: Written) -> None:
    seen = answer_277(written, CLAIMS_277)
    assert (seen.source, seen.reference, seen.verdict) == ("CH0001", "RB-41", Verdict.FORWARDED)
    assert seen.statuses == (Status(category="A1", status="19", entity="PR"),) * 2
    accepted, rejected = seen.claims
    assert (accepted.patient_control_number, accepted.verdict, accepted.payer_claim_number, accepted.charge) == (
        "RB00000000000001",
        Verdict.ACCEPTED,
        "ICN0001",
        Decimal("175.50"),
    )
    assert (rejected.patient_control_number, rejected.verdict, rejected.message) == (
        "RB00000000000002",
        Verdict.REJECTED,
        "SEE REPORT",
    )
    assert rejected.statuses == (
        Status(category="A3", status="21"),
        Status(category="A7", status="562", entity="82"),
        Status(category="A7", status="507"),
        Status(category="A6", status="187"),
    )


@pytest.mark.parametrize(
    ("stc", "verdict"),
    [
        ("A2:20:PR*20261123*WQ*175.5", Verdict.ACCEPTED),
        ("A2:20:PR*20261123**175.5", Verdict.ACCEPTED),
        ("A2:20:PR*20261123*U*175.5", Verdict.REJECTED),
        ("A0:16*20261123*WQ", Verdict.FORWARDED),
        ("A1:20*20261123*WQ", Verdict.FORWARDED),
        ("A1:20*20261123*U", Verdict.REJECTED),
        ("A5:19*20261123*WQ", Verdict.FORWARDED),
        ("A3:21*20261123*WQ", Verdict.REJECTED),
        ("A4:35*20261123*U", Verdict.REJECTED),
        ("A6:21*20261123*U", Verdict.REJECTED),
        ("A7:21*20261123*U", Verdict.REJECTED),
        ("A8:21*20261123*U", Verdict.REJECTED),
        ("A2:20*20261123*WQ*******A7:562", Verdict.REJECTED),
        ("A1:19*20261123*WQ\nSTC*A2:20*20261123*WQ", Verdict.ACCEPTED),
        ("A2:20*20261123*WQ\nSVC*HC:97110*120.5\nSTC*A7:454*20261123*U", Verdict.REJECTED),
    ],
)
def test_a_claim_is_accepted_by_a2_alone_and_rejected_by_any_rejection(
    written: Written, stc: str, verdict: Verdict
) -> None:
    body = CLAIMS_277.replace("A2:20:PR*20261123*WQ*175.5", stc)
    assert answer_277(written, body).claims[0].verdict is verdict


@pytest.mark.parametrize(
    ("seen", "instead", "verdict"),
    [
        ("STC*A1:19:PR*20261123*WQ*475.5", "STC*A3:496:41*20261123*U*475.5", Verdict.REJECTED),
        ("STC*A1:19:PR**WQ*475.5", "STC*A3:24:85**U*475.5", Verdict.PARTIAL),
        ("STC*A1:19:PR*20261123*WQ*475.5", "STC*A2:20*20261123*WQ*475.5", Verdict.ACCEPTED),
    ],
)
def test_a_batch_may_be_refused_whole_or_for_one_provider(
    written: Written, seen: str, instead: str, verdict: Verdict
) -> None:
    batch_only = CLAIMS_277[: CLAIMS_277.index("HL*4*")]
    answer = answer_277(written, batch_only.replace(seen, instead))
    assert (answer.verdict, answer.claims) == (verdict, ())


def test_a_277ca_may_answer_two_batches(written: Written) -> None:
    body = CLAIMS_277[CLAIMS_277.index("HL*2*") :]
    raw = written("HN", "277", "005010X214", CLAIMS_277 + body.replace("RB-41", "RB-42"), "005010X214")
    batches = [answer.what for answer in read_answers(raw) if isinstance(answer.what, ClaimAcknowledgment)]
    assert [(batch.reference, batch.source, len(batch.claims)) for batch in batches] == [
        ("RB-41", "CH0001", 2),
        ("RB-42", "CH0001", 2),
    ]


@pytest.mark.parametrize(
    ("seen", "instead", "said"),
    [
        ("STC*A2:20:PR*20261123*WQ*175.5\n", "", "a claim has no verdict"),
        ("STC*A2:20:PR", "STC*F1:20:PR", "not a category"),
        ("STC*A2:20:PR", "STC*", "not a category"),
        ("*20261123*WQ*175.5", "*20261123*OK*175.5", "STC03 is neither WQ nor U"),
        ("A7:507", ":507", "STC11-1 is not a category"),
        ("STC*A1:19:PR*20261123*WQ*475.5\n", "", "the batch has no verdict"),
        ("TRN*2*RB00000000000001\n", "", "no TRN"),
        ("TRN*2*RB00000000000001\n", "TRN*2\n", "TRN02 is missing"),
        ("*3*PT\n", "*3*22\n", "not a level of a 277CA"),
        ("HL*2*1*21*1\n", "HL*2*1*23*1\n", "not a level of a 277CA"),
        ("*WQ*175.5", "*WQ*175.555", "STC04 is not an amount"),
    ],
)
def test_a_277ca_without_a_known_verdict_is_refused(written: Written, seen: str, instead: str, said: str) -> None:
    assert seen in CLAIMS_277
    with pytest.raises(InboundWireError, match=said):
        answer_277(written, CLAIMS_277.replace(seen, instead, 1))


def test_the_second_opinion_reads_the_same_files(written: Written) -> None:
    assert opinion(written("HN", "277", "005010X214", CLAIMS_277, "005010X214")) == ()
    accepted = "AK1*HC*17*005010X222A1\nAK2*837*0001*005010X222A1\nIK5*A\nAK9*A*1*1*1"
    assert opinion(written("FA", "999", "005010X231A1", accepted, "005010X231A1")) == ()
