"""What OpenSSH, ProFTPD and the simulator answer to `partners check`, and ProFTPD as partners may have set it up."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.capability import Answer, Capability
from gateway.delivery import Manner
from gateway.errors import PartnerRefusal
from gateway.partner import MailboxAddress, MailboxKind
from gateway.service.office import Office
from gateway.service.partners.check import Checked, check
from gateway.service.partners.host_keys import mailbox_of
from gateway.simulator.keys import make_key_pair
from gateway.simulator.simulator import Simulator
from tests.contract.openssh import OpenSsh
from tests.contract.proftpd import ProFtpd, denied
from tests.service import clinic

C = Capability
NEVER = {C.RENAME_OVERWRITES, C.TAKES_TEMPORARY}
"""What a good server does not do."""
BLIND = {C.SEE_SIZE, C.LIST_OURS}


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """What a partner's server does is the same to either database."""
    return f"sqlite:///{tmp_path / 'ledger.db'}"


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[MailboxAddress]:
    key = tmp_path / "keys" / "clinic"
    public = make_key_pair(key)
    played = Simulator(tmp_path / "state", tmp_path, is_open=True)
    played.authorize("northgate", public)
    with played:
        yield MailboxAddress(
            kind=MailboxKind.SFTP,
            host=played.host,
            port=played.port,
            user="northgate",
            key=f"file:{key}",
            host_keys=(played.fingerprint,),
            outbound="inbound",
            inbound="outbound",
            archive="archive",
        )


def checked(office: Office, address: MailboxAddress, *, after: timedelta = timedelta()) -> Checked:
    """By a clock that goes as the server's does, a second at each look at least; or as if so much time had passed."""
    looks = itertools.count()
    north = replace(clinic.partner("north"), mailbox=address)
    ticking = replace(office.clock, read=lambda: datetime.now(UTC) + after + timedelta(seconds=next(looks)))
    there = replace(office, settings=clinic.settings(north, clinic.partner("south")), clock=ticking)
    return check(there, "north", mailbox_of, wait=lambda: None)


def said(done: Checked, answer: Answer) -> set[Capability]:
    return {one.capability for one in done.seen if one.answer is answer}


def must_be_good(done: Checked, *, lacks: set[Capability]) -> None:
    assert said(done, Answer.NO) == NEVER | lacks
    assert said(done, Answer.YES) == set(C) - NEVER - lacks
    assert (done.manner, done.problem) == (Manner.RENAME, None)


@pytest.mark.openssh
def test_openssh_can_do_everything(office: Office, openssh: OpenSsh) -> None:
    must_be_good(checked(office, openssh.address()), lacks=set())
    assert list((openssh.root / "outbound").iterdir()) == []


@pytest.mark.proftpd
def test_proftpd_can_do_everything(office: Office, proftpd: ProFtpd) -> None:
    must_be_good(checked(office, proftpd.address()), lacks=set())
    assert list((proftpd.root / "outbound").iterdir()) == []


def test_the_simulator_neither_links_nor_syncs_when_asked(office: Office, simulator: MailboxAddress) -> None:
    must_be_good(checked(office, simulator), lacks={C.SYNC, C.HARDLINK})


SHAPES: dict[str, tuple[str, set[Capability], Manner | None]] = {
    "files are written over": ("AllowOverwrite on", set(), Manner.RENAME),
    "files are hidden until closed": ("HiddenStores on", set(), Manner.RENAME),
    "beginnings are deleted": ("DeleteAbortedStores on", set(), Manner.RENAME),
    "one channel": ("SFTPMaxChannels 1", set(), Manner.RENAME),
    "no extensions": ("SFTPExtensions -fsync -hardlink -posixRename", {C.SYNC, C.HARDLINK}, Manner.RENAME),
    "no rename from": (denied("RNFR"), {C.RENAME}, Manner.DIRECT),
    "no rename to": (denied("RNTO"), {C.RENAME}, Manner.DIRECT),
    "no reading": (denied("RETR"), {C.READ_BACK}, Manner.RENAME),
    "no removing": (denied("DELE"), {C.REMOVE}, Manner.RENAME),
    "empty listings": (denied("LIST NLST"), {C.LIST_OURS}, Manner.RENAME),
    "no listing": (denied("DIRS"), {C.LIST_ANSWERS, C.ARCHIVE, C.LIST_OURS, C.RENAME, C.HARDLINK}, None),
}


@pytest.mark.proftpd
@pytest.mark.parametrize(("line", "lacks", "manner"), SHAPES.values(), ids=list(SHAPES))
def test_what_proftpd_forbids_is_seen_and_decides_the_manner(
    office: Office, start_proftpd: Callable[..., ProFtpd], line: str, lacks: set[Capability], manner: Manner | None
) -> None:
    server = start_proftpd(line)
    (server.root / "inbound" / "theirs.999").write_bytes(b"theirs")
    done = checked(office, server.address())
    assert said(done, Answer.NO) | said(done, Answer.UNKNOWN) == NEVER | lacks
    assert said(done, Answer.YES) == set(C) - NEVER - lacks
    assert (done.manner, done.problem is None) == (manner, manner is not None)
    assert len(list((server.root / "outbound").iterdir())) == (3 if C.REMOVE in lacks else 0)
    assert (server.root / "inbound" / "theirs.999").read_bytes() == b"theirs"


@pytest.mark.proftpd
def test_a_drop_box_shows_nothing_and_is_served_directly_each_time_it_is_checked(
    office: Office, start_proftpd: Callable[..., ProFtpd]
) -> None:
    """It neither lists, reads, looks nor removes: what the first check had to leave there must not mislead the second."""
    server = start_proftpd(denied("LIST NLST RETR LSTAT STAT DELE"))
    for number in (1, 2):
        done = checked(office, server.address(), after=timedelta(minutes=number))
        assert said(done, Answer.NO) == {*BLIND, C.REMOVE}
        assert said(done, Answer.YES) == {C.LOG_IN, C.LIST_ANSWERS, C.ARCHIVE, C.CREATE, C.SYNC}
        assert done.manner is Manner.DIRECT
        assert len(list((server.root / "outbound").iterdir())) == number


@pytest.mark.proftpd
@pytest.mark.parametrize(
    ("line", "why"),
    [
        (denied("WRITE"), "Permission denied"),
        ("MaxStoreFileSize 10 B", "Out of disk space"),
        (r'PathDenyFilter "\.part$"', "Permission denied"),
    ],
    ids=["read-only", "no room", "names"],
)
def test_a_server_that_takes_no_file_is_said_to_in_its_words(
    office: Office, start_proftpd: Callable[..., ProFtpd], line: str, why: str
) -> None:
    server = start_proftpd(line)
    done = checked(office, server.address())
    assert said(done, Answer.NO) == {C.CREATE}
    assert done.manner is None
    assert isinstance(done.problem, PartnerRefusal)
    assert why in str(done.problem)
    assert list((server.root / "outbound").iterdir()) == []
