import os
import resource
import signal
from pathlib import Path

import pytest

from gateway.errors import NameTaken, NotReached, PartnerRefusal
from gateway.transport.folder import FolderMailbox


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "box" / "inbound").mkdir(parents=True)
    (tmp_path / "secret").write_bytes(b"secret")
    return tmp_path / "box"


@pytest.fixture
def mailbox(root: Path) -> FolderMailbox:
    return FolderMailbox(str(root))


def test_an_absent_root_is_not_reached(tmp_path: Path) -> None:
    with pytest.raises(NotReached, match="mount"):
        FolderMailbox(str(tmp_path / "absent"))


@pytest.mark.parametrize("root", ["", "box", "./box"])
def test_a_relative_root_is_refused(root: str) -> None:
    with pytest.raises(PartnerRefusal, match="relative"):
        FolderMailbox(root)


def test_a_linked_folder_does_not_lead_out(mailbox: FolderMailbox, root: Path) -> None:
    (root / "out").symlink_to(root.parent)
    for attempt in (
        lambda: mailbox.read("out/secret", 100),
        lambda: mailbox.create_exclusive("out/new", b"x"),
        lambda: mailbox.remove("out/secret"),
        lambda: mailbox.list("out"),
        lambda: mailbox.rename_no_clobber("out/secret", "inbound/secret"),
    ):
        with pytest.raises(PartnerRefusal):
            attempt()
    assert sorted(path.name for path in root.parent.iterdir()) == ["box", "secret"]


def test_a_linked_file_is_neither_read_nor_written_through(mailbox: FolderMailbox, root: Path) -> None:
    (root / "inbound" / "a.835").symlink_to(root.parent / "secret")
    assert [entry.regular for entry in mailbox.list("inbound")] == [False]
    with pytest.raises(PartnerRefusal):
        mailbox.read("inbound/a.835", 100)
    with pytest.raises(NameTaken):
        mailbox.create_exclusive("inbound/a.835", b"x")
    assert (root.parent / "secret").read_bytes() == b"secret"


def test_a_pipe_is_listed_as_no_file_and_not_waited_for(mailbox: FolderMailbox, root: Path) -> None:
    os.mkfifo(root / "inbound" / "a.835")
    assert [entry.regular for entry in mailbox.list("inbound")] == [False]
    with pytest.raises(PartnerRefusal, match="not a regular file"):
        mailbox.read("inbound/a.835", 100)


def test_a_rename_cut_between_link_and_unlink_is_completed(mailbox: FolderMailbox, root: Path) -> None:
    (root / "inbound" / "old").write_bytes(b"ours")
    os.link(root / "inbound" / "old", root / "inbound" / "new")
    mailbox.rename_no_clobber("inbound/old", "inbound/new")
    assert [path.name for path in (root / "inbound").iterdir()] == ["new"]


def test_a_disk_that_takes_no_more_is_a_refusal_and_leaves_nothing_behind(mailbox: FolderMailbox, root: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(PartnerRefusal, match="too large"):
            mailbox.create_exclusive("inbound/x", bytes(5000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert not list((root / "inbound").iterdir())


def open_below(root: Path) -> int:
    """Descriptors of this process on the mailbox's files; other tests' threads may open and close theirs meanwhile."""
    targets = []
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 links, not files
        try:
            targets.append(os.readlink(f"/proc/self/fd/{name}"))  # noqa: PTH115 as above
        except FileNotFoundError:
            continue
    return sum(target.startswith(str(root)) for target in targets)


def test_no_descriptor_is_left_open(mailbox: FolderMailbox, root: Path) -> None:
    before = open_below(root)
    assert before > 0
    mailbox.create_exclusive("inbound/x", b"abc")
    mailbox.rename_no_clobber("inbound/x", "inbound/y")
    mailbox.list("inbound")
    mailbox.read("inbound/y", 10)
    with pytest.raises(PartnerRefusal):
        mailbox.read("inbound/x", 10)
    with pytest.raises(PartnerRefusal):
        mailbox.read("inbound", 10)
    assert open_below(root) == before
    mailbox.close()
    assert open_below(root) == 0
