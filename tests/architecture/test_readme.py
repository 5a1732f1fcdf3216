"""The README is true: its tables are the code's, its commands exist."""

import doctest
import re
import shlex
from pathlib import Path

import click
import pytest

from gateway import delivery, lifecycle
from gateway.cli.face.commands import gateway
from gateway.cli.face.status import EXPLAINED
from gateway.ledger.inbound import INBOUND_EXPLAINED
from gateway.scrub import RULES
from gateway.simulator.faults import Fault
from tests.simulator.promised import row

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_the_two_commands_stand_first() -> None:
    first = README.split("```")[1].split("\n")
    assert [line.split("#")[0].strip() for line in first if line.strip()] == ["./run demo", "./run test"]


def test_each_state_stands_in_the_readme_with_its_meaning_and_what_to_do() -> None:
    for table in (lifecycle.VISIT_EXPLAINED, lifecycle.EXPLAINED, INBOUND_EXPLAINED):
        for state, (meaning, what_to_do) in table.items():
            assert f"| {state} | {meaning} | {what_to_do} |" in README
    for file, told in delivery.EXPLAINED.items():
        assert f"| {file} | {told.means} | {told.owner} | {told.waits} | {told.command} |" in README


def test_each_exit_status_stands_in_the_readme() -> None:
    for status, meaning in EXPLAINED.items():
        assert f"| {int(status)} | {meaning} |" in README


def test_the_faults_that_can_be_rehearsed_stand_in_the_readme_with_what_comes_of_each() -> None:
    told = README.split("<!-- faults:")[1].split("<!-- end of faults -->")[0]
    assert [line for line in told.splitlines() if line.startswith("| `") and "`--fault`" not in line] == [
        row(fault) for fault in Fault
    ]


def test_the_number_of_rules_is_right() -> None:
    assert {int(number) for number in re.findall(r"\b(\d+) rules", README)} == {len(RULES)}


def commands() -> list[str]:
    """Every gateway command that the README tells people to type, with its options."""
    blocks = re.findall(r"```\n(.*?)```", README, re.DOTALL)
    typed = [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]
    typed += re.findall(r"`((?:gateway|\./run) [^`]+)`", README)
    return [line for line in typed if line.startswith(("gateway ", "./run "))]


@pytest.mark.parametrize("line", commands())
def test_each_command_of_the_readme_exists_with_its_options(line: str) -> None:
    _, *words = shlex.split(line)
    if line.startswith("./run") and (words[0] in {"test", "bench", "gates"} or words == ["demo"]):
        return
    command: click.Command = gateway
    context = click.Context(gateway)
    while words:
        word = words.pop(0)
        options = {name: option for option in command.params for name in option.opts}
        if word.startswith("-"):
            if word == "--help":
                continue
            assert word in options, f"{word} is no option of {command.name}"
            option = options[word]
            if isinstance(option, click.Option) and not option.is_flag:
                words.pop(0)
        elif isinstance(command, click.Group):
            found = command.get_command(context, word)
            assert found is not None, f"{word} is no command of {command.name}"
            command = found
    assert not isinstance(command, click.Group) or line.endswith("--help")


def every_command(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    found = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            found += every_command(command, (*path, name))
        else:
            found.append(((*path, name), command))
    return found


@pytest.mark.parametrize(
    ("path", "command"), every_command(gateway), ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_each_command_has_an_example_and_says_what_it_does(path: tuple[str, ...], command: click.Command) -> None:
    assert command.help
    assert (command.epilog or "").startswith("Example: gateway"), path
    assert all(option.help for option in command.params if isinstance(option, click.Option)), path


def test_the_examples_in_python_print_what_the_readme_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])
    examples = "\n\n".join(block for block in README.split("```") if block.lstrip().startswith(">>>"))
    test = doctest.DocTestParser().get_doctest(examples, {}, "README.md", "README.md", 0)
    assert len(test.examples) >= 4
    said: list[str] = []
    doctest.DocTestRunner().run(test, out=said.append)
    assert not said, "".join(said)
