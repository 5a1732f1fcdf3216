"""The kinds of download that can be imported, and how each becomes one of our tables."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import partial
from types import MappingProxyType
from typing import Final, NamedTuple

from gateway.codes.official import cms, editions, ncci, x12_list
from gateway.codes.official.download import Row, refused
from gateway.codes.table import FACTS, Table

_DATED: Final = ("code", "from", "to")


class Download(NamedTuple):
    """A kind of download.

    table      the table it becomes
    source     who publishes it
    wants      the file that is wanted, in words
    columns    of the table
    read       reads the rows from a file's text; raises IntakeError
    surely     the first cells that every edition holds: without one of them it is another file, or a part
    begins     the first day an edition is for, from its file's name; None if that does not tell
    ends       the last day, from the day it was published for, or published on; None when open
    since      the first day the table is for whatever the edition, None when it is the edition's own
    keeps      whether codes that the edition lacks stay: the publisher takes retired ones off the page
    joins      whether the edition is joined to the one before it: the publisher tells no days of a code
    """

    table: str
    source: str
    wants: str
    columns: tuple[str, ...]
    read: Callable[[str, str], Iterator[Row]]
    surely: frozenset[str]
    begins: Callable[[str], date | None]
    ends: Callable[[date], date | None]
    since: date | None = None
    keeps: bool = False
    joins: bool = False


def _untold(_: str) -> None:
    return None


def _open(_: date) -> None:
    return None


def _x12(table: str, number: int, page: str, shape: str, surely: Iterable[str]) -> Download:
    shaped = re.compile(shape)
    return Download(
        table=table,
        source=f"X12 external code source {number}, imported",
        wants=f"X12's page of {page} (x12.org/codes), all of it copied into a file, saved, or as CSV",
        columns=_DATED,
        read=lambda text, wants: x12_list.read(text, shaped, wants),
        surely=frozenset(surely),
        begins=_untold,
        ends=editions.x12_publishes_again,
        since=date(1995, 1, 1),
        keeps=True,
    )


_cms = partial(Download, begins=editions.of_quarter, ends=editions.quarter_ends)

KINDS: Final[Mapping[str, Download]] = MappingProxyType(
    {
        "icd10cm": Download(
            table="icd10cm",
            source="CDC/NCHS ICD-10-CM code descriptions, imported: the billable codes, without their dots",
            wants="icd10cm-order-YYYY.txt or icd10cm-codes-YYYY.txt of CDC or CMS (code descriptions in tabular order)",
            columns=_DATED,
            read=cms.diagnoses,
            surely=frozenset({"A000", "Z9989"}),
            begins=editions.of_fiscal_year,
            ends=editions.fiscal_year_ends,
            joins=True,
        ),
        "carc": _x12(
            "adjustment_reasons", 139, "claim adjustment reason codes", "[A-Z]?[1-9][0-9]{0,2}|A0", ("1", "45", "B7")
        ),
        "rarc": _x12("remarks", 411, "remittance advice remark codes", "(?:M|MA|N)[0-9]{1,4}", ("M1", "MA01", "N30")),
        "claim-status-category": _x12(
            "status_categories", 507, "claim status category codes", "[A-Z][0-9]{1,2}[A-Z]?|RQ", ("A1", "A7", "F1")
        ),
        "claim-status": _x12("statuses", 508, "claim status codes", "0|[1-9][0-9]{0,2}", ("1", "21", "562")),
        "place-of-service": Download(
            table="place_of_service",
            source="CMS place of service code set, imported; names are ours",
            wants="the page Place of Service Code Set of cms.gov, saved, or its table as CSV",
            columns=("code", "name", "telehealth", "from", "to"),
            read=cms.places,
            surely=frozenset({"02", "10", "11", "12", "99"}),
            begins=_untold,
            ends=_open,
            since=date(2005, 1, 1),
        ),
        "hcpcs": _cms(
            table="hcpcs",
            source="CMS alpha-numeric HCPCS file, imported: procedures of level II and modifiers",
            wants="HCPC20YY_MON_ANWEB.txt of CMS, the fixed-width text of the alpha-numeric HCPCS file",
            columns=_DATED,
            read=cms.hcpcs,
            surely=frozenset({"G0283", "GP"}),
        ),
        "taxonomy": Download(
            table="taxonomy",
            source="NUCC health care provider taxonomy, imported",
            wants="nucc_taxonomy_VVV.csv of nucc.org",
            columns=_DATED,
            read=cms.taxonomy,
            surely=frozenset({"225100000X", "225X00000X", "235Z00000X"}),
            begins=editions.of_half_year,
            ends=editions.half_year_ends,
            joins=True,
        ),
        "ptp": _cms(
            table="ptp",
            source="CMS NCCI procedure-to-procedure edits, Medicare practitioner services, imported: therapy codes only",
            wants="all ccipra-vNNNrN-fN.txt of CMS (practitioner PTP edits, several files of one quarter, not the xlsx)",
            columns=("column1", "column2", "indicator", "from", "to"),
            read=ncci.pairs,
            surely=frozenset({"97140", "98940"}),
        ),
        "mue": _cms(
            table="mue",
            source="CMS NCCI medically unlikely edits, Medicare practitioner services, imported",
            wants="MCR_MUE_PractitionerServices_Eff_MM-DD-YYYY.csv of CMS (not the xlsx)",
            columns=("code", "units", "indicator", "from", "to"),
            read=ncci.limits,
            surely=frozenset({"97110", "97140"}),
        ),
    }
)


def rows_of(kind: Download, texts: Iterable[str]) -> tuple[Row, ...]:
    """Read one edition from its files. Raises IntakeError if it is another list, or only a part of it."""
    rows = tuple(dict.fromkeys(row for text in texts for row in kind.read(text, kind.wants)))
    missing = sorted(kind.surely - {row[0] for row in rows})
    if missing:
        seen = f"{len(rows)} codes were read and {missing[0]}, which every edition holds, is not among them"
        raise refused(seen, kind.wants)
    return rows


def with_retired(kind: Download, rows: tuple[Row, ...], former: Table) -> tuple[Row, ...]:
    """Add the rows of the former table whose codes the edition does not name, where the publisher drops retired codes."""
    named = {row[0] for row in rows}
    kept = (tuple(row[column] for column in kind.columns) for row in former.rows() if row["code"] not in named)
    return (*rows, *kept) if kind.keeps else rows


def joined(kind: Download, rows: tuple[Row, ...], former: Table, starts: date) -> tuple[tuple[Row, ...], date]:
    """Give the rows, and the first day they are for, with those of the edition that went before without a gap.

    A code of both holds on; one that is new holds from `starts`, one that is gone held to the day before. Where the
    former edition ended earlier, or began no earlier, it is replaced.
    """
    last = starts - timedelta(days=1)
    if not kind.joins or former.starts is None or former.starts >= starts or (former.ends or last) < last:
        return rows, starts
    past = [(row["code"], row.get("from", ""), row.get("to", "")) for row in former.rows()]
    past = [row for row in past if row[1] <= last.isoformat()]
    open_then = {code: since for code, since, until in past if not until or until > last.isoformat()}
    now = {row[0] for row in rows}
    held = ((code, open_then.get(code, starts.isoformat()), "") for code, *_ in rows)
    gone = ((code, since, last.isoformat()) for code, since in open_then.items() if code not in now)
    earlier = (row for row in past if row[0] not in open_then or (row[2] and row[2] <= last.isoformat()))
    return tuple(dict.fromkeys((*held, *gone, *earlier))), former.starts


def written(
    kind: Download, rows: Iterable[Row], *, published: date, retrieved: date, starts: date, ends: date | None
) -> str:
    """Write a table as `table.parse` reads it."""
    effective = f"{starts} to {ends}" if ends is not None else f"{starts} to"
    head = zip(FACTS, (kind.source, published, retrieved, effective), strict=True)
    lines = [*(f"# {fact}: {told}" for fact, told in head), ",".join(kind.columns)]
    return "\n".join((*lines, *(",".join(map(_cell, row)) for row in rows))) + "\n"


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\n') else text
