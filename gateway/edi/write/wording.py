"""What the loop writers share: human text made plain, the pieces that stand in many loops, and the loop's name in errors."""

import functools
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from typing import Final, ParamSpec

from gateway.edi.wire.segment import Segment, encode
from gateway.errors import OutboundWireError
from gateway.people import Address, Person, Provider, Relationship

_NOT_DECOMPOSED: Final = str.maketrans(
    {"’": "'", "‘": "'", "–": "-", "—": "-", "Ø": "O", "Ł": "L", "Đ": "D", "Æ": "AE", "Œ": "OE"}  # noqa: RUF001 -- these are the point
)

P = ParamSpec("P")

RELATIONSHIPS: Final = {
    Relationship.SPOUSE: "01",
    Relationship.CHILD: "19",
    Relationship.EMPLOYEE: "20",
    Relationship.OTHER: "G8",
}
"""PAT01, and SBR02 of another payer, of a patient who is not the subscriber."""

NO_PERSON: Final = ("", "", "", "")
"""NM104 to NM107 of somebody who is not a person."""


def loop(name: str) -> Callable[[Callable[P, Iterator[Segment]]], Callable[P, Iterator[Segment]]]:
    """Name the loop in whatever the encoder refuses, where it is still known which loop it was."""

    def of(writer: Callable[P, Iterator[Segment]]) -> Callable[P, Iterator[Segment]]:
        @functools.wraps(writer)
        def checked(*args: P.args, **kwargs: P.kwargs) -> Iterator[Segment]:
            for segment in writer(*args, **kwargs):
                try:
                    encode(segment)
                except OutboundWireError as wrong:
                    raise OutboundWireError(f"loop {name}, {wrong}") from None
                yield segment

        return checked

    return of


def plain(text: str) -> str:
    """Fold human text to capitals without accents. What X12 still cannot carry is left for the encoder to refuse.

    Folding comes before that check, because it can make a delimiter out of a look-alike.
    """
    decomposed = unicodedata.normalize("NFKD", text.upper().translate(_NOT_DECOMPOSED))
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark)).strip(" ")


def names(person: Person) -> tuple[str, ...]:
    """NM103 to NM107."""
    return (plain(person.last_name), plain(person.first_name), plain(person.middle_name), "", "")


def provider(role: str, who: Provider) -> Segment:
    """NM1 of a provider who is a person, in the role that NM101 says."""
    names = (plain(who.last_name), plain(who.first_name), "", "", "")
    return Segment("NM1", (role, "1", *names, *npi(who.npi)))


def npi(number: str) -> tuple[str, ...]:
    """NM108 and NM109; nothing when there is no NPI."""
    return ("XX", number) if number else ()


def address(where: Address) -> Iterator[Segment]:
    """N3 and N4."""
    yield Segment("N3", (plain(where.line1), plain(where.line2)))
    yield Segment("N4", (plain(where.city), plain(where.state), where.zip_code))


def dated(qualifier: str, day: date) -> Segment:
    """DTP with one day."""
    return Segment("DTP", (qualifier, "D8", ccyymmdd(day)))


def ccyymmdd(day: date) -> str:
    """Write a day as D8."""
    return day.strftime("%Y%m%d")
