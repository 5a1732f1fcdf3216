"""Spoilt files, and all that the engine says of them: `python -m tests.edi.spoilt COUNT`, to compare two ways of running it.

The same count gives the same files.
"""

import random
import sys
from collections.abc import Callable, Iterator
from typing import Final

from gateway.edi import check, read_claims, read_remittances, write_claims, write_remittances
from gateway.errors import GatewayError
from tests.bench.x12_files import professional_file, remittance_file
from tests.edi.checking.test_crashers import CRASHERS
from tests.edi.rules.sound import BODIES, TODAY, file_of

_VALUES: Final = (
    "",
    "0",
    "-5",
    "-0.00",
    "1.5",
    "100",
    "20261127",
    "20261116-20261115",
    "US",
    "XX",
    "22",
    "1:1",
    "é",
    "18",
)
_SEGMENTS: Final = (
    "LX*1",
    "HL*9*1*22*0",
    "REF*F8*1",
    "DTP*472*D8*20261117",
    "K3*X",
    "ZZ*1",
    "",
    "SE*1*0001",
    "CLM*A*1",
)


def spoilt(count: int) -> Iterator[bytes]:
    """Give files of sound bodies in which up to three things were changed."""
    rng = random.Random(count)
    for _ in range(count):
        name = rng.choice(sorted(BODIES))
        body = BODIES[name].splitlines()
        for _ in range(rng.randrange(4)):
            rng.choice(_WAYS)(body, rng)
        yield file_of(name, body)


def _value(body: list[str], rng: random.Random) -> None:
    at = rng.randrange(len(body))
    parts = body[at].split("*")
    parts[rng.randrange(len(parts))] = rng.choice((*_VALUES, *parts))
    body[at] = "*".join(parts)


def _left_out(body: list[str], rng: random.Random) -> None:
    del body[rng.randrange(len(body) - 1)]


def _moved(body: list[str], rng: random.Random) -> None:
    body.insert(rng.randrange(len(body)), body.pop(rng.randrange(len(body))))


def _twice(body: list[str], rng: random.Random) -> None:
    body.insert(rng.randrange(len(body)), rng.choice((*_SEGMENTS, *body)))


_WAYS: Final[tuple[Callable[[list[str], random.Random], None], ...]] = (_value, _value, _left_out, _moved, _twice)


def said(raw: bytes) -> str:
    """Give all that is found in a file, and all that is read from it."""
    report = check(raw, today=TODAY)
    told = [f"{report.counts} {report.interchanges} {report.more}"]
    told += [f"{one!r} {one.value!r} {one.unit!r}" for one in report.findings]
    for again in (_claims_again, _remittances_again):
        try:
            told += again(raw)
        except GatewayError as wrong:
            told.append(repr(wrong))
    return "\n".join(told)


def _claims_again(raw: bytes) -> Iterator[str]:
    for claim in read_claims(raw):
        lines = [(line.code, line.charge, line.served, line.control) for line in claim.lines]
        yield f"{claim!r} {claim.charge} {claim.subscriber!r} {claim.diagnoses} {claim.findings} {lines}"
    yield repr(b"".join(write_claims(read_claims(raw))))


def _remittances_again(raw: bytes) -> Iterator[str]:
    for remittance in read_remittances(raw):
        yield from (f"{one!r} {one.payment} {one.findings}" for one in remittance.payments())
    yield repr(b"".join(write_remittances(read_remittances(raw))))


def main(count: int) -> None:
    whole = (professional_file(20), remittance_file(20), *(path.read_bytes() for path in CRASHERS))
    for raw in (*whole, *spoilt(count)):
        print(said(raw))  # noqa: T201 it is compared


if __name__ == "__main__":
    main(int(sys.argv[1]))
