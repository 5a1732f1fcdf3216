"""How many dollars somebody decides at once: asked by every decision that gives money up, moves it or types it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from gateway.accounts import Account, Role
from gateway.errors import NotAllowed
from gateway.ledger import events
from gateway.remit.ladder import Step
from gateway.service.claims.close import close_claim
from gateway.service.claims.void import void_claim
from gateway.service.desk.decide import close_item, give_back
from gateway.service.desk.place import place
from gateway.service.desk.to_patient import bill_patient
from gateway.service.desk.typed import read_line
from gateway.service.desk.unpost import unpost
from gateway.service.inbound.enter import Paper, enter
from gateway.service.inbound.typed_claim import read_claim
from gateway.service.office import Office
from gateway.service.visits.correct import do_not_bill
from gateway.service.visits.scrub import scrub_visits
from tests.people import NOW
from tests.service.clinic import answer_835, denied, paid_in_full, taken, the_claim, visit
from tests.service.desk.played import buckets, posted, stranger, the_item
from tests.service.desk.test_to_patient import refused

LINES = ("1=100.00 CO45=20.00", "2=40.50 PR3=20.00")
WRITTEN_OFF = ("1=0.00 CO45=120.00", "2=0.00 CO45=60.50")


def limited(office: Office, dollars: str) -> Office:
    """The practice, as somebody with a limit works in it."""
    ana = Account(
        name="ana", person="Ana Reyes", roles=frozenset({Role.BILLER}), limit=Decimal(dollars), created_at=NOW
    )
    return replace(office, account=ana, actor="ana")


def paper(*lines: str, amount: str) -> Paper:
    told = (read_claim(" ".join(("V-1", *lines))),)
    return Paper(payer="PAYER1", trace="4711", paid_on=date(2026, 11, 12), amount=Decimal(amount), claims=told)


def on_the_desk(office: Office) -> None:
    posted(office, answer_835("140.5", stranger(office)))


def nothing_paid(office: Office) -> None:
    """A denial of a claim that is not known: an item without money."""
    texts = (
        "CLP*OLD1*4*180.5*0**CI*ICN1*11*1",
        "NM1*QC*1*QUILL*MARA****MI*M1",
        "SVC*HC:97110*180.5*0**2",
        "CAS*CO*96*180.5",
    )
    posted(office, answer_835("0", texts))


def paid(office: Office) -> None:
    posted(office, answer_835("140.5", paid_in_full(the_claim(office))))


def is_denied(office: Office) -> None:
    posted(office, answer_835("100", denied(the_claim(office))))


def left_to_the_patient(office: Office) -> None:
    posted(office, answer_835("100", refused(office)))


def unbilled(office: Office) -> None:
    taken(office, visit("V-3", date="2026-11-03"))


DECISIONS: tuple[tuple[str, Callable[[Office], None], Callable[[Office], object], str], ...] = (
    ("place", on_the_desk, lambda o: place(o, the_item(o).id, "V-1", reason="test"), "140.50"),
    ("return", on_the_desk, lambda o: give_back(o, the_item(o).id, reason="test"), "140.50"),
    ("close item", on_the_desk, lambda o: close_item(o, the_item(o).id, reason="test"), "140.50"),
    ("bill patient", left_to_the_patient, lambda o: bill_patient(o, "V-1", reason="test"), "60.50"),
    ("close claim", is_denied, lambda o: close_claim(o, "V-1", reason="test"), "60.50"),
    ("void", paid, lambda o: void_claim(o, "V-1", reason="test"), "180.50"),
    ("unpost", paid, lambda o: unpost(o, 1, reason="test"), "140.50"),
    ("enter", lambda _: None, lambda o: enter(o, paper(*LINES, amount="140.50"), reason="test"), "140.50"),
    ("enter a write-off", lambda _: None, lambda o: enter(o, paper(*WRITTEN_OFF, amount="0.00"), reason="test"), "180.50"),
    ("do not bill", unbilled, lambda o: do_not_bill(o, "V-3", reason="test"), "180.50"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("before", "decision", "dollars"), [rest for _, *rest in DECISIONS], ids=[name for name, *_ in DECISIONS]
)
def test_a_cent_above_the_limit_is_refused_with_nothing_changed_and_the_limit_itself_is_within_it(
    before: Callable[[Office], None], decision: Callable[[Office], object], dollars: str, sent: Office
) -> None:
    before(sent)
    stood, told = buckets(sent), lines(sent)
    with pytest.raises(NotAllowed, match="ask somebody with a higher limit"):
        decision(limited(sent, str(Decimal(dollars) - Decimal("0.01"))))
    assert (buckets(sent), lines(sent)) == (stood, told)
    decision(limited(sent, dollars))
    assert lines(sent) > told


def lines(office: Office) -> int:
    with office.ledger.reading() as tx:
        return len(events.read(tx, office.practice.key, limit=1000))


def test_what_is_typed_onto_a_line_counts_also_where_no_money_is_placed(sent: Office) -> None:
    nothing_paid(sent)
    says = tuple(map(read_line, WRITTEN_OFF))
    with pytest.raises(NotAllowed, match=r"is about \$180\.50"):
        place(limited(sent, "180.49"), the_item(sent).id, "V-1", reason="test", says=says)
    place(limited(sent, "180.50"), the_item(sent).id, "V-1", reason="test", says=says)


def test_a_rehearsal_and_what_the_gateway_finds_by_itself_ask_for_no_limit(sent: Office) -> None:
    on_the_desk(sent)
    nobody = limited(sent, "0")
    assert place(nobody, the_item(sent).id, "V-1", reason="", dry_run=True).amount == Decimal("140.50")
    tried = enter(nobody, paper(*LINES, amount="140.50"), reason="test", dry_run=True)
    assert (tried.posted, tried.file) == (Decimal("140.50"), None)
    found = place(nobody, the_item(sent).id, "V-1", reason="", found_by=Step.CONTROL)
    assert found.amount == Decimal("140.50")


def test_a_visit_without_any_known_charge_is_left_unbilled_by_anybody(office: Office) -> None:
    taken(office, visit("V-9", services=[{"code": "97140", "units": 1}]))
    scrub_visits(office)
    do_not_bill(limited(office, "0"), "V-9", reason="test")
