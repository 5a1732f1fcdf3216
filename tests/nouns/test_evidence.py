"""What the names at a partner prove, row by row; and that no row sends again what may have arrived."""

from itertools import product

import pytest

from gateway.delivery import Habits, Heard, Judgement, Manner, Shown, Verdict, judge

SIZE = 100
ABSENT, WHOLE, UNTOLD = Shown(there=False), Shown(there=True, size=SIZE), Shown(there=True)
SHORT, LONG = Shown(there=True, size=SIZE - 1), Shown(there=True, size=SIZE + 1)
SIGHTS = {"absent": ABSENT, "whole": WHOLE, "untold": UNTOLD, "short": SHORT, "long": LONG}
KEEPS = Habits(purges_temporary=False, takes_unfinished=True)
PURGES = Habits(purges_temporary=True, takes_unfinished=True)
PATIENT = Habits(purges_temporary=False, takes_unfinished=False)

RENAME, HARDLINK, DIRECT = Manner
NOTHING, DONE, REFUSED = Heard


def judged(manner: Manner, heard: Heard, final: Shown, temporary: Shown = ABSENT, habits: Habits = KEEPS) -> Judgement:
    return judge(manner, heard, SIZE, final, temporary, habits)


@pytest.mark.parametrize(
    ("manner", "heard", "final", "temporary", "habits", "verdict"),
    [
        # The temporary name's absence beside a whole final one proves the step, whoever asked for it.
        *((manner, heard, WHOLE, ABSENT, KEEPS, Verdict.SENT) for manner in (RENAME, HARDLINK) for heard in Heard),
        *((manner, heard, UNTOLD, ABSENT, KEEPS, Verdict.SENT) for manner in (RENAME, HARDLINK) for heard in Heard),
        # Only our own step takes the temporary name away, unless the partner does.
        *((manner, DONE, ABSENT, ABSENT, PURGES, Verdict.SENT) for manner in (RENAME, HARDLINK)),
        *((m, h, ABSENT, ABSENT, KEEPS, Verdict.PRESUMED) for m in (RENAME, HARDLINK) for h in (NOTHING, REFUSED)),
        *((m, h, ABSENT, ABSENT, PURGES, Verdict.HELD) for m in (RENAME, HARDLINK) for h in (NOTHING, REFUSED)),
        # A rename moves: while the old name is there, whole, it was not done, whatever the server said.
        *((RENAME, heard, ABSENT, WHOLE, KEEPS, Verdict.AGAIN) for heard in Heard),
        *((RENAME, heard, WHOLE, WHOLE, KEEPS, Verdict.HELD) for heard in Heard),
        # A link leaves the old name: alone it tells nothing, and with the new one only the bytes tell.
        (HARDLINK, NOTHING, ABSENT, WHOLE, KEEPS, Verdict.HELD),
        (HARDLINK, REFUSED, ABSENT, WHOLE, KEEPS, Verdict.HELD),
        (HARDLINK, DONE, ABSENT, WHOLE, KEEPS, Verdict.PRESUMED),
        (HARDLINK, DONE, WHOLE, WHOLE, KEEPS, Verdict.SENT),
        (HARDLINK, NOTHING, WHOLE, WHOLE, KEEPS, Verdict.COMPARE),
        (HARDLINK, REFUSED, WHOLE, UNTOLD, KEEPS, Verdict.COMPARE),
        # Written under its final name: nothing but the whole size proves it.
        *((DIRECT, heard, WHOLE, ABSENT, KEEPS, Verdict.SENT) for heard in Heard),
        *((DIRECT, heard, UNTOLD, ABSENT, KEEPS, Verdict.SENT) for heard in Heard),
        (DIRECT, DONE, ABSENT, ABSENT, KEEPS, Verdict.PRESUMED),
        (DIRECT, NOTHING, ABSENT, ABSENT, KEEPS, Verdict.HELD),
        (DIRECT, REFUSED, ABSENT, ABSENT, KEEPS, Verdict.HELD),
        (DIRECT, NOTHING, SHORT, ABSENT, PATIENT, Verdict.COMPLETE),
        (DIRECT, REFUSED, SHORT, ABSENT, PATIENT, Verdict.COMPLETE),
        (DIRECT, DONE, SHORT, ABSENT, PATIENT, Verdict.HELD),
        *((DIRECT, heard, SHORT, ABSENT, KEEPS, Verdict.HELD) for heard in Heard),
        *((DIRECT, heard, LONG, ABSENT, PATIENT, Verdict.HELD) for heard in Heard),
        # Any other size is not ours.
        *((m, h, s, ABSENT, KEEPS, Verdict.HELD) for m in (RENAME, HARDLINK) for h in Heard for s in (SHORT, LONG)),
        *((m, h, ABSENT, s, KEEPS, Verdict.HELD) for m in (RENAME, HARDLINK) for h in Heard for s in (SHORT, LONG)),
        *((HARDLINK, h, s, WHOLE, KEEPS, Verdict.HELD) for h in Heard for s in (SHORT, LONG)),
    ],
)
def test_each_sight_has_its_verdict(
    manner: Manner, heard: Heard, final: Shown, temporary: Shown, habits: Habits, verdict: Verdict
) -> None:
    assert judged(manner, heard, final, temporary, habits).verdict is verdict


