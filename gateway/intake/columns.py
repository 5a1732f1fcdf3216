"""The columns of a CSV file of visits: paths of the JSON document."""

_PERSON = ("last_name", "first_name", "middle_name", "birth_date", "sex")
_ADDRESS = ("line1", "line2", "city", "state", "zip_code")
_PROVIDER = ("npi", "last_name", "first_name", "credential", "taxonomy")
COVERAGES = ("coverage", "coverage2", "coverage3")
"""What the columns of a visit's coverages begin with, in the order in which they pay."""
_COVERAGE = (
    "payer_id",
    "payer_name",
    "member_id",
    "group_number",
    "relationship",
    "claim_number",
    "medicare_second_reason",
)
_SERVICE = (
    "code",
    "modifiers",
    "minutes",
    "start",
    "stop",
    "assistant_minutes",
    "treated_by",
    "units",
    "charge",
    "pointers",
    "regions",
    "goals",
    "description",
)
LISTS = {
    "diagnoses",
    "distinct_from",
    "other_patients",
    "service.modifiers",
    "service.pointers",
    "authorization.codes",
}
LISTS_BY_SEMICOLON = {"service.regions", "service.goals", "plan_of_care.goals", "former_member_ids"}


def _person_columns(prefix: str) -> tuple[str, ...]:
    return (
        *(f"{prefix}.{name}" for name in _PERSON),
        *(f"{prefix}.address.{name}" for name in _ADDRESS),
    )


COLUMNS: tuple[str, ...] = (
    "visit_id",
    "date",
    "discipline",
    "place_of_service",
    *_person_columns("patient"),
    *(
        column
        for coverage in COVERAGES
        for column in (
            *(f"{coverage}.{name}" for name in _COVERAGE),
            *_person_columns(f"{coverage}.subscriber"),
            f"{coverage}.subscriber.organization",
        )
    ),
    *(f"{who}.{name}" for who in ("rendering", "referring", "supervising") for name in _PROVIDER),
    "referring",
    *(f"billing.{name}" for name in ("name", "first_name", "npi", "tax_id", "tax_id_kind", "taxonomy")),
    *(f"billing.address.{name}" for name in _ADDRESS),
    "facility.name",
    "facility.npi",
    *(f"facility.address.{name}" for name in _ADDRESS),
    "diagnoses",
    *(f"service.{name}" for name in _SERVICE),
    "note",
    *(
        f"note.{name}"
        for name in (
            "subjective",
            "objective",
            "assessment",
            "plan",
            "signed_by",
            "signed_credential",
            "signed_at",
            "cosigned_by",
            "cosigned_credential",
            "cosigned_at",
            "timed_minutes",
            "total_minutes",
        )
    ),
    "plan_of_care",
    *(
        f"plan_of_care.{name}"
        for name in (
            "established",
            "first_treatment",
            "certified_on",
            "certified_until",
            "certified_by",
            "delay_reason",
            "sent_to_referrer_on",
            "ends",
            "goals",
        )
    ),
    "order",
    *(f"order.{name}" for name in ("dated", "signed", "ordered_by_npi", "discipline")),
    "progress",
    *(f"progress.{name}" for name in ("last_report", "treatment_days_since", "written_by")),
    "authorization",
    *(
        f"authorization.{name}"
        for name in (
            "number",
            "starts",
            "ends",
            "visits_approved",
            "visits_used",
            "units_approved",
            "units_used",
            "codes",
        )
    ),
    "accident",
    *(f"accident.{name}" for name in ("kind", "happened_on", "state")),
    "onset",
    "initial_treatment",
    "abn",
    *(f"abn.{name}" for name in ("signed_on", "kind")),
    "kx",
    *(f"kx.{name}" for name in ("stated_by", "stated_on")),
    *(f"therapy_used.{name}" for name in ("pt_slp", "ot", "as_of")),
    "care",
    "former_member_ids",
    "distinct_from",
    "other_patients",
)
"""Every column there can be. Only a few are required: the document's own required fields."""

REQUIRED = ("visit_id", "date", "discipline", "diagnoses", "service.code", "coverage.payer_id", "rendering.npi")
SEVERAL_ROWS = frozenset(column for column in COLUMNS if column.startswith("service."))
DATES = frozenset(
    column
    for column in COLUMNS
    if column in {"date", "onset", "initial_treatment"}
    or column.rsplit(".", 1)[-1]
    in {
        "birth_date",
        "established",
        "first_treatment",
        "certified_on",
        "certified_until",
        "sent_to_referrer_on",
        "ends",
        "starts",
        "dated",
        "last_report",
        "happened_on",
        "signed_on",
        "stated_on",
        "as_of",
    }
)
