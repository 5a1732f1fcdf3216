"""Clean X12 files of any size in which nothing repeats: names, ids, amounts and dates are drawn, so that no engine can remember.

Invented throughout. The same seed gives the same bytes.
"""

import random
import string
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from gateway.codes.table import load

_ISA = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261116*1200*^*00501*000000001*0*T*:"
_PATIENTS_PER_PROVIDER = 50


def professional_file(claims: int, seed: int = 1) -> bytes:
    """An 837P (005010X222A1): about three lines a claim, every fifth patient a dependent, a provider for each fifty."""
    return _file("HC", "837", "005010X222A1", "*005010X222A1", _claims(claims, random.Random(seed)))


def remittance_file(payments: int, seed: int = 1) -> bytes:
    """An 835 (005010X221A1) that balances: about three lines a claim, each with its adjustments."""
    return _file("HP", "835", "005010X221A1", "", _payments(payments, random.Random(seed)))


def _file(function: str, code: str, version: str, guide: str, inside: Iterator[str]) -> bytes:
    body = [f"ST*{code}*0001{guide}", *inside]
    body.append(f"SE*{len(body) + 1}*0001")
    head = [_ISA, f"GS*{function}*SENDER*RECEIVER*20261116*1200*1*X*{version}"]
    return "".join(f"{one}~" for one in (*head, *body, "GE*1*1", "IEA*1*000000001")).encode()


def _claims(count: int, rng: random.Random) -> Iterator[str]:
    yield f"BHT*0019*00*{_id(rng, 12)}*20261116*1200*CH"
    yield f"NM1*41*2*{_word(rng)} BILLING*****46*{_id(rng, 8)}"
    yield f"PER*IC*{_word(rng)}*TE*555{rng.randrange(10**7):07}"
    yield f"NM1*40*2*{_word(rng)} CLEARING*****46*{_id(rng, 8)}"
    level = provider = 0
    for number in range(count):
        if number % _PATIENTS_PER_PROVIDER == 0:
            level += 1
            provider = level
            yield f"HL*{level}**20*1"
            yield f"NM1*85*2*{_word(rng)} THERAPY*****XX*{_npi(rng)}"
            yield f"N3*{rng.randrange(1, 9999)} {_word(rng)} STREET"
            yield f"N4*{_word(rng)}*IL*{rng.randrange(10**8, 10**9)}"
            yield f"REF*EI*{rng.randrange(10**8, 10**9)}"
        level += 1
        dependent = number % 5 == 4
        yield f"HL*{level}*{provider}*22*{int(dependent)}"
        yield f"SBR*P*{'' if dependent else '18'}*******CI"
        yield f"NM1*IL*1*{_word(rng)}*{_word(rng)}****MI*{_id(rng, 11)}"
        if not dependent:
            yield from _person(rng)
        yield f"NM1*PR*2*{_word(rng)} HEALTH*****PI*{_id(rng, 5)}"
        if dependent:
            level += 1
            yield f"HL*{level}*{level - 1}*23*0"
            yield "PAT*19"
            yield f"NM1*QC*1*{_word(rng)}*{_word(rng)}"
            yield from _person(rng)
        yield from _claim(rng)


def _person(rng: random.Random) -> Iterator[str]:
    yield f"N3*{rng.randrange(1, 9999)} {_word(rng)} AVENUE"
    yield f"N4*{_word(rng)}*IL*{rng.randrange(10**4, 10**5)}"
    yield f"DMG*D8*{_day(rng, 1935, 2015)}*{rng.choice('FM')}"


def _claim(rng: random.Random) -> Iterator[str]:
    lines = [Decimal(rng.randrange(2_000, 30_000)) / 100 for _ in range(rng.choice((2, 3, 3, 4)))]
    yield f"CLM*{_id(rng, 14)}*{_money(sum(lines))}***11:B:1*Y*A*Y*Y"
    yield f"REF*D9*{_id(rng, 12)}"
    first, second = rng.sample(_diagnoses(), 2)
    yield f"HI*ABK:{first}*ABF:{second}"
    yield f"NM1*82*1*{_word(rng)}*{_word(rng)}****XX*{_npi(rng)}"
    yield "PRV*PE*PXC*225100000X"
    for number, charge in enumerate(lines, start=1):
        yield f"LX*{number}"
        yield f"SV1*HC:97{rng.randrange(140, 750)}:GP*{_money(charge)}*UN*{rng.randrange(1, 5)}***1:2"
        yield f"DTP*472*D8*{_day(rng, 2026, 2026)}"
        yield f"REF*6R*{_id(rng, 12)}"


