"""From a clean draft to the claim that goes on the wire."""

from collections.abc import Sequence
from dataclasses import replace

from gateway.billing.draft import Draft
from gateway.billing.member_id import as_on_claim
from gateway.billing.other_coverage import other_coverages
from gateway.claim import Claim, Frequency, ServiceLine
from gateway.payer import Payer
from gateway.people import Practice, Provider
from gateway.visit import Accident, Authorization, Visit


def finish(
    visit: Visit,
    draft: Draft,
    *,
    payer: Payer,
    other_policies: Sequence[Payer] = (),
    practice: Practice,
    patient_control_number: str,
    frequency: Frequency = Frequency.ORIGINAL,
    payer_claim_number: str = "",
) -> Claim:
    """Make the claim. Lines whose minutes come to no unit are not billed.

    other_policies  of the payers of the visit's other coverages, one for each, in their order
    The draft must be without a holding finding: units, charges and pointers are decided, and at least one line is left.
    """
    lines = []
    for place, line in enumerate(draft.billed, start=1):
        assert line.units is not None, "a clean draft knows its units"
        assert line.charge is not None, "a clean draft knows its charges"
        lines.append(
            ServiceLine(
                # Unique over claims as well, so that a line is found even where a payer garbles the claim's number.
                control=f"{patient_control_number}{place:02d}",
                procedure=line.procedure,
                modifiers=line.modifiers,
                charge=line.charge,
                units=line.units,
                pointers=line.pointers,
                day=visit.day,
                description=line.service.description,
            )
        )
    return Claim(
        patient_control_number=patient_control_number,
        frequency=frequency,
        payer_claim_number=payer_claim_number,
        billing=visit.billing or practice.billing,
        patient=visit.patient,
        # A practice's system often exports the payer's id alone; the wire wants its name as well (2010BB NM103).
        coverage=replace(
            visit.coverage,
            payer_name=visit.coverage.payer_name or payer.name,
            member_id=as_on_claim(visit.coverage, payer),
        ),
        filing_code=payer.filing_code,
        place_of_service=visit.place_of_service,
        rendering=visit.rendering,
        referring=visit.referring if isinstance(visit.referring, Provider) else None,
        # A supervisor is told of only beside somebody else who treated (2310D).
        supervising=_supervising(visit),
        facility=visit.facility,
        diagnoses=visit.diagnoses,
        lines=tuple(lines),
        authorization=visit.authorization.number if isinstance(visit.authorization, Authorization) else "",
        accident=visit.accident if isinstance(visit.accident, Accident) else None,
        onset=visit.onset,
        initial_treatment=visit.initial_treatment,
        other_payers=tuple(one.payer for one in other_coverages(visit, other_policies) if not one.repeats),
    )


def _supervising(visit: Visit) -> Provider | None:
    who = visit.supervising
    return None if who is not None and who.npi == visit.rendering.npi else who
