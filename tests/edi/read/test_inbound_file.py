from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.acknowledgment import GroupAnswer, Ta1, Verdict
from gateway.batch import Batch
from gateway.edi.read.inbound_file import read_answers
from gateway.edi.wire.segment import Segment
from gateway.edi.write.professional import write
from gateway.errors import InboundWireError
from gateway.partner import Usage
from gateway.remittance import Remittance

Written = Callable[..., bytes]

ACCEPTED_999 = "AK1*HC*17*005010X222A1\nAK2*837*0001*005010X222A1\nIK5*A\nAK9*A*1*1*1"
EMPTY_835 = """
BPR*H*0*C*NON************20261120
TRN*1*ZERO1*1512345678
N1*PR*INVENTED HEALTH PLAN
N1*PE*RIVERBEND THERAPY*XX*1900000013
"""


def test_an_answer_knows_its_envelope(written: Written) -> None:
    (answer,) = read_answers(written("FA", "999", "005010X231A1", ACCEPTED_999, "005010X231A1", usage=Usage.PRODUCTION))
    assert (answer.sender_id, answer.receiver_id, answer.interchange) == ("RIVERBEND", "CLEARHOUSE", 905)
    assert (answer.usage, answer.date, answer.group, answer.set_control) == (Usage.PRODUCTION, "261123", 9, "0001")


def test_one_file_may_hold_every_kind_of_answer(written: Written, ta1_file: Written) -> None:
    ta1 = ta1_file(Segment("TA1", ("000000041", "261123", "1205", "A", "000")))
    group = written("FA", "999", "005010X231A1", ACCEPTED_999, "005010X231A1")
    payment = written("HP", "835", "005010X221A1", EMPTY_835)
    seen = [answer.what for answer in read_answers(ta1 + b"\r\n" + group + b"\n" + payment)]
    assert [type(what) for what in seen] == [Ta1, GroupAnswer, Remittance]
    assert isinstance(seen[2], Remittance)
    assert (seen[2].payment, seen[2].method, seen[2].claims) == (Decimal(0), "NON", ())


@pytest.mark.parametrize(
    ("function", "code", "version", "body"),
    [
        ("HP", "835", "005010X221", EMPTY_835),
        ("HP", "835", "005010X221A1", EMPTY_835),
        ("HP", "835", "005010X221E2", EMPTY_835),
        ("FA", "999", "005010X231", ACCEPTED_999),
    ],
)
def test_amendments_of_a_guide_are_read(written: Written, function: str, code: str, version: str, body: str) -> None:
    assert len(read_answers(written(function, code, version, body))) == 1


@pytest.mark.parametrize(
    ("code", "version"),
    [
        ("835", "004010X091A1"),
        ("835", "005010X2210"),
        ("997", "005010"),
        ("277", "005010X212"),
        ("999", "005010X221A1"),
        ("271", "005010X279A1"),
    ],
)
def test_any_other_transaction_set_is_refused_by_name(written: Written, code: str, version: str) -> None:
    with pytest.raises(InboundWireError, match=f"{code} of {version} is not read here") as refused:
        read_answers(written("HP", code, version, EMPTY_835))
    assert refused.value.ordinal == 3


def test_what_we_sent_is_not_an_answer(batch: Batch) -> None:
    with pytest.raises(InboundWireError, match="837 of 005010X222A1 is not read here"):
        read_answers(write(batch))


def test_an_interchange_that_says_nothing_is_refused(ta1_file: Written) -> None:
    with pytest.raises(InboundWireError, match="neither a TA1 nor a transaction set"):
        read_answers(ta1_file())


def test_an_answer_cut_at_any_byte_is_never_taken_for_one(written: Written) -> None:
    raw = written("FA", "999", "005010X231A1", ACCEPTED_999, "005010X231A1")
    assert read_answers(raw)[0].what == read_answers(raw + b"\n")[0].what
    for length in range(len(raw)):
        with pytest.raises(InboundWireError):
            read_answers(raw[:length])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 400), byte=st.integers(0, 255))
def test_one_wrong_byte_is_read_or_refused_and_never_turns_a_rejection_round(
    written: Written, at: int, byte: int
) -> None:
    rejected = ACCEPTED_999.replace("IK5*A", "IK5*R*5").replace("AK9*A*1*1*1", "AK9*R*1*1*0")
    raw = bytearray(written("FA", "999", "005010X231A1", rejected, "005010X231A1"))
    verdicts = {raw.index(b"IK5*R") + 4, raw.index(b"AK9*R") + 4}
    raw[at % len(raw)] = byte
    try:
        (answer,) = read_answers(bytes(raw))
    except InboundWireError:
        return
    assert isinstance(answer.what, GroupAnswer)
    if at % len(raw) not in verdicts:
        assert answer.what.verdict is Verdict.REJECTED
