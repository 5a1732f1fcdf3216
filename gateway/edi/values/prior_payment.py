"""What earlier or later payers have to do with a claim: loops 2320 with 2330, and 2430 of a line."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from gateway.edi.follow.loop import Loop, at
from gateway.edi.values.loop_values import PriorAdjustment, adjustments, day, money, reference
from gateway.edi.values.party import PartyReading, party
from gateway.edi.values.payment import MOA_REMARKS
from gateway.edi.wire.figures import as_amount, as_number


class OtherPayerReading(NamedTuple):
    """Loop 2320: another payer, and what it did with the claim if it was before this one."""

    loop: Loop

    @property
    def sequence(self) -> str:
        """P, S, T and so on (SBR01)."""
        return self.loop.element("SBR", 1)

    @property
    def relationship(self) -> str:
        """What the patient is to the other subscriber (SBR02); 18 is the same person."""
        return self.loop.element("SBR", 2)

    @property
    def group_number(self) -> str:
        """SBR03."""
        return self.loop.element("SBR", 3)

    @property
    def insurance_type(self) -> str:
        """Why Medicare comes second (SBR05)."""
        return self.loop.element("SBR", 5)

    @property
    def filing_code(self) -> str:
        """SBR09, such as MB, CI."""
        return self.loop.element("SBR", 9)

    @property
    def paid(self) -> Decimal | None:
        """What it paid (AMT*D)."""
        return money(self.loop, "D")

    @property
    def not_covered(self) -> Decimal | None:
        """What it does not cover at all (AMT*A8)."""
        return money(self.loop, "A8")

    @property
    def patient_liability(self) -> Decimal | None:
        """What remains for the patient (AMT*EAF)."""
        return money(self.loop, "EAF")

    @property
    def adjustments(self) -> tuple[PriorAdjustment, ...]:
        """What it took off the claim as a whole (CAS)."""
        return adjustments(self.loop)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Its remark codes (MOA03 to MOA07)."""
        moa = self.loop.first("MOA")
        return tuple(code for position in MOA_REMARKS if (code := at(moa, position)))

    @property
    def subscriber(self) -> PartyReading | None:
        """Loop 2330A."""
        return party(self.loop.one("2330A"))

    @property
    def payer(self) -> PartyReading | None:
        """Loop 2330B."""
        return party(self.loop.one("2330B"))

    @property
    def paid_on(self) -> date | None:
        """When it decided (DTP*573 of 2330B)."""
        loop = self.loop.one("2330B")
        return day(loop, "573") if loop is not None else None

    @property
    def payer_claim_number(self) -> str:
        """Its own number of the claim (REF*F8 of 2330B)."""
        loop = self.loop.one("2330B")
        return reference(loop, "F8") if loop is not None else ""


class LineAdjudicationReading(NamedTuple):
    """Loop 2430: what another payer did with a line."""

    loop: Loop
    component: str

    @property
    def payer_id(self) -> str:
        """Which one: NM109 of its 2330B (SVD01)."""
        return self.loop.element("SVD", 1)

    @property
    def paid(self) -> Decimal | None:
        """What it paid (SVD02)."""
        return as_amount(self.loop.element("SVD", 2))

    @property
    def procedure(self) -> tuple[str, ...]:
        """What it paid for (SVD03): qualifier, code, modifiers."""
        text = self.loop.element("SVD", 3)
        return tuple(text.split(self.component)) if text else ()

    @property
    def units(self) -> Decimal | None:
        """How many (SVD05)."""
        return as_number(self.loop.element("SVD", 5))

    @property
    def bundled_into(self) -> str:
        """The line that it was bundled or unbundled into (SVD06)."""
        return self.loop.element("SVD", 6)

    @property
    def adjustments(self) -> tuple[PriorAdjustment, ...]:
        """What it took off (CAS)."""
        return adjustments(self.loop)

    @property
    def paid_on(self) -> date | None:
        """When it decided (DTP*573)."""
        return day(self.loop, "573")

    @property
    def patient_liability(self) -> Decimal | None:
        """What remains for the patient (AMT*EAF)."""
        return money(self.loop, "EAF")
