"""The cases of the desk add up: each set, each claim, each line, and all money that came against all that has to stand.

They were written from the facts of the trade, as those of `answer_cases` were. What they have beside those:

steps       in which order files come and people act; without it the files in their order (or in all)
payer       of a claim: a name, for claims of one payer; of a set: `own` is the payer of its claims of ours, `other` one that
            no claim has, else a name. `{A}` in a PLB is our patient control number of claim A; an empty reference is none.
pcn         of a stranger's payment: its CLP01, where it is not the one that all strangers have
desk        what is open at the end; the amount as the money came. `on_lines`: the money stands on the claim's lines, the item
            only says how much of it is too much. An item with an `account` is counted there.
accounts    what the PLBs come to, more than zero for money that came to the practice; those at zero are left out
ended       dollars that no longer wait because a person sent them back or closed them, or a payer took them back out of what
            waited, less what the payer took back of it again; left out where nothing was ended
"""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest

CASES: Final = Path(__file__).with_name("desk_cases")
_ACCOUNTS: Final = {
    "L6": "interest",
    "IR": "tax withheld",
    "72": "refund acknowledged",
    "CS": "adjustment",
    "AP": "advance",
    "B2": "rebate",
    "50": "late charge",
    "LE": "levy",
    "FB": "carried forward",
    "WO": "recovered",
    "CT": "capitation",
}
_KINDS: Final = {"claim not ours", "does not fit", "provider adjustment", "set aside", "overpayment"}
_ACTS: Final = {"place", "return", "close", "close claim"}
_STATES: Final = {"sent", "paid", "denied", "reversed", "closed"}
_FIELDS: Final = {
    "case": {"id", "clause", "kind", "why", "confidence", "shown", "orders", "claims", "files", "expect"},
    "claim": {"program", "second_coverage", "payer", "lines"},
    "line": {"code", "modifiers", "units", "charge"},
    "set": {"payer", "payment", "credit_or_debit", "trace", "claims", "plb"},
    "payment": {"claim", "status", "charge", "paid", "patient", "icn", "cas", "claim_rarcs", "lines"},
    "answered": {"line", "code", "modifiers", "units", "charge", "paid", "cas", "rarcs"},
    "expect": {"claims", "parked", "posted_sets", "set_aside_sets", "person_looks", "desk", "accounts"},
    "expected": {"settled", "state", "lines", "open_denials"},
    "item": {"kind", "amount", "claim", "account"},
}
_MORE: Final = {
    "case": {"steps"},
    "payment": {"next_payer", "pcn"},
    "expect": {"ended"},
    "expected": {"icn"},
    "item": {"on_lines"},
}


def check(folder: Path) -> list[str]:
    """Say what is unsound in the cases of a folder; an empty folder is unsound too."""
    found = sorted(folder.glob("*.json"))
    faults = [] if found else [f"{folder}: no cases"]
    for path in found:
        case = json.loads(path.read_text(encoding="utf-8"))
        faults += [f"{path.stem}: {one}" for one in _faults(case, path.stem)]
    return faults


def _faults(case: dict[str, Any], name: str) -> Iterator[str]:
    yield from _fields("case", case)
    yield from _words(case, name)
    for one in _sets(case):
        for payment in one["claims"]:
            yield from _payment(payment)
    yield from _steps(case)
    yield from _expected(case)
    yield from _desk(case)
    yield from _money(case)


def _fields(what: str, found: dict[str, Any]) -> Iterator[str]:
    if missing := _FIELDS[what] - set(found):
        yield f"{what} without {sorted(missing)}"
    if unknown := set(found) - _FIELDS[what] - _MORE.get(what, set()):
        yield f"{what} with {sorted(unknown)}"


def _words(case: dict[str, Any], name: str) -> Iterator[str]:
    if case["id"] != name:
        yield f"its id is {case['id']}"
    if case["kind"] not in {"first", "variant", "near miss"} or case["confidence"] not in {"sure", "judgement"}:
        yield "kind or confidence is not known"
    if case["orders"] not in {"as given", "all"} or (case["orders"] == "all" and "steps" in case):
        yield "orders do not go with its steps"
    if len(case["why"]) < 20:
        yield "says no fact of the trade"
    for claim in case["claims"].values():
        yield from _fields("claim", claim)
        for line in claim["lines"]:
            yield from _fields("line", line)
    for one in _sets(case):
        yield from _fields("set", one)
        if one["payer"] not in {"own", "other", *(claim["payer"] for claim in case["claims"].values())}:
            yield f"payer {one['payer']} is not known"
        ours = {
            case["claims"][payment["claim"]]["payer"] for payment in one["claims"] if payment["claim"] != "stranger"
        }
        if one["payer"] == "own" and len(ours) != 1:
            yield f"{one['trace']} is of no single payer"


