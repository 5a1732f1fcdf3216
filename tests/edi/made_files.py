"""Files drawn from a guide: what it allows in any order and number that it allows, whoever would write that."""

import random
import re
from collections.abc import Iterator
from functools import cache

from gateway.edi.guide.compiled import corrected
from gateway.edi.guide.pattern import Patterns
from gateway.edi.guide.places import Matcher
from gateway.edi.guide.tree import CompositeElement, Loop, SegmentUse, SimpleElement
from gateway.edi.wire.segment import STANDARD

VERSIONS = {"005010X222A1": ("837", "HC", "*005010X222A1"), "005010X221A1": ("835", "HP", "")}
_ISA = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261116*1200*^*00501*{:09}*0*T*:"
_OFTEN, _SELDOM = 0.5, 0.15
_TRIES = 100


@cache
def matcher(use: SegmentUse) -> Matcher:
    return re.compile(Patterns(STANDARD).of(use)).fullmatch


def made_file(version: str, seed: int) -> bytes:
    """One to three interchanges, each with one or two groups of one or two sets."""
    rng, every = random.Random(seed), []
    code, function, guide = VERSIONS[version]
    for interchange in range(1, rng.choice((1, 1, 2, 3)) + 1):
        every.append(_ISA.format(interchange))
        groups = rng.choice((1, 1, 2))
        for group in range(1, groups + 1):
            every.append(f"GS*{function}*SENDER*RECEIVER*20261116*1200*{group}*X*{version}")
            sets = rng.choice((1, 1, 2))
            for number in range(1, sets + 1):
                body = with_children(list(_Made(rng).transaction_set(version)))
                every += [f"ST*{code}*{number:04}{guide}", *body, f"SE*{len(body) + 2}*{number:04}"]
            every.append(f"GE*{sets}*{group}")
        every.append(f"IEA*{groups}*{interchange:09}")
    between = rng.choice(("", "\n", "\r\n"))
    return "".join(f"{one}~{between}" for one in every).encode()


def with_children(body: list[str]) -> list[str]:
    """HL04 says whether another level names this one."""
    parents = {text.split("*")[2] for text in body if text.startswith("HL*")}
    return [f"{text[:-1]}1" if text.startswith("HL*") and text.split("*")[1] in parents else text for text in body]


class _Made:
    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._share = rng.choice((_OFTEN, _SELDOM))
        self._elements_share: float = self._share
        self._levels: list[int] = []
        self._count = self._lines = 0
        self._patient = self._has_claims = False

    def transaction_set(self, version: str) -> Iterator[str]:
        tree = corrected(version)
        assert tree is not None
        for child in tree.children[1:-1]:
            assert isinstance(child, Loop)
            for _ in self._times(child) if child.id == "FOOTER" else [child] * (child.usage != "N"):
                yield from self._loop(child)

    def _loop(self, loop: Loop) -> Iterator[str]:
        """Its children by their place; those with the same place in any order."""
        first, *others = loop.children
        if isinstance(first, Loop):
            others = list(loop.children)
        else:
            yield self._segment(first)
        below = len(self._levels)
        places = sorted({child.at for child in others})
        for place in places:
            drawn = [one for child in others if child.at == place for one in self._times(child)]
            if not any(child.id.startswith("2000") or child.id == "2300" for child in drawn):
                self._rng.shuffle(drawn)
            for child in drawn:
                if isinstance(child, Loop):
                    yield from self._loop(child)
                    del self._levels[below:]
                else:
                    yield self._segment(child)

    def _times(self, child: Loop | SegmentUse) -> list[Loop | SegmentUse]:
        if child.usage == "N":
            return []
        wanted = child.usage == "R" or self._rng.random() < self._share
        if child.id == "2000C":
            wanted = wanted or not self._has_claims
        if child.id == "2300":
            self._has_claims = wanted = wanted or self._patient
        most = min(child.repeat or 3, 3)
        return [child] * (self._rng.randint(1, most) if wanted else 0)

    def _segment(self, use: SegmentUse) -> str:
        if use.id == "HL":
            self._count += 1
            parent = str(self._levels[-1]) if self._levels else ""
            self._levels.append(self._count)
            level = min(use.codes_at(3, 0))
            self._patient = level == "23"
            return f"HL*{self._count}*{parent}*{level}*0"
        if use.id == "CLM":
            self._lines = 0
        if use.id == "LX":
            self._lines += 1
            return f"LX*{self._lines}"
        is_as_the_guide_has_it = matcher(use)
        for _ in range(_TRIES):
            self._elements_share = self._rng.choice((0, self._share, 1))
            if is_as_the_guide_has_it(text := self._drawn(use)):
                break
        return text

    def _drawn(self, use: SegmentUse) -> str:
        texts = [
            self._composite(one) if isinstance(one, CompositeElement) else self._element(one) for one in use.elements
        ]
        return "*".join((use.id, *texts)).rstrip("*")

    def _composite(self, element: CompositeElement) -> str:
        if element.usage == "N" or (element.usage == "S" and self._rng.random() >= self._elements_share):
            return ""
        return ":".join(map(self._element, element.components)).rstrip(":")

    def _element(self, element: SimpleElement) -> str:
        if element.usage == "N" or (element.usage == "S" and self._rng.random() >= self._elements_share):
            return ""
        if element.codes:
            return self._rng.choice(sorted(element.codes))
        if element.pattern:
            return "900000001"
        kind, length = element.type.kind, element.type.shortest
        if kind == "DT" or element.number == "1251":
            return self._rng.choice(("20261116", "20261116-20261117"))[: element.type.longest]
        if kind in {"R", "N0", "N2", "TM"}:
            return "1200" if kind == "TM" else str(self._rng.randrange(10 ** max(0, length - 1), 10**length))
        letters = self._rng.choices("ABCXYZ0189 .-", k=max(length, self._rng.randrange(1, 12)))
        return "A" + "".join(letters)[1 : element.type.longest - 1] + ("B" if element.type.longest > 1 else "")
