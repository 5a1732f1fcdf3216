"""The simulator as one thing: an SFTP server, the mailroom behind it, and a worker between them."""

import fcntl
import os
import re
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from gateway.errors import ConfigError, UsageError
from gateway.simulator.documents import load_world
from gateway.simulator.faults import Planned
from gateway.simulator.keys import AUTHORIZED, HOST_KEY, OTHER_HOST_KEY, authorize
from gateway.simulator.mailroom import Mailroom, Uploads
from gateway.simulator.memory import Counts
from gateway.simulator.played import Played, by_user
from gateway.simulator.scenario_file import load_scenario
from gateway.simulator.server import LOOPBACK, SftpServer
from gateway.simulator.strikes import Strikes

PARTNERS: Final = ("northgate", "southport")
"""The clearinghouses that it plays unless told others."""

_LOOK_EVERY_SECONDS: Final = 0.2
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}").fullmatch
_KEYS: Final = (HOST_KEY, f"{HOST_KEY}.pub", OTHER_HOST_KEY, f"{OTHER_HOST_KEY}.pub")
_RESERVED: Final = frozenset({"journal", "lock", *_KEYS, AUTHORIZED})


class Simulator:
    """A clearinghouse and its payers on 127.0.0.1.

    state     folder of its own: keys, journal, the partners' folders. Deleting it makes it forget everything
    world     folder with plans.toml, members.toml and providers.toml
    port      0 picks a free one
    is_open   take payers, members and providers that the world does not know
    partners  whom it plays, each with a folder of its own; a mere name logs in under it
    scenario  how payers answer which claims, round by round
    faults    what goes wrong; what was kept back or spoilt is put right when it is started without them
    tell      is told, in a line without patient data, each time that one of them strikes

    Raises ConfigError if the world or the journal cannot be read, UsageError if another simulator has the state folder,
    OSError if the port is taken.
    """

    def __init__(
        self,
        state: Path,
        world: Path,
        *,
        port: int = 0,
        is_open: bool = False,
        partners: Iterable[str | Played] = PARTNERS,
        scenario: Path | None = None,
        faults: Iterable[Planned] = (),
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        played = [Played.simply(one) if isinstance(one, str) else one for one in partners]
        users = by_user(played)
        self.partners = tuple(one.name for one in played)
        for name in self.partners:
            if not _NAME(name) or name in _RESERVED:
                raise ConfigError(
                    f"simulator partner {name!r}: want a name of small letters and digits; choose another"
                )
        loaded = load_world(world, open_mode=is_open).reached_by(self.partners)
        play = load_scenario(scenario, self.partners) if scenario is not None else None
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.state = state
        self._lock_file = _locked(state)
        self._woken = threading.Event()
        self._uploads = Uploads(self._woken.set)
        self._strikes = Strikes(faults, tell)
        try:
            self._mailroom = Mailroom(state, self.partners, loaded, self._strikes, play)
            self._server = SftpServer(state, users, port=port, uploads=self._uploads, strikes=self._strikes)
        except BaseException:
            os.close(self._lock_file)
            raise
        self._one_at_a_time = threading.Lock()
        self._over = threading.Event()
        self._worker = threading.Thread(target=self._work, name="simulator-worker", daemon=True)
        self._trouble = ""

    @property
    def host(self) -> str:
        """Where it listens: never anywhere but on this machine."""
        return LOOPBACK

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._server.port

    @property
    def fingerprint(self) -> str:
        """The server's host key as `SHA256:...`, for the client to pin."""
        return self._server.fingerprint

    @property
    def report(self) -> Counts:
        """What was done since the state folder was made."""
        with self._one_at_a_time:
            return self._mailroom.journal.history.counts

    @property
    def trouble(self) -> str:
        """What last kept the worker from its work, such as a full disk; empty when all is well."""
        return self._trouble

    def authorize(self, partner: str, public_key: str) -> None:
        """Let the holder of an OpenSSH public key log in as `partner`. Raises UsageError, ConfigError."""
        if partner not in self.partners:
            raise UsageError(f"the simulator has no partner {partner!r}; it has {', '.join(self.partners)}")
        authorize(self.state, partner, public_key)

    def start(self) -> None:
        """Serve in background threads. Answers that a crash kept back are put out first."""
        self.process_now()
        self._server.start()
        self._worker.start()

    def stop(self) -> None:
        """Finish the file in hand, close the door, and let the state folder go. May be called twice."""
        if self._over.is_set():
            return
        self._over.set()
        self._woken.set()
        self._strikes.stop()
        self._server.stop()
        if self._worker.is_alive():
            self._worker.join()
        os.close(self._lock_file)

    def serve_forever(self) -> None:
        """Serve until `stop` is called from another thread, or KeyboardInterrupt."""
        self.start()
        try:
            self._over.wait()
        finally:
            self.stop()

    def process_now(self) -> int:
        """Put out what is missing, answer every upload that waits, and give how many those were."""
        with self._one_at_a_time:
            self._mailroom.put_out_again()
            return self._mailroom.take(self._uploads.now())

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _work(self) -> None:
        """Look for uploads when woken, and now and then by itself: files may also be put into the folders directly."""
        while not self._over.is_set():
            self._woken.wait(_LOOK_EVERY_SECONDS)
            self._woken.clear()
            try:
                with self._one_at_a_time:
                    self._mailroom.take(self._uploads.now())
            except OSError as error:
                self._trouble = f"{type(error).__name__}: {error.strerror}; it is tried again"
            else:
                self._trouble = ""


def _locked(state: Path) -> int:
    """Hold the state folder for this process alone."""
    descriptor = os.open(state / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise UsageError(
            f"another simulator runs on the state folder {state}; nothing was started; stop it, or name another folder"
        ) from None
    return descriptor
