"""The month as it goes by: each working day visits, scrub, seal, deliver, collect, post, and the persons' work."""

import json
import os
import random
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import IO, Any, Final

from gateway.simulator.journal import Journal
from tests.bench.month import played, visits, world
from tests.bench.month.biller import Biller
from tests.bench.month.clinic import Clinic

FIRST_DAY: Final = date(2026, 10, 5)
_WEEKS_MAX: Final = 13
_TRIES: Final = 4
_NIGHT: Final = 86_400


@dataclass(slots=True)
class Partners:
    """The partners' process of the day, and what was seen of it."""

    folder: Path
    home: Path
    port: int = 0
    fingerprint: str = ""
    faults: Counter[str] = field(default_factory=Counter)
    left: dict[str, Any] = field(default_factory=dict)
    _process: subprocess.Popen[str] | None = None
    _planned: tuple[str, ...] = ("",)

    def open(self, scenario: str, faults: tuple[str, ...]) -> None:
        """Begin a day with these faults of the line; the process goes on where nothing changes."""
        for file in self.folder.glob("state/*/outbound/*"):  # a night has gone by: files are as old as they would be
            told = file.stat()
            os.utime(file, (told.st_atime - _NIGHT, told.st_mtime - _NIGHT))
        if self._process is not None and self._planned == (scenario, *faults):
            return
        self.close()
        self._planned = (scenario, *faults)
        words = [str(self.port), *(str(self.folder / name) for name in ("state", "world", scenario)), str(self.home)]
        command = [sys.executable, "-m", "tests.bench.month.partners", *words, *faults]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        begun = self._reads()
        if not self.port:
            self.fingerprint = begun["fingerprint"]
        self.port = begun["port"]

    def answer(self) -> bool:
        """Have them answer what came in; give whether anything lies in an outbox or is still to be said."""
        assert self._process is not None
        stdin: IO[str] | None = self._process.stdin
        assert stdin is not None
        stdin.write("\n")
        stdin.flush()
        self.left = self._reads()
        self.faults.update(text.split()[1].rstrip(":") for text in self.left["struck"])
        return bool(self.left["out"] or self.left["later"])

    def close(self) -> None:
        if self._process is not None:
            self.answer()
            self._process.communicate()
            self._process = None

    def _reads(self) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the partners' process has ended"
        told: dict[str, Any] = json.loads(line)
        return told


@dataclass(slots=True)
class Month:
    """A month played to its end.

    days   working days on which the clinic worked
    """

    folder: Path
    clinic: Clinic
    partners: Partners
    biller: Biller
    export: visits.Export
    days: int = 0


def play(folder: Path, *, count: int, seed: int, days: int, kills: int, tell: Any) -> Month:
    """Play a month of so many visits in an empty folder. `tell` is told how far it has come."""
    rng = random.Random(seed)
    when = visits.working_days(FIRST_DAY, days + 5 * _WEEKS_MAX)
    month = _begun(folder, count, seed, when[:days], rng)
    document = played.scenario(seed, rng, visits=count)
    for name, some in (("month.toml", played.with_files(document, days=days)), ("end.toml", document)):
        (folder / name).write_text(played.as_text(some), encoding="utf-8")
    faults = played.faults_of_days(days, rng)
    doomed = _doomed(days, kills, rng)
    for number, day in enumerate(when[:days]):
        month.clinic.today = day
        month.partners.open("month.toml", faults[number])
        _day(month, number, doomed[number], is_bad=bool(faults[number]))
        tell(f"day {number + 1} of {days}, {day}: faults {', '.join(faults[number]) or 'none'}")
    _portal(month)
    _rest(month, when[days:], days, tell)
    month.partners.close()
    return month


def _begun(folder: Path, count: int, seed: int, days: list[date], rng: random.Random) -> Month:
    home = folder / "clinic"
    export = visits.export(count, rng, days)
    world.make_world(folder / "world", members=export.members)
    (folder / "month.toml").write_text(played.as_text(played.scenario(seed, random.Random(seed), visits=count)))
    world.make_home(home, port=1)
    partners = Partners(folder, home)
    partners.open("month.toml", ())
    for path in (home / "partners").glob("*.toml"):
        path.write_text(path.read_text().replace("port = 1\n", f"port = {partners.port}\n"))
    world.pin(home, partners.fingerprint)
    clinic = Clinic(home=home, today=days[0], rng=random.Random(seed + 1), seed=seed)
    assert clinic.types("init").status == 0
    biller = Biller(clinic=clinic, export=export, seed=seed, partners=folder / "state")
    return Month(folder, clinic, partners, biller, export)


