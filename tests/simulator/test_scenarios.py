"""Every word of a scenario: what is said in which round, that it balances, and that the payer's books hold it."""

import os
import random
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import product
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from gateway.claim import Frequency
from gateway.edi.checking.check import check
from gateway.errors import ConfigError
from gateway.simulator.answer_files import AnswerFile
from gateway.simulator.clearinghouse import answers_to
from gateway.simulator.faults import all_planned
from gateway.simulator.mailroom import Mailroom
from gateway.simulator.played import Played, by_user
from gateway.simulator.records import Record, from_json, to_json
from gateway.simulator.rounds import next_round
from gateway.simulator.scenario import (
    EXPLAINED,
    WRITTEN_EXPLAINED,
    Answer,
    Scenario,
    Steered,
    SteeredFile,
    Written,
)
from gateway.simulator.scenario_file import load_scenario
from gateway.simulator.strikes import Strikes
from tests.e2e.command import ROOT
from tests.simulator.arithmetic import balance, cents
from tests.simulator.conftest import MEMBER, PLAN, SAMPLES, Clinic, world_of

PLAIN = replace(PLAN, copay=Decimal("0.00"), coinsurance_percent=Decimal(0))
"""It pays 40.00 a unit of 97110, and 30.00 of 97140."""
TWO = (("97110", "120.00", 2, ("GP",)), ("97140", "60.00", 1, ()))
ROUNDS_MAX = 20


def files(clinic: Clinic, scenario: Scenario, *claims: Any, number: int = 1) -> tuple[AnswerFile, ...]:
    raw = clinic.file(*claims)
    answers = answers_to(
        raw, world=clinic.world, history=clinic.history, partner="northgate", scenario=scenario, number=number
    )
    stored = Record(partner="northgate", name="n", sha256="s", answers=answers)
    assert from_json(to_json(stored)) == stored
    clinic.history.add(answers.memory)
    return answers.files


def later(clinic: Clinic) -> Iterator[tuple[AnswerFile, ...]]:
    """Each further round, until everything was said."""
    for _ in range(ROUNDS_MAX):
        answers = next_round(world=clinic.world, history=clinic.history, partner="northgate")
        if answers is None:
            return
        stored = Record(partner="northgate", name="round", sha256="s", answers=answers)
        assert from_json(to_json(stored)) == stored
        clinic.history.add(answers.memory)
        yield answers.files
    raise AssertionError("there is no end of rounds")


def told(files: tuple[AnswerFile, ...], name: str) -> list[list[str]]:
    found = [row.split("*") for one in files if one.kind == "835" for row in one.body.decode().split("~")]
    return [row for row in found if row[0] == name]


def steered(answer: str, **more: Any) -> Scenario:
    return Scenario(seed=1, claim=(Steered(answer=answer, **more),))


def played(scenario: Scenario, **parts: Any) -> list[tuple[AnswerFile, ...]]:
    clinic = Clinic(world_of(PLAIN))
    first = files(clinic, scenario, clinic.claim(lines=TWO, **parts))
    return [first, *later(clinic)]


def money(rounds: list[tuple[AnswerFile, ...]]) -> list[list[tuple[str, str]]]:
    """CLP02 and CLP04 of each round."""
    return [[(row[2], row[4]) for row in told(one, "CLP")] for one in rounds]


@pytest.mark.parametrize(
    ("answer", "more", "expected"),
    [
        ("paid", {}, [[("1", "110")]]),
        ("denied", {}, [[("4", "0")]]),
        ("denied-then-paid", {}, [[("4", "0")], [("1", "110")]]),
        ("corrected", {}, [[("1", "110")], [("22", "-110"), ("1", "88")]]),
        ("corrected-first", {"percent": 50}, [[("1", "110")], [("1", "55")], [("22", "-110")]]),
        ("reversed", {}, [[("1", "110")], [("22", "-110")]]),
        ("taken-back", {}, [[("1", "110")], [("22", "-110")]]),
        ("paid-twice", {}, [[("1", "110")], [("1", "110")]]),
        ("paid-above-charge", {}, [[("1", "160")]]),
        ("interest", {"extra": Decimal("2.50")}, [[("1", "112.5")]]),
        ("crossed-over", {}, [[("19", "110")]]),
        ("priced-only", {}, [[("25", "0")], [("1", "110")]]),
        ("stranger", {}, [[("1", "110"), ("1", "75")]]),
        ("unbalanced", {}, [[("1", "110.01")], [("1", "110")]]),
        ("silent", {}, [[]]),
        ("paid", {"round": 3}, [[], [("1", "110")]]),
    ],
)
def test_a_word_says_its_answers_round_by_round(
    answer: str, more: dict[str, Any], expected: list[list[tuple[str, str]]]
) -> None:
    assert money(played(steered(answer, **more))) == expected


