"""Typed reading, as an integrator does it: everything that a claim or payment is known by, and every sum."""

from typing import BinaryIO

from gateway.edi.read import claim as claim_file
from gateway.edi.read import remittance as remittance_file
from gateway.money import ZERO
from gateway.remit.balance import check_claim, check_payment


def claims_read(file: BinaryIO) -> int:
    """Read an 837P: who, for whom, by whom, what for, each line; CLM02 is the sum of SV102."""
    claims, count = claim_file.read(file), 0
    for count, claim in enumerate(claims, start=1):  # noqa: B007 -- the count is used after the loop
        lines = claim.lines
        charges = [line.charge for line in lines]
        assert claim.charge == sum((one for one in charges if one is not None), ZERO)
        assert all(line.code and line.modifiers and line.units and line.pointers for line in lines)
        assert all(line.served and line.control for line in lines)
        assert all((claim.patient_control_number, claim.place_of_service, claim.frequency, claim.filing_code))
        assert all((claim.diagnoses, claim.references, not claim.authorization, not claim.other_payers))
        parties = (claim.subscriber, claim.payer, claim.rendering)
        assert all(one is not None and one.id and one.name for one in parties)
        patient, billing = claim.patient, claim.billing_provider
        assert patient is not None
        assert patient.birth_date
        assert billing is not None
        assert billing.npi
        assert billing.tax_id
    assert claims.is_whole
    return count


def payments_read(file: BinaryIO) -> int:
    """Read an 835 and balance it: each line, each claim, the payment."""
    remittances, count = remittance_file.read(file), 0
    for remittance in remittances:
        for reading in remittance.payments():
            assert reading.payment is not None
            check_claim(remittance.control, reading.payment)
            count += 1
        assert remittance.payment is not None
        assert remittance.is_whole
        check_payment(remittance.control, remittance.payment, remittance.paid, remittance.withheld)
    assert remittances.is_whole
    return count
