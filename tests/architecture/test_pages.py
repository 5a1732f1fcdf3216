"""The README and the pages of docs/ are true: their tables are the code's, their commands and links exist."""

import doctest
import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest

from gateway import delivery, desk, lifecycle
from gateway.cli.face.commands import gateway
from gateway.cli.face.status import EXPLAINED
from gateway.denials.next_step import next_step
from gateway.denials.route import Route
from gateway.ledger.inbound import INBOUND_EXPLAINED
from gateway.listing import Field
from gateway.scrub import RULES
from gateway.service.views.claims import CLAIMS
from gateway.service.views.deliveries import DELIVERIES
from gateway.service.views.denials import DENIALS
from gateway.service.views.desk import DESK
from gateway.service.views.inbox import INBOX
from gateway.service.views.log import LOG
from gateway.service.views.remittances import REMITTANCES
from gateway.service.views.visits import VISITS
from gateway.simulator.faults import Fault
from tests.simulator.promised import row

ROOT = Path(__file__).parents[2]
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
}
README, BILLER, OPERATOR = PAGES["README.md"], PAGES["docs/biller.md"], PAGES["docs/operator.md"]


def rows(page: str, mark: str) -> list[str]:
    """The rows of the tables between a page's marks, without their heads."""
    told = page.split(f"<!-- {mark}:")[1].split(f"<!-- end of {mark} -->", maxsplit=1)[0]
    tables = [block.strip().splitlines() for block in re.split(r"\n\n", told.partition("-->")[2])]
    return [row for table in tables for row in table[2:]]


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 200


def test_the_two_commands_stand_first() -> None:
    first = README.split("```")[1].split("\n")
    assert [line.split("#")[0].strip() for line in first if line.strip()] == ["./run demo", "./run test"]


def test_each_state_stands_in_its_table_with_its_meaning_and_what_to_do() -> None:
    assert rows(BILLER, "states") == [
        *(f"| {state} | {means} | {act} |" for state, (means, act) in lifecycle.VISIT_EXPLAINED.items()),
        *(
            f"| {state} | {means} | {lifecycle.OWNERS[state]} | {act} |"
            for state, (means, act) in lifecycle.EXPLAINED.items()
        ),
    ]
    assert rows(OPERATOR, "states") == [
        *(
            f"| {file} | {it.means} | {it.owner} | {it.waits} | {it.command} |"
            for file, it in delivery.EXPLAINED.items()
        ),
        *(f"| {state} | {means} | {act} |" for state, (means, act) in INBOUND_EXPLAINED.items()),
    ]


def test_each_kind_of_item_on_the_desk_stands_in_its_table() -> None:
    assert rows(BILLER, "kinds") == [
        f"| {kind} | {means} | {act} |" for kind, (means, act) in desk.KIND_EXPLAINED.items()
    ]


def test_each_route_stands_in_its_table_with_what_to_do_and_what_to_type() -> None:
    steps = ((route, next_step(route, visit="VISIT", claim="CLAIM")) for route in Route)
    told = [f"| {route.replace('_', ' ')} | {step.by_hand or '-'} | {step.command} |" for route, step in steps]
    assert rows(BILLER, "routes") == told


def test_each_exit_status_stands_in_its_table() -> None:
    assert rows(OPERATOR, "statuses") == [f"| {int(status)} | {meaning} |" for status, meaning in EXPLAINED.items()]


def test_each_field_of_each_list_stands_in_its_table() -> None:
    listers: dict[str, Any] = {
        "visits list": VISITS,
        "claims list": CLAIMS,
        "denials list": DENIALS,
        "remits list": REMITTANCES,
        "money list": DESK,
        "deliveries list": DELIVERIES,
        "inbox list": INBOX,
        "tail": LOG,
    }
    assert rows(PAGES["docs/lists.md"], "fields") == [
        f"| `gateway {command}` | `{one.name}:` | {one.kind} | {': '.join([one.says, *_words(one)])} |"
        for command, lister in listers.items()
        for one in lister.fields
    ]


def _words(one: Field) -> list[str]:
    return [", ".join(one.choices)] if one.choices else []


def test_the_faults_that_can_be_rehearsed_stand_in_their_table_with_what_comes_of_each() -> None:
    assert rows(OPERATOR, "faults") == [row(fault) for fault in Fault]


