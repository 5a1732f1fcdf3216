"""What came in, read: each interchange counts once, poison stops nobody, forged answers move nothing, a person decides."""

import io
import zipfile
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from gateway.delivery import Delivery
from gateway.errors import ConfigError, LedgerBusy, LedgerConflict, UsageError
from gateway.event import EventSeverity
from gateway.ledger import events, inbound, outbox
from gateway.ledger import remittances as money
from gateway.ledger.events import Logged
from gateway.ledger.inbound import InboundFile, InboundState, Reason
from gateway.lifecycle import ClaimState
from gateway.service.inbound.inbox import export, ignore, reprocess
from gateway.service.inbound.outcome import Posted
from gateway.service.inbound.outline import InterchangeOutlined, outline
from gateway.service.inbound.post import post
from gateway.service.inbound.sandbox import Trial
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.outbound.batch import seal_batches
from gateway.service.outbound.deliver import deliver
from gateway.service.views.inbox import INBOX, inbound_shown
from gateway.service.views.lists import Request, rows
from gateway.service.visits.scrub import scrub_visits
from tests.contract.memory_mailbox import MemoryMailbox
from tests.service import clinic
from tests.service.clinic import (
    answer_277ca,
    answer_835,
    answer_999,
    arrived,
    paid_in_full,
    ta1,
    taken,
    the_claim,
    visit,
)

REFERENCE = "1000000001"
READERS = "tests.service.inbound.hostile_readers"


@pytest.fixture
def sent(office: Office) -> Office:
    taken(office, visit())
    scrub_visits(office)
    clinic.delivered(office)
    return office


def posted(office: Office, raw: bytes, *, from_partner: str = "north", trial: Trial | None = None) -> Posted:
    arrived(office, raw, name=f"in-{sha256(raw).hexdigest()[:6]}", from_partner=from_partner)
    return post(office, trial=trial or Trial())[-1]


def file_of(office: Office, number: int) -> InboundFile:
    with office.ledger.reading() as tx:
        return inbound.by_id(tx, office.practice.key, number)


def logged(office: Office, kind: str) -> list[Logged]:
    with office.ledger.reading() as tx:
        return list(events.read(tx, office.practice.key, kind=kind, limit=1000))


def paid(office: Office) -> str:
    return str(reconcile(office).buckets.get("paid", 0))


def with_partner(office: Office, **changes: object) -> Office:
    north = replace(clinic.partner("north"), **changes)  # type: ignore[arg-type]
    return replace(office, settings=replace(office.settings, partners={**office.settings.partners, "north": north}))


# --- F61, S22: once, whatever number or name it comes under ---------------------------------------------------------


def test_f61_a_remittance_again_under_another_interchange_number_posts_nothing(sent: Office) -> None:
    body = paid_in_full(the_claim(sent))
    posted(sent, answer_835("140.5", body, control=10))
    again = posted(sent, answer_835("140.5", body, control=11))
    assert (again.state, again.needs_a_person) == (InboundState.POSTED, False)
    assert (paid(sent), reconcile(sent).holds) == ("140.50", True)
    with sent.ledger.reading() as tx:
        assert money.of_file(tx, sent.practice.key, again.id) == ()


def test_s22_an_interchange_number_that_comes_again_with_other_bytes_is_set_aside(sent: Office) -> None:
    first = posted(sent, answer_835("140.5", paid_in_full(the_claim(sent)), control=10))
    other = posted(sent, answer_835("0", trace="T2", control=10))
    assert (first.state, other.state) == (InboundState.POSTED, InboundState.SET_ASIDE)
    assert file_of(sent, other.id).reason == Reason.NUMBER_REUSED
    assert f"in inbound file {first.id}" in other.why
    with sent.ledger.reading() as tx:
        assert len(money.listed(tx, sent.practice.key)) == 1
    again = reprocess(sent, other.id, reason="look again")
    assert again.state is InboundState.SET_ASIDE
    counts = reprocess(sent, other.id, reason="they say both count", although=Reason.NUMBER_REUSED)
    assert (counts.state, counts.kinds) == (InboundState.POSTED, {"835": 1})


