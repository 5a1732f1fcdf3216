"""Which faults are on, how often each has struck, and who is told."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

from gateway.simulator.faults import Fault, Planned

_NAME_MAX: Final = 80


class Strikes:
    """The faults of one simulator. Safe for several threads at once.

    tell  is told, in one line, what strikes whom; the names of files are made harmless for a terminal
    """

    def __init__(self, faults: Iterable[Planned] = (), tell: Callable[[str], None] = lambda _: None) -> None:
        self.planned = {one.fault: one for one in faults}
        self._tell = tell
        self._lock = threading.Lock()
        self._struck: Counter[Fault] = Counter()
        self._victims: set[tuple[Fault, str]] = set()
        self._over = threading.Event()

    def of(self, *faults: Fault) -> Planned | None:
        """Give the first of these that is on and has strikes left; nothing strikes yet."""
        with self._lock:
            return next((one for fault in faults if (one := self._left(fault))), None)

    def strike(self, fault: Fault, about: str, *, same: bool = False) -> Planned | None:
        """Let a fault strike if it is on and has strikes left, and tell it. None if it does not.

        same  whatever it has struck once it strikes for ever, which counts and is told once
        """
        with self._lock:
            if (fault, about) in self._victims:
                return self.planned[fault]
            one = self._left(fault)
            if one is None:
                return None
            self._struck[fault] += 1
            if same:
                self._victims.add((fault, about))
        self._tell(f"fault {fault}: {_harmless(about)}")
        return one

    def wait(self, seconds: float) -> None:
        """Keep somebody waiting, at most until the simulator stops."""
        self._over.wait(seconds)

    def stop(self) -> None:
        """Let everybody go who is kept waiting."""
        self._over.set()

    def _left(self, fault: Fault) -> Planned | None:
        one = self.planned.get(fault)
        return one if one is not None and (one.times is None or self._struck[fault] < one.times) else None


def _harmless(name: str) -> str:
    return name.encode("unicode_escape").decode("ascii")[:_NAME_MAX]
