"""`gateway` and `python -m gateway`."""

import gc
import os
import signal
import sys


def main() -> None:
    """Run the command line. What it writes is for its owner's eyes only: umask 077 before anything is opened."""
    os.umask(0o077)
    # Nearly everything that is made while modules are loaded stays: to look for rubbish every 700 objects finds none.
    gc.set_threshold(50_000)
    from gateway.cli.face.run import run, stop  # noqa: PLC0415 nothing is imported before the umask is set

    if "_GATEWAY_COMPLETE" in os.environ:  # a shell asks, not a person
        from gateway.cli.face.completion import prepare  # noqa: PLC0415 nobody else needs it

        prepare()
    signal.signal(signal.SIGTERM, stop)
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
