"""Whatever a payer answers, in whatever order and however often, every cent is somewhere and the laws hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.ledger import inbound, migrate, open_ledger, practices
from gateway.ledger import remittances as money
from gateway.ledger.claims import StoredClaim
from gateway.ledger.inbound import InboundState
from gateway.ledger.remittances import RemittanceState
from gateway.money import from_cents, wire
from gateway.service.inbound.post import post
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.visits.scrub import scrub_visits
from tests.people import NOW, PRACTICE
from tests.service import clinic
from tests.service.clinic import answer_835, arrived, taken, the_claim, visit

CHARGES = (12000, 6050)
_SNAPSHOT: dict[str, bytes] = {}


@dataclass(frozen=True)
class Paid:
    """How one claim is answered: cents paid and adjusted on each line; the rest of the charge is CO 45."""

    which: int
    paid: tuple[int, int]
    denied: tuple[int, int]
    patient: tuple[int, int]
    claim_level: int
    reverses: bool
    off_by: int
    named: bool


@st.composite
def answers(draw: st.DrawFn) -> Paid:
    lines = []
    for charge in CHARGES:
        paid = draw(st.integers(0, charge))
        denied = draw(st.integers(0, charge - paid))
        lines.append((paid, denied, draw(st.integers(0, charge - paid - denied))))
    return Paid(
        which=draw(st.integers(0, 2)),
        paid=(lines[0][0], lines[1][0]),
        denied=(lines[0][1], lines[1][1]),
        patient=(lines[0][2], lines[1][2]),
        claim_level=draw(st.sampled_from([0, 0, 0, 1])),
        reverses=draw(st.booleans()) and draw(st.booleans()),
        off_by=draw(st.sampled_from([0, 0, 0, 0, 0, 1])),
        named=draw(st.sampled_from([True, True, True, False])),
    )


def amount(cents: int) -> str:
    return wire(from_cents(cents))


def body(claim: StoredClaim, answer: Paid) -> tuple[tuple[str, ...], int]:
    """The segments of one claim payment, and the cents it pays."""
    sign = -1 if answer.reverses else 1
    total = sum(answer.paid)
    pcn = claim.pcn if answer.named else "STRANGER"
    share = 0 if answer.reverses else sum(answer.patient)
    status = "22" if answer.reverses else "1"
    head = f"CLP*{pcn}*{status}*{amount(sign * sum(CHARGES))}*{amount(sign * total)}*{amount(share)}*CI*ICN*11*1"
    segments = [head, "NM1*QC*1*QUILL*MARA****MI*M1"]
    if answer.claim_level:
        adjusted = sum(CHARGES) - total
        segments.insert(1, f"CAS*CO*45*{amount(sign * adjusted)}")
        return tuple(segments), sign * total
    for place, (code, charge) in enumerate(zip(("97110", "97140"), CHARGES, strict=True)):
        paid, denied, patient = answer.paid[place], answer.denied[place], answer.patient[place]
        rest = charge - paid - denied - patient
        segments += [
            f"SVC*HC:{code}*{amount(sign * charge)}*{amount(sign * paid)}**{sign * (2 - place)}",
            "DTM*472*20261102",
        ]
        for group, carc, cents in (("CO", "45", rest), ("CO", "50", denied), ("PR", "2", patient)):
            if cents:
                segments.append(f"CAS*{group}*{carc}*{amount(sign * cents)}")
        segments.append(f"REF*6R*{pcn}{place + 1:02d}")
    return tuple(segments), sign * total


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as name:
        yield Path(name)


def fresh_office(folder: Path) -> Office:
    """A practice that has sent three claims. It is made once and copied: judging a file takes longer than an example."""
    path = folder / "ledger.db"
    for leftover in folder.glob("ledger.db*"):
        leftover.unlink()
    if "made" in _SNAPSHOT:
        path.write_bytes(_SNAPSHOT["made"])
    ledger = open_ledger(f"sqlite:///{path}")
    office = Office(ledger=ledger, settings=clinic.settings(), clock=clinic.clock(), actor="test")
    if "made" not in _SNAPSHOT:
        migrate.upgrade(ledger)
        with ledger.writing() as tx:
            practices.register(tx, PRACTICE, secret=b"s" * 32, at=NOW)
        taken(office, visit("V-0"), visit("V-1"), visit("V-2"))
        scrub_visits(office)
        clinic.delivered(office)
        ledger.close()
        _SNAPSHOT["made"] = path.read_bytes()
    return office


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.lists(answers(), min_size=1, max_size=4), st.integers(-500, 500)), max_size=6))
def test_every_cent_that_came_is_posted_parked_or_set_aside(folder: Path, files: list[tuple[list[Paid], int]]) -> None:
    office = fresh_office(folder)
    claims = [the_claim(office, f"V-{n}") for n in range(3)]
    came = 0
    for number, (payments, provider) in enumerate(files):
        parts = [body(claims[one.which], one) for one in payments]
        off_by = sum(one.off_by for one in payments)
        paid = sum(cents for _, cents in parts) - provider + off_by
        plb = f"PLB*1234567893*20261231*WO:X*{amount(provider)}" if provider else ""
        raw = answer_835(
            str(from_cents(paid)), *(segments for segments, _ in parts), trace=f"T{number}", plb=plb, control=number + 1
        )
        arrived(office, raw, name=f"f{number}")
        (done,) = post(office)
        assert done.state is InboundState.POSTED, done.why
        came += paid
    outcome = reconcile(office)
    assert outcome.holds, [law for law in outcome.laws if law.broken]
    assert (outcome.lost, outcome.duplicated, outcome.unexplained) == (0, 0, Decimal("0.00"))
    assert sum(outcome.buckets.values()) == outcome.charged
    with office.ledger.reading() as tx:
        posted = [one for one in money.listed(tx, PRACTICE.key, limit=1000) if one.state is RemittanceState.POSTED]
        on_lines = sum(
            payment.paid_cents
            for one in posted
            for payment in money.payments_of(tx, PRACTICE.key, remittance_id=one.id)
        )
        assert inbound.files(tx, PRACTICE.key, states=(InboundState.STORED,)) == ()
    on_accounts = sum(outcome.accounts.values(), Decimal(0))
    assert from_cents(on_lines) + outcome.parked + on_accounts + outcome.set_aside == from_cents(came)
    office.ledger.close()
