"""A loop as a JSON object, and back: `names.py` says how."""

from collections import deque
from collections.abc import Iterator
from typing import Any, Final, NamedTuple, TypeAlias

from gateway.edi.follow.loop import Loop, Parts
from gateway.edi.json.names import ORDER, LoopNames, Row
from gateway.edi.json.segments import Members, list_at, members_of, object_at, parts_of, refuse
from gateway.edi.wire.segment import Delimiters, is_segment_id
from gateway.errors import ConversionRefused

Names: TypeAlias = dict[str, LoopNames]


class Member(NamedTuple):
    """What stands under a name, or one of several, with its path."""

    row: Row
    value: Any
    where: str


_FIX: Final = "`gateway x12 check` says what is wrong with the file; have it mended"


def members_of_loop(loop: Loop, names: Names, component: str) -> Members:
    """Give what a loop holds, with the loops in it. Raises ConversionRefused if a segment has no place in the guide."""
    named = names[loop.id]
    found: Members = {}
    sequence: list[Row] = []
    for ordinal, parts, place in loop.segments:
        row = named.row(parts[0], _code(parts, component))
        if row is None or row.shape is None or (place is None and row.holds != "ST"):
            raise _without_place(ordinal, parts, "has no place in the guide")
        members = members_of(row, parts, component)
        if not row.name:
            if found:
                raise _without_place(ordinal, parts, "stands where its loop has begun already")
            found.update(members)
        else:
            sequence.append(row)
            _put(found, row, members, ordinal)
    for inner in loop.loops:
        row = named.loops[inner.id]
        sequence.append(row)
        _put(found, row, members_of_loop(inner, names, component), inner.ordinal)
    places = [row.at for row in sequence]
    if places != sorted(places):
        found[ORDER] = [row.name for row in sequence]
    return found


def _code(parts: Parts, component: str) -> str:
    position = 3 if parts[0] == "HL" else 1
    return parts[position].partition(component)[0] if position < len(parts) else ""


def _put(found: Members, row: Row, members: Members, ordinal: int) -> None:
    if row.is_list:
        found.setdefault(row.name, []).append(members)
    elif row.name in found:
        raise _without_place(ordinal, [row.holds], "stands there twice")
    else:
        found[row.name] = members


def _without_place(ordinal: int, parts: Parts, said: str) -> ConversionRefused:
    # In a file with a delimiter gone astray an unknown id may be anything, such as a name.
    named = parts[0] if is_segment_id(parts[0]) else "a segment"
    return ConversionRefused(where=f"segment {ordinal} of its transaction set", said=f"{named} {said}", fix=_FIX)


def parts_of_loop(
    members: Members, named: LoopNames, names: Names, marks: Delimiters, where: str, apart: frozenset[str] = frozenset()
) -> Iterator[Parts]:
    """Give the segments of a loop, in its `order` as far as that goes, else in that of the tables.

    apart  names of members that are written by somebody else: loops that stand in it, but are handed on by themselves
    Raises ConversionRefused, naming the member, if it holds what no such loop does.
    """
    first, own = named.first, {}
    rows: list[Row] = []
    for name, value in members.items():
        row = named.named.get(name) if name else None
        if name in apart or name == ORDER:
            continue
        if row is None:
            own[name] = value
        else:
            rows.append(row)
    yield parts_of(first, own, marks, where)
    for row, value, path in _in_order(members, named, rows, where):
        yield from _parts(row, value, names, marks, path)


def _parts(row: Row, value: object, names: Names, marks: Delimiters, where: str) -> Iterator[Parts]:
    members = object_at(value, where)
    if row.shape is not None:
        yield parts_of(row, members, marks, where)
    else:
        yield from parts_of_loop(members, names[row.holds], names, marks, where)


def _in_order(members: Members, named: LoopNames, rows: list[Row], where: str) -> list[Member]:
    rows.sort(key=lambda row: row.at)
    every = [
        Member(row, value, path)
        for row in rows
        for value, path in list_at(row, members[row.name], f"{where}.{row.name}")
    ]
    if ORDER not in members:
        return every
    order = members[ORDER]
    if not isinstance(order, list) or not all(isinstance(name, str) and name in named.named for name in order):
        refuse(f"{where}.{ORDER}", "is not a list of names of members", "leave it out to write the guide's order")
    return _reordered(every, order)


def _reordered(every: list[Member], order: list[str]) -> list[Member]:
    waiting: dict[str, deque[Member]] = {}
    for one in every:
        waiting.setdefault(one.row.name, deque()).append(one)
    found = [waiting[name].popleft() for name in order if waiting.get(name)]
    # What the order does not name was added by somebody: it stands where the tables have it.
    for one in every:
        if waiting[one.row.name] and waiting[one.row.name][0] is one:
            waiting[one.row.name].popleft()
            behind = [at for at, other in enumerate(found, start=1) if other.row.at <= one.row.at]
            found.insert(behind[-1] if behind else 0, one)
    return found
