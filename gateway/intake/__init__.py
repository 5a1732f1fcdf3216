"""Files of visits in, visits out: every fault of a file at once, each with its row, its field and what to do."""

from gateway.intake.amend import amend, settings_in
from gateway.intake.read import Outline, Taken, outlined, visits_in
from gateway.intake.schema import csv_columns, json_schema
from gateway.intake.stored import visit_of

__all__ = [
    "Outline",
    "Taken",
    "amend",
    "csv_columns",
    "json_schema",
    "outlined",
    "settings_in",
    "visit_of",
    "visits_in",
]
