"""Read a file in a process of its own first, so that one which brings its reader down brings down nothing else.

That process (gateway/service/inbound/sandboxed_reader.py) has limits of memory and processor time, and says by its exit status alone how
it ended: nothing that it made of the bytes comes back. What came to an end there is read again here, where it does the
same. Small files are not worth a process: what they can cost is bounded by their size
(see SMALL_BYTES). Only one whose reading did not come to its end before is tried here first.
"""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.errors import ConfigError
from gateway.ledger.inbound import Reason
from gateway.service.inbound import sandboxed_reader as reading

SMALL_BYTES: Final = 1 << 20

_READER: Final = "gateway.edi.read.inbound_file:read_through"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How a file is tried.

    reader             module and function that read it
    seconds            when reading is given up
    processor_seconds  when the reading process is ended in any case, even if nobody waits for it any more
    memory_bytes       what it may take in all
    """

    reader: str = _READER
    seconds: float = 120.0
    processor_seconds: int = 150
    memory_bytes: int = 4 << 30

    def fault_of(self, raw: bytes) -> Reason | None:
        """Say why reading `raw` did not come to its end; None if it did. Raises ConfigError if no process can start."""
        command = [
            sys.executable,
            "-m",
            reading.__name__,
            self.reader,
            str(self.processor_seconds),
            str(self.memory_bytes),
        ]
        # It gets our module path and nothing else of our environment, where secrets may be.
        place = {"PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)}
        try:
            ran = subprocess.run(  # noqa: S603 our own interpreter and module
                command,
                input=raw,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=place,
                timeout=self.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Reason.TOO_SLOW
        except OSError as error:
            raise ConfigError(
                f"no process could be started to read a file ({error.strerror}); nothing was read"
            ) from error
        if ran.returncode == reading.READ:
            return None
        if ran.returncode == reading.OUT_OF_MEMORY:
            return Reason.TOO_BIG
        if ran.returncode == -signal.SIGXCPU:
            return Reason.TOO_SLOW
        if ran.returncode < 0:
            return Reason.CRASHED
        raise ConfigError(
            f"the process that reads files ended with status {ran.returncode}; nothing was read; reinstall"
        )


TRIAL: Final = Trial()