@pytest.mark.parametrize(
    ("answer", "written"), list(product(Answer, [(), *((one,) for one in Written), tuple(Written)]))
)
def test_every_word_written_in_every_way_balances_and_is_x12(answer: Answer, written: tuple[str, ...]) -> None:
    for at, one in enumerate(played(steered(answer, written=written))):
        for file in one:
            if file.kind == "835" and answer is Answer.UNBALANCED and at == 0:
                continue
            assert check(file.body).findings == ()
            if file.kind == "835":
                assert balance(file.body)


def test_what_is_a_cent_off_does_not_balance() -> None:
    first = played(steered("unbalanced"))[0]
    with pytest.raises(AssertionError):
        balance(next(one.body for one in first if one.kind == "835"))


def test_a_denial_says_the_reason_that_was_asked_for() -> None:
    (first,) = played(steered("denied", denial="PR 96 N130"))
    assert {tuple(row[1:3]) for row in told(first, "CAS")} == {("PR", "96")}
    assert {row[2] for row in told(first, "LQ")} == {"N130"}


def test_a_take_back_is_carried_forward_and_kept_back_of_later_payments_in_parts() -> None:
    clinic = Clinic(world_of(PLAIN))
    scenario = Scenario(
        claim=(
            Steered(answer="taken-back", control="RB1", parts=2),
            Steered(answer="paid", control="RB2", round=3),
            Steered(answer="paid", control="RB3", round=4),
        )
    )
    others = (
        clinic.claim("RB2", lines=(("97140", "60.00", 2, ()),)),
        clinic.claim("RB3", lines=(("97140", "90.00", 3, ()),)),
    )
    first = files(clinic, scenario, clinic.claim("RB1", lines=TWO), *others)
    number = told(first, "CLP")[0][7]
    _, second, third, fourth = first, *later(clinic)
    assert [row[2] for row in told(second, "BPR")] == ["0"]
    assert [row[3:] for row in told(second, "PLB")] == [[f"FB:{number}", "-110"]]
    assert [row[3:] for row in told(third, "PLB")] == [[f"WO:{number}", "55"]]
    assert [row[2] for row in told(third, "BPR")] == ["5"]
    assert [row[3:] for row in told(fourth, "PLB")] == [[f"WO:{number}", "55"]]
    assert [row[2] for row in told(fourth, "BPR")] == ["35"]
    assert clinic.history.recovers("PAY1", "1900000013") == ()


def test_ways_of_writing() -> None:
    def one(*written: str, lines: Any = TWO) -> tuple[list[str], list[list[str]], list[list[str]]]:
        clinic = Clinic(world_of(PLAIN))
        first = files(clinic, steered("paid", written=written), clinic.claim("RB12", lines=lines))
        return told(first, "CLP")[0], told(first, "SVC"), told(first, "REF")

    assert one("garbled-number")[0][1] in {"rb12", "RB1 2", "RB", "RB13"}
    assert one("foreign-number")[0][1].startswith("ACCT-")
    assert not [row for row in one("no-line-numbers")[2] if row[1] == "6R"]
    assert [row[2:4] for row in one("split-lines")[1]] == [["60", "40"], ["60", "40"], ["60", "30"]]
    assert [row[2] for row in one("joined-lines", lines=(TWO[1], TWO[1]))[1]] == ["120"]
    assert one("no-lines")[1] == []
    assert one("changed-code")[1][0][1::5] == ["HC:97530", "HC:97110:GP"]
    assert ["REF", "2U", "OTHER-PAY1"] in one("other-payer")[2]


