"""What is rejected before adjudication: interchange (TA1), set (999) and claim (277CA)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from gateway.acknowledgment import ClaimAcknowledgment, GroupAnswer, Verdict
from gateway.claim import Frequency, OtherPayer
from gateway.edi.checking.second_opinion import opinion
from gateway.edi.read.inbound_file import read_answers
from gateway.people import Provider
from gateway.simulator.answer_files import Answers
from gateway.simulator.world import Plan, World
from tests.simulator.arithmetic import balance
from tests.simulator.conftest import BILLING, PLAN, SAMPLES, Clinic, body, kinds, only, world_of

CLAIM_SAMPLES = SAMPLES.parent / "837p"


def believed(answers: Answers) -> Answers:
    """Every answer is one that the gateway reads, and that pyx12 accepts beside our own check."""
    for one in answers.files:
        assert read_answers(one.body)
        if not one.name.endswith(".ta1"):
            assert opinion(one.body) == ()
    return answers


def test_an_accepted_claim_goes_the_whole_way(clinic: Clinic) -> None:
    answers = believed(clinic.send(clinic.claim()))
    assert kinds(answers.files) == ["ta1", "999", "277", "835"]
    assert only(answers, "ta1", "TA1") == [["TA1", "000000001", "261123", "1205", "A", "000"]]
    assert only(answers, "999", "AK9") == [["AK9", "A", "1", "1", "1"]]
    assert only(answers, "277", "REF")[0][1:] == ["1K", only(answers, "835", "CLP")[0][7]]
    assert only(answers, "835", "REF")[-1] == ["REF", "6R", "L1"]
    assert ["DTM", "472", "20261116"] in only(answers, "835", "DTM")
    assert [row[1] for row in only(answers, "835", "N1")] == ["PR", "PE"]


def test_a_ta1_is_sent_only_if_asked_for(clinic: Clinic) -> None:
    assert kinds(clinic.ask(clinic.file(clinic.claim(), ta1=False)).files) == ["999", "277", "835"]


@pytest.mark.parametrize(
    ("parts", "stc"),
    [
        ({"payer": "NOBODY"}, ["A7:153:PR"]),
        ({"member": "NOBODY"}, ["A7:33:IL"]),
        ({"rendering": Provider(npi="1234567893", last_name="Doe", first_name="Jo")}, ["A3:496:82"]),
        ({"rendering": Provider(npi="1900000022", last_name="Doe", first_name="Jo")}, ["A7:562:82"]),
        ({"billing": replace(BILLING, npi="1234567893")}, ["A3:496:85"]),
        ({"referring": Provider(npi="1900000022", last_name="Doe", first_name="Jo")}, ["A7:562:DN"]),
        ({"day": date(2026, 11, 24)}, ["A7:510"]),
        ({"frequency": Frequency.REPLACEMENT, "payer_claim_number": "UNKNOWN"}, ["A7:464"]),
        ({"frequency": Frequency.VOID, "payer_claim_number": "UNKNOWN", "member": "NO"}, ["A7:33:IL", "A7:464"]),
    ],
)
def test_a_claim_is_rejected_for_what_it_says(parts: dict[str, Any], stc: list[str], clinic: Clinic) -> None:
    answers = believed(clinic.send(clinic.claim("GOOD"), clinic.claim("BAD", **parts)))
    told = [row for row in only(answers, "277", "STC")[2:] if row[3] == "U"]
    assert [row[1] for row in told] == stc
    assert [row[1] for row in only(answers, "835", "CLP")] == ["GOOD"]


@pytest.mark.parametrize(
    ("plan", "parts", "stc"),
    [
        ({"claim_number": True}, {}, "A6:629"),
        ({"partner": "southport"}, {}, "A3:116"),
        ({"takes_replacements": False}, {"frequency": Frequency.VOID, "payer_claim_number": "X"}, "A7:535"),
    ],
)
def test_a_plan_says_what_it_takes(
    plan: dict[str, Any], parts: dict[str, Any], stc: str, clinic_of: Callable[..., Clinic]
) -> None:
    clinic = clinic_of(plan=replace(PLAN, **plan))
    answers = believed(clinic.send(clinic.claim(**parts)))
    assert only(answers, "277", "STC")[-1][1].rstrip(":PR") == stc
    assert "835" not in kinds(answers.files)


def test_another_birth_date_is_not_this_member(clinic_of: Callable[..., Clinic]) -> None:
    clinic = clinic_of(member={"birth_date": date(1950, 1, 1)})
    assert only(clinic.send(clinic.claim()), "277", "STC")[-1][1] == "A7:158:IL"


def test_a_total_that_its_lines_do_not_make_is_rejected(clinic: Clinic) -> None:
    raw = clinic.file(clinic.claim()).replace(b"CLM*RB1*120*", b"CLM*RB1*121*")
    assert only(believed(clinic.ask(raw)), "277", "STC")[-1][1] == "A8:178"


@pytest.mark.parametrize(
    ("old", "new", "note"),
    [
        (b"*00501*", b"*00401*", "003"),
        (b"*261123*1205*^", b"*261323*1205*^", "014"),
        (b"*261123*1205*^", b"*261123*2505*^", "015"),
        (b"*1*T*:", b"*1*X*:", "020"),
        (b"IEA*1*000000001~", b"", "023"),
        (b"IEA*1*000000001~", b"IEA*1*0000", "023"),
        (b"IEA*1*", b"IEA*2*", "021"),
        (b"IEA*1*000000001~", b"IEA*1*000000002~", "001"),
    ],
)
def test_a_broken_envelope_is_rejected_as_a_whole(old: bytes, new: bytes, note: str, clinic: Clinic) -> None:
    raw = clinic.file(clinic.claim(), ta1=True)
    place = raw.rindex(old)
    answers = clinic.ask(raw[:place] + new + raw[place + len(old) :])
    assert kinds(answers.files) == ["ta1"]
    assert only(answers, "ta1", "TA1")[0][4:] == ["R", note]
    assert answers.memory.counts.interchanges_rejected == 1
    assert answers.memory.claims == ()
    # It was not taken, so its number is still free.
    assert kinds(clinic.ask(raw).files) == ["ta1", "999", "277", "835"]


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [(b"GE*1*17", b"GE*2*17", ["5"]), (b"~SE*", b"~SE*9", [])],
)
def test_a_count_that_is_wrong_costs_the_group_or_the_set_and_not_the_interchange(
    old: bytes, new: bytes, codes: list[str], clinic: Clinic
) -> None:
    answers = believed(clinic.ask(clinic.file(clinic.claim()).replace(old, new)))
    assert kinds(answers.files) == ["ta1", "999"]
    assert only(answers, "ta1", "TA1")[0][4:] == ["A", "000"]
    assert only(answers, "999", "AK9")[0][5:] == codes
    assert answers.memory.counts.sets_rejected == 1
    assert answers.memory.claims == ()


def test_a_control_number_is_taken_once(clinic: Clinic) -> None:
    clinic.send(clinic.claim("RB1"))
    clinic.interchange = 0
    answers = clinic.send(clinic.claim("RB2"))
    assert kinds(answers.files) == ["ta1"]
    assert only(answers, "ta1", "TA1")[0][4:] == ["R", "025"]


def test_bytes_that_are_no_x12_get_no_answer(clinic: Clinic) -> None:
    for raw in (b"", b"hello", b"\xff" * 500, b"ISA*00*short~"):
        answers = clinic.ask(raw)
        assert answers.files == ()
        assert answers.memory.counts.unreadable == 1


@pytest.mark.parametrize(
    ("old", "new", "faults"),
    [
        (b"*F~", b"*Z~", {("DMG", "7", 3)}),
        (b"DTP*472*D8*20261116", b"DTP*472*D8*20261399", {("DTP", "8", 3)}),
        (b"CLM*RB1*120", b"CLM**120", {("CLM", "1", 1)}),
        (b"NM1*82*1*BRANDT", b"NM1*82*1*BR\xc4NDT", {("NM1", "6", 3)}),
    ],
)
def test_a_fault_against_the_guide_is_told_by_place(
    old: bytes, new: bytes, faults: set[tuple[str, str, int]], clinic: Clinic
) -> None:
    raw = clinic.file(clinic.claim()).replace(old, new)
    answers = believed(clinic.ask(raw))
    assert kinds(answers.files) == ["ta1", "999"]
    what = read_answers(body(answers, "999"))[0].what
    assert isinstance(what, GroupAnswer)
    assert what.verdict is Verdict.REJECTED
    assert {(one.segment, one.code, one.element) for one in what.sets[0].faults} == faults
    assert b"RNDT" not in body(answers, "999")


def test_a_segment_that_does_not_belong_is_told(clinic: Clinic) -> None:
    answers = believed(clinic.ask(_counted(clinic.file(clinic.claim()), b"LX*1~", b"LX*1~ZZZ*1~")))
    what = read_answers(body(answers, "999"))[0].what
    assert isinstance(what, GroupAnswer)
    assert ("ZZZ", 0) in {(one.segment, one.element) for one in what.sets[0].faults}


def _counted(raw: bytes, old: bytes, new: bytes) -> bytes:
    """Replace, and count SE01 again."""
    changed = raw.replace(old, new)
    head, _, tail = changed.partition(b"~SE*")
    count = head[head.index(b"~ST*") + 1 :].count(b"~") + 2
    return head + b"~SE*%d*" % count + tail.partition(b"*")[2]


def test_a_bad_set_does_not_cost_its_neighbour(clinic: Clinic) -> None:
    good, bad = clinic.file(clinic.claim("RB1")), clinic.file(clinic.claim("RB2"))
    second = bad[bad.index(b"ST*837") : bad.index(b"GE*1")].replace(b"*0001", b"*0002").replace(b"*F~", b"*Z~")
    raw = good.replace(b"GE*1*", second + b"GE*2*")
    answers = believed(clinic.ask(raw))
    assert only(answers, "999", "AK9") == [["AK9", "P", "2", "2", "1"]]
    assert [row[1] for row in only(answers, "999", "IK5")] == ["A", "R"]
    assert [row[1] for row in only(answers, "835", "CLP")] == ["RB1"]


def test_a_group_of_another_guide_is_refused_whole(clinic: Clinic) -> None:
    answers = clinic.ask(clinic.file(clinic.claim()).replace(b"*X*005010X222A1", b"*X*005010X223A2"))
    assert only(answers, "999", "AK9") == [["AK9", "R", "1", "1", "0", "2"]]
    assert kinds(answers.files) == ["ta1", "999"]


def test_a_set_that_is_no_claim_is_not_taken_for_one(clinic: Clinic) -> None:
    answers = believed(clinic.ask(clinic.file(clinic.claim()).replace(b"ST*837*", b"ST*831*")))
    assert only(answers, "999", "AK9") == [["AK9", "R", "1", "1", "0", "1"]]
    assert kinds(answers.files) == ["ta1", "999"]


def test_answers_use_the_senders_delimiters(clinic: Clinic) -> None:
    raw = clinic.file(clinic.claim()).replace(b"*", b"|").replace(b":", b">").replace(b"BRANDT", b"BRA*DT")
    answers = believed(clinic.ask(raw))
    assert kinds(answers.files) == ["ta1", "999", "277", "835"]
    assert body(answers, "835").startswith(b"ISA|")


def test_open_mode_takes_everybody() -> None:
    clinic = Clinic(World(fallback=Plan(name="ANY")))
    answers = believed(clinic.send(clinic.claim(payer="WHOEVER", member="WHOEVER")))
    assert only(answers, "835", "CLP")[0][2:5] == ["1", "120", "96"]
    assert only(answers, "835", "N1")[0][2] == "PAYER ONE"
    assert only(answers, "835", "REF")[0][1:] == ["2U", "WHOEVER"]


def test_several_payers_get_an_835_each() -> None:
    world = world_of()
    clinic = Clinic(replace(world, fallback=Plan()))
    answers = believed(clinic.send(clinic.claim("RB1"), clinic.claim("RB2", payer="PAY2"), clinic.claim("RB3")))
    assert kinds(answers.files) == ["ta1", "999", "277", "835", "835"]
    traces = {
        row.split("*")[2] for one in answers.files[3:] for row in one.body.decode().split("~") if row[:3] == "TRN"
    }
    assert len(traces) == 2


def test_the_claims_are_told_by_their_own_number(clinic: Clinic) -> None:
    answers = clinic.send(clinic.claim("RB1"), clinic.claim("RB2", member="NO"))
    (answer,) = read_answers(body(answers, "277"))
    assert isinstance(answer.what, ClaimAcknowledgment)
    assert answer.what.reference == "RB-1"
    verdicts = {one.patient_control_number: one.verdict for one in answer.what.claims}
    assert verdicts == {"RB1": Verdict.ACCEPTED, "RB2": Verdict.REJECTED}


def test_the_date_is_the_files_own(clinic: Clinic) -> None:
    answers = clinic.ask(clinic.file(clinic.claim(), at=datetime(2027, 1, 4, 8, 30, tzinfo=UTC)))
    assert all(b"*270104*0830*" in one.body for one in answers.files)
    assert only(answers, "835", "BPR")[0][16] == "20270104"


def test_two_interchanges_of_one_file_are_answered_each(clinic: Clinic) -> None:
    raw = clinic.file(clinic.claim("RB1")) + b"\n" + clinic.file(clinic.claim("RB2"), ta1=False)
    answers = believed(clinic.ask(raw))
    assert kinds(answers.files) == ["ta1", "999", "277", "835", "999", "277", "835"]
    assert len({one.name for one in answers.files}) == 7
    assert b"*CO*18*" in answers.files[-1].body
    assert answers.memory.counts.files == 1


@pytest.mark.parametrize("name", sorted(path.name for path in CLAIM_SAMPLES.glob("*.edi")))
def test_a_file_of_strangers_goes_through_to_payment_in_open_mode(name: str) -> None:
    clinic = Clinic(World(fallback=Plan()))
    raw = (CLAIM_SAMPLES / name).read_bytes()
    answers = believed(clinic.ask(raw))
    if name == "replacement.edi":
        assert [row[1] for row in only(answers, "277", "STC")][-1] == "A7:464"
    else:
        assert [row[2] for row in only(answers, "835", "CLP")] == ["1"]
        assert balance(body(answers, "835"))[0] > 0


def test_a_charge_beyond_reason_is_rejected(clinic: Clinic) -> None:
    raw = clinic.file(clinic.claim()).replace(b"*120*", b"*999999999*")
    answers = believed(clinic.ask(raw))
    assert {row[3] for row in only(answers, "999", "IK4")} == {"5"}
    assert "277" not in kinds(answers.files)


def test_another_payer_on_a_first_claim_changes_nothing_of_its_answer(clinic: Clinic) -> None:
    """Nothing was paid by it yet: it is no prior payment, and no second claim."""
    one = clinic.claim()
    behind = replace(one.coverage, payer_id="BLUE7", payer_name="Bluestem Mutual", member_id="BLM1")
    others = (OtherPayer(name="Bluestem Mutual", sequence="S", filing_code="BL", coverage=behind),)
    answers = believed(clinic.send(replace(one, other_payers=others)))
    assert kinds(answers.files) == ["ta1", "999", "277", "835"]
    assert only(answers, "999", "AK9") == [["AK9", "A", "1", "1", "1"]]
    assert only(answers, "277", "STC")[-1][1] == "A2:20:PR"
    alone = clinic.send(clinic.claim("RB2", day=date(2026, 11, 17)))
    for segment, elements in (("CLP", slice(2, 6)), ("CAS", slice(1, None)), ("SVC", slice(1, None))):
        said, said_alone = ([row[elements] for row in only(each, "835", segment)] for each in (answers, alone))
        assert said == said_alone != []
