"""The claims of ours that a remittance answers, read by the thousand before anything is written.

What the remittance does to them is worked out on these values first. Whether they are still as they were read is asked
once more when it is written: by how often each was answered, and by the state of each that it moves.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from gateway.desk import ItemState
from gateway.ledger import Transaction, answers, claims, desk
from gateway.ledger.answers import Mark, StoredAnswer
from gateway.ledger.claims import StoredClaim, StoredLine
from gateway.ledger.desk import DeskItem
from gateway.ledger.record import Billed
from gateway.lifecycle import ClaimState
from gateway.service.claims.answered import sent_claims
from gateway.service.money.find_claims import Found


@dataclass(slots=True)
class Ours:
    """A claim of ours, and how the remittance leaves it.

    claim    as it was read
    answers  those known before
    items    what is on the desk, or was, that is tied to it
    payers   under which ids its payer pays: its own, and those that a person has confirmed
    found_by how each new answer, by the place of its CLP, was known to be about it
    taken_off  answers that a person takes off its lines now
    asks_patient  a person asks the patient now for what was denied and left to them
    """

    claim: StoredClaim
    billed: Billed
    lines: tuple[StoredLine, ...]
    answers: tuple[StoredAnswer, ...]
    state: ClaimState
    payer_claim_number: str
    items: tuple[DeskItem, ...] = ()
    payers: frozenset[str] = frozenset()
    found_by: dict[int, str] = field(default_factory=dict)
    taken_off: frozenset[int] = frozenset()
    asks_patient: bool = False
    is_posted_to: bool = False

    @property
    def is_changed(self) -> bool:
        """Whether anything of the claim itself is to be written, or its state decided what is."""
        return self.is_posted_to or self.payer_claim_number != self.claim.payer_claim_number

    def is_by_its_payer(self, payer_id: str) -> bool:
        """Tell whether who answers under that id is the claim's payer. Who gives none is taken for it."""
        return not payer_id or payer_id in self.payers

    def learn(self, payer_claim_number: str) -> None:
        """Keep the payer's own number of it; the newest that it told us stands."""
        self.payer_claim_number = payer_claim_number or self.payer_claim_number


class ClaimsAnswered(NamedTuple):
    """The claims that a remittance answers.

    by_pcn      by their patient control numbers
    by_ordinal  by the place of the CLP of each answer that is about one
    ids         of those of them that were answered before; `answers` is how each answer to them stood
    """

    by_pcn: dict[str, Ours]
    by_ordinal: dict[int, Ours]
    ids: tuple[int, ...]
    answers: dict[int, tuple[Mark, ...]]

    @property
    def visit_ids(self) -> Iterator[int]:
        """The visits that they are of: who has locked those is alone with the claims."""
        return (one.claim.visit_id for one in self.by_pcn.values())

    def are_as_they_were(self, tx: Transaction, practice: str) -> bool:
        """Tell whether none of them was answered since, and nobody has decided about an answer."""
        return answers.marks(tx, practice, self.ids) == self.answers


def read_claims(
    tx: Transaction, practice: str, found: Mapping[int, Found], *, partners: Collection[str]
) -> ClaimsAnswered:
    """Read the claims that were found, as they stand.

    found  by the place of the CLP of each answer
    """
    sent = sent_claims(tx, practice, {one.pcn for one in found.values()}, partners=partners)
    ids = tuple(claim.id for claim, _ in sent.values())
    lines, known = claims.lines_of_all(tx, practice, ids), answers.of_versions(tx, practice, ids)
    # Nothing is on the desk of a claim that nobody has answered.
    answered = [claim.pcn for claim, _ in sent.values() if claim.id in known]
    items: dict[str, list[DeskItem]] = {}
    for one in desk.of_claims(tx, practice, answered, states=tuple(ItemState)):
        items.setdefault(one.claim, []).append(one)
    aliases = desk.aliases(tx, practice, {claim.payer for claim, _ in sent.values()})
    by_pcn = {
        pcn: Ours(
            claim=claim,
            billed=billed,
            lines=lines.get(claim.id, ()),
            answers=known.get(claim.id, ()),
            state=claim.state,
            payer_claim_number=claim.payer_claim_number,
            items=tuple(items.get(pcn, ())),
            payers=aliases.get(claim.payer, frozenset()) | {claim.payer},
        )
        for pcn, (claim, billed) in sent.items()
    }
    by_ordinal = {ordinal: by_pcn[one.pcn] for ordinal, one in found.items() if one.pcn in by_pcn}
    for ordinal, ours in by_ordinal.items():
        ours.found_by[ordinal] = found[ordinal].step
    return ClaimsAnswered(by_pcn, by_ordinal, ids, answers.marks(tx, practice, ids))
