"""What a partner's server can do, as `gateway partners check` proved it, and the manner of delivery that follows."""

from collections.abc import Mapping
from enum import StrEnum

from gateway.delivery import Manner
from gateway.errors import ConfigError
from gateway.partner import Publish, TradingPartner


class Capability(StrEnum):
    """One thing that delivery or collection rests on."""

    LOG_IN = "log in"
    LIST_ANSWERS = "list answers"
    CREATE = "create a file"
    SEE_SIZE = "shows what was written"
    READ_BACK = "gives the same bytes back"
    LIST_OURS = "lists our files"
    RENAME = "renames"
    RENAME_OVERWRITES = "a rename replaces a file"
    HARDLINK = "links, and never over a file"
    SYNC = "writes to its disk when asked"
    REMOVE = "removes our files"
    ARCHIVE = "lists the archive"
    TAKES_TEMPORARY = "takes files under their temporary name"
    CLOCK = "its clock agrees with ours"


class Answer(StrEnum):
    """What was seen."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    """It could not be tried: something before it failed, or the partner shows too little."""


def manner_of(partner: TradingPartner, seen: Mapping[Capability, Answer]) -> Manner:
    """Choose how files get their final names: as the profile says, else by what was seen; unchecked, by rename.

    Raises ConfigError if the partner takes files under their temporary name, and would so take them twice or cut; or
    if it keeps other bytes than were written.
    """
    if seen.get(Capability.READ_BACK) is Answer.NO:
        raise ConfigError(
            f"partner {partner.name}: it keeps other bytes than were written, so nothing is sent; ask the partner whether "
            f"it is short of space or changes files, then: gateway partners check {partner.name}"
        )
    manner = _by_capability(seen) if partner.publish is Publish.AUTO else Manner(partner.publish)
    if manner is not Manner.DIRECT and seen.get(Capability.TAKES_TEMPORARY) is Answer.YES:
        raise ConfigError(
            f"partner {partner.name}: it takes files under their temporary name ({partner.mailbox.temporary}), so nothing "
            f"is sent; give mailbox.temporary another ending or mailbox.temporary_folder a folder that it leaves alone, "
            f"then: gateway partners check {partner.name}"
        )
    return manner


def _by_capability(seen: Mapping[Capability, Answer]) -> Manner:
    if seen.get(Capability.SEE_SIZE) is Answer.NO or seen.get(Capability.RENAME) is Answer.NO:
        return Manner.DIRECT
    if seen.get(Capability.RENAME_OVERWRITES) is Answer.YES:
        return Manner.HARDLINK if seen.get(Capability.HARDLINK) is Answer.YES else Manner.DIRECT
    return Manner.RENAME


def shows_files(seen: Mapping[Capability, Answer]) -> bool:
    """Whether a look at our own file tells anything. A drop box that is write-only shows nothing."""
    return seen.get(Capability.SEE_SIZE) is not Answer.NO
