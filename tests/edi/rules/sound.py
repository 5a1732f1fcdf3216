"""Sound files, rich enough that each rule of SNIP 3 to 5 has something in them to be broken.

A body is the segments of one transaction set, one a line, from behind ST to before SE.
"""

from datetime import date
from typing import Final

from tests.edi.rules.sound_claims import CLAIMS
from tests.edi.rules.sound_payments import PAYMENTS

TODAY: Final = date(2026, 11, 26)

BODIES: Final = {**CLAIMS, **PAYMENTS}


def file_of(name: str, body: list[str]) -> bytes:
    """Put the envelope of a body's guide around it."""
    if name in CLAIMS:
        function, st, version = "HC", "ST*837*0001*005010X222A1", "005010X222A1"
    else:
        function, st, version = "HP", "ST*835*0001", "005010X221A1"
    texts = [
        "ISA*00*          *00*          *ZZ*RIVERBEND      *ZZ*CLEARHOUSE     *261123*1205*^*00501*000000041*1*T*:",
        f"GS*{function}*RIVERBEND*CLEARHOUSE*20261123*1205*17*X*{version}",
        st,
        *body,
        f"SE*{len(body) + 2}*0001",
        "GE*1*17",
        "IEA*1*000000041",
    ]
    return "".join(f"{text}~" for text in texts).encode()


def sound(name: str) -> bytes:
    """Give a sound file."""
    return file_of(name, BODIES[name].splitlines())
