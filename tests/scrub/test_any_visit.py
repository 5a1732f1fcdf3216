"""Whatever intake takes in can be scrubbed, and no finding says anything of the patient."""

from datetime import UTC, date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.billing import draft
from gateway.codes.procedure import procedures
from gateway.finding import Severity
from gateway.intake import Taken
from gateway.intake.read import checked
from gateway.scrub import Case
from tests.scrub.cases import SETTINGS, judged, policies_of

SECRETS = ("Zzyzxq", "Qwopfirst", "MEMBER-77Q", "1931-01-07", "note that nobody may read", "1EG4-TE5-MK73")
MEMBERS = (SECRETS[2], SECRETS[5])
DIAGNOSES = (
    *("M54.5", "M54.50", "M99.03", "Z73.3", "Q99ZZ", "S39.012D", "B00"),
    *("M25.519", "M25.512", "M51.26", "S83.511S", "W18.30XA", "S39.012A", "F43.10"),
)
ADDRESS = {"line1": "1 Elm St", "city": "Springfield", "state": "IL", "zip_code": "62701"}
PERSON = {"last_name": SECRETS[0], "first_name": SECRETS[1], "birth_date": SECRETS[3], "sex": "F", "address": ADDRESS}

days = (
    (st.dates() | st.dates(date(2024, 6, 1), date(2027, 1, 31))).map(date.isoformat).filter(lambda d: d != SECRETS[3])
)
codes = st.sampled_from(sorted(procedures())) | st.from_regex(r"[0-9A-Z]{5}", fullmatch=True)
modifiers = st.sampled_from(["GP", "GO", "GN", "CQ", "CO", "KX", "59", "XS", "25", "AT", "GA", "95"])
texts = st.sampled_from(
    [
        "",
        " ",
        SECRETS[4],
        f"{SECRETS[4]}: relaxation, 45 deg",
        f"{SECRETS[4]}, stress relief",
        f"{SECRETS[4]}, left shoulder",
    ]
)
npis = st.sampled_from(["1234567893", "1234567890", "0000000000"])
still_holds = st.frozensets(st.sampled_from(["ptp", "mue", "icd10cm"]))
clock_times = st.times().map(lambda t: t.isoformat(timespec="minutes"))
small = st.integers(0, 40)


