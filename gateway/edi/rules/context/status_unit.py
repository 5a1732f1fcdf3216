"""A piece of a 277CA (005010X214) as its rules see it."""

from gateway.edi.follow.loop import Loop
from gateway.edi.rules.context.levels_seen import LevelsSeen
from gateway.edi.rules.context.unit import Setting, Unit


class StatusUnit(Unit):
    """A status of a claim (2200D), or a level around statuses."""

    def __init__(self, piece: Loop, setting: Setting, seen: LevelsSeen) -> None:
        super().__init__(piece, setting)
        self.seen = seen
        seen.take(piece)
