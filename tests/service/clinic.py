"""An invented clinic at work: settings without files, visits to take in, and a partner's answers to them."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import update

from gateway.clock import Clock
from gateway.edi.wire.segment import Segment
from gateway.edi.write.envelope import OutboundGroup, OutboundSet, interchange
from gateway.event import Event
from gateway.ledger import claims, inbound
from gateway.ledger.claims import StoredClaim
from gateway.ledger.tables import deliveries
from gateway.money import wire
from gateway.partner import Envelope, MailboxAddress, MailboxKind, TradingPartner, Usage
from gateway.payer import FeeSchedule, Payer, Program, UnitRule
from gateway.people import Practice
from gateway.service.inbound.outcome import Posted
from gateway.service.inbound.post import post
from gateway.service.office import Office
from gateway.service.outbound.batch import seal_batches
from gateway.service.outbound.deliver import deliver
from gateway.service.visits.import_visits import take_in
from gateway.settings import Settings
from tests.contract.memory_mailbox import MemoryMailbox
from tests.people import CHICAGO, NOW, PRACTICE, TODAY

__all__ = ["clock"]


def clock() -> Clock:
    return Clock(read=lambda: NOW, zone=CHICAGO, pinned=TODAY)


def partner(name: str = "north", *, mailbox: dict[str, Any] | None = None, **changes: Any) -> TradingPartner:
    return TradingPartner(
        name=name,
        envelope=Envelope(
            sender_qualifier="ZZ",
            sender_id="ELM",
            receiver_qualifier="ZZ",
            receiver_id=name.upper(),
            group_sender="ELM",
            group_receiver=name.upper(),
            submitter_name="Elm Street Therapy",
            submitter_id="ELM",
            receiver_name=f"{name} Clearing",
            receiver_number=name.upper(),
            usage=Usage.TEST,
        ),
        mailbox=MailboxAddress(
            **{
                "kind": MailboxKind.FOLDER,
                "root": "/nowhere",
                "outbound": "in",
                "inbound": "out",
                "archive": "archive",
                **(mailbox or {}),
            }
        ),
        **changes,
    )


def payer(payer_id: str, name: str = "north", **changes: Any) -> Payer:
    return Payer(
        id=payer_id,
        name=f"Payer {payer_id}",
        program=changes.pop("program", Program.COMMERCIAL),
        filing_code="CI",
        partner=name,
        unit_rule=UnitRule.MIDPOINT,
        fee_schedules=(FeeSchedule(starts=date(2026, 1, 1), source="test", charges={"97110": Decimal("60.00")}),),
        **changes,
    )


def settings(*partners: TradingPartner, practice: Practice = PRACTICE, home: Path = Path("/nowhere")) -> Settings:
    known = partners or (partner("north"), partner("south"))
    payers = (payer("PAYER1"), payer("PAYER2", "south"), payer("PAYER3", takes_replacements=False))
    return Settings(
        home=home,
        database_url="",
        practice=practice,
        partners=MappingProxyType({one.name: one for one in known}),
        payers=MappingProxyType({one.id: one for one in payers}),
        unknown_payer=payer("UNKNOWN", assumed=True),
    )


def member_id(key: str, payer_id: str = "") -> str:
    """The number of a visit's patient: of the shape that Medicare's have, where the payer is called so.

    The number is made from the key, so that no two patients of a test share one.
    """
    if payer_id == "MEDICARE":
        number = f"{int(sha256(key.encode()).hexdigest(), 16) % 10**6:06d}"
        return f"1E{number[:2]}T{number[2:4]}MK{number[4:]}"
    return f"M{key.replace('-', '')}"


def visit(key: str = "V-1", payer_id: str = "PAYER1", **changes: Any) -> dict[str, Any]:
    return {
        "visit_id": key,
        "date": "2026-11-02",
        "discipline": "PT",
        "patient": {
            "last_name": "Quill",
            "first_name": "Mara",
            "birth_date": "1951-03-09",
            "sex": "F",
            "address": {"line1": "1 Elm St", "city": "Springfield", "state": "IL", "zip_code": "627011234"},
        },
        "coverages": [{"payer_id": payer_id, "member_id": member_id(key, payer_id)}],
        "rendering": {"npi": "1912345679", "last_name": "Stone", "first_name": "Ida", "taxonomy": "225100000X"},
        "diagnoses": ["M62.81"],
        "services": [
            {"code": "97110", "units": 2, "charge": "120.00"},
            {"code": "97140", "units": 1, "charge": "60.50"},
        ],
        **changes,
    }


def visits_file(*visits: dict[str, Any]) -> bytes:
    return json.dumps({"schema_version": 1, "visits": list(visits)}).encode()


def taken(office: Office, *visits: dict[str, Any]) -> None:
    assert take_in(office, "visits.json", visits_file(*visits)).faults == ()


def delivered(office: Office) -> None:
    """Seal what is ready and have it arrive at a partner who keeps what he gets."""
    seal_batches(office)
    for one in deliver(office, lambda _: MemoryMailbox()):
        assert one.problem is None


def the_claim(office: Office, key: str = "V-1") -> StoredClaim:
    """The newest claim version of a visit."""
    with office.ledger.reading() as tx:
        row = next(one for one in claims.current(tx, office.practice.key, limit=1000) if one.visit_key == key)
        return claims.of_visit(tx, office.practice.key, row.visit_id)[-1]


def all_posted(office: Office) -> tuple[Posted, ...]:
    """Post what has arrived. A fault of ours sets a file aside as one of theirs would: here it is told apart, and fails."""
    done = post(office)
    assert [one.why for one in done if one.why.startswith("we could not post it")] == []
    return done


def arrived(office: Office, raw: bytes, *, name: str = "answer", from_partner: str = "north") -> int:
    """Store an answer as if it had been collected."""
    with office.ledger.writing() as tx:
        file = inbound.store(
            tx,
            office.practice.key,
            partner=from_partner,
            name=name,
            body=raw,
            sha256=sha256(raw).hexdigest(),
            event=Event(kind="inbound.stored", about=name, said="stored"),
            at=NOW,
        )
        assert file is not None
        return file.id


_THEIRS = Envelope(
    sender_qualifier="ZZ",
    sender_id="NORTH",
    receiver_qualifier="ZZ",
    receiver_id="ELM",
    group_sender="NORTH",
    group_receiver="ELM",
    submitter_name="",
    submitter_id="",
    receiver_name="",
    receiver_number="",
    usage=Usage.TEST,
)
_AT = datetime(2026, 11, 16, 12, tzinfo=UTC)


def _s(text: str) -> Segment:
    """A segment from its plain form; composites are written with colons."""
    name, *elements = text.split("*")
    return Segment(name, tuple(tuple(e.split(":")) if ":" in e else e for e in elements))


def _number(*texts: str) -> int:
    """An ISA13 of this content's own, as a partner would give it: the same content again has the same number."""
    return int(sha256("~".join(texts).encode()).hexdigest()[:7], 16) + 1


