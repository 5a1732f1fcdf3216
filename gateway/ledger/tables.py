"""The tables. Every row names its practice, and so does every unique key.

Money is whole cents. `Sealed` columns hold file bytes and health records. Rows of `events`, `visit_versions`,
`interchanges` and the answers are only ever added; what moves is a `state`, and it moves together with its event.
Of the log, of money and of claims the database itself sees to that (gateway/ledger/append_only.py).
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from gateway.ledger.columns import Instant, Sealed

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _practice() -> Column[str]:
    return Column("practice", String(40), ForeignKey("practices.key"), nullable=False)


def _ref(name: str, target: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, Integer, ForeignKey(f"{target}.id"), nullable=nullable, index=True)


practices = Table(
    "practices",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("name", Text, nullable=False),
    Column("zone", String(64), nullable=False),
    # Patient control numbers are drawn with it, so that nobody can guess one from another.
    Column("secret", Sealed, nullable=False),
    Column("created_at", Instant, nullable=False),
)

# Who may work here under which name; roles are words with blanks between. Of a key only its hash is kept.
accounts = Table(
    "accounts",
    metadata,
    _id(),
    _practice(),
    Column("name", String(40), nullable=False),
    Column("person", Text, nullable=False),
    Column("roles", Text, nullable=False),
    # NULL where no user of the machine is this account, so that the name is unique among those that are.
    Column("os_user", String(64), nullable=True),
    Column("limit_cents", BigInteger, nullable=True),
    Column("key_hash", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant, nullable=True),
    UniqueConstraint("practice", "name"),
    UniqueConstraint("practice", "os_user"),
)

# Up to when the times of a job have become slots, and whether a person has stopped it.
schedules = Table(
    "schedules",
    metadata,
    _id(),
    _practice(),
    Column("job", String(20), nullable=False),
    # The partner that it is done for; empty for the practice's own.
    Column("partner", String(40), nullable=False),
    Column("known_until", Instant, nullable=False),
    Column("paused_at", Instant, nullable=True),
    Column("paused_by", Text, nullable=False),
    Column("pause_reason", Text, nullable=False),
    UniqueConstraint("practice", "job", "partner"),
)

# The truth about what is done by itself: one row for each time that has come. It is begun before its work and ended after it.
slots = Table(
    "slots",
    metadata,
    _id(),
    _practice(),
    Column("job", String(20), nullable=False),
    Column("partner", String(40), nullable=False),
    # The wall clock that it is for, such as 2026-11-27T16:30: never twice, whatever clocks do.
    Column("local", String(16), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", String(10), nullable=False),
    # Who has begun it, and how often; only that one may end it.
    Column("fence", String(32), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("begun_at", Instant, nullable=True),
    Column("ended_at", Instant, nullable=True),
    Column("again_at", Instant, nullable=True),
    Column("said", Text, nullable=False),
    UniqueConstraint("practice", "job", "partner", "local"),
    Index("ix_slots_practice_state_due_at", "practice", "state", "due_at"),
)

# Who this ledger is: one row. It belongs to the database itself, and so to no practice.
instance = Table(
    "instance",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("instance", String(32), nullable=False),
    # Goes up with every release after a restore, so that a home folder tells the ledger it knew from a later one.
    Column("epoch", Integer, nullable=False),
    # Machine and path, or server and database, where it may work; empty until `gateway init` has bound it.
    Column("place", Text, nullable=False),
    # Why nothing may be numbered or sent; empty when it may.
    Column("held", Text, nullable=False),
    # Names one recovery: steps that were done for an earlier one do not count.
    Column("recovery", String(32), nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

# Claims that a lost ledger may have sent: they are kept back when files are sealed, until a person frees them.
doubts = Table(
    "doubts",
    metadata,
    _id(),
    _practice(),
    Column("partner", String(40), nullable=False),
    # Empty: every claim to this partner for a day of service up to `at`, as it is made.
    Column("pcn", String(17), nullable=False),
    # Keyed hash of member, first day and charge: finds the same service under another patient control number.
    Column("likeness", String(64), nullable=False),
    # Whether it was seen at the partner or in an answer, and not only feared.
    Column("was_seen", Boolean, nullable=False),
    Column("why", Text, nullable=False),
    Column("freed_by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("practice", "partner", "pcn"),
    Index("ix_doubts_practice_likeness", "practice", "likeness"),
)

visits = Table(
    "visits",
    metadata,
    _id(),
    _practice(),
    Column("key", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("practice", "key"),
)

visit_versions = Table(
    "visit_versions",
    metadata,
    _id(),
    _practice(),
    _ref("visit_id", "visits"),
    Column("version", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("payer", String(80), nullable=False),
    Column("day", Date, nullable=False),
    # Keyed hash of payer, member and birth date: finds the same patient's other visits without opening a document.
    Column("patient", String(64), nullable=False, server_default=""),
    # The same of payer, name and birth date: a card's number may change.
    Column("person", String(64), nullable=False, server_default=""),
    Column("discipline", String(4), nullable=False),
    # Of the document: sees whether an import brings anything new without opening what is sealed.
    Column("sha256", String(64), nullable=False),
    Column("document", Sealed, nullable=False),
    # Brought by an import, or by a person's correction: the same export again must not undo a correction.
    Column("imported", Boolean, nullable=False),
    Column("source", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
    # Of a held visit: a digest of all that it was judged by, and the first day on which the rules may find otherwise.
    # While neither has changed, nobody need look again.
    Column("judged_by", String(64), nullable=False, server_default=""),
    Column("look_again_on", Date, nullable=True),
    UniqueConstraint("practice", "visit_id", "version"),
    # The version and its visit stand in the indexes, so that counting what is current opens no document.
    Index("ix_visit_versions_by_state", "practice", "state", "id", "visit_id", "version"),
    Index("ix_visit_versions_by_payer", "practice", "payer", "state", "id", "visit_id", "version"),
    Index("ix_visit_versions_by_day", "practice", "day", "id", "state", "visit_id", "version"),
    Index("ix_visit_versions_by_patient", "practice", "patient", "day", "id", "visit_id", "version"),
    Index("ix_visit_versions_by_person", "practice", "person", "day", "id", "visit_id", "version"),
)

findings = Table(
    "findings",
    metadata,
    _id(),
    _practice(),
    _ref("visit_version_id", "visit_versions"),
    Column("rule", String(60), nullable=False),
    Column("severity", String(12), nullable=False),
    Column("owner", String(20), nullable=False),
    Column("place", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("fix", Text, nullable=False),
    Column("cites", Text, nullable=False),
    Index("ix_findings_by_rule", "practice", "rule", "visit_version_id"),
    Index("ix_findings_by_owner", "practice", "owner", "visit_version_id"),
)

intake_faults = Table(
    "intake_faults",
    metadata,
    _id(),
    _practice(),
    Column("source", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("row", Integer, nullable=False),
    Column("visit_key", String(40), nullable=False),
    Column("field", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("fix", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_intake_faults_practice_sha256", "practice", "sha256"),
)

claims = Table(
    "claims",
    metadata,
    _id(),
    _practice(),
    _ref("visit_id", "visits"),
    Column("version", Integer, nullable=False),
    UniqueConstraint("practice", "visit_id"),
)

claim_versions = Table(
    "claim_versions",
    metadata,
    _id(),
    _practice(),
    _ref("claim_id", "claims"),
    Column("version", Integer, nullable=False),
    _ref("visit_version_id", "visit_versions"),
    Column("state", String(12), nullable=False),
    Column("pcn", String(17), nullable=False),
    Column("frequency", String(1), nullable=False),
    Column("payer", String(80), nullable=False),
    Column("partner", String(40), nullable=False),
    Column("day", Date, nullable=False),
    Column("charge_cents", BigInteger, nullable=False),
    # The payer's own number of it, once a 277CA or an 835 has told us.
    Column("payer_claim_number", Text, nullable=False),
    Column("body", Sealed, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("practice", "claim_id", "version"),
    UniqueConstraint("practice", "pcn"),
    # The charge stands in the indexes, so that totals open no claim.
    Index("ix_claim_versions_by_state", "practice", "state", "id", "charge_cents"),
    Index("ix_claim_versions_by_payer", "practice", "payer", "state", "id", "charge_cents"),
    Index("ix_claim_versions_by_partner", "practice", "partner", "state", "id", "charge_cents"),
    Index("ix_claim_versions_by_day", "practice", "day", "id", "state", "charge_cents"),
    Index("ix_claim_versions_by_payers_number", "practice", "payer_claim_number"),
)

service_lines = Table(
    "service_lines",
    metadata,
    _id(),
    _practice(),
    _ref("claim_version_id", "claim_versions"),
    Column("ordinal", Integer, nullable=False),
    Column("control", String(30), nullable=False),
    Column("procedure", String(5), nullable=False),
    Column("modifiers", String(20), nullable=False),
    Column("units", Integer, nullable=False),
    Column("charge_cents", BigInteger, nullable=False),
    CheckConstraint("charge_cents >= 0", name="charge_not_negative"),
    UniqueConstraint("practice", "claim_version_id", "control"),
    Index("ix_service_lines_by_control", "practice", "control"),
)

interchanges = Table(
    "interchanges",
    metadata,
    _id(),
    _practice(),
    Column("partner", String(40), nullable=False),
    Column("cycle", Integer, nullable=False),
    Column("interchange", Integer, nullable=False),
    Column("group_control", Integer, nullable=False),
    Column("reference", String(30), nullable=False),
    Column("name", String(128), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("body", Sealed, nullable=False),
    # As it leaves, where that is not the body itself: encrypted once, so that a resend is the very same bytes.
    Column("wire", Sealed, nullable=True),
    Column("wire_size", BigInteger, nullable=False, server_default="0"),
    Column("wire_sha256", String(64), nullable=False, server_default=""),
    Column("sealed_at", Instant, nullable=False),
    UniqueConstraint("practice", "partner", "cycle", "interchange"),
    UniqueConstraint("practice", "partner", "name"),
    UniqueConstraint("practice", "partner", "reference"),
    Index("ix_interchanges_by_name", "practice", "name"),
    Index("ix_interchanges_by_partner", "practice", "partner", "id"),
    Index("ix_interchanges_by_time", "practice", "sealed_at", "id"),
    Index("ix_interchanges_by_group", "practice", "partner", "group_control"),
)

interchange_claims = Table(
    "interchange_claims",
    metadata,
    _id(),
    _practice(),
    _ref("interchange_id", "interchanges"),
    Column("claim_version_id", Integer, ForeignKey("claim_versions.id"), nullable=False),
    # Its file was cancelled before it left: the claim version may go into another one.
    Column("withdrawn", Boolean, nullable=False, server_default=false()),
)
deliveries = Table(
    "deliveries",
    metadata,
    _id(),
    _practice(),
    Column("interchange_id", Integer, ForeignKey("interchanges.id"), nullable=False),
    Column("state", String(12), nullable=False),
    # Counts the workers that took it up: an older one's next step finds another number and stops.
    Column("fence", Integer, nullable=False),
    # How it gets its final name, chosen before anything is uploaded; empty until then.
    Column("manner", String(8), nullable=False, server_default=""),
    # A path from the mailbox's root; in rows of the first revision a name in the outbound folder.
    Column("temporary_name", Text, nullable=False),
    # The state it was held in decides what a release may do: what may have been renamed is never uploaded again.
    Column("held_from", String(12), nullable=False),
    # How often the partner has refused the step that is due; a person's decision starts it anew.
    Column("refusals", Integer, nullable=False, server_default="0"),
    # Fingerprint of the mailbox that the file is meant for; empty in rows of before it was kept: not compared.
    Column("mailbox", String(32), nullable=False, server_default=""),
    # How often people have decided to send the same bytes again.
    Column("resends", Integer, nullable=False, server_default="0"),
    Column("why", Text, nullable=False),
    Column("sent_at", Instant, nullable=True),
    Column("answer_due_at", Instant, nullable=True),
    UniqueConstraint("practice", "interchange_id"),
    Index("ix_deliveries_by_state", "practice", "state", "interchange_id"),
)

resends = Table(
    "resends",
    metadata,
    _id(),
    _practice(),
    _ref("interchange_id", "interchanges"),
    Column("decided_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
    # The second person: before it happened, or, where the partner refuses a second copy by itself, afterwards.
    Column("approved_by", Text, nullable=False),
    Column("approved_at", Instant, nullable=True),
)

standings = Table(
    "standings",
    metadata,
    Column("practice", String(40), ForeignKey("practices.key"), primary_key=True),
    Column("partner", String(40), primary_key=True),
    Column("state", String(8), nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("since", Instant, nullable=False),
    # In a row, without one success between.
    Column("failures", Integer, nullable=False),
    Column("next_try_at", Instant, nullable=True),
)

capabilities = Table(
    "capabilities",
    metadata,
    Column("practice", String(40), ForeignKey("practices.key"), primary_key=True),
    Column("partner", String(40), primary_key=True),
    Column("capability", String(60), primary_key=True),
    Column("answer", String(8), nullable=False),
    Column("said", Text, nullable=False),
    # Of the mailbox's address: what was seen at another server, or in another folder, says nothing here.
    Column("address", String(64), nullable=False),
    Column("at", Instant, nullable=False),
)

inbound_files = Table(
    "inbound_files",
    metadata,
    _id(),
    _practice(),
    Column("partner", String(40), nullable=False),
    Column("name", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("body", Sealed, nullable=False),
    Column("state", String(12), nullable=False),
    Column("why", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    # Why it was set aside, as a code; empty while it is not.
    Column("reason", String(24), nullable=False),
    # How often reading it may have brought a process down, or did not come to an end.
    Column("strikes", Integer, nullable=False),
    # How many of its answers are about nothing that we sent to that partner.
    Column("unmatched", Integer, nullable=False),
    UniqueConstraint("practice", "partner", "sha256"),
    Index("ix_inbound_files_by_state", "practice", "state", "id"),
    Index("ix_inbound_files_by_name", "practice", "name", "id"),
    Index("ix_inbound_files_by_partner", "practice", "partner", "state", "id"),
)

inbound_interchanges = Table(
    "inbound_interchanges",
    metadata,
    _id(),
    _practice(),
    _ref("inbound_id", "inbound_files"),
    Column("partner", String(40), nullable=False),
    Column("sender", String(15), nullable=False),
    Column("interchange", Integer, nullable=False),
    Column("date", String(6), nullable=False),
    Column("time", String(4), nullable=False),
    # Where its ISA stands in that file: which segment, counted from 1.
    Column("place", Integer, nullable=False),
    # An interchange counts once: what comes again with the same number and other bytes is for a person.
    UniqueConstraint(
        "practice", "partner", "sender", "interchange", "date", "time", name="uq_inbound_interchanges_key"
    ),
)

# What stands of a file that is posted set by set: one row for each transaction set in it, and for each TA1.
inbound_sets = Table(
    "inbound_sets",
    metadata,
    _id(),
    _practice(),
    Column("inbound_id", Integer, ForeignKey("inbound_files.id"), nullable=False),
    # Where the ISA of its interchange stands in the file, and its own ST or TA1: which segments, counted from 1.
    Column("place", Integer, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    # A set is posted once, whoever tries: its row moves on in the transaction that posts it.
    UniqueConstraint("practice", "inbound_id", "place", "ordinal"),
    Index("ix_inbound_sets_by_state", "practice", "inbound_id", "state"),
)

inbound_names = Table(
    "inbound_names",
    metadata,
    _id(),
    _practice(),
    Column("partner", String(40), nullable=False),
    Column("name", String(128), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("modified", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    # Names recycle at some partners: a name is the same file only with the same size and time.
    UniqueConstraint("practice", "partner", "name", "size", "modified"),
)

inbound_looks = Table(
    "inbound_looks",
    metadata,
    _id(),
    _practice(),
    Column("partner", String(40), nullable=False),
    Column("name", String(128), nullable=False),
    # As they were listed when it was first seen like this; empty where the server does not say.
    Column("size", BigInteger, nullable=True),
    Column("modified", BigInteger, nullable=True),
    Column("first_at", Instant, nullable=False),
    # How often the line failed while it was being read.
    Column("failures", Integer, nullable=False),
    UniqueConstraint("practice", "partner", "name"),
)

acknowledgments = Table(
    "acknowledgments",
    metadata,
    _id(),
    _practice(),
    _ref("inbound_id", "inbound_files"),
    _ref("interchange_id", "interchanges", nullable=True),
    _ref("claim_version_id", "claim_versions", nullable=True),
    Column("kind", String(8), nullable=False),
    Column("verdict", String(24), nullable=False),
    Column("codes", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

remittances = Table(
    "remittances",
    metadata,
    _id(),
    _practice(),
    _ref("inbound_id", "inbound_files"),
    Column("partner", String(40), nullable=False),
    Column("set_control", String(9), nullable=False),
    Column("state", String(12), nullable=False),
    Column("why", Text, nullable=False),
    Column("payer_id", Text, nullable=False),
    Column("payer_name", Text, nullable=False),
    Column("trace", Text, nullable=False),
    Column("originator", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("paid_on", Date, nullable=False),
    Column("payment_cents", BigInteger, nullable=False),
    # Of its claims: tells two payments of one trace, day and amount apart. Empty in rows of before it was kept.
    Column("digest", String(32), nullable=False, server_default=""),
    Column("at", Instant, nullable=False),
    Index("ix_remittances_by_state", "practice", "state", "id", "payment_cents"),
    Index("ix_remittances_by_payer", "practice", "payer_id", "state", "id", "payment_cents"),
    Index("ix_remittances_by_trace", "practice", "trace", "id"),
    Index("ix_remittances_by_day", "practice", "paid_on", "id", "state", "payment_cents"),
)
# What was answered to a claim of ours, also where it waits for what comes before it.
answers = Table(
    "answers",
    metadata,
    _id(),
    _practice(),
    _ref("remittance_id", "remittances"),
    _ref("claim_version_id", "claim_versions"),
    # Where its CLP stands: which segment of its ST, counted from 1.
    Column("ordinal", Integer, nullable=False),
    # The answer itself; of those that were posted before answers were kept, what was posted tells it.
    Column("document", Sealed, nullable=True),
    Column("fate", String(12), nullable=False),
    # What of its money is parked, waiting.
    Column("waits_cents", BigInteger, nullable=False),
    # By what it was known to be about that claim; empty in rows of before that was kept.
    Column("found_by", String(20), nullable=False, server_default=""),
)
payments = Table(
    "payments",
    metadata,
    _id(),
    _practice(),
    _ref("remittance_id", "remittances"),
    _ref("claim_version_id", "claim_versions"),
    # The answer that was posted, or of which a posting was taken out again. Older rows are of the answer with their own id.
    Column("answer_id", Integer, nullable=True),
    Column("status", Text, nullable=False),
    Column("reversal", Boolean, nullable=False),
    Column("charge_cents", BigInteger, nullable=False),
    Column("paid_cents", BigInteger, nullable=False),
    Column("payer_claim_number", Text, nullable=False),
)

postings = Table(
    "postings",
    metadata,
    _id(),
    _practice(),
    _ref("payment_id", "payments"),
    _ref("line_id", "service_lines"),
    Column("bucket", String(12), nullable=False),
    Column("cents", BigInteger, nullable=False),
    Column("group_code", String(2), nullable=False),
    Column("carc", Text, nullable=False),
    Column("rarcs", Text, nullable=False),
    # Its line's share of what the payer said for the claim as a whole.
    Column("of_claim", Boolean, nullable=False, server_default=false()),
)

parked_money = Table(
    "parked_money",
    metadata,
    _id(),
    _practice(),
    _ref("remittance_id", "remittances"),
    Column("reason", String(40), nullable=False),
    Column("reference", Text, nullable=False),
    Column("cents", BigInteger, nullable=False),
    Column("said", Text, nullable=False),
    Index("ix_parked_money_by_reference", "practice", "reference", "reason"),
)

# Money that needs somebody, and money that is on no claim by its nature: an item for each, until a person or an answer ends it.
desk_items = Table(
    "desk_items",
    metadata,
    _id(),
    _practice(),
    Column("remittance_id", Integer, ForeignKey("remittances.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    # Of what a payer adjusts for the practice as a whole: where it is booked, and PLB03-1.
    Column("account", String(24), nullable=False),
    Column("code", String(2), nullable=False),
    # As the payer says it: CLP01 or PLB03-2.
    Column("reference", Text, nullable=False),
    # The claim of ours that it is tied to: a patient control number; empty if to none.
    Column("claim", String(17), nullable=False),
    Column("payer", Text, nullable=False),
    # As it came; what of it is parked now; what of it is open, or was when a person ended it. Positive where money came to
    # the practice.
    Column("cents", BigInteger, nullable=False),
    Column("held_cents", BigInteger, nullable=False),
    Column("left_cents", BigInteger, nullable=False),
    Column("state", String(12), nullable=False),
    Column("owner", String(20), nullable=False),
    Column("why", Text, nullable=False),
    # Where its CLP or PLB stands: which segment of its ST, counted from 1; 0 where that is not known.
    Column("ordinal", Integer, nullable=False),
    # The answer to a claim that is none of ours, or not known as such.
    Column("document", Sealed, nullable=True),
    # The answer that waits.
    Column("answer_id", Integer, nullable=True),
    Column("due_on", Date, nullable=True),
    # Since when a person looks into an overpayment, which suspends its day; the day has the rest of it once it is over.
    Column("investigated_on", Date, nullable=True),
    Column("suspended_days", Integer, nullable=False, server_default="0"),
    Column("at", Instant, nullable=False),
    Index("ix_desk_items_by_state", "practice", "state", "id", "left_cents"),
    Index("ix_desk_items_by_kind", "practice", "kind", "state", "id", "left_cents"),
    Index("ix_desk_items_by_payer", "practice", "payer", "state", "id", "left_cents"),
    Index("ix_desk_items_by_claim", "practice", "claim", "state", "id", "left_cents"),
    Index("ix_desk_items_by_reference", "practice", "reference", "state", "id", "left_cents"),
    Index("ix_desk_items_by_due", "practice", "state", "due_on", "id", "left_cents"),
    Index("ix_desk_items_by_answer", "practice", "answer_id"),
    Index("ix_desk_items_by_remittance", "practice", "remittance_id"),
)

# Under which ids a payer pays, beside its own: a person has confirmed each.
payer_aliases = Table(
    "payer_aliases",
    metadata,
    _id(),
    _practice(),
    Column("payer", String(80), nullable=False),
    Column("alias", String(80), nullable=False),
    UniqueConstraint("practice", "payer", "alias"),
)

denials = Table(
    "denials",
    metadata,
    _id(),
    _practice(),
    _ref("payment_id", "payments"),
    _ref("line_id", "service_lines"),
    _ref("claim_version_id", "claim_versions"),
    Column("state", String(8), nullable=False),
    Column("group_code", String(2), nullable=False),
    Column("carc", Text, nullable=False),
    Column("rarcs", Text, nullable=False),
    Column("procedure", String(5), nullable=False),
    Column("cents", BigInteger, nullable=False),
    Column("category", String(30), nullable=False),
    Column("owner", String(20), nullable=False),
    Column("note_section", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("missing", Text, nullable=False),
    Column("fix", Text, nullable=False),
    Column("route", String(24), nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("due_on", Date, nullable=True),
    Column("at", Instant, nullable=False),
    # Of its claim, so that a payer's denials are found without opening claims.
    Column("payer", String(80), nullable=False, server_default=""),
    Index("ix_denials_by_payer", "practice", "payer", "state", "id", "cents"),
    Index("ix_denials_by_state", "practice", "state", "id", "cents"),
    Index("ix_denials_by_due", "practice", "state", "due_on", "id", "cents"),
    Index("ix_denials_by_owner", "practice", "owner", "state", "id", "cents"),
    Index("ix_denials_by_route", "practice", "route", "state", "id", "cents"),
    Index("ix_denials_by_carc", "practice", "carc", "state", "id", "cents"),
    # Which claims a reason was given for, without opening the denials.
    Index("ix_denials_by_claim", "practice", "claim_version_id", "state", "id", "carc"),
)

fixes = Table(
    "fixes",
    metadata,
    _id(),
    _practice(),
    _ref("visit_id", "visits"),
    Column("from_version", Integer, nullable=False),
    Column("to_version", Integer, nullable=False),
    # The names of the fields, never their values: those are in the versions.
    Column("fields", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

# What a practice has used of each kind for each partner last. Ledgers that numbered claims have a row "pcn" without partner.
control_numbers = Table(
    "control_numbers",
    metadata,
    Column("practice", String(40), ForeignKey("practices.key"), primary_key=True),
    Column("partner", String(40), primary_key=True),
    Column("kind", String(12), primary_key=True),
    Column("cycle", Integer, nullable=False),
    Column("last", Integer, nullable=False),
)

# One submitter's account may serve several practices: what the receiver counts is theirs together, so no row here is of
# a practice.
interchange_numbers = Table(
    "interchange_numbers",
    metadata,
    # Qualifier and id with a colon: ISA05 and ISA06, ISA07 and ISA08.
    Column("sender", String(18), primary_key=True),
    Column("receiver", String(18), primary_key=True),
    Column("usage", String(1), primary_key=True),
    Column("cycle", Integer, nullable=False),
    Column("last", Integer, nullable=False),
)

events = Table(
    "events",
    metadata,
    _id(),
    _practice(),
    Column("at", Instant, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("severity", String(10), nullable=False),
    Column("about", String(128), nullable=False),
    Column("partner", String(40), nullable=False),
    Column("claim", String(17), nullable=False),
    Column("before", String(12), nullable=False),
    Column("after", String(12), nullable=False),
    Column("artefact", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("said", Text, nullable=False),
    Column("next_command", Text, nullable=False),
    # Under whose account, and how that one was known: by a key or as a user of the machine. Empty where a practice has none.
    Column("account", String(40), nullable=False, server_default=""),
    Column("way", String(12), nullable=False, server_default=""),
    Index("ix_events_in_order", "practice", "id"),
    Index("ix_events_by_claim", "practice", "claim", "id"),
    Index("ix_events_by_about", "practice", "about", "id"),
    Index("ix_events_by_kind", "practice", "kind", "id"),
    Index("ix_events_by_partner", "practice", "partner", "id"),
)
