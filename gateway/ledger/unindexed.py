"""A condition that is asked of rows, and by which none is looked for.

SQLite without statistics takes a practice for a handful of rows, and prefers all of them to a hundred known ids.
"""

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler


class Unindexed(ColumnElement[Any]):
    """A column that SQLite shall not look for an index of; PostgreSQL has statistics and needs no such word."""

    inherit_cache = True

    def __init__(self, column: ColumnElement[Any]) -> None:
        self.column = column
        self.type = column.type


@compiles(Unindexed)
def _as_it_is(element: Unindexed, compiler: SQLCompiler, **named: Any) -> str:  # noqa: ANN401 SQLAlchemy's signature
    return str(compiler.process(element.column, **named))


@compiles(Unindexed, "sqlite")
def _with_a_plus(element: Unindexed, compiler: SQLCompiler, **named: Any) -> str:  # noqa: ANN401 SQLAlchemy's signature
    return f"+{compiler.process(element.column, **named)}"
