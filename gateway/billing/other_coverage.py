"""Who covers a patient beside the first payer, as the claim to that one names them.

They are not billed here yet. They are named all the same: the first payer wants to know (005010X222A1, loop 2320), and what
it leaves is theirs before it is the patient's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from gateway.billing.member_id import as_on_claim
from gateway.claim import OtherPayer
from gateway.payer import Payer
from gateway.people import Coverage
from gateway.visit import Visit

_TURNS: Final = "STABCDEFGH"
"""SBR01 of those behind the first."""
_KIND_NOT_KNOWN: Final = "ZZ"
"""SBR09 where the type of insurance is not known: what is assumed of a payer to scrub its claims is not said of it."""


class OtherCoverage(NamedTuple):
    """A coverage of a visit behind its first.

    place    among the coverages of the visit, counted from 1
    repeats  the place of an earlier coverage that is the same one; 0 if there is none
    """

    place: int
    repeats: int
    payer: OtherPayer


def other_coverages(visit: Visit, policies: Sequence[Payer]) -> tuple[OtherCoverage, ...]:
    """Give the coverages of a visit behind its first; `policies` are those of their payers, in the same order."""
    return tuple(_others(visit.coverages, policies))


def _others(coverages: tuple[Coverage, ...], policies: Sequence[Payer]) -> Iterator[OtherCoverage]:
    turns = iter(_TURNS)
    for index, (coverage, policy) in enumerate(zip(coverages[1:], policies, strict=True), start=1):
        earlier = (at for at, one in enumerate(coverages[:index], start=1) if _is_same(one, coverage))
        repeats = next(earlier, 0)
        turn = "" if repeats else next(turns)
        yield OtherCoverage(place=index + 1, repeats=repeats, payer=_named(coverage, policy, turn))


def _is_same(one: Coverage, other: Coverage) -> bool:
    """Tell whether two coverages are one that was given twice; where they differ in the group or the subscriber, they are not.

    A person may well have two policies with one payer: what is not certain is not taken for the same.
    """
    if not (one.payer_id and one.member_id):
        return False
    groups = {each.group_number.upper() for each in (one, other)} - {""}
    return _known_by(one) == _known_by(other) and len(groups) <= 1


def _known_by(coverage: Coverage) -> tuple[object, ...]:
    member = coverage.member_id.replace("-", "").replace(" ", "").upper()
    return coverage.payer_id, member, coverage.claim_number.upper(), coverage.relationship, coverage.subscriber


def _named(coverage: Coverage, policy: Payer, turn: str) -> OtherPayer:
    """Put the payer's name where only its id was given, as is done for the first."""
    name = coverage.payer_name or policy.name or coverage.payer_id
    return OtherPayer(
        name=name,
        sequence=turn,
        filing_code=_KIND_NOT_KNOWN if policy.assumed else policy.filing_code,
        coverage=replace(coverage, payer_name=name, member_id=as_on_claim(coverage, policy)),
    )
