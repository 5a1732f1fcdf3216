"""Test and production cannot be mixed: what a file says of itself, and where it would go, must agree.

Checked when a file is sealed, and again before it gets its final name: the configuration may have changed in between.
"""

from collections.abc import Iterator

from gateway.edi.wire.segment import ISA_WIDTHS
from gateway.errors import ConfigError
from gateway.partner import Marks, TradingPartner, Usage
from gateway.settings import Settings

_NAMES = {Usage.TEST: "test", Usage.PRODUCTION: "production"}
_OTHER = {Usage.TEST: Usage.PRODUCTION, Usage.PRODUCTION: Usage.TEST}


def refuse_mixed(settings: Settings, partner: TradingPartner, name: str, raw: bytes) -> None:
    """Refuse a file of one environment on its way into the other.

    name, raw  the file's name and its X12 bytes: ISA08 and ISA15 have fixed places in them
    Raises ConfigError with everything that disagrees; nothing of the file was sent.
    """
    wrong = tuple(_disagreements(settings.environment, partner, name, raw))
    if wrong:
        raise ConfigError(
            f"partner {partner.name}: this gateway's environment is {_NAMES[settings.environment]}, but "
            f"{'; '.join(wrong)}; {name} is not sent; correct gateway.toml or partners/{partner.name}.toml"
        )


def _disagreements(environment: Usage, partner: TradingPartner, name: str, raw: bytes) -> Iterator[str]:
    if partner.envelope.usage is not environment:
        yield f"the profile's envelope.usage is {partner.envelope.usage}"
    if _isa(raw, 15) != environment:
        yield f"ISA15 of the file is {_isa(raw, 15)!r}"
    if _isa(raw, 8) != partner.envelope.receiver_id:
        yield "ISA08 of the file is not the profile's envelope.receiver_id"
    ours, theirs = (partner.marks.get(one, Marks()) for one in (environment, _OTHER[environment]))
    if ours.receiver_id and _isa(raw, 8) != ours.receiver_id:
        yield f"ISA08 of the file is not {ours.receiver_id}"
    if ours.user and partner.mailbox.user != ours.user:
        yield f"the SFTP login is not {ours.user}"
    if ours.file_mark not in name:
        yield f"the file's name lacks {ours.file_mark}"
    if theirs.file_mark and theirs.file_mark != ours.file_mark and theirs.file_mark in name:
        yield f"the file's name has {theirs.file_mark}, which marks the other environment"


def _isa(raw: bytes, element: int) -> str:
    """Give an ISA element without its padding: the segment has fixed widths (X12.5 appendix B.1.1.4.1)."""
    starts = len("ISA*") + sum(width + 1 for width in ISA_WIDTHS[: element - 1])
    return raw[starts : starts + ISA_WIDTHS[element - 1]].decode("ascii", errors="replace").strip()
