"""Invented visits: the sample clinic's own, each with another patient, on another day, for one of the ten payers."""

import copy
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from gateway.settings import SAMPLES_SHIPPED
from tests.bench.month.world import INSURERS, Insurer

Visit = dict[str, Any]
_HELD: Final = frozenset(
    f"V-{number}"
    for number in (
        *(1074, 1076, 1078, 1079, 1081, 1082, 1084, 1085, 1086, 1087, 1089, 1090),
        *range(1092, 1102),
    )
)
"""The sample visits that the scrubber holds, or whose payer is nobody."""
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_LETTERS: Final = "ACDEFGHJKMNPQRTUVWXY"
_LAST: Final = ("Abel", "Birch", "Cole", "Dunn", "Ellis", "Flint", "Grove", "Heath", "Ivers", "Jarvis", "Kerr", "Lowe")
_FIRST: Final = ("Ada", "Ben", "Cora", "Dov", "Edda", "Finn", "Gwen", "Hugo", "Ines", "Jon", "Kaya", "Leo", "Mona")


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A visit as the clinic's system exports it.

    comes   the working day, counted from 0, on which it is exported
    mends   what a person sets to mend the gap that it has; nothing if it has none
    again   the same visit exported later with other content, and on which day; None if it is not
    """

    visit: Visit
    comes: int
    mends: tuple[tuple[str, str], ...] = ()
    again: tuple[int, Visit] | None = None

    @property
    def key(self) -> str:
        return str(self.visit["visit_id"])


@dataclass(slots=True)
class Export:
    """All visits of the month, and the members whom the payers know by name."""

    planned: list[Planned] = field(default_factory=list)
    members: list[dict[str, Any]] = field(default_factory=list)

    def of_day(self, day: int) -> list[Visit]:
        """The visits of one export file."""
        first = [one.visit for one in self.planned if one.comes == day]
        return first + [one.again[1] for one in self.planned if one.again is not None and one.again[0] == day]


def working_days(first: date, count: int) -> list[date]:
    """So many working days from `first` on, which is one."""
    days = (first + timedelta(days=number) for number in range(2 * count + 7))
    return [day for day in days if day.weekday() < 5][:count]


def export(count: int, rng: random.Random, days: list[date]) -> Export:
    """Invent the visits: as many each day, of all payers and disciplines; one in four is a further one of a patient."""
    patterns = _patterns()
    made = Export()
    known: list[tuple[Insurer, Visit, set[date]]] = []
    for number in range(count):
        comes = number * len(days) // count
        served = days[comes] - timedelta(days=rng.choice((1, 1, 1, 2, 3, 6)))
        if known and rng.random() < 0.25:
            insurer, earlier, taken = rng.choice(known)
            if served in taken:
                continue
            taken.add(served)
            visit = _moved(earlier, served)
        else:
            insurer = INSURERS[number % len(INSURERS)]
            visit = _of_another(_moved(rng.choice(patterns[insurer.like]), served), insurer, number, rng)
            known.append((insurer, visit, {served}))
        visit = copy.deepcopy(visit) | {"visit_id": f"M-{number:05}"}
        made.planned.append(_spoilt(visit, insurer, comes, len(days), made, rng))
    return made


def as_file(visits: list[Visit]) -> str:
    return json.dumps({"schema_version": 1, "visits": visits})


def _patterns() -> dict[str, list[Visit]]:
    document = json.loads((SAMPLES_SHIPPED / "visits" / "clinic.json").read_text(encoding="utf-8"))
    found: dict[str, list[Visit]] = {}
    for visit in document["visits"]:
        if visit["visit_id"] not in _HELD:
            found.setdefault(visit["coverages"][0]["payer_id"], []).append(visit)
    return found


def _moved(visit: Visit, served: date) -> Visit:
    """The visit on another day: every day in it moves with it, but those of birth."""
    by = served - date.fromisoformat(visit["date"])

    def moved(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: moved(one, key) for key, one in value.items()}
        if isinstance(value, list):
            return [moved(one, name) for one in value]
        if isinstance(value, str) and name != "birth_date":
            return _DAY.sub(lambda found: (date.fromisoformat(found[0]) + by).isoformat(), value)
        return value

    changed: Visit = moved(visit)
    return changed


def _of_another(visit: Visit, insurer: Insurer, number: int, rng: random.Random) -> Visit:
    visit = copy.deepcopy(visit)
    visit["patient"] |= {"last_name": rng.choice(_LAST), "first_name": rng.choice(_FIRST)}
    first = visit["coverages"][0]
    first |= {"payer_id": insurer.id, "payer_name": insurer.name, "member_id": _member(insurer, number)}
    if insurer.like == "WCMP1":
        first["claim_number"] = f"IBC-26-{number:05}"
    del visit["coverages"][1:]
    if insurer.like in {"BLUE7", "HLTH1"} and rng.random() < 0.12:
        other = rng.choice([one for one in INSURERS if one.like in {"BLUE7", "HLTH1"} and one.id != insurer.id])
        visit["coverages"].append(
            {
                "payer_id": other.id,
                "payer_name": other.name,
                "member_id": f"S{_member(other, number)}",
                "relationship": "self",
            }
        )
    return visit


def _member(insurer: Insurer, number: int) -> str:
    """A member id of its own; Medicare's has a form."""
    if insurer.like != "MCRB1":
        return f"{insurer.id[:3]}{number:07}"
    digits, left = [], number
    for alphabet in ("0123456789", "0123456789", _LETTERS, _LETTERS, "0123456789", _LETTERS):
        left, place = divmod(left, len(alphabet))
        digits.append(alphabet[place])
    one, two, three, four, five, six = digits
    return f"1{six}A{five}{four}B{two}C{three}0{one}"


