"""The threats S1 to S56: each has a test that is named by it, or one that is pointed to here, or waits for what it threatens."""

import re
from collections.abc import Mapping
from typing import Final

from tests.faults.test_matrix import every_test

THREATS: Final = range(1, 57)

_NO_HTTP: Final = "there is no HTTP interface and no console yet"
LATER: Final[Mapping[int, str]] = {
    35: "a stolen file of the ledger: its columns are not encrypted yet",
    36: "a ciphertext moved between rows: as 35",
    37: "an altered log: the database keeps it append-only; a chain that proves it is not there yet",
    39: f"guessed passwords: {_NO_HTTP}",
    40: f"no second factor: {_NO_HTTP}",
    41: f"a stolen session: {_NO_HTTP}",
    42: f"requests from another site: {_NO_HTTP}",
    43: f"scripts in X12 text: {_NO_HTTP}; a terminal is S32",
    44: f"claims of another practice: {_NO_HTTP}; the ledger's rows are tested by practice",
    46: f"uploads without end: {_NO_HTTP}",
    47: f"a console open to the network: {_NO_HTTP}",
    48: f"a downgraded TLS: {_NO_HTTP}",
    51: "an altered release: none is published yet",
    53: f"guessing by time at the login: {_NO_HTTP}",
    54: "misuse of the emergency account: there are no accounts yet",
    55: "records kept too long: nothing is destroyed yet; what is kept is all that the laws rest on",
}

_DOORS: Final = "tests/architecture/test_house.py::test_a_library_has_one_door"
_SEGMENT: Final = "tests/edi/wire/test_segment.py::"
_RESEND: Final = "tests/service/outbound/test_possible_duplicates.py::"
ELSEWHERE: Final[Mapping[int, tuple[str, ...]]] = {
    14: (
        f"{_SEGMENT}test_what_x12_cannot_carry_is_refused_without_being_quoted",
        f"{_SEGMENT}test_what_is_encoded_is_decoded_back",
    ),
    # Letters that fold into a delimiter are among what it is given; nothing is folded, and only ASCII goes out.
    15: (f"{_SEGMENT}test_what_x12_cannot_carry_is_refused_without_being_quoted",),
    28: (_DOORS,),
    29: (_DOORS,),
    32: (
        "tests/cli/test_what_others_wrote.py::test_no_command_lets_a_terminal_obey_what_a_payer_wrote",
        "tests/cli/test_what_others_wrote.py::test_a_mark_that_a_terminal_obeys_is_written_out",
        "tests/architecture/test_house.py::test_whatever_is_printed_passes_the_one_door",
    ),
    33: (
        "tests/e2e/test_demo.py::test_no_patient_is_in_the_log_the_story_or_a_file_name",
        "tests/service/inbound/test_answers.py::test_nothing_of_a_patient_is_in_the_log",
        "tests/cli/test_commands.py::test_patients_data_is_corrected_from_standard_input_and_not_from_the_command_line",
    ),
    38: (
        "tests/service/recovery/test_recover.py::test_f49_an_old_backup_is_restored_and_nothing_is_lost_or_sent_twice",
    ),
    45: (
        f"{_RESEND}test_a_resend_is_the_same_bytes_under_the_same_name_and_keeps_both_people",
        f"{_RESEND}test_the_second_person_is_another_one",
        f"{_RESEND}test_alone_nobody_resends_to_a_partner_that_may_take_it_twice",
    ),
    # Settings are TOML with known keys; a value is read as what its key wants, and nothing in it is run.
    52: ("tests/cli/test_commands.py::test_a_wrong_setting_is_named_with_file_and_key",),
    56: ("tests/cli/test_restore.py::test_f43_no_command_shows_a_traceback_for_a_file_that_is_no_ledger",),
}
"""Tests that cover a threat under a name of their own."""


def covered() -> dict[int, list[str]]:
    """Each threat with its tests: those named test_s16_..., or test_s7_s8_..., and those pointed to."""
    found: dict[int, list[str]] = {threat: list(ELSEWHERE.get(threat, ())) for threat in THREATS}
    for test in every_test():
        named = re.match(r"test_((?:s\d+_)+)", test.rpartition("::")[2])
        for threat in re.findall(r"\d+", named[1]) if named else ():
            found[int(threat)].append(test)
    return found


def test_every_threat_has_a_test_or_waits_for_what_it_threatens() -> None:
    missing = [f"S{threat}" for threat, its in covered().items() if not its and threat not in LATER]
    assert missing == []


def test_what_waits_has_no_test() -> None:
    assert [f"S{threat}" for threat in LATER if covered()[threat]] == []


def test_what_is_pointed_to_is_there() -> None:
    there = set(every_test())
    assert [test for its in ELSEWHERE.values() for test in its if test not in there] == []
