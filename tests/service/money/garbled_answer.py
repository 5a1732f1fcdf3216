"""An answer to an invented claim while it is being garbled, what the payer decided in it, and how it is written down."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Literal

from tests.service.money.truths import Truth


@dataclass(slots=True)
class AnsweredLine:
    """One answered line; `billed` and `billed_units` where the payer says that it changed them."""

    places: tuple[int, ...]
    code: str
    modifiers: tuple[str, ...]
    units: int
    charge: Decimal
    paid: Decimal
    cas: list[tuple[str, str, Decimal]]
    control: str
    billed: str = ""
    billed_units: int = 0
    is_piece: bool = False
    is_unsaid: bool = False

    @property
    def outcome(self) -> tuple[Decimal, tuple[tuple[str, str, Decimal], ...]]:
        return self.paid, tuple(sorted(self.cas))


@dataclass(slots=True)
class Answer:
    truth: Truth
    pcn: str
    number: str
    payer_number: str
    known: str
    svcs: list[AnsweredLine]
    member: str
    last: str
    first: str
    status: str = "1"
    dates: Literal["line", "claim", "none"] = "line"
    has_lines: bool = True
    knows_number: bool = False
    folded: bool = False
    """Our number can be read in it by undoing case and blanks."""
    lost: set[str] = field(default_factory=set)

    @property
    def places(self) -> range:
        return range(1, len(self.truth.lines) + 1)


def plain(truth: Truth, pcn: str, controls: tuple[str, ...], known: str) -> Answer:
    rng = Random(f"outcome {truth.visit}")
    evenly, own = rng.random() < 0.4, rng.choice(("0.75", "0.8", "0.84"))
    svcs = []
    for place, line in enumerate(truth.lines, 1):
        allowed = cents(line.charge * Decimal(own if evenly else rng.choice(("0.7", "0.8", "0.86", "0.9"))))
        share = Decimal("12.40") if not evenly and rng.random() < 0.4 and allowed > 20 else Decimal(0)
        cas = [("CO", "45", line.charge - allowed)] + ([("PR", "2", share)] if share else [])
        control = controls[place - 1] if truth.is_ours else f"{place}"
        svcs.append(
            AnsweredLine((place,), line.code, line.modifiers, line.units, line.charge, allowed - share, cas, control)
        )
    new = f"N{rng.randrange(10**9):09}"
    return Answer(
        truth=truth,
        pcn=pcn,
        number=pcn,
        payer_number=new,
        known=known,
        svcs=svcs,
        member=truth.member,
        last=truth.last,
        first=truth.first,
    )


def earlier_answer(answer: Answer, chosen: list[str]) -> tuple[str, ...]:
    """What the payer said before: it paid what is reversed now, or it denied what is paid now."""
    if "reversal" not in chosen and "known claim number" not in chosen:
        return ()
    if "reversal" in chosen:
        return tuple(segments(replace(answer, payer_number=answer.known)))
    before = plain(answer.truth, answer.pcn, tuple(f"{answer.pcn}{place:02}" for place in answer.places), answer.known)
    before.payer_number = answer.known
    deny(before, "252")
    return tuple(segments(before))


def deny(answer: Answer, carc: str) -> None:
    answer.status = "4"
    for svc in answer.svcs:
        svc.units, svc.paid, svc.cas = svc.billed_units or svc.units, Decimal(0), [("CO", carc, svc.charge)]
        svc.billed_units = 0


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def segments(answer: Answer) -> Iterator[str]:
    truth, sign = answer.truth, -1 if answer.status == "22" else 1
    charge, paid = (sign * sum((getattr(svc, of) for svc in answer.svcs), Decimal(0)) for of in ("charge", "paid"))
    shares = sum((amount for svc in answer.svcs for group, _, amount in svc.cas if group == "PR"), Decimal(0))
    said = "" if sign < 0 else _wire(shares)
    yield f"CLP*{answer.number}*{answer.status}*{_wire(charge)}*{_wire(paid)}*{said}*12*{answer.payer_number}*11*1"
    if not answer.has_lines:
        sums: dict[tuple[str, str], Decimal] = {}
        for svc in answer.svcs:
            for group, carc, amount in svc.cas:
                sums[group, carc] = sums.get((group, carc), Decimal(0)) + amount
        yield from _adjustments([(*codes, amount) for codes, amount in sums.items()], sign)
    member = f"****MI*{answer.member}" if answer.member else ""
    yield f"NM1*QC*1*{answer.last}*{answer.first}{member}"
    if truth.holder != truth.first:
        yield f"NM1*IL*1*{truth.last}*{truth.holder}{member}"
    if answer.dates == "claim" or (answer.dates == "line" and not answer.has_lines):
        yield f"DTM*232*{truth.day:%Y%m%d}"
    for svc in answer.svcs if answer.has_lines else ():
        yield from _line(answer, svc, sign)


def _line(answer: Answer, svc: AnsweredLine, sign: int) -> Iterator[str]:
    procedure = ":".join(("HC", svc.code, *svc.modifiers))
    billed = ":".join(("HC", svc.billed, *svc.modifiers)) if svc.billed else ""
    units = svc.billed_units or ""
    text = f"SVC*{procedure}*{_wire(sign * svc.charge)}*{_wire(sign * svc.paid)}**{svc.units}*{billed}*{units}"
    yield text.rstrip("*")
    if answer.dates == "line":
        yield f"DTM*472*{answer.truth.day:%Y%m%d}"
    yield from _adjustments(svc.cas, sign)
    if svc.control:
        yield f"REF*6R*{svc.control}"


def _adjustments(cas: list[tuple[str, str, Decimal]], sign: int) -> Iterator[str]:
    """Give a CAS for each group, as the guide wants it."""
    for wanted in dict.fromkeys(group for group, *_ in cas):
        triples = [f"{carc}*{_wire(sign * amount)}" for group, carc, amount in cas if group == wanted and amount]
        if triples:
            yield f"CAS*{wanted}*{'**'.join(triples)}"


def _wire(amount: Decimal) -> str:
    text = f"{amount:.2f}".rstrip("0").rstrip(".")
    return "0" if text in {"", "-0"} else text
