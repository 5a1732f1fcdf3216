"""What payers and clearinghouses do to an answer on its way: one function for each kind."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Final

from tests.service.money.garbled_answer import Answer, AnsweredLine, cents, deny

_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_OTHER_CODES: Final = ("97110", "97112", "97124", "97530", "97150")
_TELLS: Final = 10
"""So many characters of a control number name it to a person who looks it up."""


def _cut(answer: Answer, rng: Random) -> None:
    kept = rng.randrange(6, 13)
    answer.number = rng.choice((answer.pcn[:kept], answer.pcn[-kept:]))
    if kept < _TELLS:
        answer.lost.add("number")


def _lower(answer: Answer, _: Random) -> None:
    answer.number, answer.folded = answer.pcn.lower(), True


def _padded(answer: Answer, rng: Random) -> None:
    answer.number, answer.folded = rng.choice((f"{answer.pcn}   ", f"  {answer.pcn}", f"000{answer.pcn}")), True


def _blank_inside(answer: Answer, rng: Random) -> None:
    at = rng.randrange(2, 11)
    answer.number, answer.folded = f"{answer.pcn[:at]} {answer.pcn[at:]}", True


def _letter_changed(answer: Answer, rng: Random) -> None:
    at = rng.randrange(len(answer.pcn))
    other = rng.choice([letter for letter in _LETTERS if letter != answer.pcn[at]])
    answer.number = f"{answer.pcn[:at]}{other}{answer.pcn[at + 1 :]}"


def _number(made: Callable[[Answer, Random], str]) -> Callable[[Answer, Random], None]:
    def do(answer: Answer, rng: Random) -> None:
        answer.number = made(answer, rng)
        answer.lost.add("number")

    return do


def _controls(made: Callable[[str, Random], str]) -> Callable[[Answer, Random], None]:
    def do(answer: Answer, rng: Random) -> None:
        for svc in answer.svcs:
            svc.control = made(svc.control, rng)

    return do


def _one_control_dropped(answer: Answer, rng: Random) -> None:
    rng.choice(answer.svcs).control = ""


def _known_number(answer: Answer, _: Random) -> None:
    answer.payer_number, answer.knows_number = answer.known, True


def _code_changed(answer: Answer, rng: Random) -> None:
    ours = {line.code for line in answer.truth.lines}
    svc = rng.choice(answer.svcs)
    svc.billed, svc.code = svc.code, rng.choice([code for code in _OTHER_CODES if code not in ours])


def _code_changed_to_a_billed_one(answer: Answer, rng: Random) -> None:
    svc = rng.choice(answer.svcs)
    svc.billed = svc.code
    svc.code = rng.choice([line.code for line in answer.truth.lines if line.code != svc.code])


def _code_changed_unsaid(answer: Answer, rng: Random) -> None:
    _code_changed(answer, rng)
    (svc,) = (svc for svc in answer.svcs if svc.billed)
    svc.billed, svc.is_unsaid = "", True
    answer.lost.add("lines")


def _fewer_units(answer: Answer, rng: Random) -> None:
    svc = rng.choice([svc for svc in answer.svcs if svc.units > 1])
    svc.billed_units, svc.units = svc.units, rng.randrange(1, svc.units)
    paid = cents(svc.paid * svc.units / svc.billed_units)
    svc.cas.append(("CO", "151", svc.paid - paid))
    svc.paid = paid


def _modifiers_dropped(answer: Answer, rng: Random) -> None:
    for svc in answer.svcs:
        svc.modifiers = svc.modifiers[: rng.randrange(len(svc.modifiers))]


def _modifier_changed(answer: Answer, rng: Random) -> None:
    svc = rng.choice(answer.svcs)
    svc.modifiers = (*svc.modifiers[:-1], rng.choice([one for one in ("XU", "XS", "GA") if one not in svc.modifiers]))


def _modifiers_in_another_order(answer: Answer, _: Random) -> None:
    for svc in answer.svcs:
        svc.modifiers = svc.modifiers[::-1]


def _split(answer: Answer, rng: Random) -> None:
    at = rng.choice([at for at, svc in enumerate(answer.svcs) if svc.units > 1])
    whole = answer.svcs[at]
    units = rng.randrange(1, whole.units)
    part = Decimal(units) / whole.units
    cas = [(group, carc, cents(amount * part)) for group, carc, amount in whole.cas]
    charge = cents(whole.charge * part)
    first = replace(whole, units=units, charge=charge, cas=cas, is_piece=True)
    first.paid = charge - sum((amount for *_, amount in cas), Decimal(0))
    rest = [(group, carc, amount - taken) for (group, carc, amount), (*_, taken) in zip(whole.cas, cas, strict=True)]
    second = replace(first, units=whole.units - units, charge=whole.charge - charge, cas=rest)
    second.paid = whole.paid - first.paid
    answer.svcs[at : at + 1] = [first, second]


def _split_without_control(answer: Answer, rng: Random) -> None:
    _split(answer, rng)
    for svc in answer.svcs:
        if svc.is_piece:
            svc.control = ""


def _joined(answer: Answer, rng: Random) -> None:
    one, other = rng.choice(_pairs(answer))
    sums: dict[tuple[str, str], Decimal] = {}
    for group, carc, amount in [*one.cas, *other.cas]:
        sums[group, carc] = sums.get((group, carc), Decimal(0)) + amount
    one.places, one.units = (*one.places, *other.places), one.units + other.units
    one.charge, one.paid = one.charge + other.charge, one.paid + other.paid
    one.cas = [(*codes, amount) for codes, amount in sums.items()]
    if rng.random() < 0.5:
        one.control = ""
    answer.svcs.remove(other)
    answer.lost.add("lines")


def _pairs(answer: Answer) -> list[tuple[AnsweredLine, AnsweredLine]]:
    """Give which two answered lines are of one code and not changed by the payer."""
    kept = [svc for svc in answer.svcs if not (svc.billed or svc.billed_units or svc.is_unsaid)]
    return [(one, two) for one in kept for two in kept if one.code == two.code and one.places < two.places]


def _claim_level_only(answer: Answer, _: Random) -> None:
    answer.has_lines = False
    answer.lost.add("lines")


def _another_order(answer: Answer, rng: Random) -> None:
    before = list(answer.svcs)
    while answer.svcs == before:
        rng.shuffle(answer.svcs)


def _dates_at_claim(answer: Answer, _: Random) -> None:
    answer.dates = "claim"


def _no_dates(answer: Answer, _: Random) -> None:
    answer.dates = "none"
    answer.lost.add("day")


def _member_garbled(answer: Answer, rng: Random) -> None:
    own, at = answer.member, rng.randrange(3, 10)
    turned = f"{own[:at]}{own[at + 1]}{own[at]}{own[at + 2 :]}"
    answer.member = rng.choice((own[3:], own[:-1], own.replace("0", "O", 1) + "X", f"{turned}1"))
    answer.lost.add("member")


def _member_missing(answer: Answer, _: Random) -> None:
    answer.member = ""
    answer.lost.add("member")


def _name_otherwise(answer: Answer, rng: Random) -> None:
    last, first = answer.last, answer.first
    otherwise = (
        (last, f"{first[:3]}"),
        (f"{last}S", first),
        (f"{last[:2]}{last[1]}{last[2:]}", first),
        (f"{last} JR", first),
        (first, last),
        (last[:-1], f"{first[0]}"),
    )
    answer.last, answer.first = rng.choice([name for name in otherwise if name != (last, first)])
    answer.lost |= {"last", "first"}


def _reversal(answer: Answer, _: Random) -> None:
    answer.status = "22"


def as_the_former_system(answer: Answer, rng: Random) -> None:
    answer.pcn = answer.number = rng.choice((f"OLDSYS-{rng.randrange(9999)}", f"{rng.randrange(10**6)}"))
    if rng.random() < 0.5:
        for svc in answer.svcs:
            svc.control = ""


def _always(_: Answer) -> bool:
    return True


def _is_ours(answer: Answer) -> bool:
    return answer.truth.is_ours


def _several(answer: Answer) -> bool:
    return len(answer.svcs) > 1


def _has_other_codes(answer: Answer) -> bool:
    codes = {line.code for line in answer.truth.lines}
    return len(codes) > 1 and not any(svc.billed for svc in answer.svcs)


def _has_earlier(answer: Answer) -> bool:
    return _is_ours(answer) and answer.known != ""


def _can_lose_units(answer: Answer) -> bool:
    return any(svc.units > 1 for svc in answer.svcs)


def _can_be_split(answer: Answer) -> bool:
    return _can_lose_units(answer) and not any(svc.billed_units or svc.billed for svc in answer.svcs)


def _can_be_joined(answer: Answer) -> bool:
    return bool(_pairs(answer))


def _has_two_modifiers(answer: Answer) -> bool:
    return any(len(svc.modifiers) > 1 for svc in answer.svcs)


_Garble = tuple[str, Callable[[Answer], bool], Callable[[Answer, Random], None]]

DECIDED: Final = frozenset({"codes", "units"})
"""What the payer decided about the lines; an earlier answer that is reversed had decided the same."""

GARBLES: Final[dict[str, _Garble]] = {
    "payer changed the code": ("codes", _always, _code_changed),
    "payer changed the code to one billed beside it": ("codes", _has_other_codes, _code_changed_to_a_billed_one),
    "code changed and not said": ("codes", _is_ours, _code_changed_unsaid),
    "fewer units paid": ("units", _can_lose_units, _fewer_units),
    "denial": ("answer", _always, lambda answer, _: deny(answer, "197")),
    "reversal": ("answer", _has_earlier, _reversal),
    "known claim number": ("payer's number", _has_earlier, _known_number),
    "modifiers dropped": ("modifiers", _always, _modifiers_dropped),
    "modifier changed": ("modifiers", _always, _modifier_changed),
    "modifiers in another order": ("modifiers", _has_two_modifiers, _modifiers_in_another_order),
    "number cut": ("number", _is_ours, _cut),
    "number in lower case": ("number", _is_ours, _lower),
    "number padded": ("number", _is_ours, _padded),
    "blank inside the number": ("number", _is_ours, _blank_inside),
    "letter of the number changed": ("number", _is_ours, _letter_changed),
    "visit number instead": ("number", _is_ours, _number(lambda answer, _: answer.truth.visit)),
    "number of another system": ("number", _is_ours, _number(lambda _, rng: f"CH{rng.randrange(10**10):010}")),
    "number as good as empty": (
        "number",
        _always,
        _number(lambda _, rng: rng.choice(("0", "NONE", "000000", "UNKNOWN"))),
    ),
    "controls dropped": ("controls", _always, _controls(lambda _, __: "")),
    "controls cut to our number": ("controls", _is_ours, _controls(lambda control, _: control[:13])),
    "controls cut short": ("controls", _is_ours, _controls(lambda control, rng: control[: rng.randrange(6, 10)])),
    "controls in lower case": ("controls", _is_ours, _controls(lambda control, _: control.lower())),
    "one control dropped": ("controls", lambda answer: _is_ours(answer) and _several(answer), _one_control_dropped),
    "line split": ("shape", _can_be_split, _split),
    "line split without controls": ("shape", _can_be_split, _split_without_control),
    "lines joined": ("shape", _can_be_joined, _joined),
    "claim level only": ("shape", _always, _claim_level_only),
    "lines in another order": ("order", _several, _another_order),
    "date at the claim only": ("dates", _always, _dates_at_claim),
    "no date": ("dates", _always, _no_dates),
    "member id garbled": ("member", _always, _member_garbled),
    "member id missing": ("member", _always, _member_missing),
    "name spelled otherwise": ("name", _always, _name_otherwise),
}
KINDS: Final = tuple(GARBLES)
"""In the order in which they are done: first what the payer decided, then how it is written down."""


def chosen_kinds(rng: Random, answer: Answer) -> list[str]:
    by_group: dict[str, list[str]] = {}
    for kind, (group, can, _) in GARBLES.items():
        if can(answer):
            by_group.setdefault(group, []).append(kind)
    groups = set(rng.sample(sorted(by_group), k=rng.choice((1, 1, 2, 2, 3, 4))))
    if rng.random() < 0.35:
        # Without either, only a score speaks for the claim.
        groups |= {"number", "controls"} & set(by_group)
    chosen = [rng.choice(by_group[group]) for group in sorted(groups)]
    if {"line split", "line split without controls"} & set(chosen):
        # Few payers do both to one line, and the pieces would say no longer what they are pieces of.
        chosen = [kind for kind in chosen if GARBLES[kind][0] not in DECIDED]
    if "lines joined" in chosen:
        chosen = [kind for kind in chosen if GARBLES[kind][0] not in {*DECIDED, "modifiers"}]
    if "denial" in chosen:
        chosen = [kind for kind in chosen if GARBLES[kind][0] != "units"]
    if "reversal" in chosen:
        # What is taken back has to have been posted before.
        chosen = [kind for kind in chosen if kind != "code changed and not said"]
    if "claim level only" in chosen:
        chosen = [kind for kind in chosen if GARBLES[kind][0] not in {*DECIDED, "modifiers", "controls", "order"}]
    return sorted(chosen, key=KINDS.index)
