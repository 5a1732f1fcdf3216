"""What the ledger promises, on SQLite and on PostgreSQL."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import delete, insert, select, update

from gateway.delivery import Delivery
from gateway.desk import ItemKind, ItemState
from gateway.errors import ConfigError, LedgerConflict, LedgerRefusal
from gateway.event import Event, EventSeverity
from gateway.finding import Finding, Owner, RowFault, Severity
from gateway.ledger import (
    Ledger,
    Transaction,
    answers,
    arrivals,
    claims,
    denials,
    desk,
    events,
    inbound,
    migrate,
    numbers,
    open_ledger,
    outbox,
    parameters,
    practices,
    visits,
)
from gateway.ledger import remittances as money
from gateway.ledger.partial_indexes import PARTIAL
from gateway.ledger.tables import control_numbers, metadata
from gateway.ledger.tables import events as events_table
from gateway.ledger.visits import StoredVisit
from gateway.lifecycle import ClaimState, VisitState
from gateway.listing import asked_for
from gateway.money import cents
from gateway.remittance import Adjustment, ClaimPayment, GroupCode, LinePayment, Remittance
from tests.ledger.numbering import take
from tests.people import NOW, PRACTICE, claim
from tests.together import run_together

P = PRACTICE.key
SAID = Event(kind="test.happened", about="it", said="it happened")


@pytest.fixture
def ledger(empty_ledger: Ledger) -> Ledger:
    with empty_ledger.writing() as tx:
        practices.register(tx, PRACTICE, secret=b"s" * 32, at=NOW)
    return empty_ledger


def new_visit(key: str = "V1", document: bytes = b"{}", state: VisitState = VisitState.NEW) -> visits.NewVersion:
    return visits.NewVersion(
        key=key,
        state=state,
        payer="PAYER1",
        day=date(2026, 11, 2),
        discipline="PT",
        sha256="0" * 64,
        document=document,
        imported=True,
        source="visits.json",
        actor="import",
        reason="import",
    )


def stored_claim(ledger: Ledger, key: str = "V1") -> claims.StoredClaim:
    with ledger.writing() as tx:
        visit = visits.add(tx, P, new_visit(key), at=NOW)
        return next_version(tx, P, visit)


def next_version(tx: Transaction, practice: str, visit: StoredVisit, partner: str = "north") -> claims.StoredClaim:
    (pcn,) = numbers.patient_control_numbers(tx, 1)
    new = claims.NewClaim(visit=visit, claim=claim(pcn), partner=partner, event=SAID)
    claims.add_all(tx, practice, [new], at=NOW)
    stored = claims.by_pcn(tx, practice, pcn)
    assert stored is not None
    return stored


def new_file(interchange: int = 1) -> outbox.NewFile:
    return outbox.NewFile(
        partner="north",
        cycle=1,
        interchange=interchange,
        group_control=interchange,
        reference=f"REF{interchange}",
        name=f"elm_{interchange:09d}.837",
        size=3,
        sha256="0" * 64,
        body=b"\x00ISA",
        mailbox="",
    )


def test_the_migrations_make_exactly_the_tables_of_the_code(empty_ledger: Ledger) -> None:
    assert all(index in index.table.indexes for index in PARTIAL if index.table is not None)
    with empty_ledger.reading() as tx:
        assert compare_metadata(MigrationContext.configure(tx), metadata) == []
    assert migrate.current(empty_ledger) == migrate.newest()
    migrate.require_newest(empty_ledger)
    migrate.upgrade(empty_ledger)


def test_a_database_without_tables_is_refused_with_what_to_do(database_url: str) -> None:
    ledger = open_ledger(database_url)
    with pytest.raises(ConfigError, match="gateway init"):
        migrate.require_newest(ledger)
    ledger.close()


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "sqlite://", "sqlite:////no/such/folder/x.db"])
def test_an_address_that_is_no_ledger_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match=r"database\.url"):
        open_ledger(url)


def test_every_table_but_the_practices_and_the_ledgers_own_names_its_practice_in_every_unique_key() -> None:
    # The numbers of a submitter's account may serve several practices.
    shared = {"practices", "instance", "interchange_numbers"}
    for table in (table for table in metadata.sorted_tables if table.name not in shared):
        assert "practice" in table.c, table.name
        for index in table.indexes:
            assert not index.unique or "practice" in index.columns, f"{table.name}: {index.name}"
        for constraint in table.constraints:
            columns = getattr(constraint, "columns", ())
            if type(constraint).__name__ == "UniqueConstraint":
                assert "practice" in columns, f"{table.name}: {constraint.name}"


def test_the_log_can_be_added_to_and_never_changed(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        events.write(tx, P, SAID, at=NOW)
    for statement in (update(events_table).values(said="other"), delete(events_table)):
        with pytest.raises(LedgerRefusal, match="events is append-only"), ledger.writing() as tx:
            tx.execute(statement)
    with ledger.reading() as tx:
        (line,) = events.read(tx, P)
    assert line.event == SAID
    assert line.at == NOW


def test_the_log_is_read_by_claim_kind_severity_and_from_a_number_on(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        for n in range(4):
            severity = EventSeverity.WAKE if n == 2 else EventSeverity.ROUTINE
            said = replace(
                SAID, kind=f"claim.step{n % 2}", claim=f"C{n}", severity=severity, next_command="gateway tail"
            )
            events.write(tx, P, said, at=NOW)
    with ledger.reading() as tx:
        first = events.read(tx, P, limit=2)
        assert [line.event.claim for line in first] == ["C0", "C1"]
        assert [line.event.claim for line in events.read(tx, P, after=first[-1].number)] == ["C2", "C3"]
        assert [line.event.claim for line in events.read(tx, P, claim="C3")] == ["C3"]
        assert [line.event.claim for line in events.read(tx, P, severities=(EventSeverity.WAKE,))] == ["C2"]
        assert len(events.read(tx, P, kind="claim")) == 4
        assert len(events.read(tx, P, kind="claim.step1")) == 2
        assert events.read(tx, "somebody-else") == ()
        assert events.last_number(tx, P) == first[-1].number + 2


@pytest.mark.parametrize("asked", ["' OR '1'='1", "x'; DROP TABLE events; --", "%", "_", "\\", '"', "claim%"])
def test_s30_what_a_person_looks_for_is_never_a_command_of_the_database(ledger: Ledger, asked: str) -> None:
    with ledger.writing() as tx:
        events.write(tx, P, SAID, at=NOW)
    with ledger.reading() as tx:
        for found in (
            events.read(tx, P, claim=asked),
            events.read(tx, P, partner=asked),
            events.read(tx, P, about=asked),
            events.read(tx, P, kind=asked),
            events.read(tx, asked),
            claims.current(tx, P, payer=asked),
            outbox.files(tx, P, partner=asked),
        ):
            assert found == ()
        assert (claims.by_pcn(tx, P, asked), outbox.by_name(tx, P, asked), visits.find(tx, P, asked)) == (
            None,
            None,
            None,
        )
        assert len(events.read(tx, P)) == 1


def test_a_failed_transaction_leaves_nothing_and_burns_no_number(ledger: Ledger) -> None:
    def fail() -> None:
        with ledger.writing() as tx:
            visits.add(tx, P, new_visit(), at=NOW)
            assert take(tx, P, "north") == (1, 1)
            raise RuntimeError("a fault in the middle")

    with pytest.raises(RuntimeError):
        fail()
    with ledger.writing() as tx:
        assert visits.find(tx, P, "V1") is None
        assert take(tx, P, "north") == (1, 1)


def test_control_numbers_count_from_one_wrap_into_a_new_cycle_and_never_use_zero(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        tx.execute(
            insert(control_numbers).values(
                practice=P, partner="north", kind="interchange", cycle=1, last=numbers.LAST - 1
            )
        )
        taken = [take(tx, P, "north") for _ in range(3)]
        assert taken == [(1, 999_999_999), (2, 1), (2, 2)]
        assert numbers.last(tx, P, "north") == (2, 2)
        assert take(tx, P, "south") == (1, 1)
        assert numbers.last(tx, P, "west") is None


def test_many_workers_never_take_the_same_number_and_leave_no_gap(ledger: Ledger) -> None:
    taken: list[int] = []

    def work() -> None:
        for _ in range(25):
            with ledger.writing() as tx:
                number = take(tx, P, "north").number
            taken.append(number)

    run_together([work] * 4)
    assert sorted(taken) == list(range(1, 101))


def test_patient_control_numbers_are_opaque_short_and_never_given_twice(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        drawn = [*numbers.patient_control_numbers(tx, 300), *numbers.patient_control_numbers(tx, 200)]
    assert len(set(drawn)) == 500
    assert all(len(pcn) == 13 and pcn.isalnum() and pcn.isascii() for pcn in drawn)
    assert sorted(drawn) != drawn


def test_a_visit_keeps_every_version_and_shows_the_newest(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        first = visits.add(tx, P, new_visit(document=b'{"n": 1}'), at=NOW)
        visits.move(tx, P, first, VisitState.SUPERSEDED, event=None, at=NOW)
        second = visits.add(tx, P, new_visit(document=b'{"n": 2}'), at=NOW)
        visits.record_fix(
            tx, P, before=first, after=second, fields=("note.signed_at",), actor="Ann", reason="late entry", at=NOW
        )
    with ledger.reading() as tx:
        assert [one.document for one in visits.versions(tx, P, "V1")] == [b'{"n": 1}', b'{"n": 2}']
        current = visits.find(tx, P, "V1")
        assert current is not None
        assert (current.version, current.document, current.state) == (2, b'{"n": 2}', VisitState.NEW)
        earlier = visits.find(tx, P, "V1", version=1)
        assert earlier is not None
        assert earlier.state is VisitState.SUPERSEDED
        assert visits.count_by_state(tx, P) == {VisitState.NEW: 1}
        assert visits.find(tx, "somebody-else", "V1") is None


def test_a_state_read_before_somebody_else_moved_it_cannot_be_moved(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        visit = visits.add(tx, P, new_visit(), at=NOW)
        visits.move(tx, P, visit, VisitState.HELD, event=SAID, at=NOW)
        with pytest.raises(LedgerConflict, match="read it again"):
            visits.move(tx, P, visit, VisitState.CLAIMED, event=SAID, at=NOW)
    one = stored_claim(ledger, "V2")
    with ledger.writing() as tx:
        claims.move(tx, P, one, ClaimState.SEALED, event=SAID, at=NOW)
        with pytest.raises(LedgerConflict, match="is not ready any more"):
            claims.move(tx, P, one, ClaimState.SEALED, event=SAID, at=NOW)


def test_claims_that_move_together_move_all_or_none(ledger: Ledger) -> None:
    first, second = stored_claim(ledger), stored_claim(ledger, "V2")
    with ledger.writing() as tx:
        claims.move(tx, P, second, ClaimState.REPLACED, event=SAID, at=NOW)
    both = [(first, replace(SAID, about="first")), (second, replace(SAID, about="second"))]
    with pytest.raises(LedgerConflict, match="one of 2 claims"), ledger.writing() as tx:
        claims.move_all(tx, P, both, ClaimState.SEALED, at=NOW)
    with ledger.reading() as tx:
        assert claims.by_id(tx, P, first.id).state is ClaimState.READY
        assert not events.read(tx, P, about="first")


def test_more_claims_than_one_statement_takes_move_with_their_events_in_order(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parameters, "_AT_ONCE", 2)
    some = [stored_claim(ledger, key) for key in ("V1", "V2", "V3")]
    moves = [(one, replace(SAID, kind="claim.sealed", about=one.pcn)) for one in some]
    with ledger.writing() as tx:
        claims.move_all(tx, P, moves, ClaimState.SEALED, at=NOW)
    with ledger.reading() as tx:
        assert {claims.by_id(tx, P, one.id).state for one in some} == {ClaimState.SEALED}
        assert [one.event.about for one in events.read(tx, P, kind="claim.sealed")] == [one.pcn for one in some]


def test_a_move_that_the_table_does_not_know_is_refused(ledger: Ledger) -> None:
    one = stored_claim(ledger)
    with pytest.raises(LedgerConflict, match="not a move"), ledger.writing() as tx:
        claims.move(tx, P, one, ClaimState.PAID, event=SAID, at=NOW)


def test_findings_of_the_latest_scrub_replace_the_earlier_ones(ledger: Ledger) -> None:
    found = Finding(
        rule="NOTE_UNSIGNED",
        severity=Severity.HOLD,
        owner=Owner.CLINICIAN,
        where="note.signed_at",
        what="not signed",
        fix="sign it",
        cites="somewhere",
    )
    with ledger.writing() as tx:
        visit = visits.add(tx, P, new_visit(), at=NOW)
        visits.replace_findings(tx, P, {visit.id: [found, found]})
        visits.replace_findings(tx, P, {visit.id: [found]})
        assert visits.findings_of(tx, P, visit.id) == (found,)


def test_faults_of_the_same_file_are_kept_once(ledger: Ledger) -> None:
    fault = RowFault(row=3, visit_key="V9", field="date", what="no date", fix="give one")
    with ledger.writing() as tx:
        for _ in range(2):
            visits.keep_faults(tx, P, source="bad.csv", sha256="f" * 64, faults=[fault], at=NOW)
        assert visits.faults(tx, P) == (("bad.csv", fault),)


def test_a_claim_is_read_back_exactly_as_it_was_stored(ledger: Ledger) -> None:
    one = stored_claim(ledger)
    with ledger.reading() as tx:
        assert claims.body_of(tx, P, one.id) == claim(one.pcn)
        assert [(line.control, line.charge_cents) for line in claims.lines_of(tx, P, one.id)] == [
            ("L1", 6000),
            ("L2", 4550),
        ]
        assert claims.by_pcn(tx, P, one.pcn) == one
        assert claims.by_pcn(tx, "somebody-else", one.pcn) is None
        assert claims.count_by_state(tx, P) == {ClaimState.READY: (1, 10550)}


def test_a_claim_version_is_sealed_into_one_file_only(ledger: Ledger) -> None:
    one = stored_claim(ledger)
    with ledger.writing() as tx:
        sealed = outbox.seal(tx, P, new_file(1), (one.id,), event=SAID, at=NOW)
    assert sealed.state is Delivery.SEALED
    with pytest.raises(LedgerConflict), ledger.writing() as tx:
        outbox.seal(tx, P, new_file(2), (one.id,), event=SAID, at=NOW)
    with ledger.reading() as tx:
        assert [file.interchange for file in outbox.files(tx, P)] == [1]
        assert outbox.bytes_of(tx, P, sealed.id) == b"\x00ISA"
        assert outbox.by_interchange(tx, P, "north", 1) == sealed
        assert outbox.by_group(tx, P, "north", 1) == sealed
        assert outbox.by_reference(tx, P, "north", "REF1") == sealed
        assert outbox.by_name(tx, P, "elm_000000001.837") == sealed
        assert outbox.carrying(tx, P, one.id) == sealed


def test_only_the_newest_worker_can_move_a_delivery(ledger: Ledger) -> None:
    one = stored_claim(ledger)
    with ledger.writing() as tx:
        outbox.seal(tx, P, new_file(), (one.id,), event=SAID, at=NOW)
        slow, quick = outbox.take_up(tx, P, 1), outbox.take_up(tx, P, 1)
        assert slow is not None
        assert quick is not None
        step = outbox.Step(after=Delivery.UPLOADING, why="taken up", temporary_name="x.part")
        moved = outbox.move(tx, P, quick, step, event=SAID, at=NOW)
        with pytest.raises(LedgerConflict):
            outbox.move(tx, P, slow, step, event=SAID, at=NOW)
    assert (moved.state, moved.temporary_name, moved.fence) == (Delivery.UPLOADING, "x.part", 2)


def test_the_same_bytes_of_a_partner_are_stored_once_under_any_name(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        kept = [
            inbound.store(tx, P, partner=partner, name=name, body=b"x", sha256="1" * 64, event=SAID, at=NOW)
            for partner, name in (("north", "a.999"), ("north", "b.999"), ("south", "a.999"))
        ]
        assert [file is not None for file in kept] == [True, False, True]
    with ledger.reading() as tx:
        assert len(events.read(tx, P)) == 2
    with ledger.writing() as tx:
        assert kept[0] is not None
        inbound.move(tx, P, kept[0], inbound.InboundState.POSTED, why="", event=SAID, at=NOW)
        with pytest.raises(LedgerConflict):
            inbound.move(tx, P, kept[0], inbound.InboundState.POSTED, why="", event=SAID, at=NOW)


def test_a_listed_name_is_the_same_file_only_with_the_same_size_and_time(ledger: Ledger) -> None:
    listed = arrivals.Listed("a.999", 10, 1000)
    with ledger.writing() as tx:
        arrivals.remember(tx, P, "north", listed, "1" * 64)
        arrivals.remember(tx, P, "north", listed, "1" * 64)
        names = [f"{number}.999" for number in range(1000)] + ["a.999"]
        assert arrivals.read_before(tx, P, "north", names) == {listed: "1" * 64}
        assert arrivals.read_before(tx, P, "south", names) == {}
        arrivals.remember(tx, P, "north", listed._replace(size=11), "2" * 64)
        assert len(arrivals.read_before(tx, P, "north", names)) == 2


REMITTANCE = Remittance(
    control="0001",
    payment=Decimal("80.00"),
    method="ACH",
    paid_on=date(2026, 11, 12),
    trace="T1",
    originator="1999999999",
    payer_name="Payer One",
    payer_id="PAYER1",
    payee_id="1234567893",
    claims=(),
    provider_adjustments=(),
)


def post(ledger: Ledger, remittance: Remittance, state: money.RemittanceState) -> money.StoredRemittance:
    with ledger.writing() as tx:
        file = inbound.store(tx, P, partner="north", name="x.835", body=b"x", sha256="2" * 64, event=SAID, at=NOW)
        return money.add(
            tx,
            P,
            remittance,
            inbound_id=file.id if file else 1,
            partner="north",
            state=state,
            why="",
            at=NOW,
        )


def paid(
    tx: Transaction,
    remittance: money.StoredRemittance,
    version_id: int,
    payment: ClaimPayment,
    amounts: tuple[money.LinePosting, ...],
) -> int:
    """Keep an answer with what of it is posted. Gives the payment's id."""
    (answer_id,) = answers.add_all(tx, P, remittance.id, [answers.NewAnswer(version_id, payment, "stands", 0)])
    new = money.NewPayment(
        claim_version_id=version_id,
        remittance_id=remittance.id,
        answer_id=answer_id,
        status=payment.status,
        is_reversal=payment.is_reversal,
        payer_claim_number=payment.payer_claim_number,
        charge_cents=cents(payment.charge),
        paid_cents=cents(payment.paid),
        amounts=amounts,
    )
    (payment_id,) = money.add_payments(tx, P, [new])
    return payment_id


