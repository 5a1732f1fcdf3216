"""The keys of PostgreSQL's advisory locks. They are the database's own, not the server's; no two are the same."""

from typing import Final

TURN: Final = 0x67_61_74_65
"""Under which writers take turns, as BEGIN IMMEDIATE makes SQLite's.

Those that lock the rows they work on hold it together; whoever has to be the only writer holds it alone.
"""
WORK: Final = 0x67_61_74_66
"""Held by whoever is at work on the ledger: shared, or by one alone."""
GATE: Final = 0x67_61_74_67
"""Passed on the way to work, and closed by whoever waits to work alone."""
SERVE: Final = 0x67_61_74_69
"""Held by the process that serves a practice; with the practice it is a key of two numbers, which never meets one of one."""
LOG_END: Final = 0x67_61_74_68
"""Held from the moment a transaction numbers its lines of the log until it has committed."""