def sometimes(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Any of these fields, given, null or left out: whether null is taken is for intake to say."""
    return st.fixed_dictionaries({}, optional={name: st.none() | values for name, values in fields.items()})


def with_required(
    required: dict[str, st.SearchStrategy[Any]], optional: st.SearchStrategy[dict[str, Any]]
) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(lambda given, extra: {**extra, **given}, st.fixed_dictionaries(required), optional)


providers = with_required(
    {"npi": npis, "last_name": st.just("Stone"), "first_name": st.just("Ida")},
    st.fixed_dictionaries({}, optional={"credential": st.sampled_from(["PT", "lmt", ""])}),
)
services = with_required(
    {"code": codes},
    st.fixed_dictionaries(
        {},
        optional={
            "modifiers": st.lists(modifiers, max_size=4),
            "minutes": st.none() | st.integers(0, 24 * 60),
            "start": st.none() | clock_times,
            "stop": st.none() | clock_times,
            "treated_by": st.none() | st.sampled_from(["therapist", "assistant"]),
            "assistant_minutes": st.none() | small,
            "units": st.none() | st.integers(1, 999),
            "charge": st.none() | st.decimals(0, 10**9, places=2).map(str),
            "pointers": st.lists(st.integers(1, 14), max_size=4),
        },
    ),
)
moments = st.datetimes(timezones=st.none() | st.just(UTC)).map(lambda at: at.isoformat())
credentials = st.sampled_from(["PT", "PTA", "COTA/L", "MD", ""])
notes = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(
            ("subjective", "objective", "assessment", "plan", "signed_by", "cosigned_by"), st.none() | texts
        ),
        **dict.fromkeys(("signed_at", "cosigned_at"), st.none() | moments),
    },
)
plans = with_required(
    {"established": days},
    sometimes(
        first_treatment=days,
        certified_on=days,
        certified_until=days,
        certified_by=credentials,
        delay_reason=texts,
        sent_to_referrer_on=days,
        ends=days,
    ),
)
authorizations = with_required(
    {"number": st.just("A1"), "starts": days, "ends": days},
    st.fixed_dictionaries(
        {},
        optional={
            "visits_approved": st.none() | small,
            "visits_used": st.none() | small,
            "codes": st.lists(codes, max_size=2),
        },
    ),
)
coverages = with_required(
    {"payer_id": st.sampled_from([*SETTINGS.payers, "ACME1"]), "member_id": st.sampled_from(MEMBERS)},
    st.fixed_dictionaries(
        {},
        optional={
            "relationship": st.sampled_from(["self", "child", "spouse", "employee", "other"]),
            "subscriber": st.sampled_from([None, PERSON, {"organization": SECRETS[0], "address": ADDRESS}]),
            "claim_number": st.sampled_from(["", "C1"]),
        },
    ),
)
documents = with_required(
    {
        "visit_id": st.just("V-1"),
        "date": days,
        "discipline": st.sampled_from(["PT", "OT", "SLP", "DC", "LMT"]),
        "patient": st.just(PERSON),
        "coverages": st.lists(coverages, min_size=1, max_size=3),
        "rendering": providers,
        "diagnoses": st.lists(st.sampled_from(DIAGNOSES), min_size=1, max_size=12),
        "services": st.lists(services, min_size=1, max_size=4),
    },
    sometimes(
        referring=providers,
        supervising=providers,
        note=notes,
        plan_of_care=plans,
        order=st.fixed_dictionaries(
            {"dated": days, "signed": st.booleans()}, optional={"discipline": st.sampled_from([None, "PT", "OT"])}
        ),
        progress=with_required({"last_report": days}, sometimes(treatment_days_since=small, written_by=credentials)),
        authorization=authorizations,
        accident=st.fixed_dictionaries(
            {"kind": st.sampled_from(["auto", "employment", "other"]), "happened_on": days},
            optional={"state": st.sampled_from(["", "IL"])},
        ),
        onset=days,
        initial_treatment=days,
    ),
)


@given(documents, st.lists(documents, max_size=2), st.dates(date(2024, 6, 1), date(2027, 1, 31)), still_holds)
@settings(deadline=None, max_examples=300)
def test_no_visit_that_was_taken_in_breaks_a_rule_or_is_quoted(
    document: dict[str, Any], earlier: list[dict[str, Any]], today: date, tables: frozenset[str]
) -> None:
    taken = checked(document)
    assert isinstance(taken, Taken), taken
    history = [one for one in map(checked, earlier) if isinstance(one, Taken)]
    payer = SETTINGS.payer(taken.visit.coverage.payer_id)
    case = Case(
        visit=taken.visit,
        draft=draft(taken.visit, payer),
        payer=payer,
        other_policies=policies_of(taken.visit),
        practice=SETTINGS.practice,
        today=today,
        history=tuple(one.visit for one in history),
        still_holds=tables,
    )
    for finding in judged(case):
        text = f"{finding.where} {finding.what} {finding.fix} {finding.cites}"
        assert finding.what
        assert not [secret for secret in SECRETS if secret in text], finding.rule


@given(documents)
@settings(deadline=None, max_examples=150)
def test_a_draft_without_a_hold_is_decided(document: dict[str, Any]) -> None:
    """Nothing open reaches the claim: units, charges and pointers are known, and at least one line is billed."""
    taken = checked(document)
    assert isinstance(taken, Taken), taken
    payer = SETTINGS.payer(taken.visit.coverage.payer_id)
    drafted = draft(taken.visit, payer)
    case = Case(
        visit=taken.visit,
        draft=drafted,
        payer=payer,
        other_policies=policies_of(taken.visit),
        practice=SETTINGS.practice,
        today=taken.visit.day,
    )
    if any(finding.severity is Severity.HOLD for finding in judged(case)):
        return
    assert any(line.units for line in drafted.lines)
    for line in drafted.lines:
        assert line.units is not None
        assert line.charge is not None
        assert all(1 <= pointer <= len(taken.visit.diagnoses) for pointer in line.pointers)
