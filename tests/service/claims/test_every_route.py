"""Every advice can be walked: the command that a denial names is accepted, and what it makes is right.

For each kind of payer, for each way that the table wants and that can be taken there, by each group code: a claim goes out,
a remittance refuses it whole, and the command of its denial is read as the command line reads it, then done.
"""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import click
import pytest

from gateway.cli.face.commands import gateway
from gateway.codes.rarc import RarcKind, rarc
from gateway.denials.next_step import next_step
from gateway.denials.route import Route
from gateway.denials.table import advise, rows
from gateway.errors import UsageError
from gateway.ledger import claims, denials
from gateway.ledger.claims import StoredClaim
from gateway.ledger.denials import StoredDenial
from gateway.lifecycle import ClaimState
from gateway.payer import Payer, Program
from gateway.remittance import GroupCode
from gateway.service.claims.close import close_claim
from gateway.service.claims.void import void_claim
from gateway.service.desk.to_patient import bill_patient
from gateway.service.inbound.post import post
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.visits.correct import fix_visit
from gateway.service.visits.scrub import scrub_visits
from tests.service import clinic
from tests.service.clinic import taken, the_claim, visit

KINDS: Final = {
    "MEDICARE": (Program.MEDICARE, False),
    "ADVANTAGE": (Program.COMMERCIAL, True),
    "NOREPLACE": (Program.COMMERCIAL, False),
    "MEDICAID": (Program.MEDICAID, True),
    "WORKCOMP": (Program.WORKERS_COMPENSATION, True),
    "WORKCOMP2": (Program.WORKERS_COMPENSATION, False),
    "AUTO": (Program.AUTO, True),
}
ACCIDENTS: Final = {
    Program.WORKERS_COMPENSATION: {"kind": "employment", "happened_on": "2026-10-20"},
    Program.AUTO: {"kind": "auto", "happened_on": "2026-10-20", "state": "IL"},
}


FIRST: Final = ("has to be taken back", "how it takes corrections", "for a reopening")


@dataclass(frozen=True, slots=True)
class Denial:
    """A way to be refused."""

    group: GroupCode
    carc: str
    rarcs: tuple[str, ...]


def ways(payer: Payer) -> Iterator[Denial]:
    """One denial for each of: what the table wants, what this payer makes of it, the group, a rejection or not."""
    seen = set()
    for row in rows():
        # One that names a procedure differs from its neighbours in its words only.
        if row["procedure"] or row["payer"] or row["program"] not in {"", payer.program}:
            continue
        rarcs = (row["rarc"],) if row["rarc"] else ()
        for group in (GroupCode.CONTRACTUAL, GroupCode.PAYER_INITIATED, GroupCode.PATIENT):
            one = Denial(group, row["carc"] or "16", rarcs)
            advice = advise(carc=one.carc, rarcs=one.rarcs, group=group, procedure="97110", payer=payer)
            known = rarc(row["rarc"]) if rarcs else None
            kind = (row["route"], advice.route, group, known is not None and known.kind is RarcKind.REJECTION)
            if kind not in seen:
                seen.add(kind)
                yield one


def refused(claim: StoredClaim, one: Denial, *, paid: bool = False) -> tuple[str, ...]:
    """Both lines refused, or the first one paid."""
    first = "100" if paid else "0"
    remarks = [f"LQ*HE*{remark}" for remark in one.rarcs]
    denied = f"CAS*{one.group}*{one.carc}"
    return (
        f"CLP*{claim.pcn}*{'1' if paid else '4'}*180.5*{first}**CI*ICN{claim.pcn[-6:]}*11*1",
        "NM1*QC*1*QUILL*MARA****MI*M1",
        f"SVC*HC:97110*120*{first}**2",
        "DTM*472*20261102",
        *(["CAS*CO*45*20"] if paid else [f"{denied}*120"]),
        f"REF*6R*{claim.pcn}01",
        *([] if paid else remarks),
        "SVC*HC:97140*60.5*0**1",
        "DTM*472*20261102",
        f"{denied}*60.5",
        f"REF*6R*{claim.pcn}02",
        *remarks,
    )


def read_as_the_command_line_does(command: str) -> list[str]:
    """Check that it is a command with these options, and give its words."""
    said, *words = shlex.split(command)
    assert said == "gateway"
    group, name, *rest = words
    context = click.Context(gateway)
    found = gateway.get_command(context, group)
    assert isinstance(found, click.Group)
    verb = found.get_command(context, name)
    assert verb is not None
    verb.make_context(name, ["/dev/null" if word == "FILE" else word for word in rest])
    return words


def walked(office: Office, command: str) -> StoredClaim:
    """Do what a command says. Gives the claim that stands then."""
    words = read_as_the_command_line_does(command)
    if words[:2] == ["visits", "fix"]:
        elsewhere = any("payer_id" in word for word in words)
        fields = [("coverages.1.payer_id", "PAYER2")] if elsewhere else []
        member = ("coverages.1.member_id", clinic.member_id(f"{words[2]} as it should be", "MEDICARE"))
        fixed = fix_visit(office, words[2], (*fields, member), reason="as advised")
        assert fixed.scrubbed is not None
        assert not fixed.scrubbed.holds
        return the_claim(office, words[2])
    if words[:2] == ["claims", "void"]:
        claim, _ = void_claim(office, words[2], reason="as advised")
    elif words[:2] == ["denials", "bill-patient"]:
        claim, _ = bill_patient(office, words[2], reason="as advised")
    else:
        assert words[:2] == ["claims", "close"], command
        claim = close_claim(office, words[2], reason="as advised")
    return the_claim(office, claim.visit_key)


def walked_or_told(office: Office, command: str) -> tuple[StoredClaim | None, str]:
    try:
        return walked(office, command), ""
    except UsageError as said:
        return None, str(said)


