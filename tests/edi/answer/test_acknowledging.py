"""Whatever comes in is answered, and what is answered is true, whole and accepted by whoever judges it."""

from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.acknowledgment import Verdict
from gateway.edi.answer.acknowledging import acknowledge
from gateway.edi.answer.transaction_set import FAULTS_MAX
from gateway.edi.checking.check import check
from gateway.edi.checking.envelope_record import SETS_MAX
from gateway.edi.wire.finding import FINDINGS_MAX, Trigger, WireSeverity
from gateway.errors import OutboundWireError
from tests.bench.x12_files import remittance_file
from tests.edi.answer.judging import AT, answers_to, believed, told
from tests.edi.checking.test_check import FAULTLESS, joined, segments, starting
from tests.edi.checking.test_single_faults import SOUND, Fault, faults
from tests.service.clinic import answer_999, ta1

CORPUS: Final = Path(__file__).parents[3].parent / "shared" / "corpus"
ODD_ADDRESS: Final = b"*12*9013446133"
"""A sender who is known by a telephone number: pyx12 refuses every envelope that names him, and we have to."""
PYX12_EVERY: Final = 9
"""Of very many alike only some are shown to pyx12, which takes its time."""
GUIDE: Final = "005010X222A1"


def group_of(*bodies: list[str], function: str = "HC", version: str = GUIDE, included: int | None = None) -> bytes:
    """Write one interchange with one group of these sets, each from ST to SE."""
    texts = segments(FAULTLESS)
    gs = texts[1].split("*")
    head = [texts[0], "*".join([gs[0], function, *gs[2:8], version])]
    count = len(bodies) if included is None else included
    return joined([*head, *(text for body in bodies for text in body), f"GE*{count}*{gs[6]}", texts[-1]])


def set_of(control: str, *changes: tuple[str, str], code: str = "837", guide: str = GUIDE) -> list[str]:
    """Give a sound set with another number; each change replaces the first segment that begins so, or takes it out."""
    texts = segments(FAULTLESS)[2:-2]
    texts[0], texts[-1] = "*".join(filter(None, ("ST", code, control, guide))), ""
    for start, new in changes:
        place = starting(texts, start)
        texts[place : place + 1] = [new] if new else []
    texts[-1] = f"SE*{len(texts)}*{control}"
    return texts


def only_999(raw: bytes) -> list[str]:
    (answer,) = (one for one in answers_to(raw) if one.kind == "999")
    return told(answer, "AK1", "AK2", "IK3", "CTX", "IK4", "IK5", "AK9")


def test_a_sound_claim_file_is_accepted_by_ta1_and_999_and_the_way_back_is_turned_round() -> None:
    first, second = answers_to(FAULTLESS, control=41)
    assert [(one.kind, one.control, one.verdict, one.untold) for one in (first, second)] == [
        ("TA1", 41, Verdict.ACCEPTED, 0),
        ("999", 42, Verdict.ACCEPTED, 0),
    ]
    isa, gs = (text.split("*") for text in segments(FAULTLESS)[:2])
    back = told(second, "ISA")[0].split("*")
    assert (back[5:7], back[7:9]) == (isa[7:9], isa[5:7])
    assert (back[9:11], back[13], back[14], back[15]) == (["261126", "1015"], "000000042", "0", isa[15])
    assert told(second, "GS") == [f"GS*FA*{gs[3]}*{gs[2]}*20261126*1015*42*X*005010X231A1"]
    assert told(first, "TA1") == [f"TA1*{isa[13]}*{isa[9]}*{isa[10]}*A*000"]
    assert told(second, "AK1", "AK2", "IK5", "AK9") == [
        f"AK1*HC*{gs[6]}*{GUIDE}",
        f"AK2*837*0001*{GUIDE}",
        "IK5*A",
        "AK9*A*1*1*1",
    ]
    assert (second.interchange, second.group) == (isa[13], gs[6])


def test_an_835_is_answered_though_its_st_names_no_guide() -> None:
    (answer,) = answers_to(remittance_file(2))
    assert told(answer, "AK1", "AK2", "IK5", "AK9") == [
        "AK1*HP*1*005010X221A1",
        "AK2*835*0001",
        "IK5*A",
        "AK9*A*1*1*1",
    ]


