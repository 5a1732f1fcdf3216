"""One remittance posted: what is ours goes to our lines to the cent, what is not is parked, what does not add up waits.

It is read, matched and worked out before the transaction that writes it, in which nothing is worked out any more: that the
claims are still as they were read is asked once more, and then everything is written in a few statements.
After each remittance posted + parked = BPR02, or our own arithmetic is wrong and nothing of it is kept.
"""

from dataclasses import dataclass

from gateway.desk import ItemKind
from gateway.errors import LedgerConflict, OutOfBalance
from gateway.event import Event, EventSeverity
from gateway.ledger import Transaction, events
from gateway.ledger import remittances as money
from gateway.ledger.desk import NewItem
from gateway.ledger.inbound import InboundFile, Reason
from gateway.ledger.remittances import RemittanceState, StoredRemittance
from gateway.money import from_cents, shown
from gateway.remit import balance
from gateway.remittance import Remittance
from gateway.service.money.claims_answered import ClaimsAnswered, read_claims
from gateway.service.money.claims_named import claims_named
from gateway.service.money.find_claims import find_claims
from gateway.service.money.reckon import reckon
from gateway.service.money.reckoned import Reckoned
from gateway.service.money.set_aside import put_on_desk, take_from_desk
from gateway.service.money.set_off import set_off, set_off_strangers
from gateway.service.money.write_reckoned import write_reckoned
from gateway.service.office import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A remittance ready to be written.

    why       why it is set aside; empty when it is posted
    same      the remittance as which it was posted before, with the same claims
    answered  the claims that it answers, as it leaves them
    reckoned  what is to be written; nothing of one that is set aside
    """

    remittance: Remittance
    why: str
    same: StoredRemittance | None
    answered: ClaimsAnswered
    reckoned: Reckoned


class Remitting:
    """The remittances of one inbound file. `although` is what a person has looked into and overrules."""

    def __init__(self, office: Office, file: InboundFile, although: Reason | None = None) -> None:
        self.although = although
        self.office = office
        self.file = file
        self.practice = office.practice.key
        self.partners = office.settings.answered_by(file.partner)

    def prepare(self, remittance: Remittance) -> Prepared:
        """Read what a remittance is about, and work it out; nothing is written."""
        with self.office.ledger.reading() as tx:
            before = money.posted_before(tx, self.practice, remittance)
            found = find_claims(
                tx, self.practice, remittance.claims, partners=self.partners, payer_id=remittance.payer_id
            )
            answered = read_claims(tx, self.practice, found, partners=self.partners)
            named = claims_named(tx, self.practice, remittance, answered)
        same = next((one for one in before if one.digest == money.digest_of(remittance)), None)
        why = "" if same else self._unfit(remittance, before, answered)
        reckoned = Reckoned() if why or same else reckon(self.office, self.file, remittance, answered.by_ordinal, named)
        return Prepared(remittance=remittance, why=why, same=same, answered=answered, reckoned=reckoned)

    def write(self, tx: Transaction, prepared: Prepared, which: str = "") -> bool:
        """Write what was prepared; tells whether a person has to look. `which` says which set of its file it is.

        Raises LedgerConflict if what was read has changed meanwhile: then it has to be prepared anew.
        """
        if prepared.same is not None:
            self._say_repeated(tx, prepared.remittance, prepared.same)
            return False
        if prepared.why:
            aside = self._keep(tx, prepared.remittance, RemittanceState.SET_ASIDE, prepared.why)
            number = put_on_desk(tx, self.office, aside, prepared.remittance, prepared.why)
            self._say_set_aside(tx, prepared.remittance, prepared.why, number)
            return True
        if not prepared.answered.are_as_they_were(tx, self.practice):
            raise LedgerConflict("a claim that is answered has changed meanwhile; read it again before acting")
        stored = self._keep(tx, prepared.remittance, RemittanceState.POSTED, "")
        take_from_desk(tx, self.office, stored)
        overpaid = write_reckoned(tx, self.office, stored, prepared.reckoned, prepared.answered.by_pcn.values())
        put = [one for one in prepared.reckoned.told if isinstance(one, NewItem)]
        if prepared.remittance.provider_adjustments or overpaid:
            set_off(tx, self.office, stored.payer_id)
        references = {one.reference for one in put if one.kind is ItemKind.STRANGER and one.cents}
        if references:
            set_off_strangers(tx, self.office, stored.payer_id, references)
        self._say_posted(tx, stored, prepared, which)
        return prepared.reckoned.looks

    def _say_repeated(self, tx: Transaction, remittance: Remittance, same: StoredRemittance) -> None:
        said = Event(
            kind="remittance.repeated",
            about=remittance.trace,
            partner=self.file.partner,
            said=f"remittance {remittance.trace} over {shown(remittance.payment)} was posted before, as remittance {same.id}, "
            "with the same claims; nothing was posted twice",
            artefact=f"inbound {self.file.id}",
            actor=self.office.actor,
        )
        events.write(tx, self.practice, said, at=self.office.clock.now())

    def _unfit(self, remittance: Remittance, before: tuple[StoredRemittance, ...], answered: ClaimsAnswered) -> str:
        """Say why a remittance cannot be posted; empty when it can."""
        try:
            balance.check(remittance)
        except OutOfBalance as wrong:
            return str(wrong)
        if remittance.is_debit:
            return (
                f"BPR03 is D: {shown(remittance.payment)} are taken from the practice's account; ask the bank and the payer "
                "what was taken for which claims before anything of it is posted"
            )
        twice = self._twice(remittance, before)
        if twice:
            return twice
        partner = self.office.settings.partners.get(self.file.partner)
        if not self._pays_us(remittance, answered):
            return (
                "this remittance is for another payee; ask the partner whose it is. If the payee is you, add its NPI or "
                f"tax id to payees in partners/{self.file.partner}.toml, then: gateway inbox reprocess {self.file.id}"
            )
        if partner and partner.payers and remittance.payer_id not in partner.payers:
            return (
                f"its payer is none of those that may pay through {self.file.partner}; ask the partner. If it may, add "
                f"its id to payers in partners/{self.file.partner}.toml, then: gateway inbox reprocess {self.file.id}"
            )
        return ""

    def _twice(self, remittance: Remittance, before: tuple[StoredRemittance, ...]) -> str:
        """Say that it may have been posted before; empty if a person knows better, or it cannot have been."""
        if not before or self.although is Reason.PAYMENT_REUSED:
            return ""
        if not all(one.digest for one in before):
            return f"it was posted before, as remittance {before[-1].id}; nothing was posted twice"
        if not remittance.payment:
            return ""
        return (
            f"a payment of the same trace, day and amount was posted before, as remittance {before[-1].id}, for other claims; "
            f"ask the payer which counts. If both do: gateway inbox reprocess {self.file.id} --same-payment"
        )

    def _pays_us(self, remittance: Remittance, answered: ClaimsAnswered) -> bool:
        """Whether its payee is the practice, one that the partner's profile names, or who billed one of its claims."""
        payee, partner = remittance.payee_id.replace("-", ""), self.office.settings.partners.get(self.file.partner)
        billing = self.office.practice.billing
        if payee in {billing.npi, billing.tax_id, *(partner.payees if partner else ())}:
            return True
        return any(payee in one.billed.payees for one in answered.by_pcn.values())

    def _keep(self, tx: Transaction, remittance: Remittance, state: RemittanceState, why: str) -> StoredRemittance:
        before = money.set_aside_before(tx, self.practice, remittance, inbound_id=self.file.id)
        if before is not None:
            return money.take_up(tx, self.practice, before, state, why, digest=money.digest_of(remittance))
        return money.add(
            tx,
            self.practice,
            remittance,
            inbound_id=self.file.id,
            partner=self.file.partner,
            state=state,
            why=why,
            at=self.office.clock.now(),
        )

    def _say_set_aside(self, tx: Transaction, remittance: Remittance, why: str, item: int) -> None:
        said = Event(
            kind="remittance.set_aside",
            about=remittance.trace,
            partner=self.file.partner,
            said=f"remittance {remittance.trace} over {shown(remittance.payment)}: {why}",
            severity=EventSeverity.WAKE,
            after=RemittanceState.SET_ASIDE,
            artefact=f"inbound {self.file.id}",
            next_command=f"gateway money show {item}",
        )
        events.write(tx, self.practice, said, at=self.office.clock.now())

    def _say_posted(self, tx: Transaction, stored: StoredRemittance, prepared: Prepared, which: str) -> None:
        done, remittance = prepared.reckoned, prepared.remittance
        said = Event(
            kind="remittance.posted",
            about=remittance.trace,
            partner=self.file.partner,
            said=f"remittance {stored.id}, trace {remittance.trace}: {shown(remittance.payment)} = "
            f"{shown(from_cents(done.posted))} posted + {shown(from_cents(done.parked))} parked" + which,
            after=RemittanceState.POSTED,
            artefact=f"inbound {self.file.id}",
            actor=self.office.actor,
        )
        events.write(tx, self.practice, said, at=self.office.clock.now())
