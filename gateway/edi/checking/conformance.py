"""The one function through which each outgoing interchange is judged before it is sealed."""

from datetime import date
from pathlib import Path
from typing import Final

from gateway.edi.checking.check import check
from gateway.edi.guide.overlay import Overlay
from gateway.edi.wire.finding import WireSeverity
from gateway.errors import OutboundWireError

_SHOWN_MAX: Final = 10


def judge(
    raw: bytes, *, overlays: tuple[Overlay, ...] = (), today: date | None = None, codes: Path | None = None
) -> None:
    """Raise OutboundWireError with the places if the interchange does not conform (SNIP 1 to 5).

    What may only warn keeps nothing back. See `check` for `overlays` (and ConfigError), `today` and `codes`.
    """
    found = check(raw, overlays=overlays, today=today, codes=codes).findings
    errors = [one for one in found if one.severity is WireSeverity.ERROR]
    if not errors:
        return
    shown = "; ".join(map(str, errors[:_SHOWN_MAX]))
    more = f"; and {len(errors) - _SHOWN_MAX} more" if len(errors) > _SHOWN_MAX else ""
    raise OutboundWireError(f"the interchange does not conform: {shown}{more}; nothing was sealed; correct the claims")