def test_a_fault_in_an_835_is_told_with_the_payment_that_it_is_in() -> None:
    raw = remittance_file(2)
    trn = next(text for text in segments(raw) if text.startswith("TRN*")).split("*")
    answer = only_999(raw.replace(b"~CLP*", b"~CLP**", 1))
    assert next(text for text in answer if text.startswith("CTX")) == f"CTX*TRN02:{trn[2]}"
    assert answer[-1] == "AK9*R*1*1*0"


def test_what_a_rule_finds_in_a_remittance_is_told_by_the_payments_number_and_the_elements() -> None:
    texts = segments(remittance_file(3))
    trace = texts[starting(texts, "TRN*")].split("*")[2]
    cas = starting(texts, "CAS*PR*2*")
    texts[cas] = texts[cas].replace("CAS*PR*2*", "CAS*PR*9Z9*")
    answer = only_999(joined(texts))
    assert answer[3:5] == [f"CTX*TRN02:{trace}", "IK4*2*1034*7*9Z9"]


@pytest.mark.parametrize("raw", [answer_999(1), answer_999(1, "R"), ta1(1)])
def test_an_answer_is_never_answered(raw: bytes) -> None:
    assert answers_to(raw.replace(b"*1*T*:", b"*0*T*:")) == ()


def test_neither_is_a_ta1_that_asks_for_one_but_the_interchange_of_a_999_is() -> None:
    assert b"*1*T*:" in ta1(1)
    assert answers_to(ta1(1)) == ()
    assert [one.kind for one in answers_to(answer_999(1))] == ["TA1"]


def test_the_sets_of_a_group_are_judged_one_by_one() -> None:
    raw = group_of(set_of("0001"), set_of("0002", ("BHT*", "BHT*0019*00*1*20261123*1205*QQ")), set_of("0003"))
    assert only_999(raw) == [
        f"AK1*HC*17*{GUIDE}".replace("17", segments(FAULTLESS)[1].split("*")[6]),
        f"AK2*837*0001*{GUIDE}",
        "IK5*A",
        f"AK2*837*0002*{GUIDE}",
        "IK3*BHT*2**8",
        "IK4*6*640*7*QQ",
        "IK5*R*5",
        f"AK2*837*0003*{GUIDE}",
        "IK5*A",
        "AK9*P*3*3*2",
    ]


def test_a_group_that_is_refused_calls_none_of_its_sets_accepted() -> None:
    raw = group_of(set_of("0001"), set_of("0002", ("BHT*", "")), included=3)
    answer = only_999(raw)
    assert [text for text in answer if text[:3] in {"AK2", "IK5"}] == [f"AK2*837*0002*{GUIDE}", "IK5*R*5"]
    assert answer[-1] == "AK9*R*3*2*0*5"


def test_what_is_missing_is_told_with_loop_claim_and_position() -> None:
    answer = only_999(group_of(set_of("0001", ("HI*", ""))))
    place = starting(set_of("0001", ("HI*", "")), "LX*1")
    claim = next(text for text in segments(FAULTLESS) if text.startswith("CLM*")).split("*")[1]
    assert answer[2][: len("IK3*HI*")] == "IK3*HI*"
    assert answer[2].split("*")[3:] == ["2300", "3"]
    assert int(answer[2].split("*")[2]) <= place + 1
    assert answer[3:5] == [f"CTX*CLM01:{claim}", "IK5*R*5"]


@pytest.mark.parametrize(
    ("start", "new", "ik3", "ik4"),
    [
        ("HL*2", "HL*3*1*22*0", "IK3*HL*{at}*2000*8", "IK4*1*628*7*3"),
        ("HL*2", "HL*2*7*22*0", "IK3*HL*{at}*2000*8", "IK4*2*734*7*7"),
        ("LX*1", "LX*9", "IK3*LX*{at}*2400*8", "IK4*1*554*7*9"),
    ],
)
def test_a_number_out_of_its_row_is_told_at_its_segment(start: str, new: str, ik3: str, ik4: str) -> None:
    texts = set_of("0001", (start, new))
    answer = only_999(group_of(texts))
    assert ik3.format(at=starting(texts, new) + 1) in answer
    assert ik4 in answer