def test_answers_are_read_back_with_what_is_posted_of_them(ledger: Ledger) -> None:
    one = stored_claim(ledger)
    remittance = post(ledger, REMITTANCE, money.RemittanceState.POSTED)
    line = LinePayment(
        procedure="97110",
        modifiers=("GP", "59"),
        charge=Decimal("60.00"),
        paid=Decimal("40.00"),
        units=None,
        day=date(2026, 11, 2),
        control="L1",
        adjustments=(Adjustment(GroupCode.CONTRACTUAL, "45", Decimal("20.00"), Decimal("1.5")),),
        remarks=("N115",),
        ordinal=9,
    )
    payment = ClaimPayment(
        patient_control_number=one.pcn,
        status="19",
        charge=Decimal("105.50"),
        paid=Decimal("80.00"),
        patient_share=Decimal("0.00"),
        filing_code="CI",
        payer_claim_number="ICN1",
        adjustments=(Adjustment(GroupCode.OTHER, "23", Decimal("-1.00")),),
        remarks=("MA18",),
        lines=(line, line._replace(day=None, units=Decimal(2))),
        ordinal=5,
        next_payer="SECOND",
    )
    with ledger.writing() as tx:
        first, _ = claims.lines_of(tx, P, one.id)
        paid(tx, remittance, one.id, payment, (money.LinePosting(first.id, "paid", 6000, of_claim=True),))
        answers.change_all(tx, P, [answers.Changed(1, "waits", 8000)])
    with ledger.reading() as tx:
        ((kept,),) = answers.of_versions(tx, P, [one.id, 99]).values()
        marks = answers.marks(tx, P, [one.id, 99])
        assert {version_id: len(some) for version_id, some in marks.items()} == {one.id: 1}
        assert answers.of_versions(tx, "other", [one.id]) == {}
    assert (kept.payment, kept.number, kept.paid_cents, kept.charge_cents) == (payment, "ICN1", 8000, 10550)
    assert (kept.fate, kept.waits_cents, kept.trace) == ("waits", 8000, REMITTANCE.trace)
    assert kept.posted == (money.LinePosting(first.id, "paid", 6000, of_claim=True),)


