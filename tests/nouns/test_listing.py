from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import UsageError
from gateway.listing import Condition, Field, Kind, read

TODAY = date(2026, 11, 16)
FIELDS = (
    Field(name="state", kind=Kind.CHOICE, says="where it stands", choices=("denied", "paid", "set aside")),
    Field(name="payer", kind=Kind.CODE, says="the payer"),
    Field(name="day", kind=Kind.DAY, says="the day"),
    Field(name="age", kind=Kind.AGE, says="days ago"),
    Field(name="charge", kind=Kind.MONEY, says="dollars"),
)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", ()),
        ("state:denied", (Condition(field="state", wanted=("denied",)),)),
        ("-state:denied,paid", (Condition(field="state", wanted=("denied", "paid"), negated=True),)),
        ("state:set_aside", (Condition(field="state", wanted=("set aside",)),)),
        ('state:"set aside"', (Condition(field="state", wanted=("set aside",)),)),
        ('payer:"Blue Shield",X', (Condition(field="payer", wanted=("Blue Shield", "X")),)),
        ("charge:>100", (Condition(field="charge", least=10001),)),
        ("charge:<=50.25", (Condition(field="charge", most=5025),)),
        ("charge:10..20", (Condition(field="charge", least=1000, most=2000),)),
        ("day:2026-11-01..", (Condition(field="day", least=date(2026, 11, 1)),)),
        ("day:today", (Condition(field="day", least=TODAY, most=TODAY),)),
        # The older, the earlier the day: a comparison of ages turns round.
        ("age:>30d", (Condition(field="age", most=date(2026, 10, 16)),)),
        ("age:<2w", (Condition(field="age", least=date(2026, 11, 3)),)),
        ("age:1d..2d", (Condition(field="age", least=date(2026, 11, 14), most=date(2026, 11, 15)),)),
        (
            "state:paid  payer:X",
            (Condition(field="state", wanted=("paid",)), Condition(field="payer", wanted=("X",))),
        ),
    ],
)
def test_a_filter_is_understood(text: str, meant: tuple[Condition, ...]) -> None:
    assert read(text, FIELDS, today=TODAY) == meant


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("denied", "'denied' is not FIELD:VALUE of this list; its fields are state, payer, day, age, charge"),
        ("sate:denied", "its fields are state"),
        ("state:gone", "state is one of denied, paid, \"set aside\"; not 'gone'"),
        ("state:", "state: has no value"),
        ("day:soon", "a day such as 2026-11-16"),
        ("age:old", "an age such as 30d or 4w"),
        ("charge:much", "an amount such as 120.50"),
        ("charge:1e5000", "an amount such as 120.50"),
        ("charge:1.234", "an amount such as 120.50"),
        ("day:..", "neither a first nor a last day"),
        ("day:>9999-12-31", "beyond the calendar"),
        ("age:400000w", "an age such as 30d or 4w"),
        ('payer:"X', "without its end"),
        ("payer:a\x1bb", "cannot be printed"),
    ],
)
def test_what_is_not_understood_is_said_with_what_there_is(text: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        read(text, FIELDS, today=TODAY)
    assert said in str(refused.value)


@given(st.text(alphabet='stateday:-"<>=.,0123456789$ \x00é', max_size=30) | st.text(max_size=30))
def test_no_text_raises_anything_but_a_refusal(text: str) -> None:
    with suppress(UsageError):
        read(text, FIELDS, today=TODAY)
