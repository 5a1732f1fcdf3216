"""An implementation guide as a tree of values: loops, the segments in them, their elements.

The trees are read from the map files that pyx12 ships, as data. What the maps get wrong, or what a partner's companion
guide narrows, is laid over them by small files (`overlay.py`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Final, TypeAlias

from lxml import etree

UNBOUNDED: Final = 0
"""How often something may occur, if there is no limit."""

_LEVEL: Final = (3, 0)
"""HL03."""

_MAPS: Final = files("pyx12") / "map"
_ENVELOPE: Final = "x12.control.00501.xml"
_PARSER: Final = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementType:
    """A data element of the dictionary. kind: AN, ID, DT, TM, R, N0 to N6, B. Lengths leave out sign and point."""

    number: str
    kind: str
    shortest: int
    longest: int


MONEY: Final = "782"
"""The data element of every amount of money."""
DOLLARS_DIGITS, CENTS_DIGITS = 8, 2
"""What an amount may have before and behind its point; the dictionary has 18 (the guides' appendix B.1.1.3.1.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimpleElement:
    """One element or component.

    usage    R required, S situational, N not used
    codes    what it may hold; anything of its type, if there are none
    listed   name of the outside code list that says what it may hold beside `codes`; its own dates decide, not the guide
    pattern  a regular expression that its value has to contain; empty for none
    repeat   how often it may occur
    """

    position: int
    name: str
    usage: str
    type: ElementType
    codes: frozenset[str] = frozenset()
    listed: str = ""
    pattern: str = ""
    repeat: int = 1

    @property
    def number(self) -> str:
        """Its data element number."""
        return self.type.number


@dataclass(frozen=True, slots=True, kw_only=True)
class CompositeElement:
    """Components that are one element. `rules` are its own syntax notes, as those of a segment."""

    position: int
    name: str
    usage: str
    number: str
    components: tuple[SimpleElement, ...]
    rules: tuple[str, ...] = ()
    repeat: int = 1


Element: TypeAlias = SimpleElement | CompositeElement


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentUse:
    """A segment at its place in a loop.

    at       its place among its siblings; those with the same one stand in any order
    repeat   how often it may occur in its loop; UNBOUNDED if there is no limit
    rules    syntax notes (X12.5: P paired, R required, C conditional, L list conditional, E exclusion), such as P0304
    """

    id: str
    name: str
    usage: str
    at: int
    repeat: int
    elements: tuple[Element, ...]
    rules: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[int, int] | None:
        """Element and component (0: none) whose code tells this use from others of the segment; None if none does.

        It is the first element, or its first component, where that is a required code; of HL, the level code (HL03).
        """
        if self.id == "HL":
            return _LEVEL if self.codes_at(*_LEVEL) else None
        first = self.elements[0] if self.elements else None
        if isinstance(first, CompositeElement):
            return (1, 1) if first.components and first.components[0].codes else None
        if first is not None and first.usage == "R" and first.type.kind == "ID" and first.codes:
            return (1, 0)
        return None

    def codes_at(self, position: int, component: int) -> frozenset[str]:
        """Give the codes that an element, or one of its components, may hold."""
        element = self.elements[position - 1]
        if isinstance(element, CompositeElement):
            return element.components[max(component, 1) - 1].codes
        return element.codes

    def number_of(self, position: int, component: int) -> str:
        """Give the data element number of a 1-based element or of a component of it; empty where there is none."""
        if not 0 < position <= len(self.elements):
            return ""
        element = self.elements[position - 1]
        if not component or not isinstance(element, CompositeElement):
            return element.number
        return element.components[component - 1].number if component <= len(element.components) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """A loop. The first segment of it, or of its first loop, begins it."""

    id: str
    name: str
    usage: str
    at: int
    repeat: int
    children: tuple["Loop | SegmentUse", ...]

    def find(self, loop_id: str) -> "Loop | None":
        """Give the loop of that id in here, or this one."""
        if self.id == loop_id:
            return self
        return next((found for one in self.loops() if (found := one.find(loop_id)) is not None), None)

    def loops(self) -> Iterator["Loop"]:
        """Give the loops directly in this one."""
        return (one for one in self.children if isinstance(one, Loop))


@cache
def dictionary() -> dict[str, ElementType]:
    """Give every data element by its number."""
    found = {}
    for one in _parsed("dataele.xml").iter("data_ele"):
        number = str(one.get("ele_num"))
        found[number] = ElementType(
            number=number,
            kind=str(one.get("data_type")),
            shortest=int(str(one.get("min_len"))),
            longest=DOLLARS_DIGITS + CENTS_DIGITS if number == MONEY else int(str(one.get("max_len"))),
        )
    return found


def tree_of(map_file: str) -> Loop:
    """Read a map file: the loop of one transaction set, ST to SE, with what it says about GS and ISA left out."""
    root = _parsed(map_file)
    (found,) = [one for one in root.iter("loop") if one.get("xid") == "ST_LOOP"]
    return _loop(found)


@cache
def envelope_uses() -> dict[str, SegmentUse]:
    """Give the segments around transaction sets by their ids: ISA, IEA, TA1, GS, GE."""
    return {str(one.get("xid")): _segment(one) for one in _parsed(_ENVELOPE).iter("segment")}


def _parsed(map_file: str) -> etree._Element:
    return etree.fromstring((_MAPS / map_file).read_bytes(), _PARSER)


def _said(node: etree._Element, name: str) -> str:
    """A map says a thing by an attribute or by a child, whichever its author liked."""
    return str(node.get(name) or node.findtext(name) or "").strip()


def _times(said: str) -> int:
    return UNBOUNDED if said in {"", ">1"} else int(said)


def _loop(node: etree._Element) -> Loop:
    children: list[Loop | SegmentUse] = []
    for one in node:
        if one.tag == "loop":
            children.append(_loop(one))
        elif one.tag == "segment":
            children.append(_segment(one))
    # A guide numbers what stands in the same place alike; the maps list it in the guide's order.
    children.sort(key=lambda one: one.at)
    return Loop(
        id=str(node.get("xid")),
        name=_said(node, "name"),
        usage=_said(node, "usage"),
        at=int(_said(node, "pos")),
        repeat=_times(_said(node, "repeat")),
        children=tuple(children),
    )


def _segment(node: etree._Element) -> SegmentUse:
    elements = [_element(one) for one in node if one.tag in {"element", "composite"}]
    elements.sort(key=lambda one: one.position)
    return SegmentUse(
        id=str(node.get("xid")),
        name=_said(node, "name"),
        usage=_said(node, "usage"),
        at=int(_said(node, "pos")),
        repeat=_times(_said(node, "max_use")),
        elements=tuple(elements),
        rules=_rules(node),
    )


def _rules(node: etree._Element) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(one.text).strip() for one in node.findall("syntax")))


def _element(node: etree._Element) -> Element:
    position, repeat = int(_said(node, "seq")), int(_said(node, "repeat") or 1)
    if node.tag == "composite":
        parts = [_simple(one) for one in node.findall("element")]
        return CompositeElement(
            position=position,
            name=_said(node, "name"),
            usage=_said(node, "usage"),
            number=_said(node, "data_ele"),
            components=tuple(replace(one, position=place) for place, one in enumerate(parts, start=1)),
            rules=_rules(node),
            repeat=repeat,
        )
    return replace(_simple(node), repeat=repeat)


def _simple(node: etree._Element) -> SimpleElement:
    codes = node.find("valid_codes")
    return SimpleElement(
        position=int(_said(node, "seq")),
        name=_said(node, "name"),
        usage=_said(node, "usage"),
        type=dictionary()[_said(node, "data_ele")],
        codes=frozenset(str(one.text) for one in codes.findall("code")) if codes is not None else frozenset(),
        listed=str(codes.get("external") or "") if codes is not None else "",
        pattern=_said(node, "regex"),
    )
