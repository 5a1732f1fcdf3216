r"""X12 5010 as values: segments, envelopes, the 837P that we write and the answers that we read.

What stands in `__all__` here is a library for anybody: files in, typed values out, in a stream and in bounded memory. It
needs no ledger and no settings, writes no log, and raises for nothing that a file holds. A file is its bytes, or anything
opened for reading bytes.

`check` says all that is wrong with a file (SNIP 1 to 5), and `acknowledge` answers it (TA1, 999):

>>> from pathlib import Path
>>> from datetime import datetime
>>> from gateway.edi import acknowledge, check, read_claims, read_remittances, write_claims, write_remittances
>>> claims_file = Path("samples/837p/medicare_self.edi").read_bytes()
>>> check(claims_file).accepted
True
>>> [(one.file_ordinal, one.segment, one.element) for one in check(claims_file.replace(b"*CH~", b"*XX~")).findings]
[(4, 'BHT', 6)]

>>> for answer in acknowledge(check(claims_file).interchanges, at=datetime(2026, 11, 26, 10, 15), control=41):
...     print(answer.kind, answer.control, answer.verdict)
TA1 41 accepted
999 42 accepted

`read_claims` gives each claim of an 837P with what it stands in; use none for good before the reading `is_whole`:

>>> reading = read_claims(claims_file)
>>> for claim in reading:
...     print(claim.charge, claim.subscriber.name, [line.code for line in claim.lines])
175.50 ZELLER ['97110', '97140']
>>> reading.is_whole
True

`write_claims` writes claims that were read, all or some; if nothing was changed it is the file again:

>>> b"".join(write_claims(read_claims(claims_file))) == claims_file.replace(b"\n", b"")
True

`read_remittances` gives each 835 with its payments one at a time, and `write_remittances` writes it again:

>>> remittance_file = Path("samples/835/two_claims.edi").read_bytes()
>>> for remittance in read_remittances(remittance_file):
...     print(remittance.payment, [str(one.payment.paid) for one in remittance.payments()])
129.50 ['130.00', '0.00']
>>> b"".join(write_remittances(read_remittances(remittance_file))) == remittance_file.replace(b"\n", b"")
True
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gateway.edi.answer.acknowledging import Acknowledgment, acknowledge
    from gateway.edi.checking.check import Report, check
    from gateway.edi.guide.overlay import Overlay, read_overlay
    from gateway.edi.read.claim import ClaimReading
    from gateway.edi.read.claim import read as read_claims
    from gateway.edi.read.one_pass import Reading
    from gateway.edi.read.remittance import PaymentReading, RemittanceReading
    from gateway.edi.read.remittance import read as read_remittances
    from gateway.edi.wire.finding import WireFinding
    from gateway.edi.write.rewriting import write_claims, write_remittances

__all__ = (
    "Acknowledgment",
    "ClaimReading",
    "Overlay",
    "PaymentReading",
    "Reading",
    "RemittanceReading",
    "Report",
    "WireFinding",
    "acknowledge",
    "check",
    "read_claims",
    "read_overlay",
    "read_remittances",
    "write_claims",
    "write_remittances",
)

# Each is imported when it is asked for: whoever wants a segment need not wait for the guides.
_WHERE: Final = {
    "Acknowledgment": "answer.acknowledging:Acknowledgment",
    "ClaimReading": "read.claim:ClaimReading",
    "Overlay": "guide.overlay:Overlay",
    "PaymentReading": "read.remittance:PaymentReading",
    "Reading": "read.one_pass:Reading",
    "RemittanceReading": "read.remittance:RemittanceReading",
    "Report": "checking.check:Report",
    "WireFinding": "wire.finding:WireFinding",
    "acknowledge": "answer.acknowledging:acknowledge",
    "check": "checking.check:check",
    "read_claims": "read.claim:read",
    "read_overlay": "guide.overlay:read_overlay",
    "read_remittances": "read.remittance:read",
    "write_claims": "write.rewriting:write_claims",
    "write_remittances": "write.rewriting:write_remittances",
}


def __getattr__(name: str) -> object:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, named = _WHERE[name].partition(":")
    return getattr(import_module(f"{__name__}.{module}"), named)
