"""Servers that lie, deny, replace and refuse, as partners' servers do."""

from collections.abc import Callable
from pathlib import Path

import pytest
from paramiko.common import AUTH_FAILED

from gateway.errors import LineLost, NameTaken, NotReached, PartnerRefusal
from gateway.transport.listing import safe_name
from gateway.transport.mailbox import Mailbox
from gateway.transport.sftp_mailbox import _regular
from gateway.transport.sftp_requests import Attributes, printable
from tests.transport.paramiko_server import Behaviour

pytestmark = pytest.mark.openssh  # its keys come from ssh-keygen

Open = Callable[[Behaviour], Mailbox]


@pytest.mark.parametrize("verb", ["write", "close"])
def test_a_full_disk_told_at_the_write_or_only_at_the_close_is_a_refusal_and_the_part_is_removed(
    open_at: Open, root: Path, verb: str
) -> None:
    mailbox = open_at(Behaviour(refuses={verb}))
    with pytest.raises(PartnerRefusal, match="it was not done"):
        mailbox.create_exclusive("outbound/x.part", b"abc")
    assert not list((root / "outbound").iterdir())


def test_a_create_that_was_done_and_denied_counts_as_taken(open_at: Open) -> None:
    with pytest.raises(NameTaken):
        open_at(Behaviour(does_and_denies={"create"})).create_exclusive("outbound/x.part", b"abc")


def test_a_create_that_was_refused_is_a_refusal(open_at: Open, root: Path) -> None:
    with pytest.raises(PartnerRefusal):
        open_at(Behaviour(refuses={"create"})).create_exclusive("outbound/x.part", b"abc")
    assert not list((root / "outbound").iterdir())


def test_a_server_that_ignores_exclusive_creation_replaces_nothing(open_at: Open, root: Path) -> None:
    (root / "outbound" / "x").write_bytes(b"theirs")
    with pytest.raises(NameTaken):
        open_at(Behaviour(ignores_excl=True)).create_exclusive("outbound/x", b"ours")
    assert (root / "outbound" / "x").read_bytes() == b"theirs"


def test_a_server_whose_rename_replaces_is_not_let_to(open_at: Open, root: Path) -> None:
    (root / "outbound" / "x.part").write_bytes(b"ours")
    (root / "outbound" / "x.837").write_bytes(b"theirs")
    with pytest.raises(NameTaken):
        open_at(Behaviour(replaces=True)).rename_no_clobber("outbound/x.part", "outbound/x.837")
    assert (root / "outbound" / "x.837").read_bytes() == b"theirs"


def test_a_rename_that_was_done_and_denied_is_not_known(open_at: Open, root: Path) -> None:
    (root / "outbound" / "x.part").write_bytes(b"ours")
    with pytest.raises(LineLost, match="may have been done"):
        open_at(Behaviour(does_and_denies={"rename"})).rename_no_clobber("outbound/x.part", "outbound/x.837")
    assert (root / "outbound" / "x.837").read_bytes() == b"ours"


def test_a_line_cut_after_a_rename_is_not_known(open_at: Open, root: Path) -> None:
    (root / "outbound" / "x.part").write_bytes(b"ours")
    with pytest.raises(LineLost):
        open_at(Behaviour(cuts_after={"rename"})).rename_no_clobber("outbound/x.part", "outbound/x.837")
    assert (root / "outbound" / "x.837").read_bytes() == b"ours"


@pytest.mark.parametrize("verb", ["create", "write"])
def test_a_line_cut_once_a_file_may_exist_is_not_known(open_at: Open, root: Path, verb: str) -> None:
    with pytest.raises(LineLost):
        open_at(Behaviour(cuts_after={verb})).create_exclusive("outbound/x.part", b"abc")
    assert [path.name for path in (root / "outbound").iterdir()] == ["x.part"]


def test_a_line_cut_after_a_removal_is_not_known(open_at: Open, root: Path) -> None:
    (root / "inbound" / "x").write_bytes(b"abc")
    with pytest.raises(LineLost):
        open_at(Behaviour(cuts_after={"remove"})).remove("inbound/x")


