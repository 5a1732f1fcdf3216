"""Claims and answers to bytes and back: the one translation between a stored row and the nouns."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Final, NamedTuple

from gateway.claim import Claim, ServiceLine
from gateway.document import Stored, parsed, reader_of, written
from gateway.money import cents
from gateway.remittance import Adjustment, ClaimPayment, GroupCode, LinePayment


@cache
def _reader() -> Callable[[Stored], Claim]:
    return reader_of(Claim, {Claim: _claim})


def _claim(stored: Stored) -> Stored:
    # Claims of before coverages of other payers were kept do not have them, or have their names alone.
    others = [{"name": one} if isinstance(one, str) else one for one in stored.get("other_payers", ())]
    return {**stored, "other_payers": others}


@cache
def _line_reader() -> Callable[[Stored], ServiceLine]:
    return reader_of(ServiceLine)


class Billed(NamedTuple):
    """What an answer is laid over: the lines of a claim, and by which numbers (NPI, tax id) its provider is paid.

    other_payers  names of those that cover the patient too
    patient       LAST, FIRST
    """

    lines: tuple[ServiceLine, ...]
    payees: frozenset[str]
    other_payers: tuple[str, ...]
    member_id: str = ""
    patient: str = ""


def claim_to_bytes(claim: Claim) -> bytes:
    """Write every field, also those at their default: a default may change, what was billed may not."""
    return written(claim)


def claim_from_bytes(body: bytes) -> Claim:
    """Read a claim back exactly as it was stored; it was checked when it was made."""
    return _reader()(parsed(body))


def billed_from_bytes(body: bytes) -> Billed:
    """Read that much of a stored claim; the whole of it takes four times as long."""
    stored, line = parsed(body), _line_reader()
    billing = stored["billing"]
    payees = frozenset({billing["npi"], billing["tax_id"]})
    others = tuple(one["name"] for one in _claim(stored)["other_payers"])
    member, patient = stored["coverage"]["member_id"], stored["patient"]
    name = f"{patient['last_name']}, {patient['first_name']}"
    return Billed(tuple(map(line, stored["lines"])), payees, others, member, name)


_OTHERS: Final = b'"other_payers":['
"""How the field begins in what `document.written` writes; in a text its quotation marks would be escaped."""


def has_other_payers(body: bytes) -> bool:
    """Tell whether a stored claim names others that cover the patient too, without reading the claim."""
    place = body.find(_OTHERS)
    return place >= 0 and not body.startswith(b"]", place + len(_OTHERS))


def payment_to_bytes(payment: ClaimPayment) -> bytes:
    """Write an answer with every field, by name."""
    told = payment._asdict()
    told["adjustments"] = [one._asdict() for one in payment.adjustments]
    told["lines"] = [
        {**line._asdict(), "adjustments": [one._asdict() for one in line.adjustments]} for line in payment.lines
    ]
    return written(told)


def payment_from_bytes(document: bytes) -> ClaimPayment:
    """Read an answer back as it was stored. Fields that came later take their defaults."""
    told = parsed(document)
    return ClaimPayment(
        **_amounts(told, "charge", "paid", "patient_share"),
        adjustments=_adjustments(told),
        remarks=tuple(told["remarks"]),
        day=_day(told),
        lines=tuple(
            LinePayment(
                **_amounts(line, "charge", "paid", "units", "billed_units"),
                day=_day(line),
                modifiers=tuple(line["modifiers"]),
                billed_modifiers=tuple(line.get("billed_modifiers", ())),
                adjustments=_adjustments(line),
                remarks=tuple(line["remarks"]),
            )
            for line in told["lines"]
        ),
    )


def paid_cents_from_bytes(document: bytes) -> int:
    """Read of a stored answer only the cents that it says were paid (CLP04)."""
    return cents(Decimal(parsed(document)["paid"]))


_NOT_PLAIN: Final = frozenset({"adjustments", "remarks", "lines", "modifiers", "billed_modifiers", "day"})


def _day(told: Stored) -> date | None:
    day = told.get("day")
    return date.fromisoformat(day) if day else None


def _amounts(told: Stored, *names: str) -> dict[str, Any]:
    """Give the plain fields, amounts among them exact."""
    return {
        name: Decimal(value) if name in names and value is not None else value
        for name, value in told.items()
        if name not in _NOT_PLAIN
    }


def _adjustments(told: Stored) -> tuple[Adjustment, ...]:
    return tuple(
        Adjustment(
            GroupCode(one["group"]),
            one["carc"],
            Decimal(one["amount"]),
            None if one["quantity"] is None else Decimal(one["quantity"]),
        )
        for one in told["adjustments"]
    )
