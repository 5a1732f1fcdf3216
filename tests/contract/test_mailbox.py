"""What every mailbox keeps: in memory, a folder, a real OpenSSH, a real ProFTPD, and a server made with paramiko."""

import io
from datetime import UTC

import pytest

from gateway.errors import ConfigError, NameTaken, NotReached, PartnerRefusal, UsageError
from tests.contract.conftest import Place

BODY = bytes(range(256)) * 400  # more than three requests long
OUTSIDE = (
    "/etc/passwd",
    "../outside",
    "outbound/../../outside",
    "",
    ".",
    "outbound//x",
    "outbound/./x",
    "a\\..\\b",
    "a\nb",
    "a\0b",
)


class _Full:
    def write(self, _: bytes) -> None:
        raise ConfigError("the disk is full")


@pytest.mark.parametrize("body", [b"", b"ISA", BODY], ids=["empty", "short", "long"])
def test_what_is_created_is_there_and_read_back(place: Place, body: bytes) -> None:
    place.mailbox.create_exclusive("outbound/x.part", body)
    assert place.seen("outbound/x.part") == body
    assert place.mailbox.read("outbound/x.part", len(body)) == body
    stat = place.mailbox.stat("outbound/x.part")
    assert stat is not None
    assert stat.size == len(body)
    assert stat.modified is not None
    assert stat.modified.tzinfo is UTC


def test_create_refuses_an_existing_name_and_leaves_it_unchanged(place: Place) -> None:
    place.plant("outbound/x", b"theirs")
    with pytest.raises(NameTaken):
        place.mailbox.create_exclusive("outbound/x", b"ours, and longer")
    assert place.seen("outbound/x") == b"theirs"


def test_create_refuses_the_name_of_a_folder(place: Place) -> None:
    place.plant_folder("outbound/x")
    with pytest.raises(NameTaken):
        place.mailbox.create_exclusive("outbound/x", b"ours")


def test_an_absent_name_has_no_stat(place: Place) -> None:
    assert place.mailbox.stat("outbound/nothing") is None


def test_a_name_in_an_absent_folder_has_no_stat(place: Place) -> None:
    assert place.mailbox.stat("nowhere/nothing") is None


def test_rename_moves_the_file(place: Place) -> None:
    place.plant("outbound/x.part", BODY)
    place.mailbox.rename_no_clobber("outbound/x.part", "outbound/x.837")
    assert place.seen("outbound/x.837") == BODY
    assert place.mailbox.stat("outbound/x.part") is None


def test_rename_moves_between_folders(place: Place) -> None:
    place.plant("outbound/x", b"abc")
    place.mailbox.rename_no_clobber("outbound/x", "inbound/y")
    assert (place.seen("outbound/x"), place.seen("inbound/y")) == (None, b"abc")


def test_rename_never_replaces(place: Place) -> None:
    place.plant("outbound/x.part", b"ours")
    place.plant("outbound/x.837", b"theirs")
    with pytest.raises(NameTaken):
        place.mailbox.rename_no_clobber("outbound/x.part", "outbound/x.837")
    assert (place.seen("outbound/x.part"), place.seen("outbound/x.837")) == (b"ours", b"theirs")


def test_a_rename_to_its_own_name_loses_nothing(place: Place) -> None:
    place.plant("outbound/x", b"ours")
    with pytest.raises(NameTaken):
        place.mailbox.rename_no_clobber("outbound/x", "outbound/x")
    assert place.seen("outbound/x") == b"ours"


def test_rename_of_an_absent_name_is_refused(place: Place) -> None:
    with pytest.raises(PartnerRefusal):
        place.mailbox.rename_no_clobber("outbound/x.part", "outbound/x.837")
    assert place.mailbox.stat("outbound/x.837") is None


