"""scrub and rules, as a person types them."""

import json
from pathlib import Path

import pytest

from gateway.cli.face.run import run
from gateway.cli.face.status import Status
from gateway.finding import Owner, Severity
from gateway.scrub import RULES, Case, scrub
from gateway.scrub.rule import Faults, rule
from tests.e2e.command import ROOT

SAMPLE = ROOT / "samples" / "visits" / "claims-only.csv"


@rule(id="BROKEN_RULE", severity=Severity.WARN, owner=Owner.BILLER, cites="c", fix="f")
def broken_rule(case: Case) -> Faults:
    """A rule whose code breaks on one visit."""
    if case.visit.key == "RR-2601":
        raise KeyError(case.visit.patient.last_name)
    yield from ()


def test_a_run_in_which_a_rule_broke_scrubs_the_others_and_ends_with_our_bugs_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ("--home", str(tmp_path / "home"))
    assert run((*home, "init")) == Status.DONE
    assert run((*home, "visits", "import", str(SAMPLE))) == Status.DONE
    monkeypatch.setattr("gateway.service.visits.judging.scrub", lambda case: scrub(case, (*RULES, broken_rule)))
    capsys.readouterr()
    assert run((*home, "scrub", "run")) == Status.OUR_BUG
    told = capsys.readouterr()
    assert "20 visits scrubbed: 19 claims, 1 held" in told.out
    assert "a fault of ours: rule BROKEN_RULE broke on 1 visit; all others were scrubbed" in told.err
    assert run((*home, "scrub", "run", "--json")) == Status.OUR_BUG
    assert json.loads(capsys.readouterr().out)["broken"] == {"BROKEN_RULE": 1}
    monkeypatch.undo()
    assert run((*home, "scrub", "run")) == Status.DONE


def test_an_explained_visit_whose_claim_stands_says_what_only_a_change_would_meet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ("--home", str(tmp_path / "home"))
    run((*home, "init"))
    run((*home, "visits", "import", str(SAMPLE)))
    run((*home, "scrub", "explain", "RR-2601"))
    assert "only a change" not in capsys.readouterr().out
    run((*home, "scrub", "run"))
    run((*home, "--today", "2026-09-01", "scrub", "explain", "RR-2601"))
    told = capsys.readouterr().out
    assert "(ready) stands; what follows holds it no more: only a change of the visit would meet it" in told
    assert "  HOLD, by a change only: DATE_IN_FUTURE" in told


def test_a_rule_that_cannot_be_waived_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(("rules", "show", "unit_tie")) == Status.DONE
    assert "there is no claim to make without the units of each line" in capsys.readouterr().out
    assert run(("rules", "show", "signature_missing")) == Status.DONE
    assert "waivers" not in capsys.readouterr().out
