"""An 835 (005010X221A1) of any size, in a stream: the payment's header first, then one claim payment at a time."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain
from operator import itemgetter
from typing import BinaryIO, Final, NamedTuple

from gateway.edi.follow.element_faults import Code
from gateway.edi.follow.loop import Loop, Parts, Run, at, runs
from gateway.edi.follow.loop_findings import loop_findings
from gateway.edi.follow.origin import Origin
from gateway.edi.guide.overlay import Overlay
from gateway.edi.read.one_pass import Passage, Reading
from gateway.edi.values.party import PartyReading
from gateway.edi.values.payment import UnreadableError, claim_payment, provider_adjustments
from gateway.edi.wire.figures import as_amount, as_day
from gateway.edi.wire.finding import WireFinding, WireLevel
from gateway.money import ZERO
from gateway.remittance import ClaimPayment, ProviderAdjustment

GUIDE: Final = "005010X221A1"
_PAYMENT: Final = "2100"
_LINE: Final = "2110"
_ANSWERS: Final = frozenset({"CLP", "SVC", "CAS", "MIA", "MOA", "LQ"})
"""Segments whose money or remarks belong to a payment."""
_OTHERS: Final = frozenset({"CLP", "PLB"})
"""Segments that end a payment."""


class PaymentReading(NamedTuple):
    """One claim payment as it was read.

    payment   None if an amount, a date or a key of it cannot be read; `findings` then says which
    loop      all of it, as it stands in the file; `loop.around` is its 2000 (LX, TS3)
    origin    the envelopes that it stands in
    """

    payment: ClaimPayment | None
    loop: Loop
    origin: Origin
    unreadable: tuple[WireFinding, ...] = ()

    def __repr__(self) -> str:
        return f"PaymentReading(ST {self.origin.control}, segment {self.loop.ordinal})"

    @property
    def findings(self) -> tuple[WireFinding, ...]:
        """What is wrong with it, and with its 2000."""
        around = self.loop.around
        found = loop_findings(self.origin, self.loop)
        return (
            *(loop_findings(self.origin, around) if around is not None else ()),
            *found,
            *(one for one in self.unreadable if not _is_told(one, found)),
        )

    @property
    def patient(self) -> PartyReading | None:
        """NM1*QC."""
        return self.name("QC")

    def name(self, role: str) -> PartyReading | None:
        """Give the NM1 of a role: QC patient, IL insured, 74 corrected, 82 rendering, TT crossover carrier, PR, GB."""
        found = self.loop.first("NM1", role)
        return PartyReading(found) if found else None

    @property
    def facility(self) -> tuple[str, str]:
        """Place of service or type of bill, and frequency (CLP08, CLP09)."""
        return at(self.loop.segments[0][1], 8), at(self.loop.segments[0][1], 9)

    @property
    def received_on(self) -> date | None:
        """When the payer received the claim (DTM*050)."""
        return as_day(at(self.loop.first("DTM", "050"), 2))

    def reference(self, qualifier: str) -> str:
        """Give a number of the claim (REF02 by REF01); empty if there is none."""
        return at(self.loop.first("REF", qualifier), 2)


class RemittanceReading:
    """One transaction set 835. Its header is known; what stands behind the payments is known once they were read.

    Texts are as the file has them, empty where it has none; a figure that is absent or cannot be read is None.

    origin  the envelopes that it stands in
    header  loop HEADER, with 1000A and 1000B
    paid    the sum of CLP04 of the payments read so far
    opening what stands before the payments: ST and the header
    taken   how many payments were read so far
    unread  how many payments, and segments with money or remarks outside of any, could not be read so far: they are in no sum
    """

    def __init__(self, passage: Passage, pieces: Iterator[Loop], opening: Loop) -> None:
        self._passage, self._pieces = passage, pieces
        self._findings = list(loop_findings(passage.origin, opening))
        self._unread: list[WireFinding] = []
        self._provider_adjustments: list[ProviderAdjustment] = []
        self._is_read, self._is_whole = False, False
        self.origin = passage.origin
        self.header = opening.one("HEADER") or Loop("HEADER")
        self.paid, self.unread, self.taken = ZERO, 0, 0
        self.opening = opening
        self._top = sorted(opening.every(), key=itemgetter(0))
        self._footers: list[Loop] = []
        self._close(opening)

    @property
    def control(self) -> str:
        """ST02."""
        return self.origin.control

    @property
    def payment(self) -> Decimal | None:
        """What is paid in all (BPR02)."""
        return as_amount(self._bpr(2))

    @property
    def is_debit(self) -> bool:
        """Whether the money is taken from the payee (BPR03)."""
        return self._bpr(3) == "D"

    @property
    def method(self) -> str:
        """ACH, CHK, NON and so on (BPR04)."""
        return self._bpr(4)

    @property
    def paid_on(self) -> date | None:
        """When the money moves (BPR16)."""
        return as_day(self._bpr(16))

    @property
    def trace(self) -> str:
        """The number under which the money arrives (TRN02)."""
        return at(self._first("TRN"), 2)

    @property
    def originator(self) -> str:
        """Who gave that number (TRN03)."""
        return at(self._first("TRN"), 3)

    @property
    def produced_on(self) -> date | None:
        """To when the payer's books go (DTM*405)."""
        return as_day(at(self.header.first("DTM", "405"), 2))

    @property
    def payer(self) -> PartyReading | None:
        """Loop 1000A."""
        return self._party("PR", "1000A")

    @property
    def payee(self) -> PartyReading | None:
        """Loop 1000B."""
        return self._party("PE", "1000B")

    def payments(self) -> Iterator[PaymentReading]:
        """Give what was paid of each claim. It goes on where it was left, and ends with the set."""
        component = self.origin.marks.component
        while not self._is_read:
            loop = next(self._pieces, None)
            if loop is None:  # a loop without end
                self._is_read = True
            elif loop.id == _PAYMENT:
                one = self._payment(loop, component)
                self.taken += 1
                self._close(loop)
                yield one
            else:
                self._close(loop)

    @property
    def is_whole(self) -> bool:
        """Whether the set was read to its end, and its count and control number are right. Before that use nothing of it."""
        return self._is_read and self._is_whole

    @property
    def provider_adjustments(self) -> tuple[ProviderAdjustment, ...]:
        """What stands in PLB, once all payments were read."""
        return tuple(self._provider_adjustments)

    @property
    def provider_adjustment_segments(self) -> tuple[Parts, ...]:
        """PLB as they stand, once all payments were read."""
        return tuple(parts for footer in self._footers for _, parts, _ in footer.every())

    @property
    def withheld(self) -> Decimal:
        """The sum of the provider adjustments: `paid` less this is `payment`, if the 835 adds up."""
        return sum((one.amount for one in self._provider_adjustments), ZERO)

    @property
    def findings(self) -> tuple[WireFinding, ...]:
        """What is wrong with what stands before and behind the payments; those carry their own."""
        return (*self._findings, *(one for one in self._unread if not _is_told(one, self._findings)))

    @property
    def unreadable(self) -> tuple[WireFinding, ...]:
        """Money outside of any payment, and provider adjustments, that could not be read so far."""
        return tuple(self._unread)

    def _bpr(self, position: int) -> str:
        return at(self._first("BPR"), position)

    def _first(self, segment_id: str) -> Parts:
        """Give a segment of the header wherever in it that stands."""
        return next((parts for _, parts, _ in self._top if parts[0] == segment_id), [])

    def _party(self, role: str, loop_id: str) -> PartyReading | None:
        """Give the N1 of a role with what follows it, also where a segment that does not belong there begins its loop anew."""
        run = next((run for run in runs(self._top, "N1")[1:] if at(run[0][1], 1) == role), None)
        return PartyReading(run[0][1], Loop(loop_id, segments=run)) if run is not None else None

    def _payment(self, loop: Loop, component: str) -> PaymentReading:
        try:
            own, lines = _parted(loop)
            payment = claim_payment(own, lines, component)
        except UnreadableError as wrong:
            self.unread += 1
            return PaymentReading(None, loop, self.origin, (self._unreadable(wrong, loop),))
        self.paid += payment.paid
        return PaymentReading(payment, loop, self.origin)

    def _close(self, loop: Loop) -> None:
        """Take what is not a payment's, and see whether it was the last piece."""
        if loop.id != _PAYMENT:
            for ordinal, parts, _ in loop.every():
                if parts[0] == "PLB":
                    self._plb(ordinal, parts, loop)
                elif parts[0] in _ANSWERS:
                    self._lost(UnreadableError(ordinal, f"{parts[0]} stands outside a claim", parts[0]), loop)
        self._footers += loop.inside("FOOTER")
        if self._passage.is_last:
            self._is_read, self._is_whole = True, self._passage.is_set_whole
            if loop.continues is not None:
                self._findings += loop_findings(self.origin, loop)

    def _plb(self, ordinal: int, parts: list[str], loop: Loop) -> None:
        try:
            self._provider_adjustments += provider_adjustments(ordinal, parts, self.origin.marks.component)
        except UnreadableError as wrong:
            self._lost(wrong, loop)

    def _lost(self, wrong: UnreadableError, loop: Loop) -> None:
        self.unread += 1
        self._unread.append(self._unreadable(wrong, loop))

    def _unreadable(self, wrong: UnreadableError, loop: Loop) -> WireFinding:
        finding = WireFinding(
            snip=1,
            level=WireLevel.ELEMENT,
            code=Code.CHARACTER,
            said=wrong.said,
            ordinal=wrong.ordinal,
            loop=loop.id,
            segment=wrong.segment,
            element=wrong.element,
        )
        return self.origin.located(finding)


