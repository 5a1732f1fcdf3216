"""An 835 in a stream: the same payments as the strict reading has, and never a cut taken for the end."""

import io
import random
import tracemalloc
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edi.read.inbound_file import read_answers
from gateway.edi.read.remittance import PaymentReading, RemittanceReading, read
from gateway.errors import InboundWireError, OutOfBalance
from gateway.money import ZERO
from gateway.remit.balance import check_claim, check_payment
from gateway.remittance import ProviderAdjustment, Remittance
from tests.bench.x12_files import remittance_file
from tests.edi.checking.test_check import SAMPLES, changed, joined, segments, without
from tests.edi.read.test_remittance_for_posting import BODY

HEAD = segments(remittance_file(1))[:2]


def file(*bodies: str) -> bytes:
    """A file with a set for each body."""
    texts = list(HEAD)
    for number, body in enumerate(bodies, start=1):
        inside = [line.strip() for line in body.strip().splitlines()]
        texts += [f"ST*835*{number:04}", *inside, f"SE*{len(inside) + 2}*{number:04}"]
    return joined([*texts, f"GE*{len(bodies)}*1", "IEA*1*000000001"])


def read_whole(raw: bytes) -> list[tuple[RemittanceReading, list[PaymentReading]]]:
    remittances = read(raw)
    found = [(one, list(one.payments())) for one in remittances]
    assert remittances.is_whole
    return found


def strict(raw: bytes) -> list[Remittance]:
    return [answer.what for answer in read_answers(raw) if isinstance(answer.what, Remittance)]


def test_header_payments_and_totals_are_read() -> None:
    ((one, payments),) = read_whole(file(BODY))
    assert (one.control, one.payment, one.method, one.paid_on, one.is_debit) == (
        "0001",
        Decimal("129.50"),
        "ACH",
        date(2026, 11, 20),
        False,
    )
    assert (one.trace, one.originator, one.produced_on) == ("EFT00000001", "1512345678", date(2026, 11, 19))
    assert one.payer is not None
    assert one.payee is not None
    assert (one.payer.name, one.payer.reference("2U"), one.payer.city) == ("INVENTED HEALTH PLAN", "PLAN7", "DENVER")
    assert (one.payee.name, one.payee.npi, one.payee.reference("TJ")) == (
        "RIVERBEND THERAPY",
        "1900000013",
        "900000001",
    )
    assert one.is_whole
    assert one.unread == 0
    assert one.provider_adjustments == (
        ProviderAdjustment(reason="WO", reference="ICN0000", amount=Decimal("-1.25"), ordinal=35),
        ProviderAdjustment(reason="L6", reference="", amount=Decimal("1.75"), ordinal=35),
    )
    assert (one.paid, one.withheld) == (Decimal(130), Decimal("0.50"))
    first, second = payments
    assert first.patient is not None
    assert (first.patient.name, first.patient.first_name, first.patient.id) == ("ZELLER", "OTTILIE", "1ZZ0ZZ0ZZ00")
    assert (first.name("82"), first.facility, first.received_on, first.reference("1L")) == (None, ("11", "1"), None, "")
    assert first.loop.around is not second.loop.around
    assert second.payment is not None
    assert second.payment.status == "4"
    assert "ZELLER" not in repr((first, first.loop, first.patient, one))


@pytest.mark.parametrize("raw", [file(BODY), file(BODY, BODY), remittance_file(40)])
def test_the_payments_are_those_of_the_strict_reading(raw: bytes) -> None:
    found = read_whole(raw)
    assert [same(one, payments) for one, payments in found] == [same_strict(one) for one in strict(raw)]


def same(one: RemittanceReading, payments: list[PaymentReading]) -> object:
    return (
        *(one.control, one.payment, one.method, one.paid_on, one.trace, one.originator),
        tuple(payment.payment for payment in payments),
        one.provider_adjustments,
    )


def same_strict(one: Remittance) -> object:
    return (
        *(one.control, one.payment, one.method, one.paid_on, one.trace, one.originator),
        one.claims,
        one.provider_adjustments,
    )


@given(st.integers(), st.lists(st.text("AB015.:-", max_size=8), min_size=1, max_size=3), st.integers(0, 3))
def test_whatever_a_file_holds_nothing_raises_and_what_both_read_is_the_same(
    seed: int, values: list[str], moves: int
) -> None:
    rng, lines = random.Random(seed), BODY.strip().splitlines()
    for value in values:
        at = rng.randrange(len(lines))
        parts = lines[at].split("*")
        parts[rng.randrange(1, len(parts))] = value
        lines[at] = "*".join(parts)
    for _ in range(moves):
        lines.insert(rng.randrange(len(lines)), lines.pop(rng.randrange(len(lines))))
    raw = file("\n".join(lines))
    found = read_whole(raw)
    try:
        wanted = strict(raw)
    except InboundWireError:
        return
    for (one, payments), other in zip(found, wanted, strict=True):
        for payment in payments:
            assert payment.payment is not None or payment.findings
        # Where the guide puts a segment elsewhere than a cut by ids does, there is a finding; the sums tell of what is lost.
        read_as_one = all(not payment.findings for payment in payments) and not one.findings
        if read_as_one and not one.unread:
            assert same(one, payments) == same_strict(other)


