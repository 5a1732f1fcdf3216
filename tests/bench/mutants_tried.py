"""Mutants tried, each in a process of its own that is forked once all tests are collected and all modules imported.

Before that every test is run once without a fault, and which lines of which module it came by is kept: a mutant is tried by
those tests only that come by its statement, with those first that have killed others of its function, then new ones, then the
quick ones, one of each kind before the second of any. The first that fails ends it. One that runs on and on is killed as well.
"""

import importlib
import json
import os
import re
import resource
import shutil
import signal
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple, NoReturn

import coverage
import pytest
from coverage.exceptions import CoverageWarning

from tests.bench import mutants_made
from tests.bench.mutants_made import ROOT, Mutant

NEAR: Final = ("tests/remit", "tests/service/desk", "tests/service/money")
WIDE: Final = (
    *NEAR,
    "tests/service/claims",
    "tests/service/inbound/test_by_hand.py",
    "tests/service/inbound/test_enter.py",
    "tests/service/inbound/test_post_sets.py",
    "tests/service/recovery/test_stored_money.py",
    "tests/properties/test_money_laws.py",
)
"""Tests that run in this process: what they start as a process of its own would be without the fault."""
_LEFT_OUT: Final = re.compile("postgresql|killed")
"""They take minutes, and the same is asked of SQLite, and of processes that are left alive."""
_QUICK_SECONDS: Final = 1.0
"""Slower tests come last."""
_NEAR_SECONDS: Final = 20.0
"""As long as this a mutant is tried at first; those who survive it are tried by all the rest when every mutant had its turn."""
_ORDERS_MAX: Final = 2
"""In so many orders the answers of one case are tried."""
_LIMIT_BYTES: Final = 4 << 30


class Tried(NamedTuple):
    """How a mutant fared.

    outcome  killed, timeout, survived, or unreached where no test comes by it
    by       the test that killed it
    whole    all tests that come by it were run, or one killed it
    """

    key: str
    outcome: str
    by: str
    seconds: float
    whole: bool

    @property
    def is_killed(self) -> bool:
        return self.outcome in {"killed", "timeout"}


@dataclass
class Reach:
    """Where a test comes by: by module, the lines; and how long it takes. `digest` is of the file that it stands in."""

    digest: str
    seconds: float = 0
    lines: dict[str, list[int]] = field(default_factory=dict)

    def comes_by(self, mutant: Mutant) -> bool:
        first, last = mutant.lines
        return any(first <= line <= last for line in self.lines.get(mutant.file, ()))


