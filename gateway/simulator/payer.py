"""The payers' office: each claim of a file screened, adjudicated, and gathered into payments."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from gateway.remittance import REVERSAL
from gateway.simulator.acknowledging import ClaimVerdict
from gateway.simulator.adjudication import adjudicate
from gateway.simulator.advice import Payment
from gateway.simulator.incoming import ReceivedClaim
from gateway.simulator.memory import DENIED, AnsweredClaim, Counts, FileMemory, History
from gateway.simulator.reasons import Case
from gateway.simulator.screening import ACCEPTED, faults
from gateway.simulator.world import Member, Plan, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """All payers that a clearinghouse reaches, on the day `at`. `digest` tells this file's numbers from all others."""

    world: World
    partner: str
    digest: str
    at: date

    def decide(
        self, claims: Iterable[ReceivedClaim], history: History, first: int
    ) -> tuple[tuple[ClaimVerdict, ...], tuple[AnsweredClaim, ...]]:
        """Give the verdict of each claim, and the answers, reversals included, in their order.

        `history` learns of each claim before the next one is looked at; `first` numbers the first claim.
        """
        verdicts: list[ClaimVerdict] = []
        answered: list[AnsweredClaim] = []
        for ordinal, claim in enumerate(claims, start=first):
            found = faults(claim, world=self.world, history=history, partner=self.partner, at=self.at)
            number = "" if found else f"{self.digest}{ordinal:05}"
            verdicts.append(ClaimVerdict(claim=claim, statuses=found or (ACCEPTED,), number=number))
            if number:
                answered.extend(self._adjudicated(claim, number, history))
        return tuple(verdicts), tuple(answered)

    def _adjudicated(self, claim: ReceivedClaim, number: str, history: History) -> Iterator[AnsweredClaim]:
        """Take back what the claim replaces or voids, then decide it; a void is nothing but the taking back."""
        earlier = history.claim(claim.payer, claim.original) if claim.frequency != "1" else None
        if earlier is not None:
            history.add(FileMemory(ended=(earlier.number,)))
            yield earlier.taken_back()
        if claim.frequency != "8":
            decided = adjudicate(self._case(claim, history), number)
            history.add(FileMemory(claims=(decided,)))
            yield decided

    def _case(self, claim: ReceivedClaim, history: History) -> Case:
        """Everything that decides. Screening has seen to it that plan, member and enrolment are there."""
        payer, world = claim.payer, self.world
        since = (world.enrolled(npi, payer) or date.min for npi in (claim.billing_npi, claim.rendering))
        return Case(
            claim=claim,
            plan=world.plan(payer, claim.payer_name) or Plan(payer=payer),
            member=world.member(payer, claim.member) or Member(id=claim.member, payer=payer),
            enrolled=max(since),
            history=history,
            at=self.at,
            is_open=world.is_open,
        )

    def payments(
        self, answered: Iterable[AnsweredClaim], names: dict[str, str], history: History, *, first: int
    ) -> tuple[Payment, ...]:
        """Gather answers into payments, one for each payer and billing provider, traces numbered from `first`.

        `names` are the payers' on the claims, for those that only open mode knows.
        """
        gathered: dict[tuple[str, str], list[AnsweredClaim]] = {}
        for claim in answered:
            gathered.setdefault((claim.payer, claim.billing_npi), []).append(claim)
        return tuple(
            Payment(
                plan=self.world.plan(payer, names.get(payer, "")) or Plan(payer=payer),
                claims=tuple(claims),
                trace=f"{self.digest}{ordinal:09}{payer[:20]}",
                at=self.at,
                owed=history.debt(payer, npi),
            )
            for ordinal, ((payer, npi), claims) in enumerate(gathered.items(), start=first)
        )


def remembered(verdicts: Iterable[ClaimVerdict], payments: Iterable[Payment]) -> FileMemory:
    """Give what later files need to know of these verdicts and payments."""
    runs = tuple(payments)
    answered = [claim for run in runs for claim in run.claims]
    decided = tuple(claim for claim in answered if claim.status != REVERSAL)
    ended = tuple(claim.number for claim in answered if claim.status == REVERSAL)
    taken = [bool(verdict.number) for verdict in verdicts]
    counts = Counts(
        claims_accepted=sum(taken),
        claims_rejected=len(taken) - sum(taken),
        claims_paid=sum(1 for claim in decided if claim.status != DENIED),
        claims_denied=sum(1 for claim in decided if claim.status == DENIED),
        claims_reversed=len(ended),
    )
    money = [run.amount for run in runs]
    return FileMemory(
        claims=decided,
        ended=ended,
        debts=tuple((run.plan.payer, run.claims[0].billing_npi, run.debt) for run in runs if run.debt != run.owed),
        counts=replace(counts, paid=sum(money, counts.paid)),
    )