def test_a_line_cut_while_only_looking_has_changed_nothing(open_at: Open, root: Path) -> None:
    (root / "outbound" / "x.part").write_bytes(b"ours")
    with pytest.raises(NotReached):
        open_at(Behaviour(cuts_after={"look"})).rename_no_clobber("outbound/x.part", "outbound/x.837")
    assert [path.name for path in (root / "outbound").iterdir()] == ["x.part"]


def test_a_rename_that_was_refused_leaves_the_file_where_it_was(open_at: Open, root: Path) -> None:
    (root / "outbound" / "x.part").write_bytes(b"ours")
    with pytest.raises(PartnerRefusal):
        open_at(Behaviour(refuses={"rename"})).rename_no_clobber("outbound/x.part", "outbound/x.837")
    assert (root / "outbound" / "x.part").read_bytes() == b"ours"


def test_a_refusal_to_look_is_not_taken_for_absence(open_at: Open) -> None:
    mailbox = open_at(Behaviour(refuses={"look"}))
    with pytest.raises(PartnerRefusal):
        mailbox.stat("outbound/x")


def test_a_write_only_drop_box_takes_a_file_and_its_exclusive_create_decides(open_at: Open, root: Path) -> None:
    mailbox = open_at(Behaviour(refuses={"look"}))
    mailbox.create_exclusive("outbound/x", b"abc")
    assert (root / "outbound/x").read_bytes() == b"abc"
    with pytest.raises(PartnerRefusal):
        mailbox.create_exclusive("outbound/x", b"other")
    assert (root / "outbound/x").read_bytes() == b"abc"


def test_hostile_names_are_listed_as_they_are_and_none_is_safe(open_at: Open) -> None:
    hostile = ("../../etc/passwd", "/etc/passwd", "a\nb", "\x1b[2J", "", "é", "-rf")
    listed = open_at(Behaviour(listed=hostile)).list("inbound")
    assert [entry.name for entry in listed] == list(hostile)
    assert not any(safe_name(entry.name) for entry in listed)
    assert {(entry.size, entry.modified) for entry in listed} == {(None, None)}


def test_a_file_without_end_is_read_no_further_than_its_cap(open_at: Open, root: Path) -> None:
    (root / "inbound" / "a.835").write_bytes(b"abc")
    with pytest.raises(PartnerRefusal, match="longer than 100000 bytes"):
        open_at(Behaviour(endless=True)).read("inbound/a.835", 100_000)


@pytest.mark.parametrize(("counts", "error"), [(0, NotReached), (2**32 - 1, PartnerRefusal)])
def test_a_listing_without_end_is_cut_off(open_at: Open, counts: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        open_at(Behaviour(counts=counts)).list("inbound")


def test_a_login_that_is_refused_is_a_refusal(open_at: Open) -> None:
    with pytest.raises(PartnerRefusal, match="refuses our key"):
        open_at(Behaviour(login=AUTH_FAILED))


@pytest.mark.parametrize(
    ("mode", "line", "regular"),
    [
        (0o100644, "", True),
        (0o040755, "", False),
        (0o120777, "", False),
        (0o010600, "", False),
        (0o644, "-rw-r--r-- 1 a a 5 x", True),
        (0o755, "drwxr-xr-x 1 a a 5 x", False),
        (None, "lrwxrwxrwx 1 a a 5 x", False),
        (None, "01-05-26 09:00AM 5 x", True),
        (None, "", True),
    ],
)
def test_what_is_no_file_is_known_by_mode_or_else_by_its_line(mode: int | None, line: str, *, regular: bool) -> None:
    assert _regular(Attributes(5, mode, 0), line) is regular


def test_what_a_server_says_cannot_drive_a_terminal_or_flood_a_log() -> None:
    said = printable("\x1b[2J\r\nno\0" + "x" * 1000)
    assert said.isprintable()
    assert len(said) == 200
