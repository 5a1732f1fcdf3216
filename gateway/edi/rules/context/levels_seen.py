"""Which of the open levels of a set have a level below them."""

from gateway.edi.follow.loop import Loop


class LevelsSeen:
    """Is shown each piece of a set in its order."""

    def __init__(self) -> None:
        self._parents: dict[str, Loop] = {}

    def take(self, piece: Loop) -> None:
        """Remember in which level a level stands."""
        if piece.around is not None and piece.id.startswith("2000"):
            self._parents[piece.around.id] = piece.around

    def is_parent(self, level: Loop) -> bool:
        """Tell whether a level stood below this one, if it was open last."""
        return self._parents.get(level.id) is level
