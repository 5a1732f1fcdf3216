"""The faults that can be rehearsed: a closed vocabulary, and how one is asked for as NAME[:ARG][,TIMES]."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gateway.errors import UsageError


class Fault(StrEnum):
    """One way in which a clearinghouse, or the line to it, goes wrong."""

    REFUSE_LOGIN = "refuse-login"
    OTHER_HOST_KEY = "other-host-key"
    CUT_UPLOAD = "cut-upload"
    CUT_BEFORE_RENAME = "cut-before-rename"
    CUT_AFTER_RENAME = "cut-after-rename"
    STALL_WRITE = "stall-write"
    STALL_CLOSE = "stall-close"
    STALL_RENAME = "stall-rename"
    FULL = "full"
    QUOTA = "quota"
    SHORT_WRITE = "short-write"
    WRONG_SIZE = "wrong-size"
    DENIES_RENAME = "denies-rename"
    PRETENDS_RENAME = "pretends-rename"
    OVERWRITES = "overwrites"
    NO_RENAME = "no-rename"
    DROP_BOX = "drop-box"
    PURGES_TEMPORARY = "purges-temporary"
    TAKES_TEMPORARY = "takes-temporary"
    GREEDY = "greedy"
    NO_LIST = "no-list"
    CUT_DOWNLOAD = "cut-download"
    NO_ARCHIVE = "no-archive"
    HALF_ANSWERS = "half-answers"
    ANSWERS_TWICE = "answers-twice"
    RECYCLES_NAMES = "recycles-names"
    SPOILS_ANSWERS = "spoils-answers"
    WITHHOLDS = "withholds"


KINDS: Final = ("ta1", "999", "277", "835")
"""The answers by the ending of their names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a fault does.

    says      what the simulator then does, for the operator
    argument  what ARG is; empty takes none
    default   ARG where it is left out; None wants one, empty can do without
    times     how often it strikes where TIMES is left out; None is always
    """

    says: str
    argument: str = ""
    default: str | None = None
    times: int | None = None

    @property
    def pattern(self) -> str:
        """ARG as it is written behind the name."""
        if not self.argument:
            return ""
        return f":{self.argument}" if self.default is None else f"[:{self.argument}]"


EXPLAINED: Final[Mapping[Fault, Meaning]] = {
    Fault.REFUSE_LOGIN: Meaning(says="lets nobody log in"),
    Fault.OTHER_HOST_KEY: Meaning(says="shows another host key than it used to"),
    Fault.CUT_UPLOAD: Meaning(
        says="cuts the line once so many bytes of an upload are there", argument="BYTES", times=1
    ),
    Fault.CUT_BEFORE_RENAME: Meaning(says="cuts the line at a rename, before it is done", times=1),
    Fault.CUT_AFTER_RENAME: Meaning(says="does a rename, and cuts the line in place of an answer", times=1),
    Fault.STALL_WRITE: Meaning(says="waits so long before it does a write", argument="SECONDS"),
    Fault.STALL_CLOSE: Meaning(says="waits so long before it closes an upload", argument="SECONDS"),
    Fault.STALL_RENAME: Meaning(says="waits so long before it does a rename", argument="SECONDS"),
    Fault.FULL: Meaning(
        says="has room for so many bytes of an upload; for none, if not said", argument="BYTES", default="0"
    ),
    Fault.QUOTA: Meaning(says="says only at the close that an upload is too much, and drops it"),
    Fault.SHORT_WRITE: Meaning(says="keeps half of a write, and says that it has it all"),
    Fault.WRONG_SIZE: Meaning(says="tells one byte too many of an upload's size"),
    Fault.DENIES_RENAME: Meaning(says="does a rename, and says that it failed"),
    Fault.PRETENDS_RENAME: Meaning(says="says that a rename is done, and does nothing"),
    Fault.OVERWRITES: Meaning(says="replaces the file that has the new name of a rename"),
    Fault.NO_RENAME: Meaning(says="refuses to rename an upload"),
    Fault.DROP_BOX: Meaning(says="takes uploads, and neither shows, lists, gives, renames nor removes them"),
    Fault.PURGES_TEMPORARY: Meaning(says="deletes what has a temporary name whenever somebody logs in"),
    Fault.TAKES_TEMPORARY: Meaning(says="takes an upload away as soon as it is closed, whatever its name"),
    Fault.GREEDY: Meaning(says="takes an upload away as soon as it has its final name"),
    Fault.NO_LIST: Meaning(says="lists no folder"),
    Fault.CUT_DOWNLOAD: Meaning(
        says="cuts the line once so many bytes of an answer were given", argument="BYTES", times=1
    ),
    Fault.NO_ARCHIVE: Meaning(says="lets nobody move or remove an answer"),
    Fault.HALF_ANSWERS: Meaning(
        says="shows half of an answer until it is so old; for ever, if not said", argument="SECONDS", default=""
    ),
    Fault.ANSWERS_TWICE: Meaning(says="puts out each answer again under another name"),
    Fault.RECYCLES_NAMES: Meaning(says="gives answers names that earlier ones had"),
    Fault.SPOILS_ANSWERS: Meaning(says="puts out a page of HTML in place of an answer"),
    Fault.WITHHOLDS: Meaning(
        says=f"keeps back the answers of a kind: {', '.join(KINDS[:-1])} or {KINDS[-1]}; 277+835 keeps back both",
        argument="KIND",
    ),
}
"""The help and the table in docs/operator.md are made from it."""

_WRITTEN: Final = re.compile(r"(?P<name>[^:,]+)(?::(?P<argument>[^,]*))?(?:,(?P<times>\d{1,6}))?").fullmatch
_ARGUMENTS: Final = {
    "BYTES": re.compile(r"\d{1,12}").fullmatch,
    "SECONDS": re.compile(r"\d{1,6}(\.\d{1,3})?").fullmatch,
    "KIND": re.compile(rf"({'|'.join(KINDS)})(\+({'|'.join(KINDS)}))*").fullmatch,
}
_EXAMPLES: Final = {"BYTES": "1000", "SECONDS": "5", "KIND": "999"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A fault that was asked for. `argument` is as written, empty if it takes none; `times` None is always."""

    fault: Fault
    argument: str = ""
    times: int | None = None

    @property
    def count(self) -> int:
        """The argument in bytes."""
        return int(self.argument)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The argument as kinds of answer."""
        return tuple(self.argument.split("+"))

    @property
    def seconds(self) -> float:
        """The argument in seconds; without one, for ever."""
        return float(self.argument or "inf")

    def __str__(self) -> str:
        """As it is written, with what it means."""
        often = "always" if self.times is None else "once" if self.times == 1 else f"{self.times} times"
        argument = f":{self.argument}" if self.argument else ""
        return f"{self.fault}{argument}, {often}: {EXPLAINED[self.fault].says}"


def all_planned(texts: Iterable[str]) -> tuple[Planned, ...]:
    """Read what was asked for. Raises UsageError, also for a fault that is asked for twice."""
    read = tuple(planned(text) for text in texts)
    for fault, times in Counter(one.fault for one in read).items():
        if times > 1:
            raise UsageError(f"fault {fault} is asked for {times} times; name it once, and say {fault},TIMES")
    return read


def planned(text: str) -> Planned:
    """Read NAME[:ARG][,TIMES]. Raises UsageError."""
    written = _WRITTEN(text)
    if written is None or written["name"] not in tuple(Fault):
        raise UsageError(
            f"there is no fault {text[:60]!r}; NAME[:ARG][,TIMES] is one of {', '.join(map(pattern, Fault))}"
        )
    fault = Fault(written["name"])
    told = EXPLAINED[fault]
    argument = written["argument"]
    if argument is not None and not told.argument:
        raise UsageError(f"fault {fault} takes no argument; write {fault}, or {fault},2 for twice")
    if argument is None:
        argument = told.default if told.argument else ""
    elif not _ARGUMENTS[told.argument](argument):
        argument = None
    if argument is None:
        raise UsageError(
            f"fault {fault} {told.says}: write {pattern(fault)}, such as {fault}:{_EXAMPLES[told.argument]}"
        )
    times = told.times if written["times"] is None else int(written["times"])
    if times == 0:
        raise UsageError(f"fault {fault} would strike no time at all; leave it out, or write how often")
    return Planned(fault=fault, argument=argument, times=times)


def pattern(fault: Fault) -> str:
    """Give a fault's name with its argument, as it is written."""
    return f"{fault}{EXPLAINED[fault].pattern}"