def _sets(case: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for file in case["files"] for one in file["sets"]]


def _sum(amounts: Any) -> Decimal:
    return sum((Decimal(one) for one in amounts), Decimal(0))


def _payment(payment: dict[str, Any]) -> Iterator[str]:
    """REFERENCE 9.4: line, claim and patient share."""
    yield from _fields("payment", payment)
    lines, shares = payment["lines"], [*payment["cas"]]
    for line in lines:
        yield from _fields("answered", line)
        shares += line["cas"]
        if Decimal(line["charge"]) - _sum(amount for *_, amount in line["cas"]) != Decimal(line["paid"]):
            yield f"line {line['line']} of {payment['icn']} does not add up"
    if _sum(line["charge"] for line in lines) != Decimal(payment["charge"]):
        yield f"charges of {payment['icn']} do not add up"
    if Decimal(payment["charge"]) - _sum(amount for *_, amount in shares) != Decimal(payment["paid"]):
        yield f"{payment['icn']} does not add up"
    patient = _sum(amount for group, _, amount in shares if group == "PR")
    if payment["status"] == "22" and payment["patient"]:
        yield f"reversal {payment['icn']} has a patient share"
    if payment["status"] != "22" and Decimal(payment["patient"]) != patient:
        yield f"the patient's share of {payment['icn']} does not add up"


def _came(one: dict[str, Any]) -> Decimal:
    """Give what a set brought; a debit took it."""
    return Decimal(one["payment"]) * (-1 if one["credit_or_debit"] == "D" else 1)


def _is_posted(one: dict[str, Any]) -> bool:
    """Tell whether it adds up and is no debit."""
    said = _sum(payment["paid"] for payment in one["claims"]) - _sum(amount for *_, amount in one["plb"])
    return bool(said == _came(one)) and one["credit_or_debit"] == "C"


def _steps(case: dict[str, Any]) -> Iterator[str]:
    steps = case.get("steps")
    if steps is None:
        return
    if [one["file"] for one in steps if "file" in one] != list(range(len(case["files"]))):
        yield "its files do not come once each, in their order"
    came: set[int] = set()
    for one in steps:
        if "file" in one:
            came.add(one["file"])
        else:
            yield from _act(case, one, [each for at in sorted(came) for each in case["files"][at]["sets"]])


def _act(case: dict[str, Any], act: dict[str, Any], came: list[dict[str, Any]]) -> Iterator[str]:
    if act["act"] not in _ACTS or set(act) - {"act", "item", "claim", "why", "refused"} or not act.get("why"):
        yield f"act {act} is not known"
    if act["act"] in {"place", "close claim"} and act.get("claim") not in case["claims"]:
        yield f"{act['act']} names no claim"
    if (act["act"] == "close claim") == ("item" in act):
        yield f"{act['act']} and its item do not go together"
    if "item" in act and Decimal(act["item"]["amount"]) not in _amounts(act["item"], came):
        yield f"{act['item']} never came"


def _amounts(item: dict[str, Any], came: list[dict[str, Any]]) -> set[Decimal]:
    """Give what an item of this kind can be, from the sets that have come."""
    sets = [one for one in came if one["trace"] == item["trace"]]
    if item["kind"] == "set aside":
        return {_came(one) for one in sets if not _is_posted(one)}
    if item["kind"] == "provider adjustment":
        return {-Decimal(amount) for one in sets for *_, amount in one["plb"]}
    ours = item["kind"] != "claim not ours"
    return {
        Decimal(payment["paid"])
        for one in sets
        for payment in one["claims"]
        if ours == (payment["claim"] != "stranger")
    }


def _expected(case: dict[str, Any]) -> Iterator[str]:
    expect = case["expect"]
    yield from _fields("expect", expect)
    if set(expect["claims"]) != set(case["claims"]):
        yield "expects other claims than it has"
    for name, claim in expect["claims"].items():
        yield from _fields("expected", claim)
        charges = [line["charge"] for line in case["claims"][name]["lines"]]
        if claim["state"] not in _STATES or claim["settled"] != (claim["state"] in {"paid", "denied", "closed"}):
            yield f"{name} is {claim['state']}"
        if list(claim["lines"]) != [str(place) for place in range(1, len(charges) + 1)]:
            yield f"{name} has other lines"
        for charge, line in zip(charges, claim["lines"].values(), strict=False):
            if len(line) == 5 and _sum(line.values()) not in {Decimal(charge), Decimal(0)}:
                yield f"a line of {name} has not its charge in its buckets"
    posted = [_is_posted(one) for one in _sets(case)]
    if (expect["posted_sets"], expect["set_aside_sets"]) != (posted.count(True), posted.count(False)):
        yield "counts its sets wrongly"
    looks = bool(expect["desk"]) or any(one["state"] == "reversed" for one in expect["claims"].values())
    if looks and not expect["person_looks"]:
        yield "nobody looks at what is open"


