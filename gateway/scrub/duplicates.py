"""Rules about the same visit twice, the same patient under two numbers, and about evaluations that a day has once."""

from gateway.finding import Owner, Severity
from gateway.scrub.rule import Case, Fault, Faults, rule
from gateway.scrub.same_day import is_distinct, is_repeat


@rule(
    id="VISIT_REPEATED",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="CARC 18: payers deny a second claim for the same patient, date, provider and procedures; a false claim if it is paid",
    fix="One visit exported twice: mark one (--do-not-bill). Two visits: gateway visits fix VISIT --set distinct_from='[\"OTHER\"]'.",
)
def visit_repeated(case: Case) -> Faults:
    """The same patient, payer, day, clinician and procedures under another visit id; some of them in common is worth a look."""
    visit, billed = case.visit, {line.procedure for line in case.draft.billed}
    for other in case.history:
        same = other.day == visit.day and other.rendering.npi == visit.rendering.npi
        if not same or is_distinct(visit, other):
            continue
        both = sorted(billed & {service.code for service in other.services})
        if is_repeat(case, other):
            yield Fault("visit_id", f"visit {other.key} of the same day bills the same services")
        elif both:
            yield Fault("visit_id", f"visit {other.key} of the same day bills {both[0]} as well", Severity.WARN)


@rule(
    id="PATIENT_DOUBTFUL",
    severity=Severity.WARN,
    owner=Owner.FRONT_DESK,
    cites="CARC 31 and 18: payers tell patients by number, name and birth date together",
    fix="The same patient with a new card: gateway visits fix VISIT --set former_member_ids='[\"OLD NUMBER\"]'. Somebody "
    "else: --set distinct_from='[\"OTHER\"]'. A slip: correct the name or the number.",
)
def patient_doubtful(case: Case) -> Faults:
    """Another visit of the same birth date has this name under another number, or another first name under this number."""
    doubtful = [one for one in case.doubtful if not is_distinct(case.visit, one)]
    if doubtful:
        more = f" (and {len(doubtful) - 1} more)" if doubtful[1:] else ""
        what = f"visit {doubtful[-1].key}{more} may be the same patient's: name and number do not both agree; it is not counted here"
        yield Fault("patient", what)


@rule(
    id="EVALUATION_REPEATED",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="CMS NCCI Policy Manual ch. 11 and practitioner PTP edits: one evaluation of a discipline for a patient and day",
    fix="Bill the one evaluation that the note documents. Two that were needed: gateway visits fix VISIT --set distinct_from='[\"OTHER\"]'.",
)
def evaluation_repeated(case: Case) -> Faults:
    """Two evaluations of one discipline on a day, in this visit or with another one of the same patient."""
    seen: list[str] = []
    for line in case.draft.billed:
        if _is_evaluation(line.procedure):
            if seen:
                yield Fault(f"services.{line.place}.code", f"{line.procedure} beside {seen[0]}, both evaluations")
            seen.append(line.procedure)
    for other in case.history:
        if not seen or other.day != case.visit.day or other.discipline is not case.visit.discipline:
            continue
        theirs = next((one.code for one in other.services if _is_evaluation(one.code)), None)
        if theirs and not is_distinct(case.visit, other):
            yield Fault("services", f"visit {other.key} of the same day bills the evaluation {theirs}")


def _is_evaluation(code: str) -> bool:
    # 97161 to 97168. Speech and swallowing are evaluated apart, also on one day, and an office visit is another matter.
    return code.startswith("9716") and code != "97169"


RULES = (visit_repeated, patient_doubtful, evaluation_repeated)
