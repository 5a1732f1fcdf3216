"""Answers garbled in every way that payers garble them, written by somebody who did not see the matcher.

The whole campaign of thousands runs by `./run bench matching`.
"""

import pytest

from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from tests.service.money.garbled_ledger import GarbledLedger


@pytest.mark.parametrize("seed", [11, 12])
def test_garbled_answers_go_to_their_lines_or_are_proposed_and_never_elsewhere(office: Office, seed: int) -> None:
    tally = GarbledLedger(office, seed, 120).play()
    assert tally.wrong == []
    assert tally.share >= 0.95, tally.missed
    assert tally.must_posted >= 0.9 * tally.must
    assert reconcile(office).holds
