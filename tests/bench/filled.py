"""A filled ledger to measure on: made by the product's own steps, grown by copying rows, and kept in a folder.

The first two thousand visits go the whole way of a rehearsal: taken in, scrubbed, sealed, delivered to the simulated
clearinghouse, answered, posted. Their rows are then copied under other keys and numbers, which no step of the product
could do in an evening for half a million claims. SQLite only: `sqlite3`, and no verb of the ledger, so that a ledger of
an older revision can be grown as well.
"""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
BASE: Final = 2_000
_SAMPLE: Final = ROOT / "samples" / "visits" / "clinic.json"

_IDS: Final = {
    "findings": ("visit_version_id",),
    "visits": (),
    "visit_versions": ("visit_id",),
    "claims": ("visit_id",),
    "claim_versions": ("claim_id", "visit_version_id"),
    "service_lines": ("claim_version_id",),
    "interchanges": (),
    "interchange_claims": ("interchange_id", "claim_version_id"),
    "deliveries": ("interchange_id",),
    "inbound_files": (),
    "inbound_interchanges": ("inbound_id",),
    "acknowledgments": ("inbound_id", "interchange_id", "claim_version_id"),
    "remittances": ("inbound_id",),
    "answers": ("remittance_id", "claim_version_id"),
    "payments": ("remittance_id", "claim_version_id", "answer_id"),
    "postings": ("payment_id", "line_id"),
    "parked_money": ("remittance_id",),
    "desk_items": ("remittance_id", "answer_id"),
    "denials": ("payment_id", "line_id", "claim_version_id"),
    "events": (),
}
"""Each table that grows with claims, with its columns that hold ids of others; older revisions lack some."""
_OWNER: Final = {
    "visit_id": "visits",
    "visit_version_id": "visit_versions",
    "claim_id": "claims",
    "claim_version_id": "claim_versions",
    "interchange_id": "interchanges",
    "inbound_id": "inbound_files",
    "remittance_id": "remittances",
    "answer_id": "answers",
    "payment_id": "payments",
    "line_id": "service_lines",
}
_TEXTS: Final = {
    "visits": ("key",),
    "claim_versions": ("pcn",),
    "interchanges": ("name", "reference"),
    "inbound_files": ("name",),
    "remittances": ("trace",),
    "parked_money": ("reference",),
    "desk_items": ("reference", "claim"),
    "events": ("about", "claim"),
}
"""Texts that have to be told apart from copy to copy; an empty one stays empty."""
_NUMBERS: Final = {"interchanges": ("interchange", "group_control"), "inbound_interchanges": ("interchange",)}
_LETTERS: Final = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def visits(count: int) -> dict[str, Any]:
    """Invent that many visits: the sample clinic's, of other people each time."""
    sample = json.loads(_SAMPLE.read_text(encoding="utf-8"))
    made = []
    for number in range(count):
        turn, place = divmod(number, len(sample["visits"]))
        visit = json.loads(json.dumps(sample["visits"][place]))
        visit["visit_id"] = f"{visit['visit_id']}-{turn:03d}"
        for coverage in visit["coverages"]:
            coverage["member_id"] = f"{coverage['member_id'][:-2]}{turn:02d}"
        made.append(visit)
    return {"schema_version": sample["schema_version"], "visits": made}


def base(folder: Path, gateway: Path = ROOT) -> Path:
    """Give the home of a clinic of 2,000 visits, made by the steps of the gateway that lies in `gateway`."""
    home = folder / "clinic"
    if not (folder / "filled").exists():
        shutil.rmtree(folder, ignore_errors=True)
        source = folder.with_name(folder.name + ".json")
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(json.dumps(visits(BASE)), encoding="utf-8")
        command = [sys.executable, "-m", "gateway", "--today", "2026-11-16", "demo", "--folder", str(folder)]
        done = subprocess.run(
            [*command, "--visits", str(source), "--yes-invented"],
            cwd=gateway,
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(gateway)},
            stdout=subprocess.DEVNULL,
            check=False,
        )
        assert done.returncode in {0, 1}, f"the rehearsal ended with {done.returncode}"
        (folder / "filled").touch()
    return home


def ledger_of(home: Path) -> Path:
    """Give the file of a home's ledger."""
    (found,) = home.glob("*.db")
    return found


def grow(ledger: Path, wanted: int, counted: str = "claim_versions") -> None:
    """Copy the rows that are there until the table that is counted has that many; they stay copies of the first ones."""
    with closing(sqlite3.connect(ledger, isolation_level=None)) as database:
        for pragma in ("journal_mode=WAL", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-400000"):
            database.execute(f"PRAGMA {pragma}")
        (there,) = database.execute(f"SELECT count(*) FROM {counted}").fetchone()
        present = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        steps = {table: _step(database, table) for table in _IDS if table in present}
        copied = int(max(0, wanted - there) / there + 0.999)
        for turn in range(1, copied + 1):
            database.execute("BEGIN")
            for statement, values in _copies(database, steps, turn):
                database.execute(statement, values)
            database.execute("COMMIT")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("PRAGMA journal_mode=WAL")


def _step(database: sqlite3.Connection, table: str) -> int:
    (largest,) = database.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()
    return int(largest)


def _copies(database: sqlite3.Connection, steps: dict[str, int], turn: int) -> Iterator[tuple[str, tuple[Any, ...]]]:
    mark = "".join(_LETTERS[turn // len(_LETTERS) ** place % len(_LETTERS)] for place in (2, 1, 0))
    for table, step in steps.items():
        columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
        given = {name: f'"{name}"' for name in columns}
        given["id"] = f"id + {turn * step}"
        given |= {name: f"{name} + {turn * steps[_OWNER[name]]}" for name in _IDS[table] if name in columns}
        given |= {name: f"{name} + {turn * 1000}" for name in _NUMBERS.get(table, ())}
        given |= {name: f"CASE {name} WHEN '' THEN '' ELSE {name} || '{mark}' END" for name in _TEXTS.get(table, ())}
        if table == "inbound_files":
            given["sha256"] = f"'x{mark}' || substr(sha256, 5)"
        if table == "visit_versions" and "patient" in given:
            given["patient"] = f"'x{mark}' || substr(patient, 5)"
        if table == "claim_versions":
            quoted = "'\"' || pcn ||"
            given["body"] = f"CAST(replace(CAST(body AS TEXT), {quoted} '\"', {quoted} '{mark}\"') AS BLOB)"
        names = ", ".join(f'"{name}"' for name in columns)
        taken = ", ".join(given[name] for name in columns)
        yield f"INSERT INTO {table} ({names}) SELECT {taken} FROM {table} WHERE id <= ?", (step,)
