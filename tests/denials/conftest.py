from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import pytest

from gateway.payer import Payer, Program, UnitRule

MakePayer = Callable[..., Payer]


@pytest.fixture
def make_payer() -> MakePayer:
    def make(
        program: Program = Program.COMMERCIAL,
        *,
        takes_replacements: bool | None = None,
        filed_by_days: int | None = None,
        appeal_by_days: int = 180,
        sources: MappingProxyType[str, str] = MappingProxyType({}),
        **terms: Any,
    ) -> Payer:
        takes = program is not Program.MEDICARE if takes_replacements is None else takes_replacements
        return Payer(
            id="INVENTED1",
            name="Invented Payer",
            program=program,
            filing_code="CI",
            partner="invented",
            unit_rule=UnitRule.CMS,
            takes_replacements=takes,
            filed_by_days=filed_by_days,
            appeal_by_days=appeal_by_days,
            sources=sources,
            **terms,
        )

    return make
