"""gateway demo money: what becomes of money that does not come as it should, told with the commands that a biller types.

Each command that is told is run, by the command line's own entry, in the demo's home; nothing of what it says is written here.
"""

from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from shlex import quote
from typing import Final

from gateway.cli.face.place import Place
from gateway.cli.face.run import run
from gateway.cli.face.say import say
from gateway.desk import ItemKind
from gateway.money import shown
from gateway.service.money.reconcile import Reconciled, reconcile
from gateway.service.office import Office
from gateway.service.setup.establish import register
from gateway.service.setup.rehearsal_folder import BILLER, remember
from gateway.service.setup.rehearse import SAMPLE_TODAY, home_in, stage
from gateway.service.views.desk import DESK
from gateway.service.views.lists import Request, rows
from gateway.service.views.log import log_end
from gateway.settings import SAMPLES_SHIPPED, load
from gateway.simulator.simulator import Simulator

FILE: Final = "elm_northgate_000000001.837"
"""The first file of the sample practice to its clearinghouse."""

_CORRECTED, _TAKEN_BACK, _DENIED, _FOREIGN = "RR-2602", "RR-2603", "RR-2607", "RR-2610"
_SHOWN_MAX: Final = 12
_WELL: Final = (0, 1)
"""Done; done, and something needs a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """How it ended. `failed` are the commands that did not do what they were asked to."""

    reconciled: Reconciled
    open_on_desk: int
    failed: tuple[str, ...]
    home: Path
    today: date


def play(folder: Path, *, pinned: date | None, quiet: bool) -> Played:
    """Play it in `folder`, wiping an earlier demo. Raises UsageError if something else is in it."""
    scenario = SAMPLES_SHIPPED / "simulator" / "money.toml"
    with _silence(quiet), stage(folder, is_open=True, scenario=scenario, tell=_headline) as simulator:
        home = home_in(folder)
        place = Place(home=home, pinned=pinned or SAMPLE_TODAY)
        settings = load(home)
        register(settings, place.clock(settings.practice.zone))
        story = _Story(place, simulator)
        story.tell()
        with story.office() as office:
            reconciled = reconcile(office)
            on_desk = rows(office, DESK, Request(filter="state:open")).rows
            remember(folder, home, lines=log_end(office))
        return Played(
            reconciled=reconciled,
            open_on_desk=len(on_desk),
            failed=tuple(story.failed),
            home=home,
            today=story.today,
        )


class _Story:
    """The chapters, one after the other; each day is a round of the payers' answers."""

    def __init__(self, place: Place, simulator: Simulator) -> None:
        self._place = place
        self._simulator = simulator
        self.failed: list[str] = []

    @property
    def today(self) -> date:
        return self._place.pinned or SAMPLE_TODAY

    def tell(self) -> None:
        self._refused_file()
        self._first_answers()
        self._second_answers()
        self._third_answers()
        self._fourth_answers()
        _headline("every dollar is somewhere, and the laws hold")
        self._types("reconcile", most=99)

    def _refused_file(self) -> None:
        visits = SAMPLES_SHIPPED / "visits" / "claims-only.csv"
        _headline(
            "visits become claims, and one file; the clearinghouse refuses it whole, for it does not know the practice yet"
        )
        for words in (("visits", "import", str(visits)), ("scrub", "run"), ("batch", "seal"), ("deliver",)):
            self._types(*words, most=2)
        self._fetch()
        self._types("claims", "list", "state:rejected", "--limit", "2")
        say(
            "Nothing is wrong with the claims. Once the practice is enrolled they are sent again: same content, new numbers."
        )
        self._decides("claims", "resubmit", "--file", FILE, why="enrolled since today", most=3)
        for words in (("batch", "seal"), ("deliver",)):
            self._types(*words, most=2)

    def _first_answers(self) -> None:
        _headline("the payers answer: most is paid, one claim is denied, and one payment names no claim of ours")
        self._fetch()
        self._types("denials", "list")
        self._types("money", "list")
        say("It is never guessed whose it is. A person sees what the payer says, and which claims may be meant:")
        item = self._open_on_desk(ItemKind.STRANGER)
        self._types("money", "show", item, most=99)
        say(
            f"Both are versions of one visit; the other was in the refused file. She places it on what stands of {_FOREIGN}:"
        )
        self._decides("money", "place", item, _FOREIGN, why="the EOB shows patient and day", most=3)

    def _second_answers(self) -> None:
        self._next_day()
        _headline("next day: the denial is paid, a correction comes before its reversal, and a payment is taken back")
        self._fetch()
        say("The denial is closed by the payment, though the payer never took it back; somebody looks once:")
        self._types("denials", "list")
        self._tells(_DENIED)
        say("The correction stands beside the first payment, so one of the two is too much until the reversal comes:")
        self._tells(_CORRECTED)
        say("The take-back was more than that payment, so it is carried forward (PLB FB); it is tied to its claim:")
        self._tells(_TAKEN_BACK)
        self._types("money", "list")

    def _third_answers(self) -> None:
        self._next_day()
        _headline("next day: the reversal follows its correction, and the payer keeps back the first half (PLB WO)")
        self._fetch()
        say("Now the correction alone stands:")
        self._tells(_CORRECTED)
        self._types("money", "list")

    def _fourth_answers(self) -> None:
        self._next_day()
        _headline("next day: the payer keeps back the other half; what was carried forward is closed")
        self._fetch()
        self._types("money", "list")
        self._types("money", "list", "kind:provider_adjustment", "--state", "")
        self._tells(_TAKEN_BACK)

    def _next_day(self) -> None:
        self._place = replace(self._place, pinned=self.today + timedelta(days=1))

    def _fetch(self) -> None:
        # The simulator wakes by itself; asking it makes sure that it is done before we fetch.
        self._simulator.process_now()
        self._types("collect", "--now", most=1)
        self._types("post")

    def _tells(self, visit: str) -> None:
        """Show a claim down to where its money is and what waits for it."""
        self._types("claims", "show", visit, until="timeline")

    def _decides(self, *words: str, why: str, most: int) -> None:
        self._types(*words, "--by", BILLER, "--reason", why, most=most)

    def _types(self, *words: str, most: int = _SHOWN_MAX, until: str = "") -> None:
        """Tell a command, run it, and tell what it said: at most so many lines, or what stands before a word."""
        typed = f"gateway {' '.join(map(quote, words))}"
        say("", f"  $ {typed}")
        said = StringIO()
        with redirect_stdout(said):
            status = run(["--home", str(self._place.home), "--today", str(self.today), *words])
        if status not in _WELL:
            self.failed.append(typed)
        lines = said.getvalue().splitlines()
        if until:
            lines = lines[: next((at for at, line in enumerate(lines) if line.startswith(until)), len(lines))]
        if len(lines) > most + 1:
            lines = [*lines[: most - 1], f"... {len(lines) - most} more lines ...", lines[-1]]
        say(*(f"    {line}" for line in lines))

    def _open_on_desk(self, kind: ItemKind) -> str:
        with self.office() as office:
            found = [one for one in rows(office, DESK, Request(filter="state:open")).rows if one.kind is kind]
        return str(found[0].id)

    @contextmanager
    def office(self) -> Iterator[Office]:
        with self._place.office() as office:
            yield office


@contextmanager
def _silence(quiet: bool) -> Iterator[None]:
    with redirect_stdout(StringIO()) if quiet else _as_it_is():
        yield


@contextmanager
def _as_it_is() -> Iterator[None]:
    yield


def _headline(text: str) -> None:
    say("", text[:1].upper() + text[1:])


def end(played: Played, folder: Path) -> None:
    """Tell where the money is."""
    outcome = played.reconciled
    say("", f"MONEY: {shown(outcome.charged)} charged on claims")
    for name, amount in sorted(outcome.buckets.items(), key=lambda pair: -pair[1]):
        if amount != Decimal(0):
            say(f"  {name:18} {shown(amount):>14}")
    for name, amount in outcome.accounts.items():
        if amount != Decimal(0):
            say(f"  {name:18} {shown(amount):>14}")
    say(f"  on the desk        {shown(outcome.parked):>14}")
    say(f"What was taken back of {_TAKEN_BACK} waits for the payer's next answer; the claim says what to do.")
    say(
        "",
        f"Look around: gateway --home {played.home} --today {played.today} money list --state '' (or remits list, claims list)",
    )
    say(f"Everything is in {folder}; wipe it with: rm -r {folder}")
