"""No cent goes missing: whatever adds up has no finding, and any one amount that is off by a cent is an error of SNIP 3."""

from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.edi.checking.check import check
from gateway.edi.wire.finding import WireFinding, WireSeverity
from tests.edi.rules.sound import BODIES, TODAY, file_of

_CENTS: Final = st.integers(1, 10_000_000)

Amount = tuple[int, int]
"""Where an amount stands in a body: segment and element."""


def money(cents: int) -> str:
    sign, cents = ("-", -cents) if cents < 0 else ("", cents)
    return f"{sign}{cents // 100}.{cents % 100:02}".rstrip("0").rstrip(".")


def head(name: str, last: str) -> list[str]:
    """Give a sound body up to the first segment that begins so."""
    body = BODIES[name].splitlines()
    return body[: next(place for place, text in enumerate(body) if text.startswith(last)) + 1]


@st.composite
def claims(draw: st.DrawFn) -> list[str]:
    """A claim to Medicare behind a plan that took some off the lines and some off the claim."""
    lines = draw(st.lists(st.tuples(_CENTS, _CENTS, _CENTS), min_size=1, max_size=4))
    off_claim = draw(_CENTS)
    charges = [sum(line) for line in lines]
    body = [
        *head("second", "NM1*PR"),
        f"CLM*RB01*{money(sum(charges))}***11:B:1*Y*A*Y*Y",
        "HI*ABK:M5459",
        "SBR*P*18*******CI",
        f"CAS*OA*209*{money(off_claim)}",
        f"AMT*D*{money(sum(paid for paid, _, _ in lines) - off_claim)}",
        "OI***Y***Y",
        "NM1*IL*1*ZELLER*OTTILIE****MI*P-1",
        "NM1*PR*2*EMPLOYER PLAN*****PI*PLAN1",
    ]
    for number, ((paid, contract, share), charge) in enumerate(zip(lines, charges, strict=True), start=1):
        body += [
            f"LX*{number}",
            f"SV1*HC:97110:GP*{money(charge)}*UN*1***1",
            "DTP*472*D8*20261116",
            f"REF*6R*L{number}",
            f"SVD*PLAN1*{money(paid)}*HC:97110:GP**1",
            f"CAS*CO*45*{money(contract)}",
            f"CAS*PR*2*{money(share)}",
            "DTP*573*D8*20261118",
        ]
    return body


@st.composite
def payments(draw: st.DrawFn) -> list[str]:
    """A payment of some claims, with money withheld or added."""
    each = draw(st.lists(st.lists(st.tuples(_CENTS, _CENTS, _CENTS), min_size=1, max_size=3), max_size=3))
    total = sum(paid for lines in each for paid, _, _ in lines)
    withheld = draw(st.integers(-10_000_000, total).filter(bool))
    body = head("paid", "REF*TJ")
    body[0] = body[0].replace("*129.5*", f"*{money(total - withheld)}*")
    body += ["LX*1"] if each else []
    for number, lines in enumerate(each, start=1):
        charge, paid, share = sum(map(sum, lines)), sum(line[0] for line in lines), sum(line[2] for line in lines)
        body += [
            f"CLP*RB{number}*1*{money(charge)}*{money(paid)}*{money(share)}*12*ICN{number}*11*1",
            "NM1*QC*1*ZELLER*OTTILIE****MI*1ZZ0ZZ0ZZ00",
        ]
        for line, (got, contract, own) in enumerate(lines, start=1):
            body += [
                f"SVC*HC:97110:GP*{money(got + contract + own)}*{money(got)}**1",
                "DTM*472*20261116",
                f"CAS*CO*45*{money(contract)}",
                f"CAS*PR*1*{money(own)}",
                f"REF*6R*L{line}",
            ]
    return [*body, f"PLB*1900000013*20261231*WO:ICN0*{money(withheld)}"]


_PLACES: Final = {
    "CLM": (2,),
    "CAS": (3,),
    "AMT": (2,),
    "SV1": (2,),
    "SVD": (2,),
    "BPR": (2,),
    "CLP": (3, 4),
    "SVC": (2, 3),
    "PLB": (4,),
}
"""Elements that are amounts which others add up to."""


def amounts(body: list[str]) -> list[Amount]:
    return [(place, element) for place, text in enumerate(body) for element in _PLACES.get(text.split("*")[0], ())]


def off_by_a_cent(body: list[str], where: Amount, cent: int) -> list[str]:
    place, element = where
    parts = body[place].split("*")
    dollars, _, cents = parts[element].partition(".")
    value = int(f"{dollars}{cents:0<2}") + cent
    return [*body[:place], "*".join([*parts[:element], money(value), *parts[element + 1 :]]), *body[place + 1 :]]


def findings(name: str, body: list[str]) -> tuple[WireFinding, ...]:
    """Of balances: an amount that becomes nothing is another matter."""
    return tuple(one for one in check(file_of(name, body), today=TODAY).findings if one.snip == 3)


@settings(deadline=None)  # guides are compiled once
@given(claims(), st.data())
def test_a_claim_that_adds_up_is_sound_until_a_cent_is_off(body: list[str], choice: st.DataObject) -> None:
    assert check(file_of("second", body), today=TODAY).accepted
    assert findings("second", body) == ()
    off = off_by_a_cent(body, choice.draw(st.sampled_from(amounts(body))), choice.draw(st.sampled_from((-1, 1))))
    assert any(one.severity is WireSeverity.ERROR for one in findings("second", off))


@settings(deadline=None)
@given(payments(), st.data())
def test_a_payment_that_adds_up_is_sound_until_a_cent_is_off(body: list[str], choice: st.DataObject) -> None:
    assert check(file_of("paid", body), today=TODAY).accepted
    assert findings("paid", body) == ()
    off = off_by_a_cent(body, choice.draw(st.sampled_from(amounts(body))), choice.draw(st.sampled_from((-1, 1))))
    assert any(one.severity is WireSeverity.ERROR for one in findings("paid", off))
