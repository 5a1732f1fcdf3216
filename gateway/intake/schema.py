"""The documented form of a file of visits."""

from typing import Any

from gateway.intake.columns import COLUMNS, REQUIRED
from gateway.intake.documents import VisitsDocument


def json_schema() -> dict[str, Any]:
    """Give the JSON Schema of a file of visits."""
    schema = VisitsDocument.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def csv_columns() -> tuple[tuple[str, bool], ...]:
    """Give every CSV column, and whether it must be there."""
    return tuple((name, name in REQUIRED) for name in COLUMNS)
