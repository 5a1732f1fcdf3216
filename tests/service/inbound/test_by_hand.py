"""An answer that a person downloaded: stored once, as if it had been collected, and posted by the same verb."""

import io
import os
import threading
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.errors import ConfigError, IntakeError, UsageError
from gateway.ledger import events, inbound
from gateway.ledger.inbound import InboundState, Reason
from gateway.lifecycle import ClaimState
from gateway.partner import PgpPolicy
from gateway.service.inbound.by_hand import import_file, plain_name
from gateway.service.inbound.collect import collect
from gateway.service.inbound.post import post
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.visits.scrub import scrub_visits
from tests.contract.memory_mailbox import MemoryMailbox
from tests.service import clinic
from tests.service.clinic import answer_835, paid_in_full, taken, the_claim, visit

WHY = "from the payer's portal"


@pytest.fixture
def sent(office: Office) -> Office:
    taken(office, visit())
    scrub_visits(office)
    clinic.delivered(office)
    return replace(office, actor="Ana Reyes")


def downloaded(folder: Path, body: bytes, name: str = "era.835") -> Path:
    path = folder / name
    path.write_bytes(body)
    return path


def stored(office: Office) -> list[inbound.InboundFile]:
    with office.ledger.reading() as tx:
        return list(inbound.files(tx, office.practice.key))


def test_an_835_from_a_portal_is_stored_and_posted_as_one_that_was_collected(sent: Office, tmp_path: Path) -> None:
    body = answer_835("140.50", paid_in_full(the_claim(sent)))
    path = downloaded(tmp_path, body)
    before = path.stat()
    done = import_file(sent, path, partner="north", reason=WHY)
    assert (done.is_new, done.file.name, done.file.state) == (True, "by-hand/era.835", InboundState.STORED)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (body, before.st_mtime_ns)
    with sent.ledger.reading() as tx:
        assert inbound.bytes_of(tx, sent.practice.key, done.file.id) == body
        (said,) = [one.event for one in events.read(tx, sent.practice.key, kind="inbound.stored")]
    assert (said.actor, said.reason, said.artefact, said.partner) == ("Ana Reyes", WHY, "person", "north")
    assert "brought in by hand by Ana Reyes" in said.said
    assert post(sent)[-1].state is InboundState.POSTED
    assert the_claim(sent).state is ClaimState.PAID
    assert reconcile(sent).holds


def test_the_same_bytes_again_are_the_same_file_also_under_another_name_and_when_they_are_collected(
    sent: Office, tmp_path: Path
) -> None:
    body = answer_835("140.50", paid_in_full(the_claim(sent)))
    first = import_file(sent, downloaded(tmp_path, body), partner="north", reason=WHY)
    post(sent)
    again = import_file(sent, downloaded(tmp_path, body, "era (1).835"), partner="north", reason=WHY)
    assert (again.is_new, again.file.id, again.file.state) == (False, first.file.id, InboundState.POSTED)
    mailbox = MemoryMailbox(files={"out/era.835": body})
    (here, _) = collect(sent, lambda one: mailbox if one.name == "north" else MemoryMailbox())
    assert (here.files, here.known) == ((), 1)
    assert [one.id for one in stored(sent)] == [first.file.id]
    assert post(sent) == ()


def test_another_partners_same_bytes_are_its_own_file(sent: Office, tmp_path: Path) -> None:
    path = downloaded(tmp_path, b"ISA*anything")
    assert import_file(sent, path, partner="north", reason=WHY).is_new
    assert import_file(sent, path, partner="south", reason=WHY).is_new


def test_what_is_not_x12_is_kept_and_set_aside_by_the_post(sent: Office, tmp_path: Path) -> None:
    import_file(sent, downloaded(tmp_path, b"%PDF-1.7 an EOB"), partner="north", reason=WHY)
    (done,) = post(sent)
    assert done.state is InboundState.SET_ASIDE
    assert stored(sent)[0].reason == Reason.NOT_X12


@pytest.mark.parametrize("what", ["a folder", "no plain file", "No such file"])
def test_what_is_no_file_is_refused_and_nothing_is_stored(office: Office, tmp_path: Path, what: str) -> None:
    path = tmp_path / "thing"
    if what == "a folder":
        path.mkdir()
    elif what == "no plain file":
        os.mkfifo(path)
    with pytest.raises(UsageError, match=what):
        import_file(office, path, partner="north", reason=WHY)
    assert stored(office) == []


