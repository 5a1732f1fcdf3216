"""Who took part in a visit, as far as it is known for certain: from the visit, the letters, the taxonomy and the staff list.

Where they contradict each other it is not known, and no rule finds anything.
"""

from collections.abc import Iterator
from typing import NamedTuple

from gateway.codes.callings import CLINICIANS, Calling, calling_of, calling_of_person
from gateway.names import is_other_name, is_same_name, signature
from gateway.people import Provider, StaffMember
from gateway.scrub.rule import Case
from gateway.visit import Discipline, TreatedBy

THERAPY = frozenset({Discipline.PT, Discipline.OT, Discipline.SLP})


class Signer(NamedTuple):
    """Who signed or co-signed a note: the name, empty where none is given, and what they are; None when not known."""

    name: str
    calling: Calling | None


def staff_of(case: Case, npi: str) -> StaffMember | None:
    """Give the one of the practice's people who has that NPI, or None."""
    return next((one for one in case.staff if npi and one.npi == npi), None)


def staff_named(case: Case, name: str) -> StaffMember | None:
    """Give the one of the practice's people who has that name; None when it is nobody's, or may be several people's."""
    alike = [one for one in case.staff if is_same_name(name, one.last_name, one.first_name)]
    return alike[0] if len(alike) == 1 else None


def calling(case: Case, who: Provider) -> Calling | None:
    """Give what a provider of the visit is."""
    member = staff_of(case, who.npi)
    if member is None:
        return calling_of_person(who.credential, who.taxonomy)
    said, listed = calling_of(who.credential), calling_of(member.credential)
    if said is not None and listed is not None and said is not listed:
        return None
    return calling_of_person(who.credential if said is not None else member.credential, who.taxonomy or member.taxonomy)


def signer(case: Case) -> Signer | None:
    """Give who signed the note; None when nobody did, or it is not supplied."""
    note = case.visit.note
    if not note or not isinstance(note.signed_by, str) or not note.signed_by.strip():
        return None
    return _signer(case, note.signed_by, note.signed_credential)


def cosigner(case: Case) -> Signer | None:
    """Give who co-signed the note; None when nobody did. Letters alone are enough to tell what they are."""
    note = case.visit.note
    if not note or not (note.cosigned_by or note.cosigned_credential):
        return None
    return _signer(case, note.cosigned_by, note.cosigned_credential)


def is_cosigned_by_clinician(case: Case) -> bool:
    """Tell whether a clinician co-signed, or somebody of whom it is not known what they are."""
    beside = cosigner(case)
    return beside is not None and (beside.calling is None or beside.calling in CLINICIANS)


def is_named(case: Case, name: str, who: Provider | None) -> bool:
    """Tell whether a name may be that provider's, also by another name that the staff list has for the NPI."""
    if who is None:
        return False
    member = staff_of(case, who.npi)
    names = [(who.last_name, who.first_name), *([(member.last_name, member.first_name)] if member else [])]
    return any(not is_other_name(name, *each) for each in names)


def treaters(case: Case) -> Iterator[TreatedBy | None]:
    """Give for each service that is billed who gave it; None where that is not told."""
    for service in (one for line in case.draft.billed for one in line.blocks(case.visit)):
        by = service.treated_by
        yield by if isinstance(by, TreatedBy) else None
        if service.assistant_minutes:
            yield TreatedBy.ASSISTANT


def _signer(case: Case, text: str, letters: str) -> Signer:
    written = signature(text, letters)
    said = calling_of(written.letters)
    if said is None and not written.letters:
        # "Front desk", "PT aide" where a name should stand.
        instead = calling_of(text)
        if instead in {Calling.OFFICE, Calling.AIDE, Calling.STUDENT}:
            return Signer("", instead)
    member = staff_named(case, written.name) if written.name else None
    listed = calling_of_person(member.credential, member.taxonomy) if member else None
    if said is not None and listed is not None and said is not listed:
        return Signer(written.name, None)
    return Signer(written.name, said or listed)
