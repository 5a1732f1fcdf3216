"""A journal record as JSON: what came, what was answered, what later files need to know."""

import base64
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from gateway.money import dollars
from gateway.remittance import Adjustment, GroupCode
from gateway.simulator.answer_files import AnswerFile, Answers
from gateway.simulator.answered import AnsweredClaim, AnsweredLine, Back, Later, Recovery, Told
from gateway.simulator.memory import Counts, Debt, FileMemory, Sender

_TEXTS: Final = (
    *("number", "control", "status", "payer", "member", "patient_last", "patient_first", "billing_npi", "billing_name"),
    *("billing_tax_id", "rendering", "filing_code", "place_of_service", "frequency", "authorization", "replaces"),
)
_COUNTS: Final = (
    *("files", "unreadable", "interchanges_rejected", "sets_rejected", "claims_accepted", "claims_rejected"),
    *("claims_paid", "claims_denied", "claims_reversed"),
)
_LATER: Final = ("partner", "due", "of", "payer_name")
_TOLD: Final = ("pays_as", "sent_on_to", "trace", "is_off", "parts", "is_kept", "number", "has_lines")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One file, answered. `sha256` is of its bytes, `name` the one under which it first came."""

    partner: str
    name: str
    sha256: str
    answers: Answers


def to_json(record: Record) -> str:
    """Write a record; the same record gives the same text."""
    files = [{"name": one.name, "base64": base64.b64encode(one.body).decode("ascii")} for one in record.answers.files]
    document = {
        "partner": record.partner,
        "name": record.name,
        "sha256": record.sha256,
        "answers": files,
        "memory": _memory_out(record.answers.memory),
    }
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def from_json(text: str) -> Record:
    """Read a record. Raises ValueError, KeyError or TypeError if it is not one that `to_json` wrote."""
    document = json.loads(text)
    files = tuple(
        AnswerFile(name=one["name"], body=base64.b64decode(one["base64"], validate=True)) for one in document["answers"]
    )
    return Record(
        partner=document["partner"],
        name=document["name"],
        sha256=document["sha256"],
        answers=Answers(files=files, memory=_memory_in(document["memory"])),
    )


def _memory_out(one: FileMemory) -> dict[str, Any]:
    return {
        "senders": [list(sender) for sender in one.senders],
        "claims": [_claim_out(claim) for claim in one.claims],
        "ended": list(one.ended),
        "debts": [[payer, npi, str(debt.amount), debt.reference] for payer, npi, debt in one.debts],
        "recovers": [[*each[:3], str(each.part), str(each.left)] for each in one.recovers],
        "later": [_later_out(each) for each in one.later],
        "dropped": list(one.dropped),
        "steered": list(one.steered),
        "rounds": [list(each) for each in one.rounds],
        "written": one.written,
        "counts": {key: getattr(one.counts, key) for key in _COUNTS} | {"paid": str(one.counts.paid)},
    }


def _memory_in(one: dict[str, Any]) -> FileMemory:
    counts = one["counts"]
    return FileMemory(
        senders=tuple(Sender(*sender) for sender in one["senders"]),
        claims=tuple(_claim_in(claim) for claim in one["claims"]),
        ended=tuple(one["ended"]),
        debts=tuple((payer, npi, Debt(dollars(amount), reference)) for payer, npi, amount, reference in one["debts"]),
        # A journal of before there were scenarios has none of these.
        recovers=tuple(_recovery_in(*each) for each in one.get("recovers", ())),
        later=tuple(_later_in(each) for each in one.get("later", ())),
        dropped=tuple(one.get("dropped", ())),
        steered=tuple(one.get("steered", ())),
        rounds=tuple((partner, number) for partner, number in one.get("rounds", ())),
        written=one["written"],
        counts=Counts(**{key: counts[key] for key in _COUNTS}, paid=dollars(counts["paid"])),
    )


def _recovery_in(payer: str, npi: str, reference: str, part: str, left: str) -> Recovery:
    return Recovery(payer, npi, reference, dollars(part), dollars(left))


def _later_out(one: Later) -> dict[str, Any]:
    told = one.told
    return {
        **{key: getattr(one, key) for key in _LATER},
        "at": one.at.isoformat(),
        "back": list(one.back),
        "told": {key: getattr(told, key) for key in _TOLD} | {"claim": _claim_out(told.claim)},
    }


def _later_in(one: dict[str, Any]) -> Later:
    told = one["told"]
    return Later(
        **{key: one[key] for key in _LATER},
        at=datetime.fromisoformat(one["at"]),
        back=Back(*one["back"]),
        told=Told(**{key: told[key] for key in _TOLD}, claim=_claim_in(told["claim"])),
    )


def _claim_out(one: AnsweredClaim) -> dict[str, Any]:
    return {key: getattr(one, key) for key in _TEXTS} | {"lines": [_line_out(line) for line in one.lines]}


def _claim_in(one: dict[str, Any]) -> AnsweredClaim:
    return AnsweredClaim(**{key: one[key] for key in _TEXTS}, lines=tuple(_line_in(line) for line in one["lines"]))


def _line_out(one: AnsweredLine) -> dict[str, Any]:
    return {
        "procedure": list(one.procedure),
        "charge": str(one.charge),
        "paid": str(one.paid),
        "units": str(one.units),
        "day": one.day.isoformat(),
        "until": one.until.isoformat(),
        "control": one.control,
        "allowed": str(one.allowed),
        "adjustments": [[each.group.value, each.carc, str(each.amount)] for each in one.adjustments],
        "remarks": list(one.remarks),
        "billed": list(one.billed),
    }


def _line_in(one: dict[str, Any]) -> AnsweredLine:
    adjustments = (
        Adjustment(group=GroupCode(group), carc=carc, amount=dollars(amount))
        for group, carc, amount in one["adjustments"]
    )
    return AnsweredLine(
        procedure=tuple(one["procedure"]),
        charge=dollars(one["charge"]),
        paid=dollars(one["paid"]),
        units=Decimal(one["units"]),
        day=date.fromisoformat(one["day"]),
        until=date.fromisoformat(one["until"]),
        control=one["control"],
        allowed=dollars(one["allowed"]),
        adjustments=tuple(adjustments),
        remarks=tuple(one["remarks"]),
        billed=tuple(one.get("billed", ())),
    )
