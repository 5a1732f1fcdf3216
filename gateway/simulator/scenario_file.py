"""A scenario file, read strictly. Messages name the file, the entry by its place, and the key; never a member id."""

import re
from pathlib import Path
from typing import Final

from gateway.edi.wire.segment import STANDARD, fault_in
from gateway.simulator.scenario import WITHHELD, Answer, Scenario, Steered, SteeredFile, Written
from gateway.simulator.toml_file import Place, read

_PERCENT: Final = 100
_DENIAL: Final = re.compile(r"(CO|PR|OA|PI) [A-Z]?[0-9]{1,3}( [A-Z]{1,2}[0-9]{1,4}){0,5}").fullmatch


def load_scenario(path: Path, partners: tuple[str, ...]) -> Scenario:
    """Read a scenario for these partners. Raises ConfigError: where, what is wrong, what is wanted."""
    found = read(Scenario, path)
    for number, one in enumerate(found.claim, start=1):
        _check_claim(one, Place(path.name, f"claim {number}"))
    for number, file in enumerate(found.file, start=1):
        _check_file(file, partners, Place(path.name, f"file {number}"))
    if not (found.claim or found.file):
        raise Place(path.name).refuse("steers nothing: it wants a [[claim]] or a [[file]]")
    return found


def _check_claim(one: Steered, place: Place) -> None:
    if one.answer not in tuple(Answer):
        raise place.at("answer").refuse(f"{one.answer!r} is none; want one of {', '.join(Answer)}")
    for word in one.written:
        if word not in tuple(Written):
            raise place.at("written").refuse(f"{word!r} is none; want some of {', '.join(Written)}")
    _check_figures(one, place)
    if not _DENIAL(one.denial):
        raise place.at("denial").refuse('want group, CARC and remarks, such as "CO 197 M62"')
    if fault := fault_in(one.sent_on_to, STANDARD):
        raise place.at("sent_on_to").refuse(f"{fault}, and stands in the 835")


def _check_figures(one: Steered, place: Place) -> None:
    for key in ("round", "parts"):
        if getattr(one, key) < 1:
            raise place.at(key).refuse("want 1 or more")
    if one.claims == 0:
        raise place.at("claims").refuse("would steer none; leave it out for all, or say how many")
    for key in ("chance", "percent"):
        if not 0 <= getattr(one, key) <= _PERCENT:
            raise place.at(key).refuse("want 0 to 100")
    if one.extra <= 0:
        raise place.at("extra").refuse("want more than 0.00")


def _check_file(one: SteeredFile, partners: tuple[str, ...], place: Place) -> None:
    if one.number < 1:
        raise place.at("number").refuse("want 1 for the partner's first file, or more")
    if one.partner and one.partner not in partners:
        raise place.at("partner").refuse(
            f"is not played here; want one of {', '.join(partners)}, or leave it out for all"
        )
    if not (one.refused or one.withholds):
        raise place.refuse("says nothing; want refused = true, or withholds")
    for kind in one.withholds:
        if kind not in WITHHELD:
            raise place.at("withholds").refuse(f"{kind!r} is none; want some of {', '.join(WITHHELD)}")
