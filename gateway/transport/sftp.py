"""Reach a partner's SSH server, prove who it is by its pinned host key, log in by key, and start SFTP."""

import contextlib
import io
import logging
import socket
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import paramiko
from paramiko.ssh_exception import IncompatiblePeer

from gateway.errors import ConfigError, NotReached, PartnerRefusal
from gateway.partner import MailboxAddress
from gateway.transport.sftp_requests import CUT, Answered, Requests, Session, printable

KEEPALIVE_SECONDS: Final = 30

_WEAK: Final[Mapping[str, tuple[str, ...]]] = {
    "ciphers": ("3des-cbc", "aes128-cbc", "aes192-cbc", "aes256-cbc"),
    "macs": ("hmac-sha1", "hmac-sha1-96", "hmac-md5", "hmac-md5-96"),
}
# A server shows one host key per connection, of the kind that both prefer; its pinned key may be of another kind.
_HOST_KEY_KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "ssh-ed25519": ("ssh-ed25519",),
    "ecdsa-sha2": ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"),
    "ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256"),
}


def connect(address: MailboxAddress, *, partner: str, key_file: Path, key: str) -> Session:
    """Reach the server, prove that it is the partner's, log in by key, and start SFTP.

    key_file, key  where our private key is, for messages; and its text

    Raises ConfigError (our key cannot be used), PartnerRefusal (host key, login, no SFTP), NotReached.
    """
    where = f"partner {partner}, {address.user}@{address.host}:{address.port}"
    signing = _signing_key(key, f"partner {partner}, mailbox key {key_file}")
    transport = _trusted(address, partner=partner, where=where)
    try:
        transport.set_keepalive(KEEPALIVE_SECONDS)
        _log_in(transport, address, signing, where)
        requests = _start_sftp(transport, address.timeout_seconds, where)
    except BaseException:
        transport.close()
        raise
    host_key = transport.get_remote_server_key()
    server = f"{address.host}:{address.port} {printable(transport.remote_version)}"
    return Session(transport, requests, f"sftp {server} host key {host_key.fingerprint} ({host_key.get_name()})")


def fingerprint(host: str, port: int = 22, *, timeout_seconds: float = 30.0) -> str:
    """Fetch the host key of a server without logging in, as `SHA256:...`, for a person to compare and then pin.

    Raises NotReached, and PartnerRefusal for a server that speaks only what is no longer safe.
    """
    transport = _handshake(host, port, timeout_seconds, unwanted=(), where=f"{host}:{port}")
    with contextlib.closing(transport):
        return transport.get_remote_server_key().fingerprint


def _handshake(
    host: str, port: int, timeout_seconds: float, *, unwanted: tuple[str, ...], where: str
) -> paramiko.Transport:
    """Agree on keys with the server, leaving out the unwanted kinds of host key."""
    # Without any handler Python would print paramiko's traces to stderr; whoever configures logging still gets them.
    log = logging.getLogger("paramiko")
    if not log.handlers:
        log.addHandler(logging.NullHandler())
    try:
        line = socket.create_connection((host, port), timeout_seconds)
    except (OSError, UnicodeError) as error:
        raise NotReached(
            f"{where}: cannot be reached ({printable(str(error))}); nothing was sent; try later"
        ) from error
    # Requests are small and each waits for its answer: gathering them (Nagle) would only delay every one.
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    transport = paramiko.Transport(line, disabled_algorithms={**_WEAK, "keys": unwanted})
    transport.banner_timeout = transport.handshake_timeout = transport.channel_timeout = timeout_seconds
    try:
        transport.start_client(timeout=2 * timeout_seconds + 1)  # the banner's time and the key exchange's
        transport.get_remote_server_key()
    except IncompatiblePeer as error:
        transport.close()
        raise PartnerRefusal(
            f"{where}: the server speaks only what is no longer safe ({printable(str(error))}): SHA-1 (ssh-rsa), MD5, CBC "
            f"or older; nothing was sent; ask them for rsa-sha2 or ed25519 keys, AES-CTR or GCM, and SHA-2"
        ) from error
    except CUT as error:
        transport.close()
        said = printable(str(error)) or type(error).__name__
        raise NotReached(f"{where}: the SSH greeting failed ({said}); nothing was sent; try later") from error
    return transport


def _trusted(address: MailboxAddress, *, partner: str, where: str) -> paramiko.Transport:
    """Give a line to a server that has proved to hold a pinned key, asking for each kind of host key in turn."""
    pinned = tuple(pin.strip().rstrip("=") for pin in address.host_keys)
    shown: list[str] = []
    unwanted: tuple[str, ...] = ()
    while True:
        try:
            transport = _handshake(address.host, address.port, address.timeout_seconds, unwanted=unwanted, where=where)
        except PartnerRefusal:
            if not shown:
                raise
            break  # it has no further kind
        host_key = transport.get_remote_server_key()
        if host_key.fingerprint in pinned:
            return transport
        transport.close()
        shown.append(host_key.fingerprint)
        kind = next((kind for kind in _HOST_KEY_KINDS if host_key.get_name().startswith(kind)), None)
        if kind is None or len(shown) == len(_HOST_KEY_KINDS) or not pinned:
            break
        unwanted += _HOST_KEY_KINDS[kind]
    raise PartnerRefusal(
        f"{where}: the server shows host key {', '.join(shown)}, pinned is {', '.join(pinned) or 'none'}; it may be "
        f"somebody else's server, so nothing was sent; ask the partner whether they changed their key (by phone, not by "
        f"mail), then: gateway partners trust {partner}"
    )


def _signing_key(text: str, where: str) -> paramiko.PKey:
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(text))
        except paramiko.PasswordRequiredException as error:
            raise ConfigError(
                f"{where}: has a passphrase, which nobody is here to type; give a key without one, mode 0600"
            ) from error
        except (paramiko.SSHException, ValueError):
            continue
    raise ConfigError(f"{where}: is no private key that we can read; make one with: ssh-keygen -t ed25519")


def _log_in(transport: paramiko.Transport, address: MailboxAddress, key: paramiko.PKey, where: str) -> None:
    """Log in by key, once. A server that says no is not asked again: more attempts may lock the account."""
    done = threading.Event()
    try:
        transport.auth_publickey(address.user, key, event=done)
    except CUT as error:
        raise NotReached(f"{where}: the line failed before the login; nothing was sent; try later") from error
    answered = done.wait(address.timeout_seconds)
    if transport.is_authenticated():
        return
    failure = transport.get_exception()
    if not answered or not (failure is None or isinstance(failure, paramiko.AuthenticationException)):
        raise NotReached(f"{where}: the line failed during the login; nothing was sent; try later") from failure
    raise PartnerRefusal(
        f"{where}: the server refuses our key {key.fingerprint} ({printable(str(failure or 'not accepted'))}); nothing "
        f"was sent, and it is not tried again by itself; have the partner check the user name and this key"
    ) from failure


def _start_sftp(transport: paramiko.Transport, timeout_seconds: float, where: str) -> Requests:
    try:
        channel = transport.open_session(timeout=timeout_seconds)
        channel.settimeout(timeout_seconds)
        channel.invoke_subsystem("sftp")
        return Requests(channel)
    except (*CUT, Answered) as error:
        said = printable(str(error)) or type(error).__name__
        if not transport.is_active() or isinstance(error, TimeoutError):
            raise NotReached(
                f"{where}: the line failed after the login ({said}); nothing was sent; try later"
            ) from error
        raise PartnerRefusal(
            f"{where}: our key is accepted, but SFTP is not started ({said}); nothing was sent; ask the partner to allow it"
        ) from error
