from datetime import date
from decimal import Decimal

import pytest

from gateway.claim import ServiceLine
from gateway.remittance import (
    Adjustment,
    ClaimPayment,
    GroupCode,
    LinePayment,
    ProviderAdjustment,
    Remittance,
)

Cas = tuple[str, str, str]


class Makers:
    """Short ways to write down claims and their answers."""

    day = date(2026, 5, 4)

    def line(self, control: str, code: str, charge: str, *modifiers: str, units: int = 1) -> ServiceLine:
        return ServiceLine(
            control=control,
            procedure=code,
            modifiers=modifiers,
            charge=Decimal(charge),
            units=units,
            pointers=(1,),
            day=self.day,
        )

    def cas(self, *triples: Cas) -> tuple[Adjustment, ...]:
        return tuple(
            Adjustment(group=GroupCode(group), carc=carc, amount=Decimal(amount)) for group, carc, amount in triples
        )

    def answer(
        self,
        code: str,
        charge: str,
        paid: str,
        *triples: Cas,
        control: str = "",
        modifiers: tuple[str, ...] = (),
        units: str | None = "1",
        remarks: tuple[str, ...] = (),
        ordinal: int = 20,
        billed: str = "",
        billed_units: str | None = None,
    ) -> LinePayment:
        """`billed` is SVC06, such as "97110:GP"."""
        billed_procedure, *billed_modifiers = billed.split(":")
        return LinePayment(
            procedure=code,
            modifiers=modifiers,
            charge=Decimal(charge),
            paid=Decimal(paid),
            units=None if units is None else Decimal(units),
            day=self.day,
            control=control,
            adjustments=self.cas(*triples),
            remarks=remarks,
            ordinal=ordinal,
            billed_procedure=billed_procedure,
            billed_modifiers=tuple(billed_modifiers),
            billed_units=None if billed_units is None else Decimal(billed_units),
        )

    def payment(
        self,
        charge: str,
        paid: str,
        *lines: LinePayment,
        cas: tuple[Cas, ...] = (),
        status: str = "1",
        share: str = "0.00",
        remarks: tuple[str, ...] = (),
    ) -> ClaimPayment:
        return ClaimPayment(
            patient_control_number="C1",
            status=status,
            charge=Decimal(charge),
            paid=Decimal(paid),
            patient_share=Decimal(share),
            filing_code="CI",
            payer_claim_number="P1",
            adjustments=self.cas(*cas),
            remarks=remarks,
            lines=lines,
            ordinal=12,
        )

    def remittance(self, payment: str, *claims: ClaimPayment, withheld: tuple[str, ...] = ()) -> Remittance:
        return Remittance(
            control="0001",
            payment=Decimal(payment),
            method="ACH",
            paid_on=self.day,
            trace="T1",
            originator="1999999999",
            payer_name="Invented Payer",
            payer_id="INVENTED1",
            payee_id="1234567893",
            claims=claims,
            provider_adjustments=tuple(
                ProviderAdjustment(reason="WO", reference="P0", amount=Decimal(amount), ordinal=90)
                for amount in withheld
            ),
        )


@pytest.fixture(scope="session")
def make() -> Makers:
    return Makers()
