"""Faults F12, F13 and F16 to F20: whatever the line to a real OpenSSH does, a file arrives once."""

import random
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from gateway.delivery import Delivery
from gateway.errors import LineLost, NotReached
from gateway.partner import MailboxAddress
from gateway.service.office import Office
from tests.contract.openssh import OpenSsh
from tests.faults.sealed import Arrivals, Shelf, at, one_round, rounds, the_file
from tests.servers import chaos_proxy
from tests.servers.chaos_proxy import ChaosProxy, Trouble, Way

pytestmark = pytest.mark.openssh

SEED = 20261116
_TIMEOUT_SECONDS = 0.8
_RESETS = 12
"""At how many bytes of each way the short form cuts; `python -m tests.faults --kind resets` cuts at any other."""


@pytest.fixture
def proxy(openssh: OpenSsh) -> Iterator[ChaosProxy]:
    with chaos_proxy.running("127.0.0.1", openssh.port) as proxy:
        yield proxy


@pytest.fixture
def there(openssh: OpenSsh) -> Arrivals:
    return Arrivals(openssh.root)


def through(openssh: OpenSsh, proxy: ChaosProxy, *, timeout_seconds: float = 10.0) -> MailboxAddress:
    return replace(openssh.address(timeout_seconds=timeout_seconds), port=proxy.port)


@pytest.mark.parametrize("host", ["127.0.0.1", "nowhere.invalid"], ids=["refused", "no such name"])
def test_f12_a_server_that_cannot_be_reached_leaves_the_file_as_it_was(
    office: Office, openssh: OpenSsh, there: Arrivals, host: str
) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        closed = replace(openssh.address(), host=host, port=bound.getsockname()[1])
        assert isinstance(one_round(at(office, closed)).problem, NotReached)
    assert (the_file(office).state, the_file(office).fence) == (Delivery.SEALED, 0)
    office = at(office, openssh.address())
    rounds(office)
    there.must_be_once(office)


def test_f12_a_line_that_is_refused_after_it_was_taken_leaves_the_file_as_it_was(
    office: Office, openssh: OpenSsh, proxy: ChaosProxy, there: Arrivals
) -> None:
    office = at(office, through(openssh, proxy))
    proxy.trouble_next(Trouble(refuses=True))
    assert isinstance(one_round(office).problem, NotReached)
    assert (the_file(office).state, the_file(office).fence) == (Delivery.SEALED, 0)
    rounds(office)
    there.must_be_once(office)


@pytest.mark.parametrize("byte", [1, 200], ids=["banner", "key exchange"])
def test_f13_a_server_that_greets_and_falls_silent_is_left_in_time_and_the_file_is_as_it_was(
    office: Office, openssh: OpenSsh, proxy: ChaosProxy, there: Arrivals, byte: int
) -> None:
    office = at(office, through(openssh, proxy, timeout_seconds=_TIMEOUT_SECONDS))
    proxy.trouble_next(Trouble(way=Way.DOWN, swallows_at=byte))
    assert isinstance(one_round(office).problem, NotReached)
    assert (the_file(office).state, the_file(office).fence) == (Delivery.SEALED, 0)
    rounds(office)
    there.must_be_once(office)


def measured(stock: Shelf, openssh: OpenSsh, proxy: ChaosProxy, there: Arrivals, way: Way) -> int:
    """How many bytes a delivery is, one way, that nothing happens to."""
    with stock.taken() as office:
        rounds(at(office, through(openssh, proxy)))
    there.clear()
    return proxy.passed[-1][way]


@pytest.fixture
def stock(request: pytest.FixtureRequest) -> Shelf:
    """Where the sealed file is found anew, as often as it is wanted."""
    found: Shelf = request.getfixturevalue(request.param)
    return found


DATABASES = pytest.mark.parametrize(
    "stock",
    ["sqlite_shelf", pytest.param("postgres_shelf", marks=pytest.mark.postgres)],
    indirect=True,
    ids=["sqlite", "postgresql"],
)


