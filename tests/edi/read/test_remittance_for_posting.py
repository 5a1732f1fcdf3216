from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from gateway.edi.checking.second_opinion import opinion
from gateway.edi.read.inbound_file import read_answers
from gateway.errors import InboundWireError
from gateway.remittance import Adjustment, GroupCode, ProviderAdjustment, Remittance

BODY = """
BPR*I*129.5*C*ACH*CCP*01*123456780*DA*100200300*1512345678**01*876543212*DA*400500600*20261120
TRN*1*EFT00000001*1512345678
REF*EV*CH0001
DTM*405*20261119
N1*PR*INVENTED HEALTH PLAN
N3*1 PLAN PLAZA
N4*DENVER*CO*80202
REF*2U*PLAN7
PER*BL*EDI HELP*TE*5555550199
N1*PE*RIVERBEND THERAPY*XX*1900000013
REF*TJ*900000001
LX*1
CLP*RB00000000000001*1*175.5*130*25.5*12*ICN0001*11*1
CAS*OA*23*10**94*-5.25*2
NM1*QC*1*ZELLER*OTTILIE****MI*1ZZ0ZZ0ZZ00
MIA*0***5*MA18****************MA20*MA21*MA22
MOA***MA01*MA07
DTM*232*20261116
SVC*HC:97110:GP:KX*120.5*100**2
DTM*472*20261117
CAS*CO*45*10*1*253*.5
CAS*PR*1*5**2*2**3*3
REF*6R*L1
LQ*HE*N706
LQ*HE*M25
LQ*RX*75
SVC*HC:97140*55*30
DTM*150*20261112
DTM*151*20261118
CAS*CO*45*25
SVC*HC:97035*0*0
LX*2
CLP*RB00000000000002*4*0*0**12
PLB*1900000013*20261231*WO:ICN0000*-1.25*L6*1.75
"""

Written = Callable[..., bytes]


@pytest.fixture
def read(written: Written) -> Callable[[str], Remittance]:
    def reading(body: str) -> Remittance:
        (answer,) = read_answers(written("HP", "835", "005010X221A1", body))
        assert isinstance(answer.what, Remittance)
        return answer.what

    return reading


def test_the_payment_and_its_parties_are_read(read: Callable[[str], Remittance]) -> None:
    seen = read(BODY)
    assert (seen.control, seen.payment, seen.method, seen.paid_on) == (
        "0001",
        Decimal("129.50"),
        "ACH",
        date(2026, 11, 20),
    )
    assert (seen.trace, seen.originator, seen.payer_name) == ("EFT00000001", "1512345678", "INVENTED HEALTH PLAN")
    assert (seen.payer_id, seen.payee_id) == ("PLAN7", "1900000013")
    assert seen.provider_adjustments == (
        ProviderAdjustment(reason="WO", reference="ICN0000", amount=Decimal("-1.25"), ordinal=35),
        ProviderAdjustment(reason="L6", reference="", amount=Decimal("1.75"), ordinal=35),
    )


def test_claims_and_their_lines_are_read(read: Callable[[str], Remittance]) -> None:
    first, second = read(BODY).claims
    assert (first.patient_control_number, first.status, first.filing_code, first.payer_claim_number) == (
        "RB00000000000001",
        "1",
        "12",
        "ICN0001",
    )
    assert (first.charge, first.paid, first.patient_share, first.ordinal) == (
        Decimal("175.50"),
        Decimal("130.00"),
        Decimal("25.50"),
        14,
    )
    assert first.adjustments == (
        Adjustment(group=GroupCode.OTHER, carc="23", amount=Decimal("10.00")),
        Adjustment(group=GroupCode.OTHER, carc="94", amount=Decimal("-5.25"), quantity=Decimal(2)),
    )
    assert first.remarks == ("MA18", "MA20", "MA21", "MA22", "MA01", "MA07")
    assert (second.status, second.patient_share, second.lines, second.payer_claim_number) == ("4", Decimal(0), (), "")
    line, other, bare = first.lines
    assert (line.procedure, line.modifiers, line.charge, line.paid, line.units) == (
        "97110",
        ("GP", "KX"),
        Decimal("120.50"),
        Decimal(100),
        Decimal(2),
    )
    assert (line.control, line.remarks, line.ordinal) == ("L1", ("N706", "M25"), 20)
    assert line.adjustments == (
        Adjustment(group=GroupCode.CONTRACTUAL, carc="45", amount=Decimal(10), quantity=Decimal(1)),
        Adjustment(group=GroupCode.CONTRACTUAL, carc="253", amount=Decimal("0.50")),
        Adjustment(group=GroupCode.PATIENT, carc="1", amount=Decimal(5)),
        Adjustment(group=GroupCode.PATIENT, carc="2", amount=Decimal(2)),
        Adjustment(group=GroupCode.PATIENT, carc="3", amount=Decimal(3)),
    )
    assert (other.modifiers, other.units, other.control) == ((), None, "")
    assert (line.day, other.day, bare.day) == (date(2026, 11, 17), date(2026, 11, 12), date(2026, 11, 16))