def test_the_database_itself_refuses_to_post_a_remittance_twice(ledger: Ledger) -> None:
    post(ledger, REMITTANCE, money.RemittanceState.SET_ASIDE)
    posted = post(ledger, REMITTANCE, money.RemittanceState.POSTED)
    with pytest.raises(LedgerConflict):
        post(ledger, REMITTANCE, money.RemittanceState.POSTED)
    # The same trace and amount of one payer is known whatever its day; of another payer and day it is another payment.
    next_day = replace(REMITTANCE, paid_on=REMITTANCE.paid_on + timedelta(days=1))
    later = post(ledger, next_day, money.RemittanceState.POSTED)
    post(ledger, replace(next_day, payer_id="OTHER", originator="1888888888"), money.RemittanceState.POSTED)
    with ledger.reading() as tx:
        assert money.posted_before(tx, P, REMITTANCE) == (posted, later)
        assert len(money.listed(tx, P)) == 4


def test_money_is_added_up_by_line_and_bucket(ledger: Ledger) -> None:
    one = stored_claim(ledger)
    remittance = post(ledger, REMITTANCE, money.RemittanceState.POSTED)
    payment = ClaimPayment(
        patient_control_number=one.pcn,
        status="1",
        charge=Decimal("105.50"),
        paid=Decimal("80.00"),
        patient_share=Decimal("0.00"),
        filing_code="CI",
        payer_claim_number="ICN1",
        adjustments=(),
        remarks=(),
        lines=(),
        ordinal=5,
    )
    with ledger.writing() as tx:
        first, second = claims.lines_of(tx, P, one.id)
        amounts = (
            money.LinePosting(line_id=first.id, bucket="paid", cents=6000),
            money.LinePosting(line_id=second.id, bucket="paid", cents=2000),
            money.LinePosting(
                line_id=second.id, bucket="denied", cents=2550, group_code="CO", carc="50", rarcs=("N115",)
            ),
        )
        payment_id = paid(tx, remittance, one.id, payment, amounts)
        item = desk.NewItem(kind=ItemKind.STRANGER, reference="X", cents=500, why="no")
        (number,) = desk.add_all(tx, P, remittance.id, remittance.payer_id, [item], (), at=NOW)
        new = denials.NewDenial(
            payment_id=payment_id,
            line_id=second.id,
            claim_version_id=one.id,
            group_code="CO",
            carc="50",
            rarcs="N115",
            procedure="97110",
            cents=2550,
            category="medical_necessity",
            owner="clinician",
            note_section="Assessment",
            cause="not necessary",
            missing="skill",
            fix="appeal",
            route="appeal",
            decided_by="50",
            due_on=date(2027, 1, 1),
        )
        denials.add_all(tx, P, (denials.PayersDenial(new, "PAYER1"),), at=NOW)
    with ledger.writing() as tx:
        whole = {line_id: one.whole for line_id, one in money.balances(tx, P, one.id).items()}
        assert whole == {first.id: {"paid": 6000}, second.id: {"paid": 2000, "denied": 2550}}
        assert money.totals_by_bucket(tx, P) == {"paid": 8000, "denied": 2550}
        assert desk.held(tx, P) == desk.Held(open=500, accounts={}, ended={})
        kept = desk.find(tx, P, number)
        assert kept is not None
        assert (kept.left_cents, kept.state, kept.trace) == (500, ItemState.OPEN, remittance.trace)
        assert [p.said for p in money.parked_of(tx, P, remittance.id)] == ["no"]
        assert [p.pcn for p in money.payments_of(tx, P, claim_version_id=one.id)] == [one.pcn]
        assert money.postings_of(tx, P, payment_id)[2].rarcs == ("N115",)
        (open_denial,) = denials.page_of(tx, P, asked_for(limit=9, owner="clinician", carc="50")).rows
        assert (open_denial.pcn, open_denial.visit_key, open_denial.cents) == (one.pcn, "V1", 2550)
        assert denials.close_of_claim(tx, P, one.id) == 1
        assert denials.listed(tx, P) == ()


