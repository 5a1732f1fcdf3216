"""The partner's side of a run: a folder of the SFTP server, and what arrived there."""

import os
import random
import select
import signal
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

FINAL, TEMPORARY = ".837", ".part"
_LOOKS_EVERY_SECONDS = (0.0, 0.0005, 0.004)


@dataclass(frozen=True, slots=True)
class PartnerFolder:
    """`outbound` is where we put files, `taken` where a greedy partner takes them as soon as they have a final name."""

    outbound: Path
    taken: Path

    def make(self) -> None:
        self.outbound.mkdir(parents=True)
        self.taken.mkdir(parents=True)
        self.answers.mkdir()

    @property
    def answers(self) -> Path:
        """Where a partner puts what it has for us, if it has anything."""
        return self.outbound.with_name("inbound")

    def arrived(self) -> list[Path]:
        """Give every file that ever had a final name. One that arrived twice is here twice, if it was taken between."""
        return sorted([*self.taken.iterdir(), *self.outbound.glob(f"*{FINAL}")])

    def strays(self, finals: set[str]) -> list[str]:
        """Give the names that are neither a sealed file's nor that of one of its temporary files."""
        kept = (path.name for path in self.outbound.iterdir())
        taken = (path.name.partition(" ")[2] for path in self.taken.iterdir())
        return sorted(
            name
            for name in (*kept, *taken)
            if name not in finals
            and not (name.endswith(TEMPORARY) and name.removesuffix(TEMPORARY).rpartition(".")[0] in finals)
        )


def claims_in(body: bytes) -> Counter[str]:
    """Count the claims of an 837P by their control numbers (CLM01), without our own reader."""
    return Counter(part.split(b"*")[1].decode() for part in body.split(b"~") if part.strip().startswith(b"CLM*"))


def start_greedy(folder: PartnerFolder, rng: random.Random) -> int:
    """Start a process that takes files away, at once or some milliseconds later. Gives its id; kill it when done."""
    process = os.fork()
    if process:
        return process
    number = 0
    while True:
        for path in folder.outbound.glob(f"*{FINAL}"):
            number += 1
            with suppress(FileNotFoundError):
                path.rename(folder.taken / f"{number:04d} {path.name}")
        # The partner's habit, not a synchronisation: how long it looks away decides what our probe gets to see.
        select.select([], [], [], rng.choice(_LOOKS_EVERY_SECONDS))


def stop(process: int) -> None:
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
