"""Read a home folder whole and check it: gateway.toml, partners/*.toml, payers/*.toml, policies/*.toml, staff.toml, waivers.toml."""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from gateway.errors import ConfigError
from gateway.partner import Envelope, MailboxAddress, MailboxKind, Marks, PgpPolicy, TradingPartner, Usage
from gateway.payer import FeeSchedule, Payer, Program, Rates
from gateway.people import Address, BillingProvider, Enrolment, Licence, Practice, StaffMember
from gateway.policy import Policy
from gateway.settings.documents import (
    GatewayDocument,
    PartnerDocument,
    PayerDocument,
    PoliciesDocument,
    StaffDocument,
    WaiversDocument,
)
from gateway.settings.values import Settings, Waiver, database_url
from gateway.timetable import Closed, Job, Timetable, read_times

Document = TypeVar("Document", bound=BaseModel)

_USAGE = {"test": Usage.TEST, "production": Usage.PRODUCTION}


def read_whole(home: Path) -> Settings:
    """Read the configuration below `home`.

    Raises ConfigError naming every fault of a file with its key and what is wanted.
    """
    path = home / "gateway.toml"
    if not path.is_file():
        raise ConfigError(f"{home} holds no gateway.toml; run: gateway --home {home} init")
    document = _checked(GatewayDocument, path, home)
    zone = document.practice.zone
    read = [_partner(one, home, zone) for one in sorted((home / "partners").glob("*.toml"))]
    partners = {one.partner.name: one.partner for one in read}
    for partner in partners.values():
        for name in partner.answers_for:
            if name not in partners:
                raise ConfigError(f"partners/{partner.name}.toml: answers_for: {name} has no file in partners/")
    payers = [_payer(one, home) for one in sorted((home / "payers").glob("*.toml"))]
    for payer in payers:
        if payer.partner not in partners:
            raise ConfigError(f"payers: {payer.id} goes to partner {payer.partner}, which has no file in partners/")
    unknown = document.unknown_payer
    if unknown.partner not in partners:
        raise ConfigError(f"gateway.toml: unknown_payer.partner: {unknown.partner} has no file in partners/")
    return Settings(
        home=home,
        environment=_USAGE[document.environment],
        database_url=database_url(document.database.url, home),
        practice=_practice(document),
        partners=MappingProxyType(partners),
        payers=MappingProxyType({payer.id: payer for payer in payers}),
        unknown_payer=Payer(
            id="UNKNOWN",
            name="a payer that is not configured",
            program=Program.COMMERCIAL,
            filing_code="CI",
            partner=unknown.partner,
            unit_rule=unknown.unit_rule,
            assumed=True,
        ),
        staff=_staff(home),
        policies=_policies(home),
        waivers=_waivers(home),
        timetables=(*_own_timetables(document), *(one for each in read for one in each.timetables)),
        drop_folder=home / document.schedule.drop_folder if document.schedule.drop_folder else None,
        backups_kept=document.schedule.backups_kept,
        still_holds=frozenset(one.table for one in document.still_holds),
    )


def _practice(document: GatewayDocument) -> Practice:
    given = document.practice
    billing = given.billing
    return Practice(
        key=given.key,
        name=given.name,
        zone=given.zone,
        contact_name=given.contact_name,
        contact_phone=given.contact_phone,
        billing=BillingProvider(
            name=billing.name,
            first_name=billing.first_name,
            npi=billing.npi,
            tax_id=billing.tax_id,
            tax_id_kind=billing.tax_id_kind,
            taxonomy=billing.taxonomy,
            address=Address(**billing.address.model_dump()),
        ),
    )


class _Read(NamedTuple):
    """What the file of a partner says: who it is, and when work is done for it."""

    partner: TradingPartner
    timetables: tuple[Timetable, ...]


def _own_timetables(document: GatewayDocument) -> Iterator[Timetable]:
    """Give when the practice's own work is done; without a folder nothing is taken in."""
    given = document.schedule
    told = {
        Job.TAKE_IN: given.take_in if given.drop_folder else (),
        Job.SCRUB: given.scrub,
        Job.POST: given.post,
        Job.RECONCILE: given.reconcile,
        Job.BACKUP: given.backup,
    }
    for job, times in told.items():
        if times:
            yield Timetable(job=job, zone=document.practice.zone, times=tuple(map(read_times, times)))


