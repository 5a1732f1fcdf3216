"""Secrets by reference: the configuration says where a secret is kept, never the secret itself.

env:NAME            an environment variable: the secret itself or, for a key, the path of its file
file:/path          a file that only its owner can reach (mode 0600 or 0400)
cmd:PROGRAM ARGS    a program, run without a shell, that prints the secret, as `cmd:pass show acme` does

No message repeats what stands behind a reference, nor a reference that is none: it may be the secret, pasted.
"""

import os
import select
import shlex
import signal
import stat
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from gateway.errors import ConfigError

COMMAND_SECONDS: Final = 20.0
"""How long a program may take to print a secret."""

_SIZE_MAX: Final = 64 * 1024


def read_secret(reference: str, *, where: str, environment: Mapping[str, str]) -> str:
    """Give a password or passphrase: one line, without its end.

    where  whose and which it is, for messages, such as "partner acme, mailbox password"

    Raises ConfigError.
    """
    kind, value = _parted(reference, where)
    text = _variable(value, where, environment) if kind == "env" else _kept(kind, value, where)
    secret = text.removesuffix("\n").removesuffix("\r")
    if not secret or any(mark in secret for mark in "\r\n\0"):
        seen = "more than one line" if secret else "nothing"
        raise ConfigError(f"{where}: {kind}:{value} gives {seen}; have it give the secret, as one line")
    return secret


def read_key(reference: str, *, where: str, environment: Mapping[str, str]) -> str:
    """Give the text of a private key; behind `env:` is the path of its file. Raises ConfigError."""
    kind, value = _parted(reference, where)
    return _kept("file", _variable(value, where, environment), where) if kind == "env" else _kept(kind, value, where)


def _parted(reference: str, where: str) -> tuple[str, str]:
    kind, _, value = reference.partition(":")
    if kind not in {"env", "file", "cmd"} or not value:
        raise ConfigError(f"{where}: want env:NAME, file:/path or cmd:PROGRAM, never the secret itself")
    return kind, value


def _variable(name: str, where: str, environment: Mapping[str, str]) -> str:
    found = environment.get(name, "")
    if not found:
        raise ConfigError(f"{where}: the environment variable {name} is not set; set it for the gateway's process")
    return found


def _kept(kind: str, value: str, where: str) -> str:
    read = _file(value, where) if kind == "file" else _printed(value, where)
    if len(read) > _SIZE_MAX:
        raise ConfigError(f"{where}: {kind}:{value} gives more than {_SIZE_MAX} bytes; that is no secret of ours")
    try:
        return read.decode()
    except UnicodeDecodeError:
        raise ConfigError(f"{where}: {kind}:{value} does not give text; want it in UTF-8") from None


def _file(name: str, where: str) -> bytes:
    path = Path(name)
    if not path.is_absolute():
        # A variable may hold the secret where its path is due: it is not shown.
        raise ConfigError(f"{where}: the path of its file is relative; write it in full")
    try:
        # Checked and read through one descriptor, so that what was checked is what is read.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise ConfigError(f"{where} {path}: cannot be opened ({error.strerror}); put it there, mode 0600") from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ConfigError(f"{where} {path}: is not a file; give the path of one")
        if status.st_mode & 0o077:
            raise ConfigError(
                f"{where} {path}: others may reach it (mode {stat.S_IMODE(status.st_mode):04o}), so it may be known to "
                f"them; nothing was sent; chmod 0600 it, and consider a new one"
            )
        return os.read(descriptor, _SIZE_MAX + 1)
    finally:
        os.close(descriptor)


def _printed(command: str, where: str, *, seconds: float = COMMAND_SECONDS) -> bytes:
    """Run a program for what it prints. What it says on stderr may hold the secret: nobody sees it."""
    try:
        running = subprocess.Popen(  # noqa: S603  the practice's own configuration names it; there is no shell
            shlex.split(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError, IndexError) as error:
        said = getattr(error, "strerror", None) or "not a command line"
        raise ConfigError(f"{where}: cmd:{command} cannot be started ({said}); correct it") from None
    try:
        printed = _until_end(running, time.monotonic() + seconds)
        whole = printed is not None and len(printed) <= _SIZE_MAX
        status = running.wait(seconds) if whole else None
    except subprocess.TimeoutExpired:
        status = None
    finally:
        # It may have started others, who would hold on to the secret.
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        assert running.stdout is not None
        running.stdout.close()
    if printed is None or (whole and status is None):
        raise ConfigError(f"{where}: cmd:{command} did not end within {seconds:g} seconds; run it by hand")
    if status:
        raise ConfigError(f"{where}: cmd:{command} failed with status {status}; run it by hand to see why")
    return printed


def _until_end(running: "subprocess.Popen[bytes]", deadline: float) -> bytes | None:
    """Give what it prints until it closes its output or prints too much; None if that takes too long."""
    assert running.stdout is not None
    printed = bytearray()
    while len(printed) <= _SIZE_MAX:
        ready, _, _ = select.select([running.stdout], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return None
        chunk = os.read(running.stdout.fileno(), _SIZE_MAX)
        if not chunk:
            break
        printed += chunk
    return bytes(printed)