def test_a_link_gives_a_file_its_second_name(place: Place) -> None:
    if not links(place):
        return
    place.plant("outbound/x.part", BODY)
    place.mailbox.link_no_clobber("outbound/x.part", "outbound/x.837")
    assert (place.seen("outbound/x.part"), place.seen("outbound/x.837")) == (BODY, BODY)
    place.mailbox.remove("outbound/x.part")
    assert place.seen("outbound/x.837") == BODY


def links(place: Place) -> bool:
    """A server without hard links has to say so, and do nothing."""
    place.plant("outbound/probe", b"x")
    try:
        place.mailbox.link_no_clobber("outbound/probe", "outbound/probe2")
    except PartnerRefusal:
        assert place.seen("outbound/probe2") is None
        return False
    return True


def test_a_link_never_replaces_and_needs_its_file(place: Place) -> None:
    place.plant("outbound/x.part", b"ours")
    place.plant("outbound/x.837", b"theirs")
    with pytest.raises(NameTaken):
        place.mailbox.link_no_clobber("outbound/x.part", "outbound/x.837")
    assert place.seen("outbound/x.837") == b"theirs"
    with pytest.raises(PartnerRefusal):
        place.mailbox.link_no_clobber("outbound/nothing", "outbound/y.837")
    assert place.seen("outbound/y.837") is None


def test_overwrite_completes_a_beginning_and_makes_no_file(place: Place) -> None:
    place.plant("outbound/x.837", BODY[:-7])
    if overwrites(place):
        place.mailbox.overwrite("outbound/x.837", BODY)
        assert place.seen("outbound/x.837") == BODY
    with pytest.raises(PartnerRefusal):
        place.mailbox.overwrite("outbound/nothing", b"x")
    assert place.seen("outbound/nothing") is None


def overwrites(place: Place) -> bool:
    """A server that lets nobody write into a file (ProFTPD, unless it is told otherwise) has to say so, and do nothing."""
    place.plant("outbound/probe", b"theirs")
    try:
        place.mailbox.overwrite("outbound/probe", b"x")
    except PartnerRefusal:
        assert place.seen("outbound/probe") == b"theirs"
        return False
    return True


def test_whether_a_rename_replaces_can_be_tried(place: Place) -> None:
    place.plant("outbound/a", b"first")
    place.plant("outbound/b", b"second")
    assert place.mailbox.rename_replaces("outbound/a", "outbound/b") is False
    assert (place.seen("outbound/a"), place.seen("outbound/b")) == (b"first", b"second")
    assert place.mailbox.syncs() in {True, False}


def test_list_gives_names_and_sizes_and_marks_what_is_no_file(place: Place) -> None:
    place.plant("inbound/a.999", b"abc")
    place.plant("inbound/b.835", b"")
    place.plant_folder("inbound/c")
    listed = {entry.name: entry for entry in place.mailbox.list("inbound")}
    assert {name: entry.regular for name, entry in listed.items()} == {"a.999": True, "b.835": True, "c": False}
    assert (listed["a.999"].size, listed["b.835"].size) == (3, 0)
    assert listed["a.999"].modified is not None


def test_the_root_can_be_listed(place: Place) -> None:
    place.plant("hello.txt", b"abc")
    assert [entry.name for entry in place.mailbox.list("") if entry.regular] == ["hello.txt"]


def test_an_absent_folder_cannot_be_listed(place: Place) -> None:
    with pytest.raises(PartnerRefusal):
        place.mailbox.list("nowhere")


def test_a_folder_with_too_many_names_is_refused_whole(place: Place) -> None:
    for number in range(4):
        place.plant(f"inbound/{number}", b"")
    assert len(place.mailbox.list("inbound", names_max=4)) == 4
    with pytest.raises(PartnerRefusal, match="more than 3 names"):
        place.mailbox.list("inbound", names_max=3)
    assert len(place.mailbox.list("inbound")) == 4


def test_read_stops_at_its_cap(place: Place) -> None:
    place.plant("inbound/a.835", BODY)
    assert place.mailbox.read("inbound/a.835", len(BODY)) == BODY
    with pytest.raises(PartnerRefusal, match="longer than"):
        place.mailbox.read("inbound/a.835", len(BODY) - 1)


