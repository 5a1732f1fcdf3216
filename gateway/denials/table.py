"""Denial advice, most specific first.

Each row of denials.csv names what it is about: a CARC, a remark, a procedure, a program, a payer, or several of these;
an empty cell fits all. Of the rows that fit, one decides. They are compared in turn by

1. a remark that says the claim was never adjudicated (MA130): nothing else matters then
2. the payer, then the program: named beats empty
3. the procedure: named beats empty
4. CARC and remark named together
5. for a CARC that leaves the reason to the remark (16, 96, 226, ...) the remark alone, then the CARC alone;
   for any other CARC the CARC alone, then the remark alone
6. the remark's place on the remittance

The last row names nothing: a person reads it. Then payer and group code bend the route (see route.resolve).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from gateway.codes.rarc import RarcKind
from gateway.codes.rarc import rarc as remark
from gateway.codes.table import Table, load
from gateway.denials.route import DEADLINE_OF, Deadline, Patient, Route, resolve
from gateway.finding import Owner
from gateway.payer import Payer
from gateway.remittance import QMB, GroupCode

SILENT: Final = frozenset({"16", "96", "226", "227", "250", "251", "252", "A1"})
"""CARCs that leave the reason to the remark."""

_KEYS: Final = ("carc", "rarc", "procedure", "program", "payer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What to do about one denial.

    note_section   where in the note to look, `none` when the note has no part in it
    missing        what exactly the note or the claim lacks
    fix            what to do, with the condition that decides where there are two ways; a signed note is never altered,
                   only a truthful dated addendum is added
    route          the way that can be taken with this payer and group
    route_because  why that is not the row's own route; empty when it is
    decided_by     the row's key, such as `CARC 50, procedure 97124`
    source         where the row is from; judgement is called so
    """

    category: str
    owner: Owner
    note_section: str
    cause: str
    missing: str
    fix: str
    route: Route
    route_because: str
    deadline: Deadline
    decided_by: str
    source: str


def advise(
    *,
    carc: str,
    rarcs: Sequence[str],
    group: GroupCode,
    procedure: str,
    payer: Payer,
    has_another_payer: bool = False,
) -> Advice:
    """Give the advice of the most specific row that fits.

    procedure          may be empty for an adjustment of a claim
    has_another_payer  whether the patient has another coverage, which was not billed yet
    """
    fitting = (row for row in rows() if _fits(row, carc, rarcs, procedure, payer))
    row = max(fitting, key=lambda row: _rank(row, carc, rarcs))
    wanted = Route(row["route"])
    patient = Patient(has_another_payer=has_another_payer, is_never_asked=not QMB.isdisjoint(rarcs))
    route, because = resolve(wanted, payer=payer, group=group, patient=patient)
    return Advice(
        category=row["category"],
        owner=Owner(row["owner"]),
        note_section=row["note_section"],
        cause=row["cause"],
        missing=row["missing"],
        fix=row["fix"],
        route=route,
        route_because=because,
        deadline=Deadline(row["deadline_class"]) if route is wanted else DEADLINE_OF[route],
        decided_by=key(row),
        source=row["source"],
    )


def table() -> Table:
    """Give the list with its head, for `gateway doctor`."""
    return load("denials", "gateway.denials")


@cache
def rows() -> tuple[Mapping[str, str], ...]:
    """Give every row, the one that fits all last."""
    return table().rows()


def key(row: Mapping[str, str]) -> str:
    """Name a row by what it is about."""
    words = ("CARC", "remark", "procedure", "program", "payer")
    named = [f"{word} {row[column]}" for word, column in zip(words, _KEYS, strict=True) if row[column]]
    return ", ".join(named) or "no row: a person reads it"


def _fits(row: Mapping[str, str], carc: str, rarcs: Sequence[str], procedure: str, payer: Payer) -> bool:
    return (
        row["carc"] in {"", carc}
        and (not row["rarc"] or row["rarc"] in rarcs)
        and row["procedure"] in {"", procedure}
        and row["program"] in {"", payer.program}
        and row["payer"] in {"", payer.id}
    )


def _rank(row: Mapping[str, str], carc: str, rarcs: Sequence[str]) -> tuple[int, ...]:
    reason, said = bool(row["carc"]), bool(row["rarc"])
    known = remark(row["rarc"]) if said else None
    alone = (said, reason) if carc in SILENT else (reason, said)
    return (
        known is not None and known.kind is RarcKind.REJECTION,
        bool(row["payer"]),
        bool(row["program"]),
        bool(row["procedure"]),
        reason and said,
        *alone,
        -rarcs.index(row["rarc"]) if said else 0,
    )
