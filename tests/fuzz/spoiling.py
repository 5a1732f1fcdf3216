"""Spoil a file as senders do: segments lost, moved, doubled, their elements changed; and bytes, as nobody does."""

import random
from typing import Final

_ODD: Final = (
    b"", b" ", b"0", b"-1", b"1.005", b"99999999999999999999", b"1E5", b"NaN", b"A", b"X" * 90, b"20269999", b"20261116-20261117",
    b"D8", b"RD8", b"HC:97110", b"::", b"^", b"A^B", b"ABK:M5459", b"\x00", b"\xe9", b"837", b"835", b"005010X221A1", b"18", b"22",
)  # fmt: skip
"""What elements are changed to."""
_RIGHT: Final = 0.8
"""How often the count of a set is put right, for whoever looks at counts first sees nothing else."""
_ISA: Final = 106


def spoiled(raw: bytes, rng: random.Random, most: int = 4) -> bytes:
    """Change up to so many things of a file."""
    element, segment = (raw[3:4], raw[_ISA - 1 : _ISA]) if len(raw) > _ISA else (b"*", b"~")
    texts = raw.split(segment)
    for _ in range(rng.randint(1, most)):
        _change(texts, element, rng)
    if rng.random() < _RIGHT:
        _count(texts, element)
    return segment.join(texts)


def _change(texts: list[bytes], element: bytes, rng: random.Random) -> None:
    at, to = rng.randrange(len(texts)), rng.randrange(len(texts) + 1)
    way = rng.choice(("lost", "moved", "doubled", "changed", "changed", "changed", "cut", "bytes", "longer"))
    if way == "lost" and len(texts) > 1:
        del texts[at]
    elif way == "moved":
        text = texts.pop(at)
        texts.insert(min(to, len(texts)), text)
    elif way == "doubled":
        texts.insert(to, texts[at])
    elif way == "cut":
        texts[at] = texts[at][: rng.randrange(len(texts[at]) + 1)]
    elif way == "bytes":
        spot = rng.randrange(len(texts[at]) + 1)
        texts[at] = texts[at][:spot] + rng.randbytes(rng.randint(1, 4)) + texts[at][spot + rng.randint(0, 4) :]
    else:
        parts = texts[at].split(element)
        if way == "longer":
            parts.insert(rng.randint(1, len(parts)), rng.choice(_ODD))
        else:
            parts[rng.randrange(len(parts))] = rng.choice(
                (rng.choice(_ODD), rng.choice(rng.choice(texts).split(element)))
            )
        texts[at] = element.join(parts)


def _count(texts: list[bytes], element: bytes) -> None:
    starts = 0
    for place, text in enumerate(texts):
        parts = text.split(element)
        if parts[0].endswith(b"ST"):
            starts = place
        elif parts[0].endswith(b"SE") and len(parts) > 1:
            parts[1] = b"%d" % (place - starts + 1)
            texts[place] = element.join(parts)