@pytest.mark.parametrize(
    ("old", "new", "segment", "element"),
    [
        ("*1*175.5*130*", "*1*175.5*13O*", "CLP", 4),
        ("*1*175.5*130*", "*1*175.555*130*", "CLP", 3),
        ("CLP*RB00000000000001", "CLP*", "CLP", 1),
        ("CAS*OA*23*10", "CAS*XX*23*10", "CAS", 1),
        ("CAS*CO*45*10*1", "CAS*CO*45**1", "CAS", 3),
        ("**94*-5.25*2", "**94*-5.25*2.0000000000001", "CAS", 7),
        ("DTM*472*20261117", "DTM*472*20261131", "DTM", 2),
        ("*120.5*100**2", "*120.5*100**x", "SVC", 5),
    ],
)
def test_a_payment_that_cannot_be_read_is_none_and_says_where(old: str, new: str, segment: str, element: int) -> None:
    raw = file(BODY.replace(old, new, 1))
    ((one, (payment, other)),) = read_whole(raw)
    assert payment.payment is None
    assert (segment, element) in [(found.segment, found.element) for found in payment.findings]
    assert all(segments(raw)[found.file_ordinal - 1].startswith(found.segment) for found in payment.findings)
    assert other.payment is not None
    assert one.unread == 1, "its money is in no sum"
    assert one.paid == 0


def test_money_outside_of_a_payment_is_counted_as_unread() -> None:
    ((one, _),) = read_whole(file(BODY.replace("LX*1\n", "LX*1\nCAS*CO*45*10\n")))
    assert one.unread == 1


def test_a_plb_that_cannot_be_read_is_unread() -> None:
    ((one, _),) = read_whole(file(BODY.replace("*L6*1.75", "*L6*1.755")))
    assert (one.unread, one.withheld) == (1, Decimal("-1.25"))
    assert [(found.segment, found.element) for found in one.findings][-1] == ("PLB", 6)


def test_an_amount_in_the_header_that_cannot_be_read_is_none_and_a_finding() -> None:
    ((one, _),) = read_whole(file(BODY.replace("BPR*I*129.5", "BPR*I*129.555")))
    assert one.payment is None
    assert [(found.segment, found.element) for found in one.findings] == [("BPR", 2)]


def test_a_payment_that_only_withholds_has_no_claims() -> None:
    body = BODY[: BODY.index("LX*1")] + "PLB*1900000013*20261231*WO:ICN0000*-129.5"
    ((one, payments),) = read_whole(file(body))
    assert payments == []
    assert (one.paid - one.withheld, one.is_whole) == (one.payment, True)


def test_payments_without_their_lx_are_read() -> None:
    ((one, payments),) = read_whole(file(BODY.replace("LX*1\n", "").replace("LX*2\n", "")))
    assert [payment.payment.charge for payment in payments if payment.payment] == [Decimal("175.50"), Decimal(0)]
    assert one.unread == 0
    sample = (SAMPLES.with_name("835") / "two_claims.edi").read_bytes()
    found = changed(sample, without("LX*1")).findings
    assert [(finding.code, finding.loop, finding.segment) for finding in found] == [("3", "2000", "LX")]


def test_what_is_not_asked_for_is_in_the_totals_all_the_same() -> None:
    remittances = read(file(BODY, BODY))
    first = next(remittances)
    assert (first.paid, first.is_whole, first.provider_adjustments) == (ZERO, False, ())
    second = next(remittances)
    assert (first.paid, first.is_whole, len(first.provider_adjustments)) == (Decimal(130), True, 2)
    assert list(first.payments()) == [], "it was gone through"
    payments = second.payments()
    assert next(payments).payment is not None
    assert len(list(second.payments())) == 1, "it goes on where it was left"
    assert second.is_whole
    assert not remittances.is_whole, "the group has not ended yet"
    assert list(remittances) == []
    assert remittances.is_whole