def test_a_composite_is_told_by_component_and_a_repetition_by_its_number() -> None:
    answer = only_999(group_of(set_of("0001", ("SV1*", "SV1*ZZ:97110*120.5*UN*2***1"))))
    assert "IK4*1:1*235*7*ZZ" in answer
    report = check(group_of(set_of("0001", ("BHT*", "BHT*0019*00*1*20261123*1205*QQ"))))
    (interchange,) = report.interchanges
    (group,) = interchange.groups
    (one,) = group.sets
    again = replace(one, findings=(replace(one.findings[0], repetition=3),))
    (answered,) = acknowledge(
        [
            replace(
                interchange,
                isa=(*interchange.isa[:13], "0", *interchange.isa[14:]),
                groups=(replace(group, sets=(again,)),),
            )
        ],
        at=AT,
        control=1,
    )
    assert "IK4*6::3*640*7*QQ" in told(believed(answered), "IK4")


def test_what_depends_on_another_element_names_it() -> None:
    texts = set_of("0001", ("PER*", "PER*IC*DESK*TE*5550100100*EM"))
    answer = only_999(group_of(texts))
    at = starting(texts, "PER*") + 1
    assert answer[answer.index(f"IK3*PER*{at}*1000*8") + 1 :][:2] == [
        "IK4*6*364*2",
        f"CTX*SITUATIONAL TRIGGER*PER*{at}*1000*5",
    ]


def test_a_segment_that_depends_on_an_element_names_it_too() -> None:
    (interchange,) = check(group_of(set_of("0001", ("HI*", "")))).interchanges
    (group,) = interchange.groups
    (one,) = group.sets
    trigger = Trigger("CLM", 19, "2300", 5, 3)
    told_so = replace(one, findings=(replace(one.findings[0], code="I6", trigger=trigger),))
    interchange = replace(interchange, groups=(replace(group, sets=(told_so,)),))
    answer = told(believed(acknowledge([interchange], at=AT, control=1)[-1]), "IK3", "CTX", "IK5")
    assert answer[2] == "CTX*SITUATIONAL TRIGGER*CLM*19*2300*5:3"
    assert answer[-1] == "IK5*R*I5"


@pytest.mark.parametrize(
    ("value", "copied"),
    [
        ("X" * 200, "X" * 99),
        ("Q Q " + "Q" * 94 + " Q", "Q Q " + "Q" * 94),
        ("Q\x07Q", ""),
        ("QQ\xe9", ""),
        ("QQ:QQ", ""),
    ],
)
def test_a_bad_value_is_copied_only_as_the_wire_can_carry_it(value: str, copied: str) -> None:
    raw = group_of(set_of("0001", ("BHT*", "BHT*0019*00*1*20261123*1205*@@"))).replace(b"@@", value.encode("latin-1"))
    (row, *_) = [text.split("*") for text in only_999(raw) if text.startswith("IK4*6*")]
    assert "".join(row[4:]) == copied


def test_a_warning_refuses_nothing_and_is_told() -> None:
    raw = group_of(set_of("0001", guide="005010X222"), version="005010X222")
    answer = only_999(raw)
    assert answer[1:] == ["AK2*837*0001*005010X222", "IK5*E*I6", "AK9*E*1*1*1*2"]
    (interchange,) = check(group_of(set_of("0001", ("HI*", "")))).interchanges
    (group,) = interchange.groups
    (one,) = group.sets
    mild = replace(one, findings=tuple(replace(each, severity=WireSeverity.WARNING) for each in one.findings))
    interchange = replace(interchange, groups=(replace(group, sets=(mild,), accepted=1),))
    answer = told(believed(acknowledge([interchange], at=AT, control=1)[-1]), "IK3", "IK5", "AK9")
    assert (answer[0][:7], answer[1:]) == ("IK3*HI*", ["IK5*E*5", "AK9*E*1*1*1"])