@pytest.fixture
def at_work(office: Office) -> Office:
    payers = {
        name: clinic.payer(name, program=program, takes_replacements=takes) for name, (program, takes) in KINDS.items()
    }
    return replace(office, settings=replace(office.settings, payers={**office.settings.payers, **payers}))


def answered(office: Office, name: str, *, paid: bool, others: tuple[str, ...] = ()) -> dict[str, Denial]:
    """Have a claim for each way answered so, in one remittance; gives the ways by the keys of the visits.

    others  who else covers the patients
    """
    payer = office.settings.payer(name)
    by_key = {f"V-{number}": one for number, one in enumerate(ways(payer), start=1)}
    accident = ACCIDENTS.get(payer.program)
    cover = {"payer_id": name, "claim_number": "C-17"} if accident else {"payer_id": name}
    more = {"accident": accident} if accident else {}
    covers = {
        key: [
            {**cover, "member_id": clinic.member_id(key, name)},
            *({"payer_id": other, "member_id": f"S{key}", "relationship": "self"} for other in others),
        ]
        for key in by_key
    }
    taken(office, *(visit(key, name, coverages=covers[key], **more) for key in by_key))
    assert [one.visit for one in scrub_visits(office) if one.holds] == []
    clinic.delivered(office)
    bodies = [refused(the_claim(office, key), one, paid=paid) for key, one in by_key.items()]
    clinic.arrived(office, clinic.answer_835(str(100 * len(bodies)) if paid else "0", *bodies, payer=name))
    (done,) = post(office)
    assert not done.why
    return by_key


def opened(office: Office, key: str) -> StoredDenial | None:
    with office.ledger.reading() as tx:
        found = denials.listed(tx, office.practice.key, pcn=the_claim(office, key).pcn)
    return found[-1] if found else None


@pytest.mark.parametrize("others", [(), ("PAYER1",)])
@pytest.mark.parametrize("name", KINDS)
def test_each_advice_names_a_command_that_is_accepted_and_makes_what_it_says(
    at_work: Office, name: str, others: tuple[str, ...]
) -> None:
    walked_to = set()
    for key in answered(at_work, name, paid=False, others=others):
        before, denial = the_claim(at_work, key), opened(at_work, key)
        if denial is None:
            continue  # it is the patient's share, or a contract's: nothing is advised
        route = Route(denial.route)
        after = walked(at_work, next_step(route, visit=key, claim=denial.pcn).command)
        with at_work.ledger.reading() as tx:
            body = claims.body_of(tx, at_work.practice.key, after.id)
            is_open = denials.listed(tx, at_work.practice.key, pcn=before.pcn)
        number = before.payer_claim_number
        assert number, "the payer gave one"
        wanted = {
            Route.NEW_CLAIM: (name, ClaimState.READY, "1", ""),
            Route.REPAIR_COVERAGE: ("PAYER2", ClaimState.READY, "1", ""),
            Route.CORRECTED_CLAIM: (name, ClaimState.READY, "7", number),
            Route.VOID: (name, ClaimState.READY, "8", number),
            Route.BILL_PATIENT: (name, ClaimState.PAID, "1", ""),
        }.get(route, (name, ClaimState.CLOSED, "1", ""))
        said = (after.payer, after.state, after.frequency, body.payer_claim_number)
        assert said == wanted, (denial.decided_by, route)
        # What a void asks for is settled by the payer's reversal.
        assert bool(is_open) is (route is Route.VOID)
        walked_to.add(route)
    takes = KINDS[name][1]
    assert walked_to >= {Route.APPEAL, Route.SEND_RECORDS, Route.REPAIR_COVERAGE, Route.WRITE_OFF, Route.NEW_CLAIM}
    assert (Route.CORRECTED_CLAIM in walked_to, Route.VOID in walked_to) == (takes, takes)
    assert (Route.MEDICARE_REOPENING in walked_to) is (name == "MEDICARE")
    asked = Route.BILL_PATIENT in walked_to, Route.BILL_SECONDARY in walked_to
    assert asked == (not others and name != "MEDICAID", bool(others) and name != "MEDICAID")
    assert reconcile(at_work).holds


def test_a_qualified_medicare_beneficiary_is_not_advised_to_be_asked(at_work: Office) -> None:
    taken(at_work, visit("V-1", "MEDICARE"))
    scrub_visits(at_work)
    clinic.delivered(at_work)
    body = refused(the_claim(at_work), Denial(GroupCode.PATIENT, "96", ("N781",)))
    clinic.arrived(at_work, clinic.answer_835("0", body, payer="MEDICARE"))
    post(at_work)
    denial = opened(at_work, "V-1")
    assert denial is not None
    assert Route(denial.route) is Route.WRITE_OFF
    after = walked(at_work, next_step(Route.WRITE_OFF, visit="V-1", claim=denial.pcn).command)
    assert after.state is ClaimState.CLOSED


@pytest.mark.parametrize("name", KINDS)
def test_where_part_of_it_was_paid_nothing_goes_that_would_be_paid_twice(at_work: Office, name: str) -> None:
    """What cannot be done then says what has to be done first."""
    for key in answered(at_work, name, paid=True):
        denial = opened(at_work, key)
        if denial is None:
            continue
        command = next_step(Route(denial.route), visit=key, claim=denial.pcn).command
        after, why = walked_or_told(at_work, command)
        if after is None:
            assert denial.route in {Route.REPAIR_COVERAGE, Route.NEW_CLAIM}
            assert any(one in why for one in FIRST), why
        else:
            ended = after.state in {ClaimState.CLOSED, ClaimState.PAID}
            assert ended or after.frequency in {"7", "8"}, denial.decided_by
    assert reconcile(at_work).holds