@pytest.mark.parametrize("seed", range(12))
def test_the_books_of_all_words_together_come_out_to_the_cent(seed: int) -> None:
    """What was sent, less what the provider still owes of it, is what the claims were paid and what was taken back of them."""
    clinic, drawn = Clinic(world_of(PLAIN)), random.Random(seed)
    words = [one for one in Answer if one is not Answer.UNBALANCED] * 2
    drawn.shuffle(words)
    entries = [
        Steered(
            answer=word,
            claims=1,
            round=drawn.randint(1, 4),
            parts=drawn.randint(1, 3),
            percent=drawn.randint(0, 100),
            written=tuple(drawn.sample(list(Written), drawn.randint(0, 2))),
        )
        for word in words
    ]
    claims = [
        clinic.claim(
            f"RB{at}", lines=(("97110", f"{drawn.randint(1, 30000) / 100:.2f}", drawn.randint(1, 4), ("GP",)),)
        )
        for at in range(len(words))
    ]
    rounds = [files(clinic, Scenario(seed=seed, claim=tuple(entries)), *claims), *later(clinic)]
    sent = sum(sum(balance(file.body)) for one in rounds for file in one if file.kind == "835")
    said = sum(cents(row[4]) for one in rounds for row in told(one, "CLP"))
    npi, ids = "1900000013", ("PAY1", "OTHER-PAY1")
    owed = sum((clinic.history.debt(one, npi).amount for one in ids), Decimal(0))
    owed += sum((each.left for one in ids for each in clinic.history.recovers(one, npi)), Decimal(0))
    assert sent - int(owed * 100) == said
    assert len(rounds) > 3


def test_what_the_provider_corrects_ends_what_was_still_to_be_said() -> None:
    clinic = Clinic(world_of(PLAIN))
    first = files(clinic, steered("reversed"), clinic.claim(lines=TWO))
    number = told(first, "CLP")[0][7]
    again = files(clinic, steered("reversed"), clinic.correction("RB2", Frequency.REPLACEMENT, number, lines=TWO))
    assert [(row[2], row[4]) for row in told(again, "CLP")] == [("22", "-110"), ("1", "110")]
    assert list(later(clinic)) == []


def test_a_payer_corrects_what_it_said_last_when_the_provider_replaces_it() -> None:
    clinic = Clinic(world_of(PLAIN))
    files(clinic, steered("corrected"), clinic.claim(lines=TWO))
    (second,) = later(clinic)
    number = told(second, "CLP")[1][7]
    again = files(clinic, Scenario(), clinic.correction("RB2", Frequency.REPLACEMENT, number, lines=TWO))
    assert [(row[2], row[4]) for row in told(again, "CLP")] == [("22", "-88"), ("1", "110")]


def test_who_is_steered() -> None:
    clinic = Clinic(world_of(PLAIN))
    scenario = Scenario(
        claim=(
            Steered(answer="denied", member="SOMEBODY"),
            Steered(answer="denied", payer="OTHER"),
            Steered(answer="denied", day=clinic.claim().lines[0].day.replace(day=1)),
            Steered(answer="denied", chance=0),
            Steered(answer="silent", claims=1, member=MEMBER, payer="PAY1"),
            Steered(answer="denied", control="RB3"),
        )
    )
    claims = [
        clinic.claim(f"RB{at}", lines=((code, "60.00", 1, ("GP",)),))
        for at, code in enumerate(("97110", "97112", "97140"), 1)
    ]
    first = files(clinic, scenario, *claims)
    assert [(row[1], row[2]) for row in told(first, "CLP")] == [("RB2", "1"), ("RB3", "4")]


def test_the_same_file_and_seed_give_the_same_answers_and_another_seed_others() -> None:
    def all_of(seed: int) -> list[tuple[AnswerFile, ...]]:
        return played(Scenario(seed=seed, claim=(Steered(answer="corrected", written=("foreign-number",)),)))

    assert all_of(1) == all_of(1)
    assert [row[1] for row in told(all_of(1)[0], "CLP")] != [row[1] for row in told(all_of(2)[0], "CLP")]


