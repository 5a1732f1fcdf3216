"""Files of visits in, visits out: every fault of a file at once, each with its row, its field and what to do."""

from gateway.intake.amend import amend, settings_in
from gateway.intake.read import Intake, Taken, read_visits
from gateway.intake.schema import csv_columns, json_schema
from gateway.intake.stored import visit_of

__all__ = ["Intake", "Taken", "amend", "csv_columns", "json_schema", "read_visits", "settings_in", "visit_of"]
