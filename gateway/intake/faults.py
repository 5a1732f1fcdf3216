"""What is wrong with a row, in words a biller can act on. The value itself is never repeated: it may be a patient's."""

import difflib
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from gateway.finding import RowFault
from gateway.intake.documents import VisitDocument

_STRANGER = "an unknown field"
_NAME_MAX = 60

_SAID = {
    "missing": ("is missing", "give it"),
    "date_from_datetime_parsing": ("is not a date", "write it as 2026-11-16"),
    "date_parsing": ("is not a date", "write it as 2026-11-16"),
    "date_type": ("is not a date", "write it as 2026-11-16"),
    "born_too_early": ("is before 1850", "correct the year"),
    "datetime_parsing": ("is not a date and time", "write it as 2026-11-16T17:05"),
    "datetime_from_date_parsing": ("is not a date and time", "write it as 2026-11-16T17:05"),
    "time_parsing": ("is not a time of day", "write it as 14:30"),
    "int_parsing": ("is not a whole number", "write digits only"),
    "int_type": ("is not a whole number", "write digits only"),
    "int_from_float": ("is not a whole number", "write digits only"),
    "decimal_parsing": ("is not an amount", "write it as 42.50"),
    "decimal_type": ("is not an amount", "write it as 42.50"),
    "string_type": ("is not text", "write it in quotation marks"),
    "tuple_type": ("is not a list", "write it as a list"),
    "model_type": ("is not a group of fields", "write it as an object with its fields"),
    "control_character": ("holds a control character", "type it again without line breaks or invisible characters"),
    "nothing_readable": ("has no letter or digit that a claim can carry", "write it in the Latin alphabet"),
    "too_long_on_claim": ("is too long in the letters that a claim can carry", "shorten it"),
    "delimiter": ("holds a character that a claim cannot carry (* ~ : ^)", "write it without"),
    "no_zip": ("is not a ZIP code", "look it up at the post office's site"),
    "no_state": ("is not a USPS abbreviation of a state, territory or armed forces post", "write it as IL"),
    "no_place": (
        "is not a place of service on the date of the visit",
        "take a code of CMS's list of places, such as 11",
    ),
    "payer_unnamed": ("is missing, and the payer_id is too long to stand for it on the claim", "give the payer's name"),
    "payer_unsaid": (
        "is missing, and there is no payer_id either",
        "give the payer's name, or leave this coverage out",
    ),
    "bool_parsing": ("is neither true nor false", "write true or false"),
}


def row_faults(refused: ValidationError, *, row: int, visit_key: str) -> tuple[RowFault, ...]:
    """Turn everything pydantic found in one visit into faults of its row."""
    found = refused.errors()
    # A list whose entries are faulty is also said to be too short; the entries' own faults are what helps.
    deeper = {one["loc"][:depth] for one in found for depth in range(1, len(one["loc"]))}
    return tuple(
        _fault(one["type"], one["loc"], one["msg"], row=row, visit_key=visit_key)
        for one in found
        if not (one["type"] == "too_short" and one["loc"] in deeper)
    )


def _fault(kind: str, path: tuple[int | str, ...], said: str, *, row: int, visit_key: str) -> RowFault:
    if kind == "extra_forbidden":
        return _unknown(path, row=row, visit_key=visit_key)
    what, fix = _SAID.get(kind, ("", ""))
    if not what:
        what, fix = _spoken(kind, said)
    return RowFault(row=row, visit_key=visit_key, field=_shown(path) or "visit", what=what, fix=fix)


def _unknown(path: tuple[int | str, ...], *, row: int, visit_key: str) -> RowFault:
    """Name an unknown field by its parents only: a key can be a patient's name as well as a value can."""
    *parents, key = path
    near = difflib.get_close_matches(str(key)[:_NAME_MAX].lower(), sorted(_fields_at(tuple(parents))), n=1)
    asks = f"did you mean {near[0]}?" if near else "check the spelling of its fields"
    return RowFault(
        row=row,
        visit_key=visit_key,
        field=".".join(filter(None, (_shown(tuple(parents)), _STRANGER))),
        what="is not a field of a visit",
        fix=f"{asks}; `gateway visits schema` lists the fields",
    )


def _shown(path: tuple[int | str, ...]) -> str:
    # A union's members are tried one by one and name themselves in the path; people know only the fields.
    return ".".join(
        str(part + 1) if isinstance(part, int) else part
        for part in path
        if isinstance(part, int) or (not part.endswith("Document") and not part.startswith(("constrained", "literal")))
    )


def _fields_at(path: tuple[int | str, ...]) -> frozenset[str]:
    """Give the names of the fields that there can be at a place in the document."""
    models: set[type[BaseModel]] = {VisitDocument}
    for part in path:
        fields = [model.model_fields[part] for model in models if isinstance(part, str) and part in model.model_fields]
        if fields:
            models = {inner for field in fields for inner in _models(field.annotation)}
    return frozenset(name for model in models for name in model.model_fields)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 any annotation
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _spoken(kind: str, said: str) -> tuple[str, str]:
    """Use pydantic's sentence where it names what is wanted; it never holds the value for these kinds."""
    wanted = said[0].lower() + said[1:]
    if kind == "string_pattern_mismatch":
        return "does not have the form of this field", "see this field in `gateway visits schema`"
    if kind == "value_error":
        return wanted.removeprefix("value error, "), "correct it"
    return wanted, "correct it"
