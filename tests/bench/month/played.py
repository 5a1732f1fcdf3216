"""What the payers and their clearinghouses do in the month: a scenario with every word, and a fault of the line each day."""

import random
from typing import Any, Final

import tomlkit

from gateway.simulator.faults import Fault
from gateway.simulator.scenario import Answer, Written

_DENIALS: Final = (
    *("CO 16 N290", "CO 197 M62", "CO 50 N115", "CO 97 M15", "CO 4 N822", "CO 29 N211", "CO 22 MA04"),
    *("CO 27", "CO 31", "CO 109 N418", "CO 16 MA130", "CO 45", "PR 96 N130", "PR 204", "CO 226 M127", "CO 151 N362"),
)
FAULTS: Final = (
    ("cut-upload:4000",),
    ("cut-before-rename",),
    ("cut-after-rename",),
    ("full:100,1",),
    ("quota,1",),
    ("short-write,1",),
    ("wrong-size,1",),
    ("denies-rename,2",),
    ("pretends-rename,1",),
    ("greedy",),
    ("takes-temporary,2",),
    ("overwrites",),
    ("no-rename,2",),
    ("purges-temporary,1",),
    ("drop-box",),
    ("stall-write:5,1",),
    ("stall-close:5,1",),
    ("stall-rename:5,1",),
    ("refuse-login,1",),
    ("other-host-key",),
    ("no-list,2",),
    ("cut-download:900",),
    ("no-archive,5",),
    ("half-answers",),
    ("answers-twice",),
    ("recycles-names",),
    ("spoils-answers,3",),
    ("withholds:835",),
    ("withholds:277+835",),
    ("withholds:ta1+999",),
)
"""What goes wrong on a bad day. Every fault of the simulator is among them."""


def faults_named() -> set[str]:
    return {text.partition(":")[0].partition(",")[0] for day in FAULTS for text in day}


def faults_of_days(days: int, rng: random.Random) -> list[tuple[str, ...]]:
    """Give each day its faults, all of them in turn; in a short month several on one day, some days are good."""
    assert faults_named() == set(Fault), f"not rehearsed: {set(Fault) - faults_named()}"
    some = list(FAULTS)
    rng.shuffle(some)
    return [some[day % len(some)] if day % 6 != 5 else () for day in range(days)]


def scenario(seed: int, rng: random.Random, *, visits: int) -> dict[str, Any]:
    """A scenario in which every answer and every way to write it comes, alone and together.

    Of a short month each entry steers one claim; of a long one a hundredth of those that no earlier entry took.
    """
    answers = [answer for answer in Answer if answer is not Answer.DENIED]
    entries: list[dict[str, Any]] = [{"answer": one.value, "round": rng.choice((1, 1, 2))} for one in answers]
    entries += [{"answer": "denied", "denial": denial} for denial in _DENIALS]
    entries += [{"answer": "paid", "written": [word.value]} for word in Written]
    for _ in range(20):
        written = rng.sample([word.value for word in Written], rng.choice((1, 1, 2, 3)))
        entries.append({"answer": rng.choice(answers).value, "written": written, "round": rng.choice((1, 1, 2, 3))})
    for one in entries:
        if one["answer"] == "taken-back":
            one["parts"] = rng.choice((1, 2, 3))
        if one["answer"] in {"corrected", "corrected-first"}:
            one["percent"] = rng.choice((0, 50, 80))
    if visits < 1000:
        rng.shuffle(entries)
        entries = [one | {"claims": 1} for one in entries[: max(20, visits // 2)]]
    else:
        entries = [one | {"chance": 1} for one in entries]
    return {"seed": seed, "claim": entries}


def with_files(document: dict[str, Any], *, days: int) -> dict[str, Any]:
    """The same with files that are refused whole, and such whose answers are kept back until the month ends."""
    files = [
        {"number": 2, "partner": "northgate", "refused": True},
        {"number": 1, "partner": "westway", "refused": True},
        {"number": max(2, days // 3), "withholds": ["835"]},
        {"number": max(3, days // 2), "partner": "eastlake", "withholds": ["277", "835"]},
        {"number": max(4, days // 2 + 2), "partner": "midland", "withholds": ["ta1", "999"]},
    ]
    return document | {"file": files}


def as_text(document: dict[str, Any]) -> str:
    return tomlkit.dumps(document)
