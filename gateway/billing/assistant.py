"""Which units carry the modifier of an assistant (CQ, CO), with the arithmetic in words.

Source: Social Security Act sec. 1834(v); CMS Claims Processing Manual (Pub. 100-04) ch. 5 sec. 20.1; CMS, Billing Examples
Using CQ/CO Modifiers. Minutes that therapist and assistant gave together are the therapist's. Units are counted first. Each
whole quarter hour that one of them gave alone is a unit of that one. Of one unit that is left the therapist's 8 minutes
decide, else 10 percent; of two that are left one is the therapist's and one the assistant's, where each gave enough for one.
An untimed code carries it when the assistant alone gave more than 10 percent. What does not follow stays open: it is held.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final, NamedTuple

from gateway.codes.procedure import TimeClass, is_timed, procedure
from gateway.units import MIDPOINT, QUARTER_HOUR
from gateway.visit import Service, TreatedBy

_PERCENT: Final = 10
_PAIR: Final = 2


class Part(NamedTuple):
    """Units of one service that stand on a line of their own; `carries` the assistant's modifier or not."""

    units: int | None
    carries: bool


class Shares(NamedTuple):
    """Units of a code without the modifier and with it, and why in words."""

    without: int
    carrying: int
    because: str


class Open(NamedTuple):
    """The facts do not say which units carry the modifier: why, in words."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assisted:
    """What assistants' minutes do to the lines of a visit. Services by their 1-based places in it.

    parts    services whose lines change: each as the lines that it becomes
    because  the arithmetic in words, a sentence for each code
    open     services of which it does not follow what they carry: why
    excess   services that carry the modifier where the facts ask for less: what they come to
    """

    parts: Mapping[int, tuple[Part, ...]] = field(default_factory=dict)
    because: tuple[str, ...] = ()
    open: Mapping[int, str] = field(default_factory=dict)
    excess: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Billed:
    """A service as it is drafted: its units, None while they are not known, and whether it carries the modifier already."""

    place: int
    service: Service
    units: int | None
    carries: bool


def timed(code: str, units: int, *, therapist: int, assistant: int) -> Shares | Open:
    """Share the units of a timed code out. Minutes: the therapist's, and the assistant's alone."""
    theirs, alone = therapist // QUARTER_HOUR, assistant // QUARTER_HOUR
    left, rest, rest_alone = units - theirs - alone, therapist % QUARTER_HOUR, assistant % QUARTER_HOUR
    said = (
        f"{code}: {_units(units)}; therapist {therapist} min, {_units(theirs)} whole; "
        f"assistant alone {assistant} min, {_units(alone)} whole"
    )
    if left == 0:
        return Shares(theirs, alone, said)
    if left == 1 and rest >= MIDPOINT:
        return Shares(theirs + 1, alone, f"{said}; the therapist gave {rest} min of the unit that is left: without")
    if left == 1 and rest + rest_alone > 0:
        of = f"{said}; of the unit that is left the assistant alone gave {rest_alone} of {rest + rest_alone} min"
        if _is_more_than_a_tenth(rest_alone, rest + rest_alone):
            return Shares(theirs, alone + 1, f"{of}, more than 10 percent: with")
        return Shares(theirs + 1, alone, f"{of}, not more than 10 percent: without")
    if left == _PAIR and min(rest, rest_alone) >= MIDPOINT:
        return Shares(
            theirs + 1, alone + 1, f"{said}; of the two units that are left {rest} and {rest_alone} min make one each"
        )
    return Open(f"{said}: that does not say which of them are the assistant's")


def untimed(code: str, units: int, *, minutes: int, assistant: int) -> Shares:
    """Share the units of an untimed code out: all carry the modifier, or none. Minutes: in all, and the assistant's alone."""
    said = f"{code}: untimed; the assistant alone gave {assistant} of {minutes} min"
    if _is_more_than_a_tenth(assistant, minutes):
        return Shares(0, units, f"{said}, more than 10 percent: with")
    return Shares(units, 0, f"{said}, not more than 10 percent: without")


def assisted(services: Sequence[Billed], counted: Mapping[str, int], *, by_assistant: bool) -> Assisted:
    """Say what becomes of the lines of the services that could carry the modifier.

    counted       units that the minutes of a timed code come to, by code; a code with an open tie is left out
    by_assistant  whether the rendering provider is an assistant, who gave what nobody else is said to have given
    """
    found = _Finding(counted)
    for code in dict.fromkeys(one.service.code for one in services):
        gave = [(one, _given(one.service, by_assistant=by_assistant)) for one in services if one.service.code == code]
        if len(gave) > 1 and is_timed(code) and all(isinstance(minutes, _Minutes) for _, minutes in gave):
            found.of_several(code, [(one, minutes) for one, minutes in gave if isinstance(minutes, _Minutes)])
        else:
            for one, minutes in gave:
                found.of_one(one, minutes)
    return Assisted(
        parts=found.parts, because=tuple(dict.fromkeys(found.because)), open=found.open, excess=found.excess
    )


class _Minutes(NamedTuple):
    therapist: int
    assistant: int


class _Whole(Enum):
    """All of a service was given by one of them, its minutes being unknown; or nobody says who gave it."""

    THERAPIST = auto()
    ASSISTANT = auto()
    UNKNOWN = auto()


def _given(service: Service, *, by_assistant: bool) -> _Minutes | _Whole | Open:
    by = service.treated_by if isinstance(service.treated_by, TreatedBy) else None
    is_assistants = by is TreatedBy.ASSISTANT or (by is None and by_assistant)
    minutes, alone = service.minutes_given, service.assistant_minutes
    if minutes == 0 and not is_timed(service.code):
        minutes = None  # what many systems export of a code that takes no time
    if alone is not None:
        return _told(service.code, minutes, alone, is_assistants=is_assistants)
    if by is None and not by_assistant:
        return _Whole.UNKNOWN
    if minutes is None:
        return _Whole.ASSISTANT if is_assistants else _Whole.THERAPIST
    return _Minutes(0, minutes) if is_assistants else _Minutes(minutes, 0)


