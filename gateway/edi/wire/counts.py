"""How much there is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much a file holds."""

    interchanges: int = 0
    groups: int = 0
    sets: int = 0
    segments: int = 0

    def plus(self, *, interchanges: int = 0, groups: int = 0, sets: int = 0, segments: int = 0) -> "Counts":
        """Give these with more of each."""
        return Counts(
            interchanges=self.interchanges + interchanges,
            groups=self.groups + groups,
            sets=self.sets + sets,
            segments=self.segments + segments,
        )
