"""Which findings say that a file is not whole, or is not what its sender made: nothing may be split off or taken from it."""

from typing import Final

from gateway.edi.follow.walk import UNKNOWN
from gateway.edi.wire.figures import is_whole
from gateway.edi.wire.finding import WireFinding, WireLevel, WireSeverity

NOT_WHOLE: Final = frozenset(
    {(WireLevel.INTERCHANGE, code) for code in ("001", "018", "021", "023", "024")}
    | {(WireLevel.GROUP, code) for code in ("", "3", "4", "5", "6")}
    | {(WireLevel.SET, code) for code in ("2", "3", "4")}
)
"""What says that something of a file is missing, or stands outside of everything: new counts would hide it."""

_UNUSABLE: Final = frozenset(
    {(WireLevel.INTERCHANGE, "020"), (WireLevel.SET, "5"), (WireLevel.SET, "23"), (WireLevel.SEGMENT, UNKNOWN)}
)
"""ISA15 that is no usage, a loop without end, two sets of one number, a segment that has no id."""

_NUMBERS: Final = frozenset(
    {(WireLevel.INTERCHANGE, "001"), (WireLevel.INTERCHANGE, "018"), (WireLevel.GROUP, "4"), (WireLevel.GROUP, "6")}
)
"""Control numbers whose writing may be wrong while the number is plain."""


def is_damage(finding: WireFinding) -> bool:
    """Tell whether nothing of a file with this finding may be used, even if everything in it reads well."""
    about = (finding.level, finding.code)
    if finding.severity is not WireSeverity.ERROR or about not in NOT_WHOLE | _UNUSABLE:
        return False
    return about not in _NUMBERS or not _is_plain(finding)


def _is_plain(finding: WireFinding) -> bool:
    """Whether a number is one, and its trailer's the same: some write blanks for the zeros in front of it, or leave them out."""
    header = (finding.interchange if finding.level is WireLevel.INTERCHANGE else finding.group).strip(" ")
    written = finding.value.strip(" ") if finding.code in {"001", "4"} else header
    return is_whole(header) and is_whole(written) and int(header) == int(written)
