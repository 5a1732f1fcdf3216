"""The implementation guides that are compiled here, by version."""

from functools import cache, lru_cache
from typing import Final, NamedTuple

from gateway.edi.guide.overlay import Overlay, laid_over, own_overlays
from gateway.edi.guide.places import Guide
from gateway.edi.guide.tree import Loop, tree_of
from gateway.edi.wire.segment import Delimiters
from gateway.errors import ConfigError


class Version(NamedTuple):
    """A guide by name: ST01, the version that GS08 and ST03 give, and the map file that it is read from."""

    transaction: str
    version: str
    map_file: str


GUIDES: Final = (
    Version("837", "005010X222A1", "837.5010.X222.A1.xml"),
    Version("837", "005010X223A2", "837Q3.I.5010.X223.A1.xml"),
    Version("835", "005010X221A1", "835.5010.X221.A1.xml"),
    Version("277", "005010X214", "277.5010.X214.xml"),
    Version("277", "005010X212", "277.5010.X212.xml"),
    Version("999", "005010X231A1", "999.5010X231.A1.xml"),
)

ALIASES: Final = {
    "005010X222": "005010X222A1",
    "005010X222A2": "005010X222A1",
    "005010X223": "005010X223A2",
    "005010X223A1": "005010X223A2",
    "005010X223A3": "005010X223A2",
    "005010X221": "005010X221A1",
    "005010X221E1": "005010X221A1",
    "005010X221E2": "005010X221A1",
    "005010X214E1": "005010X214",
    "005010X214E2": "005010X214",
    "005010X231": "005010X231A1",
}
"""Versions that are read by another's guide: what they say of themselves is a finding, not a reason to read nothing."""

UNITS: Final = {
    "005010X222A1": frozenset({"2300"}),
    "005010X223A2": frozenset({"2300"}),
    "005010X221A1": frozenset({"2100"}),
    "005010X214": frozenset({"2200D"}),
    "005010X212": frozenset({"2200D", "2200E"}),
    "005010X231A1": frozenset({"2000"}),
}
"""What a set of each guide is made of: claims, claim payments, claim statuses, answers to a transaction set."""


@lru_cache(maxsize=32)
def guide_of(version: str, marks: Delimiters, overlays: tuple[Overlay, ...] = ()) -> Guide | None:
    """Give the guide of a version such as 005010X222A1, compiled for these delimiters; None if there is none.

    overlays  changes beside our own corrections; those of other guides are passed over
    """
    tree = corrected(version)
    if tree is None:
        return None
    for overlay in overlays:
        if overlay.guide == version:
            tree = laid_over(tree, overlay, _tree)
    return Guide(tree, marks)


@cache
def corrected(version: str) -> Loop | None:
    """Give a guide's tree with our corrections; None if there is no guide of that version."""
    found = next((one for one in GUIDES if one.version == version), None)
    if found is None:
        return None
    tree = tree_of(found.map_file)
    for overlay in own_overlays(version):
        tree = laid_over(tree, overlay, _tree)
    return tree


def _tree(version: str) -> Loop:
    tree = corrected(version)
    if tree is None:
        raise ConfigError(f"overlay: there is no guide {version}")
    return tree


def transaction_of(version: str) -> str:
    """Give the transaction set (ST01) that a version is the guide of; empty if it is not known."""
    return next((one.transaction for one in GUIDES if one.version == version), "")