def _told(code: str, minutes: int | None, alone: int, *, is_assistants: bool) -> _Minutes | _Whole | Open:
    if is_assistants and alone == 0:
        return Open(f"{code}: an assistant gave it, and yet no minute of an assistant alone is told")
    if minutes is None and is_assistants:
        return _Whole.ASSISTANT
    if minutes is None:
        return (
            Open(f"{code}: the assistant alone gave {alone} min, of how many is not told")
            if alone
            else _Whole.THERAPIST
        )
    if alone > minutes:
        return Open(f"{code}: the assistant alone gave {alone} min, of only {minutes} min")
    return _Minutes(minutes - alone, alone)


class _Finding:
    """What has been found so far."""

    def __init__(self, counted: Mapping[str, int]) -> None:
        self.counted = counted
        self.parts: dict[int, tuple[Part, ...]] = {}
        self.because: list[str] = []
        self.open: dict[int, str] = {}
        self.excess: dict[int, str] = {}

    def of_one(self, one: Billed, gave: _Minutes | _Whole | Open) -> None:
        """A code that stands once, or of which not all is known."""
        code = one.service.code
        if gave is _Whole.UNKNOWN:
            return
        if isinstance(gave, Open):
            self._leave_open([one], gave)
        elif gave is _Whole.ASSISTANT or (gave is not _Whole.THERAPIST and gave.therapist == 0 < gave.assistant):
            self._let_carry(one, one.units)
            self.because.append(f"{code}: all of it was given by an assistant: with")
        elif gave is _Whole.THERAPIST or gave.assistant == 0:
            if one.carries:
                self.excess[one.place] = f"{code}: no assistant gave of it"
        elif one.units:
            self._share(one, _shares(code, one.units, gave))

    def of_several(self, code: str, gave: Sequence[tuple[Billed, _Minutes]]) -> None:
        """A timed code that stands several times, all of it known: its minutes are one sum, for its units are."""
        theirs, alone = (sum(each) for each in zip(*(minutes for _, minutes in gave), strict=True))
        lines = [one for one, _ in gave]
        of_assistant = [one for one, minutes in gave if minutes.therapist == 0]
        of_therapist = [one for one, minutes in gave if minutes.assistant == 0]
        units = _sum(one.units for one in lines)
        is_pair = len(lines) == _PAIR and len(of_assistant) == len(of_therapist) == 1
        if units is None and is_pair and all(one.units is None for one in lines):
            units = self.counted.get(code)
            if units is not None and isinstance(
                shares := timed(code, units, therapist=theirs, assistant=alone), Shares
            ):
                self.parts[of_assistant[0].place] = (Part(shares.carrying, carries=shares.carrying > 0),)
                self.parts[of_therapist[0].place] = (Part(shares.without, carries=False),)
                self.because.append(shares.because)
                return
        if units is None or theirs == 0 or alone == 0:
            for one, minutes in gave:
                self.of_one(one, minutes)
            return
        shares = timed(code, units, therapist=theirs, assistant=alone)
        carrying = _sum(one.units for one in lines if one.carries) or 0
        if isinstance(shares, Open):
            self._leave_open([one for one, minutes in gave if minutes.assistant], shares)
        elif carrying == shares.carrying:
            self.because.append(shares.because)
        elif carrying > shares.carrying:
            self.excess[next(one.place for one in lines if one.carries)] = shares.because
        elif _sum(one.units for one in of_assistant) == shares.carrying:
            for one in of_assistant:
                self._let_carry(one, one.units)
            self.because.append(shares.because)
        else:
            self._leave_open(
                [one for one, minutes in gave if minutes.assistant],
                Open(f"{shares.because}; {_units(shares.carrying)} with, but the lines are cut otherwise"),
            )

    def _share(self, one: Billed, shares: Shares | Open) -> None:
        if isinstance(shares, Open):
            self._leave_open([one], shares)
        elif one.carries and shares.without:
            self.excess[one.place] = shares.because
        else:
            self.because.append(shares.because)
            if not one.carries and shares.carrying:
                both = (Part(shares.without, carries=False), Part(shares.carrying, carries=True))
                self.parts[one.place] = tuple(part for part in both if part.units)

    def _let_carry(self, one: Billed, units: int | None) -> None:
        if not one.carries:
            self.parts[one.place] = (Part(units, carries=True),)

    def _leave_open(self, some: Iterable[Billed], why: Open) -> None:
        self.open |= {one.place: why.why for one in some if not one.carries and one.units != 0}


def _shares(code: str, units: int, gave: _Minutes) -> Shares | Open:
    known = procedure(code)
    if known is not None and known.is_timed:
        return timed(code, units, therapist=gave.therapist, assistant=gave.assistant)
    if known is not None and known.time_class is TimeClass.UNTIMED:
        return untimed(code, units, minutes=sum(gave), assistant=gave.assistant)
    return Open(
        f"{code}: an assistant gave {gave.assistant} of {sum(gave)} min, and its units are not counted by quarter hours"
    )


def _is_more_than_a_tenth(part: int, whole: int) -> bool:
    return part * _PERCENT > whole


def _sum(units: Iterable[int | None]) -> int | None:
    total = 0
    for one in units:
        if one is None:
            return None
        total += one
    return total


def _units(number: int) -> str:
    return f"{number} unit{'' if number == 1 else 's'}"
