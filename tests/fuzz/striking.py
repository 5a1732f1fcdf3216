"""`python -m tests.fuzz.striking TARGET CORPUS -OPTION...`: libFuzzer itself, which ends its process. See `__main__`."""

import random
import sys

import atheris

with atheris.instrument_imports(include=["gateway.edi", "gateway.codes"]):
    from tests.fuzz.spoiling import spoiled
    from tests.fuzz.targets import TARGETS

_AS_SENDERS_DO = 0.7
"""How often a file is spoiled by segments and elements; otherwise as libFuzzer does, by bytes."""


def _spoil(raw: bytes, longest: int, seed: int) -> bytes:
    rng = random.Random(seed)
    if rng.random() < _AS_SENDERS_DO:
        return spoiled(raw, rng)[:longest]
    return bytes(atheris.Mutate(raw, longest))


if __name__ == "__main__":
    name = sys.argv.pop(1)
    atheris.Setup(sys.argv, TARGETS[name].put, custom_mutator=_spoil)
    atheris.Fuzz()
