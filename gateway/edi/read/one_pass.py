"""One pass over a file for those who read it: the pieces of the sets that are asked for, with what is wrong beside them."""

import io
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, Final, Generic, TypeVar

from gateway.edi.checking.envelopes import EnvelopeCheck
from gateway.edi.follow.loop import Builder, Loop, Parts
from gateway.edi.follow.origin import Origin
from gateway.edi.guide.overlay import Overlay
from gateway.edi.guide.places import Guide
from gateway.edi.wire.counts import Counts
from gateway.edi.wire.finding import FINDINGS_MAX, WireFinding, WireLevel, WireSeverity

_ENVELOPE: Final = frozenset({WireLevel.INTERCHANGE, WireLevel.GROUP, WireLevel.SET})

T_co = TypeVar("T_co", covariant=True)


def _unheard(_told: object) -> None:
    """Nobody wants to hear of it."""


class Passage:
    """The pieces of every set of some guides in a file, while it is read.

    units     what the sets of each guide are handed on in; sets of other guides are passed over
    tell      is told of each finding, `opens` of each set and `ta1` of each TA1 when it is read; each may end it by raising
    origin    what the set of the last piece stands in
    is_last   whether that piece was its set's last
    is_set_whole  whether nothing is wrong with that set from ST to SE, so far: its end, its count, its control number
    """

    def __init__(
        self,
        source: bytes | BinaryIO,
        units: Mapping[str, frozenset[str]],
        overlays: tuple[Overlay, ...] = (),
        *,
        tell: Callable[[WireFinding], None] = _unheard,
        opens: Callable[[Origin], None] = _unheard,
        ta1: Callable[[Origin, int, Parts], None] | None = None,
    ) -> None:
        self._units = units
        self._heard, self._opens = tell, opens
        self._pending: list[WireFinding] = []
        self._kept: list[WireFinding] = []
        self._builder: Builder | None = None
        self._is_broken = False
        self._is_read = False
        self._opened: Origin | None = None
        self.is_set_whole = True
        file = io.BytesIO(source) if isinstance(source, bytes) else source
        self._check = EnvelopeCheck(file, self._tell, overlays, self._following, ta1=ta1, judges_elements=False)

    @property
    def origin(self) -> Origin:
        """What the set of the last piece stands in."""
        assert self._opened is not None, "no piece was given yet"
        return self._opened

    @property
    def is_last(self) -> bool:
        """Whether the last piece was the last of its set."""
        return self._builder is None or self._builder.ended

    @property
    def is_whole(self) -> bool:
        """Whether the file was read to its end, and every interchange, group and set in it was whole."""
        return self._is_read and not self._is_broken

    @property
    def counts(self) -> Counts:
        """How much the file holds, so far."""
        return self._check.counts

    @property
    def findings(self) -> tuple[WireFinding, ...]:
        """What is wrong outside of units, so far."""
        return (*self._kept, *self._pending)

    def pieces(self) -> Iterator[Loop]:
        """Read the file. Gives each piece with its findings."""
        for loop in self._check.run():
            if self._pending:
                self._attach(loop)
            yield loop
        self._is_read = True

    def _following(self, guide: Guide | None, origin: Origin) -> Builder | None:
        self._opens(origin)
        if guide is None or origin.version not in self._units:
            return None
        self._opened, self.is_set_whole = origin, True
        self._builder = Builder(guide, self._units[origin.version], list(origin.st))
        self._keep(self._pending)
        self._pending = []
        return self._builder

    def _tell(self, finding: WireFinding) -> None:
        self._heard(finding)
        if finding.level in _ENVELOPE and finding.severity is WireSeverity.ERROR:
            self._is_broken = True
            if finding.level is WireLevel.SET:
                self.is_set_whole = False
        if len(self._pending) < FINDINGS_MAX:
            self._pending.append(finding)
        elif finding.level in _ENVELOPE:
            self._pending[-1] = finding  # why reading ended has to be said

    def _attach(self, loop: Loop) -> None:
        loop.findings = tuple(self._pending)
        self._keep(
            [one for one in self._pending if one.level in _ENVELOPE]
            if loop.id in self._units[self.origin.version]
            else self._pending
        )
        self._pending = []

    def _keep(self, findings: list[WireFinding]) -> None:
        self._kept.extend(findings[: FINDINGS_MAX - len(self._kept)])


class Reading(Generic[T_co]):
    """What is read from a file, one at a time; it can be gone through once.

    A cut is not taken for the end: use nothing of it for good before all was read and `is_whole` says so.
    """

    def __init__(self, passage: Passage, values: Iterator[T_co]) -> None:
        self._passage, self._values = passage, values

    def __iter__(self) -> Iterator[T_co]:
        return self._values

    def __next__(self) -> T_co:
        return next(self._values)

    @property
    def is_whole(self) -> bool:
        """Whether the file was read to its end, and every interchange, group and set in it was whole."""
        return self._passage.is_whole

    @property
    def counts(self) -> Counts:
        """How much the file holds, so far."""
        return self._passage.counts

    @property
    def findings(self) -> tuple[WireFinding, ...]:
        """What is wrong with the file outside of the claims or payments in it, so far; they carry their own."""
        return self._passage.findings
