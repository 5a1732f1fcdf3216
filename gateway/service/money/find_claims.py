"""Which claims of ours the answers of a remittance are about: those that are certain, and candidates for the others."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from gateway.ledger import Transaction, desk, lookups, outbox
from gateway.ledger.lookups import Likely, Named
from gateway.money import cents
from gateway.remit.as_billed import plain, procedure_of
from gateway.remit.ladder import LINE_DIGITS, Candidate, Known, Signs, Step, choose, days_of, ranked, score
from gateway.remittance import ClaimPayment

_OPENED_MAX: Final = 300
"""So many claims are opened for one answer."""
_BEGINNING: Final = 4
"""So many characters of a garbled number are looked up: one in a million claims begins with them."""


class Found(NamedTuple):
    """A claim of ours that an answer is certainly about, and by what it was found."""

    pcn: str
    step: Step


def find_claims(
    tx: Transaction, practice: str, payments: Sequence[ClaimPayment], *, partners: Collection[str], payer_id: str
) -> dict[int, Found]:
    """Give, by their ordinals, the claims of those answers of a remittance for which that is certain.

    partners  whose claims may be answered: the one that the remittance came from, and those that are listed with it
    payer_id  who answers: a payer's numbers are its own, of another payer's claim the same letters say nothing
    """
    finding = _Finding(tx, practice, payments, partners, payer_id)
    found = {}
    for payment in payments:
        chosen = choose(payment, finding.signs(payment)) or finding.placed(payment)
        if chosen is not None:
            found[payment.ordinal] = Found(*chosen)
    return found


class _Finding:
    """What the ledger knows of the numbers that answers give, read for all of them at once."""

    def __init__(
        self,
        tx: Transaction,
        practice: str,
        payments: Sequence[ClaimPayment],
        partners: Collection[str],
        payer_id: str,
    ) -> None:
        pcns = (one.patient_control_number for one in payments)
        self._by_pcn = lookups.by_pcns(tx, practice, {form for pcn in pcns for form in (pcn, plain(pcn))})
        self._own: dict[int, frozenset[str]] = {}
        named = (self._named(one) for one in payments if next(self._strange(one), ""))
        self._own = lookups.controls_of(tx, practice, {one.id for one in named if one is not None})
        controls = {form for one in payments for control in self._strange(one) for form in (control, plain(control))}
        self._owners = lookups.by_line_controls(tx, practice, controls)
        unnamed = [one for one in payments if self._named(one) is None]
        payers = desk.payers_of(tx, practice, payer_id) if payer_id and unnamed else frozenset()
        numbers = {one.payer_claim_number for one in unnamed} if payers else set()
        self._numbered = lookups.by_payer_numbers(tx, practice, numbers, payers=payers)
        ids = {one.id for each in (*self._owners.values(), *self._numbered.values()) for one in each}
        ids |= {one.id for one in self._by_pcn.values()}
        carriers = outbox.carriers_of(tx, practice, ids)
        self._left = {one for one, file in carriers.items() if file.partner in partners and file.may_have_left}
        by = {one: file.partner for one, file in carriers.items()}
        # A person has told what some numbers that are not ours mean.
        self._placed = desk.placed(tx, practice, {one.patient_control_number for one in unnamed})
        wanted = {one.id for payment in unnamed for one in (self._of_lines(payment), self._of_number(payment)) if one}
        self._known = {one.id: _known(one, by.get(one.id, "")) for one in lookups.likely(tx, practice, wanted)}

    def signs(self, payment: ClaimPayment) -> Signs:
        """Give what of an answer names claims of ours."""
        named = self._named(payment)
        owners = tuple(frozenset(one.pcn for one in each) for each in self._owners_of(payment) if each)
        if named is not None:
            return Signs(named.pcn, named.id in self._left, owners)
        of_lines, numbered = self._of_lines(payment), self._of_number(payment)
        return Signs(
            owners=owners,
            of_lines=self._known[of_lines.id] if of_lines else None,
            numbered=self._known[numbered.id] if numbered else None,
        )

    def placed(self, payment: ClaimPayment) -> tuple[str, Step] | None:
        """Give the claim that a person has placed an answer on which had both of its numbers, ours and the payer's."""
        numbered = self._of_number(payment)
        if numbered is not None and self._placed.get(payment.patient_control_number) == {numbered.pcn}:
            return numbered.pcn, Step.PERSON
        return None

    def _named(self, payment: ClaimPayment) -> Named | None:
        pcn = payment.patient_control_number
        return self._by_pcn.get(pcn) or self._by_pcn.get(plain(pcn))

    def _strange(self, payment: ClaimPayment) -> Iterator[str]:
        """Give the line controls that are not those of the claim that it names: nearly all are made of its number."""
        named = self._named(payment)
        own = self._own.get(named.id, frozenset()) if named is not None else frozenset()
        for line in payment.lines:
            is_made_of_it = named is not None and plain(line.control)[:-LINE_DIGITS] == named.pcn
            if line.control and not is_made_of_it and line.control not in own:
                yield line.control

    def _owners_of(self, payment: ClaimPayment) -> list[frozenset[Named]]:
        """Give, for each such line control, the claims that have it; none for one that is not ours."""
        none: frozenset[Named] = frozenset()
        return [
            self._owners.get(control, none) | self._owners.get(plain(control), none)
            for control in self._strange(payment)
        ]

    def _of_lines(self, payment: ClaimPayment) -> Named | None:
        return self._only(frozenset.intersection(*each)) if (each := self._owners_of(payment)) else None

    def _of_number(self, payment: ClaimPayment) -> Named | None:
        # Of two versions that have one number neither is taken, though only one of them has left.
        each = self._numbered.get(payment.payer_claim_number, frozenset())
        return self._only(each) if len(each) == 1 else None

    def _only(self, some: Collection[Named]) -> Named | None:
        left = [one for one in some if one.id in self._left]
        return left[0] if len(left) == 1 else None


