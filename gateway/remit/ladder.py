"""Which claim of ours an answer is about: the steps that are certain, and how likely other claims are.

A certain step posts money by itself: the claim's own number (CLP01), the numbers of its lines (REF*6R), the payer's number
(CLP07) where all the rest agrees. Everything else is only proposed to a person, with what speaks for it. Where two things
that are certain name two claims, nothing is.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from gateway.claim import ServiceLine
from gateway.money import ZERO
from gateway.remit.as_billed import plain, procedure_of
from gateway.remit.match import match
from gateway.remit.nearness import nearness
from gateway.remittance import ClaimPayment

LINE_DIGITS: Final = 2
"""A line's control is its claim's number and so many digits (gateway/billing/finish.py)."""


class Step(StrEnum):
    """By what the claim of an answer was found."""

    CONTROL = "control number"
    LINES = "line control"
    NUMBER = "payer's number"
    PERSON = "by hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A version of a claim of ours, as far as an answer can speak of it.

    payer_claim_number  the payer's own number of it; empty where we were not told
    patient             LAST, FIRST
    partner             for whom its file left
    """

    pcn: str
    payer_claim_number: str
    member_id: str
    patient: str
    partner: str
    lines: tuple[ServiceLine, ...]

    @property
    def charge(self) -> Decimal:
        """What was billed in all."""
        return sum((line.charge for line in self.lines), ZERO)


class Signs(NamedTuple):
    """What of an answer names claims of ours.

    control   the claim whose number CLP01 is; empty if none
    has_left  whether that one may have left for the partner
    owners    for each line control that is one of ours, the claims that have such a line
    of_lines  the only claim, left for the partner, that every line control it gives is of
    numbered  the only claim, left for the partner, that has its CLP07
    """

    control: str = ""
    has_left: bool = False
    owners: tuple[frozenset[str], ...] = ()
    of_lines: Known | None = None
    numbered: Known | None = None


class Candidate(NamedTuple):
    """A claim of ours that an answer may be about.

    score  0 to 100: how much of what the answer says speaks for it
    why    what does, and what does not, in a few words each
    """

    pcn: str
    score: int
    why: tuple[str, ...]


def choose(payment: ClaimPayment, signs: Signs) -> tuple[str, Step] | None:
    """Give the claim that an answer is certainly about, and by which step; None if nothing is certain."""
    if signs.control:
        is_certain = signs.has_left and _all_speak_of(signs.control, signs.owners)
        return (signs.control, Step.CONTROL) if is_certain else None
    if signs.of_lines is not None:
        return (signs.of_lines.pcn, Step.LINES) if _agrees_by_lines(payment, signs.of_lines) else None
    one = signs.numbered
    if one is not None and _all_speak_of(one.pcn, signs.owners) and _agrees_in_all(payment, one):
        return one.pcn, Step.NUMBER
    return None


def _all_speak_of(pcn: str, owners: Iterable[frozenset[str]]) -> bool:
    return all(pcn in each for each in owners)


def is_same_member(payment: ClaimPayment, one: Known) -> bool | None:
    """Tell whether the answer names the claim's member; None where either says nothing."""
    theirs, ours = _member(payment.member_id), _member(one.member_id)
    return theirs == ours if theirs and ours else None


def _member(text: str) -> str:
    return plain(text).replace("-", "")


def _agrees_by_lines(payment: ClaimPayment, one: Known) -> bool:
    controls = {plain(answer.control) for answer in payment.lines}
    spoken_of = sum((line.charge for line in one.lines if plain(line.control) in controls), ZERO)
    return abs(payment.charge) in {one.charge, spoken_of} and is_same_member(payment, one) is not False


def _agrees_in_all(payment: ClaimPayment, one: Known) -> bool:
    return (
        abs(payment.charge) == one.charge
        and days_of(payment) == {line.day for line in one.lines}
        and {procedure_of(answer) for answer in payment.lines} == {line.procedure for line in one.lines}
        and match(payment, one.lines).is_whole
        and is_same_member(payment, one) is not False
    )


def days_of(payment: ClaimPayment) -> frozenset[date]:
    """Give the days of service that an answer names: those of its lines, else the claim's."""
    days = frozenset(answer.day for answer in payment.lines if answer.day)
    return days or frozenset({payment.day} if payment.day else ())


_CONTROL: Final = 20
_LINES: Final = 20
_MEMBER: Final = 16
_NUMBER: Final = 12
_PROCEDURES: Final = 10
_DAYS: Final = 8
_CHARGE: Final = 8
_NAME: Final = 6
_PARTNER: Final = 4
_ANOTHER_MEMBER: Final = -8
"""What each sign weighs. What the answer does not say weighs nothing; what it says otherwise speaks against the claim."""
_SHOWN_FROM: Final = 20
"""A claim for which less speaks is not shown."""
_SAME_NAME: Final = 0.5


class _Sign(NamedTuple):
    """One sign: how much it could speak for a claim, how much it does, and what is told of it.

    is_personal  it is about this claim or patient, and not only about what was done
    is_against   it names somebody else
    """

    weight: int
    speaks: float
    why: str = ""
    is_personal: bool = False
    is_against: bool = False


def score(payment: ClaimPayment, one: Known, *, partner: str) -> Candidate | None:
    """Tell how likely an answer that came by a partner is about a claim; None if it is not worth looking at.

    That another patient had the same on the same day is not.
    """
    signs = list(_signs(payment, one, partner))
    possible = sum(sign.weight for sign in signs if sign.weight > 0)
    of_hundred = round(100 * sum(sign.weight * sign.speaks for sign in signs) / possible)
    is_another = any(sign.is_against for sign in signs)
    is_stranger = is_another and not any(sign.is_personal and sign.speaks for sign in signs)
    if is_stranger or of_hundred < _SHOWN_FROM:
        return None
    return Candidate(one.pcn, min(of_hundred, 100), tuple(sign.why for sign in signs if sign.why and sign.speaks))


