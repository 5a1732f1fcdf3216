"""Invented people and one plain claim, from which the tests make theirs with dataclasses.replace."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from gateway.batch import Batch
from gateway.claim import Claim, ServiceLine
from gateway.edi.wire.segment import Segment, decode
from gateway.edi.write.envelope import OutboundGroup, OutboundSet, interchange
from gateway.partner import Envelope, MailboxAddress, MailboxKind, TradingPartner, Usage
from gateway.people import Address, BillingProvider, Coverage, Person, Practice, Provider, Relationship, Sex

AT = datetime(2026, 11, 23, 12, 5, tzinfo=UTC)

Written = Callable[..., bytes]


@pytest.fixture
def envelope() -> Envelope:
    return Envelope(
        sender_qualifier="ZZ",
        sender_id="RIVERBEND",
        receiver_qualifier="ZZ",
        receiver_id="CLEARHOUSE",
        group_sender="RIVERBEND",
        group_receiver="CLEARHOUSE",
        submitter_name="Riverbend Therapy",
        submitter_id="RB0001",
        receiver_name="Invented Clearinghouse",
        receiver_number="CH0001",
        usage=Usage.TEST,
    )


@pytest.fixture
def claim() -> Claim:
    """A Medicare claim of a patient who is the subscriber."""
    return Claim(
        patient_control_number="RB00000000000001",
        billing=BillingProvider(
            name="Riverbend Therapy",
            npi="1900000013",
            tax_id="900000001",
            taxonomy="261QP2000X",
            address=Address(line1="100 Mill Street", city="Springfield", state="IL", zip_code="627010001"),
        ),
        patient=Person(
            last_name="Zeller",
            first_name="Ottilie",
            middle_name="M",
            birth_date=date(1948, 2, 29),
            sex=Sex.FEMALE,
            address=Address(line1="7 Alder Court", line2="Apt 2", city="Springfield", state="IL", zip_code="62704"),
        ),
        coverage=Coverage(
            payer_id="MEDB1",
            payer_name="Invented Medicare Part B",
            member_id="1ZZ0ZZ0ZZ00",
            relationship=Relationship.SELF,
        ),
        filing_code="MB",
        place_of_service="11",
        rendering=Provider(npi="1900000021", last_name="Brandt", first_name="Iwan", taxonomy="225100000X"),
        diagnoses=("M54.59", "M62.81"),
        lines=(
            ServiceLine(
                control="L1",
                procedure="97110",
                modifiers=("GP", "KX"),
                charge=Decimal("120.50"),
                units=2,
                pointers=(1, 2),
                day=date(2026, 11, 16),
            ),
            ServiceLine(
                control="L2",
                procedure="97140",
                modifiers=("GP",),
                charge=Decimal("55.00"),
                units=1,
                pointers=(1,),
                day=date(2026, 11, 16),
            ),
        ),
    )


@pytest.fixture
def batch(envelope: Envelope, claim: Claim) -> Batch:
    return Batch(
        practice=Practice(
            key="riverbend",
            name="Riverbend Therapy",
            zone="America/Chicago",
            billing=claim.billing,
            contact_name="Billing Desk",
            contact_phone="(555) 010-0100",
        ),
        partner=TradingPartner(
            name="clearhouse",
            envelope=envelope,
            mailbox=MailboxAddress(kind=MailboxKind.FOLDER, root="/mail", outbound="in", inbound="out"),
        ),
        claims=(claim,),
        interchange=41,
        group=17,
        reference="RB-41",
        at=AT,
    )


@pytest.fixture
def written(envelope: Envelope) -> Written:
    """Write one transaction set from the text of its segments, one a line: function, code, version, body, ST03."""

    def write(function: str, code: str, version: str, body: str, guide: str = "", **envelope_parts: object) -> bytes:
        inside = tuple(decode(line.strip().removesuffix("~")) for line in body.strip().splitlines())
        one = OutboundSet(code=code, control="0001", guide=guide, segments=inside)
        group = OutboundGroup(function=function, control=9, version=version, sets=(one,))
        sent = replace(envelope, **envelope_parts)  # type: ignore[arg-type]  # only ids and usage are given
        return interchange(sent, control=905, at=AT, groups=(group,))

    return write


@pytest.fixture
def ta1_file(envelope: Envelope) -> Written:
    """Write an interchange that holds TA1 segments and nothing else."""

    def write(*segments: Segment) -> bytes:
        return interchange(envelope, control=906, at=AT, ta1=segments)

    return write