def _desk(case: dict[str, Any]) -> Iterator[str]:
    for item in case["expect"]["desk"]:
        yield from _fields("item", item)
        if item["kind"] not in _KINDS or item["claim"] not in {None, *case["claims"]}:
            yield f"{item} is not known"
        if (item["kind"] == "provider adjustment") != bool(item["account"]):
            yield f"{item} has no account, or one too many"
        if item["kind"] == "provider adjustment" and not any(_is_of(case, item, plb) for plb in _adjustments(case)):
            yield f"{item} is in no PLB"
        if item["kind"] in {"does not fit", "overpayment"} and item["claim"] is None:
            yield f"{item} is tied to no claim"
        if item.get("on_lines"):
            claim = case["expect"]["claims"][item["claim"]]
            charge = _sum(line["charge"] for line in case["claims"][item["claim"]]["lines"])
            if _sum(line["paid"] for line in claim["lines"].values()) - charge != Decimal(item["amount"]):
                yield f"{item} is not what is paid above the charge"


def _adjustments(case: dict[str, Any]) -> list[list[str]]:
    return [plb for one in _sets(case) if _is_posted(one) for plb in one["plb"]]


def _is_of(case: dict[str, Any], item: dict[str, Any], plb: list[str]) -> bool:
    code, reference, amount = plb
    if _ACCOUNTS.get(code, "other") != item["account"] or -Decimal(amount) != Decimal(item["amount"]):
        return False
    payments = [payment for one in _sets(case) for payment in one["claims"]]
    names = {one["icn"] for one in payments if one["claim"] == item["claim"]} | {f"{{{item['claim']}}}"}
    return item["claim"] is None or reference in names


def _money(case: dict[str, Any]) -> Iterator[str]:
    """All that came is on a claim, on the desk, in an account, or ended by a person."""
    expect = case["expect"]
    accounts: dict[str, Decimal] = {}
    for code, _, amount in _adjustments(case):
        name = _ACCOUNTS.get(code, "other")
        accounts[name] = accounts.get(name, Decimal(0)) - Decimal(amount)
    said = {name: Decimal(amount) for name, amount in expect["accounts"].items()}
    if said != {name: amount for name, amount in accounts.items() if amount}:
        yield f"accounts come to {accounts}"
    waits = [item for item in expect["desk"] if not item["account"] and not item.get("on_lines")]
    on_claims = _sum(line["paid"] for claim in expect["claims"].values() for line in claim["lines"].values())
    stands = on_claims + _sum(item["amount"] for item in waits) + _sum(said.values()) + Decimal(expect.get("ended", 0))
    came = sum((_came(one) for one in _sets(case)), Decimal(0))
    if stands != came:
        yield f"{came} came, {stands} stands"
    brought = [item for item in waits if item["kind"] != "set aside" or Decimal(item["amount"]) > 0]
    if _sum(item["amount"] for item in brought) != Decimal(expect["parked"]):
        yield "parked is not what waits on the desk"


def test_every_case_is_sound() -> None:
    assert check(CASES) == []


def test_each_kind_of_item_act_and_account_has_a_case() -> None:
    cases = [json.loads(path.read_text(encoding="utf-8")) for path in CASES.glob("*.json")]
    assert {item["kind"] for case in cases for item in case["expect"]["desk"]} == _KINDS
    assert {step["act"] for case in cases for step in case.get("steps", []) if "act" in step} == _ACTS
    codes = {code for case in cases for one in _sets(case) for code, *_ in one["plb"]}
    assert codes >= set(_ACCOUNTS) - {"CT"}
    assert {case["shown"] for case in cases} == {True, False}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"expect": {"parked": "1.00"}}, "parked is not what waits on the desk"),
        ({"expect": {"accounts": {"interest": "9.99"}}}, "accounts come to"),
        ({"expect": {"ended": "1.00"}}, "came,"),
        ({"expect": {"set_aside_sets": 1}}, "counts its sets wrongly"),
        ({"why": "because"}, "says no fact of the trade"),
        ({"colour": "red"}, "case with"),
        ({"steps": [{"file": 1}, {"file": 0}]}, "its files do not come once each"),
    ],
)
def test_what_is_unsound_is_said(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    case = json.loads((CASES / "fb-closed-by-two-wos.json").read_text(encoding="utf-8"))
    for name, value in change.items():
        case[name] = {**case[name], **value} if name == "expect" else value
    (tmp_path / "fb-closed-by-two-wos.json").write_text(json.dumps(case), encoding="utf-8")
    assert [one for one in check(tmp_path) if said in one]
