"""Which transaction sets of a file are still to be posted, and which interchanges count for the first time.

An interchange counts once. One that comes again, under whatever name, is known by its number and its bytes; a file that is
read again, because it was killed or because a person wants it, goes on with the sets that do not stand yet.
"""

from dataclasses import dataclass, field

from gateway.edi.wire.fingerprint import fingerprint
from gateway.errors import ConfigError, PgpRefused
from gateway.ledger import Transaction, inbound
from gateway.ledger import remittances as money
from gateway.ledger.inbound import InboundFile, InterchangeKey, KnownInterchange, Reason, SetPlace, SetState
from gateway.service.files.pgp import content
from gateway.service.inbound.outcome import Refused
from gateway.service.inbound.outline import InterchangeOutlined, SetOutlined
from gateway.service.office import Office


@dataclass(slots=True)
class Plan:
    """What is to be done of one file.

    interchanges  to be kept as having come, with their places
    new           sets that are not known yet, with where they stand to begin with
    due           sets to be posted, in the order of the file, with their control numbers
    stands        how many sets were posted, or set aside, before
    notes         what is to be said of interchanges of which nothing is done
    """

    interchanges: list[tuple[InterchangeKey, int]] = field(default_factory=list)
    new: dict[SetPlace, SetState] = field(default_factory=dict)
    due: dict[SetPlace, str] = field(default_factory=dict)
    stands: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def sets(self) -> int:
        """How many sets of the file count."""
        return self.stands + len(self.due)


def plan_of(
    office: Office, file: InboundFile, interchanges: tuple[InterchangeOutlined, ...], although: Reason | None
) -> Plan:
    """Plan what is to be done of a file. Raises Refused if none of it may be posted.

    although  the objection that a person has overruled
    """
    _same_usage(office, file, interchanges)
    with office.ledger.reading() as tx:
        planning = _Planning(office, tx, file, although)
        for one in interchanges:
            planning.take(one)
        return planning.plan


def write_plan(tx: Transaction, practice: str, file: InboundFile, plan: Plan) -> None:
    """Keep the interchanges and sets of a file, with the first set that is posted. Raises LedgerConflict if they came meanwhile."""
    # In one order, so that two files with the same interchanges never wait for each other.
    for key, place in sorted(
        plan.interchanges, key=lambda one: (one[0].sender, one[0].interchange, one[0].date, one[0].time)
    ):
        inbound.keep_interchange(tx, practice, file, key, place=place)
    inbound.keep_sets(tx, practice, file.id, plan.new)


def is_kept(tx: Transaction, practice: str, file: InboundFile, plan: Plan) -> bool:
    """Tell whether anything that a plan would keep is kept already."""
    if not plan.new.keys().isdisjoint(inbound.sets_of(tx, practice, file.id)):
        return True
    return any(inbound.interchange_before(tx, practice, file.partner, key) for key, _ in plan.interchanges)


def bytes_read(office: Office, tx: Transaction, file: InboundFile) -> bytes:
    """Give what a file holds. Raises Refused if it is not encrypted and signed as agreed, or our own key cannot be used."""
    try:
        return content(office, tx, file)
    except (PgpRefused, ConfigError) as locked:
        raise Refused(Reason.PGP, f"{locked}; then: gateway inbox reprocess {file.id}") from locked


class _Planning:
    """A file being planned, on one snapshot of the ledger."""

    def __init__(self, office: Office, tx: Transaction, file: InboundFile, although: Reason | None) -> None:
        self.office = office
        self.tx = tx
        self.file = file
        self.practice = office.practice.key
        self.although = although
        partner = office.settings.partners.get(file.partner)
        self.counts = partner is None or partner.counts_interchanges
        self.plan = Plan()
        self.known = inbound.sets_of(tx, self.practice, file.id)
        self.kept: dict[InterchangeKey, KnownInterchange] = {}
        self.begun = {at.place for at in self.known}

    def take(self, one: InterchangeOutlined) -> None:
        """Take what of one interchange is still to be done. Raises Refused if its number came before with other bytes."""
        mine = KnownInterchange(inbound_id=self.file.id, place=one.place)
        before = self.kept.get(one.key) or inbound.interchange_before(
            self.tx, self.practice, self.file.partner, one.key
        )
        if one.place in self.begun:
            self._go_on(one.sets, self.known)
        elif before is None:
            self.plan.interchanges.append((one.key, one.place))
            self.kept[one.key] = mine
            self._begin(one.sets, dict.fromkeys((each.at for each in one.sets), SetState.WAITING))
        elif before == mine:
            self._begin(one.sets, {each.at: self._as_posted_whole(each) for each in one.sets})
        else:
            self._came_before(one, before, mine)

    def _begin(self, sets: tuple[SetOutlined, ...], states: dict[SetPlace, SetState]) -> None:
        self.plan.new |= states
        self._go_on(sets, states)

    def _go_on(self, sets: tuple[SetOutlined, ...], states: dict[SetPlace, SetState]) -> None:
        due = {one.at: one.control for one in sets if states.get(one.at) is SetState.WAITING}
        self.plan.due |= due
        self.plan.stands += len(sets) - len(due)
        if not due:
            self.plan.notes.append("what is in it was done when it was read first")

    def _as_posted_whole(self, one: SetOutlined) -> SetState:
        """Tell where a set stands of a file that was posted before sets were kept: all of it was, in one transaction."""
        aside = one.remittance is not None and money.set_aside_before(
            self.tx, self.practice, one.remittance, inbound_id=self.file.id
        )
        return SetState.WAITING if aside else SetState.POSTED

    def _came_before(self, one: InterchangeOutlined, before: KnownInterchange, mine: KnownInterchange) -> None:
        number = f"interchange {one.key.interchange:09d}"
        came = f"its {number} came before, in inbound file {before.inbound_id}"
        if self._fingerprint(before) == self._fingerprint(mine):
            self.plan.notes.append(f"{came}; nothing was done twice")
        elif not self.counts:
            self._begin(one.sets, dict.fromkeys((each.at for each in one.sets), SetState.WAITING))
            self.plan.notes.append(f"its {number} came before; this partner does not count them")
        elif self.although is Reason.NUMBER_REUSED:
            self._begin(one.sets, dict.fromkeys((each.at for each in one.sets), SetState.WAITING))
            self.plan.notes.append(f"a person let a second {number} count")
        else:
            raise Refused(
                Reason.NUMBER_REUSED,
                f"{came}, with other bytes; nothing of it was posted; ask the partner which one counts. If both do: "
                f"gateway inbox reprocess {self.file.id} --same-number",
            )

    def _fingerprint(self, known: KnownInterchange) -> str:
        """Tell what was in an interchange from the bytes it came in, which are kept: it is rarely asked."""
        raw = bytes_read(self.office, self.tx, inbound.by_id(self.tx, self.practice, known.inbound_id))
        return fingerprint(raw, known.place)


def _same_usage(office: Office, file: InboundFile, interchanges: tuple[InterchangeOutlined, ...]) -> None:
    """Refuse test answers from a production partner, and the other way round: their money is not real, or not a test."""
    known = office.settings.partners.get(file.partner)
    for one in interchanges:
        if known is not None and one.usage is not known.envelope.usage:
            raise Refused(
                Reason.USAGE,
                f"ISA15 is {one.usage}, and partner {file.partner} is set to {known.envelope.usage}; the file is set "
                "aside, nothing was posted; ask the partner which is right",
            )
