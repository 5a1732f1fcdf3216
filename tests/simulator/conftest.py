"""A world, a practice and short ways to write 837P files for it; nothing here reads an 835.

Whatever the simulator answers is judged by our own check.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gateway.batch import Batch
from gateway.claim import Claim, Frequency, ServiceLine
from gateway.edi.checking.check import check
from gateway.edi.write.professional import write
from gateway.partner import Envelope, MailboxAddress, MailboxKind, TradingPartner, Usage
from gateway.people import Address, BillingProvider, Coverage, Person, Practice, Provider, Relationship, Sex
from gateway.simulator.answer_files import AnswerFile, Answers
from gateway.simulator.clearinghouse import answers_to
from gateway.simulator.memory import History
from gateway.simulator.world import (
    Authorization,
    BundledPair,
    EnrolledProvider,
    Member,
    ModifierConflict,
    NotNecessary,
    Plan,
    Records,
    Unsupported,
    World,
)

ADDRESS = Address(line1="100 Mill Street", city="Springfield", state="IL", zip_code="627010001")
BILLING = BillingProvider(
    name="Riverbend Therapy", npi="1900000013", tax_id="900000001", taxonomy="261QP2000X", address=ADDRESS
)
DAY = date(2026, 11, 16)
MEMBER = "ABC000111"
Lines = Sequence[tuple[str, str, int, tuple[str, ...]]]
DEFAULT_LINES: Lines = (("97110", "120.00", 2, ("GP",)),)


@dataclass
class Clinic:
    """Writes claims and sends them to the simulator's core, remembering what it has sent."""

    world: World
    history: History = field(default_factory=History)
    interchange: int = 0

    def claim(
        self,
        control: str = "RB1",
        *,
        lines: Lines = DEFAULT_LINES,
        day: date = DAY,
        payer: str = "PAY1",
        member: str = MEMBER,
        **parts: Any,
    ) -> Claim:
        made = Claim(
            patient_control_number=control,
            billing=BILLING,
            patient=Person(
                last_name="Zeller",
                first_name="Ottilie",
                birth_date=date(1948, 2, 29),
                sex=Sex.FEMALE,
                address=ADDRESS,
            ),
            coverage=Coverage(payer_id=payer, payer_name="Payer One", member_id=member, relationship=Relationship.SELF),
            filing_code="CI",
            place_of_service="11",
            rendering=Provider(npi="1900000021", last_name="Brandt", first_name="Iwan", taxonomy="225100000X"),
            diagnoses=("M54.59", "M62.81"),
            lines=tuple(
                ServiceLine(
                    control=f"L{number}",
                    procedure=code,
                    modifiers=modifiers,
                    charge=Decimal(charge),
                    units=units,
                    pointers=(1,),
                    day=day,
                )
                for number, (code, charge, units, modifiers) in enumerate(lines, start=1)
            ),
        )
        return replace(made, **parts)

    def file(self, *claims: Claim, at: datetime = datetime(2026, 11, 23, 12, 5, tzinfo=UTC), ta1: bool = True) -> bytes:
        self.interchange += 1
        envelope = Envelope(
            sender_qualifier="ZZ",
            sender_id="RIVERBEND",
            receiver_qualifier="ZZ",
            receiver_id="NORTHGATE",
            group_sender="RIVERBEND",
            group_receiver="NORTHGATE",
            submitter_name="Riverbend Therapy",
            submitter_id="RB0001",
            receiver_name="Northgate Clearing",
            receiver_number="NG0001",
            usage=Usage.TEST,
            wants_ta1=ta1,
        )
        return write(
            Batch(
                practice=Practice(
                    key="riverbend",
                    name="Riverbend Therapy",
                    zone="America/Chicago",
                    billing=BILLING,
                    contact_name="Billing Desk",
                    contact_phone="(555) 010-0100",
                ),
                partner=TradingPartner(
                    name="northgate",
                    envelope=envelope,
                    mailbox=MailboxAddress(kind=MailboxKind.FOLDER, root="/mail", outbound="in", inbound="out"),
                ),
                claims=claims,
                interchange=self.interchange,
                group=17,
                reference=f"RB-{self.interchange}",
                at=at,
            )
        )

    def ask(self, raw: bytes) -> Answers:
        answers = answers_to(raw, world=self.world, history=self.history, partner="northgate")
        assert not [(one.name, check(one.body).findings) for one in answers.files if check(one.body).findings]
        self.history.add(answers.memory)
        return answers

    def send(self, *claims: Claim) -> Answers:
        return self.ask(self.file(*claims))

    def correction(self, control: str, frequency: Frequency, original: str, **parts: Any) -> Claim:
        return self.claim(control, frequency=frequency, payer_claim_number=original, **parts)


def body(answers: Answers, kind: str) -> bytes:
    return next(one.body for one in answers.files if one.name.endswith(f".{kind}"))


def rows(answers: Answers, kind: str) -> list[list[str]]:
    """Every segment of the answer of that kind, split by hand."""
    return [row.split("*") for row in body(answers, kind).decode().split("~") if row]


def only(answers: Answers, kind: str, name: str) -> list[list[str]]:
    return [row for row in rows(answers, kind) if row[0] == name]


def kinds(files: tuple[AnswerFile, ...]) -> list[str]:
    return [one.name.rpartition(".")[2] for one in files]


PLAN = Plan(
    payer="PAY1",
    name="PAYER ONE",
    tax_id="990000001",
    allowed={"97110": Decimal("40.00"), "97140": Decimal("30.00")},
    allowed_percent=Decimal(50),
    deductible=Decimal("50.00"),
    copay=Decimal("5.00"),
    coinsurance_percent=Decimal(20),
    filing_days=100,
    discipline_modifier=("97110",),
    authorization=("97750",),
    units_per_day={"97110": 4},
    not_covered=("97124",),
    bundled=(
        BundledPair(column1="97530", column2="97140"),
        BundledPair(column1="97140", column2="97112", releasable=False),
    ),
    unsupported=(Unsupported(procedures=("92507",), diagnoses=("M",)),),
    not_necessary=(
        NotNecessary(procedures=("97010", "97035"), alone=True),
        NotNecessary(procedures=("97116",), diagnoses=("M54.5", "M62"), remark="N180"),
    ),
    modifier_conflict=(
        ModifierConflict(modifiers=("GP", "GO")),
        ModifierConflict(modifiers=("CQ",), without=("GP",), procedures=("97110",)),
    ),
    records=(Records(procedures=("97545",)),),
)


def world_of(plan: Plan = PLAN, member: Mapping[str, Any] | None = None, enrolled: date = date(2020, 1, 1)) -> World:
    since = {"PAY1": enrolled}
    parts: dict[str, Any] = {
        "deductible_left": Decimal("0.00"),
        "authorization": (
            Authorization(number="OK1", procedures=("97750",), visits=2),
            Authorization(number="OLD1", ends=date(2026, 1, 31)),
        ),
    }
    return World(
        plans={"PAY1": plan},
        members={("PAY1", MEMBER): Member(id=MEMBER, payer="PAY1", **(parts | dict(member or {})))},
        providers={
            "1900000013": EnrolledProvider(npi="1900000013", enrolled={"PAY1": date(2020, 1, 1)}),
            "1900000021": EnrolledProvider(npi="1900000021", enrolled=since),
        },
    )


@pytest.fixture
def clinic() -> Clinic:
    return Clinic(world_of())


@pytest.fixture
def clinic_of() -> Callable[..., Clinic]:
    return lambda **parts: Clinic(world_of(**parts))


SAMPLES = Path(__file__).parents[2] / "samples" / "simulator"
