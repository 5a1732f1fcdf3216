"""The picture of the rooms in docs/working-on-it.md, as the folders, their docstrings and the import contracts make it.

`.venv/bin/python -m tests.architecture.rooms` prints it.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "gateway"


def rooms(within: Path = HOUSE) -> list[Path]:
    """Give the rooms in a folder, as the contracts put them: what imports stands above what is imported."""
    found = [one.parent for one in within.glob("*/__init__.py")]
    floors = _floors().get(_dotted(within), [])
    return sorted(found, key=lambda one: (floors.index(one.name) if one.name in floors else len(floors), one.name))


def sentence(room: Path) -> str:
    """Give the first line of a room's docstring."""
    told = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8")))
    return (told or "").partition("\n")[0]


def drawn(within: Path = HOUSE, deep: int = 0) -> Iterator[str]:
    """Draw the picture: a line for each room, indented below the room that it is in."""
    for room in rooms(within):
        yield f"{'    ' * deep + room.name:20}{sentence(room)}"
        yield from drawn(room, deep + 1)


def _dotted(folder: Path) -> str:
    return ".".join(folder.relative_to(ROOT).parts)


def _floors() -> dict[str, list[str]]:
    """For each container of a layers contract: its rooms and modules, from the top floor down."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    return {
        container: [name for layer in contract["layers"] for name in re.findall(r"\w+", layer)]
        for contract in contracts
        if contract["type"] == "layers"
        for container in contract["containers"]
    }


if __name__ == "__main__":
    print("\n".join(drawn()))  # noqa: T201 it is meant to be pasted
