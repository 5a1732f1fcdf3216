"""What is wrong with single elements of the segments around transaction sets: ISA, GS, TA1, GE and IEA (X12.5, X12.6).

`envelope_faults` says whether numbers and counts agree; whoever only reads a file goes by that, for these tell nothing of
whether it is whole.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from typing import Final

from gateway.edi.checking.envelope_faults import group_fault, interchange_fault
from gateway.edi.follow.element_faults import element_faults
from gateway.edi.guide.tree import envelope_uses
from gateway.edi.wire.finding import WireFinding, WireSeverity
from gateway.edi.wire.segment import Delimiters

_ISA_CODES: Final = {1: "010", 2: "011", 3: "012", 4: "013", 5: "005", 6: "006", 7: "007", 8: "008"}
"""TA105 by the element of ISA; of the others `envelope_faults` tells."""
_QUALIFIERS, _NAMES = frozenset({5, 7}), frozenset({6, 8})
_OF_OTHER_TRADES: Final = frozenset(f"{number:02}" for number in (*range(1, 5), *range(7, 39))) | {
    "AM",
    "NR",
    "SA",
    "SN",
}
"""Qualifiers of X12 that the guides of health care leave out, such as 12 for a telephone number: some partners use them."""
_STRUCTURE: Final = "022"
"""TA105 of whatever else is wrong with a segment of the interchange."""
_TOLD_ELSEWHERE: Final = {"GS": frozenset({1, 6, 8}), "GE": frozenset({2}), "IEA": frozenset({2})}
"""What is compared with something: `envelope_faults` tells of it, and `guide_choice` of GS01 and GS08."""


def envelope_element_faults(parts: Sequence[str], marks: Delimiters, told: Container[int]) -> Iterator[WireFinding]:
    """Give what is wrong with the elements of such a segment, its id first; `told` are those of which enough was said."""
    segment = parts[0]
    if segment == "ISA":
        yield from _isa_faults(parts, told)
        return
    for fault in element_faults(envelope_uses()[segment], list(parts), marks):
        if fault.position in told or fault.position in _TOLD_ELSEWHERE.get(segment, ()):
            continue
        if segment in {"GS", "GE"}:
            yield group_fault("", fault.said, segment=segment, at=fault.position, value=fault.value)
        else:
            yield interchange_fault(_STRUCTURE, fault.said, segment=segment, at=fault.position, value=fault.value)


def _isa_faults(isa: Sequence[str], told: Container[int]) -> Iterator[WireFinding]:
    """Give what is wrong with who speaks to whom. Their widths are fixed, and padded with blanks."""
    use = envelope_uses()["ISA"]
    for position, code in _ISA_CODES.items():
        if position in told:
            continue
        value, codes, severity = isa[position], use.codes_at(position, 0), WireSeverity.ERROR
        if codes and value not in codes:
            said = "is none of the guide's codes"
            if position in _QUALIFIERS and value in _OF_OTHER_TRADES:
                severity = WireSeverity.WARNING
        elif not value.isascii() or not value.isprintable():
            said = "holds a character beyond plain ASCII"
        elif position in _NAMES and not value.strip():
            said = "names nobody"
        else:
            continue
        found = interchange_fault(code, f"ISA{position:02} {said}", segment="ISA", at=position, value=value)
        yield replace(found, severity=severity)


def is_qualifier(text: str) -> bool:
    """Tell whether this says of what kind an interchange's id is (ISA05, ISA07)."""
    return text in envelope_uses()["ISA"].codes_at(5, 0) or text in _OF_OTHER_TRADES
