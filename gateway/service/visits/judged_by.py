"""What a held visit was judged by: while none of it has changed, and no day has come, nobody need look again.

That is the visit itself (a correction makes another version of it), the patient's other visits of the year and what was allowed
for them, the answers to its claim, its payer's file, the waivers, the practice's settings, the code lists that it imported, and the rules with
their tables as they are in this gateway. The days are those that a rule asked about (`Case.reached`) and the ends of
waivers that let a finding pass.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from gateway.codes.table import codes_folder
from gateway.document import written
from gateway.finding import Finding, Severity
from gateway.ledger import Transaction, standing_amounts
from gateway.ledger.visits import Other
from gateway.payer import Program
from gateway.scrub import Case
from gateway.service.office import Office
from gateway.settings.values import Waiver

_JUDGING: Final = ("scrub", "billing", "codes", "intake")
"""The rooms that decide what is found in a visit, with the tables in them."""
_NOUNS: Final = (
    "units.py",
    "episode.py",
    "same_patient.py",
    "names.py",
    "visit.py",
    "payer.py",
    "policy.py",
    "people.py",
    "finding.py",
    "claim.py",
)


class Grounds:
    """What the visits of one run are judged by; what they have in common is looked up once."""

    def __init__(self, office: Office) -> None:
        self._office = office
        settings = office.settings
        # Of the payers of other coverages the rules say who they are and whether a claim can name them, nothing else.
        payers = sorted((one.id, one.name, one.filing_code) for one in settings.payers.values())
        own = (office.practice, settings.staff, settings.policies, settings.still_holds)
        self._of_practice = _digest(_gateway(), own, payers, _imported(office))
        self._of_payers: dict[str, str] = {}

    def of(self, payer_id: str, others: tuple[tuple[int, int], ...], answers: str) -> str:
        """Digest what one visit is judged by.

        others   version ids of the same patient's other visits, with the cents that were allowed for each
        answers  what was ever answered to its claims
        """
        if payer_id not in self._of_payers:
            payer, waivers = self._office.settings.payer(payer_id), waivers_for(self._office, payer_id)
            self._of_payers[payer_id] = _digest(payer, waivers)
        return _digest(self._of_practice, self._of_payers[payer_id], others, answers)


def allowed_among(tx: Transaction, office: Office, seen: Iterable[tuple[str, Sequence[Other]]]) -> dict[int, int]:
    """Give the cents that Medicare has allowed for visits that others are judged beside, by visit id.

    seen  of each visit that is judged its payer's id, and the visits beside it. No other payer has a year's threshold
    """
    visit_ids = {
        one.visit_id
        for payer_id, others in seen
        if others and office.settings.payer(payer_id).program is Program.MEDICARE
        for one in others
    }
    return standing_amounts.allowed_of_visits(tx, office.practice.key, visit_ids) if visit_ids else {}


def with_allowed(others: Sequence[Other], allowed: Mapping[int, int]) -> tuple[tuple[int, int], ...]:
    """Give the version id of each other visit with the cents that were allowed for it."""
    return tuple((one.version_id, allowed.get(one.visit_id, 0)) for one in others)


def waivers_for(office: Office, payer_id: str) -> tuple[Waiver, ...]:
    """Give the waivers that may let a finding pass for a payer, whatever their day."""
    payer = office.settings.payer(payer_id)
    return tuple(
        one for one in office.settings.waivers if one.payer in {"", payer.id} and one.partner in {"", payer.partner}
    )


def look_again_on(office: Office, case: Case, found: tuple[Finding, ...]) -> date | None:
    """Give the first day after today on which the rules may find otherwise; None if no day changes anything."""
    rules = {one.rule for one in found if one.severity is not Severity.NOT_CHECKED}
    ends = (one.until for one in waivers_for(office, case.payer.id) if one.rule in rules)
    days = (*case.turns_on, *(end + timedelta(days=1) for end in ends if end < date.max))
    return min((day for day in days if day > case.today), default=None)


@cache
def _gateway() -> str:
    digest = hashlib.sha256()
    here = files("gateway")
    for name, content in (*((name, here / name) for name in _NOUNS), *_under(here, _JUDGING)):
        digest.update(name.encode() + b"\0" + content.read_bytes() + b"\0")
    return digest.hexdigest()


def _under(here: Traversable, rooms: tuple[str, ...]) -> Iterator[tuple[str, Traversable]]:
    for room in rooms:
        for entry in sorted((here / room).iterdir(), key=lambda one: one.name):
            if entry.is_file() and entry.name.endswith((".py", ".csv", ".toml")):
                yield f"{room}/{entry.name}", entry


def _imported(office: Office) -> list[list[object]]:
    """An import puts a whole file in the place of another: its size and time tell one from the other."""
    folder = codes_folder(office.settings.home)
    lists = sorted(folder.glob("*.csv")) if folder.is_dir() else []
    return [[ascii(one.name), one.stat().st_size, one.stat().st_mtime_ns] for one in lists]


def _digest(*said: object) -> str:
    return hashlib.sha256(written(said)).hexdigest()[:32]
