"""Garbled answers posted on a real ledger: where their money went, and who was proposed for what could not be placed."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Final

from sqlalchemy import select, update

from gateway.claim import Claim, Frequency, ServiceLine
from gateway.edi.write.envelope import OutboundGroup, OutboundSet
from gateway.event import Event
from gateway.ledger import Transaction, claims, desk, events, numbers, visits
from gateway.ledger.claims import NewClaim
from gateway.ledger.tables import answers, claim_versions, payments, postings, remittances, service_lines
from gateway.ledger.visits import NewVersion
from gateway.lifecycle import VisitState
from gateway.money import from_cents, wire
from gateway.service.money.find_claims import candidates
from gateway.service.office import Office
from tests import people
from tests.people import NOW
from tests.service import clinic
from tests.service.money.garbled import Garbled, Truth, TruthLine, could_be, garble, population

_IN_A_SET: Final = 4
HEAD: Final = 10
"""Segments before the first CLP: ST and those that `_set` writes."""


@dataclass
class Tally:
    """What became of a thousand answers. `ambiguous` fit several claims, so that nobody can tell which is meant."""

    posted: int = 0
    proposed: int = 0
    left_alone: int = 0
    ambiguous: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    must: int = 0
    must_posted: int = 0

    @property
    def share(self) -> float:
        """The part of the answers that went to the right line, or to a right first proposal; strangers left alone count."""
        right = self.posted + self.proposed + self.left_alone
        return right / (right + len(self.missed) + len(self.wrong))


@dataclass
class GarbledLedger:
    """A practice with sent claims, and garbled answers to them."""

    office: Office
    seed: int
    number: int
    truths: tuple[Truth, ...] = ()
    pcns: list[str] = field(default_factory=list)
    garbled: list[Garbled] = field(default_factory=list)
    places: dict[tuple[str, int], int] = field(default_factory=dict)

    def play(self) -> Tally:
        self.truths = population(self.seed, self.number)
        self._send()
        self.garbled = [
            garble(
                self.seed,
                truth,
                pcn,
                tuple(f"{pcn}{place:02}" for place in range(1, len(truth.lines) + 1)),
                f"ICN{self.seed}{at:05}" if at % 2 else "",
            )
            for at, (truth, pcn) in enumerate(zip(self.truths, self.pcns, strict=True))
        ]
        self._post("earlier", {at: one.earlier for at, one in enumerate(self.garbled) if one.earlier})
        self._post("garbled", {at: one.segments for at, one in enumerate(self.garbled)})
        return self._tallied()

    def _send(self) -> None:
        practice = self.office.practice.key
        with self.office.ledger.writing() as tx:
            self.pcns = list(numbers.patient_control_numbers(tx, len(self.truths)))
            for truth, pcn in zip(self.truths, self.pcns, strict=True):
                if truth.is_ours:
                    self._make(tx, truth, pcn)
        clinic.delivered(self.office)
        with self.office.ledger.writing() as tx:
            for truth in self.truths:
                if truth.replaces is not None and truth.is_ours:
                    earlier = claims.by_pcn(tx, practice, self.pcns[truth.replaces])
                    assert earlier is not None
                    mine = claim_versions.c.id == earlier.id
                    tx.execute(update(claim_versions).where(mine).values(state="replaced"))
                    events.write(tx, practice, _said(earlier.pcn, "replaced"), at=NOW)

    def _make(self, tx: Transaction, truth: Truth, pcn: str) -> None:
        practice = self.office.practice.key
        visit = visits.add(tx, practice, _visit(truth), at=NOW)
        new = NewClaim(visit=visit, claim=_claim(truth, pcn), partner="north", event=_said(pcn, "ready"))
        claims.add_all(tx, practice, [new], at=NOW)

    def _post(self, name: str, some: dict[int, tuple[str, ...]]) -> None:
        """Have answers come, those of one payer in sets of some dozen."""
        sets: list[OutboundSet] = []
        by_payer: defaultdict[str, list[int]] = defaultdict(list)
        for at in some:
            by_payer[self.truths[at].payer].append(at)
        for payer, mine in sorted(by_payer.items()):
            for first in range(0, len(mine), _IN_A_SET):
                trace = f"{name[:1].upper()}{len(sets):04}"
                sets.append(
                    self._set(trace, payer, {at: some[at] for at in mine[first : first + _IN_A_SET]}, len(sets))
                )
        if sets:
            group = OutboundGroup(function="HP", control=1, version="005010X221A1", sets=tuple(sets))
            clinic.arrived(self.office, clinic.file_of(group, 7 if name == "earlier" else 8), name=name)
            clinic.all_posted(self.office)

    def _set(self, trace: str, payer: str, some: dict[int, tuple[str, ...]], number: int) -> OutboundSet:
        paid = sum((Decimal(one[0].split("*")[4]) for one in some.values()), Decimal(0))
        # What is taken from the practice in all is carried forward: a remittance pays nothing or something.
        carried = min(paid, Decimal(0))
        texts = [
            f"BPR*I*{wire(paid - carried)}*C*ACH*CCP*01*999999992*DA*123*1999999999**01*999988880*DA*456*20261120",
            f"TRN*1*{trace}*1999999999",
            "DTM*405*20261120",
            f"N1*PR*PAYER*XV*{payer}",
            "N3*1 PAY ST",
            "N4*CHICAGO*IL*60601",
            "PER*BL*HELP*TE*8005550100",
            "N1*PE*ELM STREET THERAPY*XX*1234567893",
            "LX*1",
        ]
        assert len(texts) + 1 == HEAD
        for at, segments in some.items():
            self.places[trace, len(texts) + 2] = at
            texts += segments
        if carried:
            texts.append(f"PLB*1234567893*20261231*FB:{trace}*{wire(carried)}")
        segments_ = tuple(clinic._s(text) for text in texts)
        return OutboundSet(code="835", control=f"{number + 1:04}", guide="005010X221A1", segments=segments_)

    def _tallied(self) -> Tally:
        tally = Tally()
        with self.office.ledger.reading() as tx:
            assert all(one == "posted" for one in tx.execute(select(remittances.c.state)).scalars())
            kept = {
                (row.trace, row.ordinal): row
                for row in tx.execute(
                    select(answers.c.id, answers.c.ordinal, answers.c.fate, claim_versions.c.pcn, remittances.c.trace)
                    .join(claim_versions, claim_versions.c.id == answers.c.claim_version_id)
                    .join(remittances, remittances.c.id == answers.c.remittance_id)
                )
            }
            items = {
                (one.trace, one.ordinal): one
                for row in tx.execute(select(remittances.c.id)).scalars()
                for one in desk.of_remittance(tx, self.office.practice.key, row)
                if not one.account
            }
            for key, at in self.places.items():
                if key[0].startswith("G"):
                    row, item = kept.get(key), items.get(key)
                    row = row if row is not None and row.fate != "waits" else None
                    placed, paid = (row.pcn, self._paid(tx, row.id)) if row is not None else ("", {})
                    self._judge(tx, tally, at, placed, paid, item)
        return tally

    def _paid(self, tx: Transaction, answer_id: int) -> dict[int, Decimal]:
        """Give what an answer's posting paid, by the place of the line."""
        query = (
            select(service_lines.c.ordinal, postings.c.cents)
            .join(payments, payments.c.id == postings.c.payment_id)
            .join(service_lines, service_lines.c.id == postings.c.line_id)
            .where(payments.c.answer_id == answer_id, postings.c.bucket == "paid")
        )
        paid: Counter[int] = Counter()
        for place, amount in tx.execute(query):
            paid[place] += amount
        return {place: from_cents(amount) for place, amount in paid.items()}

    def _judge(
        self, tx: Transaction, tally: Tally, at: int, placed: str, paid: dict[int, Decimal], item: desk.DeskItem | None
    ) -> None:
        truth, one = self.truths[at], self.garbled[at]
        tally.must += one.certain == "must"
        if placed:
            is_right = truth.is_ours and placed == self.pcns[at] and _on_its_lines(one, truth, paid)
            if is_right:
                tally.posted += 1
                tally.must_posted += one.certain == "must"
            else:
                tally.wrong.append(one.kind)
            return
        if not truth.is_ours:
            tally.left_alone += 1
            return
        if item is not None and item.claim:
            first = item.claim
        else:
            assert item is not None, one.kind
            document = desk.document_of(tx, self.office.practice.key, item.id)
            assert document is not None
            likely = candidates(tx, self.office.practice.key, document, partner="north")
            first = likely[0].pcn if likely else ""
        meant = could_be(one, truth, self.truths)
        if len(meant) > 1 and first in {self.pcns[each] for each in meant}:
            tally.ambiguous += 1
        elif first == self.pcns[at]:
            tally.proposed += 1
        else:
            tally.missed.append(one.kind)


