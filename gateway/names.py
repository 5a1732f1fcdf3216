"""Names, compared with care: what may be the same person is never called another."""

import re
import unicodedata
from typing import Final, NamedTuple

_SAYS_SIGNED: Final = re.compile(
    r"^.*\b(?:signed|authenticated|reviewed|completed|entered)\s+by\b:?|/s/|\b(?:electronically|digitally)?\s*(?:e-?)?signed\b.*$",
    re.IGNORECASE,
)
_TITLE: Final = re.compile(r"^(?:dr|mr|mrs|ms|miss|mx|prof)\.?\s+", re.IGNORECASE)
_GENERATION: Final = frozenset({"jr", "sr", "ii", "iii", "iv"})
_FULL: Final = 2
_LETTERS_ALONE: Final = re.compile(r"(?:[A-Z]\.?){2,}(?:[/-][A-Z.]+)*(?:,.*)?")


class Signature(NamedTuple):
    """What a signature says. `letters` are those behind the name; either may be empty."""

    name: str
    letters: str


def signature(text: str, letters: str = "") -> Signature:
    """Take a signature such as "Ida Stone, PT", "Stone, Ida, PT" or "Dr. Ida Stone PT" apart. `letters` given apart win."""
    said = _TITLE.sub("", _SAYS_SIGNED.sub("", text).strip(" ,;"))
    parts = [part.strip() for part in said.split(",") if part.strip()]
    if not parts:
        return Signature("", letters)
    name, behind = parts[0].split(), parts[1:]
    if len(name) == 1 and behind and not _LETTERS_ALONE.fullmatch(behind[0]):
        name += behind.pop(0).split()  # Stone, Ida
    after = list[str]()
    while len(name) > _FULL and _LETTERS_ALONE.fullmatch(name[-1]):
        after.insert(0, name.pop())
    return Signature(" ".join(name), letters or ", ".join([*after, *behind]))


def is_same_name(name: str, last: str, first: str) -> bool:
    """Tell whether a name is that person's: every part of one stands in the other, the first name perhaps as an initial."""
    given, own = _parts(name), _parts(f"{first} {last}")
    if not given or _parts(last).isdisjoint(given):
        return False
    return all(any(_may_be(one, other) for other in given) for one in _parts(first)) or all(
        any(_may_be(one, other) for other in own) for one in given
    )


def is_other_name(name: str, last: str, first: str) -> bool:
    """Tell whether a name is certainly another person's: both are whole names, and no part of one may be one of the other.

    A married name keeps the first name, a nickname the last one, a login is no name: none of them is called another.
    """
    given, own = _parts(name), _parts(f"{first} {last}")
    if min(len(given), len(own)) < _FULL or max(map(len, given)) < _FULL:
        return False
    return not any(_may_be(one, other) or _is_near(one, other) for one in given for other in own)


def may_be_same_first_name(one: str, other: str) -> bool:
    """Tell whether two first names may be one person's: an initial, a short form, a second name more, a slip of a letter."""
    these, those = _parts(one), _parts(other)
    return not these or not those or any(_may_be(a, b) or _is_near(a, b) for a in these for b in those)


def name_key(last: str, first: str) -> str:
    """Give what a whole name comes to, without accents, marks, capitals and second first names."""
    return " ".join(["".join(_folded(last)), *_folded(first)[:1]])


def folded_name(name: str) -> str:
    """Give a name as it counts: without accents, marks, capitals and what only tells father from son."""
    return " ".join(_folded(name))


def _parts(name: str) -> set[str]:
    return set(_folded(name))


def _folded(name: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(mark for mark in folded if not unicodedata.combining(mark)).replace("'", "").replace("’", "")  # noqa: RUF001 -- as typed
    return [part for part in re.split(r"[^a-z]+", plain) if part and part not in _GENERATION]


def _may_be(one: str, other: str) -> bool:
    """An initial may be any name that begins so; a short form is the beginning of the long one."""
    return one.startswith(other) or other.startswith(one)


def _is_near(one: str, other: str) -> bool:
    """A slip of one letter in a name of four or more."""
    if min(len(one), len(other)) < 4 or abs(len(one) - len(other)) > 1:  # noqa: PLR2004 -- shorter names differ by a letter
        return False
    head = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    tails = ((one[head:], other[head + 1 :]), (one[head + 1 :], other[head:]), (one[head + 1 :], other[head + 1 :]))
    return any(a == b for a, b in tails)