def candidates(
    tx: Transaction, practice: str, payment: ClaimPayment, *, partner: str, limit: int = 5
) -> tuple[Candidate, ...]:
    """Give the claims of ours that an answer may be about, the likeliest first: for whom nothing certain speaks.

    Only claims that may have left, for whatever partner. Where several are equally likely all of them are given.
    """
    known = lookups.likely(tx, practice, _looked_up(tx, practice, payment))
    carriers = outbox.carriers_of(tx, practice, [one.id for one in known])
    left = {one: file.partner for one, file in carriers.items() if file.may_have_left}
    scored = (score(payment, _known(one, left[one.id]), partner=partner) for one in known if one.id in left)
    return ranked((one for one in scored if one is not None), limit)


def _looked_up(tx: Transaction, practice: str, payment: ClaimPayment) -> Collection[int]:
    """Find claims by what has an index; those that its numbers speak for first."""
    controls = {form for line in payment.lines for form in (line.control, plain(line.control)) if form}
    named: Mapping[str, frozenset[Named]] = {
        **lookups.by_line_controls(tx, practice, controls),
        **lookups.by_payer_numbers(tx, practice, {payment.payer_claim_number}),
    }
    found = dict.fromkeys(one.id for each in named.values() for one in each)
    numbers = {plain(payment.patient_control_number), *map(plain, controls)}
    beginnings = {one[:_BEGINNING] for one in numbers if len(one) >= _BEGINNING}
    found |= dict.fromkeys(lookups.beginning_with(tx, practice, beginnings, limit=_OPENED_MAX))
    days = days_of(payment) | ({payment.day} if payment.day else set())
    if days and len(found) < _OPENED_MAX:
        lines = {(procedure_of(line), abs(cents(line.charge))) for line in payment.lines}
        charge = abs(cents(payment.charge))
        found |= dict.fromkeys(lookups.of_days(tx, practice, days, charge_cents=charge, lines=lines, limit=_OPENED_MAX))
    return tuple(found)[:_OPENED_MAX]


def _known(one: Likely, partner: str) -> Known:
    billed = one.billed
    return Known(
        pcn=one.pcn,
        payer_claim_number=one.payer_claim_number,
        member_id=billed.member_id,
        patient=billed.patient,
        partner=partner,
        lines=billed.lines,
    )