def test_the_number_of_rules_is_right() -> None:
    told = [number for page in PAGES.values() for number in re.findall(r"\b(\d+) rules", page)]
    assert {int(number) for number in told} == {len(RULES)}


def anchors(page: str) -> set[str]:
    """What a link may name in a page: its headings, as they are linked to."""
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", PAGES)
def test_each_link_of_a_page_leads_somewhere(name: str) -> None:
    here = ROOT / name
    for link in re.findall(r"\]\(([^)\s]+)\)", PAGES[name]):
        file, _, anchor = link.partition("#")
        there = here.parent / file if file else here
        assert there.is_file(), f"{link}: there is no such file"
        assert not anchor or anchor in anchors(there.read_text(encoding="utf-8")), f"{link}: there is no such heading"


def test_the_readme_leads_to_each_page() -> None:
    assert [page for page in PAGES if page != "README.md" and f"]({page})" not in README] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_begins_with_its_title_and_a_sentence_that_says_what_stands_in_it(name: str) -> None:
    """`gateway docs` lists the pages by it."""
    title, about, *_ = PAGES[name].split("\n\n")
    assert re.fullmatch(r"# .+", title)
    assert re.fullmatch(r"[A-Z][^#|`]+\.", about)


def code(page: str) -> list[str]:
    """What a page shows as code: each line of a block, each span within the text."""
    text, *more = page.split("```\n")
    blocks, texts = more[::2], (text, *more[1::2])
    spans = [span.replace("\n", " ") for text in texts for span in re.findall(r"`([^`]+)`", text)]
    return [line for block in blocks for line in block.splitlines()] + spans


def test_each_place_in_the_checkout_that_a_page_names_is_there() -> None:
    places = {line for page in PAGES.values() for line in code(page)}
    named = [place for place in places if re.fullmatch(r"(config|docs|gateway|samples|tests)/[\w./-]*", place)]
    assert len(named) > 5
    assert [place for place in sorted(named) if not (ROOT / place).exists()] == []


def commands() -> list[str]:
    """Every gateway command that the pages tell people to type, with its options; each once."""
    typed = [line.split(" #")[0].strip().removeprefix("$ ") for page in PAGES.values() for line in code(page)]
    return list(dict.fromkeys(line for line in typed if line.startswith(("gateway ", "./run "))))


@pytest.mark.parametrize("line", commands())
def test_each_command_of_the_pages_exists_with_its_options(line: str) -> None:
    _, *words = shlex.split(line)
    if line.startswith("./run") and (words[0] in {"test", "bench", "build", "gates"} or words == ["demo"]):
        return
    command: click.Command = gateway
    context = click.Context(gateway)
    needed = set[str]()
    while words:
        word = words.pop(0)
        options = {name: option for option in command.params for name in option.opts}
        if word.startswith("-"):
            if word == "--help":
                continue
            assert word in options, f"{word} is no option of {command.name}"
            option = options[word]
            needed.discard(option.opts[0])
            if isinstance(option, click.Option) and not option.is_flag:
                words.pop(0)
        elif isinstance(command, click.Group):
            found = command.get_command(context, word)
            assert found is not None, f"{word} is no command of {command.name}"
            command = found
            needed = {one.opts[0] for one in command.params if isinstance(one, click.Option) and one.required}
    assert not isinstance(command, click.Group) or line.endswith("--help")
    assert not needed, f"{command.name} needs {', '.join(needed)} too"


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


def test_each_command_stands_in_a_page() -> None:
    cells = [line for page in PAGES.values() for line in page.splitlines() if line.startswith("| ")]
    shown = cells + [line for page in PAGES.values() for line in code(page)]
    paths = [" ".join(path) for path, _ in every_command(gateway)]
    assert [path for path in paths if not any(re.search(rf"(^| ){path}\b", line) for line in shown)] == []


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if ">>>" in page])
def test_the_examples_in_python_print_what_the_page_says(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    examples = "\n\n".join(block for block in PAGES[name].split("```") if block.lstrip().startswith(">>>"))
    test = doctest.DocTestParser().get_doctest(examples, {}, name, name, 0)
    assert len(test.examples) >= 4
    said: list[str] = []
    doctest.DocTestRunner().run(test, out=said.append)
    assert not said, "".join(said)
