"""Every law of the house, asked of the ledger one after the other: what breaks it, in words for a person."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from gateway.ledger import Transaction, laws, outbox
from gateway.money import from_cents, shown
from gateway.service.office import Office

_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """One law, and what breaks it; nothing when it holds."""

    law: str
    broken: tuple[str, ...]


class Checked(NamedTuple):
    """The laws, how many claims and visits are nowhere, how many claim versions are in two files, and cents unexplained."""

    laws: tuple[Law, ...]
    lost: int
    duplicated: int
    unexplained_cents: int


def check_laws(tx: Transaction, office: Office, tell: Callable[[str], None]) -> Checked:
    """Check every law. `tell` is told each question as it is begun."""
    practice = office.practice.key
    tell("is every visit and claim somewhere")
    lost = (
        *laws.visits_without_a_claim(tx, practice),
        *laws.claims_without_a_file(tx, practice),
        *laws.claims_half_answered(tx, practice),
    )
    tell("is every answered line divided to the cent")
    lines = laws.lines_not_divided(tx, practice)
    tell("is any claim version in two files")
    twice = laws.claims_in_two_files(tx, practice)
    tell("are the bytes of sealed files as they were")
    changed = tuple(_changed(tx, practice))
    tell("is posted and parked money what was paid")
    paid = (
        *laws.remittances_not_divided(tx, practice),
        *laws.payments_not_divided(tx, practice),
        *laws.desk_not_as_parked(tx, practice),
    )
    found = (
        Law(law="every visit and claim is somewhere", broken=lost),
        Law(
            law="every answered line is divided to the cent",
            broken=_off("claim", ((f"{pcn} line {line}", cents) for pcn, line, cents in lines)),
        ),
        Law(law="no claim version is in two files", broken=twice),
        Law(law="the bytes of sealed files never changed", broken=changed),
        Law(law="posted and parked money is what was paid", broken=_off("remittance", paid)),
        *_of_answers(tx, office, tell),
        *_of_people(tx, office, tell),
    )
    unexplained = sum(abs(cents) for cents in (*(one[-1] for one in lines), *(one[-1] for one in paid)))
    return Checked(laws=found, lost=len(lost), duplicated=len(twice), unexplained_cents=unexplained)


def _of_answers(tx: Transaction, office: Office, tell: Callable[[str], None]) -> Iterator[Law]:
    """Whether claims stand as payers answered."""
    practice = office.practice.key
    tell("is what stands what payers said")
    yield Law(
        law="what payers said they paid is what stands on the claims",
        broken=_off("claim", laws.claims_not_as_answered(tx, practice)),
    )
    tell("has every settled claim an answer that settles it")
    yield Law(law="every settled claim has an answer that stands", broken=laws.claims_settled_by_nothing(tx, practice))
    tell("is a patient asked before another payer")
    yield Law(
        law="no patient is asked while another payer is open",
        broken=tuple(
            f"claim {pcn}: {shown(from_cents(cents))} of the patient"
            for pcn, cents in laws.patients_asked_too_early(tx, practice)
        ),
    )


def _of_people(tx: Transaction, office: Office, tell: Callable[[str], None]) -> Iterator[Law]:
    """Whether everything that needs a person is on somebody's list, and nothing else is."""
    practice = office.practice.key
    tell("is the desk as it says")
    yield Law(law="what was set off came to nothing together", broken=_off("payer", laws.set_off_alone(tx, practice)))
    yield Law(
        law="every sum in doubt is on the desk, with an owner, a reason and an age",
        broken=(
            *(f"item {one} lacks one of them" for one in laws.items_of_nobody(tx, practice)),
            *(f"remittance {one} is set aside and not on the desk" for one in laws.set_aside_unseen(tx, practice)),
            *_off("what waits of an answer to claim", laws.answers_waiting_unseen(tx, practice)),
        ),
    )
    tell("is every denied dollar on somebody's list")
    yield Law(law="every denied dollar is on somebody's list", broken=laws.denied_without_a_denial(tx, practice))
    yield Law(law="no denial is open where nothing is to be done", broken=laws.denials_of_nothing(tx, practice))
    nobody = laws.partners_waited_for(tx, practice) - set(office.settings.partners)
    yield Law(
        law="every partner that something waits for is configured",
        broken=tuple(f"partner {name} has no file in partners/" for name in sorted(nobody)),
    )
    tell("was every state entered on evidence")
    yield Law(law="every state was entered on evidence", broken=laws.claims_without_evidence(tx, practice))


def _off(what: str, some: Iterable[tuple[object, int]]) -> tuple[str, ...]:
    """Say of each by how much it is off."""
    return tuple(f"{what} {one}: off by {shown(from_cents(cents))}" for one, cents in some)


def _changed(tx: Transaction, practice: str) -> Iterator[str]:
    for file in each_file(tx, practice):
        body, leaves = outbox.bytes_of(tx, practice, file.id), outbox.wire_of(tx, practice, file.id)
        if sha256(body).hexdigest() != file.sha256 or sha256(leaves).hexdigest() != file.wire_sha256:
            yield f"file {file.name}"


def each_file(tx: Transaction, practice: str) -> Iterator[outbox.SealedFile]:
    """Give every file that was ever sealed, in order."""
    after = 0
    page: Sequence[outbox.SealedFile]
    while page := outbox.files(tx, practice, after=after, limit=_PAGE):
        yield from page
        after = page[-1].id