def test_an_unknown_guide_is_refused_with_the_reason() -> None:
    odd = "005010X999"
    assert only_999(group_of(set_of("0001", guide=odd), version=odd))[1:] == ["AK9*R*1*1*0*2"]
    eligibility = ["ST*270*0001*005010X279A1", "BHT*0022*13*1*20261123*1205", "SE*3*0001"]
    assert only_999(group_of(eligibility, function="HS", version="005010X279A1"))[1:] == ["AK9*R*1*1*0*2"]


def test_one_set_of_an_unknown_guide_or_of_another_function_costs_its_neighbour_nothing() -> None:
    answer = only_999(group_of(set_of("0001"), set_of("0002", guide="005010X999"), ["ST*835*0003", "SE*2*0003"]))
    assert [text for text in answer if text.startswith(("IK5", "AK9"))] == [
        "IK5*A",
        "IK5*R*I6",
        "IK5*R*18",
        "AK9*P*3*3*1",
    ]


def test_a_group_of_another_kind_is_refused_by_what_its_sets_are() -> None:
    answer = only_999(group_of(set_of("0001"), function="HP"))
    assert (answer[0][:6], answer[-1]) == ("AK1*HP", "AK9*R*1*1*0*1")
    answer = only_999(group_of(set_of("0001"), function="ZZ"))
    assert (answer[0][:6], answer[-1]) == ("AK1*HC", "AK9*R*1*1*0*1")
    answer = only_999(group_of(["ST*850*0001", "SE*2*0001"], set_of("0002")))
    assert [text for text in answer if text[:3] in {"AK2", "IK5", "AK9"}][:2] == ["AK2*837*0001", "IK5*R*1*18"]


def test_a_group_that_no_999_can_name_is_told_of_by_the_ta1() -> None:
    (answer,) = answers_to(group_of(["ST*850*0001", "SE*2*0001"], function="PO", version="004010"))
    assert (answer.kind, told(answer, "TA1")[0].split("*")[4:]) == ("TA1", ["R", "024"])
    texts = segments(group_of(set_of("0001")))
    texts[1] = texts[1].replace(f"*{texts[1].split('*')[6]}*X", "*ONE*X")
    texts[-2] = "GE*1*ONE"
    (answer,) = answers_to(joined(texts))
    assert told(answer, "TA1")[0].split("*")[4:] == ["R", "024"]


@pytest.mark.parametrize(
    ("control", "named", "codes"),
    [("7", "0007", "7*5"), ("0123456789", "012345678", "7*5"), ("\x07\x07\x07\x07", "0000", "7*5")],
)
def test_a_set_is_named_as_well_as_it_can_be(control: str, named: str, codes: str) -> None:
    answer = only_999(group_of(set_of(control)))
    assert answer[1] == f"AK2*837*{named}*{GUIDE}"
    assert answer[-2] == f"IK5*R*{codes}"


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("~SE*", "~SE*9", "4"),
        ("SE*{n}*0001", "SE*{n}*0002", "3"),
        ("SE*{n}*0001", "", "2"),
        (f"*0001*{GUIDE}", "*0001*005010X223A2", "I6"),
    ],
)
def test_what_is_wrong_with_a_set_as_a_whole_is_its_code(old: str, new: str, codes: str) -> None:
    body = set_of("0001")
    n = len(body)
    raw = group_of(body).decode().replace(old.format(n=n), new.format(n=n), 1).replace("~~", "~").encode()
    assert next(text for text in only_999(raw) if text.startswith("IK5")).split("*")[2] == codes


def test_two_sets_of_one_number_are_told_and_the_second_is_refused() -> None:
    answer = only_999(group_of(set_of("0001"), set_of("0001")))
    assert [text for text in answer if text.startswith(("IK5", "AK9"))] == ["IK5*A", "IK5*R*23", "AK9*P*2*2*1"]


