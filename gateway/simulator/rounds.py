"""The next round of a partner: what its payers say of claims after their first word, in remittances of their own."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gateway.edi.write.envelope import CONTROL_MAX, interchange
from gateway.simulator.advice import Payment, segments
from gateway.simulator.answer_files import AnswerFile, Answers, envelope_of, file_name, group_of, marks_of
from gateway.simulator.answered import Back, Later
from gateway.simulator.memory import FileMemory, History
from gateway.simulator.payer import Office, remembered
from gateway.simulator.world import World


def next_round(*, world: World, history: History, partner: str) -> Answers | None:
    """Give what is said next through a partner; None if everything was said. `history` is left as it is.

    A round in which nothing is due is passed over.
    """
    waiting = history.later(partner)
    if not waiting:
        return None
    due = min(one.due for one in waiting)
    now = [one for one in waiting if one.due == due]
    past, files, memory = history.copy(), list[AnswerFile](), FileMemory(rounds=((partner, due),))
    for back in dict.fromkeys(one.back for one in now):
        some = [one for one in now if one.back == back]
        digest = _digest(partner, due, some)
        office = Office(world=world, partner=partner, digest=digest, at=max(one.at for one in some).date())
        names = {one.told.claim.payer: one.payer_name for one in some}
        first = past.written + len(files) + 1
        payments = office.payments([one.told for one in some], names, past, first=first)
        files.extend(_files(back, payments, some, digest=digest, first=first))
        remembers = remembered((), payments)
        past.add(FileMemory(debts=remembers.debts, recovers=remembers.recovers))
        memory = memory.plus(remembers)
    return Answers(files=tuple(files), memory=replace(memory, written=len(files)))


def _digest(partner: str, due: int, some: Sequence[Later]) -> str:
    said = " ".join((partner, str(due), *(f"{one.told.claim.number} {one.told.claim.status}" for one in some)))
    return hashlib.sha256(said.encode()).hexdigest()[:10].upper()


def _files(
    back: Back, payments: Sequence[Payment], some: Sequence[Later], *, digest: str, first: int
) -> Iterator[AnswerFile]:
    """Write a file for each payer, numbered from `first`."""
    at = max(one.at for one in some)
    for place, payer in enumerate(dict.fromkeys(one.payer for one in payments)):
        control = (first + place - 1) % CONTROL_MAX + 1
        sets = [segments(one) for one in payments if one.payer == payer]
        group = group_of("HP", "005010X221A1", "835", control, sets)
        body = interchange(envelope_of(back), control=control, at=at, groups=(group,), marks=marks_of(back))
        yield AnswerFile(name=file_name("835", back.receiver, f"R{digest}", f"{place + 1:02}", payer[:20]), body=body)
