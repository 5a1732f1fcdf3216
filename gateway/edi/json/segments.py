"""A segment as members of a JSON object, and back: `names.py` says how."""

import re
from collections.abc import Callable
from typing import Any, Final, NoReturn, TypeAlias

from gateway.edi.follow.loop import Parts
from gateway.edi.json.names import Alike, Composite, Row, Runs, Shape, Text
from gateway.edi.wire.segment import Delimiters
from gateway.errors import ConversionRefused

Members: TypeAlias = dict[str, Any]
"""A JSON object."""

_NAMELESS: Final = re.compile(r"(?:element|component)_([1-9][0-9]{0,2})").fullmatch
_FIX: Final = "`gateway x12 schema` prints what there is"
_QUOTABLE: Final = re.compile(r"[A-Za-z0-9_]{1,40}").fullmatch


def members_of(row: Row, parts: Parts, component: str) -> Members:
    """Give what a segment holds."""
    found: Members = {}
    elements, last = shape_of(row).elements, len(parts) - 1
    for position in range(1, last + 1):
        text = parts[position]
        element = elements[position - 1] if position <= len(elements) else None
        if isinstance(element, Runs):
            found[element.name] = _runs(element, parts[position:], component)
            break
        if position == row.key and row.constant and text == row.constant:
            continue
        if text or position == last:
            name = element.name if element is not None and element.name else f"element_{position}"
            found[name] = _value(element, text, component)
    return found


def _value(element: Text | Composite | Alike | None, text: str, component: str) -> Any:  # noqa: ANN401 JSON
    if isinstance(element, Composite):
        return _components(element, text, component)
    if isinstance(element, Alike):
        return text.split(component) if text else []
    return text


def _components(element: Composite, text: str, component: str) -> Members:
    if not text:
        return {}
    parts, names = text.split(component), element.parts
    last = len(parts)
    return {
        (names[at - 1] if at <= len(names) and names[at - 1] else f"component_{at}"): one
        for at, one in enumerate(parts, start=1)
        if one or at == last
    }


def _runs(runs: Runs, texts: list[str], component: str) -> list[Members]:
    fields, width, found = runs.fields, len(runs.fields), []
    for start in range(0, len(texts), width):
        run = texts[start : start + width]
        last = len(run) - 1 if start + width >= len(texts) else width  # the length of the last one counts
        one: Members = {}
        for at, text in enumerate(run):
            if not fields[at].name:
                one = _value(fields[at], text, component)
            elif text or at == last:
                one[fields[at].name] = _value(fields[at], text, component)
        found.append(one)
    return found


def parts_of(row: Row, members: Members, marks: Delimiters, where: str) -> Parts:
    """Give the segment that holds these members. Raises ConversionRefused, naming the member, if there is no such."""
    shape = shape_of(row)
    texts: dict[int, str] = {row.key: row.constant} if row.constant else {}
    for name, value in members.items():
        position, element = shape.places.get(name) or (_nameless(name, shape.is_free, where), None)
        if isinstance(element, Runs):
            runs = _from_runs(element, _list(value, f"{where}.{name}"), marks, f"{where}.{name}")
            texts.update(enumerate(runs, start=position))
        else:
            texts[position] = _text(element, value, marks, where, name)
    last = max(texts, default=0)
    return [row.holds, *(texts.get(position, "") for position in range(1, last + 1))]


def _text(element: Text | Composite | Alike | None, value: object, marks: Delimiters, where: str, name: str) -> str:
    if isinstance(element, Composite):
        return _from_components(element, object_at(value, f"{where}.{name}"), marks, f"{where}.{name}")
    if isinstance(element, Alike):
        texts = _list(value, f"{where}.{name}")
        return marks.component.join(_component(one, marks, f"{where}.{name}[{at}]") for at, one in enumerate(texts))
    if type(value) is not str:
        refuse(f"{where}.{name}", "is not a text", "every value is a text, numbers and dates too")
    if marks.element in value or marks.segment in value:
        refuse(f"{where}.{name}", "holds a delimiter", "leave it out, or give the interchange other delimiters")
    return value


def _from_components(element: Composite, members: Members, marks: Delimiters, where: str) -> str:
    texts: dict[int, str] = {}
    for name, value in members.items():
        known = element.parts.index(name) + 1 if name and name in element.parts else 0
        position = known or _nameless(name, element.is_free, where)
        texts[position] = _component(value, marks, f"{where}.{name}")
    return marks.component.join(texts.get(position, "") for position in range(1, max(texts, default=0) + 1))


def _component(value: object, marks: Delimiters, where: str) -> str:
    if type(value) is not str:
        refuse(where, "is not a text", "every value is a text, numbers and dates too")
    if marks.element in value or marks.segment in value or marks.component in value:
        refuse(where, "holds a delimiter", "leave it out, or give the interchange other delimiters")
    return value


def _from_runs(runs: Runs, values: list[Any], marks: Delimiters, where: str) -> list[str]:
    found: list[str] = []
    places = {field.name: at for at, field in enumerate(runs.fields)}
    for at, value in enumerate(values):
        here = f"{where}[{at}]"
        found += [""] * (-len(found) % len(runs.fields))
        lone = runs.fields[0]
        if not lone.name:
            around, _, name = here.rpartition(".")
            found.append(_text(lone, value, marks, around, name))
            continue
        texts: dict[int, str] = {}
        for name, one in object_at(value, here).items():
            if name not in places:
                refuse(here, f"there is no {_quoted(name)}", _FIX)
            texts[places[name]] = _text(runs.fields[places[name]], one, marks, here, name)
        found += [texts.get(place, "") for place in range(max(texts, default=0) + 1)]
    return found


def _nameless(name: str, is_free: Callable[[int], bool], where: str) -> int:
    """Give the position of a member that is called by it. Raises ConversionRefused if it has a name, or it is no such."""
    found = _NAMELESS(name)
    if found is None or not is_free(int(found[1])):
        refuse(where, f"there is no {_quoted(name)}", _FIX)
    return int(found[1])


def shape_of(row: Row) -> Shape:
    """Give the elements of a row that is a segment."""
    assert row.shape is not None, f"{row.holds} is a loop"
    return row.shape


def object_at(value: object, where: str) -> Members:
    """Give a JSON object. Raises ConversionRefused if it is anything else."""
    if not isinstance(value, dict):
        refuse(where, "is not an object", _FIX)
    return value


def _list(value: object, where: str) -> list[Any]:
    if not isinstance(value, list):
        refuse(where, "is not a list", _FIX)
    return value


def list_at(row: Row, value: object, where: str) -> list[tuple[Any, str]]:
    """Give what stands under the name of a row, one or several, each with its path."""
    if not row.is_list:
        return [(value, where)]
    return [(one, f"{where}[{at}]") for at, one in enumerate(_list(value, where))]


def refuse(where: str, said: str, fix: str) -> NoReturn:
    """Raise ConversionRefused."""
    raise ConversionRefused(where=where.removeprefix("."), said=said, fix=fix)


def _quoted(name: str) -> str:
    """A member's name that is no name may be anything, and so somebody's."""
    return f'"{name}"' if _QUOTABLE(name) else "such member"
