"""What any bytes are put through, and what has to hold of them: nothing breaks off, and what is said of a file agrees.

A target is given a file that somebody spoiled. It returns, or fails by an assertion or an exception; how long it takes and
how much memory is watched by whoever calls it.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from gateway.edi import Report, acknowledge, check, read_claims, read_remittances, write_claims, write_remittances
from gateway.edi.follow.loop import Loop
from gateway.edi.follow.origin import Origin
from gateway.edi.read.inbound_file import read_answers
from gateway.edi.read.whole_file import Contents, Piece
from gateway.edi.tools.reformat import Reformatting
from gateway.errors import ConversionRefused, InboundWireError
from tests.bench.x12_files import professional_file, remittance_file
from tests.edi.answer.judging import AT
from tests.edi.json.test_records import from_json, to_json
from tests.edi.made_files import made_file
from tests.service.clinic import answer_277ca, answer_835, answer_999, ta1

DAY: Final = date(2026, 11, 26)
SAMPLES: Final = Path(__file__).parents[2] / "samples"
CRASHERS: Final = SAMPLES / "crashers"
_BLANKS: Final = b" \t\r\n"
_PROFESSIONAL, _REMITTANCE = "005010X222A1", "005010X221A1"
_DRAWN, _SHORTEST = 40, 3


class Target(NamedTuple):
    """What is done with a file, and the sound files that spoiling begins with."""

    put: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]


def reader(raw: bytes) -> None:
    """Whatever is read of a file is written again, and read from that as before."""
    reading = Reformatting(raw)
    once = "".join(reading).encode("latin-1")
    if reading.is_all:
        assert "".join(Reformatting(once)).encode("latin-1") == once
    for one in Contents(raw):
        if isinstance(one, Piece):
            assert all(standing.parts for standing in one.standings())
    report = check(raw, snip=2)
    assert report.counts.segments <= raw.count(b"\n") + len(raw) // 2 + 1
    if not report.counts.interchanges:
        assert not report.accepted


def claims(raw: bytes) -> None:
    """Every claim is read with all that it says; a sound file is written again as it stood."""
    report = judged(raw)
    for claim in read_claims(raw):
        touched(claim)
    if is_only(report, _PROFESSIONAL):
        assert _bare(b"".join(write_claims(read_claims(raw)))) == _bare(raw)
    json_and_back(raw)


def remittances(raw: bytes) -> None:
    """As for claims; and whoever posts is given values or a refusal."""
    report = judged(raw)
    for remittance in read_remittances(raw):
        for payment in remittance.payments():
            touched(payment)
        touched(remittance)
    if is_only(report, _REMITTANCE):
        assert _bare(b"".join(write_remittances(read_remittances(raw)))) == _bare(raw)
    answers(raw)
    json_and_back(raw)


def verdicts(raw: bytes) -> None:
    """A TA1, 999 or 277CA is judged, and read or refused."""
    judged(raw)
    answers(raw)


def judged(raw: bytes) -> Report:
    """Judge a file in full; what answers it is sound and says what the report says."""
    report = check(raw, today=DAY)
    assert all("\n" not in str(one) for one in report.findings)
    assert len(report.interchanges) <= report.counts.interchanges
    for answer in acknowledge(report.interchanges, at=AT, control=1):
        assert check(answer.body, snip=2).accepted
        (told,) = read_answers(answer.body)
        assert getattr(told.what, "verdict", None) is answer.verdict
    return report


def answers(raw: bytes) -> None:
    """Read a file as whoever posts does."""
    try:
        found = read_answers(raw)
    except InboundWireError as refused:
        assert refused.ordinal >= 0  # noqa: PT017 a refusal has a place
    else:
        assert found


def json_and_back(raw: bytes) -> None:
    """A file comes back from JSON as it stood, or is refused."""
    try:
        again = from_json(to_json(raw))
    except ConversionRefused:
        return
    assert _bare(again) == _bare(raw)


def touched(value: Any) -> None:
    """Ask for everything that a reading offers."""
    for name in _properties(type(value)):  # type: ignore[arg-type]  # every type is hashable
        for one in _several(getattr(value, name)):
            if type(one).__module__.startswith("gateway.edi.") and not isinstance(one, Loop | Origin):
                touched(one)
    repr(value)


@cache
def _properties(kind: type) -> tuple[str, ...]:
    return tuple(name for name, member in inspect.getmembers_static(kind) if isinstance(member, property))


def is_only(report: Report, guide: str) -> bool:
    """Whether a file is sound and holds sets of that guide alone."""
    groups = [group for one in report.interchanges for group in one.groups]
    return (
        report.accepted
        and not any(one.has_ta1 for one in report.interchanges)
        and all(group.version == guide and group.sets for group in groups)
        and len(groups) == report.counts.groups > 0
    )


def _several(value: Any) -> Iterator[Any]:
    yield from value if isinstance(value, tuple) and type(value) is tuple else (value,)


def _bare(raw: bytes) -> bytes:
    return raw.removeprefix(b"\xef\xbb\xbf").translate(None, _BLANKS)


def _claim_files() -> list[bytes]:
    sound = (path.read_bytes() for path in sorted(SAMPLES.glob("837p/*.edi")))
    return [*sound, professional_file(2), *_drawn(_PROFESSIONAL)]


def _remittance_files() -> list[bytes]:
    sound = (path.read_bytes() for path in sorted(SAMPLES.glob("835/*.edi")))
    return [*sound, remittance_file(2), *_drawn(_REMITTANCE)]


def _drawn(guide: str) -> list[bytes]:
    """The shortest of many: most are far too long to be tried by the hundred thousand."""
    return sorted((made_file(guide, seed) for seed in range(_DRAWN)), key=len)[:_SHORTEST]


def _group_answers() -> list[bytes]:
    spoiled = [raw.replace(b"*11:B:1*", b"*11:B:9*").replace(b"HI*", b"HX*") for raw in _claim_files()[:2]]
    told = [one.body for raw in spoiled for one in acknowledge(check(raw).interchanges, at=AT, control=1)]
    return [ta1(1), ta1(1, "R", "024"), answer_999(1), answer_999(1, "R"), *told]


def _claim_answers() -> list[bytes]:
    return [answer_277ca("1000000001", ("PCN1", "A1:20", ""), ("PCN2", "A7:33:IL", "")), answer_277ca("1")]


TARGETS: Final[Mapping[str, Target]] = {
    "reader": Target(reader, lambda: [*_claim_files(), *_remittance_files(), *_group_answers(), *_claim_answers()]),
    "837p": Target(claims, _claim_files),
    "835": Target(remittances, lambda: [*_remittance_files(), answer_835("0", ())]),
    "999": Target(verdicts, _group_answers),
    "277ca": Target(verdicts, _claim_answers),
}