@pytest.mark.parametrize("body", [b"", b"ISA", BODY], ids=["empty", "short", "long"])
def test_fetch_writes_all_the_bytes_in_order_and_counts_them(place: Place, body: bytes) -> None:
    place.plant("inbound/a.835", body)
    into = io.BytesIO()
    assert place.mailbox.fetch("inbound/a.835", into, len(body)) == len(body)
    assert into.getvalue() == body


def test_fetch_never_writes_more_than_its_cap(place: Place) -> None:
    place.plant("inbound/a.835", BODY)
    into = io.BytesIO()
    with pytest.raises(PartnerRefusal, match="longer than"):
        place.mailbox.fetch("inbound/a.835", into, len(BODY) - 1)
    assert len(into.getvalue()) < len(BODY)


def test_fetch_stops_when_what_it_writes_into_says_so_and_the_session_goes_on(place: Place) -> None:
    place.plant("inbound/a.835", BODY)
    with pytest.raises(ConfigError, match="full"):
        place.mailbox.fetch("inbound/a.835", _Full(), len(BODY))
    assert place.mailbox.read("inbound/a.835", len(BODY)) == BODY


@pytest.mark.parametrize("name", ["inbound/nothing", "inbound/folder"])
def test_what_is_absent_or_no_file_cannot_be_fetched(place: Place, name: str) -> None:
    place.plant_folder("inbound/folder")
    with pytest.raises(PartnerRefusal):
        place.mailbox.fetch(name, io.BytesIO(), 10)


def test_an_absent_file_cannot_be_read(place: Place) -> None:
    with pytest.raises(PartnerRefusal):
        place.mailbox.read("inbound/nothing", 10)


def test_a_folder_cannot_be_read(place: Place) -> None:
    place.plant_folder("inbound/c")
    with pytest.raises(PartnerRefusal):
        place.mailbox.read("inbound/c", 10)


def test_remove_takes_a_file_away_and_an_absent_one_is_fine(place: Place) -> None:
    place.plant("outbound/x.part", b"abc")
    place.mailbox.remove("outbound/x.part")
    assert place.seen("outbound/x.part") is None
    place.mailbox.remove("outbound/x.part")


def test_remove_leaves_a_folder_alone(place: Place) -> None:
    place.plant_folder("inbound/c")
    with pytest.raises(PartnerRefusal):
        place.mailbox.remove("inbound/c")
    assert place.mailbox.stat("inbound/c") is not None


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_name_outside_the_root_is_refused(place: Place, name: str) -> None:
    place.plant("outbound/mine", b"abc")
    for attempt in (
        lambda: place.mailbox.create_exclusive(name, b"x"),
        lambda: place.mailbox.stat(name),
        lambda: place.mailbox.rename_no_clobber("outbound/mine", name),
        lambda: place.mailbox.rename_no_clobber(name, "outbound/new"),
        lambda: place.mailbox.link_no_clobber("outbound/mine", name),
        lambda: place.mailbox.overwrite(name, b"x"),
        lambda: place.mailbox.read(name, 10),
        lambda: place.mailbox.fetch(name, io.BytesIO(), 10),
        lambda: place.mailbox.remove(name),
    ):
        with pytest.raises(UsageError):
            attempt()
    if name:
        with pytest.raises(UsageError):
            place.mailbox.list(name)
    assert place.seen("outbound/mine") == b"abc"


def test_a_closed_mailbox_is_over(place: Place) -> None:
    place.mailbox.close()
    place.mailbox.close()
    with pytest.raises(NotReached):
        place.mailbox.stat("outbound/x")


def test_evidence_names_the_other_side(place: Place) -> None:
    evidence = place.mailbox.evidence()
    assert evidence.startswith(("memory", "folder /", "sftp 127.0.0.1:"))
    assert ("SHA256:" in evidence) == evidence.startswith("sftp")
