"""A bad line: a TCP proxy on 127.0.0.1 that cuts, swallows, corrupts, delays and throttles at an exact byte.

It stands between the gateway and a real server, in a thread of the test (`running`) or in a process of its own
(`start_apart`, for those who fork and may have no thread). Each direction of each line is counted by itself.
"""

import os
import selectors
import signal
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import IntEnum

_CHUNK_SIZE = 4096
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no time, so that closing sends RST in place of FIN


class Way(IntEnum):
    """From the client to the server, or back."""

    UP = 0
    DOWN = 1

    @property
    def other(self) -> "Way":
        return Way.UP if self is Way.DOWN else Way.DOWN


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What happens to a line. Offsets count the bytes of one way, from 1; 0 is never.

    way               of the offsets
    resets_at         both ends get RST once this byte has been passed on
    swallows_at       this byte and whatever comes after it, either way, goes nowhere; nothing is closed
    corrupts_at       this byte arrives with all its bits turned
    refuses           RST as soon as it is connected
    latency_seconds   how long every byte is under way, each way
    bytes_per_second  how many bytes pass, each way; 0 is without limit
    stalls_every      every so many chunks one waits for `stall_seconds` more; 0 is never
    lines             how many lines it happens to, from the first; those after it are good. 0 is all of them
    """

    way: Way = Way.UP
    resets_at: int = 0
    swallows_at: int = 0
    corrupts_at: int = 0
    refuses: bool = False
    latency_seconds: float = 0.0
    bytes_per_second: int = 0
    stalls_every: int = 0
    stall_seconds: float = 0.0
    lines: int = 1


NONE = Trouble()


@dataclass
class _Line:
    """One client's line and ours to the server. `ends` are by the way in which they send."""

    ends: dict[Way, socket.socket]
    trouble: Trouble
    seen: dict[Way, int] = field(default_factory=lambda: dict.fromkeys(Way, 0))
    sent: dict[Way, int] = field(default_factory=lambda: dict.fromkeys(Way, 0))
    queues: dict[Way, deque[tuple[float, bytes]]] = field(default_factory=lambda: {way: deque() for way in Way})
    free_at: dict[Way, float] = field(default_factory=lambda: dict.fromkeys(Way, 0.0))
    chunks: int = 0
    ended: set[Way] = field(default_factory=set)
    silent: bool = False
    is_reset: bool = False

    def take(self, way: Way, body: bytes) -> None:
        """Put what came in one way into the queue, with what the trouble makes of it."""
        trouble, before = self.trouble, self.seen[way]
        self.seen[way] += len(body)
        if way is trouble.way and before < trouble.corrupts_at <= before + len(body):
            place = trouble.corrupts_at - before - 1
            body = body[:place] + bytes([body[place] ^ 0xFF]) + body[place + 1 :]
        if way is trouble.way and 0 < trouble.swallows_at <= before + len(body):
            body, self.silent = body[: max(trouble.swallows_at - before - 1, 0)], True
            self.queues[way].append((self._due(way, body), body))
        elif not self.silent:
            self.queues[way].append((self._due(way, body), body))

    def _due(self, way: Way, body: bytes) -> float:
        trouble = self.trouble
        self.chunks += 1
        start = max(time.monotonic(), self.free_at[way])
        if trouble.bytes_per_second:
            start += len(body) / trouble.bytes_per_second
        if trouble.stalls_every and self.chunks % trouble.stalls_every == 0:
            start += trouble.stall_seconds
        self.free_at[way] = start
        return start + trouble.latency_seconds

    def due(self) -> list[float]:
        """When the next chunk of each way may go on."""
        return [queue[0][0] for queue in self.queues.values() if queue]

    def pass_on(self) -> bool:
        """Pass on what is due; give whether the line lives on."""
        for way, queue in self.queues.items():
            while queue and queue[0][0] <= time.monotonic():
                if not self._passed_on(way, queue.popleft()[1]):
                    return False
        # Who hung up is heard at the other end once all that was said before has arrived there; never in a black hole.
        return not self.ended or bool(self.due()) or (self.silent and Way.UP not in self.ended)

    def _passed_on(self, way: Way, body: bytes) -> bool:
        trouble, before = self.trouble, self.sent[way]
        resets = way is trouble.way and before < trouble.resets_at <= before + len(body)
        body = body[: trouble.resets_at - before] if resets else body
        with suppress(OSError):  # the other end has gone
            self.ends[way.other].sendall(body)
        self.sent[way] += len(body)
        self.is_reset = resets
        return not resets


