"""Indexes over some rows of a table only: laws that the database itself keeps, and short cuts to the few among many.

They are apart from the tables because SQLAlchemy loads both databases' dialects to read a condition, and no command asks for
one: the migrations make them, and are compared with what stands here.
"""

from typing import Final

from sqlalchemy import Index, false

from gateway.ledger.tables import events, inbound_files, interchange_claims, remittances

PARTIAL: Final = (
    # At most once: a claim version is in one interchange. A rejected claim gets a new version, never a second file.
    Index(
        "uq_interchange_claims_carried_once",
        interchange_claims.c.practice,
        interchange_claims.c.claim_version_id,
        unique=True,
        sqlite_where=interchange_claims.c.withdrawn == false(),
        postgresql_where=interchange_claims.c.withdrawn == false(),
    ),
    Index(
        "uq_remittances_posted_once",
        remittances.c.practice,
        remittances.c.trace,
        remittances.c.originator,
        remittances.c.paid_on,
        remittances.c.payment_cents,
        remittances.c.digest,
        unique=True,
        sqlite_where=remittances.c.state == "posted",
        postgresql_where=remittances.c.state == "posted",
    ),
    Index(
        "ix_inbound_files_unmatched",
        inbound_files.c.practice,
        inbound_files.c.id,
        sqlite_where=inbound_files.c.unmatched > 0,
        postgresql_where=inbound_files.c.unmatched > 0,
    ),
    # Most lines are routine, and nobody asks for those by their severity.
    Index(
        "ix_events_for_people",
        events.c.practice,
        events.c.severity,
        events.c.id,
        sqlite_where=events.c.severity != "routine",
        postgresql_where=events.c.severity != "routine",
    ),
)
