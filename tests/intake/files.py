"""Files of visits that the tests of this room read."""

import csv
import io
import json
from dataclasses import dataclass
from typing import Any

from gateway.finding import RowFault
from gateway.intake import Taken, outlined, visits_in

ADDRESS = {"line1": "1 Elm St", "city": "Springfield", "state": "IL", "zip_code": "62701-1234"}
VISIT: dict[str, Any] = {
    "visit_id": "V-1",
    "date": "2026-11-02",
    "discipline": "PT",
    "patient": {
        "last_name": "Quill",
        "first_name": "Mara",
        "birth_date": "1951-03-09",
        "sex": "F",
        "address": ADDRESS,
    },
    "coverages": [{"payer_id": "PAYER1", "member_id": "M100200300"}],
    "rendering": {"npi": "1912345679", "last_name": "Stone", "first_name": "Ida"},
    "diagnoses": ["M54.50"],
    "services": [{"code": "97110", "charge": "60.00", "units": 1}],
}


def visits_file(*documents: dict[str, Any]) -> bytes:
    return json.dumps({"schema_version": 1, "visits": list(documents)}).encode()


@dataclass(frozen=True)
class Intake:
    """All that a file holds."""

    taken: tuple[Taken, ...]
    faults: tuple[RowFault, ...]


def read_visits(name: str, raw: bytes) -> Intake:
    file = io.BytesIO(raw)
    found = tuple(visits_in(name, file, outlined(name, file)))
    faults = (one for one in found if isinstance(one, RowFault))
    return Intake(
        taken=tuple(one for one in found if isinstance(one, Taken)),
        faults=tuple(sorted(faults, key=lambda one: one.row)),
    )


def only(raw: bytes) -> Taken:
    intake = read_visits("visits.json", raw)
    assert intake.faults == ()
    (taken,) = intake.taken
    return taken


def fault_of(document: dict[str, Any]) -> RowFault:
    intake = read_visits("visits.json", visits_file(document))
    assert intake.taken == ()
    (fault,) = intake.faults
    return fault


CSV_ROW = {
    "visit_id": "V-1",
    "date": "11/02/2026",
    "discipline": "PT",
    "patient.last_name": "Quill",
    "patient.first_name": "Mara",
    "patient.birth_date": "03/09/1951",
    "patient.sex": "F",
    "patient.address.line1": "1 Elm St",
    "patient.address.city": "Springfield",
    "patient.address.state": "IL",
    "patient.address.zip_code": "62701",
    "coverage.payer_id": "PAYER1",
    "coverage.member_id": "M100200300",
    "rendering.npi": "1912345679",
    "rendering.last_name": "Stone",
    "rendering.first_name": "Ida",
    "diagnoses": "M54.50; M62.81",
    "plan_of_care": "none",
    "service.code": "97110",
    "service.modifiers": "GP",
    "service.units": "2",
    "service.charge": "120.00",
}


def csv_file(*rows: dict[str, str], columns: list[str] | None = None) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns or list(CSV_ROW), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
