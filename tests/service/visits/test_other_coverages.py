"""A second coverage from its file to the claim: said at import, in the log and at scrub, and on the claim to the first."""

from typing import Any

from gateway.edi.read.claim import read
from gateway.ledger import claims, events, outbox, visits
from gateway.lifecycle import VisitState
from gateway.service.office import Office
from gateway.service.outbound.batch import seal_batches
from gateway.service.visits.import_visits import CoveredBeside, Taking, take_in
from gateway.service.visits.scrub import scrub_visits
from tests.service.clinic import the_claim, visit, visits_file

FIRST = {"payer_id": "PAYER1", "member_id": "MV1"}
SECOND = {"payer_id": "BLUE7", "payer_name": "Quill's Own Mutual", "member_id": "BLM4410250"}
NAMED_ONLY = {"payer_name": "Supplement One"}


def covered(key: str, *coverages: dict[str, Any]) -> dict[str, Any]:
    return visit(key, coverages=list(coverages), date=f"2026-11-0{key[-1]}")


FILE = visits_file(
    covered("V-1", FIRST, SECOND),
    covered("V-2", FIRST),
    covered("V-3", FIRST, NAMED_ONLY, FIRST),
    covered("V-4", FIRST, FIRST),
)


def log(office: Office, key: str) -> str:
    with office.ledger.reading() as tx:
        return next(one.event.said for one in events.read(tx, office.practice.key, kind="visit.taken", about=key))


def rules(office: Office, key: str) -> list[str]:
    with office.ledger.reading() as tx:
        found = visits.find(tx, office.practice.key, key)
        assert found is not None
        assert found.state is VisitState.CLAIMED
        return [one.rule for one in visits.findings_of(tx, office.practice.key, found.id) if "COVERAGE" in one.rule]


def test_an_import_says_which_visits_have_another_coverage(office: Office) -> None:
    told = (
        CoveredBeside(visit="V-1", payers=("Quill's Own Mutual",), repeated=0),
        CoveredBeside(visit="V-3", payers=("Supplement One",), repeated=1),
        CoveredBeside(visit="V-4", payers=(), repeated=1),
    )
    assert take_in(office, "a.json", FILE, dry_run=True).beside == told
    assert take_in(office, "a.json", FILE).beside == told
    assert take_in(office, "a.json", FILE).beside == ()
    changed = covered("V-2", FIRST, SECOND)
    again = take_in(office, "a.json", visits_file(changed))
    assert (again.counts, [one.visit for one in again.beside]) == ({Taking.REPLACED: 1}, ["V-2"])


def test_the_log_says_it_by_the_payers_id_and_never_by_what_was_typed(office: Office) -> None:
    take_in(office, "a.json", FILE)
    assert log(office, "V-1") == "visit V-1 taken in, version 1; covered by BLUE7 too, whom we do not bill yet"
    assert log(office, "V-2") == "visit V-2 taken in, version 1"
    assert log(office, "V-3") == (
        "visit V-3 taken in, version 1; covered by a payer without an id too, whom we do not bill yet; "
        "one of its coverages is given twice, and counts once"
    )
    assert log(office, "V-4").endswith("version 1; one of its coverages is given twice, and counts once")


def test_it_holds_no_claim_and_the_claim_carries_it(office: Office) -> None:
    take_in(office, "a.json", FILE)
    scrub_visits(office)
    assert [rules(office, f"V-{number}") for number in (1, 2, 3, 4)] == [
        ["OTHER_COVERAGE"],
        [],
        ["OTHER_COVERAGE_INCOMPLETE", "COVERAGE_REPEATED"],
        ["COVERAGE_REPEATED"],
    ]
    with office.ledger.reading() as tx:
        practice = office.practice.key
        bodies = [claims.body_of(tx, practice, the_claim(office, f"V-{number}").id) for number in (1, 2, 3, 4)]
    assert [[one.name for one in body.other_payers] for body in bodies] == [
        ["Quill's Own Mutual"],
        [],
        ["Supplement One"],
        [],
    ]
    seal_batches(office)
    with office.ledger.reading() as tx:
        file = outbox.carrying(tx, practice, the_claim(office).id)
        assert file is not None
        sent = {one.patient_control_number: one for one in read(outbox.bytes_of(tx, practice, file.id))}
    others = [[one.payer.id for one in sent[body.patient_control_number].other_payers if one.payer] for body in bodies]
    assert others == [["BLUE7"], [], [], []]
