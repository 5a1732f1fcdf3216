"""The fault matrix F1 to F64: each fault has a test that is named by it, or one that is pointed to here, or is deferred."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
FAULTS: Final = range(1, 65)

DEFERRED: Final[Mapping[int, str]] = {
    36: "ENOSPC while a claim is accepted answers 507: there is no HTTP yet",
    41: "a corrupted page is noticed by encryption: there is none yet",
    47: "failover to an asynchronous replica: none is supported yet",
}

_KILLS: Final = "tests/faults/test_kills.py::test_killed_anywhere_every_claim_arrives_exactly_once"
_CALLS: Final = (
    "tests/faults/test_campaigns.py::"
    "test_killed_at_any_durable_system_call_of_a_delivery_and_a_collection_nothing_is_lost_or_doubled"
)
_EVERY_CALL: Final = (
    "tests/service/outbound/test_deliver.py::test_killed_at_every_call_the_file_still_arrives_exactly_once"
)
_ONCE: Final = "tests/service/outbound/test_deliver.py::test_killed_once_anywhere_the_next_call_finishes_it"
_SYNCED: Final = (
    "tests/faults/test_durable.py::"
    "test_every_step_is_on_the_disk_before_its_answer_and_before_the_next_request_to_the_partner"
)
ELSEWHERE: Final[Mapping[int, tuple[str, ...]]] = {
    1: (_KILLS, _CALLS),  # before D2: that the interchange numbers have no gap is counted in every run
    2: (_KILLS, _CALLS),
    3: (_KILLS, _CALLS, _ONCE),
    4: (_KILLS, _CALLS),
    5: (_KILLS, _CALLS, _ONCE),
    6: (_KILLS, _CALLS, _ONCE),
    7: (_KILLS, _CALLS, _ONCE),
    8: (_KILLS, _ONCE),
    9: (_EVERY_CALL, _KILLS),
    14: ("tests/transport/test_sftp.py::test_a_key_that_the_partner_does_not_know_is_refused_after_one_attempt",),
    15: ("tests/transport/test_sftp.py::test_s1_a_server_with_another_key_is_refused_with_both_fingerprints",),
    # What was not synced is what a power cut may take: nothing is unsynced when an answer is given.
    39: (_SYNCED,),
}
"""Tests that cover a fault under a name of their own."""


def every_test() -> Iterator[str]:
    """Every test there is, as path::name."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield f"{path.relative_to(ROOT).as_posix()}::{node.name}"


def covered() -> dict[int, list[str]]:
    """Each fault with its tests: those named test_f16_..., or test_f37_f38_..., and those pointed to."""
    found: dict[int, list[str]] = {fault: list(ELSEWHERE.get(fault, ())) for fault in FAULTS}
    for test in every_test():
        named = re.match(r"test_((?:f\d+_)+)", test.rpartition("::")[2])
        for fault in re.findall(r"\d+", named[1]) if named else ():
            found[int(fault)].append(test)
    return found


def test_every_fault_of_the_matrix_has_a_test_or_is_deferred() -> None:
    missing = [f"F{fault}" for fault, its in covered().items() if not its and fault not in DEFERRED]
    assert missing == []


def test_what_is_deferred_has_no_test() -> None:
    assert [f"F{fault}" for fault in DEFERRED if covered()[fault]] == []


def test_what_is_pointed_to_is_there() -> None:
    there = set(every_test())
    assert [test for its in ELSEWHERE.values() for test in its if test not in there] == []
