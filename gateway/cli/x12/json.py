"""gateway x12 json, from-json, schema"""

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from gateway.cli.face import show
from gateway.cli.face.say import say
from gateway.cli.face.status import Status
from gateway.cli.x12.source import file_or_pipe, unheard

if TYPE_CHECKING:
    from gateway.edi.json.schemas import Record
    from gateway.edi.wire.finding import WireFinding

_SHOWN_MAX = 10

_file = click.argument("file", type=file_or_pipe)
_lines = click.option("--lines", "as_lines", is_flag=True, help="JSON Lines: one record a line, for files of any size.")


@click.command(
    "json", short_help="Turn an 837P or 835 into JSON.", epilog="Example: gateway x12 json claims.837 > claims.json"
)
@_file
@_lines
def to_json(file: Path, as_lines: bool) -> int:
    """Turn an 837P or 835 into JSON with named members, on stdout, without loss; `-` reads from a pipe.

    `gateway x12 schema` prints the schema. What is written back by `from-json` is the file again, byte for byte apart from
    line breaks. Status 0; 1 if the file has findings, which are told on stderr; 3 if something in it cannot be carried
    over: then the JSON ends in the middle, so that nobody takes it for whole.
    """
    from gateway.edi.json import texts as json_texts
    from gateway.edi.json.records import RecordReading

    with unheard(file) as source, show.progress("thousand records") as advance:
        reading = RecordReading(source)
        written = json_texts.lines if as_lines else json_texts.document
        for text in written(_counted(reading, advance), reading.schema):
            sys.stdout.buffer.write(text.encode())
    return _told(reading.findings, "the file has")


@click.command(
    "from-json",
    short_help="Turn that JSON back into X12.",
    epilog="Example: gateway x12 from-json claims.json > claims.837",
)
@_file
def from_json(file: Path) -> int:
    """Turn JSON as `gateway x12 json` writes it, a document or JSON Lines, into X12 on stdout; `-` reads from a pipe.

    Counts and the numbers of levels are made anew. What was written is checked against its guide. Status 0; 1 if the check
    finds something, which is told on stderr; 3 if the JSON cannot be used, with the path of the member at fault.
    """
    from gateway.edi.checking.check import check
    from gateway.edi.json.texts import read
    from gateway.edi.json.writing import written

    with unheard(file) as source, show.progress("thousand records") as advance:
        schema, records = read(source)
        pieces = _Passed(written(_counted(records, advance), schema), sys.stdout.buffer)
        report = check(pieces)  # type: ignore[arg-type]  # only read is used
        pieces.rest()
    return _told(report.findings, "what was written has")


@click.command(
    "schema", short_help="Print the JSON Schema.", epilog="Example: gateway x12 schema 837p > 837p.schema.json"
)
@click.argument("which", type=click.Choice(["837p", "835"]))
@_lines
def schema(which: str, as_lines: bool) -> int:
    """Print the JSON Schema (2020-12) of the JSON of an 837P or 835: of a document, or with --lines of a line."""
    from gateway.edi.json.schema_text import document_schema, line_schema
    from gateway.edi.json.schemas import SCHEMAS

    chosen = next(one for one in SCHEMAS if one.table == which)
    show.as_json(line_schema(chosen) if as_lines else document_schema(chosen))
    return Status.DONE


def _counted(records: "Iterable[Record]", advance: Callable[[int], None]) -> "Iterator[Record]":
    for done, record in enumerate(records, start=1):
        if done % 1000 == 0:
            advance(done // 1000)
        yield record


class _Passed:
    """Bytes on their way out, for one who reads them as they pass."""

    def __init__(self, pieces: Iterator[bytes], out: BinaryIO) -> None:
        self._pieces = pieces
        self._out = out

    def read(self, _size: int) -> bytes:
        """Give the next piece, which goes out."""
        piece = next(self._pieces, b"")
        self._out.write(piece)
        return piece

    def rest(self) -> None:
        """Let out what nobody reads."""
        self._out.writelines(self._pieces)


def _told(findings: "Iterable[WireFinding]", who: str) -> Status:
    every = list(findings)
    if not every:
        return Status.DONE
    say(f"{who} {show.counted(len(every), 'finding')}; `gateway x12 check` shows them whole", err=True)
    for one in every[:_SHOWN_MAX]:
        say(f"  {one.severity}: {one}", err=True)
    return Status.NEEDS_A_PERSON
