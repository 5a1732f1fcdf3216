"""A claim of an 837P (005010X222A1) that anybody may have written, as it stands in the file, with what it stands in.

Texts are as the file has them, empty where it has none. A figure or date is None where there is none, or none that can be
read; `findings` then says which. Nothing here raises for what a file holds.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO, Final, NamedTuple

from gateway.edi.follow.loop import Loop, Parts, at
from gateway.edi.follow.loop_findings import loop_findings
from gateway.edi.follow.origin import Origin
from gateway.edi.guide.overlay import Overlay
from gateway.edi.read.one_pass import Passage, Reading
from gateway.edi.read.service_line import LineReading
from gateway.edi.values.loop_values import Note, Period, money, notes, period, reference, references
from gateway.edi.values.party import PartyReading, party
from gateway.edi.values.prior_payment import OtherPayerReading
from gateway.edi.wire.figures import as_amount
from gateway.edi.wire.finding import WireFinding

GUIDE: Final = "005010X222A1"
_CLAIM: Final = "2300"
_LINE: Final = "2400"
_SELF: Final = "18"
_DIAGNOSES: Final = frozenset({"ABK", "ABF", "BK", "BF"})
_NOTHING: Final = Loop("")


class DiagnosisReading(NamedTuple):
    """One component group of HI. `qualifier` is ABK or ABF (ICD-10-CM), BK or BF (ICD-9-CM); `code` as it stands."""

    qualifier: str
    code: str


class ClaimReading(NamedTuple):
    """Loop 2300 with its patient, subscriber, payer, billing provider and submitter.

    loop    the claim itself; `loop.around` is the 2000C or 2000B that it stands in, and so on outwards
    origin  the envelopes that it stands in
    """

    loop: Loop
    origin: Origin

    # A claim in the log would be somebody's.
    def __repr__(self) -> str:
        return f"ClaimReading(ST {self.origin.control}, segment {self.loop.ordinal})"

    @property
    def ordinal(self) -> int:
        """The place of its CLM, counted from ST = 1."""
        return self.loop.ordinal

    @property
    def findings(self) -> tuple[WireFinding, ...]:
        """What is wrong with it and with the levels that it stands in (SNIP 1 and 2), and figures that cannot be read."""
        found: list[WireFinding] = []
        here: Loop | None = self.loop
        while here is not None:
            found[:0] = loop_findings(self.origin, here)
            here = here.around
        return tuple(found)

    @property
    def submitter(self) -> PartyReading | None:
        """Loop 1000A."""
        return party(self._header.one("1000A"))

    @property
    def receiver(self) -> PartyReading | None:
        """Loop 1000B."""
        return party(self._header.one("1000B"))

    @property
    def reference(self) -> str:
        """The submitter's number of the transaction set (BHT03)."""
        return self._header.element("BHT", 3)

    @property
    def billing_provider(self) -> PartyReading | None:
        """Loop 2010AA. Its taxonomy stands in 2000A: `billing_taxonomy`."""
        return party(self._level("2000A").one("2010AA"))

    @property
    def billing_taxonomy(self) -> str:
        """PRV03 of 2000A."""
        return self._level("2000A").element("PRV", 3)

    @property
    def pay_to(self) -> PartyReading | None:
        """Where to pay, if that is elsewhere (loop 2010AB)."""
        return party(self._level("2000A").one("2010AB"))

    @property
    def subscriber(self) -> PartyReading | None:
        """Loop 2010BA. Its `id` is the member id."""
        return party(self._level("2000B").one("2010BA"))

    @property
    def payer(self) -> PartyReading | None:
        """Loop 2010BB."""
        return party(self._level("2000B").one("2010BB"))

    @property
    def patient(self) -> PartyReading | None:
        """Loop 2010CA, or the subscriber where there is no 2000C."""
        level = self.loop.level("2000C")
        return party(level.one("2010CA")) if level is not None else self.subscriber

    @property
    def is_self(self) -> bool:
        """Whether the patient is the subscriber (SBR02 = 18)."""
        return at(self._sbr, 2) == _SELF

    @property
    def relationship(self) -> str:
        """What the patient is to the subscriber (PAT01 of 2000C, else SBR02)."""
        level = self.loop.level("2000C")
        return level.element("PAT", 1) if level is not None else at(self._sbr, 2)

    @property
    def sequence(self) -> str:
        """Which payer this one is: P, S, T and so on (SBR01)."""
        return at(self._sbr, 1)

    @property
    def group_number(self) -> str:
        """SBR03."""
        return at(self._sbr, 3)

    @property
    def filing_code(self) -> str:
        """SBR09, such as MB, CI."""
        return at(self._sbr, 9)

    @property
    def patient_control_number(self) -> str:
        """CLM01."""
        return at(self._clm, 1)

    @property
    def charge(self) -> Decimal | None:
        """CLM02."""
        return as_amount(at(self._clm, 2))

    @property
    def place_of_service(self) -> str:
        """CLM05-1."""
        return self._component(5, 1)

    @property
    def frequency(self) -> str:
        """1 original, 7 replacement, 8 void (CLM05-3)."""
        return self._component(5, 3)

    @property
    def accepts_assignment(self) -> str:
        """CLM07."""
        return at(self._clm, 7)

    @property
    def related_causes(self) -> tuple[str, ...]:
        """CLM11 whole: causes such as AA, EM, OA, then state and country."""
        text = at(self._clm, 11)
        return tuple(text.split(self._mark)) if text else ()

    @property
    def delay_reason(self) -> str:
        """CLM20."""
        return at(self._clm, 20)

    @property
    def onset(self) -> Period | None:
        """When the illness or symptom began (DTP*431)."""
        return period(self.loop, "431")

    @property
    def initial_treatment(self) -> Period | None:
        """DTP*454."""
        return period(self.loop, "454")

    @property
    def accident(self) -> Period | None:
        """DTP*439."""
        return period(self.loop, "439")

    @property
    def admission(self) -> Period | None:
        """DTP*435."""
        return period(self.loop, "435")

    def period(self, *qualifiers: str) -> Period | None:
        """Give any date or period of the claim (DTP03) by its kind (DTP01)."""
        return period(self.loop, *qualifiers)

    @property
    def authorization(self) -> str:
        """Prior authorization (REF*G1)."""
        return reference(self.loop, "G1")

    @property
    def referral(self) -> str:
        """The referral's number (REF*9F)."""
        return reference(self.loop, "9F")

    @property
    def payer_claim_number(self) -> str:
        """The payer's number of the claim that this one replaces or voids (REF*F8)."""
        return reference(self.loop, "F8")

    @property
    def property_casualty_number(self) -> str:
        """The claim's number with a property and casualty payer (REF*Y4 of the patient, else of the subscriber)."""
        levels = ((self.loop.level("2000C"), "2010CA"), (self.loop.level("2000B"), "2010BA"))
        loops = (level.one(name) for level, name in levels if level is not None)
        return next((found for loop in loops if loop is not None and (found := reference(loop, "Y4"))), "")

    @property
    def references(self) -> tuple[tuple[str, str], ...]:
        """Every number of the claim: pairs of kind (REF01) and number (REF02)."""
        return references(self.loop)

    @property
    def patient_paid(self) -> Decimal | None:
        """What the patient has paid (AMT*F5)."""
        return money(self.loop, "F5")

    @property
    def notes(self) -> tuple[Note, ...]:
        """NTE."""
        return tuple(notes(self.loop))

    @property
    def diagnoses(self) -> tuple[DiagnosisReading, ...]:
        """The diagnoses in their order, as the lines point to them (HI)."""
        mark = self._mark
        found = [text.split(mark) for _, hi, _ in self.loop.segments if hi[0] == "HI" for text in hi[1:]]
        return tuple([DiagnosisReading(one[0], at(one, 1)) for one in found if one[0] in _DIAGNOSES])

    @property
    def referring(self) -> tuple[PartyReading, ...]:
        """Loops 2310A: who referred (DN), and the primary care provider (P3)."""
        return tuple(one for loop in self.loop.inside("2310A") if (one := party(loop)) is not None)

    @property
    def rendering(self) -> PartyReading | None:
        """Loop 2310B; None if the billing provider treated."""
        return party(self.loop.one("2310B"))

    @property
    def facility(self) -> PartyReading | None:
        """Loop 2310C."""
        return party(self.loop.one("2310C"))

    @property
    def supervising(self) -> PartyReading | None:
        """Loop 2310D."""
        return party(self.loop.one("2310D"))

    @property
    def other_payers(self) -> tuple[OtherPayerReading, ...]:
        """Loops 2320."""
        return tuple(OtherPayerReading(loop) for loop in self.loop.inside("2320"))

    @property
    def lines(self) -> tuple[LineReading, ...]:
        """Loops 2400."""
        mark = self._mark
        return tuple([LineReading(loop, mark) for loop in self.loop.loops if loop.id == _LINE])

    @property
    def _mark(self) -> str:
        return self.origin.marks.component

    @property
    def _clm(self) -> Parts:
        return self.loop.first("CLM")

    @property
    def _sbr(self) -> Parts:
        return self._level("2000B").first("SBR")

    @property
    def _header(self) -> Loop:
        return self._level("ST_LOOP").one("HEADER") or _NOTHING

    def _level(self, loop_id: str) -> Loop:
        return self.loop.level(loop_id) or _NOTHING

    def _component(self, position: int, component: int) -> str:
        found = at(self._clm, position).split(self._mark)
        return found[component - 1] if component <= len(found) else ""


def read(source: bytes | BinaryIO, *, overlays: tuple[Overlay, ...] = ()) -> Reading[ClaimReading]:
    """Read every claim of every 837P of a file, whoever wrote it, in a stream: one claim is held at a time.

    Nothing raises for what a file holds; see `Reading` for when it may be used.
    """
    passage = Passage(source, {GUIDE: frozenset({_CLAIM})}, overlays)
    return Reading(passage, _claims(passage))


def _claims(passage: Passage) -> Iterator[ClaimReading]:
    for loop in passage.pieces():
        if loop.id == _CLAIM and loop.first("CLM"):
            yield ClaimReading(loop, passage.origin)