class Trials:
    """A pytest plugin in the place of its loop: measures, then tries.

    tell  is told how each mutant fared, once or twice
    """

    def __init__(
        self, mutants: Sequence[Mutant], known: Path, seconds: float, tell: Callable[[Mutant, Tried], None]
    ) -> None:
        self.mutants = mutants
        self.known = known
        self.near_seconds = seconds
        self.tell = tell
        self.failed: list[str] = []
        self.kills: Counter[tuple[str, str]] = Counter()
        self.reach: dict[str, Reach] = {}
        self.items: dict[str, pytest.Item] = {}
        self.new: set[str] = set()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        # One that is expected to fail tells nothing when it does.
        able = [one for one in items if not one.get_closest_marker("xfail") and _LEFT_OUT.search(one.name) is None]
        items.clear()
        kinds: Counter[str] = Counter()
        for one in able:
            kinds[_kind(one.nodeid)] += 1
            if kinds[_kind(one.nodeid)] <= _ORDERS_MAX:
                items.append(one)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(f"{report.nodeid} {report.when}\n{report.longreprtext}")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.items = {one.nodeid: one for one in session.items}
        for file in mutants_made.files():
            importlib.import_module(file.removesuffix(".py").replace("/", "."))
        self._measure(session)
        room = session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        left = [(mutant, rest) for mutant in self.mutants if (rest := self._try_first(mutant, room))]
        for mutant, rest in left:
            self._try_all(mutant, rest, room)
        return True

    def learn(self, function: str, test: str) -> None:
        """Keep that a test has killed a mutant of a function."""
        self.kills[function, test] += 1

    # What each test comes by.

    def _measure(self, session: pytest.Session) -> None:
        digest = _digest(path for path in _sources() if not path.name.startswith("test_"))
        of_file = {path: _digest([path]) for path in {one.path for one in session.items}}
        kept = json.loads(self.known.read_text()) if self.known.exists() else {}
        self.new = {one.nodeid for one in session.items} - set(kept.get("tests", {})) if kept else set()
        if kept.get("digest") == digest:
            found = {name: Reach(**one) for name, one in kept["tests"].items()}
            self.reach = {
                one.nodeid: found[one.nodeid]
                for one in session.items
                if one.nodeid in found and found[one.nodeid].digest == of_file[one.path]
            }
        new = [one for one in session.items if one.nodeid not in self.reach]
        if new:
            self._run(new, next(one for one in session.items if one.path != new[-1].path), of_file)
        if self.failed:
            raise pytest.UsageError(f"without any fault these fail:\n{self.failed[0]}\n({len(self.failed)} in all)")
        tests = {name: asdict(one) for name, one in self.reach.items()}
        self.known.write_text(json.dumps({"digest": digest, "tests": tests}))

    def _run(self, items: list[pytest.Item], stranger: pytest.Item, of_file: dict[Path, str]) -> None:
        """Run tests without a fault.

        After the last one comes, as far as pytest knows, one of another module: what a module's tests share is made anew in each trial.
        """
        modules = [str(ROOT / one) for one in mutants_made.files()]
        measured = coverage.Coverage(data_file=None, config_file=False, include=modules)
        measured.start()
        for item, following in pairwise([*items, stranger]):
            self.reach[item.nodeid] = Reach(of_file[item.path])
            measured.switch_context(item.nodeid)
            begin = time.monotonic()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            self.reach[item.nodeid].seconds = time.monotonic() - begin
        measured.stop()
        with warnings.catch_warnings():
            # A few new tests may come by none of the modules.
            warnings.simplefilter("ignore", CoverageWarning)
            self._read(measured.get_data())

    def _read(self, data: coverage.CoverageData) -> None:
        for file in data.measured_files():
            name = Path(file).relative_to(ROOT).as_posix()
            for line, tests in data.contexts_by_lineno(file).items():
                for test in filter(None, tests):
                    self.reach[test].lines.setdefault(name, []).append(line)

    # A mutant tried.

    def _try_first(self, mutant: Mutant, room: Path) -> list[pytest.Item]:
        """Try a mutant for a while; gives the tests that are left if it survives those."""
        items = self._ordered(mutant)
        some, spent = 0, 0.0
        for item in items:
            if spent > self.near_seconds:
                break
            spent += self.reach[item.nodeid].seconds
            some += 1
        done = self._tried(mutant, items[:some], room)
        rest = [] if done.is_killed else items[some:]
        self.tell(mutant, done._replace(whole=not rest))
        return rest

    def _try_all(self, mutant: Mutant, rest: list[pytest.Item], room: Path) -> None:
        self.tell(mutant, self._tried(mutant, rest, room))

    def _ordered(self, mutant: Mutant) -> list[pytest.Item]:
        reached = [name for name, one in self.reach.items() if one.comes_by(mutant)]
        kinds: Counter[str] = Counter()
        order = {}
        for name in sorted(reached, key=lambda each: self.reach[each].seconds):
            kinds[_kind(name)] += 1
            seconds = self.reach[name].seconds
            is_near = name.startswith(NEAR) and seconds < _QUICK_SECONDS
            order[name] = (
                -self.kills[mutant.function, name],
                name not in self.new,
                not is_near,
                kinds[_kind(name)],
                seconds,
            )
        return [self.items[name] for name in sorted(order, key=order.__getitem__)]

    def _tried(self, mutant: Mutant, items: list[pytest.Item], room: Path) -> Tried:
        if not items:
            return Tried(mutant.key, "unreached", "", 0, whole=True)
        begin, before = time.monotonic(), set(room.iterdir())
        with tempfile.TemporaryFile() as at:
            process = os.fork()
            if not process:
                self._child(mutant, items, at.fileno(), room)
            _, status = os.waitpid(process, 0)
            at.seek(0)
            by = items[int((at.read().split() or [b"0"])[-1])].nodeid
        for made in set(room.iterdir()) - before:
            shutil.rmtree(made, ignore_errors=True)
        outcome = (
            "timeout" if os.WIFSIGNALED(status) else {0: "survived", 1: "killed"}[os.waitstatus_to_exitcode(status)]
        )
        if outcome == "survived":
            by = ""
        else:
            self.learn(mutant.function, by)
        return Tried(mutant.key, outcome, by, time.monotonic() - begin, whole=True)

    def _child(self, mutant: Mutant, items: list[pytest.Item], at: int, room: Path) -> NoReturn:
        """Run tests with the fault until one fails, or runs too long: then the alarm ends the process."""
        try:
            nowhere = os.open(os.devnull, os.O_RDWR)
            for one in (0, 1, 2):
                os.dup2(nowhere, one)
            resource.setrlimit(resource.RLIMIT_AS, (_LIMIT_BYTES, _LIMIT_BYTES))
            tempfile.tempdir = tempfile.mkdtemp(dir=room)
            mutants_made.apply(mutant)
        except BaseException:  # noqa: BLE001 told by the status; nothing may return into the loop of the parent
            os._exit(2)
        try:
            for place, (item, following) in enumerate(pairwise([*items, items[0]])):
                os.write(at, b"%d\n" % place)
                signal.setitimer(signal.ITIMER_REAL, 10 + 20 * self.reach[item.nodeid].seconds)
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                if self.failed:
                    os._exit(1)
        except BaseException:  # noqa: BLE001 as above
            os._exit(1)
        os._exit(0)


def _kind(test: str) -> str:
    """Cases differ by their names, their orders by what stands behind: `...-02143]`."""
    return re.sub(r"-?\d+\]$", "", test)


def _sources() -> list[Path]:
    """Whatever a test may come by, or be made of."""
    rooms = (ROOT / "gateway", ROOT / "config", ROOT / "tests" / "remit", ROOT / "tests" / "service")
    found = [*(path for room in rooms for path in room.rglob("*")), *ROOT.glob("tests/*.py")]
    return sorted(path for path in found if path.is_file() and path.suffix != ".pyc")


def _digest(paths: Iterable[Path]) -> str:
    whole = sha256()
    for path in paths:
        whole.update(path.read_bytes())
    return whole.hexdigest()


def run(trials: Trials) -> None:
    """Collect the tests and let the trials have them."""
    shm = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shm if shm.is_dir() else None) as room:
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = f"{room}/hypothesis"
        words = ["--import-mode=importlib", "--strict-markers", "-n0", "-p", "no:terminal", "-p", "no:cacheprovider"]
        words += ["-p", "no:randomly", "--hypothesis-seed=0", f"--basetemp={room}/t", "-o", "addopts="]
        tempfile.tempdir = room
        status = pytest.main([*words, *(str(ROOT / one) for one in WIDE)], plugins=[trials])
        tempfile.tempdir = None
    if status not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
        raise SystemExit(int(status))