def test_what_was_billed_is_read_where_the_payer_says_so(read: Callable[[str], Remittance]) -> None:
    as_billed = "SVC*HC:97110:GP:KX*120.5*100**2*HC:97112:GP:59*3"
    line, other, _ = read(BODY.replace("SVC*HC:97110:GP:KX*120.5*100**2", as_billed)).claims[0].lines
    assert (line.procedure, line.units) == ("97110", Decimal(2))
    assert (line.billed_procedure, line.billed_modifiers) == ("97112", ("GP", "59"))
    assert line.billed_units == Decimal(3)
    assert (other.billed_procedure, other.billed_modifiers, other.billed_units) == ("", (), None)


def test_whom_and_when_a_payment_is_about_is_read(read: Callable[[str], Remittance]) -> None:
    first, second = read(BODY).claims
    assert (first.patient, first.member_id, first.day) == ("ZELLER, OTTILIE", "1ZZ0ZZ0ZZ00", date(2026, 11, 16))
    assert (second.patient, second.member_id, second.day) == ("", "", None)


@pytest.mark.parametrize(
    ("names", "patient", "member_id"),
    [
        ("NM1*QC*1*ZELLER\nNM1*IL*1*ZELLER*GOTTLIEB****MI*2ZZ", "ZELLER", "2ZZ"),
        ("NM1*QC*1*ZELLER*OTTILIE****MI*1ZZ\nNM1*IL*1*ZELLER*GOTTLIEB****MI*2ZZ", "ZELLER, OTTILIE", "2ZZ"),
        ("NM1*QC*1*ZELLER*OTTILIE****MI*1ZZ\nNM1*IL*1*ZELLER*GOTTLIEB", "ZELLER, OTTILIE", "1ZZ"),
        ("NM1*QC*1", "", ""),
    ],
)
def test_the_member_is_the_insured_or_else_the_patient(
    read: Callable[[str], Remittance], names: str, patient: str, member_id: str
) -> None:
    first = read(BODY.replace("NM1*QC*1*ZELLER*OTTILIE****MI*1ZZ0ZZ0ZZ00", names)).claims[0]
    assert (first.patient, first.member_id) == (patient, member_id)


def test_all_six_triples_of_an_adjustment_are_read(read: Callable[[str], Remittance]) -> None:
    six = "CAS*CO*1*1**2*2**3*3**4*4**5*5**6*6*7"
    adjustments = read(BODY.replace("CAS*OA*23*10**94*-5.25*2", six)).claims[0].adjustments
    assert [(a.carc, a.amount) for a in adjustments] == [(str(n), Decimal(n)) for n in range(1, 7)]
    assert adjustments[5].quantity == Decimal(7)


@pytest.mark.parametrize(
    ("seen", "instead", "payer_id"),
    [
        ("REF*2U*PLAN7", "REF*EO*X", "1512345678"),
        ("N1*PR*INVENTED HEALTH PLAN", "N1*PR*INVENTED HEALTH PLAN*XV*NATIONAL9", "PLAN7"),
    ],
)
def test_the_payers_id_is_looked_for_in_order(
    read: Callable[[str], Remittance], seen: str, instead: str, payer_id: str
) -> None:
    assert read(BODY.replace(seen, instead)).payer_id == payer_id


