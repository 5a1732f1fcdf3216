"""The versions of our JSON, and how the records of each nest."""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Final, NamedTuple

from gateway.edi.json.loops import Names
from gateway.edi.json.names import ROOT, LoopNames, Row, loop_names, shapes
from gateway.edi.json.segments import Members

INTERCHANGE, GROUP, SET = "interchange", "group", "transaction_set"
SET_END: Final = "transaction_set_end"
"""What stands in a set behind its claims or payments."""
ELEMENT_MARK, SEGMENT_MARK = "element_separator", "segment_terminator"
"""Members of an interchange that are no elements of its ISA."""


class Record(NamedTuple):
    """One record.

    kind     interchange, group, transaction_set, transaction_set_end, or a level or unit such as claim
    members  what is its own
    where    its path, for messages
    """

    kind: str
    members: Members
    where: str


@dataclass(frozen=True, eq=False)
class Schema:
    """One version.

    id      what documents of it say
    table   the table of its names
    guide   the implementation guide, and `unit` the loop in it that a set consists of
    levels  the loops around units that are records too
    """

    id: str
    table: str
    guide: str
    unit: str
    levels: tuple[str, ...]

    @cached_property
    def names(self) -> Names:
        """What each loop holds."""
        return loop_names(self.table)

    @cached_property
    def lists(self) -> dict[str, dict[str, str]]:
        """Give for each kind of record the members that hold records, with the kind of those."""
        found = {"": {"interchanges": INTERCHANGE}, INTERCHANGE: {"groups": GROUP}, GROUP: {"transaction_sets": SET}}
        for loop_id in (ROOT, *self.levels):
            inner = [row.name for row in self.names[loop_id].loops.values() if row.holds in (*self.levels, self.unit)]
            found[self.kinds[loop_id]] = {name: name.removesuffix("s") for name in inner}
        return found

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Give the kind of record of a loop."""
        inside = (row for named in self.names.values() for row in named.loops.values())
        records = {row.holds: row.name.removesuffix("s") for row in inside if row.holds in (*self.levels, self.unit)}
        return {ROOT: SET, **records}

    @cached_property
    def loops(self) -> dict[str, LoopNames]:
        """Give the loop of a kind of record."""
        return {kind: self.names[loop_id] for loop_id, kind in self.kinds.items()}

    @cached_property
    def last(self) -> frozenset[str]:
        """Give the members of a set that stand behind its claims or payments."""
        rows = list(self.names[ROOT].named.values())
        first = next(at for at, row in enumerate(rows) if row.name in self.lists[SET])
        return frozenset(row.name for row in rows[first + 1 :])

    def above(self, kind: str) -> tuple[str, ...]:
        """Give the kinds of record that one of a kind may stand in."""
        return tuple(outer for outer, lists in self.lists.items() if kind in lists.values())


PROFESSIONAL: Final = Schema("gateway.x12.837p/1", "837p", "005010X222A1", "2300", ("2000A", "2000B", "2000C"))
REMITTANCE: Final = Schema("gateway.x12.835/1", "835", "005010X221A1", "2100", ("2000",))
SCHEMAS: Final = (PROFESSIONAL, REMITTANCE)


@cache
def envelope_row(segment_id: str) -> Row:
    """Give ISA or GS as a row, for what writes segments by rows."""
    return Row(0, segment_id, (), "", is_list=False, shape=shapes()[segment_id])


def schema_of_id(identifier: Any) -> Schema | None:  # noqa: ANN401 what a document says
    """Give the schema of an id; None if there is none."""
    return next((one for one in SCHEMAS if one.id == identifier), None)
