"""Stored documents of earlier versions. Each folder is named for the revision whose code wrote what is in it.

NAME.json is a stored document, byte for byte; NAME.facts.json is what that revision read in it, fact by fact. Nothing here
is ever written again: a later version adds a folder of its own. The people are invented.
"""

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from gateway.intake import visit_of
from gateway.ledger.record import claim_from_bytes

HERE = Path(__file__).parent
RENAMED = {"plan_of_care.goals.1": "plan_of_care.goals.1.text"}
"""What a later version calls otherwise: a goal that was a text is a goal with this text."""
ONCE_EMPTY = ("note.subjective", "note.objective", "note.assessment", "note.plan", "note.signed_by")
"""What was read as an empty text where the document does not say it at all, and is not supplied since."""
READERS = {"visits": visit_of, "claims": claim_from_bytes}
DOCUMENTS = sorted(path for path in HERE.glob("*/*/*.json") if not path.name.endswith(".facts.json"))


def facts(value: object, where: str = "") -> Iterator[tuple[str, str]]:
    if is_dataclass(value):
        for one in fields(value):
            yield from facts(getattr(value, one.name), f"{where}.{one.name}".strip("."))
    elif isinstance(value, tuple):
        yield f"{where}.count", f"int {len(value)}"
        for place, one in enumerate(value, start=1):
            yield from facts(one, f"{where}.{place}")
    else:
        yield where, f"{type(value).__name__} {value}"


def as_read_now(kept: dict[str, str], document: dict[str, Any]) -> dict[str, str]:
    """The facts of an earlier reader in the names and the meaning that they have now."""
    note = document.get("note") or {}
    unsaid = {name for name in ONCE_EMPTY if name in kept and name.removeprefix("note.") not in note}
    assert {kept[name] for name in unsaid} <= {"str "}, "only what was read as empty means something else now"
    not_supplied = dict.fromkeys(unsaid, "NotSupplied NotSupplied.NOT_SUPPLIED")
    return {RENAMED.get(name, name): said for name, said in (kept | not_supplied).items()}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(HERE).as_posix())
def test_a_document_of_an_earlier_version_is_read_with_every_fact_it_had(path: Path) -> None:
    document = path.read_bytes()
    read = dict(facts(READERS[path.parent.name](document)))
    then = json.loads(path.with_suffix(".facts.json").read_text(encoding="utf-8"))
    kept = as_read_now(then, json.loads(document))
    assert {name: read.get(name) for name in kept} == kept


def test_there_are_frozen_documents_of_each_kind() -> None:
    assert {path.parent.name for path in DOCUMENTS} == set(READERS)
