"""What a partner and its answers show of files that this ledger may not know: the evidence of a recovery."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.acknowledgment import ClaimAcknowledgment, GroupAnswer, Ta1
from gateway.edi.read.inbound_file import What, read_answers
from gateway.errors import InboundWireError
from gateway.ledger import Transaction, inbound, numbers
from gateway.ledger.inbound import InboundFile, InboundState
from gateway.ledger.numbers import Number
from gateway.partner import TradingPartner
from gateway.remittance import Remittance

_PAGE = 200
_REFERENCE = re.compile(r"(\d{1,9})(\d{9})")


@dataclass(slots=True)
class Seen:
    """What the answers that wait to be posted say, each with the inbound file that says it.

    interchanges  ISA13 and ISA09 of a TA1
    groups        GS06 of a 999; a group has its interchange's number
    references    BHT03 of a 277CA
    pcns          patient control numbers of 277CA and 835
    """

    interchanges: dict[tuple[int, str], str] = field(default_factory=dict)
    groups: dict[int, str] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    pcns: dict[str, str] = field(default_factory=dict)

    def numbers(self, after: Number) -> Iterator[Number]:
        """Give every interchange number that was answered; where the cycle is not said, the one nearest to `after`."""
        for number in (*(one for one, _ in self.interchanges), *self.groups):
            yield nearest(number, after)
        for reference in self.references:
            if parts := _REFERENCE.fullmatch(reference):
                yield Number(int(parts[1]), int(parts[2]))


def nearest(number: int, after: Number) -> Number:
    """Give a number the cycle in which it is nearest to another one."""
    half = numbers.LAST // 2
    if number + half < after.number:
        return Number(after.cycle + 1, number)
    return Number(after.cycle - 1 if after.cycle > 1 and number > after.number + half else after.cycle, number)


def answered(tx: Transaction, practice: str, partner: str) -> Seen:
    """Read the answers of a partner that were stored and not posted. What is no X12 says nothing; posting sets it aside."""
    seen, after = Seen(), 0
    while page := inbound.files(tx, practice, states=(InboundState.STORED,), partner=partner, after=after, limit=_PAGE):
        for file in page:
            try:
                answers = read_answers(inbound.bytes_of(tx, practice, file.id))
            except InboundWireError:
                continue
            for answer in answers:
                _note(seen, file, answer.what)
        after = page[-1].id
    return seen


def _note(seen: Seen, file: InboundFile, what: What) -> None:
    artefact = f"inbound {file.id}"
    if isinstance(what, Ta1):
        seen.interchanges[what.interchange, what.date] = artefact
    elif isinstance(what, GroupAnswer):
        seen.groups[what.group] = artefact
    elif isinstance(what, ClaimAcknowledgment):
        seen.references[what.reference] = artefact
        seen.pcns.update({one.patient_control_number: artefact for one in what.claims})
    elif isinstance(what, Remittance):
        seen.pcns.update({one.patient_control_number: artefact for one in what.claims})


def number_in(partner: TradingPartner, practice: str, name: str) -> Number | None:
    """Read the interchange number out of a name at the partner, temporary or final; None if it is no name of ours."""
    written = partner.file_name.format(practice=practice, partner=partner.name, interchange="\0")
    ours = re.escape(written).replace(re.escape("\0"), r"(\d{9})")
    found = re.fullmatch(rf"(?:c(\d{{1,9}})_)?{ours}(?:\.\d+{re.escape(partner.mailbox.temporary)})?", name)
    if found is None or int(found[2]) == 0:
        return None
    return Number(int(found[1] or 1), int(found[2]))
