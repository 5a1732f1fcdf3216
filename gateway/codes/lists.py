"""Is a code listed on a day? The one answer for every outside list that the implementation guides refer to.

A list that ended before the day, or began after it, cannot deny a code that may have come since: the answer is then
ASSUMED and may only warn, unless the code has not even the shape of one that its publisher could have added.

    reasons = code_list(Kind.CARC)
    reasons.listed("45", day)

Each list is read once a process and kept as sets; hold on to a `CodeList` where many codes are asked for.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from gateway.codes.table import Span, Table, having, kept, load, span


class Listed(StrEnum):
    """What a list says of a code on a day."""

    YES = "listed"
    NO = "not listed"
    ASSUMED = "assumed"
    """The list does not hold it, but was not published for that day: this may only warn."""


class Kind(StrEnum):
    """The lists, by where their codes stand. Those of the guides themselves (CAS01, PLB03-1) are in the guides' maps."""

    STATE = "state or province"
    """N402 where the country is the United States or Canada, CLM11-4; pyx12's `states`."""
    COUNTRY = "country"
    """N404, CLM11-5: ISO 3166-1 alpha-2; pyx12's `country`."""
    CURRENCY = "currency"
    """CUR02: ISO 4217; pyx12's `currency`."""
    PLACE = "place of service"
    """CLM05-1 and SV105 of the 837P: CMS, code source 237; pyx12's `pos`."""
    CARC = "claim adjustment reason"
    """CAS02, CAS05 and on: code source 139."""
    RARC = "remittance advice remark"
    """LQ02 with LQ01 HE, MOA03 to MOA07, MIA05 and MIA20 to MIA23: code source 411; pyx12's `remark_code`."""
    STATUS_CATEGORY = "claim status category"
    """STC01-1: code source 507; pyx12's `claim_status_cat`."""
    STATUS = "claim status"
    """STC01-2: code source 508; pyx12's `claim_status`."""
    ENTITY = "entity identifier"
    """STC01-3; pyx12's `entity_id`."""
    DIAGNOSIS = "billable ICD-10-CM diagnosis"
    """HI with ABK, ABF and the like, upper case and without its dot."""
    TAXONOMY = "provider taxonomy"
    """PRV03: NUCC, code source 682."""
    PROCEDURE = "HCPCS procedure"
    """SV101-2 and SVC01-2 with qualifier HC. Level I, which is CPT, is judged by its shape alone."""
    MODIFIER = "HCPCS modifier"
    """SV101-3 to SV101-6. Those of CPT are judged by their shape alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeList:
    """One list, prepared for being asked.

    always        codes that hold on every day
    dated         codes with the days from and to which they hold, both inclusive, None when open
    starts, ends  the days that the list was published for, None when open
    addable       the shape of a code that its publisher may have added since
    elsewhere     the shape of codes that are right but not in this list, None when there are none
    lines         the list as text where a code that begins others is divided further, "" where codes have no such order
    """

    always: frozenset[str]
    dated: Mapping[str, tuple[Span, ...]]
    starts: date | None
    ends: date | None
    addable: re.Pattern[str]
    elsewhere: re.Pattern[str] | None
    lines: str

    def listed(self, code: str, day: date) -> Listed:
        """Tell what the list says of `code`, spelled as on the wire, on `day`."""
        if self.holds(code, day):
            return Listed.YES
        if code in self.dated:
            return Listed.NO
        if self.elsewhere is not None and self.elsewhere.fullmatch(code):
            return Listed.YES
        return Listed.ASSUMED if self._may_have(code, day) else Listed.NO

    def holds(self, code: str, day: date) -> bool:
        """Tell whether `code` stands in the list for `day`."""
        if code in self.always:
            return True
        spans = self.dated.get(code, ())
        return any((starts is None or starts <= day) and (ends is None or day <= ends) for starts, ends in spans)

    def covers(self, day: date) -> bool:
        """Tell whether the list was published for `day`."""
        return (self.starts is None or self.starts <= day) and (self.ends is None or day <= self.ends)

    def _may_have(self, code: str, day: date) -> bool:
        """Tell whether a code that the list lacks can be right on a day that it was not published for."""
        if not self.addable.fullmatch(code):
            return False
        if self.starts is not None and day < self.starts:
            return True
        # What is divided stays divided; it may have been whole before the list began.
        return self.ends is not None and day > self.ends and f"\n{code}" not in self.lines


class _Source(NamedTuple):
    """Where a list lies: its table, the room that ships it (None: it has to be imported), and the shapes."""

    table: str
    room: str | None
    addable: re.Pattern[str]
    elsewhere: re.Pattern[str] | None = None


_OUTSIDE: Final = "gateway.codes.external"

_SOURCES: Final[Mapping[Kind, _Source]] = MappingProxyType(
    {
        Kind.STATE: _Source("states", _OUTSIDE, re.compile("[A-Z]{2}")),
        Kind.COUNTRY: _Source("countries", _OUTSIDE, re.compile("[A-Z]{2}")),
        Kind.CURRENCY: _Source("currencies", _OUTSIDE, re.compile("[A-Z]{3}")),
        Kind.PLACE: _Source("place_of_service", "gateway.codes", re.compile("[0-9]{2}")),
        Kind.CARC: _Source("adjustment_reasons", _OUTSIDE, re.compile("[34][0-9]{2}|P[1-9][0-9]?")),
        Kind.RARC: _Source("remarks", _OUTSIDE, re.compile("N[1-9][0-9]{2}|N1[0-9]{3}")),
        Kind.STATUS_CATEGORY: _Source("status_categories", _OUTSIDE, re.compile("[ADEFPR][0-9]{1,2}[A-Z]?")),
        Kind.STATUS: _Source("statuses", _OUTSIDE, re.compile("8[0-9]{2}")),
        Kind.ENTITY: _Source("entities", _OUTSIDE, re.compile("[A-Z0-9]{2,3}")),
        Kind.DIAGNOSIS: _Source("icd10cm", "gateway.codes", re.compile("[A-Z][0-9][0-9A-Z][0-9A-Z]{0,4}")),
        Kind.TAXONOMY: _Source("taxonomy", None, re.compile("[0-9A-Z]{9}X")),
        Kind.PROCEDURE: _Source("hcpcs", None, re.compile("[A-Z][0-9]{4}"), re.compile("[0-9]{4}[0-9AFMTU]")),
        Kind.MODIFIER: _Source("hcpcs", None, re.compile("[0-9A-Z]{2}"), re.compile("[1-9][0-9]|P[1-6]|[1238]P")),
    }
)


def listed(kind: Kind, code: str, day: date, folder: Path | None = None) -> Listed:
    """Tell what the list `kind` says of `code` on `day`; the practice's own list in `folder` goes before the shipped."""
    return code_list(kind, folder).listed(code, day)