def _partners_timetables(document: PartnerDocument, zone: str) -> Iterator[Timetable]:
    """Give when work is done for a partner. On a closed day it has no cutoff; what comes from it is fetched all the same."""
    given = document.schedule
    for job, times in ((Job.SEND, given.sends), (Job.DELIVER, given.delivers), (Job.COLLECT, given.collects)):
        if times:
            is_cutoff = job is Job.SEND
            yield Timetable(
                job=job,
                partner=document.name,
                zone=given.zone or zone,
                times=tuple(map(read_times, times)),
                closed=tuple(Closed(day=one.day, why=one.why) for one in given.closed) if is_cutoff else (),
                banking=given.banking_holidays and is_cutoff,
            )


def _partner(path: Path, home: Path, zone: str) -> _Read:
    document = _checked(PartnerDocument, path, home)
    fields = document.model_dump(exclude={"envelope", "mailbox", "marks", "pgp", "companions", "schedule"})
    partner = TradingPartner(
        **fields,
        companions=tuple(home / one for one in document.companions),
        marks=MappingProxyType({_USAGE[name]: Marks(**one.model_dump()) for name, one in document.marks.items()}),
        envelope=Envelope(**document.envelope.model_dump()),
        mailbox=_placed(MailboxAddress(**document.mailbox.model_dump()), home),
        pgp=None if document.pgp is None else _pgp_placed(PgpPolicy(**document.pgp.model_dump()), home),
    )
    where = path.relative_to(home)
    if partner.name != path.stem:
        raise ConfigError(
            f"{where}: name: {partner.name} differs from the file's name; call the file {partner.name}.toml"
        )
    if "{interchange}" not in partner.file_name:
        raise ConfigError(f"{where}: file_name: want {{interchange}} in it, or two files would share a name")
    try:
        partner.file_name.format(practice="p", partner="p", interchange="1")
    except (KeyError, IndexError, ValueError):
        raise ConfigError(f"{where}: file_name: knows {{practice}}, {{partner}} and {{interchange}} only") from None
    box = partner.mailbox
    if box.kind is MailboxKind.SFTP:
        given = {"host": box.host, "user": box.user, "key or password": box.key or box.password}
        if missing := [key for key in given if not given[key]]:
            raise ConfigError(f"{where}: mailbox: an sftp mailbox wants {', '.join(missing)}")
    if box.kind is MailboxKind.FOLDER and not box.root:
        raise ConfigError(f"{where}: mailbox.root: a folder mailbox wants the folder it is in")
    if box.archive and box.removes_read:
        raise ConfigError(
            f"{where}: mailbox.removes_read: read files are moved to mailbox.archive; want one of the two"
        )
    return _Read(partner, tuple(_partners_timetables(document, zone)))


def _placed(box: MailboxAddress, home: Path) -> MailboxAddress:
    """Let relative paths start at the configuration's folder."""
    box = replace(
        box,
        key=_reference_placed(box.key, home),
        passphrase=_reference_placed(box.passphrase, home),
        password=_reference_placed(box.password, home),
    )
    if box.kind is MailboxKind.FOLDER and box.root and not Path(box.root).is_absolute():
        box = replace(box, root=str(home / box.root))
    return box


def _pgp_placed(policy: PgpPolicy, home: Path) -> PgpPolicy:
    return replace(
        policy,
        public_keys=str(home / policy.public_keys) if policy.public_keys else "",
        key=_reference_placed(policy.key, home),
        passphrase=_reference_placed(policy.passphrase, home),
    )


def _reference_placed(reference: str, home: Path) -> str:
    kind, _, path = reference.partition(":")
    return f"file:{home / path}" if kind == "file" else reference


def _payer(path: Path, home: Path) -> Payer:
    document = _checked(PayerDocument, path, home)
    strangers = sorted(set(document.sources) - set(PayerDocument.model_fields))
    if strangers:
        raise ConfigError(f"{path.relative_to(home)}: sources.{strangers[0]}: there is no such setting")
    return payer_of(document)


