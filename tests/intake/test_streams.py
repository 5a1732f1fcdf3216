"""A file of visits is read piece by piece, and gives what the whole of it would."""

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import IntakeError
from gateway.finding import RowFault
from gateway.intake import Taken, json_stream, outlined, visits_in
from gateway.intake.bytes_in import Passing, as_text
from gateway.intake.json_text import parsed
from tests.intake.files import CSV_ROW, VISIT, csv_file, read_visits, visits_file

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)
ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | NAMES
    | st.integers(-(10**9), 10**9).map(lambda whole: whole / 1000),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


class Trickling(io.StringIO):
    """A text that comes a few characters at a time."""

    def __init__(self, text: str, most: int) -> None:
        super().__init__(text, newline="")
        self.most = most

    def read(self, size: int | None = -1) -> str:
        return super().read(self.most if size is None or size < 0 else min(size, self.most))


@settings(max_examples=300, deadline=None)
@given(st.lists(ANY_JSON, max_size=6), st.integers(1, 40), st.sampled_from([None, 0, 2]), st.booleans(), st.booleans())
def test_visits_are_those_of_the_whole_text_wherever_its_pieces_end(
    visits: list[Any],
    most: int,
    indent: int | None,
    wrapped: bool,  # noqa: FBT001
    ascii_only: bool,  # noqa: FBT001
) -> None:
    whole = {"schema_version": 1, "visits": visits} if wrapped else visits
    text = json.dumps(whole, indent=indent, ensure_ascii=ascii_only)
    assert list(json_stream.visits(Trickling(text, most))) == parsed(json.dumps(visits))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 40))
def test_a_text_that_is_cut_anywhere_is_refused_with_its_line(where: int, most: int) -> None:
    text = json.dumps({"schema_version": 1, "visits": [VISIT, VISIT]}, indent=1)
    cut = text[: where * (len(text) - 1) // 1000]
    with pytest.raises(json.JSONDecodeError) as refused:
        list(json_stream.visits(Trickling(cut or " ", most)))
    assert 1 <= refused.value.lineno <= cut.count("\n") + 1


@pytest.mark.parametrize(
    ("text", "line"),
    [('[{"a": 1},\n{"a": 2}}', 2), ("[1, 2]\n\nx", 3), ('[{"a"\n: 1}\n 2]', 3), ("[1,]", 1), ('{"visits": []', 1)],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int) -> None:
    for most in (1, 7, 1000):
        with pytest.raises(json.JSONDecodeError) as refused:
            list(json_stream.visits(Trickling(text, most)))
        assert refused.value.lineno == line


@pytest.mark.parametrize(
    "text",
    ['{"visits": [], "visits": []}', '{"schema_version": 2, "visits": []}', '{"visits": 1}', "{}", '{"other": []}'],
)
def test_another_object_is_no_file_of_visits(text: str) -> None:
    with pytest.raises(json_stream.NoVisits):
        list(json_stream.visits(Trickling(text, 5)))


def test_the_version_may_stand_behind_the_visits() -> None:
    assert list(json_stream.visits(Trickling('{"visits": [1, 2], "schema_version": 1}', 3))) == [1, 2]
    with pytest.raises(IntakeError, match="nothing was taken in"):
        outlined("v.json", io.BytesIO(b'{"visits": [1, 2], "schema_version": 7}'))


def _read_whole(passing: Passing, size: int) -> None:
    while passing.readinto(bytearray(size)):
        pass


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 3), st.integers(1, 9))
def test_the_byte_that_is_no_text_is_named_as_python_names_it(raw: bytes, before: int, size: int) -> None:
    raw = "ä€😀".encode()[: before * 3] + raw
    passing = Passing("v", io.BytesIO(raw))
    try:
        raw.decode()
    except UnicodeDecodeError as refused:
        with pytest.raises(IntakeError, match=f"byte {refused.start + 1} is not UTF-8|zero bytes"):
            _read_whole(passing, size)
    else:
        if b"\0" not in raw:
            _read_whole(passing, size)


def test_line_ends_within_cells_stay_and_the_mark_at_the_beginning_goes() -> None:
    raw = b"\xef\xbb\xbf" + b'a,"b\r\nc"\rd'
    assert as_text(Passing("v", io.BytesIO(raw))).read() == 'a,"b\r\nc"\rd'


def test_rows_of_a_visit_that_stand_apart_are_put_together() -> None:
    rows = [{**CSV_ROW, "visit_id": key, "service.code": code} for key, code in zip("ABABC", "12345", strict=True)]
    for row in rows:
        row["service.code"] = f"9711{row['service.code']}"
    intake = read_visits("v.csv", csv_file(*rows))
    assert {one.visit.key: [service.code for service in one.visit.services] for one in intake.taken} == {
        "A": ["97111", "97113"],
        "B": ["97112", "97114"],
        "C": ["97115"],
    }
    assert {one.visit.key: one.row for one in intake.taken} == {"A": 2, "B": 3, "C": 6}


def test_a_file_that_is_another_one_when_it_is_read_again_says_so() -> None:
    file = io.BytesIO(visits_file(VISIT))
    outline = outlined("v.json", file)
    with pytest.raises(IntakeError, match="changed while it was read"):
        list(visits_in("v.json", io.BytesIO(visits_file({**VISIT, "visit_id": "V-2"})), outline))


def test_every_fault_comes_with_its_row_and_the_others_go_in() -> None:
    file = io.BytesIO(visits_file(VISIT, {**VISIT, "visit_id": "V-2", "date": "soon"}, {**VISIT, "visit_id": "V-3"}))
    first, second, third = visits_in("v.json", file, outlined("v.json", file))
    assert isinstance(first, Taken)
    assert isinstance(second, RowFault)
    assert isinstance(third, Taken)
    assert (first.row, second.row, third.row) == (1, 2, 3)
