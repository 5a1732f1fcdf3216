"""Check an X12 file in one pass, in bounded memory, and say all that is wrong with it as values.

SNIP level 1 is the envelope and what is countable, 2 the implementation guide, 3 balances, 4 what segments ask of each
other, 5 code sets. Nothing raises for what a file holds.
"""

import io
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO, Final

from gateway.edi.checking.envelope_record import Record
from gateway.edi.checking.envelope_verdicts import JudgedInterchange
from gateway.edi.checking.envelopes import EnoughError, EnvelopeCheck
from gateway.edi.follow.origin import Origin
from gateway.edi.guide.overlay import Overlay
from gateway.edi.guide.places import Guide
from gateway.edi.rules.context.lists import Lists
from gateway.edi.rules.context.unit import LATEST, Setting
from gateway.edi.rules.judge import Judge
from gateway.edi.rules.rulebook import BOOKS, asked_at
from gateway.edi.wire.counts import Counts
from gateway.edi.wire.finding import FINDINGS_MAX, WireFinding, WireSeverity

SNIP_MAX: Final = 5
_GUIDE: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a check came to.

    findings      in the order of the file
    interchanges  each with what it came to, in the order of the file, for whoever answers them
    more          whether there is more: the check ended with FINDINGS_MAX errors, or warnings beyond that were left out
    """

    findings: tuple[WireFinding, ...]
    counts: Counts
    interchanges: tuple[JudgedInterchange, ...]
    more: bool = False

    @property
    def accepted(self) -> bool:
        """Whether nothing is wrong that refuses a file."""
        return not any(one.severity is WireSeverity.ERROR for one in self.findings)


def check(
    source: bytes | BinaryIO,
    *,
    overlays: tuple[Overlay, ...] = (),
    snip: int = SNIP_MAX,
    today: date | None = None,
    codes: Path | None = None,
) -> Report:
    """Check a file: every interchange, functional group and transaction set in it.

    overlays  companion guides; each narrows the guide that it names. Raises ConfigError if one does not fit its guide.
    snip      how far to look: 2 envelope and guide, 3 also balances, 4 also situations, 5 also code sets
    today     what is in the future is not looked for without it
    codes     a folder with code lists that were imported; they go before the shipped ones
    """
    lists, day = Lists(codes), f"{today:%Y%m%d}" if today is not None else LATEST
    kept, record = _Kept(), Record()

    def tell(finding: WireFinding) -> None:
        record.note(finding)
        kept.take(finding)

    def following(guide: Guide | None, origin: Origin) -> Judge | None:
        if guide is None or origin.version not in BOOKS:
            return None
        asked = asked_at(guide, origin.version, snip)
        return Judge(guide, Setting(origin, lists, day), asked, tell)

    file = io.BytesIO(source) if isinstance(source, bytes) else source
    one = EnvelopeCheck(file, tell, overlays, following if snip > _GUIDE else None, record)
    try:
        for _ in one.run():
            pass  # a set's last piece, judged already
    except EnoughError:
        pass  # the report says that there is more
    return Report(findings=kept.in_order(), counts=one.counts, interchanges=record.interchanges(), more=kept.more)


class _Kept:
    """The findings of a file. FINDINGS_MAX errors end the check: the file is something else, or made to keep us busy."""

    def __init__(self) -> None:
        self._kept: list[WireFinding] = []
        self._left = dict.fromkeys(WireSeverity, FINDINGS_MAX)
        self.more = False

    def take(self, finding: WireFinding) -> None:
        """Keep a finding. Raises EnoughError behind the last error that is looked for."""
        if self._left[finding.severity]:
            self._left[finding.severity] -= 1
            self._kept.append(finding)
        else:
            self.more = True
        if not self._left[WireSeverity.ERROR]:
            self.more = True
            raise EnoughError

    def in_order(self) -> tuple[WireFinding, ...]:
        """Give them in the order of the file: a rule is asked about a piece when that was read."""
        return tuple(sorted(self._kept, key=lambda finding: finding.file_ordinal))