@DATABASES
@pytest.mark.parametrize("way", Way, ids=["up", "down"])
def test_f16_a_reset_at_any_byte_of_an_upload_delivers_once(
    openssh: OpenSsh, proxy: ChaosProxy, there: Arrivals, stock: Shelf, way: Way
) -> None:
    """At bytes drawn from all of a delivery, half of them from the requests that follow the login."""
    size = measured(stock, openssh, proxy, there, way)
    rng = random.Random(f"{SEED} {way}")
    login = size // 2
    for byte in (rng.randint(*((1, size) if n % 2 else (login, size))) for n in range(_RESETS)):
        with stock.taken() as fresh:
            office = at(fresh, through(openssh, proxy))
            proxy.trouble_next(Trouble(way=way, resets_at=byte))
            for made in rounds(office):
                assert made.problem is None or isinstance(made.problem, NotReached | LineLost), (byte, made.problem)
            there.must_be_once(office)
            there.clear()


@DATABASES
@pytest.mark.parametrize("way", Way, ids=["up", "down"])
def test_f17_a_black_hole_at_any_byte_is_left_in_time_and_delivers_once(
    openssh: OpenSsh, proxy: ChaosProxy, there: Arrivals, stock: Shelf, way: Way
) -> None:
    size = measured(stock, openssh, proxy, there, way)
    rng = random.Random(f"{SEED} {way}")
    for byte in (rng.randint(size // 2, size - 1) for _ in range(3)):
        with stock.taken() as fresh:
            office = at(fresh, through(openssh, proxy, timeout_seconds=_TIMEOUT_SECONDS))
            proxy.trouble_next(Trouble(way=way, swallows_at=byte))
            rounds(office)
            there.must_be_once(office)
            there.clear()


@DATABASES
@pytest.mark.parametrize("way", Way, ids=["up", "down"])
def test_f18_a_byte_that_is_corrupted_ends_the_session_and_never_arrives(
    openssh: OpenSsh, proxy: ChaosProxy, there: Arrivals, stock: Shelf, way: Way
) -> None:
    size = measured(stock, openssh, proxy, there, way)
    rng = random.Random(f"{SEED} {way}")
    for byte in (rng.randint(1, size) for _ in range(6)):
        with stock.taken() as fresh:
            office = at(fresh, through(openssh, proxy, timeout_seconds=_TIMEOUT_SECONDS))
            proxy.trouble_next(Trouble(way=way, corrupts_at=byte))
            rounds(office)
            there.must_be_once(office)
            there.clear()


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble(latency_seconds=0.06),
        Trouble(bytes_per_second=20_000),
        Trouble(stalls_every=5, stall_seconds=0.3),
    ],
    ids=["a long way", "a narrow line", "stalls"],
)
def test_f19_a_line_that_is_only_slow_is_no_lost_line(
    sqlite_office: Office, openssh: OpenSsh, proxy: ChaosProxy, there: Arrivals, trouble: Trouble
) -> None:
    """Each answer takes a good part of the time that is allowed for one, and the whole takes longer than that."""
    office = at(sqlite_office, through(openssh, proxy, timeout_seconds=_TIMEOUT_SECONDS))
    proxy.trouble_next(trouble)
    (made,) = rounds(office)
    assert made.problem is None
    there.must_be_once(office)


def test_f20_keys_exchanged_again_during_a_delivery_change_nothing(
    office: Office, start_openssh: Callable[..., OpenSsh]
) -> None:
    """The server asks for new keys after every 1024 bytes: several times while the file goes up and is read back."""
    openssh = start_openssh("RekeyLimit 1K", "LogLevel DEBUG1")
    office = at(office, openssh.address(), reads_back=True)
    (made,) = rounds(office)
    assert made.problem is None
    Arrivals(openssh.root).must_be_once(office)
    openssh.stop()
    assert sum("SSH2_MSG_NEWKEYS received" in line for line in openssh.log) > 3


@DATABASES
def test_f20_a_line_cut_while_keys_are_exchanged_again_delivers_once(
    start_openssh: Callable[..., OpenSsh], stock: Shelf
) -> None:
    openssh = start_openssh("RekeyLimit 1K")
    there = Arrivals(openssh.root)
    with chaos_proxy.running("127.0.0.1", openssh.port) as proxy:
        size = measured(stock, openssh, proxy, there, Way.UP)
        rng = random.Random(SEED)
        for byte in (rng.randint(size // 3, size) for _ in range(6)):
            with stock.taken() as fresh:
                office = at(fresh, through(openssh, proxy))
                proxy.trouble_next(Trouble(way=Way.UP, resets_at=byte))
                rounds(office)
                there.must_be_once(office)
                there.clear()
