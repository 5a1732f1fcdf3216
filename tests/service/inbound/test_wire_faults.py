"""A file that is not as the guide wants it is posted all the same where it says plainly what it says; it is not forgotten."""

from gateway.ledger import inbound
from gateway.ledger.inbound import InboundFile, InboundState
from gateway.service.inbound.post import post
from gateway.service.inbound.wire_faults import Faults, faults_of
from gateway.service.office import Office
from tests.service.clinic import answer_999, arrived


def came(office: Office, raw: bytes) -> InboundFile:
    arrived(office, raw)
    post(office)
    with office.ledger.reading() as tx:
        return inbound.files(tx, office.practice.key)[-1]


def test_what_is_wrong_with_a_posted_file_is_told_by_places_without_values(office: Office) -> None:
    file = came(office, answer_999(1).replace(b"AK1*HC*1", b"AK1*QCANARY*1"))
    assert file.state is InboundState.POSTED
    found = faults_of(office, file)
    assert found.count == len(found.first) >= 1
    assert any("segment 4 AK101" in one for one in found.first)
    assert "CANARY" not in str(found)


def test_of_a_sound_file_and_of_one_that_was_not_posted_nothing_is_told(office: Office) -> None:
    assert faults_of(office, came(office, answer_999(1))) == Faults()
    aside = came(office, answer_999(2)[:-20])
    assert aside.state is InboundState.SET_ASIDE
    assert faults_of(office, aside) == Faults()
