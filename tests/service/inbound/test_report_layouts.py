"""Office Ally's file summary and status report: what they say of our claims, and that nothing else is made of them.

The columns are those that readers of others, who had such files, expect; no sample of a real one is public.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.acknowledgment import Verdict
from gateway.delivery import Delivery
from gateway.event import Event
from gateway.ledger import events, inbound, outbox
from gateway.ledger.claims import StoredClaim
from gateway.ledger.inbound import InboundState, Reason
from gateway.ledger.outbox import SealedFile
from gateway.lifecycle import ClaimState
from gateway.service.inbound.inbox import reprocess
from gateway.service.inbound.outcome import Posted
from gateway.service.inbound.post import post
from gateway.service.inbound.report_layouts import Layout, read_report
from gateway.service.office import Office
from gateway.service.outbound.batch import seal_batches
from gateway.service.outbound.by_hand import export
from gateway.service.visits.scrub import scrub_visits
from tests.service import clinic
from tests.service.clinic import answer_277ca, arrived, taken, the_claim, visit

SUMMARY_HEAD = (
    "CLAIM# OA CLAIMID  PATIENT ID        LAST,FIRST          DOB          FROM DOS   TO DOS     CPT     DIAG     TAX ID      "
    "ACCNT#        PHYS.ID    PAYER  ERRORS"
)
STATUS_HEAD = (
    "    File ID   Claim ID    Pat. Acct #    Patient             Amount      Practice   Tax ID     Payer     "
    "Process Dt       Payer Ref ID        Status    Payer Response"
)


@pytest.fixture
def sent(office: Office) -> Office:
    north = replace(clinic.partner("north"), reports=("fs_*.txt", "*_status_*.txt"))
    office = replace(office, settings=clinic.settings(north, clinic.partner("south"), home=office.settings.home))
    taken(office, visit(), visit("V-2"))
    scrub_visits(office)
    clinic.delivered(office)
    return office


def summary(*sections: tuple[str, list[str]], shift: int = 0) -> bytes:
    lines = ["Claims Upload File Summary", "File Name: ELM.837", "Date Processed: 11/16/2026", ""]
    number = 0
    for heading, accounts in sections:
        lines += [f"-------{heading} DETAIL-------", SUMMARY_HEAD]
        for account in accounts:
            number += 1
            row = (
                f"{number})".ljust(7)
                + "1234567890".ljust(12)
                + "MV1".ljust(18)
                + "Quill,Mara".ljust(20)
                + "03/09/1951   "
            )
            row = row.ljust(70) + "11/02/2026 11/02/2026 97110   M62.81   123456789".ljust(51) + " " * shift
            lines.append(
                row + account.ljust(14) + "1912345679 PAYER  " + ("Payer ID is invalid" if "ERR" in heading else "")
            )
    return "\r\n".join(lines).encode()


def status(*rows: tuple[str, str], file_id: str = "443130028") -> bytes:
    lines = ["EDI STATUS REPORT", "", STATUS_HEAD, "    " + "-" * 150]
    for account, word in rows:
        row = f"    {file_id.ljust(10)}{'1234567890'.ljust(12)}{account.ljust(15)}{'ACCEPTED, REJECTED'.ljust(20)}{'180.50'.ljust(12)}"
        row += (
            "1234567893 123456789  PAYER1    11/17/2026       " + "REF77".ljust(20) + word.ljust(10) + "CLAIM PASSED ON"
        )
        lines += [row, " " * 152 + "TO THE ADJUDICATION SYSTEM", " " * 152 + ":"]
    return "\r\n".join(lines).encode()


def came(
    office: Office, raw: bytes, name: str = "FS_HCFA_443130028_IN_C.txt", *, from_partner: str = "north"
) -> Posted:
    arrived(office, raw, name=name, from_partner=from_partner)
    (done,) = post(office)
    return done


def told(office: Office, pcn: str) -> list[Event]:
    with office.ledger.reading() as tx:
        return [one.event for one in events.read(tx, office.practice.key, claim=pcn, limit=100)]


def carrier(office: Office, claim: StoredClaim) -> SealedFile:
    with office.ledger.reading() as tx:
        found = outbox.carrying(tx, office.practice.key, claim.id)
    assert found is not None
    return found


def test_a_summary_says_what_was_taken_in_and_what_was_refused(sent: Office) -> None:
    one, two = the_claim(sent), the_claim(sent, "V-2")
    done = came(sent, summary(("ERROR CLAIM", [two.pcn]), ("ACCEPTED CLAIM", [one.pcn, "SOMEBODYELSE1"])))
    assert (done.state, done.needs_a_person) == (InboundState.REPORT, True)
    assert "read as a file summary: 2 claims of ours, 1 rows of others" in done.why
    assert (the_claim(sent).state, the_claim(sent, "V-2").state) == (ClaimState.SENT, ClaimState.REJECTED)
    handed = told(sent, one.pcn)[-1]
    assert handed.kind == "claim.handed_over"
    assert "file summary, line 10: accepted claim" in handed.said
    assert "proves no timely filing" in handed.said
    refused = told(sent, two.pcn)[-1]
    assert refused.kind == "claim.rejected"
    assert f"gateway inbox export {done.id}" in refused.said
    assert f"gateway claims resubmit {two.pcn}" in refused.next_command
    for private in ("Quill", "MV1", "1951", "M62", "invalid"):
        assert private not in "".join(each.said for each in [*told(sent, one.pcn), *told(sent, two.pcn)])


def test_what_is_pending_was_handed_over(sent: Office) -> None:
    one = the_claim(sent)
    assert not came(sent, summary(("PENDING CLAIM", [one.pcn.lower()]), shift=3)).needs_a_person
    assert the_claim(sent).state is ClaimState.SENT
    assert "pending claim" in told(sent, one.pcn)[-1].said


@pytest.mark.parametrize("file_id", ["443130028", "1026347812"])
def test_a_status_report_says_what_the_payer_said(sent: Office, file_id: str) -> None:
    one, two = the_claim(sent), the_claim(sent, "V-2")
    raw = status((one.pcn, "ACCEPTED"), (two.pcn, "REJECTED"), file_id=file_id)
    done = came(sent, raw, f"{file_id}_EDI_STATUS_20261117.txt")
    assert done.needs_a_person
    assert (the_claim(sent).state, the_claim(sent, "V-2").state) == (ClaimState.SENT, ClaimState.REJECTED)
    assert "status report, line 5: accepted" in told(sent, one.pcn)[-1].said


def test_a_refusal_after_an_acceptance_is_seen_and_moves_the_claim_back(sent: Office) -> None:
    one = the_claim(sent)
    came(sent, answer_277ca(carrier(sent, one).name, (one.pcn, "A2:20:PR", "")), "answer.277")
    assert the_claim(sent).state is ClaimState.ACCEPTED
    assert came(sent, summary(("ERROR CLAIM", [one.pcn]))).needs_a_person
    assert the_claim(sent).state is ClaimState.REJECTED


def test_a_report_read_again_says_nothing_twice(sent: Office) -> None:
    one = the_claim(sent)
    done = came(sent, summary(("ACCEPTED CLAIM", [one.pcn])))
    before = len(told(sent, one.pcn))
    assert reprocess(sent, done.id, reason="once more").state is InboundState.REPORT
    assert len(told(sent, one.pcn)) == before


def test_a_report_of_another_partner_says_nothing_of_our_claim(sent: Office) -> None:
    one = the_claim(sent)
    south = replace(clinic.partner("south"), reports=("*.txt",))
    office = replace(sent, settings=clinic.settings(clinic.partner("north"), south, home=sent.settings.home))
    done = came(office, summary(("ERROR CLAIM", [one.pcn])), from_partner="south")
    assert (done.state, done.needs_a_person) == (InboundState.REPORT, False)
    assert "0 claims of ours, 1 rows of others" in done.why
    assert the_claim(office).state is ClaimState.SENT


def test_a_report_proves_that_a_file_uploaded_by_hand_arrived(office: Office, tmp_path: Path) -> None:
    north = replace(clinic.partner("north"), reports=("fs_*.txt",))
    office = replace(office, settings=clinic.settings(north, clinic.partner("south"), home=office.settings.home))
    taken(office, visit())
    scrub_visits(office)
    seal_batches(office)
    claim = the_claim(office)
    file = carrier(office, claim)
    export(replace(office, actor="Ana Reyes"), file.name, tmp_path / "upload.837", reason="the line is down")
    came(office, summary(("ERROR CLAIM", [claim.pcn])))
    assert carrier(office, claim).state is Delivery.SENT
    assert the_claim(office).state is ClaimState.REJECTED


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        (summary(("ACCEPTED CLAIM", [])), "it lists no claim"),
        (status(("A1B2C3D4E5F6G", "PENDED")), "line 5 says nothing that we know"),
        (b"1)     1234567890  A1B2C3D4E5F6G\n--ERROR CLAIM--\n", "line 1 says nothing that we know"),
    ],
    ids=["no claim", "another word", "before its heading"],
)
def test_one_that_is_not_understood_is_set_aside_and_says_where(sent: Office, raw: bytes, where: str) -> None:
    done = came(sent, raw)
    assert (done.state, done.needs_a_person) == (InboundState.SET_ASIDE, True)
    assert where in done.why
    assert f"gateway inbox ignore {done.id}" in done.why
    with sent.ledger.reading() as tx:
        assert inbound.by_id(tx, sent.practice.key, done.id).reason == Reason.REPORT


def test_a_patient_called_rejected_is_none(sent: Office) -> None:
    raw = status((the_claim(sent).pcn, "ACCEPTED")).replace(b"ACCEPTED, REJECTED", b"REJECTED  REJECTED")
    assert not came(sent, raw).needs_a_person


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_are_of_no_layout(raw: bytes) -> None:
    report = read_report(raw + b"\n   ERROR CLAIM DETAIL\n" + raw)
    assert report is not None
    assert report.layout in tuple(Layout)
    assert all(row.verdict in (Verdict.FORWARDED, Verdict.REJECTED) for row in report.rows)


def test_of_two_rows_about_one_claim_the_refusal_counts_too(sent: Office) -> None:
    one = the_claim(sent)
    assert came(sent, status((one.pcn, "ACCEPTED"), (one.pcn, "REJECTED"))).needs_a_person
    assert the_claim(sent).state is ClaimState.REJECTED
