"""The outbox's own verbs touch one file of one practice, and nothing beside it."""

from dataclasses import replace

from sqlalchemy import select

from gateway.delivery import Delivery, Manner
from gateway.ledger import Ledger, Transaction, claims, outbox, visits
from gateway.ledger.outbox import SealedFile, Step
from gateway.ledger.tables import interchange_claims
from gateway.listing import asked_for
from tests.ledger.test_ledger import SAID, new_file, new_visit, next_version
from tests.people import NOW, PRACTICE

OURS, THEIRS = PRACTICE.key, "other"


def sealed(tx: Transaction, practice: str, number: int, partner: str = "north") -> SealedFile:
    visit = visits.add(tx, practice, new_visit(f"V{number}"), at=NOW)
    one = next_version(tx, practice, visit, partner)
    new = replace(new_file(number), partner=partner, name=f"{practice}_{partner}_{number}.837")
    return outbox.seal(tx, practice, new, (one.id,), event=SAID, at=NOW)


def again(tx: Transaction, practice: str, file: SealedFile) -> SealedFile:
    return outbox.by_id(tx, practice, file.id)


def test_a_refusal_is_counted_for_the_worker_who_has_the_file_and_for_nobody_else(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        mine, other = sealed(tx, OURS, 1), sealed(tx, OURS, 2)
        assert [outbox.count_refusal(tx, OURS, mine) for _ in range(2)] == [1, 2]
        assert outbox.count_refusal(tx, THEIRS, mine) == 0, "another practice"
        later = outbox.take_up(tx, OURS, mine.id)
        assert later is not None
        assert outbox.count_refusal(tx, OURS, mine) == 0, "an earlier fence"
        assert outbox.count_refusal(tx, OURS, replace(later, state=Delivery.COMMITTING)) == 0, "another state"
        assert (again(tx, OURS, mine).refusals, again(tx, OURS, other).refusals) == (2, 0)


def test_a_resend_is_counted_by_one_for_that_file(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        mine, other = sealed(tx, OURS, 1), sealed(tx, OURS, 2)
        for _ in range(2):
            outbox.count_resend(tx, OURS, mine)
        outbox.count_resend(tx, THEIRS, mine)
        assert (again(tx, OURS, mine).resends, again(tx, OURS, other).resends) == (2, 0)


def test_claims_are_withdrawn_from_that_file_alone(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        mine, other = sealed(tx, OURS, 1), sealed(tx, OURS, 2)
        outbox.withdraw_claims(tx, THEIRS, mine)
        outbox.withdraw_claims(tx, OURS, other)
        found = select(interchange_claims.c.interchange_id).where(interchange_claims.c.withdrawn)
        assert tx.execute(found).scalars().all() == [other.id]


def test_temporary_names_are_pinned_by_practice_and_partner_until_the_delivery_is_over(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        files = [sealed(tx, OURS, 1), sealed(tx, OURS, 2, "south"), sealed(tx, OURS, 3), sealed(tx, THEIRS, 4)]
        for file in files:
            practice = THEIRS if file is files[-1] else OURS
            taken = outbox.take_up(tx, practice, file.id)
            assert taken is not None
            step = Step(after=Delivery.UPLOADING, why="w", manner=Manner.RENAME, temporary_name=f"{file.name}.part")
            moved = outbox.move(tx, practice, taken, step, event=SAID, at=NOW)
            if file is files[2]:
                moved = outbox.move(tx, practice, moved, Step(after=Delivery.COMMITTING, why="w"), event=SAID, at=NOW)
                outbox.move(tx, practice, moved, Step(after=Delivery.SENT, why="w", sent_at=NOW), event=SAID, at=NOW)
        assert outbox.pinned_names(tx, OURS, "north") == {f"{files[0].name}.part"}
        assert outbox.pinned_names(tx, OURS, "south") == {f"{files[1].name}.part"}
        assert outbox.pinned_names(tx, THEIRS, "north") == {f"{files[3].name}.part"}
        assert outbox.pinned_names(tx, THEIRS, "south") == frozenset()


def test_names_are_known_by_practice_and_partner(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        file = sealed(tx, OURS, 1)
        names = frozenset({file.name, "other.837"})
        assert outbox.names_known(tx, OURS, "north", names) == {file.name}
        assert outbox.names_known(tx, OURS, "south", names) == frozenset()
        assert outbox.names_known(tx, THEIRS, "north", names) == frozenset()


def test_files_are_found_by_what_they_carry_and_by_their_numbers_within_practice_and_partner(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        files = [sealed(tx, OURS, 1), sealed(tx, OURS, 2), sealed(tx, OURS, 3, "south")]
        carried = {
            one.interchange_id: one.claim_version_id
            for one in tx.execute(select(interchange_claims.c.interchange_id, interchange_claims.c.claim_version_id))
        }
        for file in files:
            assert outbox.carrying(tx, OURS, carried[file.id]) == file
            assert outbox.carrying(tx, THEIRS, carried[file.id]) is None
            assert outbox.by_reference(tx, OURS, file.partner, f"REF{file.interchange}") == file
            assert outbox.by_interchange(tx, OURS, file.partner, file.interchange) == file
            assert outbox.by_group(tx, OURS, file.partner, file.interchange) == file
        for find in (outbox.by_interchange, outbox.by_group):
            assert find(tx, OURS, "north", 3) is None
            assert find(tx, THEIRS, "north", 1) is None
        assert outbox.by_reference(tx, OURS, "north", "REF3") is None
        assert outbox.by_reference(tx, THEIRS, "north", "REF1") is None
        outbox.withdraw_claims(tx, OURS, files[0])
        assert outbox.carrying(tx, OURS, carried[files[0].id]) is None


def test_the_list_asked_by_a_claim_shows_the_file_that_carries_it_and_the_one_that_was_cancelled(
    ledger: Ledger,
) -> None:
    with ledger.writing() as tx:
        cancelled, _other = sealed(tx, OURS, 1), sealed(tx, OURS, 2)
        (one,) = claims.in_interchange(tx, OURS, cancelled.id)
        decided = replace(SAID, actor="Ann", reason="wrong partner")
        outbox.decide(tx, OURS, cancelled, Step(after=Delivery.CANCELLED, why="cancelled"), event=decided, at=NOW)
        outbox.withdraw_claims(tx, OURS, cancelled)
        asked = asked_for(limit=10, claim=one.pcn)
        assert [file.id for file in outbox.page_of(tx, OURS, asked).rows] == [cancelled.id]
        new = replace(new_file(3), name="again.837")
        carrier = outbox.seal(tx, OURS, new, (one.id,), event=SAID, at=NOW)
        assert [file.id for file in outbox.page_of(tx, OURS, asked).rows] == [cancelled.id, carrier.id]
        assert outbox.page_of(tx, THEIRS, asked).rows == ()