@pytest.mark.parametrize("cut", range(1, 20))
def test_a_cut_anywhere_is_never_taken_for_the_end(cut: int) -> None:
    raw = file(BODY, BODY)
    for place in range(len(raw) * (cut - 1) // 19 + 1, len(raw) * cut // 19, 3):
        remittances = read(raw[:place])
        found = [(one, list(one.payments())) for one in remittances]
        assert not remittances.is_whole, place
        for number, (one, _) in enumerate(found, start=1):
            ends = raw.find(b"~", raw.index(f"~SE*36*{number:04}".encode()) + 1)
            assert one.is_whole is (place > ends), place


@pytest.mark.parametrize(
    ("old", "new"), [(b"SE*36*0001", b"SE*35*0001"), (b"SE*36*0001", b"SE*36*0002"), (b"~SE*36*0001", b"")]
)
def test_a_set_that_does_not_end_as_it_should_is_not_whole(old: bytes, new: bytes) -> None:
    raw = file(BODY)
    assert old in raw
    remittances = read(raw.replace(old, new))
    (one,) = remittances
    assert not one.is_whole
    assert not remittances.is_whole
    assert remittances.findings


def test_a_streamed_835_is_balanced_as_it_is_read() -> None:
    ((one, payments),) = read_whole(remittance_file(50))
    for payment in payments:
        assert payment.payment is not None
        check_claim(one.control, payment.payment)
    assert one.payment is not None
    check_payment(one.control, one.payment, one.paid, one.withheld)
    with pytest.raises(OutOfBalance, match=r"ST 0001, segment 2: payment"):
        check_payment(one.control, one.payment + 1, one.paid, one.withheld)
    wrong = payments[0].payment
    assert wrong is not None
    with pytest.raises(OutOfBalance, match="claim: CLP03"):
        check_claim(one.control, wrong._replace(paid=wrong.paid + 1))


def test_memory_stays_as_it_is_however_long_a_file_is() -> None:
    few, many = (_peak(remittance_file(count)) for count in (2_000, 8_000))
    assert many < few + 200_000, "it grows with the file"


def _peak(raw: bytes) -> int:
    source = io.BytesIO(raw)
    read_whole(remittance_file(1))
    tracemalloc.start()
    assert sum(1 for one in read(source) for _ in one.payments()) in {2_000, 8_000}
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


@pytest.mark.parametrize(("old", "new"), [("*1*175.5*130*", "*1*175.5*13O*"), ("*L6*1.75", "*L6*1.75X")])
def test_what_cannot_be_read_is_told_once(old: str, new: str) -> None:
    ((one, payments),) = read_whole(file(BODY.replace(old, new, 1)))
    found = [(finding.ordinal, finding.element) for finding in (*payments[0].findings, *one.findings)]
    assert len(set(found)) == len(found)
    assert one.unread == 1


STRAYS = (
    "NTE*ADD*X",
    "PER*IC*X",
    "QTY*CA*1",
    "DTM*036*20261111",
    "AMT*AU*5",
    "ZZZ*1",
    "REF*XX*1",
    "N3*X",
    "NM1*74*1*X",
)


@given(st.data())
def test_what_does_not_belong_there_moves_no_money_and_hides_no_party(choice: st.DataObject) -> None:
    """The guide alone would put a CAS behind a claim's own segment that stands in a line to the claim."""
    lines = BODY.strip().splitlines()
    for _ in range(choice.draw(st.integers(1, 3))):
        place = choice.draw(st.sampled_from([at for at in range(1, len(lines)) if not lines[at].startswith("CLP*")]))
        lines.insert(place, choice.draw(st.sampled_from(STRAYS)))
    ((one, payments),) = read_whole(file("\n".join(lines)))
    ((sound, wanted),) = read_whole(file(BODY))
    assert one.unread == 0
    assert [_figures(each) for each in payments] == [_figures(each) for each in wanted]
    assert (one.payment, one.trace, one.paid, one.withheld) == (sound.payment, sound.trace, sound.paid, sound.withheld)
    for party, other in ((one.payer, sound.payer), (one.payee, sound.payee)):
        assert party is not None
        assert other is not None
        assert (party.name, party.id) == (other.name, other.id)


def _figures(one: PaymentReading) -> object:
    assert one.payment is not None
    lines = [(line.procedure, line.charge, line.paid, line.day, line.adjustments) for line in one.payment.lines]
    return one.payment.patient_control_number, one.payment.paid, one.payment.adjustments, lines


@pytest.mark.parametrize(
    ("at", "moved", "said"),
    [
        ("MOA***MA01*MA07\n", "PLB*1900000013*20261231*WO:X*1\n", "MOA stands outside a claim"),
        ("SVC*HC:97140*55*30\n", "CLP*RB3*1*5*5*0*12\nPLB*1900000013*20261231*WO:X*1\nLX*3\n", "has lost its CLP"),
        ("PLB*1900000013", "TS3*1900000013*11*20261231*1*1\nMOA***MA01\n", "MOA stands outside a claim"),
        ("LX*1\n", "PLB*1900000013*20261231*WO:X*1\nCLP*RB3*1*5*5*0*12\n", "CLP stands outside a claim"),
    ],
)
def test_money_that_cannot_be_told_whose_it_is_is_never_passed_over(at: str, moved: str, said: str) -> None:
    with pytest.raises(InboundWireError, match=said):
        strict(file(BODY.replace(at, moved + at, 1)))


def test_a_provider_adjustment_counts_wherever_it_stands() -> None:
    (plb,) = [line + "\n" for line in BODY.splitlines() if line.startswith("PLB")]
    (one,) = strict(file(BODY.replace(plb, "").replace("N1*PR", plb + "N1*PR", 1)))
    assert [each.amount for each in one.provider_adjustments] == [Decimal("-1.25"), Decimal("1.75")]
