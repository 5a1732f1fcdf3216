"""How a fault is asked for, how often it strikes, and what is told."""

import pytest

from gateway.errors import UsageError
from gateway.simulator.faults import EXPLAINED, Fault, Planned, all_planned, pattern, planned
from gateway.simulator.strikes import Strikes
from tests.simulator.promised import PROMISED


def test_each_fault_is_explained_and_promised_something() -> None:
    assert set(EXPLAINED) == set(PROMISED) == set(Fault)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("greedy", Planned(fault=Fault.GREEDY)),
        ("greedy,3", Planned(fault=Fault.GREEDY, times=3)),
        ("cut-upload:1000", Planned(fault=Fault.CUT_UPLOAD, argument="1000", times=1)),
        ("cut-upload:0,2", Planned(fault=Fault.CUT_UPLOAD, argument="0", times=2)),
        ("full", Planned(fault=Fault.FULL, argument="0")),
        ("full:500,4", Planned(fault=Fault.FULL, argument="500", times=4)),
        ("stall-close:2.5", Planned(fault=Fault.STALL_CLOSE, argument="2.5")),
        ("half-answers", Planned(fault=Fault.HALF_ANSWERS)),
        ("withholds:999", Planned(fault=Fault.WITHHOLDS, argument="999")),
        ("withholds:277+835", Planned(fault=Fault.WITHHOLDS, argument="277+835")),
    ],
)
def test_a_fault_is_read_with_its_argument_and_how_often(text: str, wanted: Planned) -> None:
    assert planned(text) == wanted


@pytest.mark.parametrize(
    "text", ["", ":", "nothing", "greedy ", "Greedy", "greedy,", "greedy,x", "greedy,-1", "greedy:,1,2"]
)
def test_what_is_no_fault_is_refused_with_all_their_names(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        planned(text)
    assert all(pattern(fault) in str(refused.value) for fault in Fault)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cut-upload", "write cut-upload:BYTES, such as cut-upload:1000"),
        ("cut-upload:", "write cut-upload:BYTES"),
        ("cut-upload:-1", "write cut-upload:BYTES"),
        ("full:1e3", r"write full\[:BYTES\]"),
        ("stall-write:soon", "write stall-write:SECONDS, such as stall-write:5"),
        ("withholds:271", "ta1, 999, 277 or 835"),
        ("withholds:277+", "ta1, 999, 277 or 835"),
        ("greedy:3", "takes no argument"),
        ("greedy,0", "no time at all"),
    ],
)
def test_a_bad_argument_is_refused_with_what_is_wanted(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        planned(text)


def test_a_fault_is_asked_for_once() -> None:
    assert len(all_planned(["greedy", "full"])) == 2
    with pytest.raises(UsageError, match="greedy is asked for 2 times"):
        all_planned(["greedy", "full", "greedy,2"])


def test_a_fault_strikes_as_often_as_was_asked_and_is_told_each_time_without_what_a_terminal_obeys() -> None:
    told: list[str] = []
    strikes = Strikes(all_planned(["greedy,2"]), told.append)
    assert [strikes.strike(Fault.GREEDY, name) is not None for name in ("a", "b\x1b[2J", "c")] == [True, True, False]
    assert strikes.strike(Fault.QUOTA, "a") is None
    assert told == ["fault greedy: a", r"fault greedy: b\x1b[2J"]


def test_what_a_lasting_fault_has_struck_stays_struck_and_counts_once() -> None:
    told: list[str] = []
    strikes = Strikes(all_planned(["half-answers,1"]), told.append)
    struck = [strikes.strike(Fault.HALF_ANSWERS, name, same=True) is not None for name in ("a", "a", "b", "a")]
    assert (struck, len(told)) == ([True, True, False, True], 1)


def test_who_is_kept_waiting_is_let_go_when_it_stops() -> None:
    strikes = Strikes(all_planned(["stall-write:3600"]))
    strikes.stop()
    strikes.wait(3600)
