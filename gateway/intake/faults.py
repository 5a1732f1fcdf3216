"""What is wrong with a row, in words a biller can act on. The value itself is never repeated: it may be a patient's."""

from pydantic import ValidationError

from gateway.finding import RowFault

_SAID = {
    "missing": ("is missing", "give it"),
    "extra_forbidden": ("is not a field of a visit", "check its spelling; `gateway visits schema` lists the fields"),
    "date_from_datetime_parsing": ("is not a date", "write it as 2026-11-16"),
    "date_parsing": ("is not a date", "write it as 2026-11-16"),
    "date_type": ("is not a date", "write it as 2026-11-16"),
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
    # A union's members are tried one by one and name themselves in the path; people know only the fields.
    field = ".".join(
        str(part + 1) if isinstance(part, int) else part
        for part in path
        if isinstance(part, int) or (not part.endswith("Document") and not part.startswith(("constrained", "literal")))
    )
    what, fix = _SAID.get(kind, ("", ""))
    if not what:
        what, fix = _spoken(kind, said)
    return RowFault(row=row, visit_key=visit_key, field=field or "visit", what=what, fix=fix)


def _spoken(kind: str, said: str) -> tuple[str, str]:
    """Use pydantic's sentence where it names what is wanted; it never holds the value for these kinds."""
    wanted = said[0].lower() + said[1:]
    if kind == "string_pattern_mismatch":
        return "does not have the form of this field", "see this field in `gateway visits schema`"
    if kind == "value_error":
        return wanted.removeprefix("value error, "), "correct it"
    return wanted, "correct it"
