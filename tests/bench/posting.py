"""What posting a large remittance costs: 100,000 payments of claims that were sent, in 20 transaction sets.

The claims are those of the grown ledger with their answers taken away, all of them sent to one partner; the 835 is made here
about them. `gateway post` runs in a process of its own, which says how long its longest write transaction was.
"""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from tests.bench import filled

PARTNER: Final = "northgate"
SETS: Final = 20
_NEVER: Final = (
    "denials",
    "postings",
    "payments",
    "answers",
    "parked_money",
    "desk_items",
    "remittances",
    "acknowledgments",
    "inbound_interchanges",
    "inbound_sets",
    "inbound_files",
)


class Cost(NamedTuple):
    """Of one `gateway post`: CPU seconds, megabytes over what it takes with nothing to post, the longest transaction."""

    seconds: float
    megabytes: int
    longest: float
    posted: int


def sent_home(folder: Path, claims: int, gateway: Path) -> Path:
    """Give a home of that gateway whose claims were all sent to one partner and not answered, with their 835 stored."""
    home = folder / f"sent-{claims}-{gateway.name}"
    if not (home / "ready").exists():
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(filled.base(folder / f"base-{gateway.name}", gateway), home)
        filled.grow(filled.ledger_of(home), claims)
        with closing(sqlite3.connect(filled.ledger_of(home))) as database:
            _take_answers_away(database)
            _store(database, remittance(database, claims, SETS))
            database.commit()
            database.execute("VACUUM")
        (home / "ready").touch()
    return home


def _take_answers_away(database: sqlite3.Connection) -> None:
    for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f'DROP TRIGGER "{trigger}"')
    there = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for table in _NEVER:
        if table in there:  # an older revision has not all of them
            database.execute(f"DELETE FROM {table}")
    database.execute(
        "UPDATE claim_versions SET state = 'sent', payer_claim_number = '', payer = 'PAYER1', partner = ?", (PARTNER,)
    )
    database.execute(
        "UPDATE interchanges SET interchange = 1000000 + id, group_control = 1000000 + id, name = name || '-' || id,"
        " reference = '1' || substr('000000000' || (1000000 + id), -9), partner = ?",
        (PARTNER,),
    )


