"""The payers' office: each claim of a file screened, adjudicated, and gathered into payments."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from gateway.money import ZERO
from gateway.remittance import REVERSAL
from gateway.simulator.acknowledging import ClaimVerdict
from gateway.simulator.adjudication import adjudicate
from gateway.simulator.advice import Payment
from gateway.simulator.answered import DENIED, Spoken, Told
from gateway.simulator.incoming import ReceivedClaim
from gateway.simulator.memory import Counts, Debt, FileMemory, History
from gateway.simulator.reasons import Case
from gateway.simulator.scenario import Scenario, Steered
from gateway.simulator.screening import ACCEPTED, faults
from gateway.simulator.scripts import Script, denial_of, script
from gateway.simulator.world import Member, Plan, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """All payers that a clearinghouse reaches, on the day `at`. `digest` tells this file's numbers from all others."""

    world: World
    partner: str
    digest: str
    at: date
    scenario: Scenario = field(default_factory=Scenario)

    def decide(
        self, claims: Iterable[ReceivedClaim], history: History, first: int
    ) -> tuple[tuple[ClaimVerdict, ...], tuple[Spoken, ...], FileMemory]:
        """Give the verdict of each claim, the answers with the rounds in which they are said, and what to remember.

        `history` learns of each claim before the next one is looked at; `first` numbers the first claim.
        """
        verdicts: list[ClaimVerdict] = []
        spoken: list[Spoken] = []
        memory = FileMemory()
        for ordinal, claim in enumerate(claims, start=first):
            found = faults(claim, world=self.world, history=history, partner=self.partner, at=self.at)
            number = "" if found else f"{self.digest}{ordinal:05}"
            verdicts.append(ClaimVerdict(claim=claim, statuses=found or (ACCEPTED,), number=number))
            if number:
                said, steering = self._said(claim, number, history)
                spoken.extend(said)
                memory = memory.plus(steering)
        return tuple(verdicts), tuple(spoken), memory

    def _said(self, claim: ReceivedClaim, number: str, history: History) -> tuple[tuple[Spoken, ...], FileMemory]:
        steering = self.scenario.steers(claim, history)
        if steering is None:
            said = tuple(self._adjudicated(claim, number, history))
            replaced = tuple(_first_number(one.told.claim.number) for one in said if one.told.claim.status == REVERSAL)
            memory = FileMemory(dropped=replaced)
        else:
            place, steered = steering
            said = tuple(scripted(self.scenario, steered, self._case(claim, history), number))
            memory = FileMemory(steered=(place,))
            kept = tuple(one.told.claim for one in said if one.round == 1 and one.told.is_kept)
            history.add(FileMemory(claims=kept, steered=(place,)))
        return said, memory

    def _adjudicated(self, claim: ReceivedClaim, number: str, history: History) -> Iterator[Spoken]:
        """Take back what the claim replaces or voids, then decide it; a void is nothing but the taking back."""
        earlier = history.claim(claim.payer, claim.original) if claim.frequency != "1" else None
        if earlier is not None:
            history.add(FileMemory(ended=(earlier.number,)))
            yield Spoken(1, Told(claim=earlier.taken_back()))
        if claim.frequency != "8":
            decided = adjudicate(self._case(claim, history), number)
            history.add(FileMemory(claims=(decided,)))
            yield Spoken(1, Told(claim=decided))

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
        self, answered: Iterable[Told], names: dict[str, str], history: History, *, first: int
    ) -> tuple[Payment, ...]:
        """Gather answers into payments, one for each payer, billing provider and trace, traces numbered from `first`.

        `names` are the payers' on the claims, for those that only open mode knows.
        """
        gathered: dict[tuple[str, str, str, str], list[Told]] = {}
        for one in answered:
            key = (one.claim.payer, one.pays_as, one.claim.billing_npi, one.trace)
            gathered.setdefault(key, []).append(one)
        return tuple(
            Payment(
                plan=self.world.plan(payer, names.get(payer, "")) or Plan(payer=payer),
                told=tuple(told),
                trace=trace or f"{self.digest}{ordinal:09}{payer[:20]}",
                at=self.at,
                # A payment of its own settles nothing else; who pays under another id keeps books of its own there.
                owed=Debt(ZERO, "") if trace else history.debt(pays_as or payer, npi),
                recovers=() if trace else history.recovers(pays_as or payer, npi),
            )
            for ordinal, ((payer, pays_as, npi, trace), told) in enumerate(gathered.items(), start=first)
        )


def scripted(scenario: Scenario, steered: Steered, case: Case, number: str) -> tuple[Spoken, ...]:
    """Give what is said of a claim that a scenario steers: as the plan pays it, whatever it would deny, or denied."""
    refused = denial_of(steered.denial)
    paid = adjudicate(case, number, lambda *_: None)
    denied = adjudicate(case, number, lambda *_: refused)
    return script(scenario, Script(steered=steered, paid=paid, denied=denied))


def _first_number(number: str) -> str:
    """Give the number with which a claim began; a payer's correction has a C behind it."""
    return number.removesuffix("C")


def remembered(verdicts: Iterable[ClaimVerdict], payments: Iterable[Payment]) -> FileMemory:
    """Give what later files need to know of these verdicts and payments."""
    runs = tuple(payments)
    answered = [told.claim for run in runs for told in run.told if told.is_kept]
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
        debts=tuple((run.payer, run.claims[0].billing_npi, run.debt) for run in runs if run.debt != run.owed),
        recovers=tuple(one for run in runs for one in run.recovered_later),
        counts=replace(counts, paid=sum(money, counts.paid)),
    )