def code_list(kind: Kind, folder: Path | None = None) -> CodeList:
    """Give a list for being asked often. Raises ConfigError if its table is malformed.

    Of taxonomy, procedures and modifiers none is shipped: without an imported one their shape alone decides.
    """
    return _prepared(kind, having_of(kind, folder))


def having_of(kind: Kind, folder: Path | None) -> Path | None:
    """Give the practice's folder if its own list of that kind lies there, else None."""
    return having(_SOURCES[kind].table, folder)


@cache
def _prepared(kind: Kind, folder: Path | None) -> CodeList:
    source = _SOURCES[kind]
    table = load(source.table, source.room, folder) if source.room is not None else kept(source.table, folder)
    if table is None:
        return _shape_alone(source)
    always, dated = _codes(table)
    return CodeList(
        always=always,
        dated=MappingProxyType(dated),
        starts=table.starts,
        ends=table.ends,
        addable=source.addable,
        elsewhere=source.elsewhere,
        lines=table.body if kind is Kind.DIAGNOSIS else "",
    )


def _shape_alone(source: _Source) -> CodeList:
    right = (
        source.addable.pattern if source.elsewhere is None else f"{source.addable.pattern}|{source.elsewhere.pattern}"
    )
    return CodeList(
        always=frozenset(),
        dated=MappingProxyType({}),
        starts=None,
        ends=None,
        addable=source.addable,
        elsewhere=re.compile(right),
        lines="",
    )


def _codes(table: Table) -> tuple[frozenset[str], dict[str, tuple[Span, ...]]]:
    header, *lines = table.body.splitlines()
    if header == "code":
        return frozenset(lines), {}
    if header == "code,from,to":  # seventy thousand diagnoses, nearly all without days: no mapping for each
        open_ended = frozenset(line[:-2] for line in lines if line.endswith(",,"))
        with_days = (line for line in lines if not line.endswith(",,"))
        return open_ended, _by_code(replace(table, body="\n".join((header, *with_days))).rows())
    dated = _by_code(table.rows())
    return frozenset(code for code, spans in dated.items() if (None, None) in spans), dated


def _by_code(rows: Iterable[Mapping[str, str]]) -> dict[str, tuple[Span, ...]]:
    found: dict[str, tuple[Span, ...]] = {}
    for row in rows:
        found[row["code"]] = (*found.get(row["code"], ()), span(row))
    return found