def _on_its_lines(one: Garbled, truth: Truth, paid: dict[int, Decimal]) -> bool:
    """Tell whether each line got what was paid of it; of lines that are answered together, all of them.

    So of lines that were billed all alike: nobody could tell which of them is which.
    """
    wanted: list[tuple[set[int], Decimal]] = []
    amounts = [Decimal(text.split("*")[3]) for text in one.segments if text.startswith("SVC*")]
    if not amounts:
        return sum(paid.values(), Decimal(0)) == Decimal(one.segments[0].split("*")[4])
    for places, amount in zip(one.lines, amounts, strict=True):
        alike = {at for place in places for at, line in enumerate(truth.lines, 1) if line == truth.lines[place - 1]}
        together, total = alike, amount
        for other in [each for each in wanted if each[0] & together]:
            wanted.remove(other)
            together, total = together | other[0], total + other[1]
        wanted.append((together, total))
    return all(sum((paid.get(place, Decimal(0)) for place in places), Decimal(0)) == due for places, due in wanted)


def _said(pcn: str, after: str) -> Event:
    return Event(
        kind=f"claim.{after}", about=pcn, claim=pcn, said=f"claim {pcn} is {after}", after=after, artefact="a test"
    )


def _visit(truth: Truth) -> NewVersion:
    return NewVersion(
        key=truth.visit,
        state=VisitState.CLAIMED,
        payer=truth.payer,
        day=truth.day,
        discipline="PT",
        sha256="0" * 64,
        document=b"{}",
        imported=True,
        source="a test",
        actor="test",
        reason="a test",
    )


def _claim(truth: Truth, pcn: str) -> Claim:
    body = people.claim(pcn)
    return replace(
        body,
        frequency=Frequency.ORIGINAL,
        patient=replace(body.patient, last_name=truth.last.title(), first_name=truth.first.title()),
        coverage=replace(body.coverage, payer_id=truth.payer, member_id=truth.member),
        lines=_lines(truth.lines, truth.day, pcn),
    )


def _lines(lines: Sequence[TruthLine], day: date, pcn: str) -> tuple[ServiceLine, ...]:
    return tuple(
        ServiceLine(
            control=f"{pcn}{number:02}",
            procedure=line.code,
            modifiers=line.modifiers,
            charge=line.charge,
            units=line.units,
            pointers=(1,),
            day=day,
        )
        for number, line in enumerate(lines, 1)
    )
