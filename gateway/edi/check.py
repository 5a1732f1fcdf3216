"""Check an X12 file in one pass, in bounded memory, and say all that is wrong with it as values.

Level 1 is the envelope and what is countable, level 2 the implementation guide. Nothing raises for what a file holds.
"""

import io
from dataclasses import dataclass, replace
from typing import BinaryIO, Final

from gateway.edi.counts import Counts
from gateway.edi.envelope_check import EnoughError, EnvelopeCheck
from gateway.edi.judged import JudgedInterchange
from gateway.edi.overlay import Overlay
from gateway.edi.record import Record
from gateway.edi.wire_finding import WireFinding, WireSeverity

FINDINGS_MAX: Final = 5_000
"""After so many a file is not looked at further: it is something else, or made to keep us busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a check came to.

    findings      in the order of the file
    interchanges  each with what it came to, in the order of the file, for whoever answers them
    more          whether the check ended early, with FINDINGS_MAX
    """

    findings: tuple[WireFinding, ...]
    counts: Counts
    interchanges: tuple[JudgedInterchange, ...]
    more: bool = False

    @property
    def accepted(self) -> bool:
        """Whether nothing is wrong that refuses a file."""
        return not any(one.severity is WireSeverity.ERROR for one in self.findings)


def check(source: bytes | BinaryIO, *, overlays: tuple[Overlay, ...] = ()) -> Report:
    """Check a file: every interchange, functional group and transaction set in it.

    overlays  companion guides; each narrows the guide that it names. Raises ConfigError if one does not fit its guide.
    """
    findings: list[WireFinding] = []
    record = Record()

    def tell(finding: WireFinding) -> None:
        findings.append(replace(finding, unit=one.unit))
        record.note(findings[-1])
        if len(findings) == FINDINGS_MAX:
            raise EnoughError

    file = io.BytesIO(source) if isinstance(source, bytes) else source
    one, more = EnvelopeCheck(file, tell, overlays, record=record), False
    try:
        for _ in one.run():
            raise AssertionError("nobody follows, so nothing is handed on")
    except EnoughError:
        more = True
    return Report(findings=tuple(findings), counts=one.counts, interchanges=record.interchanges(), more=more)