class ChaosProxy:
    """Passes lines on to a server, each with its trouble. `trouble` may be changed; it counts for lines opened later."""

    def __init__(self, host: str, port: int, trouble: Trouble = NONE) -> None:
        self.trouble = trouble
        self._server = (host, port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._selector = selectors.DefaultSelector()
        self._woken, self._wakes = socket.socketpair()
        self._lines: list[_Line] = []
        self._sent: list[dict[Way, int]] = []
        self._troubled = 0

    @property
    def passed(self) -> list[tuple[int, int]]:
        """How many bytes were passed on up and down, for each line that there was."""
        return [(sent[Way.UP], sent[Way.DOWN]) for sent in self._sent]

    def trouble_next(self, trouble: Trouble) -> None:
        """Let the lines that are opened from now on have this trouble."""
        self.trouble, self._troubled = trouble, 0

    def serve(self) -> None:
        """Pass on until `stop` is called."""
        self._selector.register(self._listening, selectors.EVENT_READ, None)
        self._selector.register(self._woken, selectors.EVENT_READ, None)
        while True:
            for key, _ in self._selector.select(self._idle_seconds()):
                if key.fileobj is self._woken:
                    return
                if key.fileobj is self._listening:
                    self._accept()
                elif key.data[0] in self._lines:
                    self._receive(*key.data)
            for line in list(self._lines):
                if not line.pass_on():
                    self._drop(line)

    def stop(self) -> None:
        """Have `serve` return."""
        self._wakes.send(b"x")

    def close(self) -> None:
        """Close everything, once `serve` has returned."""
        for line in list(self._lines):
            self._drop(line)
        self._selector.close()
        for one in (self._listening, self._woken, self._wakes):
            one.close()

    def _idle_seconds(self) -> float | None:
        dues = [due for line in self._lines for due in line.due()]
        return max(min(dues) - time.monotonic(), 0.0) if dues else None

    def _accept(self) -> None:
        client, _ = self._listening.accept()
        trouble = self.trouble if self.trouble.lines == 0 or self._troubled < self.trouble.lines else NONE
        self._troubled += 1
        if trouble.refuses:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            client.close()
            return
        line = _Line({Way.UP: client, Way.DOWN: socket.create_connection(self._server)}, trouble)
        self._lines.append(line)
        self._sent.append(line.sent)
        for way, end in line.ends.items():
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(end, selectors.EVENT_READ, (line, way))

    def _receive(self, line: _Line, way: Way) -> None:
        try:
            body = line.ends[way].recv(_CHUNK_SIZE)
        except OSError:
            body = b""
        if body:
            line.take(way, body)
        else:
            line.ended.add(way)
            self._selector.unregister(line.ends[way])

    def _drop(self, line: _Line) -> None:
        self._lines.remove(line)
        for end in line.ends.values():
            with suppress(KeyError, ValueError):  # it had hung up
                self._selector.unregister(end)
            if line.is_reset:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            end.close()


@contextmanager
def running(host: str, port: int, trouble: Trouble = NONE) -> Iterator[ChaosProxy]:
    """Run a proxy in a thread."""
    proxy = ChaosProxy(host, port, trouble)
    thread = threading.Thread(target=proxy.serve, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.stop()
        thread.join()
        proxy.close()


def start_apart(host: str, port: int, trouble: Trouble) -> tuple[int, int]:
    """Start a proxy in a process of its own. Gives its id and its port; kill it when done."""
    proxy = ChaosProxy(host, port, trouble)
    process = os.fork()
    if process == 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        try:
            proxy.serve()
        finally:
            os._exit(1)
    proxy.close()
    return process, proxy.port
