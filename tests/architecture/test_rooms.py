"""The pictures of the rooms are true: each room there is, in the order of the contracts, with its own sentence."""

import re

from tests.architecture.rooms import HOUSE, ROOT, drawn, rooms, sentence

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_picture_of_the_rooms_is_that_of_the_folders_and_their_docstrings() -> None:
    page = (ROOT / "docs" / "working-on-it.md").read_text(encoding="utf-8")
    picture = page.split("<!-- rooms:")[1].split("```\n")[1]
    assert picture.splitlines() == list(drawn()), "paste what `.venv/bin/python -m tests.architecture.rooms` prints"


def test_each_room_says_in_its_first_line_what_it_is_for() -> None:
    """In a whole sentence, on one line: the picture has no other."""
    told = {one: sentence(one) for room in (HOUSE, *rooms()) for one in rooms(room)}
    assert [room for room, said in told.items() if not re.fullmatch(r".{20,}[.]", said)] == []


def test_a_folder_with_code_is_a_room() -> None:
    """Else no picture would show it."""
    inside = {path.parent for path in HOUSE.rglob("*.py") if "migrations" not in path.parts}
    assert [folder for folder in sorted(inside) if not (folder / "__init__.py").is_file()] == []


def test_the_short_picture_of_the_readme_names_each_room_and_noun() -> None:
    picture = README.split("## The house")[1].split("```")[1]
    nouns = {path.stem for path in HOUSE.glob("*.py")} - {"__init__", "__main__"}
    assert sorted((nouns | {one.name for one in rooms()}) - set(re.findall(r"\w+", picture))) == []
    for large in ("cli", "service", "edi"):
        assert " ".join(one.name for one in rooms(HOUSE / large)) in picture
