"""Names below notes: what may be the same person is never called another."""

import pytest

from gateway.names import is_other_name, is_same_name, signature


@pytest.mark.parametrize(
    ("text", "name", "letters"),
    [
        ("Ida Stone, PT", "Ida Stone", "PT"),
        ("Ida Stone PT, DPT", "Ida Stone", "PT, DPT"),
        ("Stone, Ida, PT", "Stone Ida", "PT"),
        ("Dr. Ida Stone, D.C.", "Ida Stone", "D.C."),
        ("Electronically signed by Ida Stone, OTR/L", "Ida Stone", "OTR/L"),
        ("Ida Stone, PT electronically signed 2026-11-09", "Ida Stone", "PT"),
        ("Ida Stone", "Ida Stone", ""),
        ("istone", "istone", ""),
        (" ", "", ""),
    ],
)
def test_a_signature_is_taken_apart(text: str, name: str, letters: str) -> None:
    assert signature(text) == (name, letters)
    assert signature(text, "SPT").letters == "SPT"


@pytest.mark.parametrize(
    "name",
    ["Ida Stone", "Stone Ida", "I. Stone", "IDA M STONE", "Ida Stone-Miller", "Stone", "Ída Stone", "ida stone jr"],
)
def test_the_same_name(name: str) -> None:
    assert is_same_name(name, "Stone", "Ida")
    assert not is_other_name(name, "Stone", "Ida")


@pytest.mark.parametrize("name", ["Ida Miller", "Tom Stone", "Ida Stome", "istone", "IS", "", "Reyes", "Ide Stones"])
def test_what_may_be_the_same_person_is_not_called_another(name: str) -> None:
    """Married, a nickname, a slip, a login, a part of a name."""
    assert not is_same_name(name, "Stone", "Ida")
    assert not is_other_name(name, "Stone", "Ida")


@pytest.mark.parametrize("name", ["Bob Reyes", "Reyes Bob", "B. Reyes", "Li Wu", "Mary Ann Poe"])
def test_another_name(name: str) -> None:
    assert is_other_name(name, "Stone", "Ida")
