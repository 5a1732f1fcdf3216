"""Tables that need no folding are drawn without rich, and exactly as rich would draw them."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.cli.face import show

heads = st.text("claimVST ", min_size=1, max_size=12).filter(lambda head: head == head.strip())
cells = st.text("ABab019 $.,/#[]", max_size=20).map(str.strip)
rows = st.integers(1, 5).flatmap(
    lambda width: st.builds(
        lambda head, body: [head, *body],
        st.lists(heads, min_size=width, max_size=width),
        st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=4),
    )
)


@given(lines=rows)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_table_is_drawn_alike_with_and_without_rich(
    lines: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    columns, *body = lines
    show.table(columns, body, empty="")
    plainly = capsys.readouterr().out
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(show, "_drawn_plainly", lambda _columns, _rows, _room: False)
        show.table(columns, body, empty="")
    assert plainly == capsys.readouterr().out


@pytest.mark.parametrize("cell", ["x" * 250, "José", "\x1b[2J", "日本"])
def test_a_cell_that_is_not_as_wide_as_its_letters_count_or_does_not_fit_is_left_to_rich(
    cell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not show._drawn_plainly(["claim"], [[cell]], 240)
    assert capsys.readouterr().out == ""


def test_a_column_that_is_kept_whole_is_never_broken_the_text_beside_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    trace = "9" * 30
    show.table(["trace", "why"], [[trace, "word " * 20]], empty="", whole=frozenset({"trace"}), width=44)
    lines = capsys.readouterr().out.splitlines()
    assert (trace in lines[1], max(map(len, lines)) <= 44, len(lines) > 4) == (True, True, True)
