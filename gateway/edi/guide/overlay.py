"""Small, dated, cited changes to a guide's tree: what a map file gets wrong, or what a partner's companion guide narrows.

An overlay is a TOML file:

    guide = "005010X222A1"

    [[change]]
    loop = "2400"               # the loop meant, or the loop that the segment stands in
    segment = "REF"             # with `code`, where several places share the segment
    code = "G1"
    element = 2                 # and `component`
    usage = "R"                 # also: repeat, codes, add_codes, drop_codes, shortest, longest, pattern
    since = 2026-11-26
    why = "the payer wants it on each line"
    source = "companion guide 4.2, page 17"

A loop may also be moved (`into`, `at`) or left out (`remove`), and a segment taken from another guide (`like`).
"""

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

from gateway.edi.guide.tree import UNBOUNDED, CompositeElement, Element, Loop, SegmentUse, SimpleElement
from gateway.errors import ConfigError

_OURS: Final = files("gateway.edi.guide") / "overlays"
_TEXTS: Final = ("loop", "segment", "code", "into", "like", "usage", "pattern", "why", "source")
_NUMBERS: Final = ("element", "component", "at", "repeat", "shortest", "longest")
_LISTS: Final = ("codes", "add_codes", "drop_codes")
_USAGES: Final = frozenset({"R", "S", "N"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change. What it leaves as it is, is None. See the module for what each means."""

    loop: str
    why: str
    source: str
    since: date
    segment: str = ""
    code: str = ""
    element: int = 0
    component: int = 0
    into: str = ""
    like: str = ""
    at: int | None = None
    usage: str | None = None
    repeat: int | None = None
    codes: frozenset[str] | None = None
    add_codes: frozenset[str] = frozenset()
    drop_codes: frozenset[str] = frozenset()
    shortest: int | None = None
    longest: int | None = None
    pattern: str | None = None
    remove: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """The changes to one guide, in order. `named` is where they are from, for messages."""

    guide: str
    named: str
    changes: tuple[Change, ...]


def own_overlays(version: str) -> tuple[Overlay, ...]:
    """Give the corrections that we ship for a guide."""
    found = (one for one in sorted(_OURS.iterdir(), key=lambda one: one.name) if one.name.endswith(".toml"))
    return tuple(overlay for overlay in map(read_overlay, found) if overlay.guide == version)


def read_overlay(path: Path | Traversable) -> Overlay:
    """Read an overlay. Raises ConfigError, naming the change, if it is not one."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise ConfigError(f"{path.name}: not a TOML file that can be read ({type(wrong).__name__})") from None
    if not isinstance(document.get("guide"), str) or not isinstance(document.get("change"), list):
        raise ConfigError(f"{path.name}: want guide = VERSION and at least one [[change]]")
    changes = tuple(_change(path.name, number, one) for number, one in enumerate(document["change"], start=1))
    return Overlay(guide=document["guide"], named=path.name, changes=changes)


def _change(named: str, number: int, said: Any) -> Change:  # noqa: ANN401 whatever the file holds
    place = f"{named}, change {number}"
    if not isinstance(said, dict):
        raise ConfigError(f"{place}: want a table")
    known = {*_TEXTS, *_NUMBERS, *_LISTS, "since", "remove"}
    if unknown := sorted(said.keys() - known):
        raise ConfigError(f"{place}: {', '.join(unknown)} is not known; there are {', '.join(sorted(known))}")
    kinds: list[tuple[Iterable[str], type]] = [(_TEXTS, str), (_NUMBERS, int), (("since",), date), (("remove",), bool)]
    for names, kind in [*kinds, (_LISTS, list)]:
        if wrong := [name for name in names if name in said and type(said[name]) is not kind]:
            raise ConfigError(f"{place}: {wrong[0]} has to be a {kind.__name__}")
    if missing := [name for name in ("loop", "why", "source", "since") if name not in said]:
        raise ConfigError(f"{place}: {missing[0]} is missing: a change is dated, explained and cited")
    if said.get("usage", "R") not in _USAGES:
        raise ConfigError(f"{place}: usage is one of {', '.join(sorted(_USAGES))}")
    fields: dict[str, Any] = {name: frozenset(value) if name in _LISTS else value for name, value in said.items()}
    return Change(**fields)


def laid_over(tree: Loop, overlay: Overlay, tree_like: Callable[[str], Loop]) -> Loop:
    """Give the tree with the changes made. `tree_like` gives another guide's, for what is taken from there.

    Raises ConfigError if a change means nothing that is there.
    """
    for number, change in enumerate(overlay.changes, start=1):
        changed = _with(tree, change, tree_like)
        if changed == tree:
            raise ConfigError(
                f"{overlay.named}, change {number}: there is no such thing in {overlay.guide}, or it is so already"
            )
        tree = changed
    return tree


def _with(tree: Loop, change: Change, tree_like: Callable[[str], Loop]) -> Loop:
    if change.like:
        return _inside(tree, change.loop, lambda loop: _added(loop, _taken(change, tree_like)))
    if change.segment:
        return _inside(tree, change.loop, lambda loop: _segments(loop, change))
    meant = tree.find(change.loop)
    if meant is None:
        return tree
    if change.remove or change.into:
        tree = _without(tree, change.loop)
    if change.remove:
        return tree
    new = _loop(meant, change)
    if change.into:
        return _inside(tree, change.into, lambda loop: _added(loop, new))
    return _replaced(tree, change.loop, new)


def _taken(change: Change, tree_like: Callable[[str], Loop]) -> SegmentUse:
    loop = tree_like(change.like).find(change.loop)
    uses = [one for one in loop.children if isinstance(one, SegmentUse) and one.id == change.segment] if loop else []
    if not uses:
        raise ConfigError(f"overlay: {change.like} has no {change.segment} in {change.loop}")
    return uses[0] if change.at is None else replace(uses[0], at=change.at)


def _inside(tree: Loop, loop_id: str, do: Callable[[Loop], Loop]) -> Loop:
    """Do something to every loop of that id: a guide may have it in several branches."""
    children = tuple(_inside(one, loop_id, do) if isinstance(one, Loop) else one for one in tree.children)
    tree = replace(tree, children=children)
    return do(tree) if tree.id == loop_id else tree


def _without(tree: Loop, loop_id: str) -> Loop:
    kept = (one for one in tree.children if not (isinstance(one, Loop) and one.id == loop_id))
    return replace(tree, children=tuple(_without(one, loop_id) if isinstance(one, Loop) else one for one in kept))


def _replaced(tree: Loop, loop_id: str, new: Loop) -> Loop:
    def one(child: Loop | SegmentUse) -> Loop | SegmentUse:
        if not isinstance(child, Loop):
            return child
        return new if child.id == loop_id else _replaced(child, loop_id, new)

    return _ordered(replace(tree, children=tuple(map(one, tree.children))))


def _added(loop: Loop, child: Loop | SegmentUse) -> Loop:
    return _ordered(replace(loop, children=(*loop.children, child)))


def _ordered(loop: Loop) -> Loop:
    return replace(loop, children=tuple(sorted(loop.children, key=lambda one: one.at)))


def _loop(loop: Loop, change: Change) -> Loop:
    return replace(
        loop,
        at=loop.at if change.at is None else change.at,
        usage=change.usage or loop.usage,
        repeat=loop.repeat if change.repeat is None else change.repeat,
    )


def _segments(loop: Loop, change: Change) -> Loop:
    def one(child: Loop | SegmentUse) -> Loop | SegmentUse:
        if not isinstance(child, SegmentUse) or child.id != change.segment:
            return child
        if change.code and (child.key is None or change.code not in child.codes_at(*child.key)):
            return child
        return _segment(child, change)

    kept = tuple(map(one, loop.children))
    if change.remove and not change.element:
        kept = tuple(new for new, old in zip(kept, loop.children, strict=True) if new is old)
    return _ordered(replace(loop, children=kept))


def _segment(use: SegmentUse, change: Change) -> SegmentUse:
    if change.element:
        elements = tuple(_element(one, change) if one.position == change.element else one for one in use.elements)
        return replace(use, elements=elements)
    return replace(
        use,
        at=use.at if change.at is None else change.at,
        usage=change.usage or use.usage,
        repeat=use.repeat if change.repeat is None else change.repeat,
    )


def _element(element: Element, change: Change) -> Element:
    if isinstance(element, CompositeElement):
        if not change.component:
            repeat = element.repeat if change.repeat is None else change.repeat
            return replace(element, usage=change.usage or element.usage, repeat=repeat)
        parts = tuple(_simple(one, change) if one.position == change.component else one for one in element.components)
        return replace(element, components=parts)
    return _simple(element, change)


def _simple(element: SimpleElement, change: Change) -> SimpleElement:
    codes = element.codes if change.codes is None else change.codes
    kind = element.type
    return replace(
        element,
        usage=change.usage or element.usage,
        codes=(codes | change.add_codes) - change.drop_codes,
        pattern=element.pattern if change.pattern is None else change.pattern,
        repeat=element.repeat if change.repeat is None else change.repeat or UNBOUNDED,
        type=replace(
            kind,
            shortest=kind.shortest if change.shortest is None else change.shortest,
            longest=kind.longest if change.longest is None else change.longest,
        ),
    )
