"""Loops 2300 to 2400 of an 837P (005010X222A1): the claim itself, its providers, its lines."""

from collections.abc import Iterator
from typing import Final

from gateway.claim import MODIFIERS_MAX, Claim, Frequency, ServiceLine
from gateway.edi.wire.segment import Segment
from gateway.edi.write.wording import NO_PERSON, address, dated, loop, npi, plain, provider
from gateway.money import wire
from gateway.people import Facility, Provider
from gateway.visit import Accident, AccidentKind

RELATED_CAUSES: Final = {AccidentKind.AUTO: "AA", AccidentKind.EMPLOYMENT: "EM", AccidentKind.OTHER: "OA"}
"""CLM11-1."""


@loop("2300")
def claim_itself(claim: Claim) -> Iterator[Segment]:
    """The claim: CLM, dates, references, diagnoses.

    CLM10 is left out: it says that somebody signed on the patient's behalf.
    """
    place = (claim.place_of_service, "B", claim.frequency.value)
    signed = ("Y", "A", "Y", "Y", "")
    cause = _related_cause(claim.accident) if claim.accident else ""
    yield Segment("CLM", (claim.patient_control_number, wire(claim.charge), "", "", place, *signed, cause))
    if claim.onset:
        yield dated("431", claim.onset)
    if claim.initial_treatment:
        yield dated("454", claim.initial_treatment)
    if claim.accident:
        yield dated("439", claim.accident.happened_on)
    if claim.authorization:
        yield Segment("REF", ("G1", claim.authorization))
    if claim.frequency is not Frequency.ORIGINAL:
        yield Segment("REF", ("F8", claim.payer_claim_number))
    qualified = zip(("ABK", *["ABF"] * len(claim.diagnoses)), claim.diagnoses, strict=False)
    yield Segment("HI", tuple((qualifier, code.replace(".", "")) for qualifier, code in qualified))


def claim_providers(claim: Claim) -> Iterator[Segment]:
    """Loops 2310A to 2310D; the rendering provider only if that is not the billing provider."""
    if claim.referring:
        yield from referring_provider(claim.referring)
    if claim.rendering.npi != claim.billing.npi:
        yield from rendering_provider(claim.rendering)
    if claim.facility:
        yield from service_facility(claim.facility)
    if claim.supervising:
        yield from supervising_provider(claim.supervising)


@loop("2310A")
def referring_provider(who: Provider) -> Iterator[Segment]:
    """Who referred the patient, or certified the plan of care."""
    yield provider("DN", who)


@loop("2310B")
def rendering_provider(who: Provider) -> Iterator[Segment]:
    """Who treated, and their specialty."""
    yield provider("82", who)
    if who.taxonomy:
        yield Segment("PRV", ("PE", "PXC", who.taxonomy))


@loop("2310C")
def service_facility(facility: Facility) -> Iterator[Segment]:
    """Where it was done."""
    yield Segment("NM1", ("77", "2", plain(facility.name), *NO_PERSON, *npi(facility.npi)))
    yield from address(facility.address)


@loop("2310D")
def supervising_provider(who: Provider) -> Iterator[Segment]:
    """Who supervised."""
    yield provider("DQ", who)


@loop("2400")
def service_line(ordinal: int, line: ServiceLine) -> Iterator[Segment]:
    """One service line. SV105 is left out: the place of service is the claim's."""
    yield Segment("LX", (str(ordinal),))
    pointers = tuple(map(str, line.pointers))
    procedure: tuple[str, ...] = ("HC", line.procedure, *line.modifiers)
    if line.description:
        # SV101-7 stands behind four modifiers, whether there are so many or not.
        procedure = (*procedure, *[""] * (MODIFIERS_MAX - len(line.modifiers)), plain(line.description))
    yield Segment("SV1", (procedure, wire(line.charge), "UN", str(line.units), "", "", pointers))
    yield dated("472", line.day)
    yield Segment("REF", ("6R", line.control))


def _related_cause(accident: Accident) -> tuple[str, ...]:
    cause = RELATED_CAUSES[accident.kind]
    return (cause, "", "", plain(accident.state)) if accident.kind is AccidentKind.AUTO else (cause,)
