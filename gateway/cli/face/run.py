"""The one place where a command's outcome, or its error, becomes words and an exit status."""

import signal
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from gateway.cli.face import show
from gateway.cli.face.commands import gateway
from gateway.cli.face.say import say
from gateway.cli.face.status import Status, status_of
from gateway.errors import ConfigError, GatewayError


class Stopped(BaseException):
    """SIGTERM came: as with Ctrl-C, nothing below takes it for a fault, and every step that is open is rolled back."""


def stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    """Take SIGTERM. A second one must not cut short what the first one is tidying up."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Stopped


def run(arguments: Sequence[str]) -> int:
    """Run a command line and give its exit status. No traceback reaches the user."""
    try:
        outcome = gateway.main(args=list(arguments), prog_name="gateway", standalone_mode=False)
    except click.ClickException as wrong:
        if isinstance(wrong, click.NoSuchOption) and any(wrong.option_name in one.opts for one in gateway.params):
            said = f"{wrong.option_name} stands before the command: gateway {wrong.option_name} ..."
            wrong = click.UsageError(said, wrong.ctx)
        if "--json" in arguments:
            _as_object("UsageError", wrong.format_message(), Status.USAGE)
        else:
            _shown(wrong)
        return Status.USAGE
    except (click.Abort, KeyboardInterrupt, Stopped) as ended:
        stopped = isinstance(ended, Stopped)
        say(f"{'stopped' if stopped else 'interrupted'}; what was done stays done", err=True)
        return Status.STOPPED if stopped else Status.INTERRUPTED
    except SystemExit:
        # Click's answer to a reader that went away (`gateway tail | head`): no fault, and nobody to tell.
        return Status.DONE
    except GatewayError as error:
        return _refused(error, arguments)
    except BaseException as bug:  # noqa: BLE001 the last resort, which hides nothing: it writes the crash down
        if "--debug" in arguments:
            traceback.print_exc()
        said = f"a fault of ours ({type(bug).__name__}); {_crash_file(bug)}; nothing half done was kept"
        if "--json" in arguments:
            _as_object(type(bug).__name__, said, Status.OUR_BUG)
        say(said, err=True)
        return Status.OUR_BUG
    return int(outcome) if isinstance(outcome, int) else Status.DONE


def _shown(wrong: click.ClickException) -> None:
    with StringIO() as text:
        wrong.show(file=text)
        say(*text.getvalue().rstrip("\n").split("\n"), err=True)


def _refused(error: GatewayError, arguments: Sequence[str]) -> int:
    status = status_of(error)
    if "--json" in arguments:
        _as_object(type(error).__name__, str(error), status)
    else:
        # Only the configuration, which is ours, has faults in several lines.
        lines = str(error).splitlines() if isinstance(error, ConfigError) else (str(error),)
        say(*(f"gateway: {line}" if not number else line for number, line in enumerate(lines)), err=True)
    if "--debug" in arguments:
        traceback.print_exc()
    return status


def _as_object(code: str, message: str, status: Status) -> None:
    show.as_json({"schema_version": 1, "error": {"code": code, "message": message, "status": status}}, indent=None)


def _crash_file(bug: BaseException) -> str:
    """Write where it happened: files, lines and functions. The message is left out, for it may quote a patient's data."""
    from tempfile import gettempdir

    frames = traceback.extract_tb(bug.__traceback__)
    lines = [f"{type(bug).__module__}.{type(bug).__qualname__}"]
    lines += [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
    now = datetime.now(tz=UTC)
    path = Path(gettempdir()) / f"gateway-crash-{now:%Y%m%dT%H%M%S%f}.txt"
    try:
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError:
        return f"it happened at {frames[-1].filename}:{frames[-1].lineno}" if frames else "no place is known"
    return f"where it happened is in {path}"