def test_an_empty_file_one_that_is_too_long_and_an_unknown_partner_are_refused(office: Office, tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="is empty"):
        import_file(office, downloaded(tmp_path, b" \n"), partner="north", reason=WHY)
    path = downloaded(tmp_path, b"ISA*" + b"x" * 97)
    with pytest.raises(IntakeError, match="longer than 100 bytes"):
        import_file(office, path, partner="north", reason=WHY, bytes_max=100)
    with pytest.raises(ConfigError, match="no trading partner nobody"):
        import_file(office, path, partner="nobody", reason=WHY)
    assert stored(office) == []
    assert import_file(office, path, partner="north", reason=WHY, bytes_max=101).is_new


def test_a_file_that_cannot_be_read_says_why(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = downloaded(tmp_path, b"ISA*x")

    def refused(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refused)
    with pytest.raises(UsageError, match=r"cannot be read \(Permission denied\)"):
        import_file(office, path, partner="north", reason=WHY)


def test_a_file_that_grows_while_it_is_read_is_not_taken(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, real = downloaded(tmp_path, b"ISA*x"), os.fstat
    looks = []

    def growing(descriptor: int) -> os.stat_result:
        if os.path.realpath(f"/proc/self/fd/{descriptor}") == str(path.resolve()):
            looks.append(descriptor)
            if len(looks) == 2:  # the look after the reading
                with path.open("ab") as more:
                    more.write(b"more")
        return real(descriptor)

    monkeypatch.setattr(os, "fstat", growing)
    with pytest.raises(UsageError, match="changed while it was read"):
        import_file(office, path, partner="north", reason=WHY)
    assert (len(looks), stored(office)) == (2, [])


def test_two_who_import_the_same_bytes_at_once_store_them_once(sent: Office, tmp_path: Path) -> None:
    path, done = downloaded(tmp_path, b"ISA*x"), []
    both = [
        threading.Thread(target=lambda: done.append(import_file(sent, path, partner="north", reason=WHY)))
        for _ in range(2)
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert (len(stored(sent)), {one.file.id for one in done}) == (1, {stored(sent)[0].id})


def test_a_plain_download_of_a_partner_that_encrypts_its_mailbox_is_posted(sent: Office, tmp_path: Path) -> None:
    north = replace(clinic.partner("north"), pgp=PgpPolicy(key="a" * 40))
    office = replace(sent, settings=clinic.settings(north, clinic.partner("south"), home=sent.settings.home))
    body = answer_835("140.50", paid_in_full(the_claim(office)))
    import_file(office, downloaded(tmp_path, body), partner="north", reason=WHY)
    assert post(office)[-1].state is InboundState.POSTED
    locked = import_file(office, downloaded(tmp_path, b"\x85\x01\x0c", "era.pgp"), partner="north", reason=WHY)
    assert locked.file.name == "era.pgp"
    assert post(office)[-1].state is InboundState.SET_ASIDE
    assert stored(office)[-1].reason == Reason.PGP


def test_an_archive_is_unpacked_where_the_partner_is_known_to_send_any(sent: Office, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.835", answer_835("140.50", paid_in_full(the_claim(sent))))
    path = downloaded(tmp_path, packed.getvalue(), "eras.zip")
    north = clinic.partner("north", mailbox={"zipped": True})
    office = replace(sent, settings=clinic.settings(north, clinic.partner("south"), home=sent.settings.home))
    import_file(office, path, partner="north", reason=WHY)
    post(office)
    post(office)
    assert [one.name for one in stored(office)] == ["by-hand/eras.zip", "by-hand/eras.zip/a.835"]
    assert the_claim(office).state is ClaimState.PAID


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("era.835", "era.835"),
        ("ERA 2026 (1).835", "ERA_2026_1_.835"),
        ("-rf \x1b[2J", "rf_2J"),
        ("..", "answer"),
        ("é", "answer"),
        ("x" * 300 + ".835", "x" * 96 + ".835"),
    ],
)
def test_a_name_is_kept_as_a_terminal_can_have_it(name: str, kept: str) -> None:
    assert plain_name(name) == kept