def _spoilt(visit: Visit, insurer: Insurer, comes: int, days: int, made: Export, rng: random.Random) -> Planned:
    """Give some visits a gap that the scrubber holds or the payer rejects, and let some be exported again, changed."""
    if rng.random() < 0.07:
        gaps = list(_gaps(visit, insurer, made))
        spoilt, mends = rng.choice(gaps)
        return Planned(visit=spoilt, comes=comes, mends=mends)
    if rng.random() < 0.02 and comes + 4 < days:
        later = copy.deepcopy(visit)
        later["note"]["plan"] = f"{later['note'].get('plan') or ''} Seen again next week."
        later["services"] = later["services"][:1] if len(later["services"]) > 1 else later["services"]
        return Planned(visit=visit, comes=comes, again=(comes + rng.choice((1, 2, 4)), later))
    return Planned(visit=visit, comes=comes)


def _gaps(visit: Visit, insurer: Insurer, made: Export) -> Iterator[tuple[Visit, tuple[tuple[str, str], ...]]]:
    note, served = visit["note"], visit["date"]
    signed = ("note.signed_by", str(note.get("signed_by") or "Ida Stone, PT")), ("note.signed_at", f"{served}T17:05")
    yield visit | {"note": note | {"signed_by": None, "signed_at": None}}, signed
    yield visit | {"diagnoses": ["M54.5", *visit["diagnoses"][1:]]}, (("diagnoses.1", visit["diagnoses"][0]),)
    if visit.get("referring") and insurer.like == "MCRB1":
        yield visit | {"referring": None}, (("referring", json.dumps(visit["referring"])),)
    if visit.get("authorization") and insurer.like in {"HLTH1", "MDCD1", "WCMP1"}:
        yield visit | {"authorization": None}, (("authorization", json.dumps(visit["authorization"])),)
    if visit["coverages"][0]["relationship"] == "self" and made.members is not None:
        born = date.fromisoformat(visit["patient"]["birth_date"])
        wrong = visit["patient"] | {"birth_date": (born + timedelta(days=1)).isoformat()}
        member = {"id": visit["coverages"][0]["member_id"], "payer": insurer.id, "birth_date": born}
        if member not in made.members:
            made.members.append(member)
        yield visit | {"patient": wrong}, (("patient.birth_date", born.isoformat()),)
