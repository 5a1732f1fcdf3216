"""Invented people, claims and practices that tests build on."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from gateway.claim import Claim, ServiceLine
from gateway.clock import Clock
from gateway.people import Address, BillingProvider, Coverage, Person, Practice, Provider, Relationship, Sex

TODAY = date(2026, 11, 16)
NOW = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
CHICAGO = ZoneInfo("America/Chicago")


def clock() -> Clock:
    return Clock(read=lambda: NOW, zone=CHICAGO, pinned=TODAY)


ADDRESS = Address(line1="100 Elm St", city="Springfield", state="IL", zip_code="627011234")
BILLING = BillingProvider(
    name="Elm Street Therapy", npi="1234567893", tax_id="123456789", taxonomy="261QP2000X", address=ADDRESS
)
PRACTICE = Practice(
    key="elm",
    name="Elm Street Therapy",
    zone="America/Chicago",
    billing=BILLING,
    contact_name="Billing Desk",
    contact_phone="2175550100",
)
PATIENT = Person(
    last_name="Quill", first_name="Mara", birth_date=date(1951, 3, 9), sex=Sex.FEMALE, address=replace(ADDRESS)
)
THERAPIST = Provider(npi="1912345679", last_name="Stone", first_name="Ida", credential="PT", taxonomy="225100000X")


def claim(pcn: str = "PCN0000000001", *, charges: tuple[str, ...] = ("60.00", "45.50")) -> Claim:
    return Claim(
        patient_control_number=pcn,
        billing=BILLING,
        patient=PATIENT,
        coverage=Coverage(
            payer_id="PAYER1", payer_name="Payer One", member_id="M100200300", relationship=Relationship.SELF
        ),
        filing_code="CI",
        place_of_service="11",
        rendering=THERAPIST,
        diagnoses=("M54.50",),
        lines=tuple(
            ServiceLine(
                control=f"L{n}",
                procedure="97110",
                modifiers=("GP",),
                charge=Decimal(charge),
                units=1,
                pointers=(1,),
                day=date(2026, 11, 2),
            )
            for n, charge in enumerate(charges, start=1)
        ),
    )