def test_s22_the_number_of_a_file_that_was_set_aside_is_free_for_its_correction(sent: Office) -> None:
    whole = answer_999(1)
    assert posted(sent, whole[:-4]).state is InboundState.SET_ASIDE
    assert posted(sent, whole).state is InboundState.POSTED


def test_f58_the_same_interchange_in_other_wrapping_is_known_and_what_is_new_beside_it_counts(sent: Office) -> None:
    one = answer_835("140.5", paid_in_full(the_claim(sent)))
    posted(sent, one)
    wrapped = posted(sent, one.replace(b"~", b"~\r\n") + ta1(1))
    assert (wrapped.state, wrapped.kinds, wrapped.needs_a_person) == (InboundState.POSTED, {"TA1": 1}, False)
    assert "came before" in wrapped.why
    assert (paid(sent), reconcile(sent).holds) == ("140.50", True)


def test_s22_the_same_number_twice_in_one_file_counts_once_or_not_at_all(sent: Office) -> None:
    one = answer_835("140.5", paid_in_full(the_claim(sent)), control=10)
    twice = posted(sent, one + one)
    assert (twice.state, twice.kinds, paid(sent)) == (InboundState.POSTED, {"835": 1}, "140.50")
    first, second = (answer_835("0", trace=trace, control=12) for trace in ("T2", "T3"))
    assert posted(sent, first + second).state is InboundState.SET_ASIDE
    assert posted(sent, second).state is InboundState.POSTED


