"""A piece of a 277CA (005010X214) as its rules see it."""

from gateway.edi.loop import Loop
from gateway.edi.rules.unit import Setting, Unit


class StatusesSeen:
    """Which of the levels that are open have a level below them."""

    def __init__(self) -> None:
        self._parents: dict[str, Loop] = {}

    def take(self, piece: Loop) -> None:
        """Remember in which level a level stands."""
        if piece.around is not None and piece.id.startswith("2000"):
            self._parents[piece.around.id] = piece.around

    def is_parent(self, level: Loop) -> bool:
        """Tell whether a level stood below this one, if it was open last."""
        return self._parents.get(level.id) is level


class StatusUnit(Unit):
    """A status of a claim (2200D), or a level around statuses."""

    def __init__(self, piece: Loop, setting: Setting, seen: StatusesSeen) -> None:
        super().__init__(piece, setting)
        self.seen = seen
        seen.take(piece)
