"""What long runs have counted, kept in a JSON file that is part of the repository: each call adds to it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def kept(file: Path, key: str) -> dict[str, Any] | None:
    """Give what earlier calls have counted under a key; None if there were none."""
    figures: dict[str, Any] | None = _read(file).get(key)
    return figures


def keep(file: Path, key: str, figures: Mapping[str, Any]) -> None:
    """Write a total, whole or not at all."""
    written = file.with_name(f"{file.name}.new")
    written.write_text(json.dumps({**_read(file), key: figures}, indent=1) + "\n")
    written.replace(file)


def _read(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    return found