def test_a_refused_file_names_no_claim_and_its_claims_can_come_again() -> None:
    clinic = Clinic(world_of(PLAIN))
    scenario = Scenario(claim=(Steered(answer="denied", claims=1),), file=(SteeredFile(number=1, refused=True),))
    first = files(clinic, scenario, clinic.claim(lines=TWO))
    (refusal,) = [one.body.decode() for one in first if one.kind == "277"]
    assert check(refusal.encode()).findings == ()
    assert "STC*A3:24:41*" in refusal
    assert "RB1" not in refusal
    assert told(first, "CLP") == []
    again = files(clinic, scenario, clinic.claim("RB2", lines=TWO), number=2)
    assert [(row[1], row[2]) for row in told(again, "CLP")] == [("RB2", "4")]


def uploaded(state: Path, mailroom: Mailroom, *bodies: bytes) -> None:
    for at, raw in enumerate(bodies, start=1):
        path = state / "northgate" / "inbound" / f"{at}.837"
        path.write_bytes(raw)
        os.utime(path, (at, at))
    mailroom.take()


def kinds_out(state: Path) -> list[str]:
    return sorted(path.suffix for path in (state / "northgate" / "outbound").iterdir())


def emptied(state: Path) -> bytes:
    """What was in the outbox, fetched."""
    found = b""
    for path in sorted((state / "northgate" / "outbound").iterdir()):
        found += path.read_bytes()
        path.rename(state / "northgate" / "archive" / path.name)
    return found


def test_two_kinds_are_withheld_from_a_file_until_the_simulator_is_started_without(tmp_path: Path) -> None:
    clinic = Clinic(world_of(PLAIN))
    withheld = Scenario(file=(SteeredFile(number=1, partner="northgate", withholds=("277", "835")),))
    room = Mailroom(tmp_path, ("northgate",), clinic.world, None, withheld)
    uploaded(tmp_path, room, clinic.file(clinic.claim("RB1")), clinic.file(clinic.claim("RB2", lines=(TWO[1],))))
    assert kinds_out(tmp_path) == [".277", ".835", ".999", ".999", ".ta1", ".ta1"]
    Mailroom(tmp_path, ("northgate",), clinic.world).put_out_again()
    assert kinds_out(tmp_path) == [".277", ".277", ".835", ".835", ".999", ".999", ".ta1", ".ta1"]


def test_a_fault_withholds_two_kinds_at_once(tmp_path: Path) -> None:
    clinic = Clinic(world_of(PLAIN))
    room = Mailroom(tmp_path, ("northgate",), clinic.world, Strikes(all_planned(("withholds:277+835",))))
    uploaded(tmp_path, room, clinic.file(clinic.claim("RB1")))
    assert kinds_out(tmp_path) == [".999", ".ta1"]


def test_the_next_round_comes_once_the_outbox_is_empty_also_after_a_restart_without_the_scenario(
    tmp_path: Path,
) -> None:
    clinic = Clinic(world_of(PLAIN))
    room = Mailroom(tmp_path, ("northgate",), clinic.world, None, steered("corrected-first"))
    uploaded(tmp_path, room, clinic.file(clinic.claim(lines=TWO)))
    room.take()
    assert kinds_out(tmp_path) == [".277", ".835", ".999", ".ta1"]
    assert b"CLP*RB1*1*180*110*" in emptied(tmp_path)
    room.take()
    room.take()
    assert kinds_out(tmp_path) == [".835"]
    assert b"CLP*RB1*1*180*88*" in emptied(tmp_path)
    again = Mailroom(tmp_path, ("northgate",), clinic.world)
    again.put_out_again()
    assert kinds_out(tmp_path) == []
    again.take()
    assert b"CLP*RB1*22*-180*-110*" in emptied(tmp_path)
    again.take()
    assert kinds_out(tmp_path) == []


