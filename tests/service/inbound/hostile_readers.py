"""Readers that do what a parser must not: each does it to the bytes POISON, and to a large file where it says so."""

import os
import signal

LARGE = 1 << 20


def killed(raw: bytes) -> None:
    if raw == b"POISON" or len(raw) > LARGE:
        os.kill(os.getpid(), signal.SIGSEGV)


def endless(raw: bytes) -> None:
    while raw == b"POISON":
        pass


def greedy(raw: bytes) -> None:
    held = bytearray()
    while raw == b"POISON":
        held += bytes(1 << 26)


def refusing(_: bytes) -> None:
    raise ValueError("not what was expected")


def secretive(_: bytes) -> None:
    if "GATEWAY_SECRET" in os.environ:
        os.abort()
