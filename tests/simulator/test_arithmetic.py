"""Every 835 adds up to the cent, by an addition that shares nothing with the code under test."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.claim import Claim, Frequency
from gateway.edi.wire.segment import encode
from gateway.simulator.advice import segments
from gateway.simulator.answer_files import Answers
from gateway.simulator.incoming import submissions
from gateway.simulator.memory import History
from gateway.simulator.payer import Office, remembered
from gateway.simulator.records import Record, from_json, to_json
from tests.simulator.arithmetic import balance
from tests.simulator.conftest import MEMBER, PLAN, Clinic, world_of

CODES = ("97110", "97140", "97530", "97112", "97010", "97035", "97124", "97545", "97750", "92507", "98941", "G0283")
MODIFIERS = ((), ("GP",), ("GP", "59"), ("GO",), ("GP", "GO"), ("GP", "KX"))
LINES = st.lists(
    st.tuples(
        st.sampled_from(CODES),
        st.integers(min_value=0, max_value=999_999).map(lambda cents: f"{cents // 100}.{cents % 100:02}"),
        st.integers(min_value=1, max_value=9),
        st.sampled_from(MODIFIERS),
    ),
    min_size=1,
    max_size=8,
)
DAYS = st.integers(min_value=1, max_value=23).map(lambda day: date(2026, 11, day))
PERCENT = st.integers(min_value=0, max_value=10_000).map(lambda hundredths: Decimal(hundredths) / 100)
DOLLARS = st.integers(min_value=0, max_value=30_000).map(lambda cents: (Decimal(cents) / 100).quantize(Decimal("0.01")))


def adjudicated(clinic: Clinic, history: History, *claims: Claim) -> tuple[str, int]:
    """What the payer answers to these claims and pays, without the slow second opinion on the way in."""
    (sent,) = submissions(clinic.file(*claims)).values()
    office = Office(world=clinic.world, partner="northgate", digest=f"D{clinic.interchange:09}", at=date(2026, 11, 23))
    found, spoken, _ = office.decide(sent.claims, history, 1)
    (payment,) = office.payments([one.told for one in spoken], {}, history, first=clinic.interchange)
    memory = remembered(found, [payment])
    stored = Record(partner="p", name="n", sha256="s", answers=Answers(files=(), memory=memory))
    assert from_json(to_json(stored)) == stored
    history.add(replace(memory, claims=(), ended=()))
    text = "~ST*835*0001~" + "".join(map(encode, segments(payment))) + "SE*0*0001~"
    (paid,) = balance(text.encode())
    return text, paid


def numbers(text: str) -> list[str]:
    return [row.split("*")[7] for row in text.split("~") if row.startswith("CLP*")]


def standing(history: History) -> int:
    return sum(int(claim.paid * 100) for claim in history.standing("PAY1", MEMBER))


def owed(history: History) -> int:
    return int(history.debt("PAY1", "1900000013").amount * 100)


Lines = list[tuple[str, str, int, tuple[str, ...]]]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lines=LINES, again=LINES, day=DAYS, percents=st.tuples(PERCENT, PERCENT), dollars=st.tuples(DOLLARS, DOLLARS))
def test_claims_replacements_and_voids_add_up(
    lines: Lines, again: Lines, day: date, percents: tuple[Decimal, Decimal], dollars: tuple[Decimal, Decimal]
) -> None:
    """Each file balances; and what was paid, less what is owed, is what the standing claims come to."""
    plan = replace(
        PLAN,
        allowed_percent=percents[0],
        coinsurance_percent=percents[1],
        deductible=dollars[0],
        copay=dollars[1],
        visits_per_year=3,
    )
    clinic, history, received = Clinic(world_of(plan, {"deductible_left": None})), History(), 0
    text, paid = adjudicated(clinic, history, clinic.claim("RB1", lines=lines, day=day))
    received += paid
    other = clinic.claim("RB2", lines=again, day=date(2026, 10, 5))
    change = clinic.correction("RB3", Frequency.REPLACEMENT, numbers(text)[0], lines=again)
    text, paid = adjudicated(clinic, history, other, change)
    received += paid
    assert received - owed(history) == standing(history)
    _, paid = adjudicated(clinic, history, clinic.correction("RB4", Frequency.VOID, numbers(text)[0]))
    received += paid
    assert received - owed(history) == standing(history)
    _, paid = adjudicated(clinic, history, clinic.claim("RB5", lines=lines, day=date(2026, 9, 7)))
    assert received + paid - owed(history) == standing(history)


def test_the_addition_notices_a_cent() -> None:
    clinic, history = Clinic(world_of()), History()
    text, paid = adjudicated(clinic, history, clinic.claim())
    assert paid == 6_000
    for old, new in (
        ("BPR*I*60*", "BPR*I*60.01*"),
        ("*120*60**2", "*120*59.99**2"),
        ("CAS*CO*45*40", "CAS*CO*45*40.01"),
    ):
        assert old in text
        try:
            balance(text.replace(old, new).encode())
        except AssertionError:
            continue
        raise AssertionError(old)