def test_two_workers_that_read_the_same_file_do_it_once(sent: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    number = arrived(sent, answer_999(1))
    others: list[tuple[Posted, ...]] = []

    def meanwhile(raw: bytes) -> tuple[InterchangeOutlined, ...]:
        monkeypatch.setattr("gateway.service.inbound.post.outline", outline)
        others.append(post(sent))
        return outline(raw)

    monkeypatch.setattr("gateway.service.inbound.post.outline", meanwhile)
    assert post(sent) == ()
    assert [one.id for one in others[0]] == [number]


def test_a_file_that_never_goes_together_with_the_ledger_is_set_aside(
    sent: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def conflicts(_: bytes) -> tuple[InterchangeOutlined, ...]:
        raise LedgerConflict("somebody else wrote the same first")

    monkeypatch.setattr("gateway.service.inbound.post.outline", conflicts)
    one = posted(sent, answer_999(1))
    assert (one.state, file_of(sent, one.id).reason) == (InboundState.SET_ASIDE, Reason.CANNOT_POST)

    def busy(_: bytes) -> tuple[InterchangeOutlined, ...]:
        raise LedgerBusy("the ledger is busy")

    monkeypatch.setattr("gateway.service.inbound.post.outline", busy)
    with pytest.raises(LedgerBusy):
        posted(sent, answer_999(2))


def test_only_the_files_of_one_partner_are_read_if_it_is_named(sent: Office) -> None:
    arrived(sent, answer_999(1), name="a")
    arrived(sent, answer_999(2), name="b", from_partner="south")
    assert [one.name for one in post(sent, partner="south")] == ["b"]
    assert [one.name for one in rows(sent, INBOX, Request(filter="partner:north")).rows] == ["a"]
    with pytest.raises(ConfigError):
        post(sent, partner="west")


def test_two_partners_may_use_the_same_number_on_the_same_day(sent: Office) -> None:
    posted(sent, answer_835("140.5", paid_in_full(the_claim(sent)), control=10))
    assert posted(sent, answer_835("0", trace="T2", control=10), from_partner="south").state is InboundState.POSTED


# --- F62: poison ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reader", "reason"),
    [("killed", Reason.CRASHED), ("endless", Reason.TOO_SLOW), ("greedy", Reason.TOO_BIG)],
)
def test_f62_a_file_that_brings_its_reader_down_strikes_three_times_and_is_tried_no_more(
    sent: Office, reader: str, reason: Reason
) -> None:
    trial = Trial(reader=f"{READERS}:{reader}", seconds=1.0 if reader == "endless" else 30.0, memory_bytes=1 << 30)
    poison = arrived(sent, b"POISON", name="poison.835")
    with sent.ledger.writing() as tx:  # as a process leaves it that dies while it reads
        inbound.begin_reading(tx, sent.practice.key, (poison,))
    arrived(sent, answer_999(1), name="good.999")
    first, good = post(sent, trial=trial)
    assert (first.state, good.state, first.needs_a_person) == (InboundState.STORED, InboundState.POSTED, False)
    assert file_of(sent, poison).strikes == 2
    (last,) = post(sent, trial=trial)
    assert (last.state, last.needs_a_person) == (InboundState.SET_ASIDE, True)
    assert (file_of(sent, poison).reason, file_of(sent, poison).strikes) == (reason, 3)
    assert post(sent, trial=trial) == ()
    with sent.ledger.reading() as tx:
        assert inbound.bytes_of(tx, sent.practice.key, poison) == b"POISON"
    assert reprocess(sent, poison, reason="again", trial=trial).state is InboundState.SET_ASIDE
    said = [one.event for one in logged(sent, "inbound.set_aside")]
    assert {(one.severity, one.next_command) for one in said} == {(EventSeverity.WAKE, f"gateway inbox show {poison}")}


def test_f62_a_file_that_is_read_well_in_the_end_loses_its_strikes(sent: Office) -> None:
    number = arrived(sent, answer_999(1), name="a.999")
    with sent.ledger.writing() as tx:
        inbound.strike(tx, sent.practice.key, number)
    (one,) = post(sent)
    assert (one.state, file_of(sent, number).strikes) == (InboundState.POSTED, 0)


def test_f62_a_large_file_is_tried_apart_before_it_is_read_here(sent: Office) -> None:
    large = posted(sent, b" " * (1 << 20) + answer_999(1), trial=Trial(reader=f"{READERS}:killed"))
    assert (large.state, file_of(sent, large.id).strikes) == (InboundState.STORED, 1)
    (one,) = post(sent)
    assert one.state is InboundState.POSTED


def test_f62_a_reading_process_that_cannot_start_strikes_nobody(sent: Office) -> None:
    number = arrived(sent, b" " * (1 << 20) + b"ISA", name="a")
    with pytest.raises(ConfigError, match="status 1"):
        post(sent, trial=Trial(reader="tests.service.hostile_readers:absent"))
    assert file_of(sent, number).state is InboundState.STORED


def test_f62_what_our_own_code_did_not_foresee_is_set_aside_and_says_nothing_of_a_patient(
    sent: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deep(_: bytes) -> None:
        raise RecursionError("QUILL")

    monkeypatch.setattr("gateway.service.inbound.post.outline", deep)
    one = posted(sent, answer_999(1))
    assert (one.state, file_of(sent, one.id).reason) == (InboundState.SET_ASIDE, Reason.CANNOT_POST)
    assert "QUILL" not in repr(logged(sent, "inbound"))


# --- F63, S26: acknowledgments --------------------------------------------------------------------------------------


def test_f63_an_acknowledgment_before_our_own_record_makes_the_file_sent(office: Office) -> None:
    taken(office, visit())
    scrub_visits(office)
    seal_batches(office)
    box = MemoryMailbox(cut_after={"rename_no_clobber"})
    deliver(office, lambda _: box)
    with office.ledger.reading() as tx:
        assert [one.state for one in outbox.files(tx, office.practice.key)] == [Delivery.COMMITTING]
    posted(office, answer_999(1))
    with office.ledger.reading() as tx:
        assert [one.state for one in outbox.files(tx, office.practice.key)] == [Delivery.SENT]
    assert the_claim(office).state is ClaimState.RECEIVED
    assert deliver(office, lambda _: MemoryMailbox()) == ()


def test_f63_an_answer_to_nothing_we_sent_is_on_a_list_until_a_person_takes_it_off(sent: Office) -> None:
    one = posted(sent, ta1(77) + answer_999(77))
    posted(sent, ta1(1))
    (listed,) = rows(sent, INBOX, Request(filter="unmatched:yes")).rows
    assert (listed.id, listed.unmatched) == (one.id, 2)
    assert "inbox ignore" in inbound_shown(sent, one.id).next_command
    said = logged(sent, "answer.unmatched")[0].event
    assert (said.severity, said.next_command) == (EventSeverity.WAKE, "gateway inbox list --unmatched")
    assert ignore(sent, one.id, reason="of the old system").state is InboundState.POSTED
    assert rows(sent, INBOX, Request(filter="unmatched:yes")).rows == ()
    assert logged(sent, "inbound.decided")[0].event.reason == "of the old system"


@pytest.mark.parametrize(
    ("first", "second", "stays"),
    [
        (ta1(1), ta1(1, "R", "006"), ClaimState.SENT),
        (ta1(1, "R", "006"), ta1(1), ClaimState.REJECTED),
        (answer_999(1), answer_999(1, "R"), ClaimState.RECEIVED),
        (answer_999(1, "R"), answer_999(1), ClaimState.REJECTED),
        (answer_999(1), ta1(1, "R", "006"), ClaimState.RECEIVED),
        (ta1(1, "R", "006"), answer_999(1), ClaimState.REJECTED),
    ],
)
def test_f63_two_answers_that_disagree_wake_somebody_and_move_nothing_back(
    sent: Office, first: bytes, second: bytes, stays: ClaimState
) -> None:
    posted(sent, first)
    assert posted(sent, second).needs_a_person
    assert the_claim(sent).state is stays
    (said,) = [one.event for one in logged(sent, "answer.disagrees")]
    assert (said.severity, said.next_command) == (
        EventSeverity.WAKE,
        "gateway deliveries show elm_north_000000001.837",
    )
    assert reconcile(sent).holds


def test_f63_a_999_that_refuses_what_a_277ca_has_accepted_moves_nothing_back(sent: Office) -> None:
    claim = the_claim(sent)
    posted(sent, answer_277ca(REFERENCE, (claim.pcn, "A2:20:PR", "ICN9")))
    assert posted(sent, answer_999(1, "R")).needs_a_person
    assert the_claim(sent).state is ClaimState.ACCEPTED
    assert [one.event.claim for one in logged(sent, "answer.disagrees")] == [claim.pcn]


def test_a_277ca_that_refuses_the_whole_batch_rejects_what_a_999_had_received(sent: Office) -> None:
    posted(sent, answer_999(1))
    whole = answer_277ca(REFERENCE).replace(b"STC*A1:19:PR*20261116*WQ", b"STC*A3:24:PR*20261116*U")
    assert posted(sent, whole).needs_a_person
    assert the_claim(sent).state is ClaimState.REJECTED


def test_s26_a_forged_ta1_999_or_277ca_moves_nothing_of_another_partner(sent: Office) -> None:
    claim = the_claim(sent)
    for raw in (
        ta1(1, "R", "006"),
        answer_999(1, "R"),
        answer_277ca(REFERENCE, (claim.pcn, "A7:33:IL", "")),
        answer_277ca(REFERENCE).replace(b"STC*A1:19:PR*20261116*WQ", b"STC*A3:24:PR*20261116*U"),
    ):
        assert posted(sent, raw, from_partner="south").needs_a_person
    assert the_claim(sent).state is ClaimState.SENT
    assert len(rows(sent, INBOX, Request(filter="unmatched:yes")).rows) == 4


# --- S23 to S25: money ----------------------------------------------------------------------------------------------


def test_s23_a_remittance_counts_only_from_the_partner_that_was_sent_the_claim(sent: Office) -> None:
    posted(sent, answer_835("140.5", paid_in_full(the_claim(sent))), from_partner="south")
    assert the_claim(sent).state is ClaimState.SENT
    assert (str(reconcile(sent).parked), reconcile(sent).holds) == ("140.50", True)


def test_s23_a_payer_that_does_not_pay_through_this_partner_is_set_aside_whole(sent: Office) -> None:
    strict = with_partner(sent, payers=("PAYER1",))
    raw = answer_835("140.5", paid_in_full(the_claim(sent)), payer="OTHER")
    one = posted(strict, raw)
    assert (one.state, one.needs_a_person, paid(sent)) == (InboundState.POSTED, True, "0")
    assert reconcile(sent).remittances_set_aside == 1
    assert "payers" in inbound_shown(sent, one.id).remittances[0].why


def test_s24_a_remittance_for_another_payee_is_set_aside_whole_and_read_again_once_it_is_ours(sent: Office) -> None:
    raw = answer_835("140.5", paid_in_full(the_claim(sent)), payee="1456789019") + ta1(1)
    one = posted(sent, raw)
    assert (one.needs_a_person, paid(sent), the_claim(sent).state) == (True, "0", ClaimState.SENT)
    (kept,) = inbound_shown(sent, one.id).remittances
    assert "for another payee" in kept.why
    assert "inbox reprocess" in inbound_shown(sent, one.id).next_command
    still = reprocess(sent, one.id, reason="look again")
    assert still.needs_a_person
    ours = with_partner(sent, payees=("1456789019",))
    again = reprocess(ours, one.id, reason="our other NPI")
    assert (again.kinds, paid(sent), the_claim(sent).state) == ({"835": 1}, "140.50", ClaimState.PAID)
    assert reconcile(sent).holds
    assert reconcile(sent).remittances_set_aside == 0
    with pytest.raises(UsageError, match="change nothing"):
        reprocess(ours, one.id, reason="once more")
    assert paid(sent) == "140.50"


def test_s24_who_billed_a_claim_may_be_paid_for_it(office: Office) -> None:
    """A visit may name a billing provider of its own."""
    own = {"name": "Riverside Rehab Group", "npi": "1567890128", "tax_id": "987654321", "taxonomy": "261QR0400X"}
    address = {"line1": "800 River Rd", "city": "Peoria", "state": "IL", "zip_code": "616021234"}
    taken(office, visit(billing={**own, "address": address}))
    scrub_visits(office)
    clinic.delivered(office)
    posted(office, answer_835("140.5", paid_in_full(the_claim(office)), payee=own["npi"]))
    assert paid(office) == "140.50"


def test_s24_a_payee_is_known_by_its_tax_id_too_with_or_without_its_dash(sent: Office) -> None:
    raw = answer_835("140.5", paid_in_full(the_claim(sent)), payee="12-3456789")
    assert not posted(sent, raw).needs_a_person
    assert paid(sent) == "140.50"


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1e9", "140.505", "1E+30", "", "140,5", "\u0661\u0664\u0660"])
def test_s25_an_amount_that_is_none_is_never_posted(sent: Office, amount: str) -> None:
    raw = answer_835("140.5", paid_in_full(the_claim(sent))).replace(b"BPR*I*140.5*", f"BPR*I*{amount}*".encode())
    assert posted(sent, raw).needs_a_person
    assert (paid(sent), the_claim(sent).state) == ("0", ClaimState.SENT)


@pytest.mark.parametrize(
    ("true", "false"),
    [(b"BPR*I*140.5*", b"BPR*I*140.51*"), (b"*100**2~", b"*100.01**2~"), (b"CAS*CO*45*20~", b"CAS*CO*45*19.99~")],
)
def test_s25_arithmetic_that_was_tampered_with_is_set_aside_whole(sent: Office, true: bytes, false: bytes) -> None:
    raw = answer_835("140.5", paid_in_full(the_claim(sent)))
    assert true in raw
    assert posted(sent, raw.replace(true, false)).needs_a_person
    assert (paid(sent), reconcile(sent).remittances_set_aside) == ("0", 1)


# --- S11: archives --------------------------------------------------------------------------------------------------


def zipped(**members: bytes) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inside in members.items():
            archive.writestr(name.replace("_", "."), inside)
    return body.getvalue()


def test_s11_an_archive_from_a_partner_that_sends_none_is_set_aside_with_its_bytes(sent: Office) -> None:
    raw = zipped(a_999=answer_999(1))
    one = posted(sent, raw)
    assert (one.state, file_of(sent, one.id).reason) == (InboundState.SET_ASIDE, Reason.ARCHIVE)
    with sent.ledger.reading() as tx:
        assert inbound.bytes_of(tx, sent.practice.key, one.id) == raw
    zipping = with_partner(sent, mailbox=replace(clinic.partner("north").mailbox, zipped=True))
    assert reprocess(zipping, one.id, reason="they do").state is InboundState.UNPACKED
    assert [each.state for each in post(zipping)] == [InboundState.POSTED]
    with pytest.raises(UsageError, match="unpacked"):
        reprocess(zipping, one.id, reason="again")


def test_s11_what_is_in_an_archive_comes_in_as_files_of_their_own_and_once(sent: Office) -> None:
    zipping = with_partner(sent, mailbox=replace(clinic.partner("north").mailbox, zipped=True))
    arrived(zipping, answer_999(1), name="before.999")
    number = arrived(zipping, zipped(a_999=answer_999(1), b_835=answer_835("140.5", paid_in_full(the_claim(sent)))))
    done = post(zipping)
    assert [(one.name, one.state) for one in done] == [
        ("before.999", InboundState.POSTED),
        ("answer", InboundState.UNPACKED),
        ("answer/b.835", InboundState.POSTED),
    ]
    assert file_of(sent, number).why == "2 files were in it, 1 of them new"
    assert paid(sent) == "140.50"


def test_s11_a_bomb_is_set_aside_whole_and_the_rest_goes_on(sent: Office) -> None:
    zipping = with_partner(sent, mailbox=replace(clinic.partner("north").mailbox, zipped=True))
    arrived(zipping, zipped(a_999=answer_999(1), z_835=b"\0" * 10_000_000), name="bomb.zip")
    arrived(zipping, answer_999(1), name="good.999")
    bomb, good = post(zipping)
    assert (bomb.state, good.state) == (InboundState.SET_ASIDE, InboundState.POSTED)
    assert "100 times" in bomb.why
    with sent.ledger.reading() as tx:
        assert len(inbound.files(tx, sent.practice.key)) == 2


# --- a person -------------------------------------------------------------------------------------------------------


def test_a_file_that_was_set_aside_can_be_ignored_and_taken_up_again(sent: Office) -> None:
    one = posted(sent, b"a newsletter")
    assert "inbox ignore" in inbound_shown(sent, one.id).next_command
    kept = ignore(sent, one.id, reason="a newsletter")
    assert (kept.state, kept.reason, inbound_shown(sent, one.id).next_command) == (
        InboundState.IGNORED,
        Reason.NOT_X12,
        "",
    )
    with pytest.raises(UsageError, match="waits for nobody"):
        ignore(sent, one.id, reason="again")
    with pytest.raises(UsageError, match="no inbound file 99"):
        ignore(sent, 99, reason="x")
    assert reprocess(sent, one.id, reason="it is none").state is InboundState.SET_ASIDE


def test_the_bytes_of_a_file_are_taken_out_for_their_owner_only_and_never_over_another_file(
    sent: Office, tmp_path: Path
) -> None:
    one = posted(sent, b"a newsletter")
    to = tmp_path / "out.txt"
    export(sent, one.id, to)
    assert (to.read_bytes(), to.stat().st_mode & 0o777) == (b"a newsletter", 0o600)
    for place, said in ((to, "exists already"), (tmp_path / "none" / "x", "cannot be written")):
        with pytest.raises(UsageError, match=said):
            export(sent, one.id, place)
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError):
        export(sent, one.id, tmp_path / "link")
    assert not (tmp_path / "elsewhere").exists()
    with pytest.raises(UsageError, match="no inbound file 99"):
        export(sent, 99, tmp_path / "y")
    assert len(logged(sent, "inbound.exported")) == 1


def test_a_stored_file_says_what_to_type_next(sent: Office) -> None:
    number = arrived(sent, answer_999(1))
    assert inbound_shown(sent, number).next_command == "gateway post"
    told: list[int] = []
    post(sent, tell=told.append)
    assert (told, inbound_shown(sent, number).next_command) == ([1], "")
