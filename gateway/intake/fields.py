"""What a field may hold: its form, its length, and that the claim can carry it. No message repeats a value."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from gateway.codes.postal import is_zip
from gateway.money import exact

_STATES: Final = (
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA "
    "RI SC SD TN TX UT VT VA WA WV WI WY DC AS GU MP PR VI FM MH PW AA AE AP"
)
"""USPS Publication 28, appendix B: states, territories, freely associated states and the armed forces."""

_BORN_SINCE: Final = date(1850, 1, 1)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII).match
_CLOCK: Final = re.compile(r"\d{2}:\d{2}", re.ASCII).match
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]").search
"""A control character: Unicode's category Cc."""
_CONTROL_IN_LINES: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]").search
"""The same, but tabs and the ends of lines."""
_READABLE: Final = re.compile(r"[0-9A-Za-z]").search
_DELIMITER: Final = re.compile(r"[*~:^]").search
"""What separates the parts of a claim's file."""
_WRITTEN_OUT: Final = str.maketrans({"Ø": "O", "Ł": "L", "Đ": "D", "Æ": "AE", "Œ": "OE"})
_KEY_FORM: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$"


def is_key(text: str) -> bool:
    """Tell whether this has the form of a visit_id, so that it may be named in a fault."""
    return re.fullmatch(_KEY_FORM.strip("^$"), text) is not None


def _one_line(text: str) -> str:
    if _CONTROL(text):
        raise PydanticCustomError("control_character", "holds a control character")
    return text


def _lines(text: str) -> str:
    if _CONTROL_IN_LINES(text):
        raise PydanticCustomError("control_character", "holds a control character")
    return text


def _folded(text: str) -> str:
    """Fold as the claim's writer does: capitals without accents, look-alikes written out."""
    if text.isascii():
        return text.upper().strip(" ")
    decomposed = unicodedata.normalize("NFKD", text.upper().translate(_WRITTEN_OUT))
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark)).strip(" ")


def _undelimited(text: str) -> str:
    if _DELIMITER(text):
        raise PydanticCustomError("delimiter", "holds a character that a claim cannot carry")
    return text


def _zip(text: str) -> str:
    if not is_zip(text.replace("-", "")):
        raise PydanticCustomError("no_zip", "is not a ZIP code")
    return text


def _carried(longest: int) -> Callable[[str], str]:
    """Check that something readable of at most `longest` characters reaches the claim. An empty text is left alone."""

    def checked(text: str) -> str:
        folded = _folded(text)
        _undelimited(folded)
        if text and not _READABLE(folded):
            raise PydanticCustomError("nothing_readable", "has no letter or digit that a claim can carry")
        if len(folded) > longest:
            raise PydanticCustomError("too_long_on_claim", "is too long once a claim writes it")
        return text

    return checked


def _state(text: str) -> str:
    if text and text not in _STATES.split():
        raise PydanticCustomError("no_state", "is not a state")
    return text


def _birth(day: date) -> date:
    if day < _BORN_SINCE:
        raise PydanticCustomError("born_too_early", "is before 1850")
    return day


def _day_as_text(written: object) -> object:
    # Pydantic would take a bare number, even as text, for seconds since 1970.
    if not isinstance(written, str) or not _DAY(written):
        raise PydanticCustomError("date_parsing", "is not a date")
    return written


def _moment_as_text(written: object) -> object:
    if not isinstance(written, str) or not _DAY(written):
        raise PydanticCustomError("datetime_parsing", "is not a date and time")
    return written


def _clock_as_text(written: object) -> object:
    if not isinstance(written, str) or not _CLOCK(written):
        raise PydanticCustomError("time_parsing", "is not a time of day")
    return written


Day = Annotated[date, BeforeValidator(_day_as_text)]
BirthDay = Annotated[Day, AfterValidator(_birth)]
Moment = Annotated[datetime, BeforeValidator(_moment_as_text)]
ClockTime = Annotated[time, BeforeValidator(_clock_as_text)]

Prose = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_lines)]
"""Text of a note, which may have lines."""
Text = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_one_line)]
Label = Annotated[Text, StringConstraints(min_length=1, max_length=60)]
Number = Annotated[Text, StringConstraints(max_length=50), AfterValidator(_undelimited)]
Credential = Annotated[Text, StringConstraints(max_length=20)]

# Lengths of 005010X222A1: NM103, NM104, NM105, N301 and N302, N401.
Name = Annotated[Text, StringConstraints(min_length=1, max_length=60), AfterValidator(_carried(60))]
PayerName = Annotated[Text, StringConstraints(max_length=60), AfterValidator(_carried(60))]
GivenName = Annotated[Text, StringConstraints(min_length=1, max_length=35), AfterValidator(_carried(35))]
MiddleName = Annotated[Text, StringConstraints(max_length=25), AfterValidator(_carried(25))]
Street = Annotated[Text, StringConstraints(min_length=1, max_length=55), AfterValidator(_carried(55))]
SecondLine = Annotated[Text, StringConstraints(max_length=55), AfterValidator(_carried(55))]
City = Annotated[Text, StringConstraints(min_length=2, max_length=30), AfterValidator(_carried(30))]

Description = Annotated[Text, StringConstraints(max_length=80), AfterValidator(_carried(80))]
"""SV101-7."""

# Pydantic looks at the pattern first and makes capitals afterwards.
State = Annotated[
    str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[A-Za-z]{2}$"), AfterValidator(_state)
]
StateOrNone = Annotated[
    str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^([A-Za-z]{2})?$"), AfterValidator(_state)
]
Zip = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{5}-?([0-9]{4})?$"), AfterValidator(_zip)]
Npi = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{10}$")]
TaxId = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{9}$")]
Taxonomy = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9A-Z]{9}X$")]
PayerId = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[0-9A-Za-z]{2,80}$")]
MemberId = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, pattern=r"^([0-9A-Za-z-]{2,80}|[0-9A-Za-z]{4} [0-9A-Za-z]{3} [0-9A-Za-z]{4})$"
    ),
]
"""Blanks only as a Medicare card groups its eleven characters; a claim leaves them out."""
Place = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{2}$")]
Code = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[0-9A-Za-z]{5}$")]
Modifier = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[0-9A-Za-z]{2}$")]
Diagnosis = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, to_upper=True, pattern=r"^[A-Za-z][0-9][0-9A-Za-z](\.?[0-9A-Za-z]{1,4})?$"
    ),
]
Money = Annotated[Decimal, Field(ge=0, max_digits=12), AfterValidator(exact)]
Key = Annotated[str, StringConstraints(strip_whitespace=True, pattern=_KEY_FORM)]
Minutes = Annotated[int, Field(ge=0, le=24 * 60)]