def payer_of(document: PayerDocument) -> Payer:
    """Give a payer as its checked file says."""
    fields = document.model_dump(exclude={"fee_schedule", "rates", "sources"})
    return Payer(
        **fields,
        sources=MappingProxyType(document.sources),
        fee_schedules=tuple(
            FeeSchedule(
                starts=schedule.starts,
                ends=schedule.ends,
                source=schedule.source,
                charges=MappingProxyType(dict(schedule.charges)),
            )
            for schedule in document.fee_schedule
        ),
        rates=tuple(
            Rates(
                starts=one.starts,
                ends=one.ends,
                source=one.source,
                amounts=MappingProxyType(dict(one.amounts)),
                reduced=MappingProxyType(dict(one.reduced)),
            )
            for one in document.rates
        ),
    )


def _policies(home: Path) -> tuple[Policy, ...]:
    found: dict[str, Policy] = {}
    for path in sorted((home / "policies").glob("*.toml")):
        for one in _checked(PoliciesDocument, path, home).policy:
            if one.id in found:
                raise ConfigError(f"{path.relative_to(home)}: policy {one.id} is there twice; give each its own id")
            found[one.id] = Policy(**one.model_dump())
    return tuple(found.values())


def _staff(home: Path) -> tuple[StaffMember, ...]:
    path = home / "staff.toml"
    return staff_of(_checked(StaffDocument, path, home)) if path.is_file() else ()


def staff_of(document: StaffDocument) -> tuple[StaffMember, ...]:
    """Give the practice's people as the checked file says."""
    return tuple(
        StaffMember(
            **one.model_dump(exclude={"licence", "enrolled"}),
            licences=tuple(Licence(**each.model_dump()) for each in one.licence),
            enrolled=tuple(Enrolment(**each.model_dump()) for each in one.enrolled),
        )
        for one in document.person
    )


def _waivers(home: Path) -> tuple[Waiver, ...]:
    path = home / "waivers.toml"
    if not path.is_file():
        return ()
    waivers = tuple(Waiver(**one.model_dump()) for one in _checked(WaiversDocument, path, home).waiver)
    if waivers:
        _require_waivable(waivers, path.name)
    return waivers


def _require_waivable(waivers: Iterable[Waiver], file: str) -> None:
    """Raise ConfigError where a waiver would let pass what no claim can be made without, or names a rule that is none."""
    from gateway.scrub import RULES  # noqa: PLC0415 most homes waive nothing, and most commands do not scrub

    needs = {rule.id: rule.needs for rule in RULES}
    faults = []
    for place, one in enumerate(waivers):
        where = f"{file}: waiver.{place}.rule: {one.rule}"
        if one.rule not in needs:
            faults.append(f"{where} is no rule{_instead(one.rule, needs)}; until then it would let nothing pass")
        elif needs[one.rule]:
            needed = ", ".join(sorted(id_ for id_, what in needs.items() if what))
            faults.append(
                f"{where} cannot be waived, for there is no claim to make without {needs[one.rule]}; take the waiver out and "
                f"fix the visits; the same goes for: {needed}"
            )
    if faults:
        raise ConfigError("\n".join(faults))


def _instead(rule: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 only where a name is wrong

    near = get_close_matches(rule, known, n=1)
    return f" (any more); {near[0]} is one" if near else " (any more); gateway rules list shows what there is"


def _checked(document: type[Document], path: Path, home: Path) -> Document:
    where = path.relative_to(home)
    try:
        written: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as refused:
        raise ConfigError(f"{where}: not TOML: {refused}") from None
    try:
        return document(**written)
    except ValidationError as refused:
        # The input is left out: a setting may come from the environment and be a secret.
        faults = [f"{'.'.join(map(str, one['loc']))}: {_wanted(one['type'], one['msg'])}" for one in refused.errors()]
        raise ConfigError(f"{where}: " + f"\n{where}: ".join(faults)) from None


def _wanted(kind: str, said: str) -> str:
    if kind == "extra_forbidden":
        return "there is no such setting; check its spelling"
    if kind == "missing":
        return "is missing"
    return said[0].lower() + said[1:]