_STEPS: Final = ("visits", "scrub", "batch", "deliver", "collect", "post")


def _doomed(days: int, kills: int, rng: random.Random) -> list[Counter[str]]:
    """Draw how often which step of which day is killed."""
    found: list[Counter[str]] = [Counter() for _ in range(days)]
    for number in range(kills):
        found[rng.randrange(days)][_STEPS[number % len(_STEPS)]] += 1
    return found


def _day(month: Month, number: int, doomed: Counter[str], *, is_bad: bool) -> None:
    clinic = month.clinic
    file = month.folder / f"export-{number:03}.json"
    file.write_text(visits.as_file(month.export.of_day(number)), encoding="utf-8")
    _step(month, doomed, "visits", "import", str(file))
    if number % 7 == 3:
        clinic.types("visits", "import", str(file))  # the same file twice changes nothing
    _step(month, doomed, "scrub", "run")
    _step(month, doomed, "batch", "seal")
    if number % 6 == 4:
        month.biller.carries_by_hand(uploads=number % 12 == 4)
    _deliver(month, doomed)
    _collect(month, doomed, is_bad=is_bad)
    month.biller.works(number)
    month.days += 1


def _step(month: Month, doomed: Counter[str], *words: str) -> int:
    """Type a command, killed as often as is planned, and then once more."""
    for _ in range(3 * doomed[words[0]]):
        if not doomed[words[0]]:
            break
        doomed[words[0]] -= month.clinic.types_mortally(*words)
    return month.clinic.types(*words).status


def _deliver(month: Month, doomed: Counter[str]) -> None:
    """Deliver until nothing is left that can go today, as cron does, with what a person does about a partner's no."""
    for _ in range(_TRIES):
        status = _step(month, doomed, "deliver", "--now")
        month.partners.answer()
        if status == 0:
            return
        month.biller.mailboxes()


def _collect(month: Month, doomed: Counter[str], *, is_bad: bool) -> None:
    for _ in range(_TRIES if is_bad else 2):
        status = _step(month, doomed, "collect", "--now")
        if status == 4:
            month.biller.mailboxes()
        month.partners.answer()
    _step(month, doomed, "post")


def _portal(month: Month) -> None:
    """Of what was kept back all month a person takes one 835 from each portal; the partners send it too, later."""
    journal = Journal(month.folder / "state" / "journal")
    for name in world.PARTNERS:
        box = month.folder / "state" / name
        seen = {path.read_bytes() for folder in ("outbound", "archive") for path in (box / folder).iterdir()}
        for record in journal.records:
            kept = [one for one in record.answers.files if one.kind == "835" and one.body not in seen]
            if record.partner == name and kept:
                month.biller.downloads(name, kept[0].name, kept[0].body, month.folder)
                break


def _rest(month: Month, when: list[date], begun: int, tell: Any) -> None:
    """Go on, without new visits, until the payers have said everything and nobody does anything more."""
    quiet, patience = 0, min(12, begun)
    for number, day in enumerate(when, start=begun):
        month.clinic.today = day
        month.partners.open("end.toml", ())
        if number == begun:
            month.biller.check_partners()
        before = sum(month.biller.did.values())
        none = Counter[str]()
        for words in (("scrub", "run"), ("batch", "seal")):
            _step(month, none, *words)
        _deliver(month, none)
        left = month.partners.answer()
        _collect(month, none, is_bad=False)
        if number == begun + patience:
            month.biller.types_paper(iter(month.biller._lists("claims", "claims", "list", "state:accepted")), 3)
        month.biller.works(number)
        month.days += 1
        did = sum(month.biller.did.values()) - before
        quiet = quiet + 1 if not left and not did and number > begun + patience else 0
        if quiet >= 3:
            break
    tell(f"{month.days} working days in all, until {month.clinic.today}: {month.partners.left}")
