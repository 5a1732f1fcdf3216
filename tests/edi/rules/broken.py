"""What a single-fault file is: a sound one, changed in one respect, and the one finding that there has to be."""

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from gateway.edi.wire.finding import WireSeverity
from tests.edi.rules.sound import BODIES, file_of

Change: TypeAlias = Callable[[list[str]], list[str]]

ERROR: Final = WireSeverity.ERROR
WARNING: Final = WireSeverity.WARNING


class Place(NamedTuple):
    """Where a finding stands.

    at        how the segment that it is counted by begins, in the changed body; with #2, the second of those that do
    segment   its id where another one is missing; else empty
    """

    at: str
    loop: str
    element: int = 0
    component: int = 0
    severity: WireSeverity = ERROR
    segment: str = ""

    def ordinal(self, body: list[str]) -> int:
        """Give its place in the set, ST being 1."""
        return only(body, self.at) + 2


class Broken(NamedTuple):
    """A sound body with one fault.

    rule   the id of the rule that finds it, alone
    places all that it finds: one place, mostly
    also   what cannot but be found too: ids of rules, or "SNIP 2" for what the guide itself says
    """

    rule: str
    base: str
    change: tuple[Change, ...]
    places: tuple[Place, ...]
    also: frozenset[str]

    def body(self) -> list[str]:
        body = BODIES[self.base].splitlines()
        for change in self.change:
            body = change(body)
        return body

    def file(self) -> bytes:
        return file_of(self.base, self.body())


def broken(
    rule: str, base: str, *change: Change, finds: Place | tuple[Place, ...], also: frozenset[str] = frozenset()
) -> Broken:
    """Make one; `finds` is the place of the finding, or the places of all of them."""
    return Broken(rule, base, change, (finds,) if isinstance(finds, Place) else finds, also)


def only(body: list[str], start: str) -> int:
    """Give the place of the one segment that begins so; with #2, of the second that does."""
    start, _, number = start.partition("#")
    found = [place for place, text in enumerate(body) if text.startswith(start)]
    assert number or len(found) == 1, f"{len(found)} segments begin with {start}"
    return found[int(number or 1) - 1]


def swap(old: str, new: str) -> Change:
    """Change the one segment that begins with `old`, as far as that goes."""

    def change(body: list[str]) -> list[str]:
        place = only(body, old)
        return [*body[:place], new + body[place].removeprefix(old), *body[place + 1 :]]

    return change


def drop(start: str, count: int = 1) -> Change:
    """Leave segments out, from the one that begins so."""

    def change(body: list[str]) -> list[str]:
        place = only(body, start)
        return [*body[:place], *body[place + count :]]

    return change


def put(behind: str, *segments: str) -> Change:
    """Put segments behind the one that begins so."""

    def change(body: list[str]) -> list[str]:
        place = only(body, behind)
        return [*body[: place + 1], *segments, *body[place + 1 :]]

    return change