def ranked(found: Iterable[Candidate], limit: int) -> tuple[Candidate, ...]:
    """Give the likeliest first. Where several are alike all of them are given, over the limit too, and each says so."""
    by_score = sorted(found, key=lambda one: (-one.score, one.pcn))
    shown = [one for place, one in enumerate(by_score) if place < limit or one.score == by_score[0].score]
    alike: dict[int, int] = {}
    for one in by_score:
        alike[one.score] = alike.get(one.score, 0) + 1
    return tuple(
        one._replace(why=(*one.why, f"one of {alike[one.score]} alike")) if alike[one.score] > 1 else one
        for one in shown
    )


def _signs(payment: ClaimPayment, one: Known, partner: str) -> Iterator[_Sign]:
    yield _of_control(payment, one)
    yield from _of_line_controls(payment, one)
    yield from _of_number(payment, one)
    yield from _of_member(payment, one)
    yield from _of_name(payment, one)
    yield from _of_days(payment, one)
    yield _of_charge(payment, one)
    yield from _of_procedures(payment, one)
    is_theirs = one.partner == partner
    yield _Sign(_PARTNER, float(is_theirs))
    if not is_theirs:
        yield _Sign(0, 1, f"sent by {one.partner}")


def _of_control(payment: ClaimPayment, one: Known) -> _Sign:
    near = nearness(plain(payment.patient_control_number), one.pcn)
    return _Sign(_CONTROL, near, "control number" if near == 1 else "control number nearly", is_personal=True)


def _of_line_controls(payment: ClaimPayment, one: Known) -> Iterator[_Sign]:
    given = {plain(answer.control) for answer in payment.lines} - {""}
    if given:
        ours = {plain(line.control) for line in one.lines}
        near = [1.0 if each in ours else nearness(each[:-LINE_DIGITS], one.pcn) for each in given]
        exact = given <= ours
        yield _Sign(_LINES, sum(near) / len(near), "line control" if exact else "line control nearly", is_personal=True)


def _of_number(payment: ClaimPayment, one: Known) -> Iterator[_Sign]:
    if payment.payer_claim_number and one.payer_claim_number:
        is_same = plain(payment.payer_claim_number) == plain(one.payer_claim_number)
        yield _Sign(_NUMBER, float(is_same), "payer's number", is_personal=True)


def _of_member(payment: ClaimPayment, one: Known) -> Iterator[_Sign]:
    is_same = is_same_member(payment, one)
    if is_same is not None:
        yield _Sign(_MEMBER, float(is_same), "member id", is_personal=True)
        if not is_same:
            yield _Sign(_ANOTHER_MEMBER, 1, "another member id", is_against=True)


def _of_name(payment: ClaimPayment, one: Known) -> Iterator[_Sign]:
    theirs, ours = _name(payment.patient), _name(one.patient)
    if not theirs[0] or not ours[0]:
        return
    if theirs == ours:
        yield _Sign(_NAME, 1, "name", is_personal=True)
    else:
        # Names are cut, and first names come as initials.
        alike = all(a.startswith(b) or b.startswith(a) for a, b in zip(theirs, ours, strict=True))
        yield _Sign(_NAME, _SAME_NAME if alike else 0, "name nearly", is_personal=True, is_against=not alike)


def _name(text: str) -> tuple[str, str]:
    last, _, first = text.upper().partition(",")
    return "".join(filter(str.isalpha, last)), "".join(filter(str.isalpha, first))


def _of_days(payment: ClaimPayment, one: Known) -> Iterator[_Sign]:
    days = days_of(payment)
    if days:
        both = days & {line.day for line in one.lines}
        yield _Sign(_DAYS, len(both) / len(days), "day of service")


def _of_charge(payment: ClaimPayment, one: Known) -> _Sign:
    if abs(payment.charge) == one.charge:
        return _Sign(_CHARGE, 1, "charge")
    priced, ours = _priced(payment), [(line.procedure, line.charge) for line in one.lines]
    of_some = bool(priced) and _in_both(priced, ours) == len(priced)
    of_some = of_some and abs(payment.charge) == sum((charge for _, charge in priced), ZERO)
    return _Sign(_CHARGE, 0.5 if of_some else 0, "charge of the lines it speaks of")


def _of_procedures(payment: ClaimPayment, one: Known) -> Iterator[_Sign]:
    """How many of its lines name a procedure of ours; one that names its charge too counts whole, else half."""
    if payment.lines:
        priced = _priced(payment)
        ours = [(line.procedure, line.charge) for line in one.lines]
        named = _in_both([code for code, _ in priced], [code for code, _ in ours])
        whole = _in_both(priced, ours)
        said = f"{named} of {len(priced)} procedures"
        yield _Sign(_PROCEDURES, (named + whole) / (2 * len(priced)), said)


def _priced(payment: ClaimPayment) -> list[tuple[str, Decimal]]:
    return [(procedure_of(answer), abs(answer.charge)) for answer in payment.lines]


def _in_both(some: Sequence[object], others: Sequence[object]) -> int:
    """Count what stands in both, as often as in the one that has it less often."""
    return sum(min(some.count(one), others.count(one)) for one in dict.fromkeys(some))
