"""Claims and remittances that were read, written as X12 again: all of them, some of them, or in another order.

Whoever reads an 837P, leaves claims out and writes the rest gets the same envelopes, the levels that the claims stand in
(2000A, 2000B, 2000C) once for each run of claims that share them, HL01, HL02 and HL04 made anew, and counts that are right.
Where nothing was left out, the bytes are those of the file, apart from line breaks: of a file without findings, that
is, in which no level is without claims. Values are not changed: whoever wants to change them goes by JSON.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from gateway.edi.follow.loop import Loop, Parts
from gateway.edi.follow.origin import Origin
from gateway.edi.read.claim import ClaimReading
from gateway.edi.read.one_pass import Reading
from gateway.edi.read.remittance import RemittanceReading
from gateway.edi.write.envelope_as_read import Enclosing
from gateway.errors import ConversionRefused

_ROOT: Final = "ST_LOOP"
_SUBSCRIBER, _PATIENT = "2000B", "2000C"


def write_claims(claims: Iterable[ClaimReading]) -> Iterator[bytes]:
    """Write claims that were read, in pieces: `file.writelines(write_claims(claims))`. One subscriber is held at a time.

    Claims of one transaction set have to follow each other. Raises ConversionRefused if the claims come straight from a
    reading that turns out not to be whole, for a cut file must not look like a whole one; ValueError if a transaction set
    comes a second time, for its control number would be given twice.
    """
    writer = _Sets()
    levels = _Levels()
    for claim in claims:
        if not writer.is_in(claim.origin):
            yield from writer.segments(levels.release())
            yield from writer.begin(claim.origin, claim.loop.level(_ROOT))
            levels = _Levels()
        yield from writer.segments(levels.add(claim.loop))
    yield from writer.segments(levels.release())
    if isinstance(claims, Reading):
        _whole(claims.is_whole)
    yield from writer.end()


def write_remittances(remittances: Iterable[RemittanceReading]) -> Iterator[bytes]:
    """Write 835s that were read, each with its header, payments and provider adjustments. One payment is held at a time.

    Raises ConversionRefused if one turns out not to be whole; ValueError if payments of one were taken before, for they
    are read once, or if a transaction set comes a second time.
    """
    writer = _Sets()
    for one in remittances:
        if one.taken:
            raise ValueError("payments of this remittance were taken before; they cannot be written any more")
        yield from writer.begin(one.origin, one.opening)
        around: Loop | None = None
        for payment in one.payments():
            if payment.loop.around is not around:
                around = payment.loop.around
                yield from writer.segments(parts for parts in _parts(around))
            yield from writer.segments(_parts(payment.loop))
        yield from writer.segments(one.provider_adjustment_segments)
        _whole(one.is_whole)
    if isinstance(remittances, Reading):
        _whole(remittances.is_whole)
    yield from writer.end()


class _Sets:
    """Transaction sets in the envelopes that they were read from."""

    def __init__(self) -> None:
        self._enclosing = Enclosing()
        self._origins: list[Origin] = []

    def is_in(self, origin: Origin) -> bool:
        """Whether a set is the one that is open."""
        return bool(self._origins) and self._origins[-1] is origin

    def begin(self, origin: Origin, opening: Loop | None) -> Iterator[bytes]:
        """Begin a set with its header, and what it stands in where that is another than before."""
        if any(one is origin for one in self._origins):
            raise ValueError(f"transaction set {origin.control} comes a second time; let its claims follow each other")
        before = self._origins[-1] if self._origins else None
        self._origins.append(origin)
        is_new = before is None or before.isa is not origin.isa
        if is_new:
            yield from _encoded(self._enclosing.interchange(origin.isa, origin.marks))
        if is_new or before is None or before.gs != origin.gs:
            yield from _encoded(self._enclosing.group(list(origin.gs)))
        yield from _encoded(self._enclosing.transaction_set(list(origin.st)))
        if opening is not None:
            yield from self.segments(parts for loop in opening.inside("HEADER") for parts in _parts(loop))

    def segments(self, every: Iterable[Parts]) -> Iterator[bytes]:
        """Write segments of the set."""
        text = "".join(map(self._enclosing.segment, every))
        if text:
            yield text.encode("latin-1")

    def end(self) -> Iterator[bytes]:
        """End everything."""
        return _encoded(self._enclosing.end())


class _Levels:
    """The levels of one set, numbered anew.

    Whether a subscriber has patients below (HL04) is known only when another subscriber, or a patient, comes: until then
    his claims are held.
    """

    def __init__(self) -> None:
        self._open: list[tuple[Loop, Parts]] = []  # the levels that the last claim stands in, each with its HL
        self._count = 0
        self._held: list[Parts] = []

    def add(self, claim: Loop) -> Iterator[Parts]:
        """Take a claim. Gives what is known to the letter."""
        chain = _chain(claim)
        kept = 0
        while kept < min(len(chain), len(self._open)) and self._open[kept][0] is chain[kept]:
            kept += 1
        if not any(loop.id == _SUBSCRIBER for loop in chain[:kept]):
            yield from self.release()
        del self._open[kept:]
        for loop in chain[kept:]:
            self._begin(loop)
        self._held += _parts(claim)
        if chain and chain[-1].id == _PATIENT:
            yield from self.release()

    def release(self) -> Iterator[Parts]:
        """Give what was held."""
        held, self._held = self._held, []
        yield from held

    def _begin(self, loop: Loop) -> None:
        hl, *others = _parts(loop)
        self._count += 1
        parent = self._open[-1][1] if self._open else []
        if parent:
            parent[4:5] = ["1"]
        # A billing provider's level is written for a subscriber; the others have nobody below until somebody comes.
        numbered = ["HL", str(self._count), parent[1] if parent else "", *hl[3:4], "0", *hl[5:]]
        self._open.append((loop, numbered))
        self._held += [numbered, *others]


def _chain(claim: Loop) -> list[Loop]:
    """Give the levels that a claim stands in, outermost first."""
    found: list[Loop] = []
    here = claim.around
    while here is not None:
        if here.segments and here.segments[0][1][0] == "HL":
            found.append(here)
        here = here.around
    return found[::-1]


def _parts(loop: Loop | None) -> list[Parts]:
    return [parts for _, parts, _ in loop.every()] if loop is not None and loop.id != "DETAIL" else []


def _encoded(texts: Iterable[str]) -> Iterator[bytes]:
    return (text.encode("latin-1") for text in texts)


def _whole(is_whole: bool) -> None:  # noqa: FBT001 what is asked
    if not is_whole:
        raise ConversionRefused(
            where="the file",
            said="it was not read to a sound end",
            fix="ask for the whole file; `findings` says what is wrong with it",
        )
