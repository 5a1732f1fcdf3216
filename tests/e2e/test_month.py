"""A short month of a clinic, played as `./run bench month` plays a long one: by commands, over SFTP, with kills and persons."""

from pathlib import Path

from tests.bench.month.__main__ import played


def test_after_a_short_month_every_cent_and_every_claim_is_where_the_payers_bytes_put_it(tmp_path: Path) -> None:
    month, found = played(tmp_path, count=60, seed=1, days=5, kills=6)
    assert {what: said for what, said in found.wrong.items() if said} == {}
    assert month.clinic.bugs == []
    assert sum(month.clinic.kills.values()) >= 4, "some commands are done before they are killed"
    assert sum(month.partners.faults.values()) > 0
    figures = found.figures
    assert figures["claims that left"] > 40
    assert sum(one["on claims"] for one in figures["money by partner and payer"].values() if "on claims" in one) > 0
