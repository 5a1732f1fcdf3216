"""Reach a server and agree on keys with it: at an allowed address, by methods that are still safe.

Whoever answers may be hostile until the host key is checked, and after it too. What paramiko leaves open is closed here:
it would gather a greeting, a packet or unread output of any size, and loop as often as a count in a message says.
"""

import logging
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, Final, NamedTuple

import paramiko
from paramiko.common import MSG_CHANNEL_DATA, MSG_CHANNEL_EXTENDED_DATA
from paramiko.packet import Packetizer
from paramiko.ssh_exception import IncompatiblePeer

from gateway.errors import NotReached, PartnerRefusal
from gateway.transport.sftp_requests import printable

_WEAK: Final[Mapping[str, tuple[str, ...]]] = {
    "ciphers": ("3des-cbc", "aes128-cbc", "aes192-cbc", "aes256-cbc"),
    "macs": ("hmac-sha1", "hmac-sha1-96", "hmac-md5", "hmac-md5-96"),
}
# Terrapin (CVE-2023-48795) needs a cipher that does not notice a packet taken away before it: chacha20-poly1305, which we
# do not speak, CBC, or in theory anything under an encrypt-then-MAC. Strict key exchange closes it for all.
_UNSAFE_UNLESS_STRICT: Final = ("hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com")

_PACKET_MAX: Final = 256 * 1024 + 1024
_GREETING_MAX: Final = 16 * 1024
_UNREAD_MAX: Final = 4 * 1024 * 1024  # twice the window that we grant
_EXTENSIONS_MAX: Final = 64

_PASSING: Final = frozenset({7, 10, 12})
"""Farewells that are not about us: service not available, connection lost, too many connections (RFC 4253, section 11.1)."""

Resolve = Callable[..., Sequence[tuple[Any, ...]]]


class Endpoint(NamedTuple):
    """A resolved address: what a socket connects to, with no name left to be looked up again."""

    family: int
    address: tuple[Any, ...]