@pytest.mark.parametrize("habits", [KEEPS, PURGES, PATIENT])
def test_nothing_is_done_again_that_may_have_arrived(habits: Habits) -> None:
    """Only a whole temporary file under a rename, or a beginning that nobody takes, lets a step be done again."""
    for manner, heard, (name, final), (other, temporary) in product(Manner, Heard, SIGHTS.items(), SIGHTS.items()):
        verdict = judged(manner, heard, final, temporary, habits).verdict
        if verdict is Verdict.AGAIN:
            assert (manner, name, other in {"whole", "untold"}) == (RENAME, "absent", True)
        if verdict is Verdict.COMPLETE:
            assert (manner, name, habits) == (DIRECT, "short", PATIENT)


def test_a_held_file_says_what_was_seen() -> None:
    assert "final 101 bytes, temporary absent" in judged(RENAME, DONE, LONG).why
    assert "final of unknown size, temporary 99 bytes" in judged(RENAME, DONE, UNTOLD, SHORT).why
    assert "99 bytes are there under its name, and ours are 100" in judged(DIRECT, DONE, SHORT).why
    assert judged(DIRECT, NOTHING, SHORT, ABSENT, PATIENT).why == "99 of 100 bytes are there"


@pytest.mark.parametrize(
    ("manner", "heard", "final", "temporary", "habits", "why"),
    [
        (RENAME, NOTHING, WHOLE, ABSENT, KEEPS, "seen under its final name"),
        (RENAME, NOTHING, ABSENT, WHOLE, KEEPS, "uploaded, and not renamed"),
        (RENAME, DONE, ABSENT, ABSENT, KEEPS, "given its final name, and already taken by the partner"),
        (
            RENAME,
            NOTHING,
            ABSENT,
            ABSENT,
            KEEPS,
            "neither name is there: the partner took it; its TA1 or 999 will close this",
        ),
        (RENAME, NOTHING, ABSENT, ABSENT, PURGES, "neither name is there, and this partner deletes temporary files"),
        (HARDLINK, DONE, WHOLE, WHOLE, KEEPS, "linked, and seen under its final name"),
        (HARDLINK, NOTHING, WHOLE, WHOLE, KEEPS, "both names are there"),
        (HARDLINK, DONE, ABSENT, WHOLE, KEEPS, "linked, and gone: the partner took it; its TA1 or 999 will close this"),
        (
            HARDLINK,
            NOTHING,
            ABSENT,
            WHOLE,
            KEEPS,
            "its final name is not there: it was never made, or the partner has taken it",
        ),
        (DIRECT, NOTHING, WHOLE, ABSENT, KEEPS, "seen under its final name, whole"),
        (
            DIRECT,
            DONE,
            ABSENT,
            ABSENT,
            KEEPS,
            "written whole, and not to be seen: the partner took it, or shows nothing; its TA1 or 999 will close this",
        ),
        (
            DIRECT,
            NOTHING,
            ABSENT,
            ABSENT,
            KEEPS,
            "its name is not there: it was never written, or the partner has taken it",
        ),
        (DIRECT, NOTHING, SHORT, ABSENT, PATIENT, "99 of 100 bytes are there"),
        (DIRECT, DONE, LONG, ABSENT, KEEPS, "101 bytes are there under its name, and ours are 100"),
    ],
)
def test_the_log_says_what_was_seen_in_these_words(
    manner: Manner, heard: Heard, final: Shown, temporary: Shown, habits: Habits, why: str
) -> None:
    assert judged(manner, heard, final, temporary, habits).why == why