def _payments(count: int, rng: random.Random) -> Iterator[str]:
    claims = [list(_payment(rng)) for _ in range(count)]
    total = sum((Decimal(one[0].split("*")[4]) for one in claims), Decimal(0))
    payer = f"1{rng.randrange(10**9):09}"
    yield f"BPR*I*{_money(total)}*C*ACH*CCP*01*999999992*DA*123456*{payer}**01*999999992*DA*98765*20261116"
    yield f"TRN*1*{_id(rng, 12)}*{payer}"
    yield "DTM*405*20261116"
    yield f"N1*PR*{_word(rng)} HEALTH"
    yield f"N3*{rng.randrange(1, 9999)} {_word(rng)} STREET"
    yield f"N4*{_word(rng)}*IL*{rng.randrange(10**4, 10**5)}"
    yield f"PER*BL*{_word(rng)}*TE*555{rng.randrange(10**7):07}"
    yield f"N1*PE*{_word(rng)} THERAPY*XX*{_npi(rng)}"
    yield f"REF*TJ*{rng.randrange(10**8, 10**9)}"
    yield "LX*1"
    for one in claims:
        yield from one


def _payment(rng: random.Random) -> Iterator[str]:
    lines = []
    for _ in range(rng.choice((2, 3, 3, 4))):
        charge, share = Decimal(rng.randrange(5_000, 30_000)) / 100, Decimal(rng.randrange(100, 2_000)) / 100
        less = Decimal(rng.randrange(100, 2_000)) / 100
        lines.append((charge, charge - less - share, less, share))
    charge, paid, share = (sum((one[place] for one in lines), Decimal(0)) for place in (0, 1, 3))
    yield f"CLP*{_id(rng, 14)}*1*{_money(charge)}*{_money(paid)}*{_money(share)}*12*{_id(rng, 13)}*11*1"
    yield f"NM1*QC*1*{_word(rng)}*{_word(rng)}****MI*{_id(rng, 11)}"
    yield f"DTM*232*{_day(rng, 2026, 2026)}"
    for one in lines:
        yield f"SVC*HC:97{rng.randrange(140, 750)}:GP*{_money(one[0])}*{_money(one[1])}**{rng.randrange(1, 5)}"
        yield f"DTM*472*{_day(rng, 2026, 2026)}"
        yield f"CAS*CO*45*{_money(one[2])}"
        yield f"CAS*PR*2*{_money(one[3])}"
        yield f"REF*6R*{_id(rng, 12)}"
        yield f"AMT*B6*{_money(one[0] - one[2])}"


@cache
def _diagnoses() -> list[str]:
    """Billable codes of the musculoskeletal chapter."""
    return [code for code in load("icd10cm").body.split() if code.startswith("M")]


def _word(rng: random.Random) -> str:
    return "".join(rng.choices(string.ascii_uppercase, k=rng.randrange(4, 14)))


def _id(rng: random.Random, length: int) -> str:
    return "".join(rng.choices(string.ascii_uppercase + string.digits, k=length))


def _npi(rng: random.Random) -> str:
    """Ten digits that pass the check digit (45 CFR 162.406: Luhn over 80840 and the first nine)."""
    nine = f"1{rng.randrange(10**8):08}"
    doubled = sum(
        sum(divmod(2 * int(digit), 10)) if place % 2 == 0 else int(digit) for place, digit in enumerate(nine[::-1])
    )
    return f"{nine}{-(doubled + 24) % 10}"


def _day(rng: random.Random, first: int, last: int) -> str:
    start = date(first, 1, 1)
    end = date(last, 11, 1)
    return f"{start + timedelta(days=rng.randrange((end - start).days)):%Y%m%d}"


def _money(amount: Decimal | int) -> str:
    return f"{Decimal(amount).normalize():f}"