def endpoints(
    host: str, port: int, *, allowed: tuple[str, ...], where: str, resolve: Resolve = socket.getaddrinfo
) -> tuple[Endpoint, ...]:
    """Look a host up, once, and give those of its addresses that are allowed (all, if `allowed` is empty).

    Raises NotReached, and PartnerRefusal when it has no allowed address.
    """
    try:
        found = [Endpoint(family, address) for family, *_, address in resolve(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise NotReached(f"{where}: has no address ({printable(str(error))}); nothing was sent; try later") from error
    permitted = tuple(one for one in found if not allowed or _within(str(one.address[0]), allowed))
    if not permitted:
        seen = ", ".join(sorted({str(one.address[0]) for one in found})) or "no address"
        raise PartnerRefusal(
            f"{where}: {host} is {seen}, and allowed are {', '.join(allowed)}; it may be somebody else's server, so it was "
            f"not called; ask the partner for its addresses, then correct allowed_addresses"
        )
    return permitted


def _within(address: str, allowed: tuple[str, ...]) -> bool:
    seen = ip_address(address)
    if isinstance(seen, IPv6Address) and seen.ipv4_mapped is not None:
        seen = seen.ipv4_mapped
    return any(seen in ip_network(network) for network in allowed)


class _Packets(Packetizer):
    """Packets and a greeting of a size that an honest server keeps to (RFC 4253, section 6.1; OpenSSH's own limit)."""

    _greeted = 0

    def read_all(self, n: int, check_rekey: bool = False) -> bytes:  # noqa: FBT001, FBT002  paramiko's signature
        if n > _PACKET_MAX:
            raise paramiko.SSHException(f"a packet of {n} bytes")
        return super().read_all(n, check_rekey)

    def _read_timeout(self, timeout: float) -> bytes:
        read: bytes = super()._read_timeout(timeout)  # type: ignore[misc]  # not in the stubs
        self._greeted += len(read)
        if self._greeted > _GREETING_MAX:
            raise paramiko.SSHException("a greeting without end")
        return read


def _feed(channel: paramiko.Channel, message: paramiko.Message) -> None:
    """Take what the server sends, as long as it keeps to the window: paramiko would gather whatever comes."""
    if len(channel.in_buffer) > _UNREAD_MAX:
        raise paramiko.SSHException("more than the window that was granted")
    channel._feed(message)  # type: ignore[attr-defined]  # noqa: SLF001


def _ignore(channel: paramiko.Channel, message: paramiko.Message) -> None:
    """SFTP has no stderr: nobody would read it."""
    del channel, message


class Line(paramiko.Transport):
    """A connection, whose failures are all SSHException, EOFError or OSError, whatever paramiko stumbled over.

    farewell     what the server said when it ended the connection itself; None unless it did
    turned_away  whether it did so because of its own state: at another time it may let us in
    """

    farewell: str | None = None
    turned_away: bool = False
    agreed_on_strict_kex: bool  # these three are not in the stubs
    remote_cipher: str
    remote_mac: str
    _channel_handler_table: Final[Mapping[int, Callable[[paramiko.Channel, paramiko.Message], object]]] = {
        **paramiko.Transport._channel_handler_table,  # type: ignore[attr-defined]  # noqa: SLF001
        MSG_CHANNEL_DATA: _feed,
        MSG_CHANNEL_EXTENDED_DATA: _ignore,
    }

    def get_exception(self) -> Exception | None:
        """Give, once, what ended the connection."""
        error = super().get_exception()
        if error is None or isinstance(error, paramiko.SSHException | EOFError | OSError):
            return error
        wrapped = paramiko.SSHException(f"what came is not SSH ({type(error).__name__})")
        wrapped.__cause__ = error
        return wrapped

    def agreed(self) -> str:
        """Say what was agreed on, in the words of the protocol."""
        strict = "strict" if self.agreed_on_strict_kex else "no strict"
        cipher, mac = self.remote_cipher, self.remote_mac
        return f"{strict} key exchange, {cipher}" + ("" if "gcm" in cipher else f", {mac}")

    def _parse_disconnect(self, message: paramiko.Message) -> None:
        code, said = message.get_int(), message.get_binary()
        self.farewell = printable(f"{said.decode('utf-8', errors='replace')} ({code})")
        self.turned_away = code in _PASSING

    def _parse_ext_info(self, message: paramiko.Message) -> None:
        if message.get_int() > _EXTENSIONS_MAX:
            raise paramiko.SSHException("extensions without end")
        message.rewind()
        super()._parse_ext_info(message)  # type: ignore[misc]  # not in the stubs


def handshake(
    where_to: tuple[Endpoint, ...],
    *,
    timeout_seconds: float,
    where: str,
    unwanted: tuple[str, ...] = (),
    strict: bool = True,
) -> Line:
    """Connect to the first address that answers, and agree on keys.

    unwanted  kinds of host key that the server shall not show
    strict    whether strict key exchange is required; if not, only what is safe without it is offered

    Raises NotReached; PartnerRefusal for a server that speaks only what is not safe.
    """
    # Without any handler Python would print paramiko's traces to stderr; whoever configures logging still gets them.
    log = logging.getLogger("paramiko")
    if not log.handlers:
        log.addHandler(logging.NullHandler())
    macs = _WEAK["macs"] if strict else (*_WEAK["macs"], *_UNSAFE_UNLESS_STRICT)
    line = Line(
        _connected(where_to, timeout_seconds, where),
        disabled_algorithms={**_WEAK, "macs": macs, "keys": unwanted},
        packetizer_class=_Packets,
    )
    line.banner_timeout = line.handshake_timeout = line.channel_timeout = timeout_seconds
    done = threading.Event()
    line.start_client(event=done)
    done.wait(2 * timeout_seconds + 1)  # the greeting's time and the key exchange's
    if line.is_active() and line.initial_kex_done:
        return line
    error = line.get_exception()
    line.close()
    if isinstance(error, IncompatiblePeer):
        also = "" if strict else "; without strict key exchange, encrypt-then-MAC is not safe either"
        raise PartnerRefusal(
            f"{where}: the server speaks only what is no longer safe ({printable(str(error))}): SHA-1 (ssh-rsa), MD5, CBC "
            f"or older{also}; nothing was sent; ask them for rsa-sha2 or ed25519 keys, AES-CTR or GCM, and SHA-2"
        ) from error
    said = line.farewell or printable(str(error or "")) or ("no answer in time" if error is None else "cut")
    raise NotReached(f"{where}: the SSH greeting failed ({said}); nothing was sent; try later") from error


def require_strict(line: Line, where: str) -> None:
    """Raise PartnerRefusal unless strict key exchange was agreed on."""
    if not line.agreed_on_strict_kex:
        raise PartnerRefusal(
            f"{where}: the server does not speak strict key exchange, so whoever is in between could drop the first "
            f"packets unnoticed (Terrapin, CVE-2023-48795); nothing was sent; ask them to update their SSH server, or say in "
            f"without_strict_kex why you put up with it"
        )


def _connected(where_to: tuple[Endpoint, ...], timeout_seconds: float, where: str) -> socket.socket:
    for endpoint in where_to:
        line = socket.socket(endpoint.family, socket.SOCK_STREAM)
        try:
            line.settimeout(timeout_seconds)
            line.connect(endpoint.address)
            # Requests are small and each waits for its answer: gathering them (Nagle) would only delay every one.
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            line.close()
            failure = error
        else:
            return line
    raise NotReached(
        f"{where}: cannot be reached ({printable(str(failure))}); nothing was sent; try later"
    ) from failure