def ta1(number: int, verdict: str = "A", note: str = "000") -> bytes:
    text = f"TA1*{number:09d}*261116*1200*{verdict}*{note}"
    return interchange(_THEIRS, control=_number(text), at=_AT, ta1=(_s(text),))


def file_of(group: OutboundGroup, control: int | None = None) -> bytes:
    return interchange(_THEIRS, control=control or _number(repr(group)), at=_AT, groups=(group,))


def answer_999(group: int, verdict: str = "A") -> bytes:
    segments = tuple(
        _s(text)
        for text in (
            f"AK1*HC*{group}*005010X222A1",
            "AK2*837*0001*005010X222A1",
            f"IK5*{verdict}" + ("*5" if verdict == "R" else ""),
            f"AK9*{verdict}*1*1*{1 if verdict == 'A' else 0}",
        )
    )
    one = OutboundSet(code="999", control="0001", guide="005010X231A1", segments=segments)
    return file_of(OutboundGroup(function="FA", control=1, version="005010X231A1", sets=(one,)))


def answer_277ca(reference: str, *statuses: tuple[str, str, str], control: int | None = None) -> bytes:
    """statuses: (patient control number, STC such as A2:20:PR, payer's number)."""
    texts = [
        "BHT*0085*08*277X*20261116*1200*TH",
        "HL*1**20*1",
        "NM1*PR*2*PAYER*****46*PAYER1",
        "TRN*1*277X",
        "DTP*050*D8*20261116",
        "DTP*009*D8*20261116",
        "HL*2*1*21*1",
        "NM1*41*2*ELM*****46*ELM",
        f"TRN*2*{reference}",
        "STC*A1:19:PR*20261116*WQ*100",
        "HL*3*2*19*1",
        "NM1*85*2*ELM STREET THERAPY*****XX*1234567893",
    ]
    for place, (pcn, status, number) in enumerate(statuses, start=4):
        accepted = "WQ" if status[:2] in {"A0", "A1", "A2"} else "U"
        texts += [
            f"HL*{place}*3*PT",
            "NM1*QC*1*QUILL*MARA****MI*M1",
            f"TRN*2*{pcn}",
            f"STC*{status}*20261116*{accepted}*180.5",
        ]
        texts += [f"REF*1K*{number}"] if number else []
    one = OutboundSet(code="277", control="0001", guide="005010X214", segments=tuple(_s(text) for text in texts))
    return file_of(OutboundGroup(function="HN", control=1, version="005010X214", sets=(one,)), control)


