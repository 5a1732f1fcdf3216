"""An index that begins with the practice for every list."""

from alembic import op

from gateway.ledger.indexes import concurrent_index

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

indexes = (
    concurrent_index("ix_visit_versions_by_state", "visit_versions", "practice", "state", "id", "visit_id", "version"),
    concurrent_index(
        "ix_visit_versions_by_payer", "visit_versions", "practice", "payer", "state", "id", "visit_id", "version"
    ),
    concurrent_index(
        "ix_visit_versions_by_day", "visit_versions", "practice", "day", "id", "state", "visit_id", "version"
    ),
    concurrent_index(
        "ix_visit_versions_by_patient", "visit_versions", "practice", "patient", "day", "id", "visit_id", "version"
    ),
    concurrent_index("ix_claim_versions_by_state", "claim_versions", "practice", "state", "id", "charge_cents"),
    concurrent_index(
        "ix_claim_versions_by_payer", "claim_versions", "practice", "payer", "state", "id", "charge_cents"
    ),
    concurrent_index(
        "ix_claim_versions_by_partner", "claim_versions", "practice", "partner", "state", "id", "charge_cents"
    ),
    concurrent_index("ix_claim_versions_by_day", "claim_versions", "practice", "day", "id", "state", "charge_cents"),
    concurrent_index("ix_findings_by_rule", "findings", "practice", "rule", "visit_version_id"),
    concurrent_index("ix_findings_by_owner", "findings", "practice", "owner", "visit_version_id"),
    concurrent_index("ix_service_lines_by_control", "service_lines", "practice", "control"),
    concurrent_index("ix_interchanges_by_name", "interchanges", "practice", "name"),
    concurrent_index("ix_interchanges_by_partner", "interchanges", "practice", "partner", "id"),
    concurrent_index("ix_interchanges_by_time", "interchanges", "practice", "sealed_at", "id"),
    concurrent_index("ix_interchanges_by_group", "interchanges", "practice", "partner", "group_control"),
    concurrent_index("ix_deliveries_by_state", "deliveries", "practice", "state", "interchange_id"),
    concurrent_index("ix_inbound_files_by_state", "inbound_files", "practice", "state", "id"),
    concurrent_index("ix_inbound_files_by_name", "inbound_files", "practice", "name", "id"),
    concurrent_index("ix_inbound_files_by_partner", "inbound_files", "practice", "partner", "state", "id"),
    concurrent_index("ix_remittances_by_state", "remittances", "practice", "state", "id", "payment_cents"),
    concurrent_index("ix_remittances_by_payer", "remittances", "practice", "payer_id", "state", "id", "payment_cents"),
    concurrent_index("ix_remittances_by_trace", "remittances", "practice", "trace", "id"),
    concurrent_index("ix_remittances_by_day", "remittances", "practice", "paid_on", "id", "state", "payment_cents"),
    concurrent_index("ix_parked_money_by_reference", "parked_money", "practice", "reference", "reason"),
    concurrent_index("ix_denials_by_payer", "denials", "practice", "payer", "state", "id", "cents"),
    concurrent_index("ix_denials_by_state", "denials", "practice", "state", "id", "cents"),
    concurrent_index("ix_denials_by_due", "denials", "practice", "state", "due_on", "id", "cents"),
    concurrent_index("ix_denials_by_owner", "denials", "practice", "owner", "state", "id", "cents"),
    concurrent_index("ix_denials_by_route", "denials", "practice", "route", "state", "id", "cents"),
    concurrent_index("ix_denials_by_carc", "denials", "practice", "carc", "state", "id", "cents"),
    concurrent_index("ix_denials_by_claim", "denials", "practice", "claim_version_id", "state", "id", "carc"),
    concurrent_index("ix_events_in_order", "events", "practice", "id"),
    concurrent_index("ix_events_by_claim", "events", "practice", "claim", "id"),
    concurrent_index("ix_events_by_about", "events", "practice", "about", "id"),
    concurrent_index("ix_events_by_kind", "events", "practice", "kind", "id"),
    concurrent_index("ix_events_by_partner", "events", "practice", "partner", "id"),
    concurrent_index("ix_inbound_files_unmatched", "inbound_files", "practice", "id", where="unmatched > 0"),
    concurrent_index("ix_events_for_people", "events", "practice", "severity", "id", where="severity != 'routine'"),
)
_REPLACED = (
    ("ix_claim_versions_practice_state_partner", "claim_versions"),
    ("ix_events_practice_claim", "events"),
    ("ix_events_practice_about", "events"),
)


def upgrade() -> None:
    for name, table in _REPLACED:
        op.drop_index(name, table)
