"""Who may give, sign, evaluate, certify and bill what: the edges, and the near misses that are right."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.finding import Severity
from gateway.payer import Payer, Program
from gateway.scrub import Case
from tests.scrub.cases import MISSING, SETTINGS, case_of, found, holds, judged, sample, severities

HOLD, WARN = Severity.HOLD, Severity.WARN
ASSISTANT = {"npi": "1912345687", "last_name": "Reyes", "first_name": "Bob", "credential": "PTA"}
STONE = {"last_name": "Stone", "first_name": "Ida", "npi": "1912345679", "credential": "PT"}
REYES = {"last_name": "Reyes", "first_name": "Bob", "credential": "PTA"}
COMMERCIAL = SETTINGS.payers["BLUE7"]
ADVANTAGE = Program.MEDICARE_ADVANTAGE


def visit(
    changes: dict[str, Any] | None = None, *, staff: tuple[dict[str, Any], ...] = (), payer: Payer | None = None
) -> Case:
    """A clean Medicare visit of a physical therapist, changed."""
    return case_of({**sample("POC_MISSING", "good"), "staff": list(staff)}, changes, payer=payer)


def services(*gave: tuple[str, str | None]) -> list[dict[str, Any]]:
    return [{"code": code, "minutes": 30, **({"treated_by": by} if by else {})} for code, by in gave]


def rendering(credential: str, taxonomy: str = "") -> dict[str, Any]:
    return {**ASSISTANT, "credential": credential, "taxonomy": taxonomy}


def test_the_visit_itself_is_clean() -> None:
    assert judged(visit()) == ()


# Who renders


@pytest.mark.parametrize(
    "who",
    [
        rendering("LMT BCTMB"),
        rendering("L.M.T."),
        rendering("CMT"),
        rendering("RMT"),
        rendering("NCTMB"),
        rendering("", "225700000X"),
        rendering("Licensed Massage", "225700000X"),
    ],
)
def test_a_massage_therapist_is_known_in_every_spelling(who: dict[str, Any]) -> None:
    case = visit({"rendering": who, "services": services(("97124", None)), "note": MISSING})
    assert severities(case, "PROVIDER_NOT_ELIGIBLE") == [HOLD]


@pytest.mark.parametrize("credential", ["PT, LMT", "DPT LMT", "PT", "PT, CMT"])
def test_a_therapist_who_is_a_massage_therapist_too_is_a_therapist(credential: str) -> None:
    case = visit({"rendering.credential": credential, "services": services(("97124", "therapist"))})
    assert severities(case, "PROVIDER_NOT_ELIGIBLE") == []


def test_massage_that_a_massage_therapist_gave_under_a_therapists_number() -> None:
    changes = {"services": services(("97110", "therapist"), ("97124", "massage_therapist"))}
    assert holds(visit(changes)) == ["PROVIDER_NOT_ELIGIBLE"]
    assert holds(visit(changes, payer=COMMERCIAL)) == []
    medicaid = SETTINGS.payers["MDCD1"]
    assert severities(visit(changes, payer=medicaid), "PROVIDER_NOT_ELIGIBLE") == [HOLD]
    assert severities(visit(changes, payer=medicaid), "MINUTES_NOT_BILLABLE") == []


@pytest.mark.parametrize("credential", ["PTA", "P.T.A.", "COTA/L", "SLPA", "ATC", "AT-L", "PT aide", "SPT"])
def test_who_can_never_render_for_medicare(credential: str) -> None:
    changes = {"rendering": rendering(credential), "note": MISSING}
    assert severities(visit(changes), "RENDERING_IS_ASSISTANT") == [HOLD]
    advantage = visit(changes, payer=_of_program(ADVANTAGE))
    assert severities(advantage, "RENDERING_IS_ASSISTANT") == [HOLD]
    assert severities(visit(changes, payer=COMMERCIAL), "RENDERING_IS_ASSISTANT") == []


@pytest.mark.parametrize("who", [rendering("PT, PTA"), rendering("PT", "225200000X"), rendering("PhD"), rendering("")])
def test_in_doubt_nobody_is_an_assistant(who: dict[str, Any]) -> None:
    case = visit({"rendering": who, "note": MISSING})
    assert severities(case, "RENDERING_IS_ASSISTANT") == []


def test_the_staff_list_says_what_the_visit_does_not_and_a_contradiction_is_a_doubt() -> None:
    listed = {**REYES, "npi": ASSISTANT["npi"]}
    silent = visit({"rendering": rendering(""), "note": MISSING}, staff=(listed,))
    assert severities(silent, "RENDERING_IS_ASSISTANT") == [HOLD]
    other = visit({"rendering": rendering("PTA"), "note": MISSING}, staff=({**listed, "credential": "PT"},))
    assert severities(other, "RENDERING_IS_ASSISTANT") == []


# Who evaluates


def test_an_evaluation_by_an_assistant_is_found_by_treated_by_by_credential_and_by_minutes() -> None:
    evaluation = services(("97161", None))
    assert severities(visit({"services": services(("97161", "assistant"))}), "EVALUATION_BY_ASSISTANT") == [HOLD]
    mine = visit({"services": evaluation, "rendering": rendering("PTA"), "note": MISSING}, payer=COMMERCIAL)
    assert severities(mine, "EVALUATION_BY_ASSISTANT") == [HOLD]
    shared = services(("97164", "therapist"))
    shared[0]["assistant_minutes"] = 5
    assert severities(visit({"services": shared}), "EVALUATION_BY_ASSISTANT") == [HOLD]
    shared[0]["assistant_minutes"] = 0
    assert severities(visit({"services": shared}), "EVALUATION_BY_ASSISTANT") == []


def test_an_evaluation_beside_an_assistants_exercise_is_right() -> None:
    case = visit({"services": services(("97164", "therapist"), ("97110", "assistant"))})
    assert holds(case) == []
    assert [line.modifiers for line in case.draft.lines] == [("GP",), ("GP", "CQ")]


# Whose minutes count


@pytest.mark.parametrize("by", ["aide", "athletic_trainer"])
def test_minutes_that_count_for_no_unit(by: str) -> None:
    changes = {"services": services(("97110", "therapist"), ("97112", by))}
    assert severities(visit(changes), "MINUTES_NOT_BILLABLE") == [HOLD]
    assert severities(visit(changes, payer=COMMERCIAL), "MINUTES_NOT_BILLABLE") == []
    assert severities(visit(changes, payer=_of_program(ADVANTAGE)), "MINUTES_NOT_BILLABLE") == [WARN]


def test_an_aides_minutes_that_lift_another_codes_units_are_found_though_they_are_not_billed() -> None:
    lifting = [
        {"code": "97110", "minutes": 20, "treated_by": "therapist"},
        {"code": "97112", "minutes": 3, "treated_by": "aide"},
    ]
    case = visit({"services": lifting})
    assert [line.units for line in case.draft.lines] == [2, 0]
    assert severities(case, "MINUTES_NOT_BILLABLE") == [HOLD]
    lifting[0]["minutes"] = 15
    assert severities(visit({"services": lifting}), "MINUTES_NOT_BILLABLE") == []


@pytest.mark.parametrize("by", ["therapist", "assistant", None])
def test_other_minutes_count(by: str | None) -> None:
    assert severities(visit({"services": services(("97110", by))}), "MINUTES_NOT_BILLABLE") == []


# Students


def note(by: str, **more: str) -> dict[str, Any]:
    return {f"note.{field}": value for field, value in {"signed_by": by, **more}.items()}


@pytest.mark.parametrize(
    "signed",
    [
        note("Ida Stone, PT"),
        note("Lena Ort, SPT", cosigned_by="Ida Stone, PT"),
        note("Lena Ort", signed_credential="SPT", cosigned_by="Ida Stone"),
        note("Lena Ort, PT student", cosigned_credential="PT"),
        note("Bea Lund, PT"),
        note("Bea Lund"),
    ],
)
def test_a_students_service_that_a_clinician_signs_is_right(signed: dict[str, Any]) -> None:
    case = visit({"services": services(("97110", "student")), **signed})
    assert holds(case) == []


@pytest.mark.parametrize(
    ("signed", "wanted"),
    [
        (note("Lena Ort, SPT"), HOLD),
        (note("Lena Ort, SPT", cosigned_by="Bob Reyes, PTA"), HOLD),
        # That a clinician has to be in the room is told from memory; that a note bears a professional's signature is not.
        (note("Bob Reyes, PTA"), WARN),
    ],
)
def test_a_students_service_that_no_clinician_signs(signed: dict[str, Any], wanted: Severity) -> None:
    changes = {"services": services(("97110", "student")), **signed}
    assert severities(visit(changes), "STUDENT_UNSUPERVISED") == [wanted]
    assert severities(visit(changes, payer=COMMERCIAL), "STUDENT_UNSUPERVISED") == []


def test_a_students_note_alone_is_found_where_nobody_says_who_treated() -> None:
    assert holds(visit(note("Lena Ort, SPT"))) == ["STUDENT_UNSUPERVISED"]


def test_signatures_that_are_not_supplied_say_nothing_of_students() -> None:
    silent = {"services": services(("97110", "student")), "note.signed_by": MISSING, "note.signed_at": MISSING}
    assert holds(visit(silent)) == []


# Who signs


@pytest.mark.parametrize(
    "by",
    [
        "Ida Stone, PT",
        "Stone, Ida",
        "I. Stone PT",
        "IDA STONE",
        "istone",
        "Ida Miller, PT",
        "Ida Stone, RN",
        "Bea Lund, PT",
        "Bea Lund",
        "Bea Lund, MD",
        "Bea Lund, MA",
    ],
)
def test_signers_who_are_or_may_be_right(by: str) -> None:
    """The one who treated by any name, who may be a colleague, and of whom nothing is known."""
    case = visit({**note(by), "services": services(("97110", "therapist"))})
    assert severities(case, "SIGNER_NOT_ENTITLED") == []


@pytest.mark.parametrize(
    "by",
    [
        "Bob Reyes, PTA",
        "Bea Lund, OTR/L",
        "Bea Lund, DC",
        "Rosa Diaz, RN",
        "R. Diaz, CMA",
        "Rosa Diaz, PT aide",
        "Front desk",
    ],
)
def test_signers_who_neither_treated_nor_may_co_sign(by: str) -> None:
    changes = {**note(by), "services": services(("97110", "therapist"))}
    assert holds(visit(changes)) == ["SIGNER_NOT_ENTITLED"]
    beside = {**changes, "note.cosigned_by": "Ida Stone, PT"}
    assert holds(visit(beside)) == []


def test_an_assistants_own_note_of_what_the_assistant_gave_is_right() -> None:
    assert judged(visit({**note("Bob Reyes, PTA"), "services": services(("97110", "assistant"))})) == ()
    shared = services(("97110", "therapist"))
    shared[0]["assistant_minutes"] = 15
    assert judged(visit({**note("Bob Reyes, PTA"), "services": shared})) == ()


def test_an_assistants_note_of_an_evaluation_is_not() -> None:
    changes = {**note("Bob Reyes, PTA"), "services": services(("97164", "therapist"), ("97110", "assistant"))}
    assert holds(visit(changes)) == ["SIGNER_NOT_ENTITLED"]


def test_the_supervisor_may_sign() -> None:
    changes = {
        **note("Bea Lund, OTR/L"),
        "supervising": {"npi": "1912345695", "last_name": "Lund", "first_name": "Bea", "credential": "OTR/L"},
        "services": services(("97110", "assistant")),
    }
    assert severities(visit(changes), "SIGNER_NOT_ENTITLED") == []


def test_the_staff_list_says_what_a_signer_is() -> None:
    changes = {**note("Bob Reyes"), "services": services(("97110", "therapist"))}
    assert holds(visit(changes)) == []
    assert holds(visit(changes, staff=(REYES,))) == ["SIGNER_NOT_ENTITLED"]
    twins = (REYES, {**REYES, "first_name": "Bob M", "credential": "PT"})
    assert holds(visit(changes, staff=twins)) == []


def test_a_massage_therapists_note_under_a_therapist_is_worth_a_look_for_who_pays_for_it() -> None:
    changes = {**note("Mia Poe, LMT"), "services": services(("97124", "therapist"))}
    assert severities(visit(changes), "SIGNER_NOT_ENTITLED") == [HOLD]
    assert severities(visit(changes, payer=COMMERCIAL), "SIGNER_NOT_ENTITLED") == [WARN]
    gave = {**changes, "services": services(("97124", "massage_therapist"))}
    assert severities(visit(gave, payer=COMMERCIAL), "SIGNER_NOT_ENTITLED") == []


# CQ and CO, where only the signature tells


def test_an_assistants_signature_asks_who_gave_what() -> None:
    assert holds(visit(note("Bob Reyes, PTA"))) == ["MOD_ASSISTANT_REQUIRED"]
    marked = {**note("Bob Reyes, PTA"), "services.1.modifiers": ["CQ"]}
    assert holds(visit(marked)) == []
    assert holds(visit({**note("Bob Reyes, PTA"), "note.cosigned_by": "Ida Stone, PT"})) == []
    assert holds(visit(note("Bob Reyes, PTA"), payer=COMMERCIAL)) == []


# Who certifies


@pytest.mark.parametrize(
    "by", ["MD", "M.D.", "DO", "NP", "FNP-C", "PA-C", "CNS", "Ruth Ames, MD", "", "Dr. Ames", "PhD"]
)
def test_who_may_certify_or_of_whom_nothing_is_known(by: str) -> None:
    assert severities(visit({"plan_of_care.certified_by": by}), "CERTIFIER_NOT_ENTITLED") == []


@pytest.mark.parametrize("by", ["DC", "D.C.", "PT", "PTA", "LMT", "RN", "ND", "PharmD", "LAc"])
def test_who_may_not_certify(by: str) -> None:
    assert severities(visit({"plan_of_care.certified_by": by}), "CERTIFIER_NOT_ENTITLED") == [HOLD]
    uncertified = {"plan_of_care.certified_by": by, "plan_of_care.certified_on": None}
    assert severities(visit(uncertified), "CERTIFIER_NOT_ENTITLED") == []
    assert severities(visit({"plan_of_care.certified_by": by}, payer=COMMERCIAL), "CERTIFIER_NOT_ENTITLED") == []


@pytest.mark.parametrize(
    ("by", "diagnosis", "found_"),
    [("DPM", "M54.50", [WARN]), ("DPM", "M72.2", []), ("OD", "M54.50", [WARN]), ("OD", "H54.8", [])],
)
def test_podiatrists_and_optometrists_certify_their_own_part(by: str, diagnosis: str, found_: list[Severity]) -> None:
    case = visit({"plan_of_care.certified_by": by, "diagnoses": [diagnosis]})
    assert severities(case, "CERTIFIER_NOT_ENTITLED") == found_


# Licences and enrolments


def licence(**more: str) -> dict[str, Any]:
    return {"state": "IL", "kind": "PT", **more}


@pytest.mark.parametrize(
    ("licences", "found_"),
    [
        ([], []),
        ([licence()], []),
        ([licence(ends="2026-11-09")], []),
        ([licence(starts="2026-11-09")], []),
        ([licence(ends="2026-11-08")], [HOLD]),
        ([licence(starts="2026-11-10")], [HOLD]),
        ([licence(ends="2026-11-08", kind="LMT"), licence()], []),
        ([licence(ends="2026-11-08"), licence(kind="LMT")], [HOLD]),
        ([licence(state="IA")], [WARN]),
    ],
)
def test_licences_on_the_day_and_in_the_state(licences: list[dict[str, Any]], found_: list[Severity]) -> None:
    case = visit(staff=({**STONE, "licence": licences},))
    assert severities(case, "LICENCE_NOT_VALID") == found_


def test_the_state_is_where_the_service_was_given() -> None:
    there = {"patient.address.state": "IA", "place_of_service": "12"}
    listed = {**STONE, "licence": [licence(state="IA", ends="2026-01-01"), licence()]}
    assert severities(visit(there, staff=(listed,)), "LICENCE_NOT_VALID") == [HOLD]
    there["place_of_service"] = "11"
    assert severities(visit(there, staff=(listed,)), "LICENCE_NOT_VALID") == []


def test_an_assistant_who_signed_has_a_licence_too() -> None:
    treated = {**note("Bob Reyes, PTA"), "services": services(("97110", "assistant"))}
    expired = {**REYES, "licence": [licence(kind="PTA", ends="2026-01-01")]}
    assert [one.where for one in found(visit(treated, staff=(expired,)), "LICENCE_NOT_VALID")] == ["note.signed_by"]
    assert severities(visit(treated, staff=(REYES,)), "LICENCE_NOT_VALID") == []


@pytest.mark.parametrize(
    ("enrolled", "found_"),
    [
        ([], []),
        ([{"payer": "MCRB1"}], []),
        ([{"payer": "MCRB1", "starts": "2026-11-09", "ends": "2026-11-09"}], []),
        ([{"payer": "MCRB1", "starts": "2026-11-10"}], [HOLD]),
        ([{"payer": "MCRB1", "ends": "2026-11-08"}], [HOLD]),
        ([{"payer": "BLUE7"}], [HOLD]),
    ],
)
def test_enrolments_on_the_day(enrolled: list[dict[str, Any]], found_: list[Severity]) -> None:
    case = visit(staff=({**STONE, "enrolled": enrolled},))
    assert severities(case, "ENROLLMENT_MISSING") == found_


def test_a_payer_that_nobody_is_enrolled_with_may_enrol_nobody() -> None:
    listed = {**STONE, "enrolled": [{"payer": "MCRB1"}]}
    others = {**REYES, "enrolled": [{"payer": "BLUE7"}]}
    assert severities(visit(staff=(listed,), payer=COMMERCIAL), "ENROLLMENT_MISSING") == []
    assert severities(visit(staff=(listed, others), payer=COMMERCIAL), "ENROLLMENT_MISSING") == [HOLD]
    assert severities(visit(staff=(listed,), payer=SETTINGS.payers["MDCD1"]), "ENROLLMENT_MISSING") == [WARN]


# Chiropractors


@pytest.mark.parametrize(
    ("service", "found_"),
    [
        ({"code": "98941", "modifiers": ["AT"]}, []),
        ({"code": "97110", "minutes": 15}, [HOLD]),
        ({"code": "97110", "minutes": 15, "modifiers": ["GP", "GY"]}, []),
        ({"code": "98943", "units": 1}, [HOLD]),
        ({"code": "98943", "units": 1, "modifiers": ["GX", "GY"]}, []),
        ({"code": "99213", "units": 1, "modifiers": ["GA"]}, [HOLD]),
    ],
)
def test_a_chiropractors_lines_to_medicare(service: dict[str, Any], found_: list[Severity]) -> None:
    document = sample("MOD_AT_REQUIRED", "good")
    changes = {"services": [service]}
    assert severities(case_of(document, changes), "CHIROPRACTOR_LINE_NOT_COVERED") == found_
    assert severities(case_of(document, changes, payer=COMMERCIAL), "CHIROPRACTOR_LINE_NOT_COVERED") == []


def _of_program(program: Program) -> Payer:
    return replace(SETTINGS.payers["MCRB1"], program=program)
