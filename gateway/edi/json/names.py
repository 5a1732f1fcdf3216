"""What everything in a claim or payment is called in JSON: tables of our own names, laid on the loops and segments of a guide.

One rule makes a file of any content into JSON that reads well, and back again without loss, so nothing is written twice:

- A loop is an object. What its first segment holds are members of the loop itself, so that a claim has a
  `patient_control_number` (CLM01); its other segments, and the loops in it, are members under the names of
  `tables/837p.csv` and `835.csv`. What may occur several times is always a list.
- A segment is an object: element by element under the names of `tables/segments.csv`. All values are texts as they
  stand, for a number read as a number would come back as another text. What is empty is left out; only where a segment
  ends in empty elements the last one is given, so that its length is known.
- A qualifier (first element) that the name says already is left out: REF*G1 is `prior_authorization`.
- `order` names the members of a loop in the order of the file, where that is not the order of the tables.

The columns: `loop` holds a segment or loop (`holds`), where its qualifier is one of `codes` (empty: any), as `name` (empty
for the first segment), as a list where `many`. The guide decides where a segment stands, the tables how it is called:
whatever becomes of a guide's map file, a name stays. A name is never changed or used for something else within a version
of the schema; one may be added. `segments.csv` has a notation of its own, one word an element:

    charge                     an element that is a text
    -                          one that is not used; should it be there all the same, it is called `element_4`
    facility(place frequency)  a composite, with its components
    diagnosis_pointers(*)      a composite of like components: a list of texts
    codes*(qualifier code)     this composite as often as elements follow: a list of objects
    adjustments*[reason amount quantity]   these elements as often as elements follow: a list of objects
"""

import re
from csv import DictReader
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple, TypeAlias

_TABLES: Final = files("gateway.edi.json") / "tables"
_LEVEL: Final = 3
"""HL03 is the qualifier of HL."""
_WORD: Final = re.compile(r"(?P<name>[a-z0-9_]+|-)(?P<runs>\*?)(?:\((?P<parts>[^)]*)\)|\[(?P<fields>.*)\])?(?: |$)")

ORDER: Final = "order"
"""The member that gives the order of the others."""
ROOT: Final = "ST_LOOP"
"""The loop from ST to SE."""


class Text(NamedTuple):
    """An element that is one text. `name` is empty where it has none."""

    name: str


class Composite(NamedTuple):
    """An element with components. A name is empty where a component has none."""

    name: str
    parts: tuple[str, ...]

    def is_free(self, position: int) -> bool:
        """Whether a component has no name."""
        return position > len(self.parts) or not self.parts[position - 1]


class Alike(NamedTuple):
    """An element whose components are a list."""

    name: str


class Runs(NamedTuple):
    """The rest of a segment in runs of elements, each an object. A lone composite without a name is the object itself."""

    name: str
    fields: tuple[Text | Composite, ...]


Element: TypeAlias = Text | Composite | Alike | Runs


@dataclass(slots=True, eq=False)
class Shape:
    """The elements of a segment, of which only the last may be Runs; and each by its name, with its 1-based position."""

    elements: tuple[Element, ...]
    places: dict[str, tuple[int, Element]] = field(init=False)

    def __post_init__(self) -> None:
        """Find the places."""
        self.places = {one.name: (at, one) for at, one in enumerate(self.elements, start=1) if one.name}

    def is_free(self, position: int) -> bool:
        """Whether an element has no name, and is none of the runs that end a segment."""
        if position > len(self.elements):
            return not isinstance(self.elements[-1], Runs)
        return not self.elements[position - 1].name


class Row(NamedTuple):
    """A segment or loop in a loop.

    at     its place in the order of the loop
    holds  the segment's id, or the loop's
    codes  its qualifiers; any, if there are none
    name   empty for the first segment of the loop
    shape  of a segment; None of a loop
    key    the position of its qualifier
    constant  the qualifier that its name says; empty if there are several, or it is part of a composite
    """

    at: int
    holds: str
    codes: tuple[str, ...]
    name: str
    is_list: bool
    shape: Shape | None = None
    key: int = 0
    constant: str = ""


@dataclass(slots=True, eq=False)
class LoopNames:
    """What a loop holds. `named` is by name, `segments` by segment id, `loops` by loop id."""

    id: str
    named: dict[str, Row] = field(default_factory=dict)
    segments: dict[str, list[Row]] = field(default_factory=dict)
    loops: dict[str, Row] = field(default_factory=dict)

    @property
    def first(self) -> Row:
        """The segment that begins the loop."""
        return self.named[""]

    def row(self, segment_id: str, code: str) -> Row | None:
        """Give the row of a segment by its qualifier, or where only one can be meant; None if there is none."""
        rows = self.segments.get(segment_id, [])
        for row in rows:
            if code in row.codes or not row.codes:
                return row
        return rows[0] if len(rows) == 1 else None

    def add(self, row: Row) -> None:
        """Take the next row. Raises ValueError if its name is taken."""
        if row.name in self.named or row.name == ORDER:
            raise ValueError(f"loop {self.id} holds two things called {row.name}")
        self.named[row.name] = row
        if row.shape is not None:
            self.segments.setdefault(row.holds, []).append(row)
        else:
            self.loops[row.holds] = row


@cache
def shapes() -> dict[str, Shape]:
    """Give the elements of each segment."""
    return {row["segment"]: Shape(_elements(row["members"])) for row in _rows("segments")}


@cache
def loop_names(table: str) -> dict[str, LoopNames]:
    """Read a table, `837p` or `835`: what each loop holds."""
    found: dict[str, LoopNames] = {}
    for row in _rows(table):
        loop = found.setdefault(row["loop"], LoopNames(row["loop"]))
        loop.add(_row(len(loop.named), row))
    return found


def _row(at: int, row: dict[str, str]) -> Row:
    codes = tuple(row["codes"].split("|")) if row["codes"] else ()
    shape = shapes().get(row["holds"])
    if shape is None:
        return Row(at, row["holds"], codes, row["name"], row["many"] == "many")
    key = _LEVEL if row["holds"] == "HL" else 1
    constant = codes[0] if len(codes) == 1 and isinstance(shape.elements[0], Text) else ""
    return Row(at, row["holds"], codes, row["name"], row["many"] == "many", shape, key, constant)


def _rows(table: str) -> list[dict[str, str]]:
    lines = (_TABLES / f"{table}.csv").read_text(encoding="utf-8").splitlines()
    return list(DictReader(line for line in lines if not line.startswith("#")))


def _elements(members: str) -> tuple[Element, ...]:
    found: list[Element] = []
    for word in _WORD.finditer(members):
        name, parts, fields = word["name"].removeprefix("-"), word["parts"], word["fields"]
        if word["runs"]:
            inner = _elements(fields) if fields else (Composite("", _names(parts)),)
            found.append(Runs(name, tuple(one for one in inner if isinstance(one, Text | Composite))))
        elif parts == "*":
            found.append(Alike(name))
        else:
            found.append(Composite(name, _names(parts)) if parts else Text(name))
    return tuple(found)


def _names(parts: str) -> tuple[str, ...]:
    return tuple(one.removeprefix("-") for one in parts.split(" "))