def test_without_its_other_ids_the_payer_is_known_by_n104(read: Callable[[str], Remittance]) -> None:
    body = BODY.replace("REF*2U*PLAN7", "REF*EO*X").replace("HEALTH PLAN\n", "HEALTH PLAN*XV*NATIONAL9\n", 1)
    assert read(body).payer_id == "NATIONAL9"


@pytest.mark.parametrize(
    ("seen", "instead", "ordinal", "said"),
    [
        ("BPR*I*129.5*", "BPR*I*NaN*", 4, "BPR02 is not an amount"),
        ("BPR*I*129.5*", "BPR*I*1E2*", 4, "BPR02 is not an amount"),
        ("BPR*I*129.5*", "BPR*I*1_000*", 4, "BPR02 is not an amount"),
        ("BPR*I*129.5*", "BPR*I*129.555*", 4, "BPR02 is not an amount"),
        ("BPR*I*129.5*", "BPR*I**", 4, "BPR02 is not an amount"),
        ("BPR*I*129.5*", "BPR*I*Infinity*", 4, "BPR02 is not an amount"),
        ("*20261120", "*20261320", 4, "BPR16 is not a date"),
        ("*20261120", "", 4, "BPR16 is not a date"),
        ("TRN*1*EFT00000001*1512345678\n", "", 3, "0 TRN segments"),
        ("N1*PR*", "N1*XX*", 3, r"no N1\*PR"),
        ("N1*PE*", "N1*XX*", 3, r"no N1\*PE"),
        ("CLP*RB00000000000001*1*175.5", "CLP*RB00000000000001*1*ZQCANARY", 16, "CLP03 is not an amount"),
        ("CLP*RB00000000000001*1*", "CLP**1*", 16, "CLP01 is missing"),
        ("CLP*RB00000000000001*1*", "CLP*RB00000000000001**", 16, "CLP02 is missing"),
        ("*175.5*130*", "*175.5**", 16, "CLP04 is not an amount"),
        ("*175.5*130*", "*175.5*130:1*", 16, "CLP04 is not an amount"),
        ("SVC*HC:97110:GP:KX*120.5*100**2", "SVC*HC:97110:GP:KX*120.5*100**two", 22, "SVC05 is not a plain number"),
        ("CAS*CO*45*25", "CAS*CR*45*25", 33, "CAS01 is none of"),
        ("CAS*CO*45*25", "CAS*CO*45", 33, "CAS03 is not an amount"),
        ("CAS*CO*45*25", "CAS*CO**25", 33, "CAS02 is missing"),
        ("CAS*CO*45*25", "CAS*CO*45*25" + "*" * 17 + "9", 33, "CAS has more elements"),
        ("DTM*472*20261117", "DTM*472*20260230", 23, "DTM02 is not a date"),
        ("WO:ICN0000*-1.25", "WO:ICN0000*", 37, "PLB04 is not an amount"),
        ("L6*1.75", "*1.75", 37, "PLB05 is missing"),
        ("LX*1\n", "LX*1\nCAS*CO*45*10\n", 16, "the claim payment has lost its CLP"),
        ("LX*1\n", "SVC*HC:97110*1*1\n", 15, "SVC stands outside a claim"),
    ],
)
def test_what_cannot_be_read_is_refused_where_it_stands_in_the_file(
    read: Callable[[str], Remittance], seen: str, instead: str, ordinal: int, said: str
) -> None:
    assert seen in BODY
    with pytest.raises(InboundWireError, match=said) as refused:
        read(BODY.replace(seen, instead, 1))
    assert refused.value.ordinal == ordinal
    assert "CANARY" not in str(refused.value)


def test_the_second_opinion_reads_the_same_file(written: Written) -> None:
    body = BODY.replace("MIA*0***5*MA18****************MA20*MA21*MA22\n", "").replace("LQ*RX*75\n", "")
    body = body.replace("*4*0*0**12\n", "*4*0*0**12*ICN0002*11*1\nNM1*QC*1*QUINT*BO\n")
    assert opinion(written("HP", "835", "005010X221A1", body)) == ()
