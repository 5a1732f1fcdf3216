"""Benchmarks, run by hand: `./run bench`. Nothing here is an assertion; figures are printed as ratios against a peer.

The peer is pyx12, the only open validator of these guides, measured in the same run on the same bytes. The floor is what
Python's own `split` costs on them. Each figure is the median of several runs of CPU seconds.
"""

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from gateway.batch import Batch
from gateway.billing import draft
from gateway.claim import Claim
from gateway.edi.checking.second_opinion import opinion
from gateway.edi.read.inbound_file import read_answers
from gateway.edi.write import professional
from gateway.partner import TradingPartner
from gateway.people import Practice
from gateway.remit import balance
from gateway.remittance import Remittance
from gateway.scrub import Case, scrub
from gateway.settings import load
from gateway.simulator.clearinghouse import answers_to
from gateway.simulator.documents import load_world
from gateway.simulator.memory import History
from tests.bench import delivery, ledger, matching, mutants, schedule, scrubbing, upgrade, x12
from tests.bench.month import __main__ as month
from tests.intake.files import read_visits
from tests.people import claim

ROOT = Path(__file__).parents[2]
RUNS = 3


def seconds(work: Callable[[], object]) -> float:
    """Median CPU seconds of a piece of work."""
    taken = []
    for _ in range(RUNS):
        begin = time.process_time()
        work()
        taken.append(time.process_time() - begin)
    return statistics.median(taken)


def row(what: str, number: int, unit: str, taken: float, beside: str = "") -> None:
    print(f"{what:34} {number / taken:12,.0f} {unit}/s  {beside}")  # noqa: T201 a benchmark prints


def main(claims_wanted: int) -> None:
    settings = load(ROOT / "config")
    partner, practice = settings.partner("northgate"), settings.practice
    raw = (ROOT / "samples" / "visits" / "clinic.json").read_bytes()
    intake = read_visits("clinic.json", raw)
    print(f"{claims_wanted} claims, {len(intake.taken)} visits; median of {RUNS} runs, CPU seconds")  # noqa: T201

    taken = seconds(lambda: read_visits("clinic.json", raw))
    row("visits taken in (JSON)", len(intake.taken), "visits", taken)

    today = intake.taken[0].visit.day

    def scrub_all() -> None:
        for one in intake.taken:
            payer = settings.payer(one.visit.coverage.payer_id)
            others = tuple(settings.payer(each.payer_id) for each in one.visit.coverages[1:])
            scrub(
                Case(
                    visit=one.visit,
                    draft=draft(one.visit, payer),
                    payer=payer,
                    other_policies=others,
                    practice=practice,
                    today=today,
                )
            )

    row("visits scrubbed", len(intake.taken), "visits", seconds(scrub_all))

    claims = tuple(
        replace(
            claim(f"B{n:012d}"),
            lines=tuple(replace(line, control=f"B{n:012d}{line.control}") for line in claim().lines),
        )
        for n in range(claims_wanted)
    )
    sent = batch_of(practice, partner, claims)
    written = professional.write(sent)
    row("837P written", claims_wanted, "claims", seconds(lambda: professional.write(sent)))
    peer = seconds(lambda: opinion(written))
    row("837P judged by pyx12", claims_wanted, "claims", peer, "the peer; its verdict is taken before sealing")

    world = load_world(ROOT / "samples" / "simulator", open_mode=True)
    answers = answers_to(written, world=world, history=History(), partner="northgate")
    remittance = next(file.body for file in answers.files if file.name.endswith(".835"))
    reading = seconds(lambda: read_and_balance(remittance))
    judged = seconds(lambda: opinion(remittance))
    floor = seconds(lambda: [part.split("*") for part in remittance.decode().split("~")])
    beside = f"{judged / reading:.1f} times pyx12's speed, {reading / floor:.0f} times the floor's cost (split)"
    row("835 read typed and balanced", claims_wanted, "payments", reading, beside)


def read_and_balance(raw: bytes) -> None:
    for answer in read_answers(raw):
        if isinstance(answer.what, Remittance):
            balance.check(answer.what)


def batch_of(practice: Practice, partner: TradingPartner, claims: tuple[Claim, ...]) -> Batch:
    at = datetime(2026, 11, 16, 12, tzinfo=UTC)
    return Batch(practice=practice, partner=partner, claims=claims, interchange=1, group=1, reference="1", at=at)


if __name__ == "__main__":
    if sys.argv[1:2] == ["delivery"]:
        sys.exit(delivery.main(*map(int, sys.argv[2:])))
    if sys.argv[1:2] == ["x12"]:
        sys.exit(x12.main(*map(int, sys.argv[2:])))
    if sys.argv[1:2] == ["ledger"]:
        sys.exit(ledger.main(sys.argv[2:]))
    if sys.argv[1:2] == ["upgrade"]:
        sys.exit(upgrade.main(sys.argv[2:]))
    if sys.argv[1:2] == ["matching"]:
        sys.exit(matching.main(sys.argv[2:]))
    if sys.argv[1:2] == ["scrub"]:
        sys.exit(scrubbing.main(sys.argv[2:]))
    if sys.argv[1:2] == ["mutants"]:
        sys.exit(mutants.main(sys.argv[2:]))
    if sys.argv[1:2] == ["schedule"]:
        sys.exit(schedule.main(sys.argv[2:]))
    if sys.argv[1:2] == ["month"]:
        sys.exit(month.main(sys.argv[2:]))
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
