"""The right that each command needs, as one table. A test walks every command: none may be missing here."""

from typing import Final

from gateway.accounts import Right

R = Right
NEEDS: Final[dict[str, Right]] = {
    "visits list": R.SEE_VISITS,
    "visits show": R.SEE_VISITS,
    "visits import": R.TAKE_IN,
    "visits fix": R.CORRECT,
    "scrub explain": R.SEE_VISITS,
    "scrub run": R.TAKE_IN,
    "batch plan": R.SEE_FILES,
    "batch seal": R.SEND,
    "deliver": R.SEND,
    "collect": R.POST,
    "post": R.POST,
    "deliveries list": R.SEE_FILES,
    "deliveries show": R.SEE_FILES,
    "deliveries cancel": R.DECIDE_FILES,
    "deliveries countersign": R.DECIDE_FILES,
    "deliveries not-uploaded": R.DECIDE_FILES,
    "deliveries readdress": R.DECIDE_FILES,
    "deliveries release": R.DECIDE_FILES,
    "deliveries resend": R.DECIDE_FILES,
    "deliveries uploaded": R.DECIDE_FILES,
    "deliveries export": R.TAKE_OUT,
    "inbox list": R.SEE_FILES,
    "inbox show": R.SEE_FILES,
    "inbox ignore": R.DECIDE_FILES,
    "inbox import": R.DECIDE_FILES,
    "inbox reprocess": R.DECIDE_FILES,
    "inbox export": R.TAKE_OUT,
    "claims list": R.SEE_MONEY,
    "claims show": R.SEE_MONEY,
    "claims close": R.DECIDE_CLAIMS,
    "claims resubmit": R.DECIDE_CLAIMS,
    "claims void": R.DECIDE_CLAIMS,
    "claims withdraw": R.DECIDE_CLAIMS,
    "denials list": R.SEE_MONEY,
    "denials show": R.SEE_MONEY,
    "denials bill-patient": R.DECIDE_CLAIMS,
    "remits list": R.SEE_MONEY,
    "remits show": R.SEE_MONEY,
    "remits enter": R.DECIDE_MONEY,
    "remits unpost": R.DECIDE_MONEY,
    "money list": R.SEE_MONEY,
    "money show": R.SEE_MONEY,
    "money alias": R.DECIDE_MONEY,
    "money close": R.DECIDE_MONEY,
    "money investigate": R.DECIDE_MONEY,
    "money place": R.DECIDE_MONEY,
    "money return": R.DECIDE_MONEY,
    "reconcile": R.RECONCILE,
    "tail": R.SEE_LOG,
    "partners list": R.SEE_FILES,
    "partners check": R.RUN_PARTNERS,
    "partners pause": R.RUN_PARTNERS,
    "partners rename": R.RUN_PARTNERS,
    "partners renumber": R.RUN_PARTNERS,
    "partners resume": R.RUN_PARTNERS,
    "partners trust": R.RUN_PARTNERS,
    "schedule again": R.RUN_SERVICE,
    "schedule next": R.SEE_FILES,
    "schedule run": R.RUN_SERVICE,
    "schedule pause": R.RUN_SERVICE,
    "schedule resume": R.RUN_SERVICE,
    "serve": R.RUN_SERVICE,
    "users add": R.RUN_ACCOUNTS,
    "users change": R.RUN_ACCOUNTS,
    "users disable": R.RUN_ACCOUNTS,
    "users list": R.SEE_ACCOUNTS,
    "users rotate": R.RUN_ACCOUNTS,
    "backup": R.RUN_LEDGER,
    "db check": R.RUN_LEDGER,
    "db upgrade": R.RUN_LEDGER,
}
"""By the words behind `gateway`. A command with an option that does more asks for that one's right by itself."""

OPEN: Final[dict[str, str]] = {
    "init": "makes a home folder; an older ledger, which it upgrades, asks for that right by itself",
    "demo": "works in a folder of its own",
    "sim": "plays partners for a rehearsal",
    "doctor": "tells what is wrong with the machine and the configuration, and nothing of a patient",
    "docs": "pages of the documentation",
    "rules": "the published rules",
    "policies": "the published policies and the home's own",
    "codes": "code lists in the home folder, which whoever can write it can change",
    "x12": "files that whoever calls it can read",
    "visits schema": "the shape of a file of visits",
    "db current": "the revision of the tables",
    "db restore": "begins where there is no ledger, and so no account; what it puts back has its own",
}
"""Commands that need no account, and why; a group stands for all in it."""


def right_of(command: str) -> Right | None:
    """Give the right that a command needs, such as "money place"; None if it is open. Raises KeyError if nobody has said."""
    if command in NEEDS:
        return NEEDS[command]
    if command in OPEN or command.split(maxsplit=1)[0] in OPEN:
        return None
    raise KeyError(command)