def answer_835(
    payment: str,
    *bodies: tuple[str, ...],
    trace: str = "T1",
    plb: str = "",
    payee: str = "1234567893",
    payer: str = "PAYER1",
    control: int | None = None,
) -> bytes:
    """bodies: for each claim, its segments from CLP on."""
    one = set_835(payment, *bodies, trace=trace, plb=plb, payee=payee, payer=payer)
    return file_835(one, control=control)


def file_835(*sets: OutboundSet, control: int | None = None) -> bytes:
    """One interchange with several remittances."""
    return file_of(OutboundGroup(function="HP", control=1, version="005010X221A1", sets=sets), control)


def set_835(
    payment: str,
    *bodies: tuple[str, ...],
    trace: str = "T1",
    plb: str = "",
    payee: str = "1234567893",
    payer: str = "PAYER1",
    st: str = "0001",
) -> OutboundSet:
    """bodies: for each claim, its segments from CLP on."""
    texts = [
        f"BPR*I*{wire(Decimal(payment))}*C*ACH*CCP*01*999999992*DA*123*1999999999**01*999988880*DA*456*20261112",
        f"TRN*1*{trace}*1999999999",
        "DTM*405*20261112",
        f"N1*PR*PAYER ONE*XV*{payer}",
        "N3*1 PAY ST",
        "N4*CHICAGO*IL*60601",
        "PER*BL*HELP*TE*8005550100",
        f"N1*PE*ELM STREET THERAPY*XX*{payee}",
        "LX*1",
        *(text for body in bodies for text in body),
    ]
    texts += [plb] if plb else []
    return OutboundSet(code="835", control=st, segments=tuple(_s(text) for text in texts))


def paid_in_full(claim: StoredClaim, *, reverses: bool = False) -> tuple[str, ...]:
    """97110: 100 paid, 20 contractual; 97140: 40.50 paid, 20 the patient's."""
    sign, status = ("-", "22") if reverses else ("", "1")
    return (
        f"CLP*{claim.pcn}*{status}*{sign}180.5*{sign}140.5*{'' if reverses else 20}*CI*ICN{claim.pcn[-4:]}*11*1",
        "NM1*QC*1*QUILL*MARA****MI*M1",
        f"SVC*HC:97110*{sign}120*{sign}100**{sign}2",
        "DTM*472*20261102",
        f"CAS*CO*45*{sign}20",
        f"REF*6R*{claim.pcn}01",
        f"SVC*HC:97140*{sign}60.5*{sign}40.5**{sign}1",
        "DTM*472*20261102",
        f"CAS*PR*3*{sign}20",
        f"REF*6R*{claim.pcn}02",
    )


def denied(claim: StoredClaim, carc: str = "50", remark: str = "N115") -> tuple[str, ...]:
    """97110 paid, 97140 denied whole."""
    return (
        f"CLP*{claim.pcn}*1*180.5*100*0*CI*ICN{claim.pcn[-4:]}*11*1",
        "NM1*QC*1*QUILL*MARA****MI*M1",
        "SVC*HC:97110*120*100**2",
        "DTM*472*20261102",
        "CAS*CO*45*20",
        f"REF*6R*{claim.pcn}01",
        "SVC*HC:97140*60.5*0**1",
        "DTM*472*20261102",
        f"CAS*CO*{carc}*60.5",
        f"REF*6R*{claim.pcn}02",
        f"LQ*HE*{remark}",
    )


def anywhere(office: Office) -> Office:
    """Let what is sealed go to whatever mailbox the profile names now, as files of older gateways do.

    Tests seal first and start their server, at a port that nobody knows beforehand, afterwards.
    """
    with office.ledger.writing() as tx:
        tx.execute(update(deliveries).values(mailbox=""))
    return office
