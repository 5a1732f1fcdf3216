import logging

import pytest

from gateway.batch import Batch
from gateway.edi.checking.check import check
from gateway.edi.checking.second_opinion import Fault, compared, opinion
from gateway.edi.write.professional import write


def test_a_good_file_is_accepted(batch: Batch) -> None:
    assert opinion(write(batch)) == ()


def test_a_fault_is_given_by_place_and_code(batch: Batch) -> None:
    raw = write(batch).replace(b"*11:B:1*", b"*98:B:1*")
    assert opinion(raw) == (Fault("segment 19 CLM, element 05-1", "7", "0001", 19),)
    assert str(opinion(raw)[0]) == "segment 19 CLM, element 05-1: code 7"


def test_nothing_is_printed_logged_or_quoted(
    batch: Batch, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    raw = write(batch).replace(b"19480229*F", b"ZQCANARY*F").replace(b"ZELLER", b"ZQCANARY" * 12)
    with caplog.at_level(logging.DEBUG):
        faults = opinion(raw)
    assert {fault.place for fault in faults} == {"segment 14 NM1, element 03", "segment 17 DMG, element 02"}
    assert "CANARY" not in repr(faults)
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


@pytest.mark.parametrize(
    "raw",
    [b"", b"not X12", b"ISA*00", "\ufeffISA".encode()],
)
def test_what_is_not_x12_is_never_accepted(raw: bytes) -> None:
    assert opinion(raw) != ()


def test_an_unknown_guide_is_never_accepted(batch: Batch) -> None:
    assert opinion(write(batch).replace(b"X*005010X222A1~", b"X*005010X999A9~")) == (
        Fault("file", "no map for its version"),
    )


def test_an_interchange_fault_is_named(batch: Batch) -> None:
    assert Fault("interchange", "001") in opinion(write(batch).replace(b"IEA*1*000000041", b"IEA*1*000000042"))


def test_where_it_differs_from_us_is_told_by_segment(batch: Batch) -> None:
    """pyx12 knows places of service; that the total is wrong it does not see."""
    raw = write(batch).replace(b"*11:B:1*", b"*98:B:1*")
    found = compared(check(raw, snip=2).findings, raw)
    assert not found.accepted
    assert [one.ordinal for one in found.only_theirs] == [19]
    assert found.only_ours == ()
    twice = raw.replace(b"*98:B:1*", b"*11:B:1*").replace(b"HL*1**20*1~", b"HL*1**20*1~ZZZ*1~")
    assert compared(check(twice).findings, twice).only_theirs == ()
