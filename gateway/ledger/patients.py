"""Whose visit it is, as keys that find a patient's other visits without opening a document."""

import hashlib
import json
from typing import Any, NamedTuple

from gateway.names import name_key
from gateway.same_patient import as_it_counts


class PatientKeys(NamedTuple):
    """Keyed hashes, both with payer and birth date. Either may be ""; which visits are one patient's is told from both.

    patient  by the number of the card
    person   by the name
    """

    patient: str
    person: str


def patient_keys(secret: bytes, document: bytes) -> PatientKeys:
    """Give the keys of a stored visit document; both "" if it names no coverage.

    secret  the practice's: nobody can try out member ids or names on the keys
    """
    visit: dict[str, Any] = json.loads(document)
    coverages, patient = visit.get("coverages") or (), visit.get("patient") or {}
    if not coverages:
        return PatientKeys("", "")
    payer, born, member = coverages[0].get("payer_id"), patient.get("birth_date"), coverages[0].get("member_id")
    name = name_key(patient.get("last_name") or "", patient.get("first_name") or "")
    card = member if member is None else as_it_counts(member)
    return PatientKeys(_hash(secret, [payer, card, born]), _hash(secret, [payer, name, born]) if name else "")


def _hash(secret: bytes, said: list[str | None]) -> str:
    return hashlib.blake2b(json.dumps(said).encode(), key=secret, digest_size=16).hexdigest()
