"""The desk, as a biller types it."""

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gateway.settings import load
from tests.e2e.command import ROOT, gateway
from tests.service.clinic import answer_835

SAMPLE = ROOT / "samples" / "visits" / "claims-only.csv"
BY = ("--by", "Ana Reyes", "--reason", "told by telephone")
TODAY = ("--today", "2026-11-16")


def answer(shown: dict[str, Any], number: str) -> tuple[str, ...]:
    """Pay a claim in full, under some number, without line controls."""
    lines = [one["line"] for one in shown["lines"]]
    total = Decimal(sum(line["charge_cents"] for line in lines)) / 100
    rows = csv.DictReader(SAMPLE.read_text().splitlines())
    patient = next(row for row in rows if row["visit_id"] == shown["claim"]["visit_key"])
    name = f"{patient['patient.last_name']}*{patient['patient.first_name']}".upper()
    texts = [f"CLP*{number}*1*{total}*{total}*0*CI*ICN77*11*1", f"NM1*QC*1*{name}"]
    for line in lines:
        charge = Decimal(line["charge_cents"]) / 100
        texts += [f"SVC*{':'.join(['HC', line['procedure'], *line['modifiers']])}*{charge}*{charge}**{line['units']}"]
        texts += [f"DTM*472*{shown['claim']['day'].replace('-', '')}"]
    return tuple(texts)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with claims that have left, and two answers under numbers that are not ours."""
    home, box = tmp_path / "home", tmp_path / "box"
    gateway(*TODAY, "init", home=home)
    for name in ("inbound", "outbound", "archive"):
        (box / name).mkdir(parents=True)
    path = home / "partners" / "northgate.toml"
    path.write_text(path.read_text().replace('kind = "sftp"', f'kind = "folder"\nroot = "{box}"'))
    only = ("--partner", "northgate")
    for command in (
        ("visits", "import", SAMPLE),
        ("scrub", "run"),
        ("batch", "seal", *only),
        ("deliver", *only),
    ):
        ran = gateway(*TODAY, *command, home=home)
        assert ran.status in {0, 1}, ran.err
    assert list((box / "inbound").iterdir())
    return home


def claims(home: Path) -> list[dict[str, Any]]:
    listed = gateway(*TODAY, "claims", "list", "partner:northgate", "--json", home=home).facts["claims"]
    return [gateway(*TODAY, "claims", "show", one["pcn"], "--json", home=home).facts for one in listed[:2]]


def come(home: Path, *bodies: tuple[str, ...]) -> None:
    settings = load(home)
    paid = sum(Decimal(body[0].split("*")[4]) for body in bodies)
    payee = settings.practice.billing.npi
    raw = answer_835(str(paid), *bodies, payee=payee, payer="TPA9")
    usage = settings.partners["northgate"].envelope.usage
    (home.parent / "box" / "outbound" / "a.835").write_bytes(raw.replace(b"*P*:~", f"*{usage}*:~".encode()))
    gateway(*TODAY, "collect", "--partner", "northgate", home=home)
    assert gateway(*TODAY, "post", home=home).status == 1


def test_money_is_listed_shown_placed_taken_off_paid_back_and_closed(home: Path) -> None:
    first, second = claims(home)
    come(home, answer(first, "OLD1"), answer(second, "OLD2"))
    listed = gateway(*TODAY, "money", "list", "kind:claim_not_ours", "--json", home=home).facts
    one, two = (item["id"] for item in listed["items"])
    told = gateway(*TODAY, "money", "list", home=home).out
    assert ("claim not ours" in told, "no claim that was sent" in told) == (True, True)
    shown = gateway(*TODAY, "money", "show", str(one), home=home)
    assert (shown.status, "our number OLD1, its number ICN77" in shown.out, "to place it:" in shown.out) == (
        0,
        True,
        True,
    )
    pcn = first["claim"]["pcn"]
    assert pcn in [
        each["pcn"] for each in gateway(*TODAY, "money", "show", str(one), "--json", home=home).facts["candidates"]
    ]
    dry = gateway(*TODAY, "money", "place", str(one), pcn, "--dry-run", *BY, home=home)
    assert (dry.status, f"would be placed on claim {pcn}, which would be paid" in dry.out) == (0, True)
    assert gateway(*TODAY, "money", "place", str(one), pcn, "--says", "1=1.00", *BY, home=home).status == 2
    placed = gateway(*TODAY, "money", "place", str(one), pcn, "--json", *BY, home=home).facts["placed"]
    assert (placed["claim"], placed["state"]) == (pcn, "paid")
    assert "(Ana Reyes: told by telephone)" in gateway(*TODAY, "claims", "show", pcn, home=home).out
    off = gateway(*TODAY, "remits", "unpost", "1", "--claim", pcn, *BY, home=home)
    assert (off.status, f"claim {pcn}:" in off.out) == (1, True)
    assert "on the desk:" in gateway(*TODAY, "claims", "show", pcn, home=home).out
    (again,) = gateway(*TODAY, "money", "list", f"claim:{pcn}", "--json", home=home).facts["items"]
    assert gateway(*TODAY, "claims", "close", pcn, *BY, home=home).status == 2
    assert "paid back to" in gateway(*TODAY, "money", "return", str(again["id"]), *BY, home=home).out
    assert "is closed" in gateway(*TODAY, "money", "close", str(two), *BY, home=home).out
    assert gateway(*TODAY, "money", "list", home=home).out == "nothing matches state:open\n"
    assert len(gateway(*TODAY, "money", "list", "--state", "", "--json", home=home).facts["items"]) == 4
    assert gateway(*TODAY, "reconcile", home=home).status in {0, 1}
    assert gateway(*TODAY, "reconcile", "--json", home=home).facts["holds"]


def test_who_pays_under_which_id_is_confirmed_once(home: Path) -> None:
    payer = claims(home)[0]["claim"]["payer"]
    said = gateway(*TODAY, "money", "alias", payer, "TPA9", *BY, home=home)
    assert said.out == f"payer {payer} pays under TPA9 too\n"
    assert gateway(*TODAY, "money", "alias", payer, "TPA9", *BY, home=home).out.endswith("that was known\n")
    assert gateway(*TODAY, "money", "alias", "NOBODY", "TPA9", *BY, home=home).status == 2


def test_an_empty_desk_says_so(tmp_path: Path) -> None:
    home = tmp_path / "home"
    gateway("init", home=home)
    assert gateway("money", "list", home=home).out == "nothing matches state:open\n"
    assert gateway("money", "show", "1", home=home).status == 2


def test_a_paid_claim_with_a_denial_that_is_open_does_not_read_nothing_to_do(home: Path) -> None:
    one, settings = claims(home)[0], load(home)
    pcn, first = one["claim"]["pcn"], one["lines"][0]["line"]
    charge = Decimal(first["charge_cents"]) / 100
    segments = list(answer(one, pcn))
    place = next(number for number, text in enumerate(segments) if text.startswith("SVC*"))
    # The payer refuses ten dollars of the first line and leaves them to the patient: somebody asks why.
    segments[place] = segments[place].replace(f"*{charge}*{charge}*", f"*{charge}*{charge - 10}*")
    segments.insert(place + 2, "CAS*PR*96*10")
    total = Decimal(segments[0].split("*")[4])
    segments[0] = segments[0].replace(f"*{total}*{total}*0*", f"*{total}*{total - 10}*10*")
    raw = answer_835(str(total - 10), tuple(segments), payee=settings.practice.billing.npi, payer=one["claim"]["payer"])
    usage = settings.partners["northgate"].envelope.usage
    (home.parent / "box" / "outbound" / "a.835").write_bytes(raw.replace(b"*P*:~", f"*{usage}*:~".encode()))
    gateway(*TODAY, "collect", "--partner", "northgate", home=home)
    gateway(*TODAY, "post", home=home)
    shown = gateway(*TODAY, "claims", "show", pcn, home=home).out
    assert f"claim {pcn} (version 1 of visit {one['claim']['visit_key']}): paid" in shown
    assert f"what to do: gateway denials show {pcn}" in shown
    told = gateway(*TODAY, "reconcile", home=home)
    assert "denied, $10.00" in told.out
    assert "laws hold" in told.out
    assert gateway(*TODAY, "claims", "close", pcn, *BY, home=home).status == 0
    assert "what to do: nothing" in gateway(*TODAY, "claims", "show", pcn, home=home).out
