import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import UsageError
from gateway.transport.listing import inside, safe_name


@pytest.mark.parametrize("name", ["a", "20260105_000000001.999", "A-b_c.835.txt", "9" * 128])
def test_an_ordinary_name_is_safe(name: str) -> None:
    assert safe_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        ".hidden",
        "-rf",
        "_x",
        "a/b",
        "../a",
        "a\\b",
        "a b",
        "a\n",
        "a\0",
        "é.835",
        "a;b",
        "$(a)",
        "9" * 129,
        "a\x1b[2J",
    ],
)
def test_a_hostile_name_is_not_safe(name: str) -> None:
    assert not safe_name(name)


@given(st.text())
def test_a_safe_name_is_one_part_below_its_folder(name: str) -> None:
    if safe_name(name):
        assert inside(f"inbound/{name}") == ("inbound", name)


@given(st.text())
def test_a_name_is_refused_or_stays_below_the_root(name: str) -> None:
    try:
        parts = inside(name)
    except UsageError:
        return
    assert "/".join(parts) == name
    assert not {"", ".", ".."} & set(parts)