def remittance(database: sqlite3.Connection, claims: int, sets: int) -> bytes:
    """Make an 835 that answers that many claims: nine tenths of each line paid, each twentieth claim's first line denied."""
    lines = database.execute(
        'SELECT claim_versions.id, pcn, "procedure", modifiers, units, service_lines.charge_cents, control'
        " FROM service_lines JOIN claim_versions ON claim_versions.id = claim_version_id"
        " WHERE claim_versions.id IN (SELECT id FROM claim_versions ORDER BY id LIMIT ?) ORDER BY claim_version_id, ordinal",
        (claims,),
    )
    paid = [_payment(number, list(one)) for number, (_, one) in enumerate(groupby(lines, key=lambda row: row[0]))]
    each = -(-len(paid) // sets)
    groups = [paid[first : first + each] for first in range(0, len(paid), each)]
    body = "".join(_set(number, some) for number, some in enumerate(groups, start=1))
    isa = f"ISA*00*{'':10}*00*{'':10}*ZZ*{'NORTHGATE':15}*ZZ*{'ELM':15}*261116*1200*^*00501*000000900*0*T*:~"
    head = f"{isa}GS*HP*NORTHGATE*ELM*20261116*1200*900*X*005010X221A1~"
    return f"{head}{body}GE*{len(groups)}*900~IEA*1*000000900~".encode()


def _payment(number: int, lines: list[tuple[int, str, str, str, int, int, str]]) -> tuple[int, list[str]]:
    """The cents that one claim is paid, and its segments."""
    parts, charge, paid = [], 0, 0
    for place, (_, _, procedure, modifiers, units, cents, control) in enumerate(lines):
        denied = number % 20 == 0 and place == 0
        adjusted = cents if denied else cents // 10
        charge, paid = charge + cents, paid + cents - adjusted
        service = ":".join(("HC", procedure, *filter(None, modifiers.split(":"))))
        parts += [f"SVC*{service}*{_dollars(cents)}*{_dollars(cents - adjusted)}**{units}", "DTM*472*20261102"]
        parts += [f"CAS*CO*{'50' if denied else '45'}*{_dollars(adjusted)}"] if adjusted else []
        parts += [f"REF*6R*{control}", f"AMT*B6*{_dollars(cents - adjusted)}", *(["LQ*HE*N115"] if denied else [])]
    pcn = lines[0][1]
    head = f"CLP*{pcn}*1*{_dollars(charge)}*{_dollars(paid)}**CI*ICN{number:012d}*11*1"
    about = (
        "NM1*QC*1*QUILL*MARA****MI*M123456789",
        "NM1*82*1*STONE*IDA****XX*1912345679",
        f"REF*EA*MRN{number:09d}",
        "DTM*232*20261102",
        "DTM*233*20261102",
        "DTM*050*20261104",
        f"AMT*AU*{_dollars(charge)}",
    )
    return paid, [head, *about, *parts]


def _set(number: int, some: list[tuple[int, list[str]]]) -> str:
    total = _dollars(sum(paid for paid, _ in some))
    segments = [
        f"ST*835*{number:04d}",
        f"BPR*I*{total}*C*ACH*CCP*01*999999992*DA*123*1999999999**01*999988880*DA*456*20261112",
        f"TRN*1*BENCH{number:04d}*1999999999",
        "DTM*405*20261112",
        "N1*PR*PAYER ONE*XV*PAYER1",
        "N3*1 PAY ST",
        "N4*CHICAGO*IL*60601",
        "PER*BL*HELP*TE*8005550100",
        "N1*PE*ELM STREET THERAPY*XX*1234567893",
        "LX*1",
        *(segment for _, payment in some for segment in payment),
    ]
    return "~".join([*segments, f"SE*{len(segments) + 1}*{number:04d}", ""])


def _dollars(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}".rstrip("0").rstrip(".")


def _store(database: sqlite3.Connection, raw: bytes) -> None:
    (practice,) = database.execute("SELECT key FROM practices").fetchone()
    columns = "practice, partner, name, size, sha256, body, state, why, received_at, reason, strikes, unmatched"
    database.execute(
        f"INSERT INTO inbound_files ({columns}) VALUES (?, ?, 'large.835', ?, ?, ?, 'stored', '', ?, '', 0, 0)",
        (practice, PARTNER, len(raw), sha256(raw).hexdigest(), raw, "2026-11-16T12:00:00.000000+00:00"),
    )


def cost(home: Path, gateway: Path, environment: dict[str, str]) -> Cost:
    """Post the file of a home, which is used up by that, with the gateway of that tree."""
    seconds, kilobytes, longest = _ran(home, gateway, environment)
    _, nothing, _ = _ran(home, gateway, environment)
    with closing(sqlite3.connect(filled.ledger_of(home))) as database:
        (posted,) = database.execute("SELECT count(*) FROM payments").fetchone()
    return Cost(seconds, (kilobytes - nothing) >> 10, longest, posted)


def _ran(home: Path, gateway: Path, environment: dict[str, str]) -> tuple[float, int, float]:
    words = ["--home", str(home), "--today", "2026-11-16", "post"]
    command = [sys.executable, "-c", _BETWEEN, sys.executable, "-c", _TIMED, *words]
    said = subprocess.run(command, cwd=gateway, env=environment, capture_output=True, text=True, check=True)
    seconds, kilobytes, longest = said.stdout.splitlines()[-1].split()
    return float(seconds), int(kilobytes), float(longest)


_BETWEEN: Final = "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:]).returncode)"
"""A process begins with the largest memory of the one that started it: so a small one stands between."""
_TIMED: Final = """
import resource, runpy, sys, time
from contextlib import contextmanager
from gateway.ledger.database import Ledger
writing, taken = Ledger.writing, [0.0]
@contextmanager
def timed(ledger, **how):
    with writing(ledger, **how) as tx:
        begin = time.monotonic()
        yield tx
    taken.append(time.monotonic() - begin)
Ledger.writing = timed
try:
    runpy.run_module("gateway", run_name="__main__")
except SystemExit as ended:
    assert ended.code in (0, 1, None), ended.code
spent = [resource.getrusage(one) for one in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(sum(one.ru_utime + one.ru_stime for one in spent), max(one.ru_maxrss for one in spent), max(taken))
"""
"""Both revisions open their write transactions by `Ledger.writing`; its time ends with the commit."""
