"""One case of `answer_cases/`: claims of ours, what payers answer to them in files, and what has to stand afterwards.

The cases were written from the facts of the trade by somebody who did not see the code; nothing of them is changed here.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import select, update

from gateway.claim import Claim, Frequency, OtherPayer, ServiceLine
from gateway.edi.write.envelope import OutboundGroup, OutboundSet
from gateway.event import Event
from gateway.ledger import claims, denials, events, numbers, visits
from gateway.ledger import remittances as money
from gateway.ledger.claims import NewClaim, StoredClaim
from gateway.ledger.remittances import RemittanceState
from gateway.ledger.tables import answers, claim_versions, desk_items, remittances
from gateway.ledger.visits import NewVersion
from gateway.lifecycle import ClaimState, VisitState
from gateway.money import from_cents, wire
from gateway.payer import Program
from gateway.service.money.reconcile import reconcile
from gateway.service.money.written_off import as_it_stands
from gateway.service.office import Office
from tests import people
from tests.people import NOW
from tests.service import clinic

CASES: Final = Path(__file__).with_name("answer_cases")
_PROGRAMS: Final = {
    "medicare": Program.MEDICARE,
    "advantage": Program.COMMERCIAL,
    "medicaid": Program.MEDICAID,
    "commercial": Program.COMMERCIAL,
    "workers_comp": Program.WORKERS_COMPENSATION,
}
_FIRST_DAY: Final = date(2026, 11, 3)
_BUCKETS: Final = ("paid", "contractual", "patient", "other payer", "denied")
_LOOKS: Final = frozenset(
    {
        "answer.differs",
        "answer.later",
        "answer.unexpected",
        "claim.other_payer",
        "claim.not_the_patients",
    }
)


def named(folder: Path = CASES) -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in folder.glob("*.json")))


def read(name: str, folder: Path = CASES) -> dict[str, Any]:
    case: dict[str, Any] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return case


def orders(case: dict[str, Any]) -> Iterator[tuple[int, ...]]:
    """Give in which orders the files may come; each keeps the day that its place in the case gives it."""
    places = range(len(case["files"]))
    yield from permutations(places) if case["orders"] == "all" else [tuple(places)]


@dataclass(slots=True)
class Played:
    """A case at work in an office."""

    office: Office
    case: dict[str, Any]
    claims: dict[str, StoredClaim] = field(default_factory=dict)

    def begin(self) -> None:
        """Have the claims sent."""
        payers = {name: _payer(payer_of(one), one["program"]) for name, one in self.case["claims"].items()}
        known = {**self.office.settings.payers, **{one.id: one for one in payers.values()}}
        self.office = replace(self.office, settings=replace(self.office.settings, payers=MappingProxyType(known)))
        replaced = [one["replaces"] for one in self.case["claims"].values() if one.get("replaces")]
        for name in sorted(self.case["claims"], key=lambda name: (name not in replaced, name)):
            self._send(name)

    def _send(self, name: str) -> None:
        one, practice = self.case["claims"][name], self.office.practice.key
        earlier = self.claims.get(one.get("replaces", ""))
        with self.office.ledger.writing() as tx:
            if earlier is None:
                visit = visits.add(tx, practice, _visit(name, payer_of(one)), at=NOW)
            else:
                found = visits.find(tx, practice, earlier.visit_key)
                assert found is not None
                visit = found
                tx.execute(update(claim_versions).where(claim_versions.c.id == earlier.id).values(state="replaced"))
                events.write(tx, practice, _said(earlier.pcn, "claim.replaced", "replaced"), at=NOW)
            (pcn,) = numbers.patient_control_numbers(tx, 1)
            body = _claim(pcn, one, is_replacement=earlier is not None)
            said = _said(pcn, "claim.ready", "ready")
            claims.add_all(tx, practice, [NewClaim(visit=visit, claim=body, partner="north", event=said)], at=NOW)
        clinic.delivered(self.office)
        with self.office.ledger.reading() as tx:
            sent = claims.by_pcn(tx, practice, pcn)
        assert sent is not None
        assert sent.state is ClaimState.SENT
        self.claims[name] = sent

    def play(self, order: tuple[int, ...]) -> None:
        """Have the files come and be posted, one after the other."""
        for place in order:
            sets = [self._set(one, number) for number, one in enumerate(self.case["files"][place]["sets"], 1)]
            group = OutboundGroup(function="HP", control=1, version="005010X221A1", sets=tuple(sets))
            clinic.arrived(self.office, clinic.file_of(group, 1000 + place), name=f"file-{place}")
            clinic.all_posted(self.office)

    def _set(self, one: dict[str, Any], number: int) -> OutboundSet:
        claims_meant = [item["claim"] for item in one["claims"] if item["claim"] in self.case["claims"]]
        payers = {payer_of(self.case["claims"][name]) for name in claims_meant}
        payer = min(payers) if one["payer"] == "own" else "ANOTHER" if one["payer"] == "other" else one["payer"]
        # The same set again has the same day; else each file has its own.
        first = next(
            at for at, file in enumerate(self.case["files"]) if one["trace"] in {each["trace"] for each in file["sets"]}
        )
        day = f"{_FIRST_DAY + timedelta(days=first):%Y%m%d}"
        bpr = f"BPR*I*{wire(Decimal(one['payment']))}*{one['credit_or_debit']}*ACH*CCP*01*999999992*DA*123*1999999999"
        texts = [
            f"{bpr}**01*999988880*DA*456*{day}",
            f"TRN*1*{one['trace']}*1999999999",
            "DTM*405*20261112",
            f"N1*PR*PAYER ONE*XV*{payer}",
            "N3*1 PAY ST",
            "N4*CHICAGO*IL*60601",
            "PER*BL*HELP*TE*8005550100",
            "N1*PE*ELM STREET THERAPY*XX*1234567893",
            "LX*1",
        ]
        for item in one["claims"]:
            texts += self._payment(item)
        texts += [
            f"PLB*1234567893*20261231*{reason}{self._named(ref)}*{wire(Decimal(amount))}"
            for reason, ref, amount in one["plb"]
        ]
        segments = tuple(clinic._s(text) for text in texts)
        return OutboundSet(code="835", control=f"{number:04}", guide="005010X221A1", segments=segments)

    def _named(self, reference: str) -> str:
        """Write PLB03-2: `{A}` is our number of claim A."""
        is_ours = reference.startswith("{")
        return f":{self.claims[reference[1:-1]].pcn if is_ours else reference}" if reference else ""

    def _payment(self, item: dict[str, Any]) -> Iterator[str]:
        ours = self.claims.get(item["claim"])
        pcn = ours.pcn if ours else item.get("pcn", "STRANGER1")
        shares = wire(Decimal(item["patient"])) if item["patient"] else ""
        amounts = "*".join(wire(Decimal(item[name])) for name in ("charge", "paid"))
        yield f"CLP*{pcn}*{item['status']}*{amounts}*{shares}*CI*{item['icn']}*11*1"
        yield from _cas(item["cas"])
        yield "NM1*QC*1*QUILL*MARA****MI*M1"
        if item.get("next_payer"):
            yield f"NM1*TT*2*{item['next_payer']}*****PI*99999"
        if item.get("claim_rarcs"):
            yield f"MOA***{'*'.join(item['claim_rarcs'])}"
        for line in item["lines"]:
            procedure = ":".join(["HC", line["code"], *line["modifiers"]])
            amounts = "*".join(wire(Decimal(line[name])) for name in ("charge", "paid"))
            yield f"SVC*{procedure}*{amounts}**{line['units']}"
            yield "DTM*472*20261102"
            yield from _cas(line["cas"])
            if ours:
                yield f"REF*6R*{pcn}{line['line']:02}"
            for code in line["rarcs"]:
                yield f"LQ*HE*{code}"

    def differences(self) -> Iterator[str]:
        """Say what stands otherwise than the case wants."""
        practice, wanted = self.office.practice.key, self.case["expect"]
        outcome = reconcile(self.office)
        for law in outcome.laws:
            yield from (f"law {law.law}: {one}" for one in law.broken)
        with self.office.ledger.reading() as tx:
            for name, expected in wanted["claims"].items():
                for said in self._of_claim(tx, name, expected):
                    yield f"{name}: {said}"
            states = [one.state for one in money.listed(tx, practice)]
            looked = bool(denials.listed(tx, practice)) or self._is_shown(tx)
        # By the cases' own words, money of a set that was put aside counts as parked too; a debit brings none.
        debits = [one for file in self.case["files"] for one in file["sets"] if one["credit_or_debit"] == "D"]
        parked = outcome.parked + outcome.set_aside - sum((Decimal(one["payment"]) for one in debits), Decimal(0))
        if Decimal(wanted["parked"]) != parked:
            yield f"parked {parked}, wanted {wanted['parked']}"
        for state, count in ((RemittanceState.POSTED, "posted_sets"), (RemittanceState.SET_ASIDE, "set_aside_sets")):
            # One that a person has closed was set aside before.
            number = states.count(state) + (states.count(RemittanceState.CLOSED) if count == "set_aside_sets" else 0)
            if number != wanted[count]:
                yield f"{number} sets {state}, wanted {wanted[count]}"
        looked = looked or RemittanceState.SET_ASIDE in states
        if looked != wanted["person_looks"]:
            yield f"a person {'looks' if looked else 'does not look'}"

    def _of_claim(self, tx: Any, name: str, expected: dict[str, Any]) -> Iterator[str]:
        practice, stored = self.office.practice.key, self.claims[name]
        now = claims.by_id(tx, practice, stored.id)
        state = "sent" if now.state in {ClaimState.SENT, ClaimState.RECEIVED, ClaimState.ACCEPTED} else now.state.value
        if now.state is not ClaimState.REPLACED and state != expected["state"]:
            yield f"is {state}, wanted {expected['state']}"
        if now.payer_claim_number != expected.get("icn", now.payer_claim_number):
            yield f"number {now.payer_claim_number!r}, wanted {expected['icn']!r}"
        lines, balances = claims.lines_of(tx, practice, stored.id), money.balances(tx, practice, stored.id)
        # What was denied on a claim that a person closed is given up.
        by_line = {
            line.id: as_it_stands(now.state, line.charge_cents, balances[line.id].own) if line.id in balances else {}
            for line in lines
        }
        for place, wanted in expected.get("lines", {}).items():
            seen = by_line[lines[int(place) - 1].id]
            for bucket in _BUCKETS:
                want = wanted.get(bucket.replace(" ", "_"))
                if want is not None and from_cents(seen.get(bucket, 0)) != Decimal(want):
                    yield f"line {place} {bucket} {from_cents(seen.get(bucket, 0))}, wanted {want}"
        places = {line.id: number for number, line in enumerate(lines, 1)}
        is_open = sorted(
            [places[one.line_id], one.group_code, one.carc] for one in denials.listed(tx, practice, pcn=stored.pcn)
        )
        if "open_denials" in expected and is_open != sorted(expected["open_denials"]):
            yield f"open denials {is_open}, wanted {expected['open_denials']}"
        if expected.get("waits_for"):
            said = " ".join(one.event.said for one in events.read(tx, practice, claim=stored.pcn, limit=100))
            if expected["waits_for"] not in said:
                yield f"{expected['waits_for']} is not named"

    def _is_shown(self, tx: Any) -> bool:
        """Tell whether anything is work still: what was parked and has found its line since is none."""
        practice, kinds = self.office.practice.key, set()
        for one in events.read(tx, practice, limit=1000):
            # Money on a version that was replaced is seen to once it was taken back; so is what an answer said otherwise.
            if one.event.kind == "answer.unexpected" and not self._has_money(tx, one.event.claim):
                continue
            if one.event.kind == "answer.differs" and self._is_past(tx, one.event):
                continue
            kinds.add(one.event.kind)
            if one.event.kind in {"claim.forwarded", "claim.crossed_over"} and one.event.severity != "routine":
                kinds.add("answer.unexpected")
        waits = tx.execute(select(desk_items.c.id).where(desk_items.c.state == "open")).first() is not None
        overtaken = tx.execute(select(answers.c.id).where(answers.c.fate == "overtaken")).first() is not None
        paid = any(state is ClaimState.PAID for state in claims.count_by_state(tx, practice))
        return (
            bool(kinds & _LOOKS)
            or waits
            or (overtaken and paid)
            or bool(claims.current(tx, practice, states=(ClaimState.REVERSED,)))
        )

    def _is_past(self, tx: Any, event: Event) -> bool:
        """Tell whether what the answers of a file said was taken back."""
        query = (
            select(answers.c.fate)
            .join(remittances, remittances.c.id == answers.c.remittance_id)
            .join(claim_versions, claim_versions.c.id == answers.c.claim_version_id)
            .where(claim_versions.c.pcn == event.claim, remittances.c.inbound_id == int(event.artefact.split()[1]))
        )
        return set(tx.execute(query).scalars()) == {"taken back"}

    def _has_money(self, tx: Any, pcn: str) -> bool:
        claim = claims.by_pcn(tx, self.office.practice.key, pcn)
        assert claim is not None
        found = money.balances(tx, self.office.practice.key, claim.id).values()
        return any(its_cents for one in found for its_cents in one.whole.values())


def _cas(triples: list[list[str]]) -> Iterator[str]:
    yield from (f"CAS*{group}*{carc}*{wire(Decimal(amount))}" for group, carc, amount in triples)


def payer_of(one: dict[str, Any]) -> str:
    """Give the payer of a claim: one for all of a programme, unless the case names it."""
    return str(one.get("payer") or f"OWN{one['program'].upper()}")


def _payer(payer: str, program: str) -> Any:
    return clinic.payer(payer, program=_PROGRAMS[program])


def _said(pcn: str, kind: str, after: str) -> Event:
    return Event(kind=kind, about=pcn, claim=pcn, said=f"claim {pcn} is {after}", after=after, artefact="a test")


def _visit(name: str, payer: str) -> NewVersion:
    document = json.dumps(clinic.visit(f"V-{name}", payer)).encode()
    return NewVersion(
        key=f"V-{name}",
        state=VisitState.CLAIMED,
        payer=payer,
        day=date(2026, 11, 2),
        discipline="PT",
        sha256="0" * 64,
        document=document,
        imported=True,
        source="a case",
        actor="test",
        reason="a case",
    )


def _claim(pcn: str, one: dict[str, Any], *, is_replacement: bool) -> Claim:
    lines = tuple(
        ServiceLine(
            control=f"{pcn}{number:02}",
            procedure=line["code"],
            modifiers=tuple(line["modifiers"]),
            charge=Decimal(line["charge"]),
            units=line["units"],
            pointers=(1,),
            day=date(2026, 11, 2),
        )
        for number, line in enumerate(one["lines"], 1)
    )
    body = people.claim(pcn)
    return replace(
        body,
        frequency=Frequency.REPLACEMENT if is_replacement else Frequency.ORIGINAL,
        payer_claim_number="EARLIER1" if is_replacement else "",
        coverage=replace(body.coverage, payer_id=payer_of(one)),
        lines=lines,
        other_payers=(OtherPayer(name="SECOND PLAN"),) if one.get("second_coverage") else (),
    )
