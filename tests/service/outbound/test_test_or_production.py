"""S27: a test file never goes to production, nor the other way round, whichever of the marks is wrong."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.delivery import Delivery
from gateway.errors import ConfigError
from gateway.event import EventSeverity
from gateway.ledger import events
from gateway.lifecycle import ClaimState
from gateway.partner import Marks, TradingPartner, Usage
from gateway.service.office import Office
from gateway.service.outbound.batch import seal_batches
from gateway.service.outbound.deliver import deliver
from gateway.service.outbound.test_or_production import refuse_mixed
from gateway.service.visits.scrub import scrub_visits
from tests.service import clinic
from tests.service.clinic import taken, the_claim, visit
from tests.service.partner_side import NAME, Server, body_of, file_of

TEST, PRODUCTION = Usage
MARKS = {
    TEST: Marks(receiver_id="NORTH", file_mark="OATEST", user="elm-test"),
    PRODUCTION: Marks(receiver_id="NORTHP", file_mark="", user="elm"),
}


def north(**changes: Any) -> TradingPartner:
    partner = clinic.partner("north", file_name="OATEST_{interchange}.837", marks=MARKS)
    partner = replace(partner, mailbox=replace(partner.mailbox, user="elm-test"))
    return replace(partner, **changes)


def disagreements(
    office: Office, partner: TradingPartner, *, environment: Usage = TEST, name: str = "OATEST_1.837"
) -> str:
    settings = replace(office.settings, environment=environment)
    try:
        refuse_mixed(settings, partner, name, body_of(office))
    except ConfigError as refused:
        return str(refused)
    return ""


def test_s27_what_agrees_passes(sealed: Office) -> None:
    assert disagreements(sealed, north()) == ""
    assert disagreements(sealed, clinic.partner("north"), name="x.837") == ""


def test_s27_each_mark_is_checked(sealed: Office) -> None:
    partner = north()
    box = partner.mailbox
    envelope = partner.envelope
    for wrong, said in (
        (replace(partner, envelope=replace(envelope, usage=PRODUCTION)), "envelope.usage is P"),
        (replace(partner, envelope=replace(envelope, receiver_id="OTHER")), "ISA08 of the file is not the profile's"),
        (replace(partner, mailbox=replace(box, user="elm")), "the SFTP login is not elm-test"),
        (replace(partner, marks={TEST: Marks(receiver_id="NORTHT")}), "ISA08 of the file is not NORTHT"),
        (replace(partner, marks={TEST: Marks(file_mark="XTEST")}), "the file's name lacks XTEST"),
        (replace(partner, marks={PRODUCTION: Marks(file_mark="OATEST")}), "marks the other environment"),
    ):
        assert said in disagreements(sealed, wrong), said


def test_s27_a_production_gateway_takes_no_test_file_nor_profile(sealed: Office) -> None:
    said = disagreements(sealed, north(), environment=PRODUCTION)
    for one in ("environment is production", "envelope.usage is T", "ISA15 of the file is 'T'", "NORTHP", "not elm"):
        assert one in said


def test_s27_nothing_is_sealed_for_a_profile_of_the_other_environment_and_other_partners_go_on(office: Office) -> None:
    wrong = clinic.partner("north")
    wrong = replace(wrong, envelope=replace(wrong.envelope, usage=PRODUCTION))
    office = replace(office, settings=clinic.settings(wrong, clinic.partner("south")))
    taken(office, visit(), visit("V-3", "PAYER2"))
    scrub_visits(office)
    sealed = seal_batches(office)
    assert [file.partner for file in sealed.files] == ["south"]
    ((name, why),) = sealed.refused
    assert (name, "environment is test" in str(why)) == ("north", True)
    assert the_claim(office).state is ClaimState.READY
    with office.ledger.reading() as tx:
        (said,) = [one.event for one in events.read(tx, office.practice.key, kind="partner.unfit")]
    assert (said.severity, said.next_command) == (EventSeverity.WAKE, "gateway doctor")


@pytest.mark.parametrize("cut", ["", "rename_no_clobber"])
def test_s27_it_is_checked_again_before_the_upload_and_before_the_rename(sealed: Office, cut: str) -> None:
    """The configuration is changed while the file waits, or while it has its temporary name."""
    server = Server(cut_before={cut})
    if cut:
        deliver(sealed, server.open)
        server.cut_before = set()
    state = file_of(sealed).state
    changed = replace(sealed, settings=replace(sealed.settings, environment=PRODUCTION))
    (one,) = deliver(changed, server.open)
    assert isinstance(one.problem, ConfigError)
    assert (file_of(sealed).state, server.arrivals()) == (state, [])
    deliver(sealed, server.open)
    assert file_of(sealed).state is Delivery.SENT
    assert server.files == {f"in/{NAME}": body_of(sealed)}


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"name_max": 12}, "has 23 characters, it takes 12"), ({"size_max": 500}, "bytes, it takes 500")],
)
def test_what_the_partner_does_not_take_is_not_sealed(office: Office, changes: dict[str, Any], said: str) -> None:
    office = replace(office, settings=clinic.settings(clinic.partner("north", **changes), clinic.partner("south")))
    taken(office, visit())
    scrub_visits(office)
    sealed = seal_batches(office)
    assert said in str(sealed.refused[0][1])
    assert the_claim(office).state is ClaimState.READY
