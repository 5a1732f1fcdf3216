"""Whose visit it is, as a key that finds a patient's other visits without opening a document."""

import hashlib
import json
from typing import Any


def patient_key(secret: bytes, document: bytes) -> str:
    """Give the keyed hash of payer, member and birth date of a stored visit document; "" if it names no coverage.

    secret  the practice's: nobody can try out member ids on the key
    """
    visit: dict[str, Any] = json.loads(document)
    coverages, patient = visit.get("coverages") or (), visit.get("patient") or {}
    if not coverages:
        return ""
    first = coverages[0]
    said = json.dumps([first.get("payer_id"), first.get("member_id"), patient.get("birth_date")])
    return hashlib.blake2b(said.encode(), key=secret, digest_size=16).hexdigest()
