import os
import shlex
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from gateway.errors import ConfigError
from gateway.transport.secret import _printed, read_key, read_secret

WHERE = "partner acme, mailbox password"
NOT_TO_BE_SHOWN = "c2VjcmV0"


def kept(path: Path, body: str | bytes, mode: int = 0o600) -> str:
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    path.chmod(mode)
    return f"file:{path}"


def printing(program: str) -> str:
    return f"cmd:{shlex.join([sys.executable, '-c', program])}"


def refused(reference: str, **environment: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read_secret(reference, where=WHERE, environment=environment)
    said = str(caught.value)
    assert said.startswith(WHERE)
    assert NOT_TO_BE_SHOWN not in said
    assert NOT_TO_BE_SHOWN not in repr(caught.value.__cause__)
    return said


def test_a_variable_a_file_and_a_program_each_give_one_line_without_its_end(tmp_path: Path) -> None:
    assert read_secret("env:ACME", where=WHERE, environment={"ACME": "a b"}) == "a b"
    assert read_secret(kept(tmp_path / "x", "a b\r\n"), where=WHERE, environment={}) == "a b"
    assert read_secret(printing("print('a b')"), where=WHERE, environment={}) == "a b"


def test_a_key_is_the_text_of_a_file_that_a_variable_may_name_or_what_a_program_prints(tmp_path: Path) -> None:
    reference = kept(tmp_path / "key", "one\ntwo\n")
    by_name = {"ACME_KEY": str(tmp_path / "key")}
    for each, environment in ((reference, {}), ("env:ACME_KEY", by_name), (printing("print('one\\ntwo')"), {})):
        assert read_key(each, where=WHERE, environment=environment) == "one\ntwo\n"


@pytest.mark.parametrize("reference", ["", "file:", "env:", "cmd:", NOT_TO_BE_SHOWN, f"vault:{NOT_TO_BE_SHOWN}"])
def test_s49_what_is_no_reference_is_refused_and_not_shown(reference: str) -> None:
    assert "never the secret itself" in refused(reference)


def test_a_key_pasted_in_place_of_its_path_is_not_shown() -> None:
    with pytest.raises(ConfigError) as caught:
        read_key("env:KEY", where=WHERE, environment={"KEY": f"-----BEGIN OPENSSH PRIVATE KEY-----{NOT_TO_BE_SHOWN}"})
    assert NOT_TO_BE_SHOWN not in str(caught.value)


def test_a_variable_that_is_not_set_is_named() -> None:
    assert "environment variable ACME is not set" in refused("env:ACME")


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o610])
def test_s49_a_file_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    assert f"{mode:04o}" in refused(kept(tmp_path / "key", NOT_TO_BE_SHOWN, mode))


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_file_that_is_its_owners_alone_is_read(tmp_path: Path, mode: int) -> None:
    assert read_secret(kept(tmp_path / "key", "secret", mode), where=WHERE, environment={}) == "secret"


def test_an_absent_file_a_folder_a_fifo_and_a_relative_path_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo", 0o600)
    assert "cannot be opened" in refused(f"file:{tmp_path / 'absent'}")
    assert "is not a file" in refused(f"file:{tmp_path}")
    assert "is not a file" in refused(f"file:{tmp_path / 'fifo'}")
    assert "relative" in refused("file:keys/acme")


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        (b"", "nothing"),
        (b"\n", "nothing"),
        (f"{NOT_TO_BE_SHOWN}\nx".encode(), "more than one line"),
        (b"\xff" + NOT_TO_BE_SHOWN.encode(), "does not give text"),
        (NOT_TO_BE_SHOWN.encode() * 20_000, "more than 65536 bytes"),
    ],
)
def test_what_is_no_single_line_of_text_is_refused(tmp_path: Path, body: bytes, seen: str) -> None:
    assert seen in refused(kept(tmp_path / "x", body))


def test_a_program_that_fails_is_named_and_nothing_that_it_printed_is_shown(capfd: pytest.CaptureFixture[str]) -> None:
    told = "import sys; w = 'c2Vj' + 'cmV0'; print(w); print(w, file=sys.stderr); sys.exit(3)"
    reference = printing(told)
    said = refused(reference)
    assert reference in said
    assert "failed with status 3" in said
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("reference", ["cmd:/no/such/program", "cmd:'", "cmd: "])
def test_a_program_that_cannot_be_started_is_refused(reference: str) -> None:
    assert "cannot be started" in refused(reference)


def test_there_is_no_shell() -> None:
    assert read_secret("cmd:echo $HOME; true", where=WHERE, environment={}) == "$HOME; true"


def test_a_program_that_prints_without_end_is_stopped() -> None:
    assert "more than 65536 bytes" in refused(printing("while True: print('y' * 1000)"))


def living(mark: str) -> list[str]:
    """Processes with the mark in their command line that have not ended; a dead one has no command line left."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if mark.encode() in path.read_bytes():
                found.append(path.parent.name)
    return found


@pytest.mark.parametrize("program", ["import signal; signal.pause()", "import os, signal; os.close(1); signal.pause()"])
def test_a_program_that_does_not_end_is_stopped_with_all_that_it_started(tmp_path: Path, program: str) -> None:
    mark = tmp_path.name
    with pytest.raises(ConfigError, match=r"did not end within 0\.5 seconds"):
        _printed(printing(f"import os; os.fork(); {program} # {mark}").removeprefix("cmd:"), WHERE, seconds=0.5)
    until = time.monotonic() + 30
    while living(mark) and time.monotonic() < until:
        os.sched_yield()
    assert living(mark) == []
