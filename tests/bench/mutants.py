"""`./run bench mutants [--seed N] [--sample NUMBER] [--resume FILE] [--again]`: how well the tests watch posting and matching.

Draws mutants of `gateway/remit/`, `gateway/service/money/` and `gateway/service/desk/` (mutants_made.py), runs the tests that come
by each (mutants_tried.py), and prints how many were killed, of each room and in all, and every survivor with what it changes. Some
survivors change nothing that anybody could see; those that were looked at are named with the reason in `equal_mutants.json`,
and count as survivors all the same.

`mutmut run` itself draws no sample, and knows of the tests only which function each comes by; here it makes the mutants only.

--seed N       which sample; 1 if not given
--sample N     how many; 400 if not given
--resume FILE  go on with the results of an earlier run: what was killed is not tried again, nor what survived every test
--again        with --resume: what survived is tried again, as after new tests; but not what is named as changing nothing
--seconds N    how long a mutant is tried before the others have had their turn (20)

Results are written as they come to FILE, else to `mutants/seed-N.jsonl`, beside what each test comes by.
"""

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any, Final

from tests.bench.mutants_made import ROOT, Mutant, sample
from tests.bench.mutants_tried import Trials, Tried, run

_EQUAL: Final = Path(__file__).with_name("equal_mutants.json")


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 a benchmark prints


def main(arguments: list[str]) -> int:
    asked = _asked(arguments)
    mutants, population = sample(asked.seed, asked.sample)
    say(f"{len(mutants)} of {population} mutants, seed {asked.seed}")
    file = asked.resume or ROOT / "mutants" / f"seed-{asked.seed}.jsonl"
    file.parent.mkdir(exist_ok=True)
    known = _read(file) if asked.resume and file.exists() else {}
    equal: dict[str, str] = json.loads(_EQUAL.read_text())
    is_over = {key for key, one in known.items() if one.is_killed or (one.whole and not asked.again) or key in equal}
    fared = {one.key: known[one.key] for one in mutants if one.key in is_over}
    with file.open("a" if asked.resume else "w") as kept:

        def tell(mutant: Mutant, done: Tried) -> None:
            fared[mutant.key] = done
            kept.write(json.dumps(done._asdict()) + "\n")
            kept.flush()
            where = f"{mutant.file}:{mutant.lines[0]} {mutant.function}"
            say(f"{len(fared)}/{len(mutants)} {done.outcome} {done.seconds:.1f}s {where} {done.by}")

        left = [one for one in mutants if one.key not in is_over]
        trials = Trials(left, file.with_suffix(".reach.json"), asked.seconds, tell)
        for one in mutants:
            if one.key in is_over and fared[one.key].is_killed:
                trials.learn(one.function, fared[one.key].by)
        if left:
            run(trials)
    report(mutants, fared, equal)
    return 0


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench mutants")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sample", type=int, default=400)
    parser.add_argument("--resume", type=Path)
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--seconds", type=float, default=20.0)
    return parser.parse_args(arguments)


def _read(file: Path) -> dict[str, Tried]:
    """Give how each fared at last."""
    lines: list[dict[str, Any]] = [json.loads(line) for line in file.read_text().splitlines()]
    return {line["key"]: Tried(**line) for line in lines}


def report(mutants: list[Mutant], fared: dict[str, Tried], equal: dict[str, str]) -> None:
    """Print who survived, and how many were killed. `equal` says of some by key why they change nothing to be seen."""
    survivors = [one for one in mutants if not fared[one.key].is_killed]
    for one in survivors:
        say(f"\n{fared[one.key].outcome} {one.key} {one.file}:{one.lines[0]} {one.function}")
        say("\n".join(one.diff[1:]))
        if one.key in equal:
            say(f"  changes nothing to be seen: {equal[one.key]}")
    drawn, lived = (Counter(Path(one.file).parent.as_posix() for one in some) for some in (mutants, survivors))
    say("")
    for room in sorted(drawn):
        say(f"{room:24} {drawn[room] - lived[room]:4} of {drawn[room]:4} killed")
    killed = len(mutants) - len(survivors)
    named = sum(one.key in equal for one in survivors)
    timeouts = sum(fared[one.key].outcome == "timeout" for one in mutants)
    say(f"{killed} of {len(mutants)} killed ({100 * killed / len(mutants):.1f} %), {timeouts} of them by running on;")
    say(f"of the {len(survivors)} that survive {named} change nothing to be seen")
