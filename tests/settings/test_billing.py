"""[practice.billing]: a practice, or a therapist who bills as a person."""

import shutil
from pathlib import Path

import pytest

from gateway.errors import ConfigError
from gateway.people import TaxIdKind
from gateway.settings import CONFIG_SHIPPED, load


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "home"
    shutil.copytree(CONFIG_SHIPPED, made)
    return made


def billing(home: Path, *lines: str) -> None:
    path = home / "gateway.toml"
    table = 'name = "Elm Street Therapy"\nnpi'
    text = path.read_text()
    assert text.count(table) == 1
    path.write_text(text.replace(table, "\n".join((*lines, "npi"))))


def test_a_practice_bills_by_its_employers_number(home: Path) -> None:
    made = load(home).practice.billing
    assert (made.name, made.first_name, made.tax_id_kind) == ("Elm Street Therapy", "", TaxIdKind.EIN)


@pytest.mark.parametrize("kind", TaxIdKind)
def test_a_therapist_bills_as_a_person_by_either_number(home: Path, kind: TaxIdKind) -> None:
    billing(home, 'name = "Stone"', 'first_name = "Ida"', f'tax_id_kind = "{kind}"')
    made = load(home).practice.billing
    assert (made.name, made.first_name, made.tax_id_kind) == ("Stone", "Ida", kind)


def test_a_social_security_number_is_a_persons_and_is_not_quoted(home: Path) -> None:
    billing(home, 'name = "Stone"', 'tax_id_kind = "ssn"')
    with pytest.raises(ConfigError, match="give first_name as well") as refused:
        load(home)
    assert "123456789" not in str(refused.value)
