"""The claims of ours that a remittance answers, read by the thousand before anything is written.

What the remittance does to them is worked out on these values first. Whether they are still as they were read is asked
once more when it is written: by how often each was answered, and by the state of each that it moves.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from gateway.ledger import Transaction, answers, claims
from gateway.ledger.answers import StoredAnswer
from gateway.ledger.claims import StoredClaim, StoredLine
from gateway.ledger.record import Billed
from gateway.lifecycle import ClaimState
from gateway.service.claims.answered import sent_claims


@dataclass(slots=True)
class Ours:
    """A claim of ours, and how the remittance leaves it.

    claim    as it was read
    answers  those known before
    """

    claim: StoredClaim
    billed: Billed
    lines: tuple[StoredLine, ...]
    answers: tuple[StoredAnswer, ...]
    state: ClaimState
    payer_claim_number: str
    is_posted_to: bool = False

    @property
    def is_changed(self) -> bool:
        """Whether anything of the claim itself is to be written, or its state decided what is."""
        return self.is_posted_to or self.payer_claim_number != self.claim.payer_claim_number

    def learn(self, payer_claim_number: str) -> None:
        """Keep the payer's own number of it; the newest that it told us stands."""
        self.payer_claim_number = payer_claim_number or self.payer_claim_number


class ClaimsAnswered(NamedTuple):
    """Claims by their patient control numbers, and how often those of these ids that were answered at all were."""

    by_pcn: dict[str, Ours]
    ids: tuple[int, ...]
    answers: dict[int, int]

    @property
    def visit_ids(self) -> Iterator[int]:
        """The visits that they are of: who has locked those is alone with the claims."""
        return (one.claim.visit_id for one in self.by_pcn.values())

    def are_as_they_were(self, tx: Transaction, practice: str) -> bool:
        """Tell whether none of them was answered since."""
        return answers.counted(tx, practice, self.ids) == self.answers


def read_claims(tx: Transaction, practice: str, pcns: Collection[str], *, partner: str) -> ClaimsAnswered:
    """Read which of those claims may have left for that partner, as they stand."""
    sent = sent_claims(tx, practice, pcns, partner=partner)
    ids = tuple(claim.id for claim, _ in sent.values())
    lines, known = claims.lines_of_all(tx, practice, ids), answers.of_versions(tx, practice, ids)
    by_pcn = {
        pcn: Ours(
            claim=claim,
            billed=billed,
            lines=lines.get(claim.id, ()),
            answers=known.get(claim.id, ()),
            state=claim.state,
            payer_claim_number=claim.payer_claim_number,
        )
        for pcn, (claim, billed) in sent.items()
    }
    return ClaimsAnswered(by_pcn, ids, answers.counted(tx, practice, ids))
