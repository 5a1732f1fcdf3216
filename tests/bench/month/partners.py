"""The partners of the month in a process of their own, told by lines what to do: a clinic's killed process is never theirs.

`python -m tests.bench.month.partners PORT STATE WORLD SCENARIO HOME FAULT...`; PORT 0 picks a free one. It says its port and
fingerprint, and then, for each line that it reads, what is left: how many answers lie in the outboxes, and how many are still
to be said. It ends with its input.
"""

import json
import sys
from pathlib import Path
from typing import Any

from gateway.simulator.faults import all_planned
from gateway.simulator.simulator import Simulator
from tests.bench.month.world import PARTNERS


def _told(some: dict[str, Any]) -> None:
    sys.stdout.write(f"{json.dumps(some)}\n")
    sys.stdout.flush()


def main(arguments: list[str]) -> int:
    port, state, world, scenario, home, *faults = arguments
    struck: list[str] = []
    with Simulator(
        Path(state),
        Path(world),
        port=int(port),
        is_open=True,
        partners=PARTNERS,
        scenario=Path(scenario),
        faults=all_planned(faults),
        tell=struck.append,
    ) as simulator:
        for name in PARTNERS:
            simulator.authorize(name, (Path(home) / "keys" / f"{name}.pub").read_text(encoding="ascii"))
        _told({"port": simulator.port, "fingerprint": simulator.fingerprint})
        for _ in sys.stdin:
            simulator.process_now()
            history = simulator._mailroom.journal.history
            out = sum(1 for name in PARTNERS for _ in (Path(state) / name / "outbound").iterdir())
            later = sum(len(history.later(name)) for name in PARTNERS)
            _told({"out": out, "later": later, "struck": struck, "trouble": simulator.trouble})
            struck.clear()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
