"""Reach a partner's SSH server, prove who it is by its pinned host key, log in, and start SFTP."""

import contextlib
import io
from collections.abc import Mapping
from typing import Final

import paramiko

from gateway.errors import ConfigError, HostKeyRefused, NotReached, PartnerRefusal
from gateway.partner import MailboxAddress
from gateway.transport.line import Line, endpoints, handshake, require_strict
from gateway.transport.login import Credentials, log_in
from gateway.transport.secret import read_key, read_secret
from gateway.transport.sftp_requests import CUT, Answered, Requests, Session, printable

KEEPALIVE_SECONDS: Final = 30

# A server shows one host key per connection, of the kind that both prefer; its pinned key may be of another kind.
_HOST_KEY_KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "ssh-ed25519": ("ssh-ed25519",),
    "ecdsa-sha2": ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"),
    "ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256"),
}


def connect(address: MailboxAddress, *, partner: str, environment: Mapping[str, str]) -> Session:
    """Reach the server, prove that it is the partner's, log in once, and start SFTP.

    Raises ConfigError (a secret of ours cannot be had or used), HostKeyRefused, LoginRefused, PartnerRefusal (where it
    is, how it speaks, no SFTP), NotReached.
    """
    where = f"partner {partner}, {address.user}@{address.host}:{address.port}"
    credentials = credentials_of(address, partner=partner, environment=environment)
    line = _trusted(address, partner=partner, where=where)
    try:
        if not address.without_strict_kex:
            require_strict(line, where)
        line.set_keepalive(KEEPALIVE_SECONDS)
        log_in(line, credentials, timeout_seconds=address.timeout_seconds, where=where)
        requests = _start_sftp(line, address.timeout_seconds, where)
    except BaseException:
        line.close()
        raise
    host_key = _host_key(line, where)
    server = f"{address.host}:{address.port} {printable(line.remote_version)}"
    said = f"sftp {server} host key {host_key.fingerprint} ({host_key.get_name()}), {line.agreed()}"
    return Session(line, requests, said)


def credentials_of(address: MailboxAddress, *, partner: str, environment: Mapping[str, str]) -> Credentials:
    """Fetch what we log in with from where the profile says it is. Raises ConfigError."""
    mailbox = f"partner {partner}, mailbox"
    password = passphrase = key = None
    if address.password:
        password = read_secret(address.password, where=f"{mailbox} password", environment=environment)
    if address.passphrase:
        passphrase = read_secret(address.passphrase, where=f"{mailbox} passphrase", environment=environment)
    if address.key:
        where = f"{mailbox} key"
        text = read_key(address.key, where=where, environment=environment)
        key = _signing_key(text, passphrase, f"{where} {address.key}")
    if key is None and password is None:
        raise ConfigError(f"{mailbox}: there is neither key nor password; say where one is kept")
    return Credentials(user=address.user, key=key, password=password)


def fingerprint(
    host: str, port: int = 22, *, timeout_seconds: float = 30.0, allowed_addresses: tuple[str, ...] = ()
) -> str:
    """Fetch the host key of a server without logging in, as `SHA256:...`, for a person to compare and then pin.

    Raises NotReached, and PartnerRefusal for a server that is not where it may be or speaks only what is not safe.
    """
    where = f"{host}:{port}"
    where_to = endpoints(host, port, allowed=allowed_addresses, where=where)
    line = handshake(where_to, timeout_seconds=timeout_seconds, where=where)
    with contextlib.closing(line):
        return _host_key(line, where).fingerprint


def _host_key(line: Line, where: str) -> paramiko.PKey:
    """Give the key that the server has proved to hold. Raises NotReached if the line broke off since."""
    try:
        return line.get_remote_server_key()
    except paramiko.SSHException as gone:
        line.close()
        raise NotReached(
            f"{where}: the line broke off just as it stood ({gone}); nothing was sent; try later"
        ) from gone


def _trusted(address: MailboxAddress, *, partner: str, where: str) -> Line:
    """Give a line to a server that has proved to hold a pinned key, asking for each kind of host key in turn."""
    where_to = endpoints(address.host, address.port, allowed=address.allowed_addresses, where=where)
    pinned = tuple(pin.strip().rstrip("=") for pin in address.host_keys)
    shown: list[str] = []
    unwanted: tuple[str, ...] = ()
    while True:
        try:
            line = handshake(
                where_to,
                timeout_seconds=address.timeout_seconds,
                where=where,
                unwanted=unwanted,
                strict=not address.without_strict_kex,
            )
        except PartnerRefusal:
            if not shown:
                raise
            break  # it has no further kind
        host_key = _host_key(line, where)
        if host_key.fingerprint in pinned:
            return line
        line.close()
        shown.append(host_key.fingerprint)
        kind = next((kind for kind in _HOST_KEY_KINDS if host_key.get_name().startswith(kind)), None)
        if kind is None or len(shown) == len(_HOST_KEY_KINDS) or not pinned:
            break
        unwanted += _HOST_KEY_KINDS[kind]
    raise HostKeyRefused(
        f"{where}: the server shows host key {', '.join(shown)}, pinned is {', '.join(pinned) or 'none'}; it may be "
        f"somebody else's server, so nothing was sent; ask the partner whether they changed their key (by phone, not by "
        f"mail), then: gateway partners trust {partner} --fingerprint {shown[0]} --by NAME --reason WHERE"
    )


def _signing_key(text: str, passphrase: str | None, where: str) -> paramiko.PKey:
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(text), passphrase)
        except paramiko.PasswordRequiredException as error:
            raise ConfigError(
                f"{where}: has a passphrase, which nobody is here to type; say in passphrase where it is kept"
            ) from error
        except (paramiko.SSHException, ValueError):
            continue
    also = " with this passphrase" if passphrase else ""
    raise ConfigError(f"{where}: is no private key that we can read{also}; make one with: ssh-keygen -t ed25519")


def _start_sftp(line: Line, timeout_seconds: float, where: str) -> Requests:
    try:
        channel = line.open_session(timeout=timeout_seconds)
        channel.settimeout(timeout_seconds)
        channel.invoke_subsystem("sftp")
        return Requests(channel, timeout_seconds)
    except (*CUT, Answered) as error:
        said = line.farewell or printable(str(error)) or type(error).__name__
        # paramiko tells a channel that nobody answers for by its words alone.
        silent = isinstance(error, TimeoutError) or str(error).startswith("Timeout opening channel")
        if silent or not line.is_active():
            raise NotReached(
                f"{where}: the line failed after the login ({said}); nothing was sent; try later"
            ) from error
        raise PartnerRefusal(
            f"{where}: our login is accepted, but SFTP is not started ({said}); nothing was sent; ask the partner to allow it"
        ) from error