def _parted(payment: Loop) -> tuple[Run, Sequence[Run]]:
    """Give a payment's own segments and those of each line. Raises UnreadableError if another one's money is among them.

    Where a segment stands that does not belong there, the guide may put what follows it one loop too high: then whatever
    stands behind an SVC is its line's, up to the next.
    """
    if not payment.findings:
        return payment.segments, [one.segments for one in payment.loops if one.id == _LINE]
    own, *lines = runs(sorted(payment.every(), key=itemgetter(0)), "SVC")
    for ordinal, parts, _ in chain(own[1:], *lines):
        if parts[0] in _OTHERS:
            raise UnreadableError(ordinal, f"{parts[0]} stands in another claim", parts[0])
    if not own:
        raise UnreadableError(lines[0][0][0], "the claim payment has lost its CLP", "CLP")
    return own, lines


def _is_told(finding: WireFinding, others: Iterable[WireFinding]) -> bool:
    """Whether the guide has said already what is wrong with that element."""
    return any((one.ordinal, one.element) == (finding.ordinal, finding.element) for one in others)


def read(source: bytes | BinaryIO, *, overlays: tuple[Overlay, ...] = ()) -> Reading[RemittanceReading]:
    """Read every 835 of a file whoever wrote it, in a stream: each remittance with its payments one at a time.

    Take a remittance's payments before the next remittance: they are read from the file as they come. Nothing raises for
    what a file holds; see `Reading` for when it may be used. What is to be posted goes by `remittance_for_posting.py`.
    """
    passage = Passage(source, {GUIDE: frozenset({_PAYMENT})}, overlays)
    return Reading(passage, _remittances(passage))


def _remittances(passage: Passage) -> Iterator[RemittanceReading]:
    pieces = passage.pieces()
    for opening in pieces:
        one = RemittanceReading(passage, pieces, opening)
        yield one
        for _ in one.payments():  # what nobody asked for is in the totals all the same
            pass
