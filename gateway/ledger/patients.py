"""Whose visit it is, as a key that finds a patient's other visits without opening a document."""

import hashlib
import json
from typing import Any


def _written(member: str | None) -> str | None:
    """Give a card's number as it counts: hyphens and blanks are printed for the eye, and capitals say nothing."""
    return member if member is None else member.replace("-", "").replace(" ", "").upper()


def patient_key(secret: bytes, document: bytes) -> str:
    """Give the keyed hash of payer, member and birth date of a stored visit document; "" if it names no coverage.

    secret  the practice's: nobody can try out member ids on the key
    """
    visit: dict[str, Any] = json.loads(document)
    coverages, patient = visit.get("coverages") or (), visit.get("patient") or {}
    if not coverages:
        return ""
    first = coverages[0]
    said = json.dumps([first.get("payer_id"), _written(first.get("member_id")), patient.get("birth_date")])
    return hashlib.blake2b(said.encode(), key=secret, digest_size=16).hexdigest()
