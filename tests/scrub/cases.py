"""Cases made of the samples: what a rule looks at, with the payers of config/."""

import copy
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from gateway.billing import draft
from gateway.finding import Finding, Severity
from gateway.intake import Taken
from gateway.intake.read import checked
from gateway.payer import Payer
from gateway.people import Enrolment, Licence, StaffMember
from gateway.same_patient import sort_by_patient
from gateway.scrub import OUR_FAULT, Case, scrub
from gateway.settings import CONFIG_SHIPPED, SAMPLES_SHIPPED, load
from gateway.settings.documents import PayerDocument, StaffMemberDocument
from gateway.settings.read import payer_of
from gateway.visit import Visit

SETTINGS = load(CONFIG_SHIPPED)
SAMPLES = SAMPLES_SHIPPED / "scrub"
MISSING = object()
"""In `case_of(changes=...)`: leave the field out, so that it is not supplied."""


def sample(rule: str, which: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SAMPLES / rule / f"{which}.json").read_text(), parse_float=Decimal)
    return document


def visit_of(document: dict[str, Any]) -> Visit:
    taken = checked(document)
    assert isinstance(taken, Taken), taken
    return taken.visit


def case_of(
    document: dict[str, Any],
    changes: Mapping[str, object] | None = None,
    *,
    payer: Payer | None = None,
    still_holds: frozenset[str] = SETTINGS.still_holds,
    codes: Path | None = None,
) -> Case:
    """Make the case of a sample, its visit changed at dotted paths such as services.1.units; lists count from 1."""
    written = copy.deepcopy(document["visit"])
    for path, value in (changes or {}).items():
        change(written, path, value)
    visit = visit_of(written)
    others = sort_by_patient(visit, [visit_of(earlier) for earlier in document.get("history", ())])
    policy = payer or _payer_of(document) or SETTINGS.payer(visit.coverage.payer_id)
    return Case(
        visit=visit,
        draft=draft(visit, policy),
        payer=policy,
        other_policies=policies_of(visit),
        practice=SETTINGS.practice,
        today=date.fromisoformat(document["today"]),
        policies=SETTINGS.policies,
        staff=tuple(map(_staff_member, document.get("staff", ()))),
        history=others.same,
        doubtful=others.doubtful,
        still_holds=still_holds,
        codes=codes,
        adjudicated=document.get("adjudicated", False),
        payer_claim_number=document.get("payer_claim_number", ""),
        paid_by_another=document.get("paid_by_another", ""),
    )


def _payer_of(document: Mapping[str, Any]) -> Payer | None:
    """Give the payer that a sample brings along, as its file would say it; None where config/ has it."""
    return payer_of(PayerDocument.model_validate(document["payer"])) if "payer" in document else None


def _staff_member(written: Mapping[str, Any]) -> StaffMember:
    """One of the practice's people as a sample writes them: as [[person]] of staff.toml, in JSON."""
    member = StaffMemberDocument.model_validate(written)
    return StaffMember(
        **member.model_dump(exclude={"licence", "enrolled"}),
        licences=tuple(Licence(**one.model_dump()) for one in member.licence),
        enrolled=tuple(Enrolment(**one.model_dump()) for one in member.enrolled),
    )


def policies_of(visit: Visit) -> tuple[Payer, ...]:
    """Those of the payers of its other coverages."""
    return tuple(SETTINGS.payer(one.payer_id) for one in visit.coverages[1:])


def change(document: dict[str, Any], path: str, value: object) -> None:
    *parents, leaf = path.split(".")
    place: Any = document
    for part in parents:
        place = place[int(part) - 1] if isinstance(place, list) else place[part]
    if value is MISSING:
        place.pop(leaf, None)
    else:
        place[int(leaf) - 1 if isinstance(place, list) else leaf] = value


def unsourced(payer: Payer, **wishes: Any) -> Payer:
    """The payer without any source for what it wants, so that its wishes may only warn."""
    return replace(payer, sources={}, **wishes)


def found(case: Case, rule: str) -> tuple[Finding, ...]:
    return tuple(finding for finding in judged(case) if finding.rule == rule)


def judged(case: Case) -> tuple[Finding, ...]:
    """What the rules find; none of them broke."""
    findings = scrub(case)
    assert [finding for finding in findings if finding.where == OUR_FAULT] == []
    return findings


def severities(case: Case, rule: str) -> list[Severity]:
    return [finding.severity for finding in found(case, rule)]


def holds(case: Case) -> list[str]:
    return [finding.rule for finding in judged(case) if finding.severity is Severity.HOLD]