def test_a_partner_is_called_by_the_names_that_its_callers_use() -> None:
    one = Played.of("acme", "ELM77", uploads="/to_acme", answers="from_acme", archive="from_acme/done", writes="tmp")
    root = Path("/state/acme")
    asked = ("to_acme/a.837", "/from_acme", "./from_acme/x.835", "from_acme/done/x.835", "tmp/a", "elsewhere/y")
    assert [str(one.path(root, PurePosixPath(path)).relative_to(root)) for path in asked] == [
        "inbound/a.837",
        "outbound",
        "outbound/x.835",
        "archive/x.835",
        "inbound/a",
        "elsewhere/y",
    ]
    with pytest.raises(ConfigError, match="three folders"):
        Played.of("acme", "ELM77", uploads="box", answers="/box", archive="")
    with pytest.raises(ConfigError, match="log in with one name"):
        by_user([one, Played.of("other", "ELM77", uploads="a", answers="b", archive="")])


def test_a_plan_of_a_partner_that_is_not_played_is_reached_by_any() -> None:
    world = world_of(replace(PLAIN, partner="southport"))
    clinic = Clinic(world.reached_by(("northgate",)))
    assert told(files(clinic, Scenario(), clinic.claim()), "CLP")
    clinic = Clinic(world.reached_by(("northgate", "southport")))
    assert not told(files(clinic, Scenario(), clinic.claim()), "CLP")


def test_the_page_explains_every_word() -> None:
    page = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
    made = page.split("<!-- scenario:")[1].split("<!-- end of scenario")[0]
    shown = [line for line in made.splitlines() if line.startswith("| `")]
    wanted = [f"| `{word}` | {said} |" for word, said in (*EXPLAINED.items(), *WRITTEN_EXPLAINED.items())]
    assert [line for line in shown if line.split("`")[1] not in {"answer", "written"}] == wanted


def test_the_sample_scenario_is_read() -> None:
    found = load_scenario(SAMPLES / "scenario.toml", ("northgate",))
    assert [one.answer for one in found.claim][:2] == ["corrected-first", "taken-back"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[claim]]\nanswer = 'lost'", "claim 1, answer: 'lost' is none; want one of paid, denied"),
        ("[[claim]]\nanswer = 'paid'\nwritten = ['badly']", "claim 1, written: 'badly' is none; want some of garbled"),
        ("[[claim]]\nmember = 'X'", "claim 1, answer: is missing"),
        ("[[claim]]\nanswer = 'paid'\nmembre = 'X'", "claim 1, membre: is no key here; want some of answer, chance"),
        ("[[claim]]\nanswer = 'denied'\ndenial = 'XX 197'", "claim 1, denial: want group, CARC and remarks"),
        ("[[claim]]\nanswer = 'paid'\nround = 0", "claim 1, round: want 1 or more"),
        ("[[claim]]\nanswer = 'paid'\nclaims = 0", "claim 1, claims: would steer none"),
        ("[[claim]]\nanswer = 'paid'\nchance = 101", "claim 1, chance: want 0 to 100"),
        ("[[claim]]\nanswer = 'interest'\nextra = '0.00'", "claim 1, extra: want more than 0.00"),
        ("[[claim]]\nanswer = 'interest'\nextra = 1.5", "claim 1, extra: want an amount in quotes"),
        ("[[claim]]\nanswer = 'crossed-over'\nsent_on_to = 'A*B'", "claim 1, sent_on_to: "),
        ("[[file]]\nnumber = 1", "file 1: says nothing; want refused = true, or withholds"),
        ("[[file]]\nnumber = 0\nrefused = true", "file 1, number: want 1"),
        (
            "[[file]]\nnumber = 1\nrefused = true\npartner = 'x'",
            "file 1, partner: is not played here; want one of northgate",
        ),
        ("[[file]]\nnumber = 1\nwithholds = ['271']", "file 1, withholds: '271' is none; want some of ta1"),
        ("seed = 1", "steers nothing"),
        ("[[claim", "is not TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_place_fault_and_what_is_wanted(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as refused:
        load_scenario(path, ("northgate",))
    assert str(refused.value).startswith("mine.toml: ")
    assert said in str(refused.value)
    assert str(refused.value).endswith("the simulator was not started; correct the file")