def test_lists_are_read_in_pages(ledger: Ledger) -> None:
    made = [stored_claim(ledger, f"V{n}") for n in range(5)]
    with ledger.reading() as tx:
        first = claims.current(tx, P, limit=2)
        rest = claims.current(tx, P, after=first[-1].id, limit=10)
        assert [one.pcn for one in first + rest] == [one.pcn for one in made]
        assert claims.current(tx, P, states=[ClaimState.PAID]) == ()
        assert len(visits.current(tx, P, states=[VisitState.NEW], payer="PAYER1")) == 5


def test_acknowledgments_are_found_by_claim_and_by_file(ledger: Ledger) -> None:
    one = stored_claim(ledger)
    with ledger.writing() as tx:
        outbox.seal(tx, P, new_file(), (one.id,), event=SAID, at=NOW)
        file = inbound.store(tx, P, partner="north", name="a.999", body=b"x", sha256="3" * 64, event=SAID, at=NOW)
        assert file is not None
        inbound.acknowledge(
            tx,
            P,
            inbound_id=file.id,
            interchange_id=1,
            claim_version_id=one.id,
            kind="999",
            verdict="accepted",
            codes="A",
            what="accepted",
            at=NOW,
        )
        assert [a.kind for a in inbound.answers_about(tx, P, claim_version_id=one.id)] == ["999"]
        assert [a.kind for a in inbound.answers_about(tx, P, interchange_id=1)] == ["999"]
        assert inbound.answers_about(tx, P, interchange_id=2) == ()


def test_a_second_practice_sees_nothing_of_the_first(ledger: Ledger) -> None:
    one = stored_claim(ledger)
    other = replace(PRACTICE, key="oak")
    with ledger.writing() as tx:
        assert practices.register(tx, other, secret=b"t" * 32, at=NOW) is True
        assert practices.register(tx, other, secret=b"u" * 32, at=NOW) is False
        assert practices.secret_of(tx, "oak") == b"t" * 32
        visits.add(tx, "oak", new_visit("V1"), at=NOW)
        assert claims.current(tx, "oak") == ()
        assert claims.by_pcn(tx, "oak", one.pcn) is None
        assert tx.execute(select(control_numbers.c.practice).where(control_numbers.c.practice == "oak")).first() is None
