"""The demo as a story for a billing manager who has never seen X12."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

from gateway.cli.face.say import say
from gateway.cli.face.show import counted
from gateway.cli.reconcile.line import summary
from gateway.ledger.denials import StoredDenial
from gateway.money import from_cents, shown
from gateway.service.inbound.collect import Collected
from gateway.service.inbound.outcome import Posted
from gateway.service.outbound.batch import Sealed
from gateway.service.outbound.deliver import Round
from gateway.service.setup.rehearse import Rehearsed
from gateway.service.views.claims import ClaimShown
from gateway.service.visits.import_visits import TakenIn
from gateway.service.visits.scrub import Scrubbed

_BAR = 40


class Story:
    """Tells each step as it happens; keeps what the funnel at the end needs. `quiet` tells nothing."""

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet
        self.number = 0
        self.held: list[Scrubbed] = []
        self.clean = 0

    def say(self, text: str = "") -> None:
        """Print one line."""
        if not self.quiet:
            say(text)

    def step(self, what: str) -> None:
        """Print the headline of a step."""
        self.number += 1
        self.say(f"{self.number:2}. {what}")

    def taken_in(self, outcome: TakenIn) -> None:
        """Tell how many visits there are, and which rows were refused."""
        self.say(f"    {counted(sum(outcome.counts.values()), 'visit')} taken in")
        for fault in outcome.faults:
            self.say(f"    row {fault.row}, visit {fault.visit_key}: {fault.field} {fault.what}; {fault.fix}")

    def scrubbed(self, outcome: tuple[Scrubbed, ...]) -> None:
        """Tell how many became claims, and how many a person has to look at first."""
        self.held = [one for one in outcome if one.holds]
        self.clean = len(outcome) - len(self.held)
        self.say(
            f"    {counted(self.clean, 'claim')} made; {counted(len(self.held), 'visit')} held before a claim exists"
        )
        assumed = Counter(one.what for each in outcome for one in each.findings if one.rule == "PAYER_ASSUMED")
        for what, number in assumed.items():
            self.say(f"    {number} x {what}")

    def sealed(self, outcome: Sealed) -> None:
        """Tell which files were sealed."""
        for file in outcome.files:
            self.say(f"    {file.name} for {file.partner}, {file.size} bytes")
        for one in outcome.unwritable:
            self.say(f"    claim of visit {one.visit} cannot be written: {one.why}")

    def delivered(self, outcome: tuple[Round, ...]) -> None:
        """Tell what became of each file."""
        for one in outcome:
            for file in one.files:
                self.say(f"    {file.file} to {file.partner}: {file.state}, {file.why.split(';')[0]}")
            if one.problem is not None:
                self.say(f"    {one.partner}: {one.problem}")

    def collected(self, outcome: tuple[Collected, ...]) -> None:
        """Tell how many answers came from whom."""
        for one in outcome:
            if one.called:
                self.say(f"    {counted(len(one.files), 'answer')} from {one.partner}")
            if one.problem is not None:
                self.say(f"    {one.partner}: {one.problem}")

    def posted(self, outcome: tuple[Posted, ...]) -> None:
        """Tell what the answers were."""
        kinds: Counter[str] = Counter()
        for one in outcome:
            kinds.update(one.kinds)
            if one.why:
                self.say(f"    {one.name}: {one.why}")
        self.say("    " + (", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items())) or "nothing came"))

    def end(self, outcome: Rehearsed, folder: Path) -> None:
        """Tell how it ended: the funnel, what is held, rejected and denied with each fix, the money, the zeros."""
        self._held()
        self._rejected(outcome)
        self._denied(outcome)
        self._funnel(outcome)
        self._money(outcome)
        self.say()
        for law in outcome.reconciled.laws:
            self.say(f"{'holds ' if not law.broken else 'BROKEN'} {law.law}")
        self.say()
        self.say(summary(outcome.reconciled))
        self.say()
        again = f"gateway --home {outcome.home} --today {outcome.today}"
        self.say(f"Look around: {again} denials list (or claims list, visits list --state held, tail, remits list)")
        self.say(f"Everything is in {folder}; wipe it with: rm -r {folder}")

    def _held(self) -> None:
        if not self.held:
            return
        self.say()
        self.say(f"HELD before a claim exists ({len(self.held)}): the payer never sees these until they are right")
        for one in self.held:
            for found in one.holds:
                self.say(f"  visit {one.visit}: {found.what}")
                self.say(f"      fix ({found.owner}): {found.fix}")

    def _rejected(self, outcome: Rehearsed) -> None:
        if not outcome.rejected:
            return
        self.say()
        self.say(f"REJECTED by the clearinghouse ({len(outcome.rejected)}): never adjudicated; correct and send anew")
        for one in outcome.rejected:
            self.say(f"  visit {one.claim.visit_key}, claim {one.claim.pcn}: {_last_refusal(one)}")

    def _denied(self, outcome: Rehearsed) -> None:
        if not outcome.denials:
            return
        self.say()
        self.say(
            f"DENIED by the payers ({len(outcome.denials)} lines): what the documentation lacks, and which way to take"
        )
        for one in outcome.denials:
            self._denial(one)

    def _denial(self, one: StoredDenial) -> None:
        due = f", due {one.due_on}" if one.due_on else ""
        self.say(
            f"  visit {one.visit_key}, {one.procedure}, {shown(from_cents(one.cents))}: {one.group_code} {one.carc} "
            f"{one.rarcs}".rstrip()
            + f" - {one.cause}"
        )
        if one.note_section != "none":
            self.say(f"      note section: {one.note_section}")
        self.say(f"      fix ({one.owner}): {one.fix}")
        self.say(f"      route: {one.route.replace('_', ' ')}{due}")

    def _funnel(self, outcome: Rehearsed) -> None:
        visits = sum(outcome.reconciled.visits.values())
        states = {str(state): number for state, number in outcome.reconciled.claims.items()}
        self.say()
        self.say("FUNNEL")
        for name, number in (
            ("visits", visits),
            ("held", len(self.held)),
            ("claims sent", self.clean),
            ("rejected", states.get("rejected", 0)),
            ("paid", states.get("paid", 0)),
            ("paid in part", states.get("partial", 0)),
            ("denied", states.get("denied", 0)),
            ("no answer yet", outcome.unanswered),
        ):
            bar = "#" * round(_BAR * number / visits) if visits else ""
            self.say(f"  {name:14} {number:5}  {bar}")

    def _money(self, outcome: Rehearsed) -> None:
        self.say()
        self.say(f"MONEY: {shown(outcome.reconciled.charged)} charged on claims")
        for name, amount in sorted(_money_of(outcome).items(), key=lambda pair: -pair[1]):
            if amount:
                self.say(f"  {name:18} {shown(amount):>14}")
        aside = outcome.reconciled.set_aside
        if outcome.reconciled.parked != Decimal(0) or aside:
            self.say(f"  parked {shown(outcome.reconciled.parked)}, set aside {shown(aside)}")


def _money_of(outcome: Rehearsed) -> dict[str, Decimal]:
    """Give the dollars by the words of the funnel: of what no payer answered, what was rejected stands by itself."""
    money = dict(outcome.reconciled.buckets)
    rejected = from_cents(sum(one.claim.charge_cents for one in outcome.rejected))
    unanswered = money.pop("not yet answered", Decimal(0))
    return {**money, "rejected": rejected, "no answer yet": unanswered - rejected}


def _last_refusal(one: ClaimShown) -> str:
    refusals = [answer.what for answer in one.answers if answer.verdict == "rejected"]
    return refusals[-1] if refusals else "its file was rejected"
