"""From the document that was handed in to the visit that the house works with."""

from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel

from gateway.intake import documents as d
from gateway.intake.stored import without_empty
from gateway.people import Address, BillingProvider, Coverage, Employer, Facility, Person, Provider
from gateway.visit import (
    NOT_SUPPLIED,
    Abn,
    Accident,
    Authorization,
    Goal,
    KxStatement,
    Note,
    Order,
    Outcome,
    PlanOfCare,
    Progress,
    Service,
    TherapyUsed,
    Visit,
)

T = TypeVar("T")
D = TypeVar("D")


def visit(document: d.VisitDocument) -> Visit:
    """Translate a document. What was left out becomes NOT_SUPPLIED, null becomes None."""
    given = document.model_fields_set
    return Visit(
        key=document.visit_id,
        day=document.date,
        discipline=document.discipline,
        place_of_service=document.place_of_service,
        patient=_person(document.patient),
        coverages=tuple(_coverage(one) for one in document.coverages),
        rendering=_provider(document.rendering),
        referring=_made(_provider, document.referring) if "referring" in given else NOT_SUPPLIED,
        supervising=_made(_provider, document.supervising),
        billing=_made(_billing, document.billing),
        facility=_made(_facility, document.facility),
        diagnoses=tuple(code.replace(".", "") for code in document.diagnoses),
        services=tuple(_service(one) for one in document.services),
        note=_given(Note, document.note) if "note" in given else NOT_SUPPLIED,
        plan_of_care=_made(_plan, document.plan_of_care) if "plan_of_care" in given else NOT_SUPPLIED,
        order=_given(Order, document.order) if "order" in given else NOT_SUPPLIED,
        progress=_given(Progress, document.progress) if "progress" in given else NOT_SUPPLIED,
        authorization=_same(Authorization, document.authorization) if "authorization" in given else NOT_SUPPLIED,
        accident=_same(Accident, document.accident) if "accident" in given else NOT_SUPPLIED,
        onset=document.onset,
        initial_treatment=document.initial_treatment,
        outcomes=tuple(Outcome(**one.model_dump()) for one in document.outcomes),
        abn=_same(Abn, document.abn) if "abn" in given else NOT_SUPPLIED,
        kx=_same(KxStatement, document.kx) if "kx" in given else NOT_SUPPLIED,
        therapy_used=_same(TherapyUsed, document.therapy_used),
        care=document.care,
        former_member_ids=document.former_member_ids,
        distinct_from=document.distinct_from,
        other_patients=document.other_patients,
    )


def _made(make: Callable[[D], T], document: D | None) -> T | None:
    return None if document is None else make(document)


def _same(noun: type[T], document: BaseModel | None) -> T | None:
    """Make a noun whose fields are called and shaped as the document's."""
    return None if document is None else noun(**document.model_dump())


def _given(noun: type[T], document: BaseModel | None) -> T | None:
    """Make a noun of what was given: each fact of it that was left out is not supplied, the noun's own default."""
    if document is None:
        return None
    given = {name: getattr(document, name) for name in document.model_fields_set}
    return noun(**without_empty(given))


def _plan(document: d.PlanOfCareDocument) -> PlanOfCare:
    goals = tuple(Goal(text=one) if isinstance(one, str) else Goal(**one.model_dump()) for one in document.goals)
    given = {name: getattr(document, name) for name in document.model_fields_set - {"goals"}}
    return PlanOfCare(**without_empty(given), goals=goals)


def _address(document: d.AddressDocument) -> Address:
    fields = document.model_dump()
    return Address(**{**fields, "zip_code": document.zip_code.replace("-", "")})


def _person(document: d.PersonDocument) -> Person:
    return Person(**document.model_dump(exclude={"address"}), address=_address(document.address))


def _provider(document: d.ProviderDocument) -> Provider:
    return Provider(**document.model_dump())


def _billing(document: d.BillingDocument) -> BillingProvider:
    return BillingProvider(**document.model_dump(exclude={"address"}), address=_address(document.address))


def _facility(document: d.FacilityDocument) -> Facility:
    return Facility(name=document.name, npi=document.npi, address=_address(document.address))


def _subscriber(document: d.PersonDocument | d.EmployerDocument) -> Person | Employer:
    if isinstance(document, d.EmployerDocument):
        return Employer(name=document.organization, address=_address(document.address))
    return _person(document)


def _coverage(document: d.CoverageDocument) -> Coverage:
    subscriber = None if document.subscriber is None else _subscriber(document.subscriber)
    return Coverage(**document.model_dump(exclude={"subscriber"}), subscriber=subscriber)


def _service(document: d.ServiceDocument) -> Service:
    return Service(
        code=document.code,
        modifiers=document.modifiers,
        minutes=document.minutes if "minutes" in document.model_fields_set else NOT_SUPPLIED,
        starts=document.start,
        ends=document.stop,
        assistant_minutes=document.assistant_minutes,
        treated_by=document.treated_by if "treated_by" in document.model_fields_set else NOT_SUPPLIED,
        units=document.units,
        charge=document.charge,
        pointers=document.pointers,
        regions=document.regions,
        goals=document.goals,
        description=document.description,
    )