@pytest.mark.parametrize(
    ("old", "new", "note"),
    [
        (b"*00501*", b"*00401*", "003"),
        (b"*261123*1205*", b"*261323*1205*", "014"),
        (b"*261123*1205*", b"*261123*2505*", "015"),
        (b"*1*T*:", b"*1*X*:", "020"),
        (b"*1*T*:", b"*7*T*:", "019"),
        (b"IEA*1*", b"IEA*2*", "021"),
        (b"IEA*1*0", b"IEA*1*9", "001"),
        (FAULTLESS[FAULTLESS.index(b"IEA*") :], b"", "023"),
        (b"~GS*", b"~ZZ*1~GS*", "024"),
    ],
)
def test_an_interchange_at_fault_is_rejected_by_its_ta1_alone(old: bytes, new: bytes, note: str) -> None:
    assert old in FAULTLESS
    (answer,) = answers_to(FAULTLESS.replace(old, new))
    assert (answer.kind, told(answer, "TA1")[0].split("*")[4:]) == ("TA1", ["R", note])


def test_a_number_that_stands_twice_rejects_the_second_and_answers_no_group_of_it() -> None:
    answers = answers_to(FAULTLESS + FAULTLESS)
    assert [(one.kind, one.verdict) for one in answers] == [
        ("TA1", Verdict.ACCEPTED),
        ("999", Verdict.ACCEPTED),
        ("TA1", Verdict.REJECTED),
    ]
    assert told(answers[2], "TA1")[0].endswith("*R*025")
    assert [one.control for one in answers] == [1, 2, 3]


def test_a_number_that_is_none_is_answered_all_the_same() -> None:
    number = segments(FAULTLESS)[0].split("*")[13].encode()
    (answer,) = answers_to(FAULTLESS.replace(number, b"ABCDEFGHI"))
    assert told(answer, "TA1")[0] == "TA1*000000000*261123*1205*R*018"


@pytest.mark.parametrize("cut", range(110, len(FAULTLESS) - 1, 23))
def test_a_cut_is_never_answered_as_accepted(cut: int) -> None:
    assert all(one.verdict is Verdict.REJECTED for one in answers_to(FAULTLESS[:cut]))


@pytest.mark.parametrize("raw", [b"", b"hello", b"\xff" * 500])
def test_what_is_no_x12_has_nobody_to_be_answered(raw: bytes) -> None:
    assert answers_to(raw) == ()


def test_an_address_that_cannot_be_written_back_is_not_answered() -> None:
    assert answers_to(FAULTLESS.replace(b"*ZZ*R", b"*ZZ*\xe9", 1)) == ()


def test_answers_use_the_delimiters_that_came_unless_those_are_odd() -> None:
    raw = FAULTLESS.translate(bytes.maketrans(b"*:^~", b"|>+!"))
    assert all(one.body.startswith(b"ISA|00|") and one.body.endswith(b"!") for one in answers_to(raw))
    raw = FAULTLESS.replace(b"~", b"\n")
    assert all(one.body.endswith(b"~") for one in answers_to(raw))


def test_more_faults_than_are_told_are_counted_and_errors_go_first() -> None:
    body = set_of("0001")
    place = starting(body, "LX*1")
    body[place:place] = ["ZZZ*1"] * (FAULTS_MAX + 7)
    body[-1] = f"SE*{len(body)}*0001"
    (answer,) = (one for one in answers_to(group_of(body)) if one.kind == "999")
    assert (len(told(answer, "IK3")), answer.untold, answer.verdict) == (FAULTS_MAX, 7, Verdict.REJECTED)
    (interchange,) = check(group_of(body)).interchanges
    (group,) = interchange.groups
    (one,) = group.sets
    first = tuple(replace(each, severity=WireSeverity.WARNING) for each in one.findings[:FAULTS_MAX])
    interchange = replace(
        interchange, groups=(replace(group, sets=(replace(one, findings=first + one.findings[FAULTS_MAX:]),)),)
    )
    answer = acknowledge([interchange], at=AT, control=1)[-1]
    ordinals = {int(text.split("*")[2]) for text in told(believed(answer), "IK3")}
    assert {each.ordinal for each in one.findings[FAULTS_MAX:]} <= ordinals


def test_a_check_that_gave_up_accepts_nothing_that_it_did_not_read() -> None:
    body = set_of("0002")
    body[2:2] = ["ZZZ*1"] * (FINDINGS_MAX + 1)
    body[-1] = f"SE*{len(body)}*0002"
    first, second = answers_to(group_of(set_of("0001"), body, set_of("0003")))
    assert told(first, "TA1")[0].endswith("*E*024")
    assert told(second, "IK5", "AK9") == ["IK5*R*5", "AK9*R*2*2*0"]


