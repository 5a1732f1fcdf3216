"""The outside code lists that a check goes by."""

from functools import cached_property
from pathlib import Path

from gateway.codes.lists import CodeList, Kind, code_list


class Lists:
    """The outside code lists that a check goes by: a practice's own in `folder` before the shipped ones."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._known: dict[str, CodeList] = {}

    def of(self, kind: Kind) -> CodeList:
        """Give a list."""
        found = self._known.get(kind)
        if found is None:
            found = self._known[kind] = code_list(kind, self._folder)
        return found

    # These by name, for they are asked for at every segment of their kind.

    @cached_property
    def states(self) -> frozenset[str]:
        """Every code of states that holds on every day."""
        return self.of(Kind.STATE).always

    @cached_property
    def has_taxonomies(self) -> bool:
        """Whether there is a list of taxonomy codes: without one their shape alone decides."""
        return bool(self.of(Kind.TAXONOMY).always or self.of(Kind.TAXONOMY).dated)

    @cached_property
    def places(self) -> frozenset[str]:
        """Every place of service that holds on every day."""
        return self.of(Kind.PLACE).always

    @cached_property
    def reasons(self) -> frozenset[str]:
        """Every claim adjustment reason that holds on every day."""
        return self.of(Kind.CARC).always

    @cached_property
    def diagnoses(self) -> frozenset[str]:
        """Every billable diagnosis that holds on every day."""
        return self.of(Kind.DIAGNOSIS).always
