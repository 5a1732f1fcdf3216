"""A person's correction of a visit: fields of its document set to new values, checked as if it had come in that way."""

import json
from decimal import Decimal
from typing import Any

from gateway.errors import UsageError
from gateway.finding import RowFault
from gateway.intake.json_text import parsed
from gateway.intake.read import Taken, checked

_DIGITS_MAX = 4


def amend(document: bytes, settings: tuple[tuple[str, str], ...]) -> Taken | tuple[RowFault, ...]:
    """Set fields, such as ("note.signed_at", "2026-11-16T17:05") or ("services.1.units", "2"); lists count from 1.

    A value is read as JSON where it is JSON (null, 2, ["GP"]), else as text. Raises UsageError if a path leads nowhere.
    """
    amended: dict[str, Any] = parsed(document)
    for path, value in settings:
        if path.split(".")[0] == "visit_id":
            raise UsageError("visit_id: a visit keeps its id; nothing was changed; import it as another visit instead")
        _set(amended, path, _value(path, value))
    return checked(amended)


def settings_in(text: str) -> tuple[tuple[str, str], ...]:
    """Read what `amend` sets from a text: a JSON object of paths and values, or lines of FIELD=VALUE.

    Raises UsageError where it is neither; it says the line, never what stands there, which may be a patient's data.
    """
    if text.lstrip().startswith("{"):
        return _settings_of_object(text)
    return tuple(_setting(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip())


def _settings_of_object(text: str) -> tuple[tuple[str, str], ...]:
    try:
        # Fractions stay as they are written: nothing of an amount may be rounded on the way.
        read: dict[str, Any] = json.loads(text, parse_float=str)
    except json.JSONDecodeError as wrong:
        raise UsageError(f"the JSON of fields is cut or wrong in line {wrong.lineno}; nothing was changed") from None
    except (ValueError, RecursionError):
        raise UsageError("the JSON of fields cannot be read; nothing was changed") from None
    return tuple((path, json.dumps(value)) for path, value in read.items())


def _setting(number: int, line: str) -> tuple[str, str]:
    path, separator, value = line.partition("=")
    if not separator or not path.strip():
        raise UsageError(f"line {number} of the fields: want FIELD=VALUE; nothing was changed")
    return path.strip(), value


def _value(path: str, text: str) -> object:
    try:
        read = parsed(text)
    except json.JSONDecodeError:
        return text
    except ValueError as refused:
        raise UsageError(f"{path}: {refused}; nothing was changed; give another value") from None
    # A bare number stays text where the document wants text (a member id); pydantic reads text as a number as well.
    return text if isinstance(read, int | Decimal) and not isinstance(read, bool) else read


def _set(document: dict[str, Any], path: str, value: object) -> None:
    *parents, leaf = path.split(".")
    place: Any = document
    for part in parents:
        place = _step(place, part, path)
    if isinstance(place, list):
        place[_index(place, leaf, path)] = value
    else:
        place[leaf] = value


def _step(place: Any, part: str, path: str) -> Any:  # noqa: ANN401 any JSON
    if isinstance(place, list):
        child = place[_index(place, part, path)]
    else:
        if place.get(part) is None:
            place[part] = {}
        child = place[part]
    if not isinstance(child, dict | list):
        raise UsageError(f"{path}: {part} has no fields of its own; nothing was changed; see: gateway visits schema")
    return child


def _index(place: list[Any], part: str, path: str) -> int:
    counted = part.isascii() and part.isdecimal() and len(part) <= _DIGITS_MAX
    if not counted or not 1 <= int(part) <= len(place):
        raise UsageError(f"{path}: want a number from 1 to {len(place)} instead of {part}; nothing was changed")
    return int(part) - 1