def test_a_file_of_very_many_sound_sets_is_not_kept_set_by_set() -> None:
    one = ["ST*999*@*005010X231A1", "AK1*HC*1*005010X222A1", "AK9*R*1*1*0*2", "SE*4*@"]
    bodies = ([text.replace("@", f"{number:09}") for text in one] for number in range(SETS_MAX + 5))
    (interchange,) = check(group_of(*bodies, function="FA", version="005010X231A1")).interchanges
    (group,) = interchange.groups
    assert (len(group.sets), group.received, group.accepted) == (SETS_MAX, SETS_MAX + 5, SETS_MAX + 5)
    assert group.verdict is Verdict.ACCEPTED


def test_our_numbers_begin_again_after_the_last_one() -> None:
    assert [one.control for one in answers_to(FAULTLESS, control=999_999_999)] == [999_999_999, 1]
    for wrong in (0, -1, 1_000_000_000):
        with pytest.raises(OutboundWireError, match="ISA13"):
            acknowledge(check(FAULTLESS).interchanges, at=AT, control=wrong)


def stands_in(answer: list[str], fault: Fault) -> bool:
    """Whether an answer names a fault: its segment and place as IK3, and its element as IK4 behind that."""
    here = ["", "", "", ""]
    for text in answer:
        parts = text.split("*")
        if parts[0] == "IK3":
            here = parts[1:]
        at_segment = here[:2] == [fault.segment, str(fault.ordinal)]
        if parts[0] == "IK3" and not fault.element and at_segment and here[3] == fault.code:
            return True
        place = f"{fault.element}:{fault.component}" if fault.component else str(fault.element)
        if parts[0] == "IK4" and at_segment and here[3] == "8" and [parts[1], parts[3]] == [place, fault.code]:
            return True
    return False


@pytest.mark.parametrize("name", ["medicare_self", "837P", "835"])
def test_each_single_fault_is_told_at_its_place(name: str) -> None:
    for number, fault in enumerate(faults(SOUND[name])):
        answer = acknowledge(check(fault.raw).interchanges, at=AT, control=1)[-1]
        assert stands_in(told(answer), fault), f"{fault.what}: {told(answer)}"
        assert told(answer, "AK9")[0].startswith("AK9*R*1*1*0")
        assert check(answer.body).findings == ()
        if number % PYX12_EVERY == 0:
            believed(answer)


@given(st.sampled_from(sorted(SOUND)), st.data())
def test_whatever_the_bytes_each_answer_is_sound(name: str, choice: st.DataObject) -> None:
    raw = bytearray(SOUND[name])
    for _ in range(choice.draw(st.integers(1, 5))):
        at = choice.draw(st.integers(0, len(raw) - 1))
        raw[at : at + choice.draw(st.integers(0, 40))] = choice.draw(st.binary(max_size=6))
    for interchange in check(bytes(raw)).interchanges:
        answers = acknowledge([interchange], at=AT, control=1)
        assert all(check(one.body).findings == () for one in answers)
        groups = [one.verdict for one in interchange.groups]
        if {interchange.verdict, *groups} != {Verdict.ACCEPTED} and answers:
            assert any(one.verdict is not Verdict.ACCEPTED for one in answers)
        if interchange.verdict is Verdict.REJECTED:
            assert [one.kind for one in answers] in ([], ["TA1"])


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of third-party files is not here")
def test_every_file_of_the_corpus_is_answered_and_every_answer_is_believed() -> None:
    kinds: dict[str, int] = {}
    for path in sorted((CORPUS / "files").rglob("*")):
        if not path.is_file():
            continue
        raw = path.read_bytes()
        for one in acknowledge(check(raw, snip=2).interchanges, at=AT, control=1):
            kinds[one.kind] = kinds.get(one.kind, 0) + 1
            found = check(one.body).findings
            assert not found or (ODD_ADDRESS in one.body and check(one.body).accepted), path.name
            if ODD_ADDRESS not in one.body and (one.kind == "999" or one.control == 1):
                believed(one)
    assert kinds["999"] > 150
    assert kinds["TA1"] > 400
